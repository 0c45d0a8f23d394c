//! One node of the wire: what it is called, its figures, its rows.
//! It must not know edges or findings.

use super::intended;
use crate::{
    graph_type::NodeKey,
    naming,
    picture::{JudgedRow, Picture},
    place::{Known, Place},
    sample::Symbol,
    select,
    traffic_map::{MapNode, MapRow},
};
use model::{GraphType, Node, NodeKind, VersionRow, graph::NodeFlags};
use petgraph::stable_graph::NodeIndex;

pub(super) fn node(picture: &Picture<'_>, index: NodeIndex) -> Node {
    let map_node = picture.node(index);
    let judged = picture.judged(index);
    let figures = &map_node.figures;
    let names = Names::of(picture, map_node);
    let text = |symbol: Symbol| picture.snapshot.text(symbol).to_owned();
    let some = |symbol: Symbol| (!symbol.is_empty()).then(|| text(symbol));
    let silent_since = if judged.silent { judged.last_seen_s.map(|seen_s| seen_s as i64) } else { None };
    Node {
        id: picture.id(index).to_owned(),
        kind: kind(picture, index),
        name: name(picture, index),
        cluster: some(names.cluster),
        namespace: some(names.namespace),
        app: some(names.app),
        workload: some(names.workload),
        service: some(names.service),
        requests: figures.model_requests(picture.snapshot.window_s()),
        tcp: figures.model_tcp(),
        latency: picture.latency(figures),
        mtls_share: figures.mtls_share(),
        health: judged.health.clone(),
        change: None,
        alerts: None,
        versions: versions(picture, index),
        version: some(names.version),
        flags: flags(picture, index),
        last_seen_s: silent_since,
        volume: figures.model_volume(&picture.snapshot.sizes),
    }
}

fn flags(picture: &Picture<'_>, index: NodeIndex) -> NodeFlags {
    let map_node = picture.node(index);
    let judged = picture.judged(index);
    let namespace = select::node_namespace(picture.snapshot, &picture.map, index);
    let mut workloads = map_node
        .places
        .iter()
        .map(|place| picture.snapshot.places.get(*place))
        .filter(|known| known.is_workload());
    // It counts others' calls, not its own.
    let waypoint = map_node.places.iter().any(|place| picture.snapshot.places.get(*place).is_waypoint);
    NodeFlags {
        root: map_node.root,
        outside: !namespace.is_empty() && !picture.selection.is_chosen(index),
        silent: judged.silent,
        injected: map_node.injected,
        cycle: map_node.cycle,
        out_of_mesh: !waypoint && workloads.clone().next().is_some() && workloads.all(|known| !known.reports),
        estimated: map_node.estimated,
        idle: judged.idle,
        waypoint,
        // Only the page folds.
        folded: false,
    }
}

pub(super) fn kind(picture: &Picture<'_>, index: NodeIndex) -> NodeKind {
    naming::kind(picture.snapshot, &picture.map, index)
}

/// What its card says.
pub(super) fn name(picture: &Picture<'_>, index: NodeIndex) -> String {
    naming::name(picture.snapshot, &picture.map, index)
}

#[derive(Default)]
struct Names {
    cluster: Symbol,
    namespace: Symbol,
    app: Symbol,
    workload: Symbol,
    service: Symbol,
    version: Symbol,
}

impl Names {
    fn of(picture: &Picture<'_>, map_node: &MapNode) -> Self {
        match map_node.key {
            NodeKey::App { cluster, namespace, app } => {
                let only = match map_node.rows.as_slice() {
                    [row] => Some(picture.snapshot.places.get(row.place).party),
                    _ => None,
                };
                Self {
                    cluster,
                    namespace,
                    app,
                    workload: only.map_or(Symbol::EMPTY, |party| party.workload),
                    version: only.map_or(Symbol::EMPTY, |party| party.version),
                    ..Self::default()
                }
            }
            NodeKey::Service(service) => Self {
                cluster: service.cluster,
                namespace: service.namespace,
                service: service.name,
                ..Self::default()
            },
            NodeKey::Operation { cluster, namespace, owner, .. } => {
                Self { cluster, namespace, service: owner, ..Self::default() }
            }
            NodeKey::MoreHosts { cluster } => Self { cluster, ..Self::default() },
            NodeKey::Place(place) => Self::of_place(picture.snapshot.places.get(place)),
        }
    }

    fn of_place(known: &Known) -> Self {
        match known.place {
            Place::Workload { cluster, namespace, workload, .. } => Self {
                cluster,
                namespace,
                workload,
                app: known.party.app,
                version: known.party.version,
                ..Self::default()
            },
            Place::Callers { cluster, namespace } => Self { cluster, namespace, ..Self::default() },
            Place::Service(service) => Self {
                cluster: service.cluster,
                namespace: service.namespace,
                service: service.name,
                ..Self::default()
            },
            Place::External { cluster, host } => Self { cluster, service: host, ..Self::default() },
            Place::Egress { cluster, .. } | Place::NoRoute { cluster } => Self { cluster, ..Self::default() },
        }
    }
}

fn versions(picture: &Picture<'_>, index: NodeIndex) -> Vec<VersionRow> {
    let map_node = picture.node(index);
    let judged = picture.judged(index);
    if picture.view.graph_type != GraphType::VersionedApp || map_node.rows.len() < 2 {
        return Vec::new();
    }
    let rate = |row: &MapRow| row.figures.requests.map_or(0.0, |requests| requests.rate);
    let all: f64 = map_node.rows.iter().map(rate).sum();
    let intended = intended::shares(picture, map_node);
    let measured = map_node.rows.iter().zip(&judged.rows).zip(intended);
    measured
        .map(|((row, judged), intended_share)| VersionRow {
            share: row.figures.requests.and_then(|requests| crate::figures::share(requests.rate, all)),
            intended_share,
            ..version_row(picture, row, judged)
        })
        .collect()
}

fn version_row(picture: &Picture<'_>, row: &MapRow, judged: &JudgedRow) -> VersionRow {
    let known = picture.snapshot.places.get(row.place);
    let text = |symbol: Symbol| picture.snapshot.text(symbol).to_owned();
    VersionRow {
        key: text(known.row_key()),
        name: text(known.row_name()),
        workload: text(known.party.workload),
        share: None,
        intended_share: None,
        requests: row.figures.model_requests(picture.snapshot.window_s()),
        tcp: row.figures.model_tcp(),
        latency: picture.latency(&row.figures),
        health: judged.health.clone(),
        comparison: judged.comparison.clone(),
    }
}
