//! One node: what it is, how it is and why, its versions, its lines over time, its traffic and its neighbours.

use super::{
    breakdown::Breakdown,
    charts::{Charts, REQUEST_METRICS, TCP_METRICS},
    figures::{self, Figures},
    head::Head,
    health::HealthBlock,
    neighbours::Neighbours,
    opening,
    operations::Operations,
    sides::Sides,
    versions::Versions,
    volume::{Carried, VolumeBlock},
    ways::Ways,
};
use crate::state::shared::{Look, Views, memo, part};
use crate::{
    state::{detail, page, selection},
    widget::{Section, named},
};
use leptos::prelude::*;
use model::{Node, NodeDetail, NodeKind, Protocol, detail::NamedQuery, series::SeriesAnswer};
use view::format;

#[component]
pub(crate) fn NodePanel(id: String) -> impl IntoView {
    let (node, load) = opening::subject(
        page(),
        ("node", id.clone()),
        |graph, id| selection::node_of(graph, id).cloned(),
        |detail: &NodeDetail| detail.node.clone(),
    );
    opening::frame(node, load, move || view! { <Known id=id.clone() node=node load=load/> }.into_any())
}

#[component]
fn Known(id: String, node: Memo<Option<Node>>, load: RwSignal<detail::Load<NodeDetail>>) -> impl IntoView {
    let page = page();
    let of_node = move |read: fn(&Node) -> String| {
        memo(move || node.look(|node| node.as_ref().map(read).unwrap_or_default()))
    };
    let versions =
        memo(move || node.look(|node| node.as_ref().map(|node| node.versions.clone()).unwrap_or_default()));
    let health =
        memo(move || node.look(|node| node.as_ref().map(|node| node.health.clone()).unwrap_or_default()));
    let figures = memo(move || node.look(|node| node.as_ref().map(node_figures).unwrap_or_default()));
    let detailed = move || load.look(|load| load.value.clone());
    let queries = memo(move || detailed().map(|detail| detail.queries.clone()).unwrap_or_default());
    let tcp = node.with_untracked(|node| {
        node.as_ref().is_some_and(|node| node.requests.is_none() && node.tcp.is_some())
    });
    let grpc = move || {
        detailed().is_some_and(|detail| {
            detail.inbound.iter().chain(&detail.outbound).any(|side| side.protocol == Protocol::Grpc)
        })
    };
    let carried = memo(move || {
        let messages = grpc();
        node.look(|node| node.as_ref().map(|node| carried(node, messages)).unwrap_or_default())
    });
    let subject = StoredValue::new(id.clone());
    let metrics = if tcp { TCP_METRICS } else { REQUEST_METRICS };
    let series = detail::follow::<SeriesAnswer>(page, move || {
        Some(page.detail_address("series", ("node", &subject.get_value()), metrics))
    });
    view! {
        <Head title=of_node(|node| node.name.clone()) sub=of_node(what_it_is) selected=true/>
        <section class="first"><HealthBlock health=health versions=versions/></section>
        <section class="first"><Figures figures=figures/></section>
        <Versions node=id versions=versions queries=memo(move || queries.look(|queries| named(queries, &["rate", "error_share", "p50", "p95", "p99"])))/>
        <Charts name=of_node(|node| node.name.clone()) series=series versions=versions tcp=tcp/>
        <Sides title="Inbound" sides=memo(move || detailed().map(|detail| detail.inbound.clone()).unwrap_or_default()) queries=queries/>
        <Sides title="Outbound" sides=memo(move || detailed().map(|detail| detail.outbound.clone()).unwrap_or_default()) queries=memo(Vec::<NamedQuery>::new)/>
        <VolumeBlock carried=carried queries=queries/>
        <Operations operations=memo(move || detailed().map(|detail| detail.operations.clone()).unwrap_or_default())/>
        <Breakdown rows=memo(move || detailed().map(|detail| detail.breakdown.clone()).unwrap_or_default()) queries=memo(move || queries.look(|queries| named(queries, &["rate", "error_share"])))/>
        <Neighbours title="Called by" neighbours=memo(move || detailed().map(|detail| detail.callers.clone()).unwrap_or_default())/>
        <Neighbours title="Calls" neighbours=memo(move || detailed().map(|detail| detail.callees.clone()).unwrap_or_default())/>
        <Ways from=subject/>
        <Section title="Identity"><dl class="facts">{part(move || node.look(|node| node.as_ref().map(facts)))}</dl></Section>
    }
}

fn carried(node: &Node, messages: bool) -> Carried {
    Carried {
        volume: node.volume.clone(),
        requests: node.requests.is_some(),
        messages,
        tcp: node.tcp.is_some(),
        open: node.tcp.as_ref().and_then(|tcp| tcp.open),
    }
}

fn node_figures(node: &Node) -> Vec<figures::Figure> {
    figures::of(node.requests.as_ref(), node.latency.as_ref(), node.tcp.as_ref(), node.mtls_share)
}

/// "App in shop · 2 versions".
fn what_it_is(node: &Node) -> String {
    let kind = match node.kind {
        NodeKind::App => "App",
        NodeKind::Workload => "Workload",
        NodeKind::Service => "Service",
        NodeKind::Gateway => "Gateway",
        NodeKind::Namespace => "Namespace",
        NodeKind::Cluster => "Cluster",
        NodeKind::External => "Host outside the mesh",
        NodeKind::Egress => "Traffic that leaves the mesh to unnamed hosts",
        NodeKind::UnknownCallers => "Callers that tell no identity: no sidecar",
        NodeKind::NoRoute => "Requests that no workload received",
        NodeKind::Operation => "Operation",
    };
    let place = node.namespace.as_ref().map(|namespace| format!(" in {namespace}")).unwrap_or_default();
    let versions = match (node.versions.len(), &node.version) {
        (0, Some(version)) => format!(" · version {version}"),
        (0, None) => String::new(),
        (count, _) => format!(" · {count} versions"),
    };
    format!("{kind}{place}{versions}")
}

fn facts(node: &Node) -> impl IntoView + use<> {
    let mut facts: Vec<(&'static str, String)> = [
        ("Cluster", &node.cluster),
        ("Namespace", &node.namespace),
        ("App", &node.app),
        ("Workload", &node.workload),
        ("Service", &node.service),
        ("Version", &node.version),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.clone()?)))
    .collect();
    let flags = [
        (node.flags.root, "only sends, is called by nobody"),
        (node.flags.outside, "not in the chosen namespaces"),
        (node.flags.silent, "no traffic in the last minutes"),
        (node.flags.cycle, "part of a cycle of calls"),
        (node.flags.out_of_mesh, "named by its callers, never reports itself: no sidecar"),
        (node.flags.injected, "put between a client and its workloads"),
        (node.flags.estimated, "figures include an estimated share"),
        (node.flags.idle, "known from its counters, which have not moved lately"),
        (node.flags.waypoint, "a waypoint: passes requests on for others"),
    ];
    facts.extend(flags.into_iter().filter(|(set, _)| *set).map(|(_, words)| ("Note", words.to_owned())));
    facts.extend(node.last_seen_s.map(|seen_s| ("Last seen", format::instant(seen_s))));
    facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).views()
}
