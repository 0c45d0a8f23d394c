//! The whole mesh as a graph of one type: nodes and edges with their sums, cycles found. Nothing is filtered yet, so that
//! a node's figures are the same whatever part of the map is drawn.
//! It must not know namespaces chosen, health or the wire.

use crate::{
    figures::Figures,
    graph_type::{self, NodeKey, Seat, Seating},
    link::Link,
    place::PlaceId,
    snapshot::Snapshot,
    view::View,
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
    /// What it answers; what it sends, for a root. It is judged and described by these.
    pub(crate) figures: Figures,
    /// It only sends.
    pub(crate) root: bool,
    /// Workloads and other places it stands for.
    pub(crate) places: Vec<PlaceId>,
    /// Workloads of an app.
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
    /// In the direction of its node's; nothing where the node has no other row.
    pub(crate) figures: Figures,
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

/// What traffic passes through on the picture, and whether cards have rows.
#[derive(Debug, Clone, Copy)]
struct Through {
    services: bool,
    operations: bool,
    versioned: bool,
}

/// A part of a link with its two ends in place.
#[derive(Debug, Clone, Copy)]
struct Seated {
    part: Part,
    from: (NodeIndex, Option<PlaceId>),
    to: (NodeIndex, Option<PlaceId>),
    estimated: bool,
}

impl TrafficMap {
    pub(crate) fn new(snapshot: &Snapshot, view: &View) -> Self {
        let graph_type = view.graph_type;
        let mut map = Self {
            graph: StableDiGraph::with_capacity(snapshot.places.all.len(), snapshot.links.len()),
            nodes: FxHashMap::default(),
            edges: FxHashMap::default(),
        };
        let seated = map.seat(snapshot, &Seating::new(snapshot, graph_type, view.config.max_hosts));
        let through = Through {
            services: view.injects_services() && graph_type != GraphType::Service,
            operations: view.operations.is_some(),
            versioned: graph_type == GraphType::VersionedApp,
        };
        for seat in &seated {
            map.connect(snapshot, seat, through);
        }
        map.sum_nodes();
        map.sum_rows(snapshot, &seated);
        map.mark_cycles();
        map
    }

    fn seat(&mut self, snapshot: &Snapshot, seating: &Seating<'_>) -> Vec<Seated> {
        let mut seated = Vec::with_capacity(snapshot.links.len());
        for (index, link) in snapshot.links.iter().enumerate() {
            let target = seating.destination(link);
            let to = self.sit(&target, link.destination);
            let sources = seating.source(link);
            let estimated = sources.len() > 1;
            for source in sources {
                let from = self.sit(&source, link.source);
                let link = u32::try_from(index).expect("fewer than four billion links");
                let part = Part { link, weight: source.weight };
                seated.push(Seated { part, from: (from, source.row), to: (to, target.row), estimated });
            }
        }
        seated
    }

    fn sit(&mut self, seat: &Seat, place: PlaceId) -> NodeIndex {
        let index = self.node(seat.node);
        let node = &mut self.graph[index];
        if !node.places.contains(&place) {
            node.places.push(place);
        }
        if let Some(place) = seat.row.filter(|place| node.rows.iter().all(|row| row.place != *place)) {
            node.rows.push(MapRow { place, figures: Figures::default() });
        }
        index
    }

    fn connect(&mut self, snapshot: &Snapshot, seated: &Seated, through: Through) {
        let link = &snapshot.links[seated.part.link as usize];
        // A card has rows only where there are two to tell apart.
        let row = |(node, row): (NodeIndex, Option<PlaceId>)| {
            row.filter(|_| through.versioned && self.graph[node].rows.len() > 1)
        };
        let (from, to) = ((seated.from.0, row(seated.from)), (seated.to.0, row(seated.to)));
        let service = link
            .service
            .map(NodeKey::Service)
            .filter(|service| through.services && self.graph[to.0].key != *service);
        let operation = graph_type::operation(link, snapshot).filter(|_| through.operations);
        let mut before = from;
        for between in [service, operation].into_iter().flatten() {
            let between = (self.injected(between), None);
            self.add((before.0, before.1, between.0, between.1, link.protocol), link, seated);
            before = between;
        }
        self.add((before.0, before.1, to.0, to.1, link.protocol), link, seated);
    }

    fn node(&mut self, key: NodeKey) -> NodeIndex {
        let graph = &mut self.graph;
        *self.nodes.entry(key).or_insert_with(|| {
            graph.add_node(MapNode {
                key,
                figures: Figures::default(),
                root: false,
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

    fn add(&mut self, key: EdgeKey, link: &Link, seated: &Seated) {
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
        graph[edge].figures.add(&link.figures, seated.part.weight);
        graph[edge].parts.push(seated.part);
        graph[edge].estimated |= seated.estimated;
        graph[from].estimated |= seated.estimated;
    }

    fn sum_nodes(&mut self) {
        let nodes: Vec<NodeIndex> = self.graph.node_indices().collect();
        for node in nodes {
            let root = self.graph.edges_directed(node, Direction::Incoming).next().is_none();
            let direction = if root { Direction::Outgoing } else { Direction::Incoming };
            let mut figures = Figures::default();
            for edge in self.graph.edges_directed(node, direction) {
                figures.add(&edge.weight().figures, 1.0);
            }
            self.graph[node].root = root;
            self.graph[node].figures = figures;
        }
    }

    fn sum_rows(&mut self, snapshot: &Snapshot, seated: &[Seated]) {
        for seat in seated {
            for ((node, place), for_roots) in [(seat.from, true), (seat.to, false)] {
                let node = &mut self.graph[node];
                if node.root != for_roots || node.rows.len() < 2 {
                    continue;
                }
                if let Some(row) = node.rows.iter_mut().find(|row| Some(row.place) == place) {
                    row.figures.add(&snapshot.links[seat.part.link as usize].figures, seat.part.weight);
                }
            }
        }
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
}
