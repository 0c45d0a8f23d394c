//! Mouse, pen and fingers on the map: pan, zoom, pinch, hover, click, double-click.

use super::stand::{Stand, now_ms};
use crate::state::{Hover, Page};
use layout::Point;
use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
use model::Subject;
use std::time::Duration;
use view::hit::{FINGER_PX, Hit, MOUSE_PX};

/// Less than this is a click with an unsteady hand.
const DRAG_FROM_PX: f64 = 4.0;
const DOUBLE_CLICK_MS: f64 = 400.0;
/// A hover this long fades what is out of reach.
const HELD_MS: u64 = 700;
const WHEEL_STEP: f64 = 0.0016;
/// Browsers tell a pinch on a pad as a wheel with Ctrl and much smaller steps.
const PINCH_STEP: f64 = 0.01;
const LINE_PX: f64 = 16.0;

#[derive(Debug, Default)]
struct Grip {
    /// Pointers that are down: id and place.
    down: Vec<(i32, Point)>,
    start: Option<Point>,
    dragged: bool,
    /// The card that a drag would move.
    card: Option<String>,
    last_click: Option<(f64, Option<Subject>)>,
    held: Option<TimeoutHandle>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Hand {
    page: Page,
    stand: Stand,
    grip: StoredValue<Grip, LocalStorage>,
    pub(crate) dragging: RwSignal<bool>,
}

impl Hand {
    pub(crate) fn new(page: Page, stand: Stand) -> Self {
        Self { page, stand, grip: StoredValue::new_local(Grip::default()), dragging: RwSignal::new(false) }
    }

    fn place(self, event: &ev::PointerEvent) -> Point {
        self.stand.local(f64::from(event.client_x()), f64::from(event.client_y()))
    }

    pub(crate) fn down(self, event: &ev::PointerEvent) {
        if event.button() != 0 {
            return;
        }
        let at = self.place(event);
        if let Some(element) = self.stand.element.get_untracked() {
            // Without capture the drag ends at the edge: no more than that is lost.
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        let card = self.card_at(at, event);
        // With a second finger it becomes a pinch.
        self.stand.act(|stage| drop(stage.put_back()));
        self.grip.update_value(|grip| {
            grip.card = card.filter(|_| grip.down.is_empty());
            if grip.down.is_empty() {
                grip.start = Some(at);
                grip.dragged = false;
            } else {
                grip.dragged = true;
            }
            grip.down.retain(|(id, _)| *id != event.pointer_id());
            grip.down.push((event.pointer_id(), at));
        });
    }

    pub(crate) fn moved(self, event: &ev::PointerEvent) {
        let at = self.place(event);
        let down = self.grip.with_value(|grip| grip.down.clone());
        match down.as_slice() {
            [] => self.hover(at, tolerance(event)),
            [(id, before)] if *id == event.pointer_id() => self.drag(*before, at),
            [first, second, ..] => {
                let (still, before) =
                    if first.0 == event.pointer_id() { (second.1, first.1) } else { (first.1, second.1) };
                self.pinch(still, before, at);
            }
            _ => {}
        }
        self.grip.update_value(|grip| {
            if let Some(pointer) = grip.down.iter_mut().find(|(id, _)| *id == event.pointer_id()) {
                pointer.1 = at;
            }
        });
    }

    /// A finger on a phone pans wherever it lies: it moves only the card that is selected.
    fn card_at(self, at: Point, event: &ev::PointerEvent) -> Option<String> {
        let subject = self.stand.with(|stage| stage.subject(stage.hit(at, tolerance(event))?)).flatten()?;
        let (Subject::Node { id } | Subject::Row { node: id, .. }) = &subject else { return None };
        let chosen = self.page.params.with_untracked(|params| match &params.selection {
            Some(Subject::Node { id: other } | Subject::Row { node: other, .. }) => id == other,
            _ => false,
        });
        (chosen || event.pointer_type() != "touch").then(|| id.clone())
    }

    fn drag(self, before: Point, at: Point) {
        let far = self.grip.with_value(|grip| {
            grip.dragged || grip.start.is_some_and(|start| distance(start, at) >= DRAG_FROM_PX)
        });
        if !far {
            return;
        }
        let card = self.grip.with_value(|grip| grip.card.clone());
        if !self.dragging.get_untracked() {
            self.dragging.set(true);
            self.unlit();
            if let Some(card) = &card {
                self.stand.act(|stage| stage.take_up(card));
            }
        }
        self.grip.update_value(|grip| grip.dragged = true);
        let (dx, dy) = (at.x - before.x, at.y - before.y);
        self.stand.act(|stage| match card {
            Some(_) => stage.carry(Point::new(dx / stage.view.zoom, dy / stage.view.zoom)),
            None => stage.pan(dx, dy),
        });
    }

    fn pinch(self, still: Point, before: Point, at: Point) {
        let (was, is) = (distance(still, before).max(1.0), distance(still, at).max(1.0));
        let middle = Point::new(f64::midpoint(still.x, at.x), f64::midpoint(still.y, at.y));
        self.stand.act(|stage| {
            stage.pan((at.x - before.x) / 2.0, (at.y - before.y) / 2.0);
            stage.zoom_at(middle, is / was);
        });
    }

    pub(crate) fn up(self, event: &ev::PointerEvent) {
        let at = self.place(event);
        let clicked = self.grip.try_update_value(|grip| {
            let alone = grip.down.len() == 1 && grip.down[0].0 == event.pointer_id();
            alone && !grip.dragged
        });
        let pinned = self.stand.with(super::stage::Stage::put_down).flatten();
        if let Some(node) = pinned {
            self.stand.ask_frame();
            self.page.say_pinned(&node, true);
        }
        self.gone(event);
        if clicked == Some(true) {
            self.click(at, tolerance(event));
        }
    }

    pub(crate) fn gone(self, event: &ev::PointerEvent) {
        self.grip.update_value(|grip| grip.down.retain(|(id, _)| *id != event.pointer_id()));
        if self.grip.with_value(|grip| grip.down.is_empty()) {
            self.dragging.set(false);
        }
        // A drag that was broken off leaves everything as it was.
        self.stand.act(|stage| drop(stage.put_back()));
    }

    /// Selects; a second click on the same thing soon after puts the focus on it.
    fn click(self, at: Point, tolerance_px: f64) {
        let hit = self.stand.with(|stage| stage.hit(at, tolerance_px)).flatten();
        let subject = hit.and_then(|hit| self.stand.with(|stage| stage.subject(hit)).flatten());
        if let (Some(Hit::Pin(_)), Some(Subject::Node { id })) = (hit, &subject) {
            free(self.page, self.stand, id);
            return;
        }
        let now = now_ms();
        let twice = self
            .grip
            .try_update_value(|grip| {
                let last = grip.last_click.replace((now, subject.clone()));
                let twice = last.is_some_and(|(then, what)| now - then < DOUBLE_CLICK_MS && what == subject);
                if twice {
                    grip.last_click = None;
                }
                twice
            })
            .unwrap_or(false);
        // The panel says it all now.
        self.page.hover.set(None);
        let foldable = match (hit, &subject) {
            (Some(Hit::Group(at)), _) => self.stand.with(|stage| stage.group(at)).flatten(),
            (_, Some(Subject::Node { id })) => Some(id.clone()),
            _ => None,
        };
        match (&subject, twice) {
            (_, true) if foldable.is_some_and(|id| self.page.fold(&id)) => {}
            (Some(_), true) => self.page.toggle_focus(),
            _ => self.page.select(subject),
        }
    }

    fn hover(self, at: Point, tolerance_px: f64) {
        let Some((hit, other)) = self.stand.with(|stage| {
            let hit = stage.hit(at, tolerance_px);
            (hit.and_then(|hit| stage.subject(hit)), stage.set_hover(hit))
        }) else {
            return;
        };
        if !other {
            return;
        }
        self.stand.ask_frame();
        self.page.hover.set(hit.map(|subject| Hover { subject, x: at.x, y: at.y }));
        self.await_hold();
    }

    fn await_hold(self) {
        let (stand, page) = (self.stand, self.page);
        let hold = move || {
            if page.hover.with_untracked(Option::is_some) {
                stand.act(super::stage::Stage::hold_hover);
            }
        };
        self.grip.update_value(|grip| {
            if let Some(timer) = grip.held.take() {
                timer.clear();
            }
            grip.held = set_timeout_with_handle(hold, Duration::from_millis(HELD_MS)).ok();
        });
    }

    fn unlit(self) {
        if self.stand.with(|stage| stage.set_hover(None)) == Some(true) {
            self.page.hover.set(None);
            self.stand.ask_frame();
        }
    }

    pub(crate) fn left(self) {
        if self.grip.with_value(|grip| grip.down.is_empty()) {
            self.unlit();
        }
    }

    pub(crate) fn wheel(self, event: &ev::WheelEvent) {
        // In somebody else's page the wheel is theirs until the map has the focus.
        let focused = document().active_element().is_some_and(|element| element.id() == "map");
        if self.page.is_embedded() && !event.ctrl_key() && !focused {
            return;
        }
        event.prevent_default();
        self.unlit();
        let delta_px = event.delta_y() * if event.delta_mode() == 1 { LINE_PX } else { 1.0 };
        let step = if event.ctrl_key() { PINCH_STEP } else { WHEEL_STEP };
        let at = self.stand.local(f64::from(event.client_x()), f64::from(event.client_y()));
        self.stand.act(|stage| stage.zoom_at(at, (-delta_px * step).clamp(-0.7, 0.7).exp()));
    }
}

/// Takes the pin away; the card stays where it is.
pub(crate) fn free(page: Page, stand: Stand, node: &str) {
    if stand.with(|stage| stage.pin(node, None)) == Some(true) {
        stand.ask_frame();
        page.say_pinned(node, false);
    }
}

fn tolerance(event: &ev::PointerEvent) -> f64 {
    if event.pointer_type() == "touch" { FINGER_PX } else { MOUSE_PX }
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}
