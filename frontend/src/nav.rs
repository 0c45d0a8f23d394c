//! The address bar: reads the query string, writes it, and tells when the reader goes back or forward.
//! It must not know what the parameters mean.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;

/// Whether a change deserves a step in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A deliberate change: "back" undoes it.
    Push,
    /// Typing, theme and the like: "back" does not walk through it.
    Replace,
}

/// The query string without its question mark.
pub(crate) fn query() -> String {
    window().location().search().unwrap_or_default().trim_start_matches('?').to_owned()
}

pub(crate) fn write(query: &str, step: Step) {
    let path = window().location().pathname().unwrap_or_default();
    let address = if query.is_empty() { path } else { format!("{path}?{query}") };
    let Ok(history) = window().history() else { return };
    // A sandboxed frame may refuse; the page then works on without an address.
    let _ = match step {
        Step::Push => history.push_state_with_url(&JsValue::NULL, "", Some(&address)),
        Step::Replace => history.replace_state_with_url(&JsValue::NULL, "", Some(&address)),
    };
}

pub(crate) fn on_back_or_forward(then: impl Fn(String) + 'static) {
    window_event_listener(ev::popstate, move |_| then(query()));
}

pub(crate) fn address() -> String {
    window().location().href().unwrap_or_default()
}
