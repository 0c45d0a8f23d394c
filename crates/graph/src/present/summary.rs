//! Sums over a picture: its totals, and each namespace in a line.
//! It must not know single nodes' names.

use crate::{figures::RequestSums, picture::Picture, select};
use model::{
    Status,
    graph::{NamespaceSummary, Totals},
};
use std::collections::{BTreeMap, BTreeSet};

/// Each request once: what an injected service passes on was counted on its way in.
pub(super) fn totals(picture: &Picture<'_>) -> Totals {
    let mut sums: Option<RequestSums> = None;
    for edge in &picture.selection.edges {
        let (source, _) = picture.ends(*edge);
        if picture.node(source).injected {
            continue;
        }
        if let Some(requests) = picture.edge(*edge).figures.requests {
            sums.get_or_insert_default().add(&requests, 1.0);
        }
    }
    Totals {
        nodes: picture.selection.nodes.len(),
        edges: picture.selection.edges.len(),
        rate_rps: sums.map(|sums| sums.rate),
        error_share: sums.and_then(|sums| sums.error_share()),
    }
}

#[derive(Default)]
struct Summing {
    apps: BTreeSet<String>,
    requests: Option<RequestSums>,
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
    for node in picture.map.graph.node_indices() {
        let map_node = picture.node(node);
        if map_node.injected {
            continue;
        }
        let name = select::node_namespace(picture.snapshot, &picture.map, node);
        let summing = by_name.entry(name).or_default();
        summing.statuses.push(picture.judged(node).health.status);
        if let Some(requests) = map_node.figures.requests.filter(|_| !map_node.root) {
            summing.requests.get_or_insert_default().add(&requests, 1.0);
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
                rate_rps: summing.requests.map(|sums| sums.rate),
                error_share: summing.requests.and_then(|sums| sums.error_share()),
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
