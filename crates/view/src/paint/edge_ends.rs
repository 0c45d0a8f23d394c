//! The ends of lines: the arrow head, and the broken end of calls that never arrive.

use super::{
    edges::Strand,
    pen::{Pen, lines, polygon},
};
use crate::{
    curve::{along, normal},
    mark::{Shape, Stroke},
    palette::Token,
};
use layout::Point;

/// From the tip to its base.
const HEAD: f64 = 8.5;
/// The tip stops so far before the card.
const BEFORE_CARD: f64 = 1.0;
/// A line that never arrives stops so far before the card.
const BROKEN: f64 = 30.0;
const BAR: f64 = 6.0;

/// Where a broken line stops, from its start.
pub(crate) fn broken_from(length: f64) -> f64 {
    (length - BROKEN).max(length * 0.4)
}

pub(crate) fn draw(pen: &mut Pen, strand: &Strand) {
    let length = strand.arc.length();
    let to = strand.arc.at(length);
    let direction = strand.arc.direction(length);
    let head = head(along(to, direction, -BEFORE_CARD), direction, strand.width);
    if !strand.edge.flags.unreached {
        let faint = super::edges::FAINT.contains(&strand.style.ink);
        pen.fill(head, if faint { Token::Edge } else { strand.style.ink }, "edge-arrow");
        return;
    }
    // A bar, a gap, and a hollow head: wanted to go there, did not get there.
    let stop = broken_from(length);
    let (at, across) = (strand.arc.at(stop), normal(strand.arc.direction(stop)));
    let (a, b) = (along(at, across, -BAR), along(at, across, BAR));
    pen.stroke(lines(&[(a.x, a.y), (b.x, b.y)]), Stroke::new(strand.style.ink, 2.0).round(), "edge-broken");
    pen.both(head, Token::Sea, Stroke::new(strand.style.ink, 1.2), "edge-arrow");
}

fn head(tip: Point, direction: Point, width: f64) -> Shape {
    let half = (width / 2.0 + 2.4).max(3.6);
    let (base, across) = (along(tip, direction, -HEAD), normal(direction));
    let (a, b) = (along(base, across, -half), along(base, across, half));
    polygon(&[(tip.x, tip.y), (a.x, a.y), (b.x, b.y)])
}
