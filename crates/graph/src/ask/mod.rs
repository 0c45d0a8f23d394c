//! Queries about one node, row or edge: the PromQL that gives a figure when pasted, and the lines of its charts.
//! It must not know findings or the wire's nodes.

mod expression;
mod operations;
mod own;
mod terms;
mod traffic;

pub use operations::{OperationRow, OperationsQuery, operations, operations_queries};
pub use traffic::traffic_query;

use crate::{
    picture::Picture, query::Matcher, snapshot::Snapshot, traffic_map::Part, union::Member, view::View,
};
use expression::Asking;
use model::{Protocol, detail::NamedQuery, series::Metric};
use petgraph::{
    Direction,
    stable_graph::{EdgeIndex, NodeIndex},
};
use terms::Constrain;

/// A range query for one line of the panel's charts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesQuery {
    pub metric: Metric,
    /// Row key, where the line is one version's; none is the whole.
    pub row: Option<String>,
    pub promql: String,
    /// Of several stores, the one to be asked. Then there may be one query a store for the same line.
    pub source: Option<String>,
}

/// A node or an edge, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectId<'a> {
    Node(&'a str),
    Edge(&'a str),
}

/// Lines over the snapshot's window: the whole, and each version of a card. None: the view has no such node or edge.
/// A metric that the subject cannot have (latency of TCP) gives no query.
pub fn series_queries(
    snapshot: &Snapshot,
    view: &View,
    subject: SubjectId<'_>,
    metrics: &[Metric],
) -> Option<Vec<SeriesQuery>> {
    let picture = Picture::new(snapshot, view);
    let mut scopes: Vec<(Option<String>, Scope)> = Vec::new();
    match subject {
        SubjectId::Node(id) => {
            let node = picture.find_node(id)?;
            scopes.push((None, Scope::node(&picture, node)));
            scopes.extend(Scope::rows(&picture, node).into_iter().map(|(row, scope)| (Some(row), scope)));
        }
        SubjectId::Edge(id) => {
            let edge = picture.find_edge(id)?;
            scopes.push((None, Scope::edge(&picture, edge)));
        }
    }
    let range_s = series_range_s(snapshot);
    let mut queries = Vec::new();
    for metric in metrics {
        for (row, scope) in &scopes {
            for home in homes(&picture) {
                let asking = Asking::new(&picture, scope, range_s, home);
                queries.extend(line(&asking, *metric).map(|promql| SeriesQuery {
                    metric: *metric,
                    row: row.clone(),
                    promql,
                    source: home.map(|home| home.name.clone()),
                }));
            }
        }
    }
    Some(queries)
}

/// A point of a chart looks back over four scrapes, a minute, or a sixtieth of the window, whichever is longest.
fn series_range_s(snapshot: &Snapshot) -> u64 {
    let scrapes_s = snapshot.window.scrape_interval_s.map_or(0, |scrape_s| (4.0 * scrape_s).ceil() as u64);
    scrapes_s.max(60).max(snapshot.window.window_s / 60)
}

fn line(asking: &Asking<'_>, metric: Metric) -> Option<String> {
    match metric {
        Metric::RateRps => asking.rate(),
        Metric::ErrorShare => asking.error_share(),
        Metric::P50Ms => asking.quantile(0.5),
        Metric::P95Ms => asking.quantile(0.95),
        Metric::P99Ms => asking.quantile(0.99),
        Metric::SentBytesPerS => asking.tcp(asking.words.tcp_sent),
        Metric::ReceivedBytesPerS => asking.tcp(asking.words.tcp_received),
    }
}

/// Who can be asked: the store, or each of several.
fn homes<'p>(picture: &'p Picture<'_>) -> Vec<Option<&'p Member>> {
    let members = &picture.snapshot.origin.members;
    if members.is_empty() { vec![None] } else { members.iter().map(Some).collect() }
}

/// "Show the query": each gives the figure of the same name as the snapshot was asked for it, or one store's part of it.
pub(crate) fn named(picture: &Picture<'_>, scope: &Scope) -> Vec<NamedQuery> {
    let of_home = |home| {
        let asking = Asking::new(picture, scope, picture.snapshot.window.range_s(), home);
        let source = home.map(|home: &Member| home.name.clone());
        let own = if scope.is_edge() { own::queries(picture, scope, home, &asking) } else { Vec::new() };
        let figures =
            figures(&asking).into_iter().filter_map(|(name, promql)| Some((name.to_owned(), promql?)));
        figures
            .chain(own)
            .map(|(name, promql)| NamedQuery { name, promql, source: source.clone() })
            .collect::<Vec<_>>()
    };
    homes(picture).into_iter().flat_map(of_home).collect()
}

fn figures(asking: &Asking<'_>) -> [(&'static str, Option<String>); 19] {
    [
        ("rate", asking.rate()),
        ("error_share", asking.error_share()),
        ("p50", asking.quantile(0.5)),
        ("p90", asking.quantile(0.9)),
        ("p95", asking.quantile(0.95)),
        ("p99", asking.quantile(0.99)),
        ("mean", asking.mean()),
        ("mtls", asking.mtls()),
        ("tcp_sent", asking.tcp(asking.words.tcp_sent)),
        ("tcp_received", asking.tcp(asking.words.tcp_received)),
        ("tcp_opened", asking.tcp(asking.words.tcp_opened)),
        ("tcp_closed", asking.tcp(asking.words.tcp_closed)),
        ("request_bytes", asking.bytes(asking.words.bytes[0])),
        ("response_bytes", asking.bytes(asking.words.bytes[1])),
        ("request_size_p95", asking.size(asking.words.bytes[0])),
        ("response_size_p95", asking.size(asking.words.bytes[1])),
        ("messages_sent", asking.messages(asking.words.messages[0])),
        ("messages_received", asking.messages(asking.words.messages[1])),
        ("connections_open", asking.open()),
    ]
}

/// The links a question is about, and which of their ends say so.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(super) parts: Vec<Part>,
    pub(super) constrain: Constrain,
    /// Set for an edge; a node's requests are of both protocols.
    pub(super) protocol: Option<Protocol>,
}

impl Scope {
    /// What a node answers; what it sends, for a root.
    pub(crate) fn node(picture: &Picture<'_>, node: NodeIndex) -> Self {
        let root = picture.node(node).root;
        let direction = if root { Direction::Outgoing } else { Direction::Incoming };
        let edges = picture.map.graph.edges_directed(node, direction);
        Self {
            parts: edges.flat_map(|edge| edge.weight().parts.iter().copied()).collect(),
            constrain: if root { Constrain::Source } else { Constrain::Destination },
            protocol: None,
        }
    }

    pub(crate) fn edge(picture: &Picture<'_>, edge: EdgeIndex) -> Self {
        let map_edge = picture.edge(edge);
        Self { parts: map_edge.parts.clone(), constrain: Constrain::Both, protocol: Some(map_edge.protocol) }
    }

    fn is_edge(&self) -> bool {
        self.constrain == Constrain::Both
    }

    /// Each version of a card by its row key; none where the card has no rows.
    fn rows(picture: &Picture<'_>, node: NodeIndex) -> Vec<(String, Self)> {
        let map_node = picture.node(node);
        let versioned = picture.view.graph_type == model::GraphType::VersionedApp;
        if !versioned || map_node.rows.len() < 2 {
            return Vec::new();
        }
        let whole = Self::node(picture, node);
        let root = whole.constrain == Constrain::Source;
        map_node
            .rows
            .iter()
            .map(|row| {
                let of_row = |part: &&Part| {
                    let link = &picture.snapshot.links[part.link as usize];
                    row.place == if root { link.source } else { link.destination }
                };
                let parts = whole.parts.iter().filter(of_row).copied().collect();
                let key = picture.snapshot.text(picture.snapshot.places.get(row.place).row_key()).to_owned();
                (key, Self { parts, constrain: whole.constrain, protocol: None })
            })
            .collect()
    }
}

/// Conditions whose series together are what is asked about.
pub(crate) type Term = Vec<Matcher>;
