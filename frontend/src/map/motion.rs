//! How the picture itself changes: new answers, cards in the hand, pins, tidying, and the way from the places before to
//! the places after. What stands stays where it stands. It must not know signals or events.

use super::{
    picture::{Picture, Plan, Way, Wish},
    placing::AT_ONCE,
    stage::Stage,
};
use layout::{Point, Rect, Scene};
use model::{Graph, Subject};
use std::sync::Arc;
use view::{
    Mark,
    tween::{self, Tween},
};

const TWEEN_MS: f64 = 320.0;
pub(super) const TIDY_MS: f64 = 400.0;

/// Cards and lines on their way.
#[derive(Debug)]
pub(crate) struct Motion {
    tween: Tween,
    /// Has what went away.
    before: Arc<Graph>,
    /// Of the first frame.
    start_ms: Option<f64>,
    length_ms: f64,
    share: f64,
}

/// The card in the reader's hand.
#[derive(Debug)]
pub(crate) struct Carried {
    node: String,
    /// The places as they were when it was taken up.
    base: Scene,
    by: Point,
}

impl Stage {
    fn wish<'a>(&'a self, question: &'a str) -> Wish<'a> {
        let size = self.size();
        let aspect = size.width / size.height.max(1.0);
        Wish { labels: &self.look.labels, aspect, question, pins: self.pins.of(question) }
    }

    /// Answers to one question (type, namespaces, focus) grow in place; another question is placed afresh. Gives a
    /// sentence on what changed, where that is worth saying.
    pub(crate) fn set_graph(&mut self, graph: Arc<Graph>, question: &str) -> Option<String> {
        self.small_dirty = true;
        let (way, sentence) = match &self.picture {
            Some(picture) => picture.way_to(&graph, question),
            None => (Some(Way::Fresh), None),
        };
        self.dirty = true;
        if way == Some(Way::Fresh) && self.placing.was_ended(question) {
            return None;
        }
        self.placing.forget();
        match (way, &mut self.picture) {
            (None, Some(picture)) => picture.take_figures(graph),
            (way, _) => self.place(graph, question, way.unwrap_or(Way::Fresh)),
        }
        sentence
    }

    /// The same graph with other pins or labels, or afresh.
    pub(crate) fn place_again(&mut self, way: Way) {
        if let Some((graph, question)) = self.picture.as_ref().map(Picture::asked) {
            self.place(graph, &question, way);
        }
    }

    fn place(&mut self, graph: Arc<Graph>, question: &str, way: Way) {
        let plan = Plan::new(graph, way, &self.wish(question), &self.measure);
        if let Some(plan) = self.placing.send(plan) {
            self.arrive();
            let carried = self.put_back();
            let scene = match self.picture.as_ref().filter(|_| way == Way::Update) {
                Some(picture) => {
                    let earlier = self.openings.before(&picture.scene, &plan.input);
                    layout::update(earlier.as_ref().unwrap_or(&picture.scene), &plan.input).scene
                }
                None => layout::place(&plan.input),
            };
            if way == Way::Update {
                self.placing.weigh(&plan.input, &scene);
            }
            self.adopt(plan, scene);
            if let Some((node, by)) = carried {
                self.take_up(&node);
                self.carry(by);
            }
        }
    }

    /// Shows a picture in its new places, by way of the old ones. Until the reader has moved, one placed afresh is
    /// fitted; after that something both pictures have stays in its place.
    pub(super) fn adopt(&mut self, plan: Plan, scene: Scene) {
        self.arrive();
        self.put_back();
        let way = plan.way;
        if way != Way::Update {
            self.placing.tidier = false;
            self.openings.forget();
        }
        let held = self.held();
        let standing = self.picture.take();
        // To another question a small picture glides as well: what both have stays in sight, the rest fades over.
        let small = |before: &&Picture| before.graph.nodes.len() + plan.graph.nodes.len() <= 2 * AT_ONCE;
        let before = standing.as_ref().filter(|_| !self.look.still).filter(|b| way != Way::Fresh || small(b));
        self.motion = before.and_then(|before| {
            let tween = Tween::new(&before.scene, &scene, &plan.graph)?;
            let length_ms = if way == Way::Update { TWEEN_MS } else { TIDY_MS };
            Some(Motion { tween, before: Arc::clone(&before.graph), start_ms: None, length_ms, share: 0.0 })
        });
        self.picture = Some(plan.placed(scene, standing));
        (self.hover, self.reach) = (None, None);
        (self.dirty, self.small_dirty) = (true, true);
        if way != Way::Update {
            let now = held
                .filter(|_| self.touched)
                .and_then(|(key, before)| Some((before, self.picture.as_ref()?.place_of_key(&key)?)));
            match now {
                Some((before, now)) => self.follow(before, now, self.motion.is_some()),
                None => self.fit_wanted = true,
            }
        }
    }

    /// Keeps a card where it is on the screen.
    fn follow(&mut self, before: Rect, now: Rect, slowly: bool) {
        let (dx, dy) = ((before.x - now.x) * self.view.zoom, (before.y - now.y) * self.view.zoom);
        let to = self.view.panned(dx, dy);
        if slowly { self.glide_for(to, TIDY_MS) } else { self.set_view(to) }
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

    /// Takes the picture on towards its places.
    pub(super) fn move_on(&mut self, now_ms: f64) {
        let (Some(motion), Some(picture)) = (&mut self.motion, &mut self.picture) else { return };
        let start_ms = *motion.start_ms.get_or_insert(now_ms);
        let share = (now_ms - start_ms) / motion.length_ms;
        motion.share = tween::eased(share);
        motion.tween.step(&mut picture.scene, if share < 1.0 { motion.share } else { 1.0 });
        picture.particles.bend(motion.tween.bent(&picture.scene));
        self.dirty = true;
        if share >= 1.0 {
            (self.motion, self.small_dirty) = (None, true);
        }
    }

    /// Ends a motion at once: everything stands in its place.
    fn arrive(&mut self) {
        if let (Some(motion), Some(picture)) = (self.motion.take(), &mut self.picture) {
            motion.tween.step(&mut picture.scene, 1.0);
        }
    }

    /// What comes and goes is seen to.
    pub(super) fn fade(&self, marks: &mut Vec<Mark>) {
        let (Some(motion), Some(picture)) = (&self.motion, &self.picture) else { return };
        motion.tween.fade_in(marks, motion.share);
        let mut drawing = self.drawing(picture);
        (drawing.graph, drawing.scene) = (&motion.before, &motion.tween.left);
        (drawing.matched, drawing.shown) = (None, None);
        let mut left = view::marks(&drawing);
        tween::fade_out(&mut left, motion.share);
        marks.splice(0..0, left);
    }

    /// Places everything afresh.
    pub(crate) fn tidy(&mut self) {
        self.place_again(Way::Tidy);
    }

    pub(crate) fn take_up(&mut self, node: &str) {
        self.arrive();
        let base = self.picture.as_ref().map(|picture| picture.scene.clone());
        self.carried = base.map(|base| Carried { node: node.to_owned(), base, by: Point::default() });
    }

    /// Moves the card in the hand so far in the scene.
    pub(crate) fn carry(&mut self, by: Point) {
        let (Some(carried), Some(picture)) = (&mut self.carried, &mut self.picture) else { return };
        (carried.by.x, carried.by.y) = (carried.by.x + by.x, carried.by.y + by.y);
        tween::carry(&mut picture.scene, &carried.node, by);
        let ours = picture.scene.edges.iter();
        let ours = ours.filter(|route| route.source == carried.node || route.target == carried.node);
        picture.particles.bend(ours.map(|route| (&*route.key, &*route.path)));
        self.dirty = true;
    }

    /// As before it was taken up; gives the card and how far it had come.
    pub(crate) fn put_back(&mut self) -> Option<(String, Point)> {
        let carried = self.carried.take()?;
        self.picture.as_mut()?.scene = carried.base;
        self.dirty = true;
        Some((carried.node, carried.by))
    }

    /// Lets go of the card in the hand, which stays there. Gives its id.
    pub(crate) fn put_down(&mut self) -> Option<String> {
        let shown = self.picture.as_ref()?.scene.clone();
        let (node, by) = self.put_back()?;
        let at = self.picture.as_ref()?.place_of_key(&node)?;
        self.pin(&node, Some(Point::new((at.x + by.x).round(), (at.y + by.y).round())));
        self.start_from(&shown);
        Some(node)
    }

    /// The motion begins where things were seen, not where they had been placed.
    fn start_from(&mut self, shown: &Scene) {
        let (Some(picture), false) = (&self.picture, self.look.still) else { return };
        let before = Arc::clone(&picture.graph);
        self.motion = Tween::new(shown, &picture.scene, &before).map(|tween| Motion {
            tween,
            before,
            start_ms: None,
            length_ms: TWEEN_MS,
            share: 0.0,
        });
    }

    /// Pins a card at a place, or frees it: then it stays until something needs its place. False when nothing changes.
    pub(crate) fn pin(&mut self, node: &str, at: Option<Point>) -> bool {
        let Some((_, question)) = self.picture.as_ref().map(Picture::asked) else { return false };
        let other = self.pins.set(&question, node, at);
        if other {
            self.place_again(Way::Update);
        }
        other
    }

    /// The card that is selected, so far from where it stands, and pinned there. Gives its id.
    pub(crate) fn nudge(&mut self, by: Point) -> Option<String> {
        let (Subject::Node { id } | Subject::Row { node: id, .. }) = self.look.selection.clone()? else {
            return None;
        };
        self.arrive();
        let at = self.picture.as_ref()?.place_of_key(&id)?;
        self.pin(&id, Some(Point::new(at.x + by.x, at.y + by.y)));
        Some(id)
    }
}
