//! The honest pictures of when there is no picture: first load, nothing to ask, no traffic, no answer, too much.

use crate::{
    nav::Step,
    state::{Page, Standing, page},
    widget::icon::{status_class, status_glyph},
};
use leptos::prelude::*;
use model::{Graph, Problem};
use std::sync::Arc;
use view::{above_limit, format};

/// Which of them is shown.
#[derive(Debug, Clone, PartialEq)]
enum State {
    Drawn,
    NotConfigured,
    Asking,
    Failed(Problem),
    NoTraffic,
    TooMuch,
}

#[component]
pub(crate) fn States() -> impl IntoView {
    let page = page();
    let state = Memo::new(move |_| state_of(page));
    view! {
        {move || match state.get() {
            State::Drawn => ().into_any(),
            State::NotConfigured => not_configured().into_any(),
            State::Asking => view! { <Asking/> }.into_any(),
            State::Failed(problem) => failed(page, &problem).into_any(),
            State::NoTraffic => no_traffic(page).into_any(),
            State::TooMuch => view! { <TooMuch/> }.into_any(),
        }}
        {move || lost(page)}
    }
}

fn state_of(page: Page) -> State {
    if page.boot.with_value(|boot| !boot.configured) {
        return State::NotConfigured;
    }
    page.feed.with(|feed| match (&feed.graph, &feed.problem) {
        (Some(graph), _) if graph.nodes.is_empty() => State::NoTraffic,
        (Some(graph), _) if above_limit::too_many(graph) => State::TooMuch,
        (Some(_), _) => State::Drawn,
        (None, Some(problem)) => State::Failed(problem.clone()),
        (None, None) => State::Asking,
    })
}

/// Six blank cards; nothing shimmers.
#[component]
fn Asking() -> impl IntoView {
    view! {
        <div class="state over" role="status">
            <div class="blanks" aria-hidden="true"><span></span><span></span><span></span><span></span><span></span><span></span></div>
            <div class="asking">"Asking Prometheus…"</div>
        </div>
    }
}

fn not_configured() -> impl IntoView {
    view! {
        <div class="state over">
            <div class="message sheet">
                <h2>"No Prometheus is set"</h2>
                <p>"Portolan draws what a Prometheus has scraped from the mesh. Tell it where that is, then reload this page:"</p>
                <pre>"portolan --prometheus http://prometheus.monitoring:9090"</pre>
                <p>"or set " <code>"PORTOLAN_PROMETHEUS"</code> " in its environment. To look round first, start " <code>"portolan demo"</code> "."</p>
            </div>
        </div>
    }
}

fn failed(page: Page, problem: &Problem) -> impl IntoView + use<> {
    let next = move || next_attempt(page, page.feed.with(|feed| feed.next_ms));
    view! {
        <div class="state over" role="alert">
            <div class="message sheet">
                <h2>{problem.title.clone()}</h2>
                <p>{problem.detail.clone()}</p>
                <p>{next}</p>
            </div>
        </div>
    }
}

fn no_traffic(page: Page) -> impl IntoView {
    let window_s = page.params.with_untracked(|params| params.graph.window_s);
    let longer = move |_| page.change(Step::Push, |params| params.graph.window_s = 3_600);
    let narrowed = page
        .params
        .with_untracked(|params| params.graph.namespaces.is_some() || params.graph.focus.is_some());
    let everything = move |_| {
        page.change(Step::Push, |params| {
            params.graph.namespaces = None;
            params.graph.focus = None;
        });
    };
    view! {
        <div class="state over" role="status">
            <div class="message sheet">
                <h2>"No traffic"</h2>
                <p>
                    {if narrowed {
                        format!("In the last {} nothing was called in what you have chosen.", format::window(window_s))
                    } else {
                        format!(
                            "Prometheus answers, but holds no Istio requests or connections of the last {}. \
                             Check that it scrapes the sidecars (istio_requests_total).",
                            format::window(window_s)
                        )
                    }}
                </p>
                <div class="acts">
                    {narrowed.then(|| view! { <button class="button primary" type="button" on:click=everything>"Show everything with traffic"</button> })}
                    {(window_s < 3_600).then(|| view! { <button class="button" type="button" on:click=longer>"Look at the last hour"</button> })}
                </div>
            </div>
        </div>
    }
}

/// Over a greyed picture: why, how old, and when it is tried again.
fn lost(page: Page) -> Option<impl IntoView> {
    let Standing::Lost { reason, seen_ms, next_ms } = page.feed.with(crate::state::Feed::standing) else {
        return None;
    };
    let age = move || format::age((page.now_ms.get() - seen_ms) / 1_000.0);
    Some(view! {
        <div class="lost over sheet" role="alert">
            <b>"Not up to date. "</b>{reason}
            <div class="sub">"What is drawn was measured "{age}". "<span aria-live="off">{move || next_attempt(page, next_ms)}</span></div>
        </div>
    })
}

fn next_attempt(page: Page, next_ms: Option<f64>) -> String {
    if page.feed.with(|feed| feed.asking) {
        return "Trying again now…".into();
    }
    if page.params.with(|params| params.paused) {
        return "The refresh is paused; press p to try again.".into();
    }
    let left_s = next_ms.map_or(0.0, |next| (next - page.now_ms.get()) / 1_000.0);
    if left_s < 1.0 {
        "Trying again in a moment.".into()
    } else {
        format!("Trying again in {left_s:.0}{}s.", format::NBSP)
    }
}

/// More than a person reads as a picture: ask which namespaces to draw.
#[component]
fn TooMuch() -> impl IntoView {
    let page = page();
    let chosen = RwSignal::new(Vec::<String>::new());
    let graph = Memo::new(move |_| page.feed.with(|feed| feed.graph.clone()).map(ByAddress));
    let draw = move |_| {
        page.change(Step::Push, |params| {
            let mut names = chosen.get_untracked();
            names.sort();
            params.graph.namespaces = Some(names);
        });
    };
    view! {
        <div class="state over">
            <div class="choose sheet">
                <h2>"Which namespaces shall be drawn?"</h2>
                <p class="sub">{move || graph.get().map(|graph| format!("{} services, with those they talk to, are more than one can read at once. Most trouble first.", graph.0.nodes.len()))}</p>
                <table>
                    <thead><tr><th>"Namespace"</th><th class="text">"Trouble"</th><th>"Apps"</th><th>"Rate"</th><th>"Errors"</th></tr></thead>
                    <tbody>{move || graph.get().map(|graph| above_limit::rows(&graph.0).into_iter().map(|row| namespace_row(row, chosen)).collect_view())}</tbody>
                </table>
                <div class="acts">
                    <button class="button primary" type="button" disabled=move || chosen.with(Vec::is_empty) on:click=draw>"Draw these"</button>
                </div>
            </div>
        </div>
    }
}

/// Two answers are the same only when they are one.
#[derive(Debug, Clone)]
struct ByAddress(Arc<Graph>);

impl PartialEq for ByAddress {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

fn namespace_row(row: above_limit::NamespaceRow, chosen: RwSignal<Vec<String>>) -> impl IntoView {
    let (name, mine) = (row.name.clone(), row.name.clone());
    let toggle = move |_| {
        chosen.update(|chosen| match chosen.iter().position(|other| *other == name) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(name.clone()),
        });
    };
    view! {
        <tr>
            <td><label class="check"><input type="checkbox" prop:checked=move || chosen.with(|chosen| chosen.contains(&mine)) on:change=toggle/><span class="name">{row.name.clone()}</span></label></td>
            <td class=format!("text {}", status_class(row.status))><span class="with-glyph">{(!row.trouble.is_empty()).then(|| status_glyph(row.status))}{row.trouble}</span></td>
            <td>{row.apps}</td><td>{row.rate}</td><td>{row.errors}</td>
        </tr>
    }
}
