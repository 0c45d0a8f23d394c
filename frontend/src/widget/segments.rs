//! One of a few, side by side: a radio group that arrow keys walk through.

use crate::state::shared::{Views, click, memo};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

#[component]
pub(crate) fn Segments(
    label: &'static str,
    /// Value and words.
    options: Vec<(String, String)>,
    #[prop(into)] value: Signal<String>,
    choose: impl Fn(String) + Copy + 'static,
) -> impl IntoView {
    let buttons = options
        .into_iter()
        .map(|(word, words)| {
            let (this, mine) = (word.clone(), word.clone());
            let chosen = memo(move || value.get() == this);
            view! {
                <button
                    type="button" role="radio" data-value=word
                    aria-checked=move || chosen.get().to_string()
                    tabindex=move || if chosen.get() { "0" } else { "-1" }
                    on:click=click(move |_| choose(mine.clone()))
                >
                    {words}
                </button>
            }
        })
        .views();
    let key = move |event: ev::KeyboardEvent| {
        let Some(next) = neighbour(&event) else { return };
        event.prevent_default();
        event.stop_propagation();
        if let Some(value) = next.get_attribute("data-value") {
            choose(value);
        }
        let _ = next.focus();
    };
    view! { <div class="segments" role="radiogroup" aria-label=label on:keydown=key>{buttons}</div> }
}

fn neighbour(event: &ev::KeyboardEvent) -> Option<web_sys::HtmlElement> {
    let here: web_sys::Element = event.target()?.dyn_into().ok()?;
    let next = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => here.next_element_sibling(),
        "ArrowLeft" | "ArrowUp" => here.previous_element_sibling(),
        _ => None,
    };
    next?.dyn_into().ok()
}
