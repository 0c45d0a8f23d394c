//! A map with everything decided about it: ids, what is drawn, who is silent, how well each node, row and edge does.
//! Lists, details and findings all read it. It must not know the wire's shape of nodes and edges.

use crate::{
    canary::compare::{self, Inbound},
    figures::{self, Figures},
    health::{self, Direction, Evidence, Held, Judging},
    ids, naming,
    select::Selection,
    snapshot::Snapshot,
    traffic_map::{MapEdge, MapNode, MapRow, Part, TrafficMap},
    view::View,
};
use model::{
    Extras, Health, Latency, Protocol, Status,
    graph::{Comparison, Verdict},
};
use petgraph::{
    Direction as Way,
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
    /// The rules, where the same hold for everything.
    standard: Option<Held<'a>>,
}

#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) health: Health,
    /// By its own traffic, without its versions.
    pub(crate) own_status: Status,
    /// In the order of the map's rows.
    pub(crate) rows: Vec<JudgedRow>,
    pub(crate) silent: bool,
    pub(crate) idle: bool,
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
        let mut map = TrafficMap::new(snapshot, view);
        map.sort_rows(snapshot);
        let mut ids = vec![String::new(); map.graph.node_indices().map(|n| n.index() + 1).max().unwrap_or(0)];
        for node in map.graph.node_indices() {
            ids[node.index()] = ids::node_id(snapshot, map.graph[node].key);
        }
        let selection = Selection::new(snapshot, view, &map, &ids);
        let standard = view.config.health.standard();
        let mut picture =
            Self { snapshot, view, judged: Vec::new(), sent: sent(&map), map, ids, selection, standard };
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
        let map_edge = self.edge(edge);
        let parts = || map_edge.parts.clone();
        if let Some(standard) = &self.standard {
            return self.judge(&map_edge.figures, &parts, standard);
        }
        let (source, target) = self.ends(edge);
        let rules = &self.view.config.health;
        let names = [source, target].map(|node| naming::name(self.snapshot, &self.map, node));
        let sender = rules.held(&self.judging(source, &names[0], Direction::Outbound));
        let receiver = rules.held(&self.judging(target, &names[1], Direction::Inbound));
        self.judge(&map_edge.figures, &parts, &receiver.stricter(&sender))
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
        figures::share(amount(&edge.figures)?, *all)
    }

    /// Of all requests, or of those that did not fail, as the view chooses.
    pub(crate) fn latency(&self, figures: &Figures) -> Option<Latency> {
        let sums =
            if self.view.extras.has(Extras::SUCCESSFUL) { &figures.successful } else { &figures.latency };
        sums.model(&self.snapshot.grid)
    }

    /// What is no node by its own name: a box, a namespace, the mesh.
    pub(crate) fn judge_as(
        &self,
        figures: &Figures,
        parts: &dyn Fn() -> Vec<Part>,
        judging: &Judging<'_>,
    ) -> Health {
        match &self.standard {
            Some(standard) => self.judge(figures, parts, standard),
            None => self.judge(figures, parts, &self.view.config.health.held(judging)),
        }
    }

    fn judging<'n>(&'n self, node: NodeIndex, name: &'n str, direction: Direction) -> Judging<'n> {
        Judging {
            namespace: crate::select::node_namespace(self.snapshot, &self.map, node),
            kind: Some(naming::kind(self.snapshot, &self.map, node)),
            name,
            direction,
        }
    }

    /// The whole of it, or one of its rows.
    fn judge_node_by(&self, node: NodeIndex, figures: &Figures, row: Option<&MapRow>) -> Health {
        let root = self.node(node).root;
        let way = if root { Way::Outgoing } else { Way::Incoming };
        let parts = || -> Vec<Part> {
            let edges = self.map.graph.edges_directed(node, way);
            let all = edges.flat_map(|edge| edge.weight().parts.iter().copied());
            let of_row = |part: &Part| {
                let link = &self.snapshot.links[part.link as usize];
                row.is_none_or(|row| row.place == if root { link.source } else { link.destination })
            };
            all.filter(of_row).collect()
        };
        if let Some(standard) = &self.standard {
            return self.judge(figures, &parts, standard);
        }
        let name = naming::name(self.snapshot, &self.map, node);
        let direction = if root { Direction::Outbound } else { Direction::Inbound };
        self.judge(figures, &parts, &self.view.config.health.held(&self.judging(node, &name, direction)))
    }

    fn judge(&self, figures: &Figures, parts: &dyn Fn() -> Vec<Part>, held: &Held<'_>) -> Health {
        let latency = || self.latency(figures);
        let of_code = |protocol: Protocol, code: &str| {
            let links = &self.snapshot.links;
            parts()
                .iter()
                .map(|part| links[part.link as usize].rate_of(self.snapshot, protocol, code) * part.weight)
                .sum()
        };
        let evidence =
            Evidence { figures, window_s: self.snapshot.window_s(), latency: &latency, of_code: &of_code };
        health::judge(&evidence, held)
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
        let mut health = self.judge_node_by(node, &map_node.figures, None);
        let own_status = health.status;
        let rows = self.judge_rows(node, inbound);
        if rows.len() > 1 {
            self.blame_rows(map_node, &rows, &mut health);
        }
        let edges = |direction| self.map.graph.edges_directed(node, direction);
        let (mut silent, mut idle) = (true, true);
        let mut last_seen_s: Option<f64> = None;
        for edge in edges(Way::Incoming).chain(edges(Way::Outgoing)) {
            let figures = &edge.weight().figures;
            silent &= self.is_silent(figures);
            idle &= figures.is_idle();
            last_seen_s = last_seen_s.into_iter().chain(figures.last_seen_s).reduce(f64::max);
        }
        Judged { health, own_status, rows, silent, idle, last_seen_s }
    }

    fn judge_rows(&self, index: NodeIndex, inbound: &Inbound) -> Vec<JudgedRow> {
        let node = self.node(index);
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
            .map(|(row, comparison)| JudgedRow {
                health: self.judge_node_by(index, &row.figures, Some(row)),
                comparison,
            })
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
