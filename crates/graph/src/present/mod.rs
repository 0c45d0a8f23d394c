//! Pictures in the words of the wire. Each function here is a pure function of one snapshot and one view.
//! It must not know how anything was measured or asked for.

mod boxes;
mod detail;
mod edge;
mod findings;
mod flags;
mod hosts;
mod intended;
mod node;
mod summary;

pub use detail::{edge_detail, node_detail};

use crate::{picture::Picture, snapshot::Snapshot, view::View};
use model::{
    Graph, Warning,
    graph::{Meta, NamespaceSummary, Percentiles},
};
use petgraph::stable_graph::{EdgeIndex, NodeIndex};
use std::collections::BTreeSet;

/// The graph as it travels. `meta.queries`, `meta.engine` and `meta.stale` are left to whoever asked Prometheus.
pub fn view(snapshot: &Snapshot, view: &View) -> Graph {
    let picture = Picture::new(snapshot, view);
    // Ids are sorted before anything is built on them: nodes and edges are large.
    let mut nodes: Vec<NodeIndex> = picture.selection.nodes.iter().copied().collect();
    nodes.sort_by_key(|node| picture.id(*node));
    let mut edges: Vec<(String, EdgeIndex)> =
        picture.selection.edges.iter().map(|edge| (picture.edge_id(*edge), *edge)).collect();
    edges.sort();
    let findings = findings::findings(&picture);
    Graph {
        meta: meta(&picture),
        boxes: boxes::boxes(&picture),
        findings,
        namespaces: summary::namespaces(&picture),
        totals: summary::totals(&picture),
        nodes: nodes.into_iter().map(|node| node::node(&picture, node)).collect(),
        edges: edges.into_iter().map(|(id, edge)| edge::edge(&picture, edge, id)).collect(),
    }
}

/// Every namespace with traffic, by name; `shown` as this view chooses.
pub fn namespaces(snapshot: &Snapshot, view: &View) -> Vec<NamespaceSummary> {
    summary::namespaces(&Picture::new(snapshot, view))
}

fn meta(picture: &Picture<'_>) -> Meta {
    let (snapshot, view) = (picture.snapshot, picture.view);
    let mut warnings = snapshot.warnings.clone();
    if picture.selection.focus_missing {
        warnings.push(Warning {
            code: "focus_not_found".into(),
            column: None,
            sentence: "What you focused on has no traffic in this window or lies in no chosen namespace; all is drawn."
                .into(),
        });
    }
    if picture.selection.way_missing {
        warnings.push(Warning {
            code: "no_way".into(),
            column: None,
            sentence: "No calls lead from the one to the other in this window, either way round.".into(),
        });
    }
    Meta {
        graph_type: view.graph_type,
        window_s: snapshot.window.window_s,
        at_s: snapshot.window.at_s,
        scrape_interval_s: snapshot.window.scrape_interval_s,
        engine: None,
        percentiles: percentiles(snapshot, view),
        queries: Vec::new(),
        warnings,
        quality: snapshot.quality.clone(),
        stale: None,
        clusters: clusters(snapshot),
    }
}

fn clusters(snapshot: &Snapshot) -> Vec<String> {
    let places = snapshot.places.all.iter().map(|known| snapshot.text(known.cluster()));
    let names: BTreeSet<&str> = places.filter(|name| !name.is_empty()).collect();
    names.into_iter().filter(|_| snapshot.cluster_count > 1).map(str::to_owned).collect()
}

fn percentiles(snapshot: &Snapshot, view: &View) -> Percentiles {
    let no_traffic = !snapshot.links.iter().any(|link| link.figures.requests.is_some_and(|r| r.rate > 0.0));
    let some = !snapshot.grid.bounds().is_empty();
    let answered = if view.extras.has(model::Extras::SUCCESSFUL) {
        snapshot.answered.successful_buckets
    } else {
        snapshot.answered.buckets
    };
    match (answered, view.percentiles) {
        (true, _) if some || no_traffic => Percentiles::Present,
        (false, false) => Percentiles::NotAsked,
        (false, true) if !snapshot.buckets_asked => Percentiles::Pending,
        _ => Percentiles::Missing,
    }
}
