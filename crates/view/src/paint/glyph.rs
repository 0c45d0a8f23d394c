//! The small signs: triangle, octagon, dash, question mark, cylinder, padlock, pin. Each in a box of 12 × 12 from its
//! top left corner, times a scale.

use super::pen::{Pen, lines, polygon, rounded};
use crate::{
    mark::{Segment, Shape, Stroke, Text},
    measure::Font,
    palette::Token,
};
use layout::{Point, Rect};
use model::{Node, NodeKind, Status};

/// Where, and how large against 12 pixels.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) scale: f64,
}

impl Place {
    fn at(self, x: f64, y: f64) -> (f64, f64) {
        (self.x + x * self.scale, self.y + y * self.scale)
    }

    fn point(self, x: f64, y: f64) -> Point {
        let (x, y) = self.at(x, y);
        Point::new(x, y)
    }
}

/// The sign a card carries; none where all is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glyph {
    Octagon,
    Triangle,
    Dash,
    Question,
    Cylinder,
}

pub(crate) fn of_node(node: &Node) -> Option<Glyph> {
    if node.flags.silent {
        return None;
    }
    match node.health.status {
        Status::Failing => Some(Glyph::Octagon),
        Status::Degraded => Some(Glyph::Triangle),
        Status::Idle => Some(Glyph::Dash),
        Status::TooFewRequests => Some(Glyph::Question),
        Status::Unknown if only_tcp(node) => Some(Glyph::Cylinder),
        Status::Unknown if node.kind != NodeKind::UnknownCallers => Some(Glyph::Question),
        _ if only_tcp(node) => Some(Glyph::Cylinder),
        _ => None,
    }
}

/// Speaks TCP and nothing else: its errors and times cannot be known, which is no fault of it.
pub(crate) fn only_tcp(node: &Node) -> bool {
    node.tcp.is_some() && node.requests.is_none()
}

pub(crate) fn draw(pen: &mut Pen, glyph: Glyph, place: Place) {
    match glyph {
        Glyph::Octagon => octagon(pen, place),
        Glyph::Triangle => triangle(pen, place),
        Glyph::Dash => {
            let line = lines(&[place.at(2.0, 6.0), place.at(10.0, 6.0)]);
            pen.stroke(line, Stroke::new(Token::Idle, 2.0 * place.scale).round(), "glyph-idle");
        }
        Glyph::Question => question(pen, place),
        Glyph::Cylinder => cylinder(pen, place),
    }
}

fn octagon(pen: &mut Pen, place: Place) {
    let (a, b, low, high) = (3.6, 8.4, 0.4, 11.6);
    let corners = [(a, low), (b, low), (high, a), (high, b), (b, high), (a, high), (low, b), (low, a)];
    pen.fill(polygon(&corners.map(|(x, y)| place.at(x, y))), Token::Failing, "glyph-failing");
    let mut cross = super::pen::line_segments(&[place.at(4.1, 4.1), place.at(7.9, 7.9)]);
    cross.extend(super::pen::line_segments(&[place.at(7.9, 4.1), place.at(4.1, 7.9)]));
    pen.stroke(Shape::Path(cross), Stroke::new(Token::Surface, 1.5 * place.scale).round(), "glyph-failing");
}

fn triangle(pen: &mut Pen, place: Place) {
    let corners = [(6.0, 0.8), (11.6, 11.0), (0.4, 11.0)].map(|(x, y)| place.at(x, y));
    let edge = Stroke::new(Token::Degraded, 0.8 * place.scale).round();
    pen.both(polygon(&corners), Token::Degraded, edge, "glyph-degraded");
    let mut sign = super::pen::line_segments(&[place.at(6.0, 4.4), place.at(6.0, 7.6)]);
    sign.extend(super::pen::line_segments(&[place.at(6.0, 9.2), place.at(6.0, 9.5)]));
    pen.stroke(Shape::Path(sign), Stroke::new(Token::Surface, 1.4 * place.scale).round(), "glyph-degraded");
}

fn question(pen: &mut Pen, place: Place) {
    let font = Font::new(11.5 * place.scale, 700);
    pen.text(Text::new(place.point(6.0, 10.0), "?", font).middle(), Token::Unknown, "glyph-unknown");
}

fn cylinder(pen: &mut Pen, place: Place) {
    let p = |x, y| place.point(x, y);
    let (left, right, top, low) = (1.5, 10.5, 2.6, 9.4);
    let body = vec![
        Segment::Move(p(left, top)),
        Segment::Cubic(p(left, 0.6), p(right, 0.6), p(right, top)),
        Segment::Line(p(right, low)),
        Segment::Cubic(p(right, 11.4), p(left, 11.4), p(left, low)),
        Segment::Close,
        Segment::Move(p(left, top)),
        Segment::Cubic(p(left, 4.6), p(right, 4.6), p(right, top)),
    ];
    pen.stroke(Shape::Path(body), Stroke::new(Token::Text3, 1.2 * place.scale), "glyph-tcp");
}

/// An open padlock in a disc, centred.
pub(crate) fn padlock(pen: &mut Pen, centre: Point) {
    let disc = Shape::Circle { centre, radius: 8.5 };
    pen.both(disc, Token::Surface, Stroke::new(Token::Degraded, 1.2), "padlock");
    let stroke = Stroke::new(Token::DegradedText, 1.4).round();
    pen.stroke(rounded(Rect::new(centre.x - 3.1, centre.y - 0.5, 6.2, 4.2), 0.6), stroke, "padlock");
    let p = |x: f64, y: f64| Point::new(centre.x + x, centre.y + y);
    let shackle = vec![
        Segment::Move(p(-1.7, -0.5)),
        Segment::Line(p(-1.7, -2.3)),
        Segment::Cubic(p(-1.7, -4.6), p(1.3, -4.7), p(1.7, -2.9)),
    ];
    pen.stroke(Shape::Path(shackle), stroke, "padlock");
}

/// The mark of a card that the reader's hand has put where it is.
pub(crate) fn pin(pen: &mut Pen, centre: Point) {
    pen.both(Shape::Circle { centre, radius: 7.0 }, Token::Surface, Stroke::new(Token::Accent, 1.2), "pin");
    pen.fill(
        Shape::Circle { centre: Point::new(centre.x, centre.y - 1.6), radius: 2.4 },
        Token::Accent,
        "pin",
    );
    let needle = lines(&[(centre.x, centre.y), (centre.x, centre.y + 4.0)]);
    pen.stroke(needle, Stroke::new(Token::Accent, 1.2).round(), "pin");
}

/// Where the pin mark of a card sits.
pub(crate) fn pin_place(card: Rect) -> Point {
    Point::new(card.right() - 4.0, card.y - 2.0)
}

const BADGE: f64 = 9.0;
const COUNT: Font = Font::new(10.0, 600);

/// A bell on the card's corner, and how many alerts where there are several.
pub(crate) fn bell(pen: &mut Pen, corner: Point, count: usize) {
    let text = if count > 1 { count.to_string() } else { String::new() };
    let more = if count > 1 { pen.drawing.measure.width(&text, COUNT).ceil() + 3.0 } else { 0.0 };
    let left = corner.x - BADGE - more;
    let ground = Rect::new(left, corner.y - BADGE, 2.0 * BADGE + more, 2.0 * BADGE);
    pen.both(rounded(ground, BADGE), Token::Failing, Stroke::new(Token::Sea, 2.0), "alerts");
    let p = |x: f64, y: f64| Point::new(left + 3.0 + 0.85 * x, corner.y - 6.4 + 0.85 * y);
    let body = vec![
        Segment::Move(p(3.4, 10.0)),
        Segment::Line(p(10.6, 10.0)),
        Segment::Line(p(9.6, 8.5)),
        Segment::Line(p(9.6, 6.0)),
        Segment::Cubic(p(9.6, 2.5), p(4.4, 2.5), p(4.4, 6.0)),
        Segment::Line(p(4.4, 8.5)),
        Segment::Close,
        Segment::Move(p(6.1, 11.8)),
        Segment::Line(p(7.9, 11.8)),
    ];
    pen.stroke(Shape::Path(body), Stroke::new(Token::Surface, 1.4).round(), "alerts");
    if count > 1 {
        let at = Point::new(ground.right() - 5.0, corner.y + 3.6);
        pen.text(Text::new(at, text, COUNT).end(), Token::Surface, "alerts");
    }
}

/// What came since the other window, or went.
pub(crate) fn change(pen: &mut Pen, centre: Point, came: bool) {
    let ink = if came { Token::Particle } else { Token::Text3 };
    pen.both(Shape::Circle { centre, radius: 7.0 }, Token::Surface, Stroke::new(ink, 1.4), "change");
    let (x, y) = (centre.x, centre.y);
    let mut arms = super::pen::line_segments(&[(x - 3.5, y), (x + 3.5, y)]);
    if came {
        arms.extend(super::pen::line_segments(&[(x, y - 3.5), (x, y + 3.5)]));
    }
    pen.stroke(Shape::Path(arms), Stroke::new(ink, 1.6), "change");
}
