//! The find box: lights what matches, or hides what does not; says how much that is, or what is wrong with the words.

use crate::state::shared::{Look, Views, click, memo, part};
use crate::{
    nav::Step,
    state::page,
    widget::icon::{HIDE, SEARCH, icon},
};
use leptos::{ev, prelude::*};
use model::find::suggestions;

#[component]
pub(crate) fn Find() -> impl IntoView {
    let page = page();
    let text = memo(move || page.params.with(|params| params.find.clone()));
    let hide = memo(move || page.params.with(|params| params.hide));
    let wrong = memo(move || page.found.look(Result::is_err));
    // Whole texts, as a list of the browser's own is chosen from.
    let next = memo(move || {
        let typed = text.get();
        let list = page.feed.with(|feed| feed.graph.as_ref().map(|graph| suggestions(&typed, graph)));
        list.unwrap_or_default()
            .into_iter()
            .map(|one| [&typed[..one.from], &one.text].concat())
            .collect::<Vec<_>>()
    });
    let options = part(move || {
        Some(next.get().into_iter().map(|value| view! { <option value=value></option> }).views())
    });
    let words = move || match page.found.get() {
        Ok(None) => String::new(),
        Ok(Some(matched)) => matched.sentence(),
        Err(sentence) => sentence,
    };
    let typed = move |event: ev::Event| {
        let find = event_target_value(&event);
        page.change(Step::Replace, |params| params.find = find);
    };
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            page.change(Step::Replace, |params| params.find.clear());
            if let Some(field) = event
                .target()
                .and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(target).ok())
            {
                let _ = field.blur();
            }
        }
    };
    view! {
        <label class="find" class:wrong=move || wrong.get()>
            {icon(SEARCH)}
            <input
                id="find" type="text" placeholder="Find: cart, ns=shop…" aria-label="Find on the map" autocomplete="off" spellcheck="false"
                aria-describedby="hits" aria-invalid=move || wrong.get().to_string()
                list="finds"
                title="Part of a name, or tests: ns=shop, app~^cart, rps > 10, error% >= 1, p95 > 200ms, health=failing, !idle; joined by and, or, brackets. ~ knows ^ $ . and .*"
                prop:value=text on:input=typed on:keydown=key
            />
            <datalist id="finds">{options}</datalist>
            <kbd aria-hidden="true">"/"</kbd>
        </label>
        <button
            class="square" type="button" aria-pressed=move || hide.get().to_string() aria-label="Hide what does not match"
            title="Hide what does not match" on:click=click(move |_| page.change(Step::Push, |params| params.hide = !params.hide))
        >{icon(HIDE)}</button>
        <span id="hits" class="hits" class:wrong=move || wrong.get() role="status">{words}</span>
    }
}
