//! The ends of lines: the arrow head, and the broken end of calls that never arrive.

use super::{
    edges::Strand,
    pen::{Pen, lines, polygon},
};
use crate::{
    curve::{along, normal},
    mark::{Shape, Stroke},
    palette::{FAINT, Token},
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
pub(crate) fn broken_from(length: f64, unit: f64) -> f64 {
    (length - BROKEN * unit).max(length * 0.4)
}

pub(crate) fn draw(pen: &mut Pen, strand: &Strand) {
    let (length, unit) = (strand.arc.length(), pen.drawing.stroke_unit());
    let to = strand.arc.at(length);
    let direction = strand.arc.direction(length);
    let tip = along(to, direction, -BEFORE_CARD * unit);
    let head = head(tip, direction, strand.width, unit);
    if !strand.edge.flags.unreached {
        let faint = FAINT.contains(&strand.style.ink);
        let ink = if faint { Token::Edge } else { strand.style.ink };
        pen.fill(head, ink, "edge-arrow");
        if strand.both_ways {
            pen.fill(tail(strand, unit), ink, "edge-arrow");
        }
        return;
    }
    // A bar, a gap, and a hollow head: wanted to go there, did not get there.
    let stop = broken_from(length, unit);
    let (at, across) = (strand.arc.at(stop), normal(strand.arc.direction(stop)));
    let (a, b) = (along(at, across, -BAR * unit), along(at, across, BAR * unit));
    pen.stroke(
        lines(&[(a.x, a.y), (b.x, b.y)]),
        Stroke::new(strand.style.ink, 2.0 * unit).round(),
        "edge-broken",
    );
    pen.both(head, Token::Sea, Stroke::new(strand.style.ink, 1.2 * unit), "edge-arrow");
}

/// The head at the start of a bundle that runs both ways.
fn tail(strand: &Strand, unit: f64) -> Shape {
    let direction = strand.arc.direction(0.0);
    let back = Point::new(-direction.x, -direction.y);
    head(along(strand.arc.at(0.0), back, -BEFORE_CARD * unit), back, strand.width, unit)
}

fn head(tip: Point, direction: Point, width: f64, unit: f64) -> Shape {
    let half = (width / 2.0 + 2.4 * unit).max(3.6 * unit);
    let (base, across) = (along(tip, direction, -HEAD * unit), normal(direction));
    let (a, b) = (along(base, across, -half), along(base, across, half));
    polygon(&[(tip.x, tip.y), (a.x, a.y), (b.x, b.y)])
}
