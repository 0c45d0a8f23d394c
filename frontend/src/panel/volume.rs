//! How much is carried: bytes, sizes, messages and open connections; and the wish for them where they were not asked for.

use crate::state::shared::{Views, click, memo, part};
use crate::{
    nav::Step,
    state::page,
    widget::{Section, named},
};
use leptos::prelude::*;
use model::{Extras, Volume, detail::NamedQuery, traffic::Size};
use view::format;

/// What of it a node or an edge can have.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Carried {
    pub(crate) volume: Option<Volume>,
    pub(crate) requests: bool,
    pub(crate) messages: bool,
    pub(crate) tcp: bool,
    pub(crate) open: Option<f64>,
}

const QUERIES: [&str; 7] = [
    "request_bytes",
    "response_bytes",
    "request_size_p95",
    "response_size_p95",
    "messages_sent",
    "messages_received",
    "connections_open",
];

#[component]
pub(crate) fn VolumeBlock(carried: Memo<Carried>, queries: Memo<Vec<NamedQuery>>) -> impl IntoView {
    let page = page();
    let extras = memo(move || page.params.with(|params| params.graph.extras.words()));
    let asked = move || {
        extras.track();
        page.params.with_untracked(|params| params.graph.extras)
    };
    let queries = memo(move || queries.with(|queries| named(queries, &QUERIES)));
    let wish = move |wanted: Extras, words: &'static str| {
        let add =
            move |_| page.change(Step::Push, |params| params.graph.extras = params.graph.extras.and(wanted));
        view! { <button class="link" type="button" on:click=click(add)>{words}</button> }
    };
    view! {
        <Section title="What it carries" queries=queries>
            <dl class="facts">{part(move || {
                facts(&carried.get(), asked()).into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).views()
            })}</dl>
            <p class="acts">{part(move || missing(&carried.get(), asked()).map(|(wanted, words)| wish(wanted, words)))}</p>
        </Section>
    }
}

/// What was not asked for yet, and how to ask for it.
fn missing(carried: &Carried, asked: Extras) -> Option<(Extras, &'static str)> {
    let about_requests = Extras::BYTES.and(Extras::SIZES);
    if carried.requests && !(asked.has(Extras::BYTES) && asked.has(Extras::SIZES)) {
        let wanted = if carried.messages { about_requests.and(Extras::MESSAGES) } else { about_requests };
        return Some((wanted, "Show sizes and bytes"));
    }
    if carried.messages && !asked.has(Extras::MESSAGES) {
        return Some((Extras::MESSAGES, "Show messages"));
    }
    (carried.tcp && !asked.has(Extras::OPEN)).then_some((Extras::OPEN, "Show open connections"))
}

fn facts(carried: &Carried, asked: Extras) -> Vec<(&'static str, String)> {
    let volume = carried.volume.clone().unwrap_or_default();
    let mut facts = Vec::new();
    // An overlay may have asked for them.
    if carried.requests && (asked.has(Extras::BYTES) || volume.request_bytes_per_s.is_some()) {
        facts.push(("In requests", known(volume.request_bytes_per_s.map(format::bytes_per_s))));
        facts.push(("In answers", known(volume.response_bytes_per_s.map(format::bytes_per_s))));
    }
    if carried.requests && asked.has(Extras::SIZES) {
        facts.push(("A request", size(volume.request_size)));
        facts.push(("An answer", size(volume.response_size)));
    }
    if carried.messages && asked.has(Extras::MESSAGES) {
        let per_second = |rate: f64| format::rate(rate).replace("rps", "per s");
        match (volume.sent_messages_per_s, volume.received_messages_per_s) {
            (None, None) => facts.push(("Messages", "none counted".into())),
            (sent, received) => {
                facts.push(("Messages sent", known(sent.map(per_second))));
                facts.push(("Messages received", known(received.map(per_second))));
            }
        }
    }
    if carried.tcp && asked.has(Extras::OPEN) {
        facts.push(("Connections open", known(carried.open.map(format::count))));
    }
    facts
}

/// What is not known is never nothing.
fn known(figure: Option<String>) -> String {
    figure.unwrap_or_else(|| format::UNKNOWN.into())
}

/// "p50 2 kB · p95 ≥ 8 kB".
fn size(size: Option<Size>) -> String {
    let Some(size) = size else { return known(None) };
    let least = if size.at_least { "≥" } else { "" };
    let named = [("p50", "", size.p50_bytes), ("p95", least, size.p95_bytes), ("mean", "", size.mean_bytes)];
    let parts: Vec<String> = named
        .into_iter()
        .filter_map(|(name, least, bytes)| {
            Some(format!("{name}{}{least}{}", format::NBSP, format::bytes(bytes?)))
        })
        .collect();
    known(Some(parts.join(" · ")).filter(|words| !words.is_empty()))
}
