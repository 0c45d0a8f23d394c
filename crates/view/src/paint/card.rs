//! A node's card at each level: outline, name, sign, figures; its version rows are drawn by `rows`.

use super::{
    glyph::{self, Glyph, Place},
    pen::{Pen, rounded},
    rows, silhouette,
};
use crate::{
    cards::{self, GLYPH, RIGHT, TEXT_LEFT},
    figures,
    mark::{Owner, Stroke, Text},
    measure::{Font, ellipsis},
    palette::Token,
    speak,
    viewport::Level,
};
use layout::{Point, Rect};
use model::{Node, Presence};

/// Sizes of a name on the screen when figures are gone, the wanted one first; none below what can be read.
const NAMES_ON_SCREEN: [f64; 3] = [11.0, 10.2, 9.4];
const GLYPH_ON_SCREEN: f64 = 12.0;

pub(crate) fn draw(pen: &mut Pen, index: usize, card: Rect, boxed: bool) {
    let drawing = pen.drawing;
    let node = &drawing.graph.nodes[index];
    pen.owner(Owner::Node(index));
    let style = (drawing.overlay.node)(node);
    found(pen, index, card);
    selected(pen, node, card);
    silhouette::draw(pen, node, card, style);
    if drawing.hovers_node(index) {
        let inner = card.grown(-0.5);
        pen.stroke(rounded(inner, 5.0), Stroke::new(Token::Control, 1.0), "card-hover");
    }
    if drawing.level == Level::Near {
        near(pen, node, card, boxed);
        if !node.versions.is_empty() {
            rows::draw(pen, index, card);
            pen.part(Owner::Node(index));
        }
    } else {
        away(pen, node, card);
    }
    badges(pen, node, card);
}

/// What sits on the corners: alerts and the pin to the right, coming and going to the left.
fn badges(pen: &mut Pen, node: &Node, card: Rect) {
    let is_pinned = pen.drawing.pinned.contains(&node.id);
    if is_pinned {
        glyph::pin(pen, glyph::pin_place(card));
    }
    if let Some(count) = node.alerts.filter(|count| *count > 0) {
        let aside = if is_pinned { 20.0 } else { 0.0 };
        // High enough to leave the sign in the corner bare.
        glyph::bell(pen, Point::new(card.right() - aside, card.y - 4.0), count);
    }
    if let Some(change) = node.change.as_ref().filter(|change| change.presence != Presence::Both) {
        glyph::change(pen, Point::new(card.x, card.y), change.presence == Presence::Came);
    }
}

fn found(pen: &mut Pen, index: usize, card: Rect) {
    let drawing = pen.drawing;
    if drawing.finds_node(index) {
        let stroke = Stroke::new(Token::Accent, 1.0 / drawing.zoom.min(1.0));
        pen.both(rounded(card.grown(5.0), 9.0), Token::AccentSoft, stroke, "found");
    }
}

/// The ring: 2 pixels wide, 3.5 outside the card.
fn selected(pen: &mut Pen, node: &Node, card: Rect) {
    if pen.drawing.selects_node(node) {
        let width = 2.0 / pen.drawing.zoom.min(1.0);
        pen.stroke(rounded(card.grown(3.5), 8.5), Stroke::new(Token::Accent, width), "selection");
    }
}

fn text_left(node: &Node) -> f64 {
    // The second post of a gate stands where a bar ends.
    if node.kind == model::NodeKind::Gateway { TEXT_LEFT + 3.0 } else { TEXT_LEFT }
}

fn near(pen: &mut Pen, node: &Node, card: Rect, boxed: bool) {
    let left = card.x + text_left(node);
    let mut right = card.right() - RIGHT;
    if let Some(sign) = glyph::of_node(node) {
        right -= GLYPH;
        // Its box is 12 wide; the drawn sign ends with the figures below it.
        glyph::draw(pen, sign, Place { x: right, y: card.y + 8.0, scale: 1.0 });
        right -= 5.0;
    }
    if let Some(words) = speak::verdict_words(node) {
        right = chip(pen, &words, right, card.y + 7.0) - 6.0;
    }
    let at = Point::new(left, card.y + 19.0);
    let used = name(pen, node, at, right - left);
    if let (false, Some(namespace)) = (boxed, &node.namespace) {
        beside_name(pen, namespace, Point::new(at.x + used + 6.0, at.y), right - at.x - used - 6.0);
    }
    figures_line(pen, node, card);
}

/// The verdict's word; gives its left edge.
fn chip(pen: &mut Pen, words: &str, right: f64, top: f64) -> f64 {
    let width = pen.drawing.measure.width(words, cards::CHIP).ceil() + 12.0;
    let left = right - width;
    pen.fill(rounded(Rect::new(left, top, width, 15.5), 3.0), Token::DegradedSoft, "verdict");
    let text = Text::new(Point::new(left + width / 2.0, top + 11.3), words, cards::CHIP).middle();
    pen.text(text, Token::DegradedText, "verdict");
    left
}

/// Gives the width it took.
fn name(pen: &mut Pen, node: &Node, at: Point, room: f64) -> f64 {
    let measure = pen.drawing.measure;
    let (font, ink) = name_style(node, cards::NAME.size);
    let text = ellipsis(&node.name, room, font, measure);
    let used = measure.width(&text, font);
    pen.text(Text::new(at, text, font), ink, "name");
    used
}

/// Where no band says it, the card names its namespace, if there is room beside the name.
fn beside_name(pen: &mut Pen, namespace: &str, at: Point, room: f64) {
    if pen.drawing.measure.width(namespace, cards::FIGURES) <= room {
        pen.text(Text::new(at, namespace, cards::FIGURES), Token::Text3, "namespace");
    }
}

fn name_style(node: &Node, size: f64) -> (Font, Token) {
    if node.flags.silent { (Font::new(size, 500), Token::Text3) } else { (Font::new(size, 600), Token::Text) }
}

fn figures_line(pen: &mut Pen, node: &Node, card: Rect) {
    let measure = pen.drawing.measure;
    let baseline = card.y + 36.0;
    let left = figures::left(node);
    let mut from = card.x + text_left(node);
    let to = card.right() - RIGHT;
    let width = crate::measure::tabular_width(&left.text, left.font, measure);
    pen.text(Text::new(Point::new(from, baseline), left.text, left.font).tabular(), left.ink, "rate");
    from += width + 6.0;
    if !node.versions.is_empty() && !node.flags.silent {
        // A wide card has room for errors and time both.
        if let Some(errors) = figures::head_errors(node) {
            let at = Point::new(from.max(card.x + 66.0), baseline);
            from = at.x + crate::measure::tabular_width(&errors.text, errors.font, measure) + 6.0;
            pen.text(Text::new(at, errors.text, errors.font).tabular(), errors.ink, "errors");
        }
        let slow = figures::slowness(node.latency.as_ref());
        right_figure(pen, slow, Point::new(to, baseline), to - from);
        return;
    }
    right_figure(pen, figures::right(node, pen.drawing.now_s), Point::new(to, baseline), to - from);
}

fn right_figure(pen: &mut Pen, forms: Vec<figures::Figure>, at: Point, room: f64) {
    if let Some(figure) = figures::fitting(forms, room, pen.drawing.measure) {
        pen.text(Text::new(at, figure.text, figure.font).end().tabular(), figure.ink, "figure");
    }
}

/// The middle level: the name at a size that is read, the sign, the split.
fn away(pen: &mut Pen, node: &Node, card: Rect) {
    let drawing = pen.drawing;
    let with_rows = !node.versions.is_empty();
    // Name and sign share the upper part of a card with rows, all of a small one.
    let line = if with_rows { card.height * 0.5 } else { card.height };
    let centre = card.y + line / 2.0;
    let mut right = card.right() - RIGHT;
    let trouble = glyph::of_node(node)
        .filter(|sign| matches!(sign, Glyph::Octagon | Glyph::Triangle | Glyph::Question));
    if let Some(sign) = trouble {
        let size = (GLYPH_ON_SCREEN / drawing.zoom).min(line * 0.8).min(card.width * 0.4);
        let x = right - size;
        glyph::draw(pen, sign, Place { x, y: centre - size / 2.0, scale: size / 12.0 });
        right = x - 3.0 / drawing.zoom;
    }
    let left = card.x + text_left(node).max(5.0 / drawing.zoom);
    small_name(pen, node, Point::new(left, centre), right - left);
    if with_rows {
        let height = (7.0 / drawing.zoom).min(card.height * 0.25);
        let top = card.y + card.height * 0.7 - height / 2.0;
        let bar = Rect::new(card.x + TEXT_LEFT, top, card.width - TEXT_LEFT - RIGHT, height);
        rows::split_bar(pen, node, bar);
    }
}

/// A name that keeps its size on the screen; it grows a little smaller before its middle gives way.
fn small_name(pen: &mut Pen, node: &Node, middle: Point, room: f64) {
    let drawing = pen.drawing;
    let sizes = NAMES_ON_SCREEN.map(|size| size / drawing.zoom);
    let fits = |size: &f64| drawing.measure.width(&node.name, name_style(node, *size).0) <= room;
    let size = sizes.into_iter().find(fits).unwrap_or(sizes[2]);
    let (font, ink) = name_style(node, size);
    let text = ellipsis(&node.name, room, font, drawing.measure);
    if text != "…" {
        let at = Point::new(middle.x, middle.y + 0.36 * size);
        pen.text(Text::new(at, text, font), ink, "name");
    }
}
