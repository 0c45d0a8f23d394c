//! Sums over a picture: its totals, and each namespace in a line.
//! It must not know single nodes' names.

use crate::{
    figures::Figures,
    health::{Direction, Judging},
    picture::Picture,
    select,
    traffic_map::Part,
};
use model::{
    Health, Status,
    graph::{NamespaceSummary, Totals},
};
use petgraph::{Direction as Way, stable_graph::NodeIndex};
use std::collections::{BTreeMap, BTreeSet};

/// Each request once: what an injected service passes on was counted on its way in.
pub(super) fn totals(picture: &Picture<'_>) -> Totals {
    let mut sums = Figures::default();
    let mut parts: Vec<Part> = Vec::new();
    for edge in &picture.selection.edges {
        let (source, _) = picture.ends(*edge);
        if picture.node(source).injected {
            continue;
        }
        sums.add(&picture.edge(*edge).figures, 1.0);
        parts.extend(&picture.edge(*edge).parts);
    }
    Totals {
        nodes: picture.selection.nodes.len(),
        edges: picture.selection.edges.len(),
        rate_rps: sums.requests.map(|sums| sums.rate),
        error_share: sums.requests.and_then(|sums| sums.error_share()),
        health: Some(judge(picture, &sums, &parts, "")),
        latency: picture.latency(&sums),
    }
}

fn judge(picture: &Picture<'_>, sums: &Figures, parts: &[Part], namespace: &str) -> Health {
    let judging = Judging { namespace, kind: None, name: namespace, direction: Direction::Inbound };
    picture.judge_as(sums, &|| parts.to_vec(), &judging)
}

/// Links into a node.
fn inbound(picture: &Picture<'_>, node: NodeIndex) -> impl Iterator<Item = Part> {
    picture.map.graph.edges_directed(node, Way::Incoming).flat_map(|edge| edge.weight().parts.iter().copied())
}

#[derive(Default)]
struct Summing {
    apps: BTreeSet<String>,
    figures: Figures,
    parts: Vec<Part>,
    statuses: Vec<Status>,
}

pub(super) fn namespaces(picture: &Picture<'_>) -> Vec<NamespaceSummary> {
    let mut by_name: BTreeMap<&str, Summing> = BTreeMap::new();
    for known in picture.snapshot.places.all.iter().filter(|known| known.is_workload()) {
        let summing = by_name.entry(picture.snapshot.text(known.namespace())).or_default();
        let [cluster, app] =
            [known.party.cluster, known.party.app].map(|symbol| picture.snapshot.text(symbol));
        summing.apps.insert(format!("{cluster}\u{0}{app}"));
    }
    let with_parts = picture.view.config.health.asks_for_codes();
    for node in picture.map.graph.node_indices() {
        let map_node = picture.node(node);
        if map_node.injected {
            continue;
        }
        let name = select::node_namespace(picture.snapshot, &picture.map, node);
        let summing = by_name.entry(name).or_default();
        summing.statuses.push(picture.judged(node).health.status);
        if !map_node.root {
            summing.figures.add(&map_node.figures, 1.0);
            if with_parts {
                summing.parts.extend(inbound(picture, node));
            }
        }
    }
    picture
        .selection
        .namespaces
        .iter()
        .map(|(name, shown)| {
            let summing = by_name.remove(name.as_str()).unwrap_or_default();
            let having = |status| summing.statuses.iter().filter(|other| **other == status).count();
            NamespaceSummary {
                name: name.clone(),
                shown: *shown,
                system: picture.view.is_system(name),
                apps: summing.apps.len(),
                rate_rps: summing.figures.requests.map(|sums| sums.rate),
                error_share: summing.figures.requests.and_then(|sums| sums.error_share()),
                health: Some(judge(picture, &summing.figures, &summing.parts, name)),
                status: worst(&summing.statuses),
                degraded: having(Status::Degraded),
                failing: having(Status::Failing),
            }
        })
        .collect()
}

/// Trouble first; without any, one thing that is known to be well says more than another of which nothing is known.
fn worst(statuses: &[Status]) -> Status {
    let worst = statuses.iter().copied().max().unwrap_or_default();
    if worst < Status::Degraded && statuses.contains(&Status::Healthy) { Status::Healthy } else { worst }
}
