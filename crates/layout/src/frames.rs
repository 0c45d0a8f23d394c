//! Rectangles round members, and round the whole picture. Knows cards and paths as shapes.

use std::sync::Arc;

use crate::geometry::hull;
use crate::input::Input;
use crate::net::{Frame, Net};
use crate::scene::{PlacedGroup, Point, Rect, Scene, Size};
use crate::sorting::Order as _;
use crate::tuning::{APP_PADDING, BAND_PADDING, REGION_PADDING};

/// All groups that have members, in the order of the input. A card the hand has moved stretches its box only where
/// that covers no stranger.
pub(crate) fn groups(input: &Input, net: &Net, cards: &[Rect]) -> Vec<PlacedGroup> {
    let mut apps: Vec<Option<Rect>> =
        net.apps.iter().map(|frame| round(net, frame, |card| cards[card])).collect();
    let full = |apps: &[Option<Rect>], card: usize| {
        let app = net.items[net.cards[card].item].app;
        let boxed = app.and_then(|app| apps[app].map(|rect| dressed(&net.apps[app], rect, APP_PADDING)));
        boxed.unwrap_or(cards[card])
    };
    let mut bands: Vec<Option<Rect>> =
        net.bands.iter().map(|frame| round(net, frame, |card| full(&apps, card))).collect();
    stretch(net, (&net.apps, &mut apps), cards, APP_PADDING);
    stretch(net, (&net.bands, &mut bands), cards, BAND_PADDING);
    let land = |card: usize| {
        let band = net.items[net.cards[card].item].band;
        let land =
            band.and_then(|band| bands[band].map(|rect| dressed(&net.bands[band], rect, BAND_PADDING)));
        land.unwrap_or_else(|| full(&apps, card))
    };
    let all = |frame: &Frame| frame.cards.iter().map(|&card| land(card)).reduce(|a, b| a.union(&b));
    let regions: Vec<Option<Rect>> =
        net.regions.iter().map(|frame| round(net, frame, land).or_else(|| all(frame))).collect();
    let of_kind = |frames: &[Frame], rects: Vec<Option<Rect>>, padding: f64| {
        let dress = |(frame, rect): (&Frame, Option<Rect>)| {
            (frame.input, dressed(frame, rect.unwrap_or_default(), padding))
        };
        frames.iter().zip(rects).map(dress).collect::<Vec<_>>()
    };
    let mut out = of_kind(&net.apps, apps, APP_PADDING);
    out.extend(of_kind(&net.bands, bands, BAND_PADDING));
    out.extend(of_kind(&net.regions, regions, REGION_PADDING));
    out.order_by_key(|(input, _)| *input);
    out.into_iter()
        .map(|(index, rect)| {
            let group = &input.groups[index];
            PlacedGroup { key: group.key.clone(), kind: group.kind, parent: group.parent.clone(), rect }
        })
        .collect()
}

/// Round all members that the hand has not moved.
fn round(net: &Net, frame: &Frame, rect: impl Fn(usize) -> Rect) -> Option<Rect> {
    let loose = frame.cards.iter().filter(|&&card| net.cards[card].pin.is_none());
    loose.map(|&card| rect(card)).reduce(|a, b| a.union(&b))
}

/// Takes in pinned members as well, where nobody minds.
fn stretch(net: &Net, (frames, rects): (&[Frame], &mut [Option<Rect>]), cards: &[Rect], padding: f64) {
    for (index, frame) in frames.iter().enumerate() {
        for &card in frame.cards.iter().filter(|&&card| net.cards[card].pin.is_some()) {
            let wider = rects[index].map_or(cards[card], |rect| rect.union(&cards[card]));
            let area = dressed(frame, wider, padding);
            let covers =
                (0..cards.len()).any(|other| cards[other].overlaps(&area) && !frame.cards.contains(&other));
            let meets = frames.iter().zip(&*rects).enumerate().any(|(other, (frame, rect))| {
                other != index && rect.is_some_and(|rect| dressed(frame, rect, padding).overlaps(&area))
            });
            if rects[index].is_none() || !(covers || meets) {
                rects[index] = Some(wider);
            }
        }
    }
}

/// With padding and room for the title.
pub(crate) fn dressed(frame: &Frame, rect: Rect, padding: f64) -> Rect {
    let below = if padding < BAND_PADDING && frame.title.height > 0.0 { 4.0 } else { 0.0 };
    padded(rect, Size::new(frame.title.width, frame.title.height + below), padding)
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
    let labels = scene.edges.iter().filter_map(|edge| edge.label);
    let mut bounds = nodes.chain(groups).chain(labels).reduce(|a, b| a.union(&b)).unwrap_or_default();
    // Most pieces lie well inside; no line is without a card.
    for cubic in scene.edges.iter().flat_map(|edge| &edge.path) {
        let hull = hull(cubic);
        let above_or_left = hull.x < bounds.x || hull.y < bounds.y;
        if above_or_left || hull.right() > bounds.right() || hull.bottom() > bounds.bottom() {
            bounds = bounds.union(&hull);
        }
    }
    scene.bounds = bounds;
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
    for edge in scene.edges.iter_mut().map(Arc::make_mut) {
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
