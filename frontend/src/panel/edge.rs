//! One edge: who calls whom, how it is and why, its lines over time, codes, both reporters' counts, identities.

use super::{
    breakdown::Breakdown,
    charts::{Charts, REQUEST_METRICS, TCP_METRICS},
    figures::{self, Figures},
    head::Head,
    health::HealthBlock,
    opening,
    operations::Operations,
    sides::protocol_word,
    volume::{Carried, VolumeBlock},
};
use crate::state::shared::{Look, Views, click, memo, part};
use crate::{
    state::{detail, page, selection},
    widget::{Section, named},
};
use leptos::prelude::*;
use model::{
    Edge, EdgeDetail, Graph, Protocol, Subject, VersionRow, detail::Principals, series::SeriesAnswer,
};
use view::format;

#[component]
pub(crate) fn EdgePanel(id: String) -> impl IntoView {
    let (edge, load) = opening::subject(
        page(),
        ("edge", id),
        |graph, id| selection::edge_of(graph, id).cloned(),
        |detail: &EdgeDetail| detail.edge.clone(),
    );
    opening::frame(edge, load, move || view! { <Known edge=edge load=load/> }.into_any())
}

#[component]
fn Known(edge: Memo<Option<Edge>>, load: RwSignal<detail::Load<EdgeDetail>>) -> impl IntoView {
    let page = page();
    let title = memo(move || {
        let graph = page.feed.with(|feed| feed.graph.clone());
        edge.look(|edge| {
            edge.as_ref().zip(graph.as_ref()).map(|(edge, graph)| ends(edge, graph)).unwrap_or_default()
        })
    });
    let sub = memo(move || edge.look(|edge| edge.as_ref().map(what_it_is).unwrap_or_default()));
    let health =
        memo(move || edge.look(|edge| edge.as_ref().map(|edge| edge.health.clone()).unwrap_or_default()));
    let figures = memo(move || edge.look(|edge| edge.as_ref().map(edge_figures).unwrap_or_default()));
    let detailed = move || load.look(|load| load.value.clone());
    let queries = memo(move || detailed().map(|detail| detail.queries.clone()).unwrap_or_default());
    let tcp = edge.with_untracked(|edge| edge.as_ref().is_some_and(|edge| edge.protocol == Protocol::Tcp));
    let id = StoredValue::new(
        edge.with_untracked(|edge| edge.as_ref().map(|edge| edge.id.clone()).unwrap_or_default()),
    );
    let metrics = if tcp { TCP_METRICS } else { REQUEST_METRICS };
    let series = detail::follow::<SeriesAnswer>(page, move || {
        Some(page.detail_address("series", ("edge", &id.get_value()), metrics))
    });
    view! {
        <Head title=title sub=sub selected=true/>
        <section class="first"><HealthBlock health=health/></section>
        <section class="first"><Figures figures=figures/></section>
        <Section title="Traffic" queries=queries><dl class="facts">{part(move || edge.look(|edge| edge.as_ref().map(facts)))}</dl></Section>
        <Charts name=title series=series versions=memo(Vec::<VersionRow>::new) tcp=tcp/>
        <VolumeBlock carried=memo(move || edge.look(|edge| edge.as_ref().map(carried).unwrap_or_default())) queries=queries/>
        <Operations operations=memo(move || detailed().map(|detail| detail.operations.clone()).unwrap_or_default())/>
        <Breakdown rows=memo(move || detailed().map(|detail| detail.breakdown.clone()).unwrap_or_default()) queries=memo(move || queries.look(|queries| named(queries, &["rate", "error_share"])))/>
        <Identities principals=memo(move || detailed().map(|detail| detail.principals.clone()).unwrap_or_default())/>
        <Section title="Its ends"><Ends edge=edge/></Section>
    }
}

fn node_name(graph: &Graph, id: &str, row: Option<&str>) -> String {
    let Some(node) = selection::node_of(graph, id) else { return id.to_owned() };
    let version = row.and_then(|row| node.versions.iter().find(|version| version.key == row));
    version.map_or_else(|| node.name.clone(), |version| format!("{} {}", node.name, version.name))
}

pub(super) fn ends(edge: &Edge, graph: &Graph) -> String {
    let source = node_name(graph, &edge.source, edge.source_row.as_deref());
    format!("{source} → {}", node_name(graph, &edge.target, edge.target_row.as_deref()))
}

fn what_it_is(edge: &Edge) -> String {
    let what = if edge.protocol == Protocol::Tcp { "connections" } else { "calls" };
    let words = format!("{} {what}", protocol_word(edge.protocol));
    let share =
        edge.source_share.map(|share| format!(" · {} of what its source sends", format::share(share)));
    words + &share.unwrap_or_default()
}

fn carried(edge: &Edge) -> Carried {
    let requests = edge.requests.is_some();
    Carried {
        volume: edge.volume.clone(),
        requests,
        messages: requests && edge.protocol == Protocol::Grpc,
        tcp: edge.tcp.is_some(),
        open: edge.tcp.as_ref().and_then(|tcp| tcp.open),
    }
}

fn edge_figures(edge: &Edge) -> Vec<figures::Figure> {
    figures::of(edge.requests.as_ref(), edge.latency.as_ref(), edge.tcp.as_ref(), edge.mtls_share)
}

fn facts(edge: &Edge) -> impl IntoView + use<> {
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    if let Some(requests) = &edge.requests {
        facts.push(("Requests in the window", format::count(requests.count)));
        facts.extend(
            requests
                .unreached_rps
                .filter(|rate| *rate > 0.0)
                .map(|rate| ("Never reached a server", format::rate(rate))),
        );
    }
    if let Some(latency) = &edge.latency {
        let named = [("p50", latency.p50), ("p90", latency.p90), ("p95", latency.p95), ("p99", latency.p99)];
        let mut parts: Vec<String> = named
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}{}{}", format::NBSP, format::quantile(value?))))
            .collect();
        parts
            .extend(latency.mean_ms.map(|mean| format!("mean{}{}", format::NBSP, format::duration_ms(mean))));
        facts.push(("Time to answer", parts.join(" · ")));
    }
    if let Some(tcp) = &edge.tcp {
        let per_second = |rate: f64| format::rate(rate).replace("rps", "per s");
        facts.extend(tcp.opened_per_s.map(|rate| ("Connections opened", per_second(rate))));
        facts.extend(tcp.closed_per_s.map(|rate| ("Connections closed", per_second(rate))));
        facts.extend(
            tcp.flagged_per_s.filter(|rate| *rate > 0.0).map(|rate| ("Ended by a fault", per_second(rate))),
        );
    }
    if let Some(other) = &edge.other_side {
        let errors = other.error_share.map(|share| format!(", {} failed", format::share(share)));
        let mean = other.mean_ms.map(|mean| format!(", mean {}", format::duration_ms(mean)));
        let words = format::rate(other.rate_rps) + &errors.unwrap_or_default() + &mean.unwrap_or_default();
        facts.push((
            if other.reporter == "source" { "The caller counted" } else { "The other side counted" },
            words,
        ));
    }
    let flags = [
        (edge.flags.cycle, "closes a cycle of calls"),
        (edge.flags.silent, "no traffic in the last minutes"),
        (edge.flags.unreached, "all of it was reported by the caller alone"),
        (edge.flags.estimated, "shared out by inbound rate"),
        (edge.flags.idle, "known from its counters, which have not moved lately"),
    ];
    facts.extend(flags.into_iter().filter(|(set, _)| *set).map(|(_, words)| ("Note", words.to_owned())));
    facts.extend(edge.last_seen_s.map(|seen_s| ("Last seen", format::instant(seen_s))));
    let own = edge.custom.iter().flat_map(|custom| {
        let rate = |per_s| format::rate(per_s).replace("rps", &custom.unit) + " per s";
        let parts = custom.parts.iter().map(move |part| (part.value.clone(), rate(part.per_s)));
        std::iter::once((custom.name.clone(), rate(custom.per_s))).chain(parts)
    });
    let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value));
    facts.chain(own).map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).views()
}

#[component]
fn Identities(principals: Memo<Vec<Principals>>) -> impl IntoView {
    let any = memo(move || principals.look(|principals| !principals.is_empty()));
    let entry = |pair: Principals| {
        let tls = match pair.mutual_tls {
            Some(true) => "mutual TLS",
            Some(false) => "not encrypted",
            None => "encryption not told",
        };
        view! {
            <dt>{format::rate(pair.rate_rps)}</dt>
            <dd>{format!("{} → {} ({tls})", known(&pair.source), known(&pair.destination))}</dd>
        }
    };
    move || {
        any.get().then(|| view! {
            <Section title="Identities"><dl class="facts">{part(move || principals.get().into_iter().map(entry).views())}</dl></Section>
        })
    }
}

fn known(principal: &str) -> &str {
    if principal.is_empty() || principal == "unknown" { "nobody known" } else { principal }
}

#[component]
fn Ends(edge: Memo<Option<Edge>>) -> impl IntoView {
    let page = page();
    let end = move |id: String, row: Option<String>, word: &'static str| {
        let name = page
            .feed
            .with(|feed| feed.graph.as_ref().map(|graph| node_name(graph, &id, row.as_deref())))
            .unwrap_or_else(|| id.clone());
        let subject = row.map_or(Subject::Node { id: id.clone() }, |row| Subject::Row { node: id, row });
        view! {
            <li><button type="button" on:click=click(move |_| page.select(Some(subject.clone())))><span class="name">{name}</span><span class="figure">{word}</span></button></li>
        }
    };
    move || {
        edge.get().map(|edge| {
            view! {
                <ul class="list">
                    {end(edge.source, edge.source_row, "caller")}
                    {end(edge.target, edge.target_row, "callee")}
                </ul>
            }
        })
    }
}
