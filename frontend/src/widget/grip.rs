//! The handle of a sheet on a phone: a press or a pull upwards makes it tall, a pull downwards small, and then closes it.

use crate::state::page;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// Less is a press with an unsteady finger.
const PULL_FROM_PX: i32 = 24;

pub(crate) fn grip(tall: RwSignal<bool>) -> AnyView {
    let page = page();
    let start_px = StoredValue::new(None::<i32>);
    let down = move |event: ev::PointerEvent| {
        start_px.set_value(Some(event.client_y()));
        let handle = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if let Some(handle) = handle {
            // Without capture a long pull is lost: a press still works.
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
    };
    let up = move |event: ev::PointerEvent| {
        let Some(start) = start_px.get_value() else { return };
        let pulled = event.client_y() - start;
        if pulled.abs() < PULL_FROM_PX {
            return;
        }
        // The click that may follow is not another press.
        start_px.set_value(None);
        if pulled > 0 && !tall.get_untracked() {
            page.deselect();
        }
        tall.set(pulled < 0);
    };
    let click = move |event: ev::MouseEvent| {
        let by_key = event.detail() == 0;
        if start_px.get_value().is_some() || by_key {
            tall.update(|tall| *tall = !*tall);
        }
        start_px.set_value(None);
    };
    view! {
        <button
            class="grip" type="button" aria-expanded=move || tall.get().to_string() aria-label="Height of the panel"
            on:pointerdown=down on:pointerup=up on:click=click
        ></button>
    }
    .into_any()
}
