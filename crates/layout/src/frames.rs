//! Rectangles round members, and round the whole picture. Knows cards and paths as shapes.

use std::sync::Arc;

use crate::geometry::hull;
use crate::input::Input;
use crate::net::{Frame, Net};
use crate::scene::{PlacedGroup, Point, Rect, Scene, Size};
use crate::sorting::Order as _;
use crate::tuning::{APP_PADDING, BAND_PADDING};

/// All groups that have members, in the order of the input. A card the hand has moved stretches its box only where
/// that covers no stranger.
pub(crate) fn groups(input: &Input, net: &Net, cards: &[Rect]) -> Vec<PlacedGroup> {
    let mut apps =
        Boxes { net, cards, frames: net.apps.iter().collect(), rects: Vec::new(), padding: APP_PADDING };
    apps.rects = net.apps.iter().map(|frame| apps.round(frame, &|card| cards[card])).collect();
    let mut lands = Boxes { net, cards, frames: Vec::new(), rects: Vec::new(), padding: BAND_PADDING };
    for land in 0..net.lands() {
        let full = |card: usize| {
            let item = &net.items[net.cards[card].item];
            let band = item.band.filter(|_| land >= net.bands.len()).and_then(|band| lands.dressed(band));
            band.or_else(|| apps.dressed(item.app?)).unwrap_or(cards[card])
        };
        let rect = lands.round(net.land(land), &full);
        lands.frames.push(net.land(land));
        lands.rects.push(rect);
    }
    let mut out = Vec::with_capacity(input.groups.len());
    for boxes in [&mut apps, &mut lands] {
        for at in 0..boxes.frames.len() {
            boxes.stretch(at);
        }
        for (at, frame) in boxes.frames.iter().enumerate() {
            out.push((frame.input, boxes.dressed(at).unwrap_or_default()));
        }
    }
    out.order_by_key(|(input, _)| *input);
    out.into_iter()
        .map(|(index, rect)| {
            let group = &input.groups[index];
            PlacedGroup { key: group.key.clone(), kind: group.kind, parent: group.parent.clone(), rect }
        })
        .collect()
}

/// Boxes of apps, or of bands and then regions, without padding.
struct Boxes<'a> {
    net: &'a Net,
    cards: &'a [Rect],
    frames: Vec<&'a Frame>,
    rects: Vec<Option<Rect>>,
    padding: f64,
}

impl Boxes<'_> {
    fn dressed(&self, at: usize) -> Option<Rect> {
        self.rects[at].map(|rect| dressed(self.frames[at], rect, self.padding))
    }

    /// Round all members that the hand has not moved.
    fn round(&self, frame: &Frame, rect: &dyn Fn(usize) -> Rect) -> Option<Rect> {
        let mut all: Option<Rect> = None;
        for &card in frame.cards.iter().filter(|&&card| self.net.cards[card].pin.is_none()) {
            let rect = rect(card);
            all = Some(all.map_or(rect, |all| all.union(&rect)));
        }
        all
    }

    /// The region a box stands in. Apps have their bands elsewhere.
    fn over(&self, at: usize) -> Option<usize> {
        self.frames[at].region
    }

    /// Takes in pinned members as well, where nobody minds. A region leaves those of a band to the band.
    fn stretch(&mut self, at: usize) {
        let frame = self.frames[at];
        let is_region = self.padding >= BAND_PADDING && at >= self.net.bands.len();
        for &card in frame.cards.iter().filter(|&&card| self.net.cards[card].pin.is_some()) {
            if !is_region || self.net.items[self.net.cards[card].item].band.is_none() {
                self.take_in(at, &self.cards[card]);
            }
        }
    }

    /// Grows a box, and the region round it. What has no place yet comes there in any case.
    fn take_in(&mut self, at: usize, rect: &Rect) -> bool {
        let (frame, over) = (self.frames[at], self.over(at));
        let wider = self.rects[at].map_or(*rect, |own| own.union(rect));
        let area = dressed(frame, wider, self.padding);
        let covers = (0..self.cards.len())
            .any(|other| self.cards[other].overlaps(&area) && !frame.cards.contains(&other));
        let apart = |other: usize| other != at && over != Some(other) && self.over(other) != Some(at);
        let meets = (0..self.frames.len())
            .any(|other| apart(other) && self.dressed(other).is_some_and(|other| other.overlaps(&area)));
        let fits = !(covers || meets) && over.is_none_or(|over| self.take_in(over, &area));
        if fits || self.rects[at].is_none() {
            self.rects[at] = Some(wider);
        }
        fits
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
    // Moved, they could differ in the last bit from those that an update finds round the same picture.
    bound(scene);
}
