//! Where a newcomer fits into a picture that stands: in which column, at what height, without touching anything.
//! Knows rectangles and neighbours, no key.

use crate::scene::Rect;
use crate::sorting::Order as _;
use crate::tracks::Tracks;
use crate::tuning::{BAND_GAP, CARD_GAP, LAYER_GAP, LINE_CLEAR};

/// What the newcomer must respect and would like.
#[derive(Debug)]
pub(crate) struct Wish<'a> {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Columns and centres of those that call it and that it calls.
    pub(crate) callers: Vec<(usize, f64)>,
    pub(crate) callees: Vec<(usize, f64)>,
    /// Its band as it stands, and how far the band reaches beyond its cards: sides and bottom, top.
    pub(crate) band: Option<Rect>,
    pub(crate) padding: (f64, f64),
    /// All cards, and the frames it must stay out of.
    pub(crate) cards: &'a [Rect],
    pub(crate) frames: &'a [Rect],
    /// Level stretches of lines, which it should not lie on.
    pub(crate) lines: &'a [Rect],
    /// Cards that its band must not grow over.
    pub(crate) strangers: &'a [Rect],
}

/// The best free place; none when its band cannot grow anywhere.
pub(crate) fn find(wish: &Wish, tracks: &Tracks) -> Option<Rect> {
    let mut best: Option<(f64, Rect)> = None;
    let wanted = wanted(wish);
    for (column, x) in columns(wish, tracks) {
        let fixed = column_cost(wish, column);
        if best.as_ref().is_some_and(|old| old.0 <= fixed) {
            continue;
        }
        for y in heights(wish, x, wanted) {
            let rect = Rect::new(x, y, wish.width, wish.height);
            let grown = padded(&rect, wish.padding);
            let frame = wish.band.map_or(grown, |band| band.union(&grown));
            let growth = wish.band.map_or(0.0, |band| frame.width - band.width + frame.height - band.height);
            let cost = fixed + (y - wanted).abs() + 0.5 * growth;
            if best.as_ref().is_none_or(|old| cost < old.0) && fits(wish, &frame) {
                best = Some((cost, rect));
            }
        }
    }
    best.map(|best| best.1)
}

/// A card with its band's padding round it; nothing is added for a card without a band.
pub(crate) fn padded(rect: &Rect, (side, top): (f64, f64)) -> Rect {
    Rect::new(rect.x - side, rect.y - top, rect.width + 2.0 * side, rect.height + top + side)
}

/// The mean of the neighbours, else the foot of the band or of the picture.
fn wanted(wish: &Wish) -> f64 {
    let all = || wish.callers.iter().chain(&wish.callees);
    let count = all().count();
    if count > 0 {
        return all().map(|end| end.1).sum::<f64>() / count as f64 - wish.height / 2.0;
    }
    let foot = wish.cards.iter().map(Rect::bottom).fold(0.0, f64::max);
    wish.band.map_or(foot + BAND_GAP, |band| band.bottom())
}

/// Columns that stand, and a new one at either side. Numbers are one higher than the tracks'.
fn columns(wish: &Wish, tracks: &Tracks) -> Vec<(usize, f64)> {
    let mut out: Vec<(usize, f64)> =
        tracks.columns.iter().enumerate().map(|(index, track)| (index + 1, track.left)).collect();
    if let (Some(first), Some(last)) = (tracks.columns.first(), tracks.columns.last()) {
        out.push((0, first.left - LAYER_GAP - wish.width));
        out.push((tracks.columns.len() + 1, last.right + LAYER_GAP));
    }
    let cost = |column: usize| column_cost(wish, column);
    out.order_by(|a, b| cost(a.0).total_cmp(&cost(b.0)));
    out
}

/// Callers belong left, callees right, both near.
fn column_cost(wish: &Wish, column: usize) -> f64 {
    let way = |from: usize, to: usize| {
        if from < to { (to - from - 1) as f64 * 120.0 } else { 600.0 + (from - to) as f64 * 120.0 }
    };
    let calls: f64 = wish.callers.iter().map(|caller| way(caller.0 + 1, column)).sum();
    calls + wish.callees.iter().map(|callee| way(column, callee.0 + 1)).sum::<f64>()
}

/// Free tops in a column, nearest to the wanted one in every free stretch.
fn heights(wish: &Wish, x: f64, wanted: f64) -> Vec<f64> {
    let side = 24.0;
    let meets = |rect: &Rect, by: f64| rect.x < x + wish.width + by && rect.right() > x - by;
    let mut taken: Vec<(f64, f64)> = wish
        .cards
        .iter()
        .filter(|card| meets(card, side))
        .map(|card| (card.y - wish.height - CARD_GAP, card.bottom() + CARD_GAP))
        .collect();
    taken.extend(
        wish.lines
            .iter()
            .filter(|line| meets(line, 0.0))
            .map(|line| (line.y - wish.height - LINE_CLEAR, line.y + LINE_CLEAR)),
    );
    let room = if wish.band.is_some() { wish.padding.0 + 20.0 } else { 20.0 };
    taken.extend(
        wish.frames
            .iter()
            .filter(|frame| meets(frame, room))
            .map(|frame| (frame.y - wish.height - room, frame.bottom() + room + wish.padding.1)),
    );
    taken.order_by(|a, b| a.0.total_cmp(&b.0));
    let mut out = Vec::new();
    let mut free = f64::NEG_INFINITY;
    for (top, bottom) in taken.into_iter().chain([(f64::INFINITY, f64::INFINITY)]) {
        if top >= free {
            // Whole pixels keep edges sharp; rounding may not leave the stretch.
            let y = wanted.max(free).min(top);
            out.push(if y.round() >= free && y.round() <= top { y.round() } else { y });
        }
        free = free.max(bottom);
    }
    out
}

fn fits(wish: &Wish, frame: &Rect) -> bool {
    let near = frame.grown(8.0);
    !wish.frames.iter().any(|other| other.overlaps(&near))
        && !wish.strangers.iter().any(|other| other.overlaps(&near))
}
