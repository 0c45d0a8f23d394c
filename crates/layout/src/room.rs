//! Where a newcomer fits into a picture that stands: in which column, at what height, without touching anything.
//! Knows rectangles and neighbours, no key.

use crate::scene::Rect;
use crate::settle::Settled;
use crate::sorting::Order as _;
use crate::tracks::Tracks;
use crate::tuning::{BAND_GAP, CARD_GAP, LAYER_GAP, LINE_CLEAR};

/// Between the newcomer and the next column, at least.
pub(crate) const COLUMN_CLEAR: f64 = 24.0;

/// A card wider than its column leaves so much to the next.
const NEXT_CLEAR: f64 = 12.0;
/// Lines further than this from the wanted height do not matter.
const REACH: f64 = 600.0;

/// What the newcomer must respect and would like.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Where it wants to stand, rather than near its neighbours.
    pub(crate) home: Option<Rect>,
    /// Columns and centres of those that call it and that it calls.
    pub(crate) callers: Vec<(usize, f64)>,
    pub(crate) callees: Vec<(usize, f64)>,
    /// The land it stands in, the innermost first; one without a frame where it stands in none.
    pub(crate) rings: Vec<Ring>,
    /// Above and below to other cards.
    pub(crate) gap: f64,
    /// All cards, and the frames it must stay out of with the padding that lies between.
    pub(crate) cards: Vec<Rect>,
    pub(crate) frames: Vec<(Rect, (f64, f64))>,
}

/// A band or a region that grows with what comes.
#[derive(Debug)]
pub(crate) struct Ring {
    /// As it stands, and how far it reaches beyond what is in it: sides and bottom, top.
    pub(crate) frame: Option<Rect>,
    pub(crate) padding: (f64, f64),
    /// What it must not grow over.
    pub(crate) strangers: Vec<Rect>,
}

impl Ring {
    fn new(settled: &Settled, item: usize, land: Option<usize>) -> Self {
        let net = settled.net;
        let mut strangers = settled.strange_frames(land);
        for other in (0..net.items.len()).filter(|&other| other != item && !net.is_in(other, land)) {
            // What the hand has put inside is there already.
            if let Some(rect) = settled.item_rect(other).filter(|_| !settled.is_held(other)) {
                strangers.push(rect);
            }
        }
        Self {
            frame: land.and_then(|land| settled.frame(land, None)),
            padding: settled.padding(land),
            strangers,
        }
    }

    fn grown(&self, rect: &Rect) -> Rect {
        let grown = padded(rect, self.padding);
        self.frame.map_or(grown, |frame| frame.union(&grown))
    }
}

impl Wish {
    pub(crate) fn new(settled: &Settled, item: usize, tracks: &Tracks) -> Self {
        let net = settled.net;
        let own = &net.items[item];
        let ends = |calls: bool| {
            let ends = own.cards.iter().flat_map(|&card| &settled.around[card]).filter(|end| end.1 == calls);
            let ends = ends.filter_map(|end| settled.rects[end.0]);
            ends.map(|rect| (tracks.at(rect.x), rect.centre().y)).collect()
        };
        let home = net.home(item);
        let over = home.and_then(|land| net.over(land));
        let (inner, outer) = (settled.padding(home), settled.padding(over));
        let both = (inner.0 + outer.0, inner.1 + outer.1);
        let mut frames = Vec::new();
        for other in (0..net.lands()).filter(|&other| !net.is_in(item, Some(other))) {
            // Beside its band, in its region, or beside that.
            let padding = match net.over(other) {
                level if level == over => inner,
                level if level == home => (0.0, 0.0),
                _ => both,
            };
            frames.extend(settled.frame(other, None).map(|frame| (frame, padding)));
        }
        for other in (0..net.items.len()).filter(|&other| other != item && net.items[other].app.is_some()) {
            frames.extend(settled.item_rect(other).map(|rect| (rect, inner)));
        }
        let mut rings = vec![Ring::new(settled, item, home)];
        if over.is_some() {
            rings.push(Ring::new(settled, item, over));
        }
        Self {
            width: own.size.width,
            height: own.size.height,
            home: None,
            gap: CARD_GAP,
            callers: ends(false),
            callees: ends(true),
            rings,
            cards: settled.rects.iter().flatten().copied().collect(),
            frames,
        }
    }

    /// By how much its band and its region would grow, and whether they may.
    fn growth(&self, rect: &Rect) -> f64 {
        let mut growth = 0.0;
        let mut rect = *rect;
        for ring in &self.rings {
            rect = ring.grown(&rect);
            growth += ring.frame.map_or(0.0, |old| rect.width - old.width + rect.height - old.height);
        }
        growth
    }

    /// Whether what it stands in would meet nothing, and come near nothing that it was not near before.
    fn fits(&self, rect: &Rect) -> bool {
        let near = |rect: &Rect, other: &Rect| rect.grown(8.0).overlaps(other);
        let mut rect = *rect;
        self.rings.iter().all(|ring| {
            rect = ring.grown(&rect);
            ring.strangers.iter().all(|other| {
                !near(&rect, other)
                    || !rect.overlaps(other) && ring.frame.as_ref().is_some_and(|old| near(old, other))
            })
        })
    }
}

/// The best free place; none when its band or its region cannot grow anywhere.
pub(crate) fn find(wish: &Wish, tracks: &Tracks) -> Option<Rect> {
    let mut best: Option<(f64, Rect)> = None;
    let wanted = wanted(wish);
    for column in columns(wish, tracks) {
        if best.as_ref().is_some_and(|old| old.0 <= column.cost) {
            break;
        }
        let mut tries: Vec<(f64, Rect)> = Vec::new();
        let lanes = column.track.map_or(&[][..], |track| &tracks.columns[track].lanes);
        // A place clear of lines is worth a way, but not every way.
        for (lanes, price) in [(lanes, 0.0), (&[][..], 500.0)] {
            for y in heights(wish, column.x, lanes, wanted) {
                let rect = Rect::new(column.x, y, wish.width, wish.height);
                let cost = column.cost + price + (y - wanted).abs() + 0.5 * wish.growth(&rect);
                if best.as_ref().is_none_or(|old| cost < old.0) {
                    tries.push((cost, rect));
                }
            }
        }
        // The first that fits is the best: fitting is what takes long.
        tries.order_by(|a, b| a.0.total_cmp(&b.0));
        best = tries.into_iter().find(|(_, rect)| wish.fits(rect)).or(best);
    }
    best.map(|best| best.1)
}

/// A card with its band's padding round it; nothing is added for a card without a band.
pub(crate) fn padded(rect: &Rect, (side, top): (f64, f64)) -> Rect {
    Rect::new(rect.x - side, rect.y - top, rect.width + 2.0 * side, rect.height + top + side)
}

/// Where it wants to be, or the mean of the neighbours, else the foot of the band or of the picture.
fn wanted(wish: &Wish) -> f64 {
    if let Some(home) = wish.home {
        return home.centre().y - wish.height / 2.0;
    }
    let all = || wish.callers.iter().chain(&wish.callees);
    let count = all().count();
    if count > 0 {
        return all().map(|end| end.1).sum::<f64>() / count as f64 - wish.height / 2.0;
    }
    let foot = wish.cards.iter().map(Rect::bottom).reduce(f64::max).unwrap_or(-BAND_GAP);
    let land = wish.rings.iter().find_map(|ring| ring.frame);
    land.map_or(foot + BAND_GAP, |land| land.bottom())
}

struct Column {
    x: f64,
    cost: f64,
    track: Option<usize>,
}

/// Columns in which it has room, a new one at either side, and where it wants to be if no column is there; the
/// cheapest first.
fn columns(wish: &Wish, tracks: &Tracks) -> Vec<Column> {
    let count = tracks.columns.len();
    let mut out: Vec<Column> = Vec::with_capacity(count + 3);
    let mut push = |place: usize, x: f64, track: Option<usize>| {
        let cost = wish
            .home
            .map_or_else(|| column_cost(wish, place), |home| (home.centre().x - x - wish.width / 2.0).abs());
        out.push(Column { x, cost, track });
    };
    for (index, track) in tracks.columns.iter().enumerate() {
        let next = tracks.columns.get(index + 1).map_or(f64::INFINITY, |next| next.left - NEXT_CLEAR);
        if track.left + wish.width <= track.right.max(next) {
            push(index + 1, track.left, Some(index));
        }
    }
    if let (Some(first), Some(last)) = (tracks.columns.first(), tracks.columns.last()) {
        push(0, first.left - LAYER_GAP - wish.width, None);
        push(count + 1, last.right + LAYER_GAP, None);
    }
    if let Some(home) = wish.home {
        let x = (home.centre().x - wish.width / 2.0).round();
        let apart = |left: f64, right: f64| left > x + wish.width + COLUMN_CLEAR || right < x - COLUMN_CLEAR;
        if tracks.columns.iter().all(|track| apart(track.left, track.right)) {
            push(0, x, None);
        }
    } else if count == 0 {
        push(0, 0.0, None);
    }
    out.order_by(|a, b| a.cost.total_cmp(&b.cost));
    out
}

/// Callers belong left, callees right, both near.
fn column_cost(wish: &Wish, column: usize) -> f64 {
    let calls: f64 = wish.callers.iter().map(|caller| way(caller.0 + 1, column)).sum();
    calls + wish.callees.iter().map(|callee| way(column, callee.0 + 1)).sum::<f64>()
}

/// What a line from column to column costs.
pub(crate) fn way(from: usize, to: usize) -> f64 {
    if from < to { (to - from - 1) as f64 * 120.0 } else { 600.0 + (from - to) as f64 * 120.0 }
}

/// Free tops in a column, nearest to the wanted one in every free stretch.
fn heights(wish: &Wish, x: f64, lanes: &[f64], wanted: f64) -> Vec<f64> {
    let side = COLUMN_CLEAR;
    let meets = |rect: &Rect, by: f64| rect.x < x + wish.width + by && rect.right() > x - by;
    let mut taken: Vec<(f64, f64)> = wish
        .cards
        .iter()
        .filter(|card| meets(card, side))
        .map(|card| (card.y - wish.height - wish.gap, card.bottom() + wish.gap))
        .collect();
    let near = lanes.iter().filter(|y| (**y - wanted).abs() < REACH);
    taken.extend(near.map(|y| (y - wish.height - LINE_CLEAR, y + LINE_CLEAR)));
    // Land that is new has no room round it yet.
    let is_new = wish.rings[0].frame.is_none();
    for (frame, padding) in &wish.frames {
        let room = if is_new { 20.0 } else { padding.0 + 20.0 };
        if meets(frame, room) {
            taken.push((frame.y - wish.height - room, frame.bottom() + room + padding.1));
        }
    }
    free_tops(taken, wanted)
}

/// In every stretch that is not taken, the top nearest to the wanted one.
pub(crate) fn free_tops(mut taken: Vec<(f64, f64)>, wanted: f64) -> Vec<f64> {
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
