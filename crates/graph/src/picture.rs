//! A map with everything decided about it: ids, what is drawn, who is silent, how well each node, row and edge does.
//! Lists, details and findings all read it. It must not know the wire's shape of nodes and edges.

use crate::{
    canary::compare::{self, Inbound},
    figures::Figures,
    health, ids,
    select::Selection,
    snapshot::Snapshot,
    traffic_map::{MapEdge, MapNode, TrafficMap},
    view::View,
};
use model::{
    Health, Protocol, Status,
    graph::{Comparison, Verdict},
};
use petgraph::{
    Direction,
    stable_graph::{EdgeIndex, NodeIndex},
    visit::{EdgeRef, IntoEdgeReferences},
};
use rustc_hash::FxHashMap;

#[derive(Debug)]
pub(crate) struct Picture<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) view: &'a View,
    pub(crate) map: TrafficMap,
    /// By node index.
    pub(crate) ids: Vec<String>,
    pub(crate) selection: Selection,
    /// By node index.
    pub(crate) judged: Vec<Judged>,
    sent: FxHashMap<(NodeIndex, Protocol), f64>,
}

#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) health: Health,
    /// By its own traffic, without its versions.
    pub(crate) own_status: Status,
    /// In the order of the map's rows.
    pub(crate) rows: Vec<JudgedRow>,
    pub(crate) silent: bool,
    pub(crate) last_seen_s: Option<f64>,
}

#[derive(Debug)]
pub(crate) struct JudgedRow {
    pub(crate) health: Health,
    pub(crate) comparison: Option<Comparison>,
}

impl JudgedRow {
    pub(crate) fn is_worse(&self) -> bool {
        self.comparison.as_ref().is_some_and(|comparison| comparison.verdict == Verdict::Worse)
    }
}

impl<'a> Picture<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, view: &'a View) -> Self {
        let mut map = TrafficMap::new(snapshot, view.graph_type, view.config.inject_services);
        map.sort_rows(snapshot);
        let mut ids = vec![String::new(); map.graph.node_indices().map(|n| n.index() + 1).max().unwrap_or(0)];
        for node in map.graph.node_indices() {
            ids[node.index()] = ids::node_id(snapshot, map.graph[node].key);
        }
        let selection = Selection::new(snapshot, view, &map, &ids);
        let mut picture = Self { snapshot, view, judged: Vec::new(), sent: sent(&map), map, ids, selection };
        picture.judged = picture.judge_all();
        picture
    }

    pub(crate) fn node(&self, node: NodeIndex) -> &MapNode {
        &self.map.graph[node]
    }

    pub(crate) fn edge(&self, edge: EdgeIndex) -> &MapEdge {
        &self.map.graph[edge]
    }

    pub(crate) fn ends(&self, edge: EdgeIndex) -> (NodeIndex, NodeIndex) {
        self.map.graph.edge_endpoints(edge).expect("edges come from this very graph")
    }

    pub(crate) fn id(&self, node: NodeIndex) -> &str {
        &self.ids[node.index()]
    }

    pub(crate) fn judged(&self, node: NodeIndex) -> &Judged {
        &self.judged[node.index()]
    }

    pub(crate) fn edge_id(&self, edge: EdgeIndex) -> String {
        let (source, target) = self.ends(edge);
        ids::edge_id(self.snapshot, self.id(source), self.id(target), self.edge(edge))
    }

    pub(crate) fn find_node(&self, id: &str) -> Option<NodeIndex> {
        self.map.graph.node_indices().find(|node| self.id(*node) == id)
    }

    pub(crate) fn find_edge(&self, id: &str) -> Option<EdgeIndex> {
        self.map.graph.edge_indices().find(|edge| self.edge_id(*edge) == id)
    }

    pub(crate) fn edge_health(&self, edge: EdgeIndex) -> Health {
        self.judge(&self.edge(edge).figures)
    }

    /// Traffic was seen, but none lately.
    pub(crate) fn is_silent(&self, figures: &Figures) -> bool {
        figures.last_seen_s.is_some_and(|seen_s| seen_s < self.snapshot.window.at_s as f64)
    }

    /// Share of the source's outgoing traffic of this protocol.
    pub(crate) fn source_share(&self, edge: EdgeIndex) -> Option<f64> {
        let (source, _) = self.ends(edge);
        let edge = self.edge(edge);
        let all = self.sent.get(&(source, edge.protocol))?;
        crate::figures::share(amount(&edge.figures)?, *all)
    }

    fn judge(&self, figures: &Figures) -> Health {
        health::judge(figures, self.snapshot.window_s(), &self.view.config.tolerances)
    }

    fn judge_all(&self) -> Vec<Judged> {
        let inbound = self.inbound_of_cards();
        let mut judged: Vec<Judged> = Vec::new();
        judged.resize_with(self.ids.len(), Judged::default);
        for node in self.map.graph.node_indices() {
            judged[node.index()] = self.judge_node(node, &inbound);
        }
        judged
    }

    fn judge_node(&self, node: NodeIndex, inbound: &Inbound) -> Judged {
        let map_node = self.node(node);
        let mut health = self.judge(&map_node.figures);
        let own_status = health.status;
        let rows = self.judge_rows(map_node, inbound);
        if rows.len() > 1 {
            self.blame_rows(map_node, &rows, &mut health);
        }
        let edges = |direction| self.map.graph.edges_directed(node, direction);
        let mut silent = true;
        let mut last_seen_s: Option<f64> = None;
        for edge in edges(Direction::Incoming).chain(edges(Direction::Outgoing)) {
            let figures = &edge.weight().figures;
            silent &= self.is_silent(figures);
            last_seen_s = last_seen_s.into_iter().chain(figures.last_seen_s).reduce(f64::max);
        }
        Judged { health, own_status, rows, silent, last_seen_s }
    }

    fn judge_rows(&self, node: &MapNode, inbound: &Inbound) -> Vec<JudgedRow> {
        if node.rows.len() < 2 {
            return Vec::new();
        }
        let comparisons = if node.root {
            vec![None; node.rows.len()]
        } else {
            compare::compare(self.snapshot, &node.rows, inbound, &self.view.config)
        };
        node.rows
            .iter()
            .zip(comparisons)
            .map(|(row, comparison)| JudgedRow { health: self.judge(&row.figures), comparison })
            .collect()
    }

    fn blame_rows(&self, node: &MapNode, rows: &[JudgedRow], health: &mut Health) {
        for (row, judged) in node.rows.iter().zip(rows) {
            let name = self.snapshot.text(self.snapshot.places.get(row.place).row_name());
            let count = row.figures.requests.map_or(0.0, |requests| requests.rate * self.snapshot.window_s());
            let worse = judged.comparison.as_ref().filter(|_| judged.is_worse());
            if let Some(comparison) = worse {
                health::blame_version(health, name, &comparison.sentence, count);
            } else if judged.health.status >= Status::Degraded {
                let why = judged.health.reasons.first().map_or("", |reason| reason.sentence.as_str());
                health::blame_version(health, name, &format!("{name}: {why}"), count);
            }
        }
    }

    /// Links into workloads that share an app with others.
    fn inbound_of_cards(&self) -> Inbound {
        let mut inbound: Inbound = self
            .map
            .graph
            .node_weights()
            .filter(|node| node.rows.len() > 1)
            .flat_map(|node| node.rows.iter().map(|row| (row.place, Vec::new())))
            .collect();
        for (index, link) in self.snapshot.links.iter().enumerate() {
            if let Some(links) = inbound.get_mut(&link.destination) {
                links.push(u32::try_from(index).expect("fewer than four billion links"));
            }
        }
        inbound
    }
}

/// Requests, or bytes of TCP.
pub(crate) fn amount(figures: &Figures) -> Option<f64> {
    figures.requests.map(|requests| requests.rate).or_else(|| figures.tcp.and_then(|tcp| tcp.bytes()))
}

fn sent(map: &TrafficMap) -> FxHashMap<(NodeIndex, Protocol), f64> {
    let mut sent: FxHashMap<(NodeIndex, Protocol), f64> = FxHashMap::default();
    for edge in map.graph.edge_references() {
        if let Some(amount) = amount(&edge.weight().figures) {
            *sent.entry((edge.source(), edge.weight().protocol)).or_default() += amount;
        }
    }
    sent
}
