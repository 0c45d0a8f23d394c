//! Title, what kind of thing it is, and the buttons that belong to it.

use crate::state::shared::{click, memo};
use crate::{
    state::page,
    widget::icon::{CLOSE, FOCUS, icon},
};
use leptos::prelude::*;

#[component]
pub(crate) fn Head(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] sub: Signal<String>,
    /// A node or edge can be closed and put in focus; the mesh cannot.
    #[prop(optional)]
    selected: bool,
) -> impl IntoView {
    let page = page();
    let focused = memo(move || page.params.with(|params| params.graph.focus.is_some()));
    view! {
        <div class="head">
            <div>
                <h2 class="title">{title}</h2>
                <div class="sub">{sub}</div>
            </div>
            {selected.then(|| view! {
                <button
                    class="square" type="button" aria-label="Show only its surroundings" title="Show only its surroundings (f)"
                    aria-pressed=move || focused.get().to_string() on:click=click(move |_| page.toggle_focus())
                >{icon(FOCUS)}</button>
                <button class="square" type="button" aria-label="Close" title="Close (Esc)" on:click=click(move |_| page.deselect())>{icon(CLOSE)}</button>
            })}
        </div>
    }
}
