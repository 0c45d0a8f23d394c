//! A band that comes as a whole: its cards are laid out among themselves and set down as one body, where the card
//! stood that it comes for, or near its neighbours. What is in the way gives way. Knows bands and columns.

use crate::input::{Input, Node};
use crate::place::place;
use crate::room::{self, COLUMN_CLEAR};
use crate::scene::{Rect, Scene};
use crate::settle::Settled;
use crate::stretch::Stretch;
use crate::tracks::Tracks;
use crate::tuning::{BAND_GAP, LAYER_GAP};

/// How near a free place must be to be taken instead of the one where others have to move.
const NEAR: f64 = 40.0;
/// What it costs that the picture has to grow between two columns.
const STRETCH_COST: f64 = 2_000.0;

impl Settled<'_> {
    pub(crate) fn unfold_bands(&mut self) {
        for band in 0..self.net.bands.len() {
            let cards = &self.net.bands[band].cards;
            if cards.len() > 1 && cards.iter().all(|&card| self.rects[card].is_none()) {
                let strays = cards.iter().any(|&card| {
                    self.homes[card].is_some()
                        && self.input.nodes[self.net.cards[card].input].instead_of.is_empty()
                });
                if !strays {
                    self.unfold(band);
                }
            }
        }
    }

    fn unfold(&mut self, band: usize) {
        let cards = &self.net.bands[band].cards;
        let scene = place(&self.inside(band));
        let layers = scene.nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0);
        let mut widths = vec![0.0_f64; layers];
        for node in &scene.nodes {
            widths[node.layer] = widths[node.layer].max(node.rect.width);
        }
        let tracks = self.tracks();
        let home = cards.iter().filter_map(|&card| self.homes[card]).reduce(|a, b| a.union(&b));
        let first = self.first_column(cards, &scene, (&tracks, &widths), home);
        let mut lefts = Vec::new();
        for (layer, &width) in widths.iter().enumerate() {
            lefts.push(self.left(&tracks, first + layer, (&widths[..layer], width)));
        }
        for (&card, node) in cards.iter().zip(&scene.nodes) {
            let inset = scene.nodes.iter().filter(|other| other.layer == node.layer);
            let inset = node.rect.x - inset.map(|other| other.rect.x).fold(f64::INFINITY, f64::min);
            let x = lefts[node.layer] + inset;
            self.rects[card] = Some(Rect { x, ..node.rect });
        }
        self.set_down(band, home);
    }

    /// What stands in the band, and the lines between.
    fn inside(&self, band: usize) -> Input {
        let net = self.net;
        let node = |&card: &usize| {
            let node = &self.input.nodes[net.cards[card].input];
            let group = node.group.clone().filter(|_| net.items[net.cards[card].item].app.is_some());
            Node { group, pin: None, instead_of: Vec::new(), ..node.clone() }
        };
        let within = |card: usize| self.band(card) == Some(band);
        let lines = net.lines.iter().filter(|line| within(line.source) && within(line.target));
        Input {
            nodes: net.bands[band].cards.iter().map(node).collect(),
            edges: lines.map(|line| self.input.edges[line.input].clone()).collect(),
            groups: net.apps.iter().map(|app| self.input.groups[app.input].clone()).collect(),
            aspect: 1.6,
        }
    }

    /// The column for the band's first layer in which fewest lines would run back and fewest columns grow; never so
    /// far that the band would not cover the place it comes for.
    fn first_column(
        &self,
        cards: &[usize],
        scene: &Scene,
        (tracks, widths): (&Tracks, &[f64]),
        home: Option<Rect>,
    ) -> usize {
        let at = |x: f64| tracks.columns.partition_point(|track| track.right <= x);
        let range = home.map_or(0..=tracks.columns.len(), |home| {
            let column = at(home.x);
            column.saturating_sub(widths.len() - 1)..=column
        });
        let cost = |first: usize| {
            let mut cost = 0.0;
            for (&card, node) in cards.iter().zip(&scene.nodes) {
                for &(other, calls) in &self.around[card] {
                    let Some(rect) = self.rects[other] else { continue };
                    let (own, other) = (first + node.layer, at(rect.x));
                    cost += if calls { room::way(own, other) } else { room::way(other, own) };
                }
            }
            let lacks = |(layer, width): (usize, &f64)| lacks(tracks, first + layer, *width) > 0.0;
            cost + widths.iter().enumerate().filter(|layer| lacks(*layer)).count() as f64 * STRETCH_COST
        };
        let costs = range.map(|first| (cost(first), first));
        costs.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(0, |best| best.1)
    }

    /// Where a column begins; it is made wide enough, and new ones stand right of all.
    fn left(&mut self, tracks: &Tracks, column: usize, (before, width): (&[f64], f64)) -> f64 {
        let Some(track) = tracks.columns.get(column) else {
            let beyond = column - tracks.columns.len();
            let before = &before[before.len() - beyond.min(before.len())..];
            let gaps = before.iter().map(|width| width + LAYER_GAP).sum::<f64>();
            let last = tracks.columns.last().map_or(-LAYER_GAP, |last| last.right);
            return self.moved(last) + LAYER_GAP + gaps;
        };
        let left = self.moved(track.left);
        let by = lacks(tracks, column, width);
        if by > 0.0 {
            let stretch = Stretch { x: self.moved(track.right), by };
            for card in 0..self.rects.len() {
                if self.net.cards[card].pin.is_none()
                    && let Some(rect) = self.rects[card].as_mut()
                {
                    rect.x = stretch.moved(rect.x);
                }
            }
            self.stretches.push(stretch);
        }
        left
    }

    /// An x of before, after all that has been stretched.
    fn moved(&self, x: f64) -> f64 {
        self.stretches.iter().fold(x, |x, stretch| stretch.moved(x))
    }

    /// Gives the band its height: free and near where it wants to be, or just there.
    fn set_down(&mut self, band: usize, home: Option<Rect>) {
        let cards = &self.net.bands[band].cards;
        let Some(frame) = self.frame(band, None) else { return };
        let ends =
            cards.iter().flat_map(|&card| &self.around[card]).filter(|end| self.band(end.0) != Some(band));
        let ys: Vec<f64> = ends.filter_map(|end| self.rects[end.0]).map(|rect| rect.centre().y).collect();
        let others = (0..self.net.bands.len()).filter(|&other| other != band);
        let frames = others.filter_map(|other| self.frame(other, None));
        let items = (0..self.net.items.len()).filter(|&item| self.net.items[item].band.is_none());
        let bodies: Vec<Rect> = frames.chain(items.filter_map(|item| self.item_rect(item))).collect();
        let foot = bodies.iter().map(Rect::bottom).fold(0.0, f64::max);
        let wanted = match home {
            Some(home) => home.centre().y - frame.height / 2.0,
            None if ys.is_empty() => foot + BAND_GAP,
            None => ys.iter().sum::<f64>() / ys.len() as f64 - frame.height / 2.0,
        };
        let near = frame.grown(COLUMN_CLEAR);
        let taken = bodies.iter().filter(|body| body.x < near.right() && body.right() > near.x);
        let taken = taken.map(|body| (body.y - frame.height - COLUMN_CLEAR, body.bottom() + COLUMN_CLEAR));
        let tops = room::free_tops(taken.collect(), wanted.round());
        let far = |top: &f64| (top - wanted).abs();
        let free = tops.into_iter().min_by(|a, b| far(a).total_cmp(&far(b)));
        let free = free.filter(|top| home.is_none() || far(top) <= NEAR);
        let by = free.unwrap_or(wanted.round()) - frame.y;
        for &card in cards {
            if let Some(rect) = self.rects[card].as_mut() {
                rect.y += by;
            }
        }
        if free.is_none() {
            self.push_bands(Ok(band));
        }
    }
}

/// By how much a column is too narrow for cards of this width.
fn lacks(tracks: &Tracks, column: usize, width: f64) -> f64 {
    let Some(track) = tracks.columns.get(column) else { return 0.0 };
    let next = tracks.columns.get(column + 1).map_or(f64::INFINITY, |next| next.left - COLUMN_CLEAR);
    (track.left + width - track.right.max(next)).max(0.0)
}
