//! Where the reader stands, and how the view moves: pan, zoom, fit, bring into sight. It stops when the hand stops; only
//! keys and buttons glide. It must not know what is drawn.

use super::stage::Stage;
use layout::{Point, Rect, Size};
use model::Subject;
use view::{Level, Viewport, fit, tween};

/// The viewport on its way somewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glide {
    from: Viewport,
    to: Viewport,
    /// Of the first frame.
    start_ms: Option<f64>,
    length_ms: f64,
}

const GLIDE_MS: f64 = 240.0;
/// Narrower maps than this open near.
const PHONE_PX: f64 = 640.0;
const PHONE_ZOOM: [f64; 2] = [0.86, 0.9];
const PHONE_MARGIN: f64 = 16.0;
/// The corner of a band in which its name stands.
const TITLE: Size = Size::new(130.0, 26.0);
/// With more lines than this there are too many figures to keep all clear of sheets.
const FIGURES: usize = 100;
const FAR_TITLE: f64 = 0.8;

impl Stage {
    pub(crate) fn pan(&mut self, dx: f64, dy: f64) {
        self.touched = true;
        self.look_from(self.view.panned(dx, dy));
    }

    pub(crate) fn zoom_at(&mut self, pointer: Point, factor: f64) {
        self.touched = true;
        self.look_from(self.view.zoomed_at(pointer, factor));
    }

    /// From the small map: this point of it comes to the middle of the window.
    pub(crate) fn centre(&mut self, at: Point) {
        if let Some(map) = self.overview() {
            self.touched = true;
            self.look_from(map.centred(at, &self.view, self.size()));
        }
    }

    /// From a button or a key: about the middle, and gliding there.
    pub(crate) fn zoom_by(&mut self, factor: f64) {
        self.touched = true;
        let size = self.size();
        let from = self.glide.map_or(self.view, |glide| glide.to);
        self.glide_to(from.zoomed_at(Point::new(size.width / 2.0, size.height / 2.0), factor));
    }

    pub(crate) fn fit(&mut self, covered: &[Rect]) {
        if let Some(to) = self.fitted(covered) {
            self.touched = false;
            self.glide_to(to);
        }
    }

    /// Brings a card into sight, beside what lies over the map, and moves no more than that.
    pub(crate) fn show(&mut self, subject: &Subject, insets: view::Insets) {
        let size = self.size();
        let Some(rect) = self.picture.as_ref().and_then(|picture| picture.place_of(subject)) else { return };
        let to = self.view.showing(rect, size, insets);
        if to != self.view {
            self.glide_to(to);
        }
    }

    /// On a phone a whole mesh is too small to read: it opens near what is selected, else near what hurts most.
    pub(super) fn opened(&self, whole: Viewport, covered: &[Rect]) -> Viewport {
        let size = self.size();
        let near = self.picture.as_ref().and_then(|picture| {
            let worst = picture.graph.findings.first().map(|finding| &finding.subject);
            picture.place_of(self.look.selection.as_ref().or(worst)?)
        });
        match near {
            Some(rect) if size.width < PHONE_PX && Level::at(whole.zoom, None) == Level::Far => {
                // Both ends of a line shall be in the window, as long as figures can be read.
                let zoom = ((size.width - PHONE_MARGIN) / rect.width).clamp(PHONE_ZOOM[0], PHONE_ZOOM[1]);
                let view = Viewport::in_middle(rect.centre(), zoom, size);
                fit::lowered(view, &self.cards(), rect, size, covered)
            }
            _ => whole,
        }
    }

    pub(super) fn fitted(&self, covered: &[Rect]) -> Option<Viewport> {
        let scene = &self.picture.as_ref()?.scene;
        // A band without its title is land without a name. Far away names keep their size on the screen.
        let zoom = Viewport::fit(scene.bounds, self.size(), view::Insets::default()).zoom;
        let unit = if Level::at(zoom, None) == Level::Far { FAR_TITLE / zoom } else { 1.0 };
        let titles = scene.groups.iter().map(|group| Rect {
            height: TITLE.height * unit,
            width: (TITLE.width * unit).min(group.rect.width),
            ..group.rect
        });
        let mut cards = self.cards();
        cards.extend(titles);
        if unit <= 1.0 && scene.edges.len() <= FIGURES {
            cards.extend(scene.edges.iter().filter_map(|route| route.label));
        }
        Some(fit::clear_of(scene.bounds, &cards, self.size(), covered))
    }

    fn cards(&self) -> Vec<Rect> {
        let nodes = self.picture.iter().flat_map(|picture| &picture.scene.nodes);
        nodes.map(|node| node.rect).collect()
    }

    fn glide_to(&mut self, to: Viewport) {
        self.glide_for(to, GLIDE_MS);
    }

    pub(super) fn glide_for(&mut self, to: Viewport, length_ms: f64) {
        if self.look.still {
            self.look_from(to);
        } else {
            self.glide = Some(Glide { from: self.view, to, start_ms: None, length_ms });
        }
        self.dirty = true;
    }

    pub(super) fn look_from(&mut self, view: Viewport) {
        self.glide = None;
        self.set_view(view);
    }

    pub(super) fn set_view(&mut self, view: Viewport) {
        let bounds = self.picture.as_ref().map(|picture| picture.scene.bounds);
        self.view = bounds.map_or(view, |bounds| view.clamped(bounds, self.size()));
        let level = Level::at(self.view.zoom, Some(self.level));
        self.dirty |= level != self.level;
        self.level = level;
    }

    pub(super) fn glide_on(&mut self, now_ms: f64) {
        let Some(glide) = &mut self.glide else { return };
        let share = (now_ms - *glide.start_ms.get_or_insert(now_ms)) / glide.length_ms;
        let Glide { from, to, .. } = *glide;
        let eased = tween::eased(share);
        let mix = |a: f64, b: f64| a + (b - a) * eased;
        self.set_view(Viewport { zoom: mix(from.zoom, to.zoom), x: mix(from.x, to.x), y: mix(from.y, to.y) });
        if share >= 1.0 {
            self.glide = None;
        }
    }
}
