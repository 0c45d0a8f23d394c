//! The boxes that find and hide: one lights what matches, or leaves out all else, the other leaves out what matches. They
//! say how much that is, or what is wrong with the words.

use crate::state::shared::{Look, Views, click, memo, part};
use crate::{
    nav::Step,
    state::{Page, page},
    widget::icon::{HIDE, ONLY, SEARCH, icon},
};
use leptos::{ev, prelude::*};
use model::{PageParams, find::suggestions};
use view::find::Matched;

/// One of the two boxes.
struct Entry {
    id: &'static str,
    list: &'static str,
    name: &'static str,
    placeholder: &'static str,
    icon: &'static str,
    text: fn(&mut PageParams) -> &mut String,
    outcome: Memo<Result<Option<Matched>, String>>,
}

#[component]
pub(crate) fn Find() -> impl IntoView {
    let page = page();
    let only = memo(move || page.params.with(|params| params.only));
    let find = Entry {
        id: "find",
        list: "finds",
        name: "Find on the map",
        placeholder: "Find: cart",
        icon: SEARCH,
        text: |params| &mut params.find,
        outcome: page.found,
    };
    let hide = Entry {
        id: "hide",
        list: "hides",
        name: "Hide on the map",
        placeholder: "Hide: idle, rps < 1",
        icon: HIDE,
        text: |params| &mut params.hide,
        outcome: page.hidden,
    };
    let wrong = memo(move || page.found.look(Result::is_err) || page.hidden.look(Result::is_err));
    let words = move || match (page.found.get(), page.hidden.get()) {
        (Err(sentence), _) | (_, Err(sentence)) => sentence,
        (Ok(found), Ok(hidden)) => {
            let mut words = found.map_or_else(String::new, |found| found.sentence());
            if let Some(hidden) = hidden {
                let count = hidden.count();
                words.push_str(if words.is_empty() { "Hidden: " } else { " Hidden: " });
                words.push_str(if count.is_empty() { "nothing" } else { &count });
                words.push('.');
            }
            words
        }
    };
    view! {
        <div class="finds" role="group" aria-label="Find and hide">
        {field(page, &find)}
        <button
            class="square" type="button" aria-pressed=move || only.get().to_string() aria-label="Show only what is found"
            title="Show only what is found" on:click=click(move |_| page.change(Step::Push, |params| params.only = !params.only))
        >{icon(ONLY)}</button>
        {field(page, &hide)}
        <span id="hits" class="hits" class:wrong=move || wrong.get() role="status">{words}</span>
        </div>
    }
}

fn field(page: Page, this: &Entry) -> AnyView {
    let &Entry { id, list, name, placeholder, icon: picture, text: of, outcome } = this;
    let text = memo(move || page.params.with(|params| of(&mut params.clone()).clone()));
    let wrong = memo(move || outcome.look(Result::is_err));
    // Whole texts, as a list of the browser's own is chosen from.
    let next = memo(move || {
        let typed = text.get();
        let list = page.feed.with(|feed| feed.graph.as_ref().map(|graph| suggestions(&typed, graph)));
        let whole = list.unwrap_or_default().into_iter().map(|one| [&typed[..one.from], &one.text].concat());
        whole.collect::<Vec<_>>()
    });
    let options = part(move || {
        Some(next.get().into_iter().map(|value| view! { <option value=value></option> }).views())
    });
    let typed = move |event: ev::Event| {
        let words = event_target_value(&event);
        page.change(Step::Replace, |params| *of(params) = words);
    };
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            page.change(Step::Replace, |params| of(params).clear());
            let target = event.target().map(wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>);
            if let Some(Ok(field)) = target {
                let _ = field.blur();
            }
        }
    };
    view! {
        <label class=["find ", id].concat() class:wrong=move || wrong.get()>
            {icon(picture)}
            <input
                id=id type="text" placeholder=placeholder aria-label=name autocomplete="off" spellcheck="false"
                aria-describedby="hits" aria-invalid=move || wrong.get().to_string() list=list
                title="Part of a name, or tests: ns=shop, app~^cart, rps > 10, error% >= 1, p95 > 200ms, health=failing, !idle; joined by and, or, brackets. ~ knows ^ $ . and .*"
                prop:value=text on:input=typed on:keydown=key
            />
            <datalist id=list>{options}</datalist>
            {(id == "find").then(|| view! { <kbd aria-hidden="true">"/"</kbd> })}
        </label>
    }
    .into_any()
}
