//! The picture in rows: which columns there are, what stands in each cell, and how rows are ordered and left out.
//! The figures are those of cards and lines. It must not know the DOM.

use crate::{
    cards, figures,
    find::Matched,
    format::{self, NOT_APPLICABLE, UNKNOWN},
    speak,
};
use layout::sorting::Order as _;
use model::{Edge, Graph, Latency, Node, Protocol, Requests, Status, Subject, Tcp, VersionRow};
use std::cmp::Ordering;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Nodes,
    Edges,
}

#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    /// Words stand at the left, figures at the right.
    pub words: bool,
    /// Left out where there is little room.
    pub spare: bool,
}

const fn words(name: &'static str, spare: bool) -> Column {
    Column { name, words: true, spare }
}

const fn figure(name: &'static str, spare: bool) -> Column {
    Column { name, words: false, spare }
}

static NODES: [Column; 8] = [
    words("Name", false),
    words("Namespace", true),
    words("Health", false),
    figure("Rate", false),
    figure("Errors", false),
    figure("p95", false),
    figure("TCP", true),
    figure("mTLS", true),
];

static EDGES: [Column; 9] = [
    words("From", false),
    words("To", false),
    words("Protocol", true),
    words("Health", false),
    figure("Rate", false),
    figure("Errors", false),
    figure("p95", true),
    figure("TCP", true),
    figure("mTLS", true),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: usize,
    pub descending: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub subject: Subject,
    pub status: Status,
    /// One for each column.
    pub cells: Vec<String>,
    /// A version, beneath its card's row.
    pub nested: bool,
    /// Find matches it.
    pub lit: bool,
}

/// What a column sorts by; what is not known comes last either way.
#[derive(Clone, Debug, PartialEq)]
enum Key {
    Words(String),
    Number(Option<f64>),
}

struct Line {
    row: Row,
    keys: Vec<Key>,
    versions: Vec<Row>,
}

impl Of {
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Nodes => &NODES,
            Self::Edges => &EDGES,
        }
    }

    /// The worst first.
    pub fn first_sort(self) -> Sort {
        Sort { column: if self == Self::Nodes { 2 } else { 3 }, descending: true }
    }

    /// "14 nodes, by health, highest first".
    pub fn caption(self, rows: &[Row], sort: Sort) -> String {
        let n = rows.iter().filter(|row| !row.nested).count();
        let counted = match self {
            Self::Nodes => speak::counted(n, "node", "nodes"),
            Self::Edges => speak::counted(n, "edge", "edges"),
        };
        let column = self.columns().get(sort.column);
        let by = column.map_or_else(String::new, |column| match (column.name, sort.descending) {
            ("Health", true) => "worst first".into(),
            ("Health", false) => "best first".into(),
            (name, true) if column.words => format!("by {name}, Z to A"),
            (name, false) if column.words => format!("by {name}, A to Z"),
            (name, true) => format!("by {name}, highest first"),
            (name, false) => format!("by {name}, lowest first"),
        });
        format!("{counted}, {by}")
    }
}

impl Sort {
    /// A second choice of the same column turns it round; figures and health begin with the largest.
    #[must_use]
    pub fn chosen(self, of: Of, column: usize) -> Self {
        if self.column == column {
            return Self { descending: !self.descending, ..self };
        }
        let descending =
            of.columns().get(column).is_some_and(|column| !column.words || column.name == "Health");
        Self { column, descending }
    }

    /// As ARIA says it, for one column.
    pub fn aria(self, column: usize) -> &'static str {
        match (self.column == column, self.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }
}

/// The rows that the map draws, in order. Versions stay beneath their card.
pub fn rows(
    graph: &Graph,
    of: Of,
    matched: Option<&Matched>,
    shown: Option<&Matched>,
    sort: Sort,
) -> Vec<Row> {
    let mut lines: Vec<Line> = match of {
        Of::Nodes => (0..graph.nodes.len())
            .filter(|node| shown.is_none_or(|shown| shown.nodes[*node]))
            .map(|node| node_line(&graph.nodes[node], graph, is_lit(matched.map(|m| &m.nodes), node)))
            .collect(),
        Of::Edges => (0..graph.edges.len())
            .filter(|edge| shown.is_none_or(|shown| shown.edges[*edge]))
            .map(|edge| edge_line(&graph.edges[edge], graph, is_lit(matched.map(|m| &m.edges), edge)))
            .collect(),
    };
    lines.order_by(|a, b| by(a, b, sort));
    lines.into_iter().flat_map(|line| std::iter::once(line.row).chain(line.versions)).collect()
}

fn is_lit(list: Option<&Vec<bool>>, at: usize) -> bool {
    list.is_some_and(|list| list.get(at) == Some(&true))
}

/// Equal ones go by their first column, upwards.
fn by(a: &Line, b: &Line, sort: Sort) -> Ordering {
    let chosen = a.keys.get(sort.column).zip(b.keys.get(sort.column));
    let order = chosen.map_or(Ordering::Equal, |(a, b)| compare(a, b, sort.descending));
    order.then_with(|| compare(&a.keys[0], &b.keys[0], false)).then_with(|| a.row.cells.cmp(&b.row.cells))
}

fn compare(a: &Key, b: &Key, descending: bool) -> Ordering {
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    match (a, b) {
        (Key::Words(a), Key::Words(b)) => turned(a.cmp(b)),
        (Key::Number(Some(a)), Key::Number(Some(b))) => turned(a.total_cmp(b)),
        (Key::Number(a), Key::Number(b)) => b.is_some().cmp(&a.is_some()),
        _ => Ordering::Equal,
    }
}

/// What nodes, versions and edges have in common.
struct Facts<'a> {
    requests: Option<&'a Requests>,
    tcp: Option<&'a Tcp>,
    latency: Option<&'a Latency>,
    mtls_share: Option<f64>,
    silent: bool,
}

fn node_line(node: &Node, graph: &Graph, lit: bool) -> Line {
    let facts = Facts {
        requests: node.requests.as_ref(),
        tcp: node.tcp.as_ref(),
        latency: node.latency.as_ref(),
        mtls_share: node.mtls_share,
        silent: node.flags.silent,
    };
    let seen_s = node.last_seen_s.filter(|_| node.flags.silent);
    let place = node.namespace.clone().unwrap_or_else(|| NOT_APPLICABLE.into());
    let health = health(node.health.status, node.flags.silent, seen_s, graph.meta.at_s);
    let first = [
        (node.name.clone(), Key::Words(node.name.to_ascii_lowercase())),
        (place, Key::Words(node.namespace.clone().unwrap_or_default())),
        health,
    ];
    let subject = Subject::Node { id: node.id.clone() };
    let mut line = line(first.into_iter(), &facts, (subject, node.health.status, lit));
    line.versions = node.versions.iter().map(|version| version_row(node, version, lit)).collect();
    line
}

fn version_row(node: &Node, version: &VersionRow, lit: bool) -> Row {
    let facts = Facts {
        requests: version.requests.as_ref(),
        tcp: version.tcp.as_ref(),
        latency: version.latency.as_ref(),
        mtls_share: None,
        silent: node.flags.silent,
    };
    let share = version.share.map_or_else(|| UNKNOWN.to_owned(), format::share);
    let worse = figures::is_worse(version);
    let health = if worse { "worse" } else { speak::status_word(version.health.status) };
    let nothing = || Key::Number(None);
    let first = [
        (format!("{} {}", node.name, version.name), nothing()),
        (format!("{share} of requests"), nothing()),
        (health.to_owned(), nothing()),
    ];
    let subject = Subject::Row { node: node.id.clone(), row: version.key.clone() };
    let status = if worse { version.health.status.max(Status::Degraded) } else { version.health.status };
    let mut row = line(first.into_iter(), &facts, (subject, status, lit)).row;
    if let Some(mtls) = row.cells.last_mut() {
        // It is counted for the card as a whole.
        NOT_APPLICABLE.clone_into(mtls);
    }
    Row { nested: true, ..row }
}

fn edge_line(edge: &Edge, graph: &Graph, lit: bool) -> Line {
    let facts = Facts {
        requests: edge.requests.as_ref(),
        tcp: edge.tcp.as_ref(),
        latency: edge.latency.as_ref(),
        mtls_share: edge.mtls_share,
        silent: edge.flags.silent,
    };
    let word = |text: String| {
        let key = text.to_ascii_lowercase();
        (text, Key::Words(key))
    };
    let protocol = match edge.protocol {
        Protocol::Http => "HTTP",
        Protocol::Grpc => "gRPC",
        Protocol::Tcp => "TCP",
    };
    let seen_s = edge.last_seen_s.filter(|_| edge.flags.silent);
    let first = [
        word(speak::end_name(graph, &edge.source, edge.source_row.as_deref())),
        word(speak::end_name(graph, &edge.target, edge.target_row.as_deref())),
        word(protocol.to_owned()),
        health(edge.health.status, edge.flags.silent, seen_s, graph.meta.at_s),
    ];
    line(first.into_iter(), &facts, (Subject::Edge { id: edge.id.clone() }, edge.health.status, lit))
}

fn health(status: Status, silent: bool, seen_s: Option<i64>, now_s: i64) -> (String, Key) {
    let rank = if silent { 0.5 } else { f64::from(status as u8) };
    let words = match (silent, seen_s) {
        (true, Some(seen_s)) => format!("silent, seen {}", format::since(seen_s, now_s)),
        (true, None) => "silent".to_owned(),
        (false, _) => speak::status_word(status).to_owned(),
    };
    (words, Key::Number(Some(rank)))
}

fn line(
    first: impl Iterator<Item = (String, Key)>,
    facts: &Facts,
    (subject, status, lit): (Subject, Status, bool),
) -> Line {
    let (cells, keys) = first.chain(measured(facts)).unzip();
    Line { row: Row { subject, status, cells, nested: false, lit }, keys, versions: Vec::new() }
}

/// Rate, errors, slowness, TCP and mTLS, as they stand on cards and lines.
fn measured(facts: &Facts) -> [(String, Key); 5] {
    // What the window holds of a thing that has fallen silent is over: as the card does, the row says so and no more.
    let over = Facts { requests: None, tcp: None, latency: None, mtls_share: None, silent: true };
    let facts = if facts.silent { &over } else { facts };
    // TCP has no requests.
    let without = facts.silent || (facts.requests.is_none() && facts.tcp.is_some());
    let absent = |applies: bool| if applies { UNKNOWN } else { NOT_APPLICABLE }.to_owned();
    let cell = |value: Option<f64>, written: fn(f64) -> String, applies: bool| {
        (value.map_or_else(|| absent(applies), written), Key::Number(value))
    };
    let slow = facts.latency.and_then(|latency| latency.p95.map(|p95| p95.ms).or(latency.mean_ms));
    let slow_text = match slow {
        Some(_) => {
            figures::slowness(facts.latency).into_iter().next().map_or_else(String::new, |figure| figure.text)
        }
        None => absent(!without),
    };
    let bytes = facts.tcp.and_then(cards::tcp_bytes_per_s);
    [
        cell(facts.requests.map(|requests| requests.rate_rps), format::rate, !without),
        cell(facts.requests.and_then(|requests| requests.error_share), format::share, !without),
        (slow_text, Key::Number(slow)),
        cell(bytes, format::bytes_per_s, facts.tcp.is_some() && !facts.silent),
        cell(facts.mtls_share, format::share, !facts.silent),
    ]
}

#[cfg(test)]
mod tests;
