//! Rectangles round members, and round the whole picture. Knows cards and paths as shapes.

use crate::geometry::hull;
use crate::input::Input;
use crate::net::{Frame, Net};
use crate::scene::{PlacedGroup, Point, Rect, Scene, Size};
use crate::sorting::Order as _;
use crate::tuning::{APP_PADDING, BAND_PADDING};

/// All groups that have members, in the order of the input.
pub(crate) fn groups(input: &Input, net: &Net, cards: &[Rect]) -> Vec<PlacedGroup> {
    let mut out: Vec<(usize, Rect)> = Vec::new();
    let mut app_rects = Vec::new();
    for frame in &net.apps {
        let rect = app(frame, cards);
        app_rects.push((frame, rect));
        out.push((frame.input, rect));
    }
    for frame in &net.bands {
        out.push((frame.input, band(net, frame, cards, &app_rects)));
    }
    out.order_by_key(|(input, _)| *input);
    out.into_iter()
        .map(|(index, rect)| {
            let group = &input.groups[index];
            PlacedGroup { key: group.key.clone(), kind: group.kind, parent: group.parent.clone(), rect }
        })
        .collect()
}

/// A card the hand has moved stretches its band only where that covers no stranger.
fn band(net: &Net, frame: &Frame, cards: &[Rect], apps: &[(&Frame, Rect)]) -> Rect {
    let (pinned, loose): (Vec<usize>, Vec<usize>) =
        frame.cards.iter().partition(|&&card| net.cards[card].pin.is_some());
    let app_of = |card: usize| apps.iter().find(|(app, _)| app.cards.contains(&card)).map(|app| app.1);
    let full = |card: usize| app_of(card).map_or(cards[card], |app| app.union(&cards[card]));
    let dress = |rect: Rect| padded(rect, frame.title, BAND_PADDING);
    let mut rect = loose.into_iter().map(full).reduce(|a, b| a.union(&b));
    for card in pinned {
        let wider = rect.map_or(full(card), |rect| rect.union(&full(card)));
        let covers = (0..cards.len())
            .any(|other| !frame.cards.contains(&other) && cards[other].overlaps(&dress(wider)));
        if rect.is_none() || !covers {
            rect = Some(wider);
        }
    }
    dress(rect.unwrap_or_default())
}

fn app(frame: &Frame, cards: &[Rect]) -> Rect {
    let title =
        Size::new(frame.title.width, if frame.title.height > 0.0 { frame.title.height + 4.0 } else { 0.0 });
    padded(round(frame, cards), title, APP_PADDING)
}

fn round(frame: &Frame, cards: &[Rect]) -> Rect {
    frame.cards.iter().map(|&card| cards[card]).reduce(|a, b| a.union(&b)).unwrap_or_default()
}

fn padded(rect: Rect, title: Size, padding: f64) -> Rect {
    let width = rect.width.max(title.width);
    Rect::new(
        rect.x - padding,
        rect.y - padding - title.height,
        width + 2.0 * padding,
        rect.height + title.height + 2.0 * padding,
    )
}

/// The smallest rectangle round all that is drawn.
pub(crate) fn bound(scene: &mut Scene) {
    let nodes = scene.nodes.iter().map(|node| node.rect);
    let groups = scene.groups.iter().map(|group| group.rect);
    let paths = scene.edges.iter().flat_map(|edge| edge.path.iter().map(hull));
    let labels = scene.edges.iter().filter_map(|edge| edge.label);
    scene.bounds =
        nodes.chain(groups).chain(paths).chain(labels).reduce(|a, b| a.union(&b)).unwrap_or_default();
}

/// Moves the whole picture so that its bounds begin at 0, 0.
pub(crate) fn to_origin(scene: &mut Scene) {
    // Whole pixels only, so that nothing loses its sharp edge.
    let (dx, dy) = (-scene.bounds.x.floor(), -scene.bounds.y.floor());
    let shift = |rect: &mut Rect| {
        rect.x += dx;
        rect.y += dy;
    };
    let slide = |point: &mut Point| {
        point.x += dx;
        point.y += dy;
    };
    scene.nodes.iter_mut().for_each(|node| shift(&mut node.rect));
    scene.groups.iter_mut().for_each(|group| shift(&mut group.rect));
    for edge in &mut scene.edges {
        edge.label.iter_mut().for_each(shift);
        for cubic in &mut edge.path {
            slide(&mut cubic.from);
            slide(&mut cubic.c1);
            slide(&mut cubic.c2);
            slide(&mut cubic.to);
        }
    }
    shift(&mut scene.bounds);
}
