//! The quality strip: whether the answer is whole, what it cost, how old it is, and what is missing and why.

use crate::state::shared::{Views, click, memo, part};
use crate::{
    state::{Feed, Page, Standing, page},
    widget::{
        Queries,
        icon::{CLOSE, icon},
    },
};
use leptos::prelude::*;
use model::{Graph, detail::NamedQuery, graph::Percentiles};
use std::sync::Arc;
use view::format;

#[component]
pub(crate) fn Strip() -> impl IntoView {
    let page = page();
    let open = RwSignal::new(false);
    let graph = move || page.feed.with(|feed| feed.graph.clone());
    let there = memo(move || page.feed.with(|feed| feed.graph.is_some()));
    view! {
        {part(move || open.get().then(|| graph().map(|graph| view! { <Missing graph=graph open=open/> })))}
        <footer class="strip" aria-label="Data quality">
            <span>{part(move || completeness(page))}</span>
            {part(move || graph().map(|graph| notes(&graph, page.feed.with(Feed::standing) == Standing::Live)))}
            {cautions(page).into_iter().map(|caution| {
                // The sentence is long; how it begins says what it is about.
                let short = caution.split(':').next().unwrap_or_default().to_owned();
                view! { <span class="caution" title=caution>{short}</span> }
            }).views()}
            {part(move || there.get().then(|| view! {
                <span class="more">
                    <button
                        class="link" type="button" aria-expanded=move || open.get().to_string()
                        on:click=click(move |_| open.update(|open| *open = !*open))
                    >"What is missing and why"{part(move || graph().map(|graph| missing(&graph)))}</button>
                </span>
            }))}
        </footer>
    }
}

fn cautions(page: Page) -> Vec<String> {
    page.boot.with_value(|boot| boot.cautions.clone())
}

fn completeness(page: Page) -> AnyView {
    let (graph, standing) = page.feed.with(|feed| (feed.graph.clone(), feed.standing()));
    let Some(graph) = graph else {
        let failed = page.feed.with(|feed| feed.problem.is_some());
        let words = if failed { "No answer yet." } else { "Asking Prometheus…" };
        return view! { <b>{words}</b> }.into_any();
    };
    let age = format::age(page.now_ms.get() / 1_000.0 - graph.meta.at_s as f64);
    let partial = is_partial(&graph);
    let word = match (&standing, partial) {
        (Standing::Lost { .. }, _) => "Stale.",
        (_, true) => "Partial.",
        _ => "Complete.",
    };
    let total_ms: f64 = graph.meta.queries.iter().filter_map(|query| query.duration_ms).sum();
    let cost = format!(" {} queries, {}, {age}", graph.meta.queries.len(), format::duration_ms(total_ms));
    let class = if standing != Standing::Live {
        "worst"
    } else if partial {
        "bad"
    } else {
        ""
    };
    view! { <b class=class>{word}</b>{cost} }.into_any()
}

pub(crate) fn is_partial(graph: &Graph) -> bool {
    !graph.meta.warnings.is_empty() || graph.meta.queries.iter().any(|query| query.error.is_some())
}

/// While nothing new comes, what an older answer lacked is not the reason.
fn notes(graph: &Graph, live: bool) -> impl IntoView + use<> {
    let unknown = graph.meta.quality.unknown_source_share.filter(|share| *share > 0.0);
    let percentiles = match graph.meta.percentiles {
        Percentiles::Missing => Some("No percentiles: cards show the mean"),
        Percentiles::Pending => Some("Percentiles follow"),
        _ => None,
    };
    view! {
        {unknown.map(|share| view! { <span><b>{format::share(share)}</b>" of requests have no caller identity"</span> })}
        {percentiles.map(|words| view! { <span>{words}</span> })}
        {graph.meta.warnings.iter().take(if live { 2 } else { 0 }).map(|warning| view! { <span class="bad">{warning.sentence.clone()}</span> }).views()}
    }
}

/// How many things there are to read, behind the words.
fn missing(graph: &Graph) -> Option<String> {
    let count = graph.meta.warnings.len() + graph.meta.quality.notes.len();
    (count > 0).then(|| format!(" ({count})"))
}

/// What the answer was made of: samples, rows, who reported.
fn made_of(graph: &Graph) -> AnyView {
    let (meta, quality) = (&graph.meta, &graph.meta.quality);
    let window = format::window(meta.window_s);
    let samples = meta.scrape_interval_s.map(|every_s| {
        let count = format::count(meta.window_s as f64 / every_s);
        format!(
            "{window}, scraped every {}: about {count} samples of each series",
            format::window(every_s.round() as u64)
        )
    });
    let rows = format!(
        "{} read, {} left out",
        format::count(quality.rows as f64),
        format::count(quality.dropped_rows as f64)
    );
    let facts = [
        ("Window", samples.unwrap_or(window)),
        ("Rows", rows),
        (
            "Reporters",
            if quality.reporters.is_empty() { format::UNKNOWN.into() } else { quality.reporters.join(", ") },
        ),
        (
            "No caller identity",
            quality.unknown_source_share.map_or_else(|| format::UNKNOWN.into(), format::share),
        ),
    ];
    view! { <dl class="facts">{facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).views()}</dl> }
        .into_any()
}

#[component]
fn Missing(graph: Arc<Graph>, open: RwSignal<bool>) -> impl IntoView {
    let meta = &graph.meta;
    let nothing = meta.warnings.is_empty() && meta.quality.notes.is_empty();
    let queries: Vec<NamedQuery> = meta
        .queries
        .iter()
        .map(|query| NamedQuery {
            name: query_words(query),
            promql: query.promql.clone(),
            source: query.source.clone(),
        })
        .collect();
    view! {
        <div class="missing sheet" role="dialog" aria-label="What is missing and why">
            <div class="head">
                <h2>"What is missing and why"</h2>
                <span class="space"></span>
                <button class="square" type="button" aria-label="Close" on:click=click(move |_| open.set(false))>{icon(CLOSE)}</button>
            </div>
            {nothing.then(|| view! { <p>"Nothing: every query was answered and every row was understood."</p> })}
            <ul>
                {cautions(page()).into_iter().map(|caution| view! { <li><b>{caution}</b></li> }).views()}
                {meta.warnings.iter().map(|warning| view! { <li><b>{warning.sentence.clone()}</b></li> }).views()}
                {meta.quality.notes.iter().map(|note| view! {
                    <li><div>{note.sentence.clone()}</div><div class="fix">{note.fix.clone()}</div></li>
                }).views()}
            </ul>
            <h3>"What it was made of"</h3>
            {made_of(&graph)}
            <h3>"Queries behind this picture"</h3>
            <Queries queries=memo(move || queries.clone())/>
        </div>
    }
}

/// "requests, 12 ms, 84 rows", or what went wrong.
fn query_words(query: &model::graph::QueryUse) -> String {
    if let Some(error) = &query.error {
        return format!("{}: {error}", query.kind);
    }
    let mut words = vec![query.kind.clone()];
    words.extend(query.duration_ms.map(format::duration_ms));
    words.extend(query.rows.map(|rows| format!("{rows} rows")));
    words.join(", ")
}
