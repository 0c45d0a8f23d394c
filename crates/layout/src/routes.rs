//! Curves from card to card through given heights: level across columns, swinging in the gaps, round a turn where a
//! line runs back. Knows rectangles and tracks, not the graph.

use crate::geometry::{enters, hits, hull, touches};
use crate::scene::{Cubic, Point, Rect};
use crate::tracks::Tracks;

/// Both ends of a line: on the right side of one card, on the left side of the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) source: Rect,
    pub(crate) target: Rect,
    /// Heights in the picture.
    pub(crate) from_y: f64,
    pub(crate) to_y: f64,
}

impl Ends {
    fn from(&self) -> Point {
        Point::new(self.source.right(), self.from_y)
    }

    fn to(&self) -> Point {
        Point::new(self.target.x, self.to_y)
    }
}

/// A path through the given heights. It runs back when the target's column is not right of the source's.
pub(crate) fn through(ends: &Ends, levels: &[(usize, f64)], tracks: &Tracks) -> Vec<Cubic> {
    let source = tracks.at(ends.source.x);
    let target = tracks.at(ends.target.x);
    if source >= target { backward(ends, levels, tracks) } else { forward(ends, levels, tracks) }
}

/// One swing from end to end.
pub(crate) fn straight(ends: &Ends) -> Cubic {
    Cubic::horizontal(ends.from(), ends.to())
}

fn forward(ends: &Ends, levels: &[(usize, f64)], tracks: &Tracks) -> Vec<Cubic> {
    let source = &tracks.columns[tracks.at(ends.source.x)];
    let mut flats = vec![(ends.from(), Point::new(source.right.max(ends.source.right()), ends.from_y))];
    for &(column, y) in levels {
        let track = &tracks.columns[column];
        flats.push((Point::new(track.left, y), Point::new(track.right, y)));
    }
    let target = &tracks.columns[tracks.at(ends.target.x)];
    flats.push((Point::new(target.left.min(ends.target.x), ends.to_y), ends.to()));
    ease(&mut flats, source.cards.as_slice());
    link(&flats)
}

/// Starts the first swing at the card itself where a narrow card leaves room.
fn ease(flats: &mut [(Point, Point)], cards: &[Rect]) {
    let (start, end) = flats[0];
    if end.x - start.x < 1.0 {
        return;
    }
    for part in [0.0, 0.5] {
        let from = Point::new(start.x + (end.x - start.x) * part, start.y);
        let swing = Cubic::horizontal(from, flats[1].0);
        if !cards.iter().any(|card| card.right() > start.x && hits(&swing, &card.grown(8.0))) {
            flats[0].1 = from;
            return;
        }
    }
}

/// Level pieces joined by swings; pieces at one height become one.
fn link(flats: &[(Point, Point)]) -> Vec<Cubic> {
    let mut path: Vec<Cubic> = Vec::new();
    let mut level = flats[0];
    for &(left, right) in &flats[1..] {
        if (left.y - level.1.y).abs() < 0.05 {
            level.1 = Point::new(right.x, level.0.y);
            continue;
        }
        push_line(&mut path, level.0, level.1);
        path.push(Cubic::horizontal(level.1, left));
        level = (left, right);
    }
    push_line(&mut path, level.0, level.1);
    if path.is_empty() {
        path.push(Cubic::line(level.0, level.1));
    }
    path
}

fn push_line(path: &mut Vec<Cubic>, from: Point, to: Point) {
    if (from.x - to.x).abs() > 1e-6 || (from.y - to.y).abs() > 1e-6 {
        path.push(Cubic::line(from, to));
    }
}

/// Out to the right, round to the first height, back through all, and round into the target's left side.
fn backward(ends: &Ends, levels: &[(usize, f64)], tracks: &Tracks) -> Vec<Cubic> {
    let (Some(&(first, high)), Some(&(last, low))) = (levels.first(), levels.last()) else {
        return vec![straight(ends)];
    };
    let (right, left) = (tracks.columns[first].right, tracks.columns[last].left);
    let mut path = Vec::new();
    push_line(&mut path, ends.from(), Point::new(right, ends.from_y));
    path.push(turn(Point::new(right, ends.from_y), Point::new(right, high), 1.0));
    let mut flats: Vec<(Point, Point)> = Vec::new();
    for &(column, y) in levels {
        let track = &tracks.columns[column];
        flats.push((Point::new(track.right, y), Point::new(track.left, y)));
    }
    path.extend(link(&flats));
    // Levels that are almost one have become one.
    let low = path.last().map_or(low, |piece| piece.to.y);
    path.push(turn(Point::new(left, low), Point::new(left, ends.to_y), -1.0));
    push_line(&mut path, Point::new(left, ends.to_y), ends.to());
    path
}

/// A half round in the gap beside a column.
fn turn(from: Point, to: Point, side: f64) -> Cubic {
    let reach = side * ((to.y - from.y).abs() * 0.55).clamp(14.0, 42.0);
    Cubic { from, c1: Point::new(from.x + reach, from.y), c2: Point::new(to.x + reach, to.y), to }
}

/// From a card's right side round its upper corner to its top, in full size or less.
pub(crate) fn own_loop(card: &Rect, size: f64) -> Vec<Cubic> {
    let from = Point::new(card.right(), card.y + (card.height / 4.0).min(12.0));
    let to = Point::new(card.right() - (card.width / 4.0).min(24.0), card.y);
    let (out, up) = (28.0 * size, 26.0 * size);
    vec![Cubic { from, c1: Point::new(from.x + out, from.y), c2: Point::new(to.x, to.y - up), to }]
}

/// Between two members of one app: out to the right, past the widest of the column, and in again from the right.
pub(crate) fn aside(ends: &Ends, tracks: &Tracks) -> Vec<Cubic> {
    let down = ends.source.y < ends.target.y;
    let at = |rect: &Rect, share: f64| Point::new(rect.right(), rect.y + rect.height * share);
    let from = at(&ends.source, if down { 0.8 } else { 0.2 });
    let to = at(&ends.target, if down { 0.2 } else { 0.8 });
    let column = |rect: &Rect| tracks.columns[tracks.at(rect.x)].right;
    let x = column(&ends.source).max(column(&ends.target));
    let mut path = Vec::new();
    push_line(&mut path, from, Point::new(x, from.y));
    path.push(turn(Point::new(x, from.y), Point::new(x, to.y), 1.0));
    push_line(&mut path, Point::new(x, to.y), to);
    path
}

/// Whether a path meets a card that is not one of its ends. Only cards near each piece are looked at.
pub(crate) fn strikes(path: &[Cubic], tracks: &Tracks, ends: &Ends) -> bool {
    path.iter().any(|cubic| {
        let hull = hull(cubic);
        let first = tracks.at(hull.x);
        tracks.columns[first..].iter().take_while(|track| track.left <= hull.right()).any(|track| {
            let start = track.cards.partition_point(|card| card.y < hull.y - track.tallest);
            track.cards[start..].iter().take_while(|card| card.y <= hull.bottom()).any(|card| {
                let foreign = *card != ends.source && *card != ends.target;
                foreign && touches(card, &hull) && enters(cubic, card)
            })
        })
    })
}
