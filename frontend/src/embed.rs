//! The map in somebody else's page: nothing round it but a line that says what is seen, how old it is, and where more is.

use crate::state::shared::{click, part};
use crate::{
    frame::time_bar,
    map::{Map, figure, lost},
    state::Page,
    widget::icon::{finding_glyph, logo},
};
use leptos::prelude::*;
use view::format;

pub(crate) fn frame(page: Page) -> AnyView {
    view! {
        <div class="frame embed">
            <main class="left"><Map/>{part(move || lost(page))}{caption(page)}</main>
            <div class="heard" role="status" aria-live="polite">{part(move || page.said.get())}</div>
        </div>
    }
    .into_any()
}

fn caption(page: Page) -> AnyView {
    let window = move || format!("last {}", format::window(page.params.with(|params| params.graph.window_s)));
    let age = move || {
        let at_s = page.feed.with(|feed| feed.graph.as_ref().map(|graph| graph.meta.at_s as f64));
        at_s.map(|at_s| format::age(page.now_ms.get() / 1_000.0 - at_s))
    };
    let whole = move || {
        let query = page.params.with(model::PageParams::to_query);
        let base = page.base_path();
        if query.is_empty() { format!("{base}/graph") } else { format!("{base}/graph?{query}") }
    };
    view! {
        <footer class="strip caption">
            {time_bar::mark(page)}
            <span class="facts">{move || page.source()}" · "{window}" · "{age}</span>
            {part(move || worst(page))}
            <a href=whole target="_blank" rel="noopener">{logo()}"Open in Portolan"</a>
        </footer>
    }
    .into_any()
}

/// What hurts most, in a line; a press selects it.
fn worst(page: Page) -> Option<AnyView> {
    let finding = page.feed.with(|feed| feed.graph.as_ref()?.findings.first().cloned())?;
    let subject = finding.subject.clone();
    let words =
        format!("{} {}: {}", finding.title, finding.remark, figure(finding.figure)).replace(" :", ":");
    let button = view! {
        <button class="link worst" type="button" title=finding.sentence on:click=click(move |_| page.select(Some(subject.clone())))>
            {finding_glyph(finding.kind, finding.status)}<span>{words}</span>
        </button>
    };
    Some(button.into_any())
}
