//! The split of an app over its versions: the stacked bar with ticks at the intended weights, and a row a version.

use super::{
    glyph::{self, Glyph, Place},
    pen::{Pen, lines, rounded},
};
use crate::{
    cards::{self, RIGHT, ROW_ERRORS, ROW_HEIGHT, ROW_NAME_LEFT, ROW_SHARE, TEXT_LEFT},
    figures::{self, Figure},
    hit::Hit,
    mark::{Owner, Segment, Shape, Stroke, Text},
    measure::ellipsis,
    palette::{Token, version_colour},
    viewport::Level,
};
use layout::{Point, Rect};
use model::{Node, Subject, VersionRow};

const GAP: f64 = 1.5;
const SWATCH: f64 = 8.0;
/// Below this width a part of the bar is still drawn so wide: a canary of 0.1 % must be seen.
const SLIVER: f64 = 2.0;

/// Split bar and rows, below the card's head.
pub(crate) fn draw(pen: &mut Pen, index: usize, card: Rect) {
    let node = &pen.drawing.graph.nodes[index];
    let bar = Rect::new(card.x + TEXT_LEFT, card.y + 46.0, card.width - TEXT_LEFT - RIGHT, 7.0);
    split_bar(pen, node, bar);
    let shown = cards::shown_rows(node);
    for (i, row) in node.versions[..shown].iter().enumerate() {
        pen.part(Owner::Row(index, i));
        let last = i + 1 == node.versions.len();
        draw_row(pen, row, RowPlace { card, index, row: i, last });
    }
    if cards::hidden_rows(node) > 0 {
        pen.part(Owner::Node(index));
        let at = Point::new(card.x + ROW_NAME_LEFT, card.y + cards::row_top(shown) + 16.5);
        let text = format!("{} more versions", cards::hidden_rows(node));
        pen.text(Text::new(at, text, cards::FIGURES), Token::Text3, "more-rows");
    }
}

/// Parts by observed share; what no share is known for is hatched.
pub(crate) fn split_bar(pen: &mut Pen, node: &Node, bar: Rect) {
    let known: f64 = node.versions.iter().filter_map(|row| row.share).sum();
    if known <= 0.0 {
        unknown_bar(pen, bar);
        return;
    }
    let parts: Vec<(usize, f64)> = node
        .versions
        .iter()
        .enumerate()
        .filter_map(|(i, row)| Some((i, row.share.filter(|share| *share > 0.0)? / known)))
        .collect();
    let room = (bar.width - GAP * (parts.len() - 1) as f64).max(1.0);
    let widths = part_widths(&parts, room);
    let mut x = bar.x;
    for ((i, _), width) in parts.iter().zip(widths) {
        let part = Rect::new(x, bar.y, width, bar.height);
        pen.fill(rounded(part, 2.0_f64.min(width / 2.0)), version_colour(*i), "split");
        x += width + GAP;
    }
    if pen.drawing.level == Level::Near {
        ticks(pen, node, bar);
    }
}

/// Shares as widths, none below a sliver; the widest gives what the others need.
fn part_widths(parts: &[(usize, f64)], room: f64) -> Vec<f64> {
    let mut widths: Vec<f64> = parts.iter().map(|(_, share)| (share * room).max(SLIVER)).collect();
    let over = widths.iter().sum::<f64>() - room;
    let widest = (0..widths.len()).max_by(|a, b| widths[*a].total_cmp(&widths[*b]));
    if let Some(widest) = widest {
        widths[widest] = (widths[widest] - over).max(SLIVER);
    }
    widths
}

pub(crate) fn unknown_bar(pen: &mut Pen, bar: Rect) {
    pen.fill(rounded(bar, 2.0), Token::UnknownSoft, "split-unknown");
    let mut strokes = Vec::new();
    let mut x = bar.x + 3.0;
    while x + 4.0 < bar.right() {
        strokes.extend(super::pen::line_segments(&[(x, bar.bottom()), (x + 4.0, bar.y)]));
        x += 6.5;
    }
    pen.stroke(Shape::Path(strokes), Stroke::new(Token::Unknown, 1.0), "split-unknown");
}

/// Where the intended weights would put the borders between the versions.
fn ticks(pen: &mut Pen, node: &Node, bar: Rect) {
    let Some(intended) = node.versions.iter().map(|row| row.intended_share).collect::<Option<Vec<f64>>>()
    else {
        return;
    };
    let mut reached = 0.0;
    for share in &intended[..intended.len().saturating_sub(1)] {
        reached += share;
        let x = (bar.x + bar.width * reached.clamp(0.0, 1.0)).max(bar.x + 0.75).min(bar.right() - 0.75);
        let centre = bar.y + bar.height / 2.0;
        let halo = lines(&[(x, centre - 6.5), (x, centre + 6.5)]);
        pen.stroke(halo, Stroke::new(Token::Surface, 4.0), "intended-halo");
        let tick = lines(&[(x, centre - 7.0), (x, centre + 7.0)]);
        pen.stroke(tick, Stroke::new(Token::Text, 1.5), "intended");
    }
}

#[derive(Clone, Copy)]
struct RowPlace {
    card: Rect,
    index: usize,
    row: usize,
    last: bool,
}

impl RowPlace {
    fn top(self) -> f64 {
        self.card.y + cards::row_top(self.row)
    }
}

fn draw_row(pen: &mut Pen, row: &VersionRow, place: RowPlace) {
    let figures = figures::row(row);
    if let Some(tint) = figures.tint.or_else(|| highlight(pen, row, place)) {
        pen.fill(row_ground(place), tint, "row-ground");
    }
    let (card, baseline) = (place.card, place.top() + 17.0);
    if is_chosen(pen, row, place) {
        // A tinted row keeps its tint: the mark says that it is the one chosen.
        let mark = Rect::new(card.x + 7.0, place.top() + 4.0, 2.5, ROW_HEIGHT - 8.0);
        pen.fill(rounded(mark, 1.0), Token::Accent, "row-selection");
    }
    let swatch = Rect::new(card.x + TEXT_LEFT, place.top() + 9.0, SWATCH, SWATCH);
    pen.fill(rounded(swatch, 2.0), version_colour(place.row), "swatch");
    let left = card.x + ROW_NAME_LEFT;
    let share_width =
        crate::measure::tabular_width(&figures.share.text, figures.share.font, pen.drawing.measure);
    let room = card.right() - ROW_SHARE - share_width - 6.0 - left;
    let name = ellipsis(&row.name, room, cards::FIGURES_STRONG, pen.drawing.measure);
    pen.text(Text::new(Point::new(left, baseline), name, cards::FIGURES_STRONG), Token::Text, "row-name");
    let mut column = |figure: Figure, from_right: f64, role| {
        let at = Point::new(card.right() - from_right, baseline);
        pen.text(Text::new(at, figure.text, figure.font).end().tabular(), figure.ink, role);
    };
    column(figures.share, ROW_SHARE, "row-share");
    column(figures.errors, ROW_ERRORS, "row-errors");
    column(figures.right, RIGHT, "row-figure");
    if row.health.status == model::Status::TooFewRequests || is_uncertain(row) {
        let sign = Place { x: card.right() - ROW_SHARE + 2.0, y: place.top() + 8.0, scale: 0.9 };
        glyph::draw(pen, Glyph::Question, sign);
    }
}

fn is_uncertain(row: &VersionRow) -> bool {
    row.comparison.as_ref().is_some_and(|c| c.verdict == model::graph::Verdict::TooFewRequests)
}

fn is_chosen(pen: &Pen, row: &VersionRow, place: RowPlace) -> bool {
    let node = &pen.drawing.graph.nodes[place.index];
    matches!(pen.drawing.selection, Some(Subject::Row { node: id, row: key }) if *id == node.id && *key == row.key)
}

/// Ground of a row under the pointer or chosen.
fn highlight(pen: &Pen, row: &VersionRow, place: RowPlace) -> Option<Token> {
    if is_chosen(pen, row, place) {
        return Some(Token::AccentSoft);
    }
    (pen.drawing.hover == Some(Hit::Row(place.index, place.row))).then_some(Token::Hover)
}

/// From the bar to the card's inner border, its lower corner rounded in the last row.
fn row_ground(place: RowPlace) -> Shape {
    let (left, right) = (place.card.x + 5.5, place.card.right() - 1.0);
    let top = place.top();
    if !place.last {
        return rounded(Rect::new(left, top, right - left, ROW_HEIGHT), 0.0);
    }
    let low = place.card.bottom() - 1.0;
    let (radius, p) = (4.5, Point::new);
    Shape::Path(vec![
        Segment::Move(p(left, top)),
        Segment::Line(p(right, top)),
        Segment::Line(p(right, low - radius)),
        Segment::Cubic(p(right, low - radius * 0.45), p(right - radius * 0.45, low), p(right - radius, low)),
        Segment::Line(p(left, low)),
        Segment::Close,
    ])
}
