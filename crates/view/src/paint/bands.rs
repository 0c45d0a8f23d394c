//! Land: the regions of clusters, the bands of namespaces and the boxes of apps, and their titles.

use super::pen::{Pen, rounded};
use crate::{
    cards::{self, TITLE, TITLE_COUNT, TITLE_GAP},
    mark::{Owner, Stroke, Text},
    measure::{Font, ellipsis},
    palette::Token,
    viewport::Level,
};
use layout::{GroupKind, PlacedGroup, Point, Rect};

const PADDING: f64 = 12.0;
const TITLE_BASELINE: f64 = 19.0;
const TITLE_ON_SCREEN: f64 = 11.0;

pub(crate) fn ground(pen: &mut Pen) {
    let scene = pen.drawing.scene;
    let far = pen.drawing.level == Level::Far;
    let line = if far { (Token::LineStrong, 0.7 / pen.drawing.zoom) } else { (Token::Line, 1.0) };
    // A region lies under its bands, a band under the boxes of its apps.
    for kind in [GroupKind::Region, GroupKind::Band, GroupKind::App] {
        // Far away cards are dots, which need no frame of their own.
        if kind == GroupKind::App && far {
            continue;
        }
        for (i, group) in scene.groups.iter().enumerate().filter(|(_, group)| group.kind == kind) {
            if !pen.drawing.in_sight(group.rect) || !pen.drawing.shows_land(&group.key) {
                continue;
            }
            pen.owner(Owner::Group(i));
            let rect = super::snapped(group.rect).grown(-0.5);
            match kind {
                // Between its bands is sea as outside of it.
                GroupKind::Region => {
                    let stroke = Stroke::new(Token::LineStrong, line.1);
                    pen.stroke(
                        rounded(rect, if far { 7.0 / pen.drawing.zoom } else { 14.0 }),
                        stroke,
                        "region",
                    );
                }
                GroupKind::Band => {
                    pen.both(
                        rounded(rect, if far { 4.0 / pen.drawing.zoom } else { 8.0 }),
                        Token::Land,
                        Stroke::new(line.0, line.1),
                        "band",
                    );
                }
                GroupKind::App => {
                    let stroke = Stroke::new(Token::LineStrong, 1.0);
                    pen.both(rounded(rect, 6.0), Token::Sunken, stroke, "app-box");
                }
            }
        }
    }
}

/// Over the edges, with a halo, so that a line never strikes a name out.
pub(crate) fn titles(pen: &mut Pen) {
    let scene = pen.drawing.scene;
    for (i, placed) in scene.groups.iter().enumerate() {
        if pen.drawing.in_sight(placed.rect) && pen.drawing.shows_land(&placed.key) {
            pen.owner(Owner::Group(i));
            title(pen, placed);
        }
    }
}

fn title(pen: &mut Pen, placed: &PlacedGroup) {
    let drawing = pen.drawing;
    let Some(graph_box) = drawing.graph.boxes.iter().find(|b| b.id == placed.key) else { return };
    let near = drawing.level == Level::Near;
    let size = if near { TITLE.size } else { TITLE_ON_SCREEN / drawing.zoom };
    let font = Font::new(size, TITLE.weight);
    let rect: Rect = super::snapped(placed.rect);
    let (padding, ground, ink) = match placed.kind {
        GroupKind::Region => (PADDING, Token::Sea, Token::Text3),
        GroupKind::Band => (PADDING, Token::Land, Token::Text2),
        GroupKind::App => (8.0, Token::Sunken, Token::Text2),
    };
    let room = rect.width - 2.0 * padding;
    if !near && placed.kind == GroupKind::App {
        return;
    }
    let text = ellipsis(&graph_box.name, room, font, drawing.measure);
    if text == "…" {
        return;
    }
    let used = drawing.measure.width(&text, font);
    let baseline = rect.y + TITLE_BASELINE.max(0.83 * size + 3.0);
    let at = Point::new(rect.x + padding, baseline);
    let halo = Stroke::new(ground, 3.5).round();
    pen.text_with_halo(Text::new(at, text, font), ink, halo, "group-name");
    let count = cards::title_count(graph_box, drawing.graph);
    if near && !count.is_empty() {
        let left = used + TITLE_GAP;
        if left + drawing.measure.width(&count, TITLE_COUNT) <= room {
            let text = Text::new(Point::new(at.x + left, at.y), count, TITLE_COUNT);
            pen.text_with_halo(text, Token::Text3, halo, "group-count");
        }
    }
}
