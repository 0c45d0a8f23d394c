//! The find box: lights what matches, or hides what does not; says how much that is, or what is wrong with the words.

use crate::state::shared::{Look, click, memo};
use crate::{
    nav::Step,
    state::page,
    widget::icon::{HIDE, SEARCH, icon},
};
use leptos::{ev, prelude::*};

#[component]
pub(crate) fn Find() -> impl IntoView {
    let page = page();
    let text = memo(move || page.params.with(|params| params.find.clone()));
    let hide = memo(move || page.params.with(|params| params.hide));
    let wrong = memo(move || page.found.look(Result::is_err));
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
                title="Part of a name, or key=value: ns, name, version, protocol, health…"
                prop:value=text on:input=typed on:keydown=key
            />
            <kbd aria-hidden="true">"/"</kbd>
        </label>
        <button
            class="square" type="button" aria-pressed=move || hide.get().to_string() aria-label="Hide what does not match"
            title="Hide what does not match" on:click=click(move |_| page.change(Step::Push, |params| params.hide = !params.hide))
        >{icon(HIDE)}</button>
        <span id="hits" class="hits" class:wrong=move || wrong.get() role="status">{words}</span>
    }
}
