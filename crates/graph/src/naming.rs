//! What a node is, and what its card says. It must not know figures or health.

use crate::{
    graph_type::NodeKey,
    place::{Known, Place},
    sample::Symbol,
    select,
    snapshot::Snapshot,
    traffic_map::TrafficMap,
    words,
};
use model::NodeKind;
use petgraph::stable_graph::NodeIndex;

pub(crate) fn kind(snapshot: &Snapshot, map: &TrafficMap, index: NodeIndex) -> NodeKind {
    if select::is_gateway(snapshot, map, index) {
        return NodeKind::Gateway;
    }
    match map.graph[index].key {
        NodeKey::App { .. } => NodeKind::App,
        NodeKey::Service(_) => NodeKind::Service,
        NodeKey::Operation { .. } => NodeKind::Operation,
        NodeKey::MoreHosts { .. } => NodeKind::External,
        NodeKey::Place(place) => match snapshot.places.get(place).place {
            Place::Workload { .. } => NodeKind::Workload,
            Place::Service(_) => NodeKind::Service,
            Place::External { .. } => NodeKind::External,
            Place::Egress { .. } => NodeKind::Egress,
            Place::Callers { .. } => NodeKind::UnknownCallers,
            Place::NoRoute { .. } => NodeKind::NoRoute,
        },
    }
}

pub(crate) fn name(snapshot: &Snapshot, map: &TrafficMap, index: NodeIndex) -> String {
    let text = |symbol: Symbol| snapshot.text(symbol).to_owned();
    match map.graph[index].key {
        NodeKey::App { app, .. } => text(app),
        NodeKey::Service(service) => text(service.name),
        NodeKey::Operation { value, .. } => text(value),
        NodeKey::MoreHosts { .. } => more_hosts(map.graph[index].places.len()),
        NodeKey::Place(place) => {
            let known = snapshot.places.get(place);
            match known.place {
                Place::Workload { .. } => workload_name(snapshot, known),
                Place::Service(service) => text(service.name),
                Place::External { host, .. } => text(host),
                Place::Egress { name, .. } => text(name),
                Place::Callers { .. } => "Unknown callers".into(),
                Place::NoRoute { .. } => "No route".into(),
            }
        }
    }
}

/// `12 more hosts`
pub(crate) fn more_hosts(count: usize) -> String {
    let hosts = if count == 1 { "host" } else { "hosts" };
    format!("{} more {hosts}", words::count(count as f64))
}

fn workload_name(snapshot: &Snapshot, known: &Known) -> String {
    let party = &known.party;
    if !party.workload.is_empty() {
        return snapshot.text(party.workload).to_owned();
    }
    [party.app, party.version]
        .iter()
        .filter(|symbol| !symbol.is_empty())
        .map(|symbol| snapshot.text(*symbol))
        .collect::<Vec<_>>()
        .join(" ")
}
