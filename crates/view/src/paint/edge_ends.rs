//! The ends of lines: the arrow head, and the broken end of calls that never arrive.

use super::{
    pen::{Pen, lines, polygon},
    strand::Strand,
};
use crate::{
    curve::{along, length, minus, normal, unit as unit_of},
    mark::{Shape, Stroke},
    palette::{FAINT, Token},
};
use layout::{Cubic, Point};

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

/// Whether the last bend of a line is longer than what its head takes of it.
pub(crate) fn has_room(path: &[Cubic], head: f64) -> bool {
    path.last().is_some_and(|last| length(minus(last.to, last.from)) > 1.25 * head)
}

/// Brings the last bend of a line so much earlier, so that it meets its head in one direction however steep it is.
pub(crate) fn draw_back(path: &mut [Cubic], by: f64) {
    if let Some(last) = path.last_mut() {
        let direction = into_end(last);
        (last.c2, last.to) = (along(last.c2, direction, -by), along(last.to, direction, -by));
    }
}

fn into_end(last: &Cubic) -> Point {
    let bend = if length(minus(last.to, last.c2)) > 1e-6 { last.c2 } else { last.from };
    unit_of(minus(last.to, bend))
}

pub(crate) fn draw(pen: &mut Pen, strand: &Strand) {
    let (reach, unit) = (strand.arc.length(), pen.drawing.stroke_unit());
    let to = strand.arc.at(reach);
    let direction = strand.path.last().map_or_else(|| strand.arc.direction(reach), into_end);
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
    let stop = broken_from(reach, unit);
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
