//! The ground lines run on: columns that hold cards, with free heights between them, and gaps that hold none. Knows
//! rectangles and lanes taken, not whose they are.

use crate::scene::Rect;
use crate::sorting::Order as _;
use crate::tuning::{LINE_CLEAR, LINE_GAP};

#[derive(Clone, Debug, Default)]
pub(crate) struct Tracks {
    pub(crate) columns: Vec<Track>,
}

/// A stretch of x that cards stand in.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) left: f64,
    pub(crate) right: f64,
    /// From top to bottom.
    pub(crate) cards: Vec<Rect>,
    /// Heights at which lines pass already.
    pub(crate) lanes: Vec<f64>,
    /// Height of the tallest card.
    pub(crate) tallest: f64,
}

/// The price of each column in which a line back runs below its ends: it goes over the top unless that is far.
const BELOW_COST: f64 = 30.0;
/// Free heights are sought so far above and below both ends; beyond, only outside of everything.
const REACH: f64 = 500.0;

impl Tracks {
    /// Columns are found from the cards: whatever overlaps in x is one column.
    pub(crate) fn new(rects: &[Rect]) -> Self {
        let mut sorted = rects.to_vec();
        sorted.order_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        let mut columns: Vec<Track> = Vec::new();
        for rect in sorted {
            match columns.last_mut().filter(|track| rect.x < track.right + 1.0) {
                Some(track) => {
                    track.right = track.right.max(rect.right());
                    track.cards.push(rect);
                }
                None => columns.push(Track {
                    left: rect.x,
                    right: rect.right(),
                    cards: vec![rect],
                    lanes: Vec::new(),
                    tallest: 0.0,
                }),
            }
        }
        for track in &mut columns {
            track.cards.order_by(|a, b| a.y.total_cmp(&b.y));
            track.tallest = track.cards.iter().map(|card| card.height).fold(0.0, f64::max);
        }
        Self { columns }
    }

    /// The column that holds this x.
    pub(crate) fn at(&self, x: f64) -> usize {
        self.columns.partition_point(|track| track.right < x).min(self.columns.len().saturating_sub(1))
    }

    /// Heights for a line from one card's right side to another's left: one for each column it passes, from the
    /// source's on. Forward lines pass the columns between; backward ones their ends' columns too.
    pub(crate) fn levels(&self, from: (usize, f64), to: (usize, f64)) -> Vec<(usize, f64)> {
        let back = from.0 >= to.0;
        let passed: Vec<usize> =
            if back { (to.0..=from.0).rev().collect() } else { (from.0 + 1..to.0).collect() };
        let choices: Vec<Vec<f64>> =
            passed.iter().map(|&column| self.columns[column].choices(from.1, to.1)).collect();
        // Cheapest way to each choice, and the choice before it.
        let mut costs: Vec<Vec<(f64, usize)>> = Vec::new();
        for (step, ys) in choices.iter().enumerate() {
            let mut row = match step.checked_sub(1) {
                None => ys.iter().map(|y| ((y - from.1).abs(), 0)).collect(),
                Some(last) => cheapest(ys, &choices[last], &costs[last]),
            };
            for (cost, y) in row.iter_mut().zip(ys) {
                cost.0 += if back && *y > from.1.max(to.1) { BELOW_COST } else { 0.0 };
            }
            costs.push(row);
        }
        let mut levels = Vec::new();
        let mut next: Option<usize> = None;
        for step in (0..passed.len()).rev() {
            let index = next.unwrap_or_else(|| {
                let end = |index: usize| costs[step][index].0 + (choices[step][index] - to.1).abs();
                (0..choices[step].len()).min_by(|&a, &b| end(a).total_cmp(&end(b))).unwrap_or(0)
            });
            levels.push((passed[step], choices[step][index]));
            next = Some(costs[step][index].1);
        }
        levels.reverse();
        levels
    }

    pub(crate) fn reserve(&mut self, levels: &[(usize, f64)]) {
        for &(column, y) in levels {
            if let Some(track) = self.columns.get_mut(column) {
                track.lanes.push(y);
            }
        }
    }
}

/// For each height the cheapest way to it from the heights before, which cost what they cost and then the climb.
/// Both lists run downward, so that one pass from above and one from below see every way.
fn cheapest(ys: &[f64], before: &[f64], costs: &[(f64, usize)]) -> Vec<(f64, usize)> {
    let mut row = vec![(f64::INFINITY, 0); ys.len()];
    for down in [true, false] {
        let mut best = (f64::INFINITY, 0, 0.0);
        let mut next = 0;
        for step in 0..ys.len() {
            let at = if down { step } else { ys.len() - 1 - step };
            while next < before.len() {
                let old = if down { next } else { before.len() - 1 - next };
                if (down && before[old] > ys[at]) || (!down && before[old] < ys[at]) {
                    break;
                }
                if costs[old].0 <= best.0 + (before[old] - best.2).abs() {
                    best = (costs[old].0, old, before[old]);
                }
                next += 1;
            }
            let cost = best.0 + (ys[at] - best.2).abs();
            if cost < row[at].0 {
                row[at] = (cost, best.1);
            }
        }
    }
    row
}

impl Track {
    /// Heights nearest to both ends in every free stretch near them, and above and below all that is taken.
    fn choices(&self, one: f64, two: f64) -> Vec<f64> {
        let (high, low) = (one.min(two) - REACH, one.max(two) + REACH);
        let cards = self.cards.iter().map(|card| (card.y - LINE_CLEAR, card.bottom() + LINE_CLEAR));
        let lanes = self.lanes.iter().map(|lane| (lane - LINE_GAP, lane + LINE_GAP));
        let (mut top, mut foot) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for stretch in cards.chain(lanes) {
            top = top.min(stretch.0);
            foot = foot.max(stretch.1);
            if stretch.0 < low && stretch.1 > high {
                taken.push(stretch);
            }
        }
        taken.order_by(|a, b| a.0.total_cmp(&b.0));
        let mut out = vec![one.min(top), two.min(top), one.max(foot), two.max(foot)];
        let mut free = high.max(top);
        for (top, bottom) in taken.into_iter().chain([(low.min(foot), low)]) {
            if top >= free {
                for y in [one, two] {
                    out.push(y.max(free).min(top));
                }
            }
            free = free.max(bottom);
        }
        out.order_by(f64::total_cmp);
        out.dedup();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground() -> Tracks {
        let card = |x: f64, y: f64| Rect::new(x, y, 100.0, 40.0);
        Tracks::new(&[card(0.0, 0.0), card(200.0, 0.0), card(200.0, 100.0), card(400.0, 0.0)])
    }

    #[test]
    fn a_long_line_takes_the_free_height_between_two_cards() {
        assert_eq!(ground().levels((0, 20.0), (2, 20.0)), [(1, 0.0 - LINE_CLEAR)]);
        assert_eq!(ground().levels((0, 70.0), (2, 70.0)), [(1, 70.0)]);
    }

    #[test]
    fn a_line_back_goes_over_the_top() {
        let levels = ground().levels((2, 20.0), (0, 20.0));
        assert_eq!(levels, [(2, -LINE_CLEAR), (1, -LINE_CLEAR), (0, -LINE_CLEAR)]);
    }

    #[test]
    fn lanes_that_are_taken_are_kept_clear() {
        let mut ground = ground();
        ground.reserve(&[(1, 70.0)]);
        let level = ground.levels((0, 70.0), (2, 70.0))[0].1;
        assert!((level - 70.0).abs() >= LINE_GAP, "{level}");
    }
}
