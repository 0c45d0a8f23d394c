//! The canvas between picture and particles: what a hover lights. The picture below is not painted again for it.

use super::{canvas::Canvas, scene_painter, stage::Stage};
use view::{Ink, Mark, Owner, Token, hit::Hit, paint::OUT_OF_REACH};

#[derive(Debug)]
pub(super) struct Light {
    pub(super) canvas: Canvas,
    pub(super) dirty: bool,
    /// What is on the canvas.
    pub(super) marks: Vec<Mark>,
}

impl Light {
    pub(super) fn new(canvas: Canvas) -> Self {
        Self { canvas, dirty: false, marks: Vec::new() }
    }
}

impl Stage {
    /// True when something else is lit now.
    pub(crate) fn set_hover(&mut self, hit: Option<Hit>) -> bool {
        let other = self.hover != hit;
        if other {
            (self.hover, self.reach) = (hit, None);
            self.light.dirty = true;
        }
        other
    }

    /// A hover that was held fades what it does not reach.
    pub(crate) fn hold_hover(&mut self) {
        self.reach = self
            .hover
            .zip(self.picture.as_ref())
            .and_then(|(hit, picture)| view::reach::of_hit(&picture.graph, hit, 1));
        self.light.dirty |= self.reach.is_some();
    }

    pub(super) fn paint_light(&mut self) {
        self.light.dirty = false;
        // While cards move, what was painted belongs to two graphs.
        let picture = self.picture.as_ref().filter(|_| self.motion.is_none());
        let marks = picture
            .map(|picture| view::lit(&self.drawing(picture), self.reach.as_ref(), &self.painted))
            .unwrap_or_default();
        if marks.is_empty() && self.light.marks.is_empty() {
            return;
        }
        let canvas = &self.light.canvas;
        canvas.wipe();
        let (view, theme) = (&self.view, self.look.theme);
        if self.reach.is_some() && !marks.is_empty() {
            // A veil of the ground's colours, so that land and its names stay as they are beneath it.
            canvas.cover(Ink::from(Token::Sea), theme);
            let ground = self.painted.iter().filter(|mark| matches!(mark.owner, Owner::Group(_)));
            scene_painter::draw(canvas, &mut { ground }, view, theme, &self.measure);
            canvas.thin(1.0 - OUT_OF_REACH);
        }
        scene_painter::draw(canvas, &mut marks.iter(), view, theme, &self.measure);
        self.light.marks = marks;
    }
}
