//! Everything behind the two canvases: the picture, where the reader stands, what is lit, and what has to be painted
//! anew. It must not know signals or events.

use super::{
    canvas::Canvas,
    measure::CanvasMeasure,
    picture::{Change, Picture, Wish, words},
    scene_painter,
    traffic_painter::TrafficPainter,
};
use layout::{Point, Rect, Size};
use model::{Graph, Subject};
use std::sync::Arc;
use view::{
    Drawing, Level, Mark, Overlay, Theme, Viewport,
    find::Matched,
    fit,
    hit::{Aim, Hit},
    label::Label,
    reach::Reach,
};

/// How the graph is looked at.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) overlay: &'static Overlay,
    pub(crate) labels: Vec<&'static Label>,
    pub(crate) selection: Option<Subject>,
    pub(crate) matched: Option<Matched>,
    pub(crate) hide: bool,
    pub(crate) theme: Theme,
    /// Particles may move: in sight, not paused, motion wanted.
    pub(crate) moving: bool,
}

/// The viewport on its way somewhere.
#[derive(Clone, Copy, Debug)]
struct Glide {
    from: Viewport,
    to: Viewport,
    start_ms: f64,
}

const GLIDE_MS: f64 = 240.0;
/// Narrower maps than this open near.
const PHONE_PX: f64 = 640.0;
const PHONE_ZOOM: f64 = 0.9;
/// The corner of a band in which its name stands.
const TITLE: Size = Size::new(130.0, 26.0);

#[derive(Debug)]
pub(crate) struct Stage {
    lower: Canvas,
    upper: Canvas,
    traffic: TrafficPainter,
    pub(crate) measure: CanvasMeasure,
    pub(crate) picture: Option<Picture>,
    pub(crate) view: Viewport,
    pub(crate) level: Level,
    pub(crate) look: Look,
    hover: Option<Hit>,
    reach: Option<Reach>,
    fit_wanted: bool,
    /// The reader has moved or zoomed: from then on the picture is never fitted unasked.
    touched: bool,
    dirty: bool,
    glide: Option<Glide>,
    last_ms: Option<f64>,
    /// What the last frame put on the lower canvas, kept only for tests.
    pub(crate) painted: Option<Vec<Mark>>,
    /// Counts the frames painted on the lower canvas.
    pub(crate) generation: u32,
}

/// What the frame just painted means for those outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Painted {
    pub(crate) zoom: f64,
    pub(crate) level: Level,
    /// Another frame is needed.
    pub(crate) again: bool,
    pub(crate) generation: u32,
}

impl Stage {
    pub(crate) fn new(lower: Canvas, upper: Canvas, look: Look, keep_marks: bool) -> Self {
        Self {
            lower,
            upper,
            traffic: TrafficPainter::new(),
            measure: CanvasMeasure::new(),
            picture: None,
            view: Viewport::default(),
            level: Level::Near,
            look,
            hover: None,
            reach: None,
            fit_wanted: false,
            touched: false,
            dirty: true,
            glide: None,
            last_ms: None,
            painted: keep_marks.then(Vec::new),
            generation: 0,
        }
    }

    pub(crate) fn size(&self) -> Size {
        Size::new(self.lower.width, self.lower.height)
    }

    pub(crate) fn pixel_ratio(&self) -> f64 {
        self.lower.pixel_ratio
    }

    pub(crate) fn resize(&mut self) {
        let lower = self.lower.resize();
        self.dirty |= self.upper.resize() || lower;
    }

    /// Answers to one question (type, namespaces, focus) grow in place; another question is placed afresh. Until the
    /// reader has moved, a picture placed afresh is fitted; after that something both pictures have stays in its place.
    /// Gives a sentence on what changed, where that is worth saying.
    pub(crate) fn set_graph(&mut self, graph: Arc<Graph>, question: &str) -> Option<String> {
        let size = self.size();
        let aspect = size.width / size.height.max(1.0);
        let wish = Wish { labels: &self.look.labels, aspect, question };
        let held = self.touched.then(|| self.held()).flatten();
        let (change, sentence) = if let Some(picture) = &mut self.picture {
            picture.take(graph, &wish, &self.measure)
        } else {
            self.picture = Some(Picture::new(graph, &wish, &self.measure));
            (Change::New, None)
        };
        if change == Change::New {
            match held.and_then(|(key, before)| Some((before, self.picture.as_ref()?.place_of_key(&key)?))) {
                Some((before, now)) => self.set_view(
                    self.view
                        .panned((before.x - now.x) * self.view.zoom, (before.y - now.y) * self.view.zoom),
                ),
                None => self.fit_wanted = true,
            }
        }
        if change != Change::Figures {
            (self.hover, self.reach) = (None, None);
        }
        self.dirty = true;
        sentence
    }

    /// The card that shall stay where it is on the screen: the selected one, else the one nearest to the middle.
    fn held(&self) -> Option<(String, Rect)> {
        let picture = self.picture.as_ref()?;
        if let Some(Subject::Node { id } | Subject::Row { node: id, .. }) = &self.look.selection {
            return Some((id.clone(), picture.place_of_key(id)?));
        }
        let size = self.size();
        let middle = self.view.scene_from_screen(Point::new(size.width / 2.0, size.height / 2.0));
        let far = |rect: &Rect| (rect.centre().x - middle.x).hypot(rect.centre().y - middle.y);
        let near = picture.scene.nodes.iter().min_by(|a, b| far(&a.rect).total_cmp(&far(&b.rect)))?;
        Some((near.key.clone(), near.rect))
    }

    pub(crate) fn drop_picture(&mut self) {
        self.picture = None;
        (self.hover, self.reach) = (None, None);
        self.dirty = true;
    }

    pub(crate) fn set_look(&mut self, look: Look) {
        let other_labels = words(&look.labels) != words(&self.look.labels);
        self.look = look;
        self.dirty = true;
        if other_labels && let Some((graph, question)) = self.picture.as_ref().map(Picture::asked) {
            self.set_graph(graph, &question);
        }
    }

    /// True when something else is lit now.
    pub(crate) fn set_hover(&mut self, hit: Option<Hit>) -> bool {
        let other = self.hover != hit;
        if other {
            self.hover = hit;
            self.reach = None;
            self.dirty = true;
        }
        other
    }

    /// A hover that was held fades what it does not reach.
    pub(crate) fn hold_hover(&mut self) {
        let lit = self.hover.filter(|hit| !matches!(hit, Hit::Group(_)));
        self.reach = lit
            .zip(self.picture.as_ref())
            .and_then(|(hit, picture)| view::reach::of_hit(&picture.graph, hit, 1));
        self.dirty |= self.reach.is_some();
    }

    pub(crate) fn hit(&self, at: Point, tolerance_px: f64) -> Option<Hit> {
        let picture = self.picture.as_ref()?;
        let point = self.view.scene_from_screen(at);
        let aim =
            Aim { tolerance: tolerance_px / self.view.zoom, details: self.level == Level::Near, pinned: &[] };
        picture.index.hit(&picture.graph, &picture.scene, point, aim)
    }

    pub(crate) fn subject(&self, hit: Hit) -> Option<Subject> {
        view::hit::subject(hit, &self.picture.as_ref()?.graph)
    }

    pub(crate) fn pan(&mut self, dx: f64, dy: f64) {
        self.touched = true;
        self.look_from(self.view.panned(dx, dy));
    }

    pub(crate) fn zoom_at(&mut self, pointer: Point, factor: f64) {
        self.touched = true;
        self.look_from(self.view.zoomed_at(pointer, factor));
    }

    /// From a button or a key: about the middle, and gliding there.
    pub(crate) fn zoom_by(&mut self, factor: f64, now_ms: f64) {
        self.touched = true;
        let size = self.size();
        let from = self.glide.map_or(self.view, |glide| glide.to);
        self.glide_to(from.zoomed_at(Point::new(size.width / 2.0, size.height / 2.0), factor), now_ms);
    }

    pub(crate) fn fit(&mut self, covered: &[Rect], now_ms: f64) {
        if let Some(to) = self.fitted(covered) {
            self.touched = false;
            self.glide_to(to, now_ms);
        }
    }

    /// Brings a card into sight, beside what lies over the map, and moves no more than that.
    pub(crate) fn show(&mut self, subject: &Subject, insets: view::Insets, now_ms: f64) {
        let size = self.size();
        let Some(rect) = self.picture.as_ref().and_then(|picture| picture.place_of(subject)) else { return };
        let to = self.view.showing(rect, size, insets);
        if to != self.view {
            self.glide_to(to, now_ms);
        }
    }

    /// Places everything afresh, as if it came for the first time.
    pub(crate) fn tidy(&mut self) {
        if let Some((graph, question)) = self.picture.take().map(|picture| picture.asked()) {
            self.set_graph(graph, &question);
        }
    }

    /// On a phone a whole mesh is too small to read: it opens near what is selected, else near what hurts most.
    fn opened(&self, whole: Viewport) -> Viewport {
        let size = self.size();
        let near = self.picture.as_ref().and_then(|picture| {
            let worst = picture.graph.findings.first().map(|finding| &finding.subject);
            picture.place_of(self.look.selection.as_ref().or(worst)?)
        });
        match near {
            Some(rect) if size.width < PHONE_PX && Level::at(whole.zoom, None) == Level::Far => {
                let centre = rect.centre();
                Viewport {
                    zoom: PHONE_ZOOM,
                    x: size.width / 2.0 - centre.x * PHONE_ZOOM,
                    y: size.height / 2.0 - centre.y * PHONE_ZOOM,
                }
            }
            _ => whole,
        }
    }

    fn fitted(&self, covered: &[Rect]) -> Option<Viewport> {
        let scene = &self.picture.as_ref()?.scene;
        // A band without its title is land without a name.
        let titles = scene.groups.iter().map(|group| Rect {
            height: TITLE.height,
            width: TITLE.width.min(group.rect.width),
            ..group.rect
        });
        let cards: Vec<Rect> = scene.nodes.iter().map(|node| node.rect).chain(titles).collect();
        Some(fit::clear_of(scene.bounds, &cards, self.size(), covered))
    }

    fn glide_to(&mut self, to: Viewport, now_ms: f64) {
        if self.look.moving || !crate::state::settings::reduced_motion() {
            self.glide = Some(Glide { from: self.view, to, start_ms: now_ms });
        } else {
            self.look_from(to);
        }
        self.dirty = true;
    }

    fn look_from(&mut self, view: Viewport) {
        self.glide = None;
        self.set_view(view);
    }

    fn set_view(&mut self, view: Viewport) {
        let bounds = self.picture.as_ref().map(|picture| picture.scene.bounds);
        self.view = bounds.map_or(view, |bounds| view.clamped(bounds, self.size()));
        self.level = Level::at(self.view.zoom, Some(self.level));
        self.dirty = true;
    }

    fn glide_on(&mut self, now_ms: f64) {
        let Some(Glide { from, to, start_ms }) = self.glide else { return };
        let t = ((now_ms - start_ms) / GLIDE_MS).clamp(0.0, 1.0);
        let eased = 1.0 - (1.0 - t).powi(3);
        let mix = |a: f64, b: f64| a + (b - a) * eased;
        self.set_view(Viewport { zoom: mix(from.zoom, to.zoom), x: mix(from.x, to.x), y: mix(from.y, to.y) });
        if t >= 1.0 {
            self.glide = None;
        }
    }

    /// One frame. `covered` is asked for only when the picture has to be fitted.
    pub(crate) fn frame(&mut self, now_ms: f64, covered: impl Fn() -> Vec<Rect>) -> Painted {
        self.resize();
        if self.fit_wanted
            && self.size().width > 1.0
            && let Some(view) = self.fitted(&covered())
        {
            self.fit_wanted = false;
            let view = self.opened(view);
            self.level = Level::at(view.zoom, None);
            self.look_from(view);
        }
        self.glide_on(now_ms);
        if self.dirty {
            self.paint_scene();
        }
        let moves = self.paint_traffic(now_ms);
        Painted {
            zoom: self.view.zoom,
            level: self.level,
            again: moves || self.glide.is_some(),
            generation: self.generation,
        }
    }

    fn paint_scene(&mut self) {
        self.dirty = false;
        self.generation += 1;
        let marks =
            self.picture.as_ref().map(|picture| view::marks(&self.drawing(picture))).unwrap_or_default();
        scene_painter::paint(&self.lower, &marks, &self.view, self.look.theme, &self.measure);
        if let Some(painted) = &mut self.painted {
            *painted = marks;
        }
    }

    fn drawing<'a>(&'a self, picture: &'a Picture) -> Drawing<'a> {
        Drawing {
            graph: &picture.graph,
            scene: &picture.scene,
            overlay: self.look.overlay,
            labels: &self.look.labels,
            selection: self.look.selection.as_ref(),
            hover: self.hover,
            matched: self.look.matched.as_ref(),
            hide: self.look.hide,
            reach: self.reach.as_ref(),
            pinned: &[],
            level: self.level,
            zoom: self.view.zoom,
            now_s: (js_sys::Date::now() / 1_000.0) as i64,
            measure: &self.measure,
            clip: Some(self.view.visible(self.size())),
        }
    }

    /// True while something moves.
    fn paint_traffic(&mut self, now_ms: f64) -> bool {
        let passed_s = self.last_ms.map_or(0.0, |last| (now_ms - last) / 1_000.0);
        let moving = self.look.moving && self.level != Level::Far;
        let Some(picture) = self.picture.as_mut().filter(|_| moving) else {
            self.traffic.clear(&self.upper);
            self.last_ms = None;
            return false;
        };
        if picture.particles.is_still() {
            self.traffic.clear(&self.upper);
            self.last_ms = None;
            return false;
        }
        self.last_ms = Some(now_ms);
        picture.particles.step(passed_s);
        let hidden = self.look.matched.as_ref().filter(|_| self.look.hide);
        let faded = self.reach.as_ref();
        let shown = |edge: usize| {
            hidden.is_none_or(|matched| matched.edges.get(edge).copied().unwrap_or(true))
                && faded.is_none_or(|reach| reach.edges.get(edge).copied().unwrap_or(true))
        };
        self.traffic.paint(&self.upper, picture.particles.all(), (&self.view, self.look.theme), shown);
        true
    }
}
