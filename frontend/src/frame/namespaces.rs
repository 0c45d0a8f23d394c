//! Which namespaces are drawn: a list to search and tick, and the switch for system ones.

use crate::state::shared::{Look, Views, click, memo, part};
use crate::{
    nav::Step,
    state::{Page, page},
    widget::Menu,
};
use layout::sorting::Order as _;
use leptos::prelude::*;
use model::graph::NamespaceSummary;
use view::format;

#[component]
pub(crate) fn Namespaces() -> impl IntoView {
    let page = page();
    view! {
        <Menu label="Namespaces" value=memo(move || summary(page))>
            <Chooser/>
        </Menu>
    }
}

/// "all", "none", "edge, shop, data", "edge, shop and 3 more".
fn summary(page: Page) -> String {
    match page.params.with(|params| params.graph.namespaces.clone()) {
        None => "all".into(),
        Some(names) if names.is_empty() => "none".into(),
        Some(names) if names.len() <= 3 => names.join(", "),
        Some(names) => format!("{}, {} and {} more", names[0], names[1], names.len() - 2),
    }
}

fn known(page: Page) -> Vec<NamespaceSummary> {
    page.feed.with(|feed| feed.graph.as_ref().map(|graph| graph.namespaces.clone()).unwrap_or_default())
}

#[component]
fn Chooser() -> impl IntoView {
    let page = page();
    let wanted = RwSignal::new(String::new());
    let system = memo(move || page.params.with(|params| params.graph.system));
    let found = memo(move || {
        let wanted = wanted.get().to_ascii_lowercase();
        let hidden = |namespace: &NamespaceSummary| namespace.system && !system.get();
        let mut list = known(page);
        list.retain(|namespace| !hidden(namespace) && namespace.name.to_ascii_lowercase().contains(&wanted));
        list
    });
    view! {
        <input
            class="entry" type="search" placeholder="Search namespaces" aria-label="Search namespaces" prop:value=wanted
            on:input=move |event| wanted.set(event_target_value(&event))
        />
        <div class="acts">
            <button class="link" type="button" on:click=click(move |_| choose(page, None))>"All with traffic"</button>
            <button class="link" type="button" on:click=click(move |_| choose(page, Some(Vec::new())))>"None"</button>
        </div>
        <div class="scroll" role="group" aria-label="Namespaces">
            {part(move || found.look(Vec::is_empty).then(|| view! { <p class="none">"No namespace of this name has traffic in the window."</p> }))}
            {part(move || found.get().into_iter().map(|namespace| entry(page, namespace)).views())}
        </div>
        <div class="foot">
            <label class="check">
                <input
                    type="checkbox" prop:checked=system
                    on:change=move |_| page.change(Step::Push, |params| params.graph.system = !params.graph.system)
                />
                <span class="name">"System namespaces too"</span>
            </label>
        </div>
    }
}

fn entry(page: Page, namespace: NamespaceSummary) -> AnyView {
    let name = StoredValue::new(namespace.name.clone());
    let ticked = memo(move || {
        page.params.with(|params| match &params.graph.namespaces {
            None => true,
            Some(names) => name.with_value(|name| names.contains(name)),
        })
    });
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=ticked on:change=move |_| toggle(page, &name.get_value())/>
            <span class="name">{namespace.name}</span>
            <span class="sub">{namespace.rate_rps.map(format::rate)}</span>
        </label>
    }
    .into_any()
}

fn choose(page: Page, names: Option<Vec<String>>) {
    page.change(Step::Push, |params| params.graph.namespaces = names);
}

/// From "all" the first tick taken away names all the others.
fn toggle(page: Page, name: &str) {
    let system = page.params.with_untracked(|params| params.graph.system);
    let all: Vec<String> = untrack(|| known(page))
        .into_iter()
        .filter(|other| system || !other.system)
        .map(|other| other.name)
        .collect();
    let chosen = page.params.with_untracked(|params| params.graph.namespaces.clone());
    let mut names = chosen.unwrap_or_else(|| all.clone());
    match names.iter().position(|other| other == name) {
        Some(at) => drop(names.remove(at)),
        None => names.push(name.to_owned()),
    }
    names.order();
    let everything =
        all.iter().all(|other| names.contains(other)) && names.iter().all(|other| all.contains(other));
    choose(page, (!everything).then_some(names));
}
