//! The frame: header, time bar, toolbar, map, panel and quality strip, and what they share.

use crate::state::shared::{click, memo, part};
use crate::{
    embed,
    frame::{find, help, namespaces, strip, time_bar, toolbar},
    map::{Map, lost},
    nav::Step,
    panel::Panel,
    state::{ExportWish, Page, page},
    widget::{Pick, icon::logo},
};
use leptos::prelude::*;
use model::boot::Boot;

#[component]
pub(crate) fn Frame(boot: Boot) -> AnyView {
    let page = Page::new(boot);
    provide_context(page);
    if page.is_embedded() {
        return embed::frame(page);
    }
    provide_context(ExportWish::new(None));
    let configured = page.boot.with_value(|boot| boot.configured);
    // A panel without a picture would say nothing.
    let panel =
        memo(move || page.feed.with(|feed| feed.graph.as_ref().is_some_and(|graph| !graph.nodes.is_empty())));
    view! {
        <div class="frame">
            <Header/>
            // Without a source there is nothing to steer.
            {configured.then(|| view! {
                <div class="bars" role="region" aria-label="What is shown" class:open=page.tools_open>
                    <time_bar::TimeBar/>
                    <div class="tools" role="toolbar" aria-label="What the map shows">
                        <namespaces::Namespaces/>
                        <toolbar::Toolbar/>
                        <find::Find/>
                    </div>
                </div>
            })}
            <div class="wrap" class:alone=move || !panel.get()>
                <main class="left">
                    <Map/>
                    {part(move || lost(page))}
                    {configured.then(|| view! { <strip::Strip/> })}
                </main>
                {part(move || panel.get().then(|| view! { <Panel/> }))}
            </div>
            <div class="heard" role="status" aria-live="polite">{part(move || page.said.get())}</div>
            {help::sheet()}
        </div>
    }
    .into_any()
}

/// Its name, or the choice among several.
fn source(page: Page, sources: Vec<String>) -> AnyView {
    let named = memo(move || page.source());
    let Some(first) = sources.first().cloned() else { return view! { <b>{named}</b> }.into_any() };
    let options = sources.into_iter().map(|name| (name.clone(), name)).collect();
    let choose = move |name: String| {
        page.change(Step::Push, |params| params.graph.source = Some(name).filter(|name| *name != first));
    };
    view! { <Pick label="Prometheus" options=options value=named choose=choose/> }.into_any()
}

#[component]
fn Header() -> impl IntoView {
    let page = page();
    let (sources, configured) = page.boot.with_value(|boot| (boot.sources.clone(), boot.configured));
    let engine = move || {
        let engine = page.feed.with(|feed| feed.graph.as_ref().and_then(|graph| graph.meta.engine.clone()));
        let scrape =
            page.feed.with(|feed| feed.graph.as_ref().and_then(|graph| graph.meta.scrape_interval_s));
        let every = scrape.map(|s| format!(", scraped every {}", view::format::window(s.round() as u64)));
        engine.map(|engine| engine + &every.unwrap_or_default())
    };
    view! {
        <header class="top">
            <h1 class="logo">{logo()}"Portolan"</h1>
            <span class="space"></span>
            <span class="source">
                {configured.then(|| source(page, sources))}
                <span>{engine}</span>
            </span>
            <button class="square" type="button" aria-label="Keys" title="Keys (?)" on:click=click(move |_| help::show())>"?"</button>
            <toolbar::ThemeButton/>
        </header>
    }
}
