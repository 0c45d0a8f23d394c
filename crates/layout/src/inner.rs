//! How the cards of a band or a region stand among themselves when it comes as a whole. Those with lines between them,
//! and all of a region, are laid out as a picture of their own; the others stand row by row, in the order of those outside that they have lines with.
//! Knows no place but theirs.

use crate::input::{Input, Node};
use crate::place::place;
use crate::scene::Rect;
use crate::settle::Settled;
use crate::sorting::Order as _;
use crate::tuning::{CARD_GAP, LAYER_GAP, LINE_CLEAR, LINE_GAP};

/// So many times as many rows as columns: a column more moves all that stands right of it, a row only what stands above
/// and below.
const ROWS_A_COLUMN: usize = 6;
/// Between two rows, at most.
const ROW_GAP_MOST: f64 = 66.0;

#[derive(Debug, Default)]
pub(crate) struct Inner {
    /// Column and rectangle of each card, x from the left of its column.
    pub(crate) cards: Vec<(usize, Rect)>,
    /// Left and width of each column.
    pub(crate) columns: Vec<(f64, f64)>,
}

impl Settled<'_> {
    pub(crate) fn inner(&self, land: usize) -> Inner {
        let cards = &self.net.land(land).cards;
        let within = |card: usize| self.is_in(card, land);
        // A region has its bands to keep apart.
        let is_lone = |&card: &usize| {
            land < self.net.bands.len()
                && self.net.items[self.net.cards[card].item].app.is_none()
                && self.around[card].iter().all(|end| !within(end.0))
        };
        let (mut lone, knit): (Vec<usize>, Vec<usize>) =
            (0..cards.len()).partition(|&at| is_lone(&cards[at]));
        let mut inner = Inner { cards: vec![(0, Rect::default()); cards.len()], columns: Vec::new() };
        let block = self.knit(land, &knit, &mut inner);
        let wishes: Vec<f64> = cards.iter().map(|&card| self.wish(&[card])).collect();
        lone.order_by(|&a, &b| wishes[a].total_cmp(&wishes[b]));
        let own: Vec<usize> = knit.iter().map(|&at| cards[at]).collect();
        let middle = if knit.is_empty() { f64::INFINITY } else { self.wish(&own) };
        let above = lone.partition_point(|&at| wishes[at] < middle);
        let mut across = 1;
        while across * across * ROWS_A_COLUMN < lone.len() {
            across += 1;
        }
        let across = across.max(inner.columns.len()).min(lone.len());
        let ends: usize = lone.iter().map(|&at| self.around[cards[at]].len()).sum();
        let lanes = ends as f64 * across.saturating_sub(1) as f64 / (2 * lone.len().max(1)) as f64;
        let gap = (2.0 * LINE_CLEAR + lanes * LINE_GAP).clamp(CARD_GAP, ROW_GAP_MOST).round();
        let foot = self.rows(&mut inner, cards, (&lone[..above], across), (0.0, gap));
        let by = if above > 0 { foot } else { 0.0 } - block.y;
        for &at in &knit {
            inner.cards[at].1.y += by;
        }
        self.rows(&mut inner, cards, (&lone[above..], across), (block.bottom() + by + gap, gap));
        inner
    }

    /// The mean height of those outside that these have lines with.
    fn wish(&self, cards: &[usize]) -> f64 {
        let ends = cards.iter().flat_map(|&card| &self.around[card]);
        let (mut sum, mut count) = (0.0, 0.0);
        for rect in ends.filter_map(|end| self.rects[end.0]) {
            sum += rect.centre().y;
            count += 1.0;
        }
        if count > 0.0 { sum / count } else { f64::INFINITY }
    }

    /// Cards with lines between them, and the rectangle round them with their boxes.
    fn knit(&self, land: usize, knit: &[usize], inner: &mut Inner) -> Rect {
        let scene = place(&self.inside(land, knit));
        let layers = scene.nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0);
        inner.columns = vec![(f64::INFINITY, 0.0); layers];
        for node in &scene.nodes {
            let column = &mut inner.columns[node.layer];
            *column = (column.0.min(node.rect.x), column.1.max(node.rect.width));
        }
        for (&at, node) in knit.iter().zip(&scene.nodes) {
            let x = node.rect.x - inner.columns[node.layer].0;
            inner.cards[at] = (node.layer, Rect { x, ..node.rect });
        }
        let first = inner.columns.first().map_or(0.0, |column| column.0);
        inner.columns.iter_mut().for_each(|column| column.0 -= first);
        let groups = scene.groups.iter().map(|group| group.rect);
        let rects = scene.nodes.iter().map(|node| node.rect).chain(groups);
        rects.reduce(|a, b| a.union(&b)).unwrap_or_default()
    }

    /// What stands in the land, and the lines between.
    fn inside(&self, land: usize, knit: &[usize]) -> Input {
        let net = self.net;
        let key = &self.input.groups[net.land(land).input].key;
        let node = |&at: &usize| {
            let node = &self.input.nodes[net.cards[net.land(land).cards[at]].input];
            let group = node.group.clone().filter(|own| own != key);
            Node { group, pin: None, ..node.clone() }
        };
        let within = |card: usize| self.is_in(card, land);
        let lines = net.lines.iter().filter(|line| within(line.source) && within(line.target));
        let mut groups = Vec::new();
        // A band has no bands in it.
        for frame in
            [&net.apps, &net.bands].into_iter().take(if land < net.bands.len() { 1 } else { 2 }).flatten()
        {
            groups.push(self.input.groups[frame.input].clone());
        }
        Input {
            nodes: knit.iter().map(node).collect(),
            edges: lines.map(|line| self.input.edges[line.input].clone()).collect(),
            groups,
            aspect: 1.0,
        }
    }

    /// Sets cards row by row from a height down, each column a little lower than the one before, so that a line passes
    /// between two cards as it leaves its own. Gives the height below all of them.
    fn rows(
        &self,
        inner: &mut Inner,
        cards: &[usize],
        (lone, across): (&[usize], usize),
        (top, gap): (f64, f64),
    ) -> f64 {
        let sizes: Vec<_> = lone.iter().map(|&at| self.net.cards[cards[at]].size).collect();
        let tall = sizes.iter().map(|size| size.height).fold(f64::INFINITY, f64::min);
        let mut feet: Vec<f64> =
            (0..across).map(|column| (top + (tall + gap) * column as f64 / across as f64).round()).collect();
        for (index, (&at, size)) in lone.iter().zip(&sizes).enumerate() {
            let column = index % across;
            if column == inner.columns.len() {
                let left = inner.columns.last().map_or(0.0, |last| last.0 + last.1 + LAYER_GAP);
                inner.columns.push((left, 0.0));
            }
            let wider = (size.width - inner.columns[column].1).max(0.0);
            inner.columns[column].1 += wider;
            inner.columns[column + 1..].iter_mut().for_each(|next| next.0 += wider);
            inner.cards[at] = (column, Rect::new(0.0, feet[column], size.width, size.height));
            feet[column] += size.height + gap;
        }
        feet.into_iter().fold(top, f64::max)
    }
}
