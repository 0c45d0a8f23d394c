//! The page: starts in the browser, reads what the shell hands over, and mounts the map with all that stands round it.
//! It must not know Prometheus or the core; what can be tested without a browser lies in `view`.

#![expect(
    unreachable_pub,
    reason = "the component macro writes a public struct of properties for each component"
)]

mod api;
mod app;
mod chart;
mod embed;
mod frame;
mod map;
mod nav;
mod panel;
mod state;
mod table;
mod widget;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Called by the generated script as soon as the module is there: in the page, or in a worker that places for it.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
    if map::placer::serve().is_some() {
        return;
    }
    let boot = state::read_boot();
    let place = document().get_element_by_id("app").and_then(|element| element.dyn_into().ok());
    let frame = move || view! { <app::Frame boot=boot.clone()/> };
    match place {
        Some(element) => mount_to(element, frame).forget(),
        None => mount_to_body(frame),
    }
}
