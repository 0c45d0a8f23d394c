//! The whole mesh as a graph of one type: nodes and edges with their sums, cycles found. Nothing is filtered yet, so that
//! a node's figures are the same whatever part of the map is drawn.
//! It must not know namespaces chosen, health or the wire.

use crate::{
    figures::Figures,
    graph_type::{NodeKey, Seat, Seating},
    link::Link,
    place::PlaceId,
    snapshot::Snapshot,
};
use model::{GraphType, Protocol};
use petgraph::{
    Direction,
    algo::kosaraju_scc,
    stable_graph::{EdgeIndex, NodeIndex, StableDiGraph},
    visit::{EdgeRef, IntoEdgeReferences},
};
use rustc_hash::FxHashMap;

#[derive(Debug)]
pub(crate) struct MapNode {
    pub(crate) key: NodeKey,
    pub(crate) inbound: Figures,
    pub(crate) outbound: Figures,
    /// Workloads and other places it stands for.
    pub(crate) places: Vec<PlaceId>,
    /// Workloads of an app, with what each answers and sends.
    pub(crate) rows: Vec<MapRow>,
    /// Put between a client and its workloads.
    pub(crate) injected: bool,
    pub(crate) cycle: bool,
    /// Its calls are shared out among services.
    pub(crate) estimated: bool,
}

#[derive(Debug)]
pub(crate) struct MapRow {
    pub(crate) place: PlaceId,
    pub(crate) inbound: Figures,
    pub(crate) outbound: Figures,
}

#[derive(Debug)]
pub(crate) struct MapEdge {
    pub(crate) source_row: Option<PlaceId>,
    pub(crate) target_row: Option<PlaceId>,
    pub(crate) protocol: Protocol,
    pub(crate) figures: Figures,
    pub(crate) parts: Vec<Part>,
    pub(crate) cycle: bool,
    pub(crate) estimated: bool,
}

/// A link, or a share of one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) link: u32,
    pub(crate) weight: f64,
}

#[derive(Debug)]
pub(crate) struct TrafficMap {
    pub(crate) graph: StableDiGraph<MapNode, MapEdge>,
    nodes: FxHashMap<NodeKey, NodeIndex>,
    edges: FxHashMap<EdgeKey, EdgeIndex>,
}

type EdgeKey = (NodeIndex, Option<PlaceId>, NodeIndex, Option<PlaceId>, Protocol);

impl TrafficMap {
    pub(crate) fn new(snapshot: &Snapshot, graph_type: GraphType, inject_services: bool) -> Self {
        let seating = Seating::new(snapshot, graph_type);
        let mut map = Self {
            graph: StableDiGraph::with_capacity(snapshot.places.all.len(), snapshot.links.len()),
            nodes: FxHashMap::default(),
            edges: FxHashMap::default(),
        };
        let inject = inject_services && graph_type != GraphType::Service;
        let versioned = graph_type == GraphType::VersionedApp;
        let cards = if versioned { cards(snapshot, &seating) } else { FxHashMap::default() };
        // A card has rows only where there are two to tell apart.
        let row_of = |seat: &Seat| seat.row.filter(|_| cards.get(&seat.node).is_some_and(|rows| *rows > 1));
        for (index, link) in snapshot.links.iter().enumerate() {
            let sources = seating.source(link);
            let target = seating.destination(link);
            let estimated = sources.len() > 1;
            for source in sources {
                let source_row = row_of(&source);
                let ends = map.ends(link, &source, &target);
                let part = Part {
                    link: u32::try_from(index).expect("fewer than four billion links"),
                    weight: source.weight,
                };
                let through =
                    link.service.filter(|service| inject && target.node != NodeKey::Service(*service));
                let drawn = match through {
                    None => vec![(ends.0, source_row, ends.1, row_of(&target))],
                    Some(service) => {
                        let service = map.injected(NodeKey::Service(service));
                        vec![(ends.0, source_row, service, None), (service, None, ends.1, row_of(&target))]
                    }
                };
                for (from, from_row, to, to_row) in drawn {
                    let key = (from, from_row, to, to_row, link.protocol);
                    map.add(key, link, part, estimated);
                }
                if let Some(place) = source.row {
                    map.row(ends.0, place).outbound.add(&link.figures, part.weight);
                }
                if let Some(place) = target.row {
                    map.row(ends.1, place).inbound.add(&link.figures, part.weight);
                }
            }
        }
        map.mark_cycles();
        map
    }

    fn ends(&mut self, link: &Link, source: &Seat, target: &Seat) -> (NodeIndex, NodeIndex) {
        let from = self.node(source.node);
        let to = self.node(target.node);
        for (node, place) in [(from, link.source), (to, link.destination)] {
            let places = &mut self.graph[node].places;
            if !places.contains(&place) {
                places.push(place);
            }
        }
        (from, to)
    }

    fn node(&mut self, key: NodeKey) -> NodeIndex {
        let graph = &mut self.graph;
        *self.nodes.entry(key).or_insert_with(|| {
            graph.add_node(MapNode {
                key,
                inbound: Figures::default(),
                outbound: Figures::default(),
                places: Vec::new(),
                rows: Vec::new(),
                injected: false,
                cycle: false,
                estimated: false,
            })
        })
    }

    fn injected(&mut self, key: NodeKey) -> NodeIndex {
        let node = self.node(key);
        self.graph[node].injected = true;
        node
    }

    fn add(&mut self, key: EdgeKey, link: &Link, part: Part, estimated: bool) {
        let (from, source_row, to, target_row, protocol) = key;
        let graph = &mut self.graph;
        let edge = *self.edges.entry(key).or_insert_with(|| {
            let edge = MapEdge {
                source_row,
                target_row,
                protocol,
                figures: Figures::default(),
                parts: Vec::new(),
                cycle: false,
                estimated: false,
            };
            graph.add_edge(from, to, edge)
        });
        graph[edge].figures.add(&link.figures, part.weight);
        graph[edge].parts.push(part);
        graph[edge].estimated |= estimated;
        graph[from].outbound.add(&link.figures, part.weight);
        graph[to].inbound.add(&link.figures, part.weight);
        graph[from].estimated |= estimated;
    }

    fn row(&mut self, node: NodeIndex, place: PlaceId) -> &mut MapRow {
        let rows = &mut self.graph[node].rows;
        let at = rows.iter().position(|row| row.place == place).unwrap_or_else(|| {
            rows.push(MapRow { place, inbound: Figures::default(), outbound: Figures::default() });
            rows.len() - 1
        });
        &mut rows[at]
    }

    /// Strongly connected nodes call each other in circles; so does one that calls itself.
    fn mark_cycles(&mut self) {
        let mut component: FxHashMap<NodeIndex, usize> = FxHashMap::default();
        for (number, members) in kosaraju_scc(&self.graph).into_iter().enumerate() {
            for node in members {
                component.insert(node, number);
            }
        }
        let closing: Vec<(EdgeIndex, NodeIndex, NodeIndex)> = self
            .graph
            .edge_references()
            .filter(|edge| component[&edge.source()] == component[&edge.target()])
            .map(|edge| (edge.id(), edge.source(), edge.target()))
            .collect();
        for (edge, source, target) in closing {
            self.graph[edge].cycle = true;
            self.graph[source].cycle = true;
            self.graph[target].cycle = true;
        }
    }

    /// By version, then by workload.
    pub(crate) fn sort_rows(&mut self, snapshot: &Snapshot) {
        for node in self.graph.node_weights_mut() {
            node.rows.sort_by_key(|row| {
                let known = snapshot.places.get(row.place);
                (snapshot.text(known.row_name()), snapshot.text(known.row_key()))
            });
        }
    }

    /// It only sends.
    pub(crate) fn is_root(&self, node: NodeIndex) -> bool {
        self.graph.edges_directed(node, Direction::Incoming).next().is_none()
    }
}

impl MapNode {
    /// What it is judged and described by: what it answers, or what it sends where it only sends.
    pub(crate) fn own_figures(&self, is_root: bool) -> &Figures {
        if is_root { &self.outbound } else { &self.inbound }
    }
}

/// How many workloads each app has.
fn cards(snapshot: &Snapshot, seating: &Seating<'_>) -> FxHashMap<NodeKey, usize> {
    let mut members: FxHashMap<NodeKey, Vec<PlaceId>> = FxHashMap::default();
    for link in &snapshot.links {
        for seat in seating.source(link).into_iter().chain([seating.destination(link)]) {
            if let Some(row) = seat.row {
                let rows = members.entry(seat.node).or_default();
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
        }
    }
    members.into_iter().map(|(node, rows)| (node, rows.len())).collect()
}
