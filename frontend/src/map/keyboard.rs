//! Keys: those of the whole page, and those that need the focus on the map. What is typed into a field is left alone.

use super::{pointer, stand::Stand};
use crate::{
    frame::{help, time_bar},
    nav,
    state::{Page, settings},
    widget::focus_on,
};
use layout::Point;
use leptos::{ev, prelude::*};
use model::Subject;
use view::walk::{self, Step};
use wasm_bindgen::JsCast;

const ZOOM_STEP: f64 = 1.25;
/// How far a key moves a card, in pixels of the scene.
const NUDGE: f64 = 20.0;

pub(crate) fn listen(page: Page, stand: Stand) {
    let keys = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented()
            || event.ctrl_key()
            || event.meta_key()
            || event.alt_key()
            || is_typing(&event)
            || help::is_open()
        {
            return;
        }
        if everywhere(page, stand, &event.key()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || keys.remove());
}

fn is_typing(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| {
        let name = element.tag_name();
        let field = name == "SELECT" || name == "TEXTAREA";
        field || (name == "INPUT" && element.get_attribute("type").as_deref() != Some("checkbox"))
    })
}

/// True when the key meant something.
fn everywhere(page: Page, stand: Stand, key: &str) -> bool {
    match key {
        "/" => to_find(page),
        "Escape" => clear(page),
        "f" => page.toggle_focus(),
        "?" => help::show(),
        "d" => to_table(page),
        "t" => stand.act(super::stage::Stage::tidy),
        "l" => page.legend_open.update(|open| *open = !*open),
        "p" => time_bar::toggle_pause(page),
        "0" => stand.fit(),
        "+" | "=" => zoom(stand, ZOOM_STEP),
        "-" => zoom(stand, 1.0 / ZOOM_STEP),
        _ => return false,
    }
    true
}

pub(crate) fn zoom(stand: Stand, factor: f64) {
    stand.act(|stage| stage.zoom_by(factor));
}

/// First the selection, then the focus.
fn clear(page: Page) {
    if page.selection().is_some() {
        page.deselect();
    } else if page.params.with_untracked(|params| params.graph.focus.is_some()) {
        page.focus(None);
    }
}

/// Rows and back; the focus goes along.
fn to_table(page: Page) {
    page.change(nav::Step::Push, |params| params.table = !params.table);
    request_animation_frame(move || page.to_main());
}

fn to_find(page: Page) {
    // Folded away it cannot take the focus.
    page.tools_open.set(true);
    request_animation_frame(find_field);
}

fn find_field() {
    let field = document()
        .get_element_by_id("find")
        .and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok());
    if let Some(field) = field {
        let _ = field.focus();
        field.select();
    }
}

/// Arrows walk, Enter goes to the panel, the space bar holds the particles.
pub(crate) fn on_map(page: Page, stand: Stand, event: &ev::KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowLeft" => Step::Left,
        "ArrowRight" => Step::Right,
        "ArrowUp" => Step::Up,
        "ArrowDown" => Step::Down,
        "Enter" => {
            event.prevent_default();
            enter(page, event.shift_key());
            return;
        }
        " " => {
            event.prevent_default();
            toggle_particles(page);
            return;
        }
        "u" => {
            if let Some(Subject::Node { id } | Subject::Row { node: id, .. }) = page.selection() {
                pointer::free(page, stand, &id);
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    if event.shift_key() {
        nudge(page, stand, step);
        return;
    }
    let from = page.selection();
    let to = stand.with(|stage| {
        let picture = stage.picture.as_ref()?;
        walk::step(&picture.graph, &picture.scene, from.as_ref(), step)
    });
    if let Some(subject) = to.flatten() {
        let words = page
            .drawn_now()
            .and_then(|drawn| view::speak::subject(&subject, &drawn.graph, drawn.graph.meta.at_s));
        page.said.set(words.unwrap_or_default());
        page.hover.set(None);
        page.select(Some(subject));
        stand.show_selected();
    }
}

/// Opens what is selected where it is folded, or folds it again; else on to the panel. With Shift the selected card's rows
/// fold, or what is round the card.
fn enter(page: Page, shift: bool) {
    let done = match page.selection() {
        _ if shift => page.fold_round_selection(),
        Some(Subject::Node { id }) => page.fold(&id),
        _ => false,
    };
    if !done {
        focus_on("panel");
    }
}

/// Moves the selected card by hand, one step.
fn nudge(page: Page, stand: Stand, step: Step) {
    let by = match step {
        Step::Left => Point::new(-NUDGE, 0.0),
        Step::Right => Point::new(NUDGE, 0.0),
        Step::Up => Point::new(0.0, -NUDGE),
        Step::Down => Point::new(0.0, NUDGE),
    };
    if let Some(node) = stand.with(|stage| stage.nudge(by)).flatten() {
        stand.show_selected();
        page.say_pinned(&node, true);
    }
}

pub(crate) fn toggle_particles(page: Page) {
    page.particles_paused.update(|paused| *paused = !*paused);
    let words = match (page.particles_paused.get_untracked(), settings::reduced_motion()) {
        (true, _) => "Particles held",
        (_, true) => "Particles stay still, as your system asks",
        _ => "Particles move",
    };
    page.said.set(words.into());
}
