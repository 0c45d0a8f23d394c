//! What of the map is drawn: chosen namespaces with their neighbours, then what lies near the focus.
//! It must not know figures or health.

use crate::{
    graph_type::NodeKey, place::Place, sample::Symbol, snapshot::Snapshot, traffic_map::TrafficMap,
    view::View,
};
use model::Extras;
use petgraph::{
    stable_graph::{EdgeIndex, NodeIndex},
    visit::{EdgeFiltered, EdgeRef, GraphRef, IntoEdgeReferences, IntoNeighbors, Reversed},
};
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) nodes: BTreeSet<NodeIndex>,
    pub(crate) edges: BTreeSet<EdgeIndex>,
    /// Every namespace that has traffic, and whether it is chosen.
    pub(crate) namespaces: BTreeMap<String, bool>,
    /// In a chosen namespace; the others are drawn as neighbours only.
    chosen: FxHashSet<NodeIndex>,
    /// A focus was asked for that is not in the picture; all of it is drawn.
    pub(crate) focus_missing: bool,
    /// A way was asked for that there is not; the two ends are drawn.
    pub(crate) way_missing: bool,
}

impl Selection {
    pub(crate) fn new(snapshot: &Snapshot, view: &View, map: &TrafficMap, ids: &[String]) -> Self {
        let mut selection = Self { namespaces: namespaces(snapshot, view), ..Self::default() };
        selection.choose(snapshot, view, map);
        if let Some(focus) = &view.focus {
            let find = |id: &str| selection.nodes.iter().copied().find(|node| ids[node.index()] == id);
            match (find(focus), view.to.as_deref().map(find)) {
                (Some(at), None) => selection.focus(map, at, view.hops),
                (Some(from), Some(Some(to))) => selection.ways(map, from, to),
                _ => selection.focus_missing = true,
            }
        }
        selection
    }

    pub(crate) fn is_chosen(&self, node: NodeIndex) -> bool {
        self.chosen.contains(&node)
    }

    fn choose(&mut self, snapshot: &Snapshot, view: &View, map: &TrafficMap) {
        let mut nowhere = FxHashSet::default();
        for node in map.graph.node_indices() {
            let namespace = node_namespace(snapshot, map, node);
            // Gateways stay when their namespace is only hidden by default.
            let gateway = view.namespaces.is_none() && is_gateway(snapshot, map, node);
            let shown = gateway || self.namespaces.get(namespace).copied().unwrap_or(false);
            if namespace.is_empty() {
                nowhere.insert(node);
            } else if shown && is_cluster_chosen(snapshot, view, map, node) {
                self.chosen.insert(node);
            }
        }
        let drawn = map.graph.edge_references().filter(|edge| {
            let (source, target) = (edge.source(), edge.target());
            let either = self.chosen.contains(&source) || self.chosen.contains(&target);
            // Where labels for namespaces are missing altogether, hiding everything would help nobody.
            let neither_has_one = nowhere.contains(&source) && nowhere.contains(&target);
            let wanted = view.extras.has(Extras::IDLE) || !edge.weight().figures.is_idle();
            wanted && (either || (neither_has_one && view.namespaces.is_none()))
        });
        let drawn: Vec<_> = drawn.map(|edge| (edge.id(), [edge.source(), edge.target()])).collect();
        self.edges = drawn.iter().map(|(edge, _)| *edge).collect();
        self.nodes = drawn.iter().flat_map(|(_, ends)| *ends).collect();
    }

    /// Keeps what the focus reaches, and what reaches it, in as many hops.
    fn focus(&mut self, map: &TrafficMap, focus: NodeIndex, hops: u8) {
        let edges = &self.edges;
        let drawn = EdgeFiltered::from_fn(&map.graph, |edge| edges.contains(&edge.id()));
        let mut near = reach(&drawn, focus, hops.into());
        near.extend(reach(Reversed(&drawn), focus, hops.into()));
        self.keep(map, &near);
    }

    /// Keeps what lies on a way from one to the other, else from the other to the one: what the first reaches and the
    /// second is reached from.
    fn ways(&mut self, map: &TrafficMap, from: NodeIndex, to: NodeIndex) {
        let edges = &self.edges;
        let drawn = EdgeFiltered::from_fn(&map.graph, |edge| edges.contains(&edge.id()));
        let between = |from: NodeIndex, to: NodeIndex| -> FxHashSet<NodeIndex> {
            let back = reach(Reversed(&drawn), to, usize::MAX);
            reach(&drawn, from, usize::MAX).into_iter().filter(|node| back.contains(node)).collect()
        };
        let mut on_a_way = between(from, to);
        if on_a_way.is_empty() {
            on_a_way = between(to, from);
        }
        self.way_missing = on_a_way.is_empty();
        on_a_way.extend([from, to]);
        self.keep(map, &on_a_way);
    }

    fn keep(&mut self, map: &TrafficMap, near: &FxHashSet<NodeIndex>) {
        self.nodes.retain(|node| near.contains(node));
        self.edges.retain(|edge| {
            map.graph
                .edge_endpoints(*edge)
                .is_some_and(|(source, target)| near.contains(&source) && near.contains(&target))
        });
    }
}

/// Breadth first, a layer a hop.
fn reach<G>(graph: G, from: NodeIndex, hops: usize) -> FxHashSet<NodeIndex>
where
    G: GraphRef<NodeId = NodeIndex> + IntoNeighbors,
{
    let mut seen = FxHashSet::from_iter([from]);
    let mut layer = vec![from];
    for _ in 0..hops {
        if layer.is_empty() {
            break;
        }
        let mut next = Vec::new();
        for node in layer {
            for neighbour in graph.neighbors(node) {
                if seen.insert(neighbour) {
                    next.push(neighbour);
                }
            }
        }
        layer = next;
    }
    seen
}

fn namespaces(snapshot: &Snapshot, view: &View) -> BTreeMap<String, bool> {
    let mut found: FxHashSet<Symbol> = FxHashSet::default();
    for link in &snapshot.links {
        for id in [link.source, link.destination] {
            found.insert(snapshot.places.get(id).namespace());
        }
        found.extend(link.service.map(|service| service.namespace));
    }
    found
        .into_iter()
        .filter(|namespace| !namespace.is_empty())
        .map(|namespace| {
            let namespace = snapshot.text(namespace).to_owned();
            let chosen = match &view.namespaces {
                Some(wanted) => wanted.contains(&namespace),
                None => view.system || !view.is_system(&namespace),
            };
            (namespace, chosen)
        })
        .collect()
}

pub(crate) fn node_cluster<'a>(snapshot: &'a Snapshot, map: &TrafficMap, node: NodeIndex) -> &'a str {
    let symbol = match map.graph[node].key {
        NodeKey::App { cluster, .. }
        | NodeKey::Operation { cluster, .. }
        | NodeKey::MoreHosts { cluster } => cluster,
        NodeKey::Service(service) => service.cluster,
        NodeKey::Place(place) => snapshot.places.get(place).cluster(),
    };
    snapshot.text(symbol)
}

/// What is in no cluster is in every one.
fn is_cluster_chosen(snapshot: &Snapshot, view: &View, map: &TrafficMap, node: NodeIndex) -> bool {
    let Some(clusters) = &view.clusters else { return true };
    let cluster = node_cluster(snapshot, map, node);
    cluster.is_empty() || clusters.iter().any(|chosen| chosen == cluster)
}

pub(crate) fn node_namespace<'a>(snapshot: &'a Snapshot, map: &TrafficMap, node: NodeIndex) -> &'a str {
    let symbol = match map.graph[node].key {
        NodeKey::App { namespace, .. } | NodeKey::Operation { namespace, .. } => namespace,
        NodeKey::Service(service) => service.namespace,
        NodeKey::MoreHosts { .. } => Symbol::EMPTY,
        NodeKey::Place(place) => snapshot.places.get(place).namespace(),
    };
    snapshot.text(symbol)
}

pub(crate) fn is_gateway(snapshot: &Snapshot, map: &TrafficMap, node: NodeIndex) -> bool {
    let node = &map.graph[node];
    !matches!(node.key, NodeKey::Service(_))
        && node.places.iter().any(|place| {
            let known = snapshot.places.get(*place);
            known.is_gateway && matches!(known.place, Place::Workload { .. })
        })
}
