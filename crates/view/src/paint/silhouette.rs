//! The outlines of cards: what kind of thing a card is can be seen from its shape alone.

use super::pen::{Pen, lines, rounded};
use crate::{
    mark::{Ink, Segment, Shape, Stroke},
    overlay::NodeStyle,
    palette::Token,
};
use layout::{Point, Rect};
use model::{Node, NodeKind};

/// Part of a quarter circle's radius at which the control points of its cubic lie.
const ROUND: f64 = 0.5523;
const RADIUS: f64 = 5.0;
/// Width of the health bar at full size.
const BAR: f64 = 5.0;
/// How wide it stays on the screen when the picture is small.
const BAR_ON_SCREEN: f64 = 3.0;

/// Ground, outline and health bar.
pub(crate) fn draw(pen: &mut Pen, node: &Node, card: Rect, style: NodeStyle) {
    // Strokes of one pixel are sharp when they run through the middles of pixels.
    let inner = Rect::new(card.x + 0.5, card.y + 0.5, card.width - 1.0, card.height - 1.0);
    if node.flags.silent {
        let outline = Stroke::new(Token::EdgeGhost, 1.0).dashed(2.0, 3.0);
        pen.stroke(rounded(inner, RADIUS), outline, "card");
        return;
    }
    let outline = Stroke::new(style.border, 1.0);
    match node.kind {
        NodeKind::External => external(pen, inner, style),
        NodeKind::Egress | NodeKind::NoRoute => {
            let dashed = Stroke::new(quiet_border(style.border), 1.0).dashed(4.0, 3.0);
            pen.both(rounded(inner, RADIUS), style.fill, dashed, "card");
            if QUIET.contains(&style.bar) {
                return;
            }
        }
        NodeKind::UnknownCallers => {
            let stroke = Stroke::new(quiet_border(style.border), 1.0);
            pen.both(cloud(inner), Token::UnknownSoft, stroke, "card");
            return;
        }
        NodeKind::Service | NodeKind::Operation => {
            pen.both(rounded(inner, inner.height / 2.0), style.fill, outline, "card");
            if node.versions.is_empty() {
                pill_bar(pen, inner, style.bar);
                return;
            }
        }
        NodeKind::Gateway => {
            pen.both(rounded(inner, RADIUS), style.fill, outline, "card");
            double_side(pen, card, style.bar);
            return;
        }
        NodeKind::Cluster | NodeKind::Namespace | NodeKind::App | NodeKind::Workload => {
            // A pile: what lies beneath shows at two sides.
            for depth in [6.0, 3.0].into_iter().filter(|_| node.flags.folded) {
                let below = Rect { x: inner.x + depth, y: inner.y + depth, ..inner };
                pen.both(rounded(below, RADIUS), Token::Land, outline, "pile");
            }
            pen.both(rounded(inner, RADIUS), style.fill, outline, "card");
        }
    }
    bar(pen, inner, style.bar);
}

/// A bar that says nothing.
const QUIET: [Token; 2] = [Token::LineStrong, Token::Unknown];

/// Dashes and lobes need a line that is seen; the calm border is too faint for them.
fn quiet_border(border: Token) -> Token {
    if border == Token::LineStrong { Token::Unknown } else { border }
}

fn bar(pen: &mut Pen, card: Rect, ink: Token) {
    let width = BAR.max(BAR_ON_SCREEN / pen.drawing.zoom).min(card.width / 4.0);
    let radius = RADIUS - 1.0;
    let (left, right, top, low) = (card.x, card.x + width, card.y, card.bottom());
    let p = Point::new;
    let path = vec![
        Segment::Move(p(right, top)),
        Segment::Line(p(left + radius, top)),
        Segment::Cubic(
            p(left + radius * (1.0 - ROUND), top),
            p(left, top + radius * (1.0 - ROUND)),
            p(left, top + radius),
        ),
        Segment::Line(p(left, low - radius)),
        Segment::Cubic(
            p(left, low - radius * (1.0 - ROUND)),
            p(left + radius * (1.0 - ROUND), low),
            p(left + radius, low),
        ),
        Segment::Line(p(right, low)),
        Segment::Close,
    ];
    if ink != Token::Unknown {
        pen.fill(Shape::Path(path), ink, "health-bar");
        return;
    }
    // Not known: hatched, never a colour of its own.
    pen.fill(Shape::Path(path), Token::UnknownSoft, "health-bar");
    let mut strokes = Vec::new();
    let mut y = top + 4.0 + width;
    while y < low - 1.0 {
        strokes.extend(super::pen::line_segments(&[(left + 0.5, y), (right, y - width)]));
        y += 4.0;
    }
    pen.stroke(Shape::Path(strokes), Stroke::new(Token::Unknown, 1.2), "health-bar");
}

/// The bar of a pill follows its round end.
fn pill_bar(pen: &mut Pen, card: Rect, ink: Token) {
    let (radius, depth) = (card.height / 2.0, 7.0);
    let centre = card.y + radius;
    let half = (radius * radius - (radius - depth) * (radius - depth)).sqrt();
    let (left, cut) = (card.x, card.x + depth);
    let p = Point::new;
    // The arc's tangent at the cut, a third of the way up and down the arc.
    let (pull, rise) = (depth * 0.72, half * 0.36);
    let path = vec![
        Segment::Move(p(cut, centre - half)),
        Segment::Cubic(p(cut - pull, centre - half + rise), p(left, centre - half * 0.45), p(left, centre)),
        Segment::Cubic(
            p(left, centre + half * 0.45),
            p(cut - pull, centre + half - rise),
            p(cut, centre + half),
        ),
        Segment::Close,
    ];
    pen.fill(Shape::Path(path), ink, "health-bar");
}

/// A gate: two posts at the left in place of the bar.
fn double_side(pen: &mut Pen, card: Rect, bar: Token) {
    let ink = if matches!(bar, Token::LineStrong) { Token::EdgeStrong } else { bar };
    for x in [card.x + 4.5, card.x + 8.0] {
        let post = lines(&[(x, card.y + 4.0), (x, card.bottom() - 4.0)]);
        pen.stroke(post, Stroke::new(ink, 1.4), "health-bar");
    }
}

/// Open to the right: what lies beyond is not ours.
fn external(pen: &mut Pen, card: Rect, style: NodeStyle) {
    let p = Point::new;
    let (left, right, top, low) = (card.x, card.right(), card.y, card.bottom());
    let bend = RADIUS * (1.0 - ROUND);
    let path = vec![
        Segment::Move(p(right, top)),
        Segment::Line(p(left + RADIUS, top)),
        Segment::Cubic(p(left + bend, top), p(left, top + bend), p(left, top + RADIUS)),
        Segment::Line(p(left, low - RADIUS)),
        Segment::Cubic(p(left, low - bend), p(left + bend, low), p(left + RADIUS, low)),
        Segment::Line(p(right, low)),
    ];
    pen.both(Shape::Path(path), style.fill, Stroke::new(style.border, 1.0), "card");
    let side = Stroke { ink: Ink { token: style.border, opacity: 0.8 }, ..Stroke::new(style.border, 1.0) };
    pen.stroke(lines(&[(right, top), (right, low)]), side.dashed(2.0, 3.0), "card-side");
}

/// Nobody knows who they are: a cloud of half circles round the card.
fn cloud(card: Rect) -> Shape {
    let inner = card.grown(-2.0);
    let corners = [
        Point::new(inner.x, inner.y),
        Point::new(inner.right(), inner.y),
        Point::new(inner.right(), inner.bottom()),
        Point::new(inner.x, inner.bottom()),
    ];
    let mut segments = vec![Segment::Move(corners[0])];
    for (i, &from) in corners.iter().enumerate() {
        let to = corners[(i + 1) % corners.len()];
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let side = dx.abs() + dy.abs();
        let lobes = (side / 10.5).round().max(1.0);
        // Outwards is to the left of a clockwise walk.
        let (out_x, out_y) = (dy / side * 5.6, -dx / side * 5.6);
        for lobe in 0..lobes as usize {
            let at = |t: f64| Point::new(from.x + dx * t, from.y + dy * t);
            let (a, b) = (at(lobe as f64 / lobes), at((lobe + 1) as f64 / lobes));
            segments.push(Segment::Cubic(
                Point::new(a.x + out_x, a.y + out_y),
                Point::new(b.x + out_x, b.y + out_y),
                b,
            ));
        }
    }
    segments.push(Segment::Close);
    Shape::Path(segments)
}
