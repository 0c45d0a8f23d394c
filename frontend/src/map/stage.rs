//! Everything behind the canvases: the picture, where the reader stands, what is lit, and what has to be painted
//! anew. It must not know signals or events.

use super::{
    camera::Glide,
    canvas::Canvas,
    level_fade::LevelFade,
    light::Light,
    measure::CanvasMeasure,
    motion::{Carried, Motion, TIDY_MS},
    openings::Openings,
    picture::{Picture, Way, words},
    pins::Pins,
    placing::{Placing, Sign},
    scene_painter,
    slide::Slide,
    traffic_painter::TrafficPainter,
};
use layout::{Point, Rect, Size};
use model::Subject;
use view::{
    Drawing, Level, Mark, Overlay, Theme, Viewport,
    find::Matched,
    hit::{Aim, Hit},
    label::Label,
    overview::Overview,
    reach::Reach,
};

/// How the graph is looked at.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) overlay: &'static Overlay,
    pub(crate) labels: Vec<&'static Label>,
    pub(crate) selection: Option<Subject>,
    pub(crate) matched: Option<Matched>,
    /// If there is such a choice, the only things drawn.
    pub(crate) shown: Option<Matched>,
    pub(crate) theme: Theme,
    /// Particles may move: in sight, not paused, motion wanted.
    pub(crate) moving: bool,
    /// Nothing shall move that need not.
    pub(crate) still: bool,
}

#[derive(Debug)]
pub(crate) struct Stage {
    lower: Canvas,
    pub(super) light: Light,
    upper: Canvas,
    traffic: TrafficPainter,
    pub(crate) measure: CanvasMeasure,
    pub(crate) picture: Option<Picture>,
    pub(crate) view: Viewport,
    pub(crate) level: Level,
    pub(crate) look: Look,
    pub(super) hover: Option<Hit>,
    pub(super) reach: Option<Reach>,
    pub(super) fit_wanted: bool,
    /// The reader has moved or zoomed: from then on the picture is never fitted unasked.
    pub(super) touched: bool,
    pub(super) dirty: bool,
    /// The small map has to be painted anew.
    pub(super) small_dirty: bool,
    pub(super) glide: Option<Glide>,
    /// Cards and lines on their way to new places.
    pub(super) motion: Option<Motion>,
    /// The card in the reader's hand.
    pub(super) carried: Option<Carried>,
    pub(super) pins: Pins,
    /// From one level of detail to the next.
    fade: LevelFade,
    slide: Slide,
    pub(super) placing: Placing,
    pub(super) openings: Openings,
    last_ms: Option<f64>,
    /// What the last frame put on the lower canvas.
    pub(super) painted: Vec<Mark>,
    /// Counts the frames painted on the lower canvas.
    pub(crate) generation: u32,
    /// Where sheets lie over the picture, in its own measure.
    covered: Vec<Rect>,
}

/// What the frame just painted means for those outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Painted {
    pub(crate) zoom: f64,
    pub(crate) level: Level,
    /// Another frame is needed.
    pub(crate) again: bool,
    pub(crate) overview: Option<Overview>,
    pub(crate) sign: Option<Sign>,
    /// Tidying is worth an offer.
    pub(crate) tidier: bool,
    pub(crate) generation: u32,
}

impl Stage {
    pub(crate) fn new([lower, light, upper]: [Canvas; 3], look: Look) -> Self {
        Self {
            lower,
            light: Light::new(light),
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
            small_dirty: true,
            glide: None,
            motion: None,
            carried: None,
            pins: Pins::default(),
            fade: LevelFade::default(),
            slide: Slide::default(),
            placing: Placing::default(),
            openings: Openings::default(),
            last_ms: None,
            painted: Vec::new(),
            generation: 0,
            covered: Vec::new(),
        }
    }

    pub(crate) fn size(&self) -> Size {
        Size::new(self.lower.width, self.lower.height)
    }

    pub(crate) fn pixel_ratio(&self) -> f64 {
        self.lower.pixel_ratio
    }

    /// A picture that the reader has left where it opened fits a window of another width too. The height changes by itself,
    /// as with a keyboard on the screen, and moves nothing.
    pub(crate) fn resize(&mut self) {
        let width = self.lower.width;
        let lower = self.lower.resize();
        self.fit_wanted |= !self.touched && (self.lower.width - width).abs() > 1.0;
        let other = self.upper.resize() | self.light.canvas.resize() || lower;
        self.dirty |= other;
        self.small_dirty |= other;
    }

    /// Everything has to be painted again.
    pub(crate) fn renew(&mut self) {
        (self.dirty, self.small_dirty) = (true, true);
        self.traffic = TrafficPainter::new();
    }

    pub(crate) fn drop_picture(&mut self) {
        self.picture = None;
        (self.motion, self.carried) = (None, None);
        (self.hover, self.reach) = (None, None);
        self.dirty = true;
    }

    pub(crate) fn set_look(&mut self, look: Look) {
        let other_labels = words(&look.labels) != words(&self.look.labels);
        self.look = look;
        (self.dirty, self.small_dirty) = (true, true);
        if other_labels {
            self.place_again(Way::Update);
        }
    }

    pub(crate) fn hit(&self, at: Point, tolerance_px: f64) -> Option<Hit> {
        let picture = self.picture.as_ref()?;
        let point = self.view.scene_from_screen(at);
        let aim = Aim {
            tolerance: tolerance_px / self.view.zoom,
            details: self.level == Level::Near,
            bundled: self.level == Level::Far && view::can_bundle(&picture.scene),
            shown: self.look.shown.as_ref().map(|shown| &*shown.edges),
            pinned: &picture.pinned,
        };
        let hit = picture.index.hit(&picture.graph, &picture.scene, point, aim)?;
        let seen = |list: &[bool], at: usize| list.get(at) == Some(&true);
        let is_seen = self.look.shown.as_ref().is_none_or(|shown| match hit {
            Hit::Node(at) | Hit::Row(at, _) | Hit::Pin(at) => seen(&shown.nodes, at),
            Hit::Edge(_) | Hit::Padlock(_) | Hit::Group(_) => true,
        });
        is_seen.then_some(hit)
    }

    /// The key of a box.
    pub(crate) fn group(&self, at: usize) -> Option<String> {
        Some(self.picture.as_ref()?.scene.groups.get(at)?.key.clone())
    }

    pub(crate) fn subject(&self, hit: Hit) -> Option<Subject> {
        view::hit::subject(hit, &self.picture.as_ref()?.graph)
    }

    /// One frame. `covered` and `small` (the small map's canvas) are asked for only where they matter.
    pub(crate) fn frame(
        &mut self,
        now_ms: f64,
        covered: impl Fn() -> Vec<Rect>,
        small: impl Fn() -> Option<Canvas>,
    ) -> Painted {
        self.resize();
        if self.fit_wanted
            && self.size().width > 1.0
            && let covered = covered()
            && let Some(view) = self.fitted(&covered)
        {
            self.fit_wanted = false;
            let view = self.opened(view, &covered);
            if self.motion.is_some() {
                self.glide_for(view, TIDY_MS);
            } else {
                self.level = Level::at(view.zoom, None);
                self.look_from(view);
            }
        }
        self.glide_on(now_ms);
        self.move_on(now_ms);
        let off = self.slide.needs_paint(self.view, &self.lower, now_ms);
        if self.dirty || off || self.fade.is_on() {
            if self.level == Level::Far {
                self.covered = covered().into_iter().map(|sheet| self.view.scene_rect(sheet)).collect();
            }
            self.paint_scene(now_ms);
            self.light.dirty = true;
        }
        if self.light.dirty || self.slide.is_on() {
            self.paint_light();
        }
        let overview = self.overview();
        if let (true, Some(overview)) = (self.small_dirty, &overview) {
            self.paint_small(overview, small);
        }
        let moves = self.paint_traffic(now_ms);
        Painted {
            zoom: self.view.zoom,
            level: self.level,
            overview,
            sign: self.placing.sign(),
            tidier: self.placing.tidier,
            again: moves
                || self.glide.is_some()
                || self.motion.is_some()
                || self.fade.is_on()
                || self.slide.is_on(),
            generation: self.generation,
        }
    }

    /// The small map, while the picture is larger than the window.
    pub(super) fn overview(&self) -> Option<Overview> {
        Overview::of(self.picture.as_ref()?.scene.bounds, &self.view, self.size())
    }

    fn paint_small(&mut self, overview: &Overview, canvas: impl Fn() -> Option<Canvas>) {
        let Some((picture, mut canvas)) = self.picture.as_ref().zip(canvas()) else { return };
        canvas.resize();
        // It has no size before it is shown.
        if canvas.width > 1.0 {
            self.small_dirty = false;
            let marks = overview.marks(&picture.graph, &picture.scene);
            canvas.wipe();
            scene_painter::draw(&canvas, &mut marks.iter(), &overview.view, self.look.theme, &self.measure);
        }
    }

    fn paint_scene(&mut self, now_ms: f64) {
        self.dirty = false;
        self.generation += 1;
        self.fade.before(&self.lower, self.level, self.look.still, now_ms);
        let mut marks =
            self.picture.as_ref().map(|picture| view::marks(&self.drawing(picture))).unwrap_or_default();
        self.fade(&mut marks);
        self.lower.wipe();
        scene_painter::draw(&self.lower, &mut marks.iter(), &self.view, self.look.theme, &self.measure);
        self.slide.painted(self.view, marks.len(), &self.lower);
        let shown = self.picture.as_ref().map(|_| (self.level, self.view));
        self.fade.after(&self.lower, shown, now_ms);
        self.painted = marks;
    }

    pub(super) fn drawing<'a>(&'a self, picture: &'a Picture) -> Drawing<'a> {
        Drawing {
            graph: &picture.graph,
            scene: &picture.scene,
            overlay: self.look.overlay,
            labels: &self.look.labels,
            selection: self.look.selection.as_ref(),
            hover: self.hover,
            matched: self.look.matched.as_ref(),
            shown: self.look.shown.as_ref(),
            pinned: &picture.pinned,
            level: self.level,
            zoom: self.view.zoom,
            now_s: (js_sys::Date::now() / 1_000.0) as i64,
            measure: &self.measure,
            clip: Some(self.view.visible(self.size())),
            covered: &self.covered,
        }
    }

    /// True while something moves.
    fn paint_traffic(&mut self, now_ms: f64) -> bool {
        let passed_s = self.last_ms.map_or(0.0, |last| (now_ms - last) / 1_000.0);
        let moving = self.look.moving && self.level == Level::Near;
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
        let chosen = self.look.shown.as_ref();
        let faded = self.reach.as_ref();
        let shown = |edge: usize| {
            chosen.is_none_or(|chosen| chosen.edges.get(edge).copied().unwrap_or(true))
                && faded.is_none_or(|reach| reach.edges.get(edge).copied().unwrap_or(true))
        };
        self.traffic.paint(&self.upper, picture.particles.all(), (&self.view, self.look.theme), shown);
        true
    }
}
