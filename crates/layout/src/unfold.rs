//! A band that comes as a whole: its cards are laid out among themselves and set down as one body, where the card
//! stood that it comes for, or near its neighbours. What is in the way gives way. Knows bands and columns.

use crate::inner::Inner;
use crate::room::{self, COLUMN_CLEAR};
use crate::scene::Rect;
use crate::settle::Settled;
use crate::stretch::Stretch;
use crate::tracks::Tracks;
use crate::tuning::{BAND_GAP, LAYER_GAP};

/// How near a free place must be to be taken instead of the one where others have to move.
const NEAR: f64 = 40.0;

impl Settled<'_> {
    pub(crate) fn unfold_bands(&mut self) {
        for band in 0..self.net.bands.len() {
            let cards = &self.net.bands[band].cards;
            if cards.len() > 1 && cards.iter().all(|&card| self.rects[card].is_none()) {
                let strays = cards.iter().any(|&card| self.homes[card].is_some() && !self.folds[card]);
                if !strays {
                    self.unfold(band);
                }
            }
        }
    }

    fn unfold(&mut self, band: usize) {
        let cards = &self.net.bands[band].cards;
        let inner = self.inner(band);
        let tracks = self.tracks();
        let home = cards.iter().filter_map(|&card| self.homes[card]).reduce(|a, b| a.union(&b));
        let lefts = match home {
            Some(home) => self.open(&tracks, home, &inner.columns),
            None => self.columns(cards, &inner, &tracks),
        };
        for (&card, &(column, rect)) in cards.iter().zip(&inner.cards) {
            self.rects[card] = Some(Rect { x: lefts[column] + rect.x, ..rect });
        }
        self.set_down(band, home, &tracks);
    }

    /// Makes room to the right of the place the band comes for, as wide as the band is: lines go on to the right.
    fn open(&mut self, tracks: &Tracks, home: Rect, columns: &[(f64, f64)]) -> Vec<f64> {
        let home = Rect { x: self.stretches.iter().fold(home.x, |x, stretch| stretch.moved(x)), ..home };
        let track = tracks.columns.iter().find(|track| track.left <= home.right() && home.x <= track.right);
        let (left, right) =
            track.map_or((home.x, home.right()), |track| (track.left, track.right.max(home.right())));
        let mut lefts: Vec<f64> = columns.iter().map(|column| column.0 + left).collect();
        let lacks = lefts.get(1).map_or(0.0, |second| (right + LAYER_GAP - second).max(0.0));
        lefts.iter_mut().skip(1).for_each(|left| *left += lacks);
        let end = lefts.iter().zip(columns).map(|(left, column)| left + column.1).fold(right, f64::max);
        if end > right {
            let stretch = Stretch { x: right, by: end - right };
            for card in 0..self.rects.len() {
                if !self.is_pinned(card)
                    && let Some(rect) = self.rects[card].as_mut()
                {
                    rect.x = stretch.moved(rect.x);
                }
            }
            self.stretches.push(stretch);
            self.forced = true;
        }
        lefts
    }

    /// The columns that stand in which fewest lines would run back and every card has room; new ones stand right of
    /// all.
    fn columns(&self, cards: &[usize], inner: &Inner, tracks: &Tracks) -> Vec<f64> {
        let widths: Vec<f64> = inner.columns.iter().map(|column| column.1).collect();
        let last = tracks.columns.last().map_or(-LAYER_GAP, |last| last.right);
        let lefts = |first: usize| {
            let mut beyond = last + LAYER_GAP;
            let left = |(layer, width): (usize, &f64)| {
                let track = tracks.columns.get(first + layer);
                let new = beyond;
                beyond += track.map_or(width + LAYER_GAP, |_| 0.0);
                track.map_or(new, |track| track.left)
            };
            widths.iter().enumerate().map(left).collect::<Vec<f64>>()
        };
        let fits = |first: &usize| {
            let ends = tracks.columns.iter().skip(*first).zip(&widths);
            let nexts = tracks.columns.iter().skip(first + 1).map(|next| next.left - COLUMN_CLEAR);
            ends.zip(nexts).all(|((track, width), next)| track.left + width <= track.right.max(next))
        };
        let cost = |first: usize| {
            let mut cost = 0.0;
            for (&card, place) in cards.iter().zip(&inner.cards) {
                for &(other, calls) in &self.around[card] {
                    let Some(rect) = self.rects[other] else { continue };
                    let (own, other) = (first + place.0, tracks.at(rect.x));
                    cost += if calls { room::way(own, other) } else { room::way(other, own) };
                }
            }
            cost
        };
        let costs = (0..=tracks.columns.len()).filter(fits).map(|first| (cost(first), first));
        let best = costs.min_by(|a, b| a.0.total_cmp(&b.0));
        lefts(best.map_or(tracks.columns.len(), |best| best.1))
    }

    /// Gives the band its height: free and near where it wants to be, or just there.
    fn set_down(&mut self, band: usize, home: Option<Rect>, tracks: &Tracks) {
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
        if let Some(home) = home.filter(|_| free.is_none()) {
            self.slide(band, &home, tracks);
            self.push_bands(Ok(band));
        }
    }
}
