//! Namespaces drawn as one card each, with the lines between them summed. Rates are sums, the worst health stands for
//! all, and what cannot be summed (a quantile) is not known. It knows no place: opening one is an update of the picture.

use crate::{cards, find::Matched};
use layout::{
    index::Index,
    sorting::{Keyed as _, Order as _},
};
use model::{
    Change, Edge, Graph, Health, Node, NodeKind, Presence, Protocol, Reason, Requests, Status, Subject, Tcp,
    traffic::{Custom, Volume},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Cards, rows not counted, whose names can be read when all of them are in the window: above, the map opens with
/// namespaces folded.
pub const LIMIT: usize = 150;
/// So many lines a card, on the average, can still be followed with the eye.
const LINES_PER_CARD: usize = 1;

/// How ids of folded namespaces begin, as those of their boxes do.
const FOLDED: &str = "namespace/";

/// A graph with cards for namespaces, and what became of the nodes and edges it was made from.
#[derive(Debug)]
pub struct Folded {
    pub graph: Arc<Graph>,
    /// By index of the whole graph: where it is now.
    nodes: Vec<usize>,
    /// A line within a folded namespace is not drawn, nor are the smallest of too many.
    edges: Vec<Option<usize>>,
    /// Sums that were too small to be drawn.
    pub left_out: usize,
}

/// The id of the card, and of the band, of the namespace a node stands in.
pub fn home(node: &Node) -> Option<String> {
    let cluster = node.cluster.as_deref().filter(|cluster| !cluster.is_empty());
    let at = if cluster.is_some() { "@" } else { "" };
    node.namespace.as_ref().map(|namespace| [FOLDED, namespace, at, cluster.unwrap_or_default()].concat())
}

/// It ends at a folded namespace, so that it may stand for several calls.
pub(crate) fn is_sum(edge: &Edge) -> bool {
    [&edge.source, &edge.target].iter().any(|end| end.starts_with(FOLDED))
}

/// Folds the namespaces that `closed` says, by id. One with a single node is that node.
pub fn fold(graph: &Graph, closed: &dyn Fn(&str) -> bool) -> Folded {
    let homes: Vec<Option<String>> = graph.nodes.iter().map(home).collect();
    let mut members: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    for (home, node) in homes.iter().zip(&graph.nodes) {
        if let Some(home) = home.as_deref().filter(|home| closed(home)) {
            members.entry(home).or_default().push(node);
        }
    }
    let members = members.into_iter().filter(|(_, members)| members.len() > 1).keyed();
    // Where each node is drawn, by id.
    let drawn: Vec<&str> = homes
        .iter()
        .zip(&graph.nodes)
        .map(|(home, node)| home.as_deref().filter(|home| members.contains_key(home)).unwrap_or(&node.id))
        .collect();
    let mut nodes: Vec<Node> = members.iter().map(|(id, members)| namespace(id, members)).collect();
    let stay = graph.nodes.iter().zip(&drawn).filter(|(node, drawn)| node.id == **drawn);
    nodes.extend(stay.map(|(node, _)| node.clone()));
    nodes.order_by(|a, b| a.id.cmp(&b.id));
    let index = Index::new(&mut nodes.iter().map(|node| node.id.as_str()));
    let node_of: Vec<usize> = drawn.iter().map(|id| index.get(id).unwrap_or_default()).collect();
    let (mut edges, mut edge_of) = lines(graph, &nodes, &node_of);
    let opened: BTreeSet<&str> = homes
        .iter()
        .zip(&graph.nodes)
        .filter(|(home, _)| home.as_deref().is_some_and(|home| !closed(home)))
        .map(|(_, node)| &*node.id)
        .distinct();
    let all = edges.len();
    thin_out(&mut edges, &mut edge_of, (nodes.len(), &opened), &|id| members.contains_key(id));
    let left_out = all - edges.len();
    let boxes = graph.boxes.iter().filter(|land| {
        let folded = |id: &str| members.contains_key(id);
        !folded(&land.id) && !land.parent.as_deref().is_some_and(folded)
    });
    let folded = Graph {
        meta: graph.meta.clone(),
        edges,
        boxes: boxes.cloned().collect(),
        findings: graph.findings.clone(),
        namespaces: graph.namespaces.clone(),
        totals: graph.totals.clone(),
        nodes,
    };
    Folded { nodes: node_of, edges: edge_of, left_out, graph: Arc::new(folded) }
}

impl Folded {
    /// A card is found where one of its nodes is, a line where one of its own is.
    pub fn matched(&self, whole: &Matched) -> Matched {
        let mut matched = Matched {
            nodes: vec![false; self.graph.nodes.len()],
            edges: vec![false; self.graph.edges.len()],
        };
        for (found, at) in whole.nodes.iter().zip(&self.nodes) {
            matched.nodes[*at] |= *found;
        }
        for (found, at) in whole.edges.iter().zip(&self.edges) {
            if let Some(at) = at {
                matched.edges[*at] |= *found;
            }
        }
        matched
    }

    /// What stands for a thing of the whole graph here; what is drawn itself stands for itself.
    pub fn subject(&self, whole: &Graph, subject: &Subject) -> Subject {
        let card = |at: usize| Subject::Node { id: self.graph.nodes[at].id.clone() };
        match subject {
            Subject::Node { id } | Subject::Row { node: id, .. } => {
                let at = whole.nodes.iter().position(|node| node.id == *id).map(|at| self.nodes[at]);
                at.filter(|at| self.graph.nodes[*at].id != *id).map(card)
            }
            Subject::Edge { id } => whole.edges.iter().position(|edge| edge.id == *id).and_then(|at| {
                let line = self.edges[at].map(|at| Subject::Edge { id: self.graph.edges[at].id.clone() });
                let within = || whole.nodes.iter().position(|node| node.id == whole.edges[at].source);
                line.or_else(|| Some(card(self.nodes[within()?])))
            }),
        }
        .unwrap_or_else(|| subject.clone())
    }
}

fn namespace(id: &str, members: &[&Node]) -> Node {
    let first = members[0];
    let mut card = Node {
        name: first.namespace.clone().unwrap_or_default(),
        cluster: first.cluster.clone(),
        health: health(members),
        alerts: members.iter().filter_map(|node| node.alerts).reduce(|a, b| a + b),
        // Its size stands where other cards have their one version.
        version: Some(cards::counted_kinds(members.iter().map(|node| node.kind))),
        flags: first.flags,
        last_seen_s: members.iter().filter_map(|node| node.last_seen_s).max(),
        ..Node::blank(id, NodeKind::Namespace)
    };
    card.flags.silent = members.iter().all(|node| node.flags.silent);
    card.flags.idle = members.iter().all(|node| node.flags.idle);
    card.flags.outside = members.iter().all(|node| node.flags.outside);
    // What only sends counts where nobody receives.
    for roots in [false, true] {
        if card.requests.is_none() && card.tcp.is_none() {
            for node in members.iter().filter(|node| node.flags.root == roots) {
                add_requests(&mut card.requests, node.requests.as_ref());
                add_tcp(&mut card.tcp, node.tcp.as_ref());
                add_volume(&mut card.volume, node.volume.as_ref());
                add_change(&mut card.change, node.change.as_ref());
            }
        }
    }
    card
}

/// Trouble anywhere is trouble; one that idles does not make its namespace idle.
fn health(members: &[&Node]) -> Health {
    let worst = members.iter().map(|node| node.health.status).max().unwrap_or_default();
    let well = members.iter().any(|node| node.health.status == Status::Healthy);
    if worst < Status::Degraded {
        return Health { status: if well { Status::Healthy } else { worst }, reasons: Vec::new() };
    }
    let troubled = members.iter().filter(|node| node.health.status == worst);
    let reasons = troubled.filter_map(|node| {
        let reason = node.health.reasons.first()?;
        Some(Reason { sentence: format!("{}: {}", node.name, reason.sentence), ..reason.clone() })
    });
    Health { status: worst, reasons: reasons.collect() }
}

/// The lines between cards, and for each line of the whole graph which of them it is part of.
fn lines(graph: &Graph, cards: &[Node], card_of: &[usize]) -> (Vec<Edge>, Vec<Option<usize>>) {
    let index = Index::new(&mut graph.nodes.iter().map(|node| node.id.as_str()));
    let card = |id: &str| index.get(id).map(|at| card_of[at]);
    let mut sums: Vec<Edge> = Vec::new();
    let mut known = BTreeMap::new();
    let mut part_of = vec![None; graph.edges.len()];
    for (edge, part_of) in graph.edges.iter().zip(&mut part_of) {
        let Some((source, target)) = card(&edge.source).zip(card(&edge.target)) else { continue };
        let ends = [&cards[source].id, &cards[target].id];
        let whole = (*ends[0] == edge.source, *ends[1] == edge.target);
        let single = whole == (true, true);
        if source == target && !single {
            continue;
        }
        let next = sums.len();
        let at = if single {
            next
        } else {
            *known.entry((source * cards.len() + target) * 3 + edge.protocol as usize).or_insert(next)
        };
        *part_of = Some(at);
        if let Some(sum) = sums.get_mut(at) {
            add_edge(sum, edge);
            continue;
        }
        let mut sum = Edge { source: ends[0].clone(), target: ends[1].clone(), ..edge.clone() };
        sum.source_row = sum.source_row.filter(|_| whole.0);
        sum.target_row = sum.target_row.filter(|_| whole.1);
        if !single {
            sum.id = [ends[0], ">", ends[1], "/", word(edge)].concat();
            (sum.source_share, sum.other_side) = (None, None);
        }
        sums.push(sum);
    }
    (in_order(sums, &mut part_of), part_of)
}

/// By id, as the lists of a graph are.
fn in_order(mut sums: Vec<Edge>, part_of: &mut [Option<usize>]) -> Vec<Edge> {
    let mut order: Vec<usize> = (0..sums.len()).collect();
    order.order_by(|a, b| sums[*a].id.cmp(&sums[*b].id));
    let mut ranks = vec![0; order.len()];
    for (rank, at) in order.iter().enumerate() {
        ranks[*at] = rank;
    }
    sums.order_by(|a, b| a.id.cmp(&b.id));
    for at in part_of.iter_mut().flatten() {
        *at = ranks[*at];
    }
    sums
}

/// Namespaces call each other in all directions. What is in trouble stays, each card keeps its busiest lines, and of the
/// rest only as many as can be read; lines between single services are never left out. Cards of open namespaces count
/// by themselves: opening one changes nothing between the others.
fn thin_out(
    edges: &mut Vec<Edge>,
    edge_of: &mut [Option<usize>],
    (cards, opened): (usize, &BTreeSet<&str>),
    folded: &dyn Fn(&str) -> bool,
) {
    let mut left = [cards - opened.len(), opened.len()].map(|cards| cards * LINES_PER_CARD);
    if edges.len() <= left[0] + left[1] {
        return;
    }
    let mut by_flow: Vec<usize> = (0..edges.len()).collect();
    by_flow.order_by(|a, b| flow(&edges[*b]).total_cmp(&flow(&edges[*a])));
    let mut stays = vec![false; edges.len()];
    let mut seen = [BTreeSet::new(), BTreeSet::new()];
    for at in by_flow {
        let edge = &edges[at];
        let whole = !folded(&edge.source) && !folded(&edge.target);
        let ends = [&*edge.source, &*edge.target];
        let share = usize::from(ends.iter().any(|end| opened.contains(end)));
        let is_first = |(end, seen): (&&str, &BTreeSet<&str>)| {
            !seen.contains(end) && (share == 0 || opened.contains(end))
        };
        let first = ends.iter().zip(&seen).any(is_first);
        if whole || first || left[share] > 0 || edge.health.status >= Status::Degraded {
            stays[at] = true;
            left[share] = left[share].saturating_sub(1);
            for (end, seen) in ends.iter().zip(&mut seen) {
                seen.insert(end);
            }
        }
    }
    let (mut places, mut left) = (Vec::with_capacity(stays.len()), 0);
    for stays in stays {
        places.push(stays.then_some(left));
        left += usize::from(stays);
    }
    let mut stays = places.iter();
    edges.retain(|_| stays.next().is_some_and(Option::is_some));
    for at in edge_of {
        *at = at.and_then(|at| places[at]);
    }
}

fn flow(edge: &Edge) -> f64 {
    cards::flow_rps(edge.requests.as_ref(), edge.tcp.as_ref()).unwrap_or(0.0)
}

fn word(edge: &Edge) -> &'static str {
    match edge.protocol {
        Protocol::Http => "http",
        Protocol::Grpc => "grpc",
        Protocol::Tcp => "tcp",
    }
}

fn add_edge(sum: &mut Edge, edge: &Edge) {
    let (a, b) = (flow(sum), flow(edge));
    let weighted = |x: f64, y: f64| if a + b > 0.0 { (x * a + y * b) / (a + b) } else { x };
    sum.mtls_share = sum.mtls_share.zip(edge.mtls_share).map(|(x, y)| weighted(x, y));
    sum.latency = None;
    add_requests(&mut sum.requests, edge.requests.as_ref());
    add_tcp(&mut sum.tcp, edge.tcp.as_ref());
    add_volume(&mut sum.volume, edge.volume.as_ref());
    add_change(&mut sum.change, edge.change.as_ref());
    for more in &edge.custom {
        match sum.custom.iter_mut().find(|custom| custom.name == more.name) {
            Some(custom) => custom.per_s += more.per_s,
            None => sum.custom.push(Custom { parts: Vec::new(), ..more.clone() }),
        }
    }
    if edge.health.status > sum.health.status {
        sum.health = edge.health.clone();
    }
    sum.flags.silent &= edge.flags.silent;
    sum.flags.unreached &= edge.flags.unreached;
    sum.flags.cycle |= edge.flags.cycle;
    sum.flags.estimated |= edge.flags.estimated;
    sum.last_seen_s = sum.last_seen_s.max(edge.last_seen_s);
}

fn add_requests(sum: &mut Option<Requests>, more: Option<&Requests>) {
    let Some(more) = more else { return };
    let sum = sum.get_or_insert_default();
    sum.rate_rps += more.rate_rps;
    sum.error_rate_rps += more.error_rate_rps;
    sum.count += more.count;
    sum.error_share = (sum.rate_rps > 0.0).then(|| sum.error_rate_rps / sum.rate_rps);
    add(&mut sum.unreached_rps, more.unreached_rps);
}

fn add_tcp(sum: &mut Option<Tcp>, more: Option<&Tcp>) {
    let Some(more) = more else { return };
    let sum = sum.get_or_insert_default();
    add(&mut sum.sent_bytes_per_s, more.sent_bytes_per_s);
    add(&mut sum.received_bytes_per_s, more.received_bytes_per_s);
    add(&mut sum.opened_per_s, more.opened_per_s);
    add(&mut sum.closed_per_s, more.closed_per_s);
    add(&mut sum.flagged_per_s, more.flagged_per_s);
    add(&mut sum.open, more.open);
}

/// Of several, how large one is cannot be told.
pub(crate) fn add_volume(sum: &mut Option<Volume>, more: Option<&Volume>) {
    let Some(more) = more else { return };
    let sum = sum.get_or_insert_default();
    add(&mut sum.request_bytes_per_s, more.request_bytes_per_s);
    add(&mut sum.response_bytes_per_s, more.response_bytes_per_s);
    add(&mut sum.sent_messages_per_s, more.sent_messages_per_s);
    add(&mut sum.received_messages_per_s, more.received_messages_per_s);
    (sum.request_size, sum.response_size) = (None, None);
}

/// New or gone only where all of it is.
fn add_change(sum: &mut Option<Change>, more: Option<&Change>) {
    let Some(more) = more else { return };
    let Some(sum) = sum else {
        *sum = Some(Change { error_share: None, mean_ms: None, ..more.clone() });
        return;
    };
    if sum.presence != more.presence {
        sum.presence = Presence::Both;
    }
    add(&mut sum.rate_rps, more.rate_rps);
    (sum.error_share, sum.mean_ms) = (None, None);
}

fn add(sum: &mut Option<f64>, more: Option<f64>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0.0) + more);
    }
}
