//! "Where it hurts": what is wrong, worst first. A click selects.

use crate::state::shared::{Views, click, memo, part};
use crate::{
    state::page,
    widget::icon::{DOWN, finding_glyph, icon, status_word},
};
use leptos::prelude::*;
use model::{Figure, Finding, FindingKind};
use view::format;

#[component]
pub(crate) fn Hurts() -> impl IntoView {
    let page = page();
    let open = page.hurts_open;
    let findings =
        memo(move || page.feed.with(|feed| feed.graph.as_ref().map(|graph| graph.findings.clone())));
    let drawn = memo(move || page.feed.with(crate::state::Feed::has_picture));
    move || {
        let findings = findings.get().filter(|_| drawn.get())?;
        let calm = findings.is_empty();
        // Folded, the mark of the worst stands for the list.
        let first = findings.first().map(|first| (first.kind, first.status));
        Some(view! {
            <section class="hurts over sheet" aria-label="Where it hurts" data-covers="">
                <h2>
                    <button type="button" aria-expanded=move || open.get().to_string() on:click=click(move |_| open.update(|open| *open = !*open))>
                        {part(move || first.filter(|_| !open.get()).map(|(kind, status)| finding_glyph(kind, status)))}
                        "Where it hurts"
                        {(!calm).then(|| view! { <span class="count">{findings.len()}</span> })}
                        <span class="sub">{(!calm).then_some("worst first")}</span>
                        {icon(DOWN)}
                    </button>
                </h2>
                {part(move || open.get().then(|| view! {
                    {calm.then(|| view! { <p class="calm">"Nothing in what is drawn: no failing or degraded service, no plaintext call."</p> })}
                    <ul>{findings.iter().map(entry).views()}</ul>
                }))}
            </section>
        })
    }
}

fn entry(finding: &Finding) -> impl IntoView + use<> {
    let page = page();
    let (subject, mine) = (finding.subject.clone(), finding.subject.clone());
    let chosen = move || page.params.with(|params| params.selection.as_ref() == Some(&mine));
    view! {
        <li>
            <button
                type="button" title=finding.sentence.clone() aria-current=move || chosen().to_string()
                on:click=click(move |_| page.select(Some(subject.clone())))
            >
                {finding_glyph(finding.kind, finding.status)}
                <span class="what">
                    <span class="heard">{kind_words(finding)}</span>
                    <b>{finding.title.clone()}</b>" "{finding.remark.clone()}
                </span>
                <span class="figure">{figure(finding.figure)}</span>
            </button>
        </li>
    }
}

/// What the glyph says to those who see it.
fn kind_words(finding: &Finding) -> String {
    match finding.kind {
        FindingKind::Plaintext => "Not encrypted: ".into(),
        FindingKind::Silent => "Silent: ".into(),
        _ => format!("{}: ", status_word(finding.status)),
    }
}

pub(crate) fn figure(figure: Figure) -> String {
    match figure {
        Figure::ErrorShare(share) => format!("{} fail", format::share(share)),
        Figure::RateRps(rps) => format::rate(rps),
        Figure::BytesPerS(bytes) => format::bytes_per_s(bytes),
        Figure::AgeS(seconds) => format::age(seconds),
    }
}
