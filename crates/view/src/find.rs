//! Find: a part of a name, or `key=value` pairs; all of them must hold. The same table answers what keys there are.

use crate::{places, speak};
use model::{Edge, Graph, Node, NodeKind, Protocol, Status};

/// What was typed, understood: every term must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// Part of any name, in lower case.
    Part(String),
    Pair(Key, String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Namespace,
    App,
    Name,
    Version,
    Workload,
    Service,
    Cluster,
    Protocol,
    Health,
    Kind,
    Mtls,
}

/// Words, the first of each key the one that is told.
const KEYS: [(Key, &[&str]); 11] = [
    (Key::Namespace, &["ns", "namespace"]),
    (Key::App, &["app"]),
    (Key::Name, &["name"]),
    (Key::Version, &["version"]),
    (Key::Workload, &["workload"]),
    (Key::Service, &["service"]),
    (Key::Cluster, &["cluster"]),
    (Key::Protocol, &["protocol"]),
    (Key::Health, &["health", "status"]),
    (Key::Kind, &["kind"]),
    (Key::Mtls, &["mtls"]),
];

const PROTOCOLS: [(Protocol, &str); 3] =
    [(Protocol::Http, "http"), (Protocol::Grpc, "grpc"), (Protocol::Tcp, "tcp")];

/// `silent` is a flag on the wire and a state of health to whoever looks for it.
const HEALTHS: [(Option<Status>, &str); 7] = [
    (Some(Status::Failing), "failing"),
    (Some(Status::Degraded), "degraded"),
    (Some(Status::Healthy), "healthy"),
    (Some(Status::Idle), "idle"),
    (Some(Status::Unknown), "unknown"),
    (Some(Status::TooFewRequests), "few"),
    (None, "silent"),
];

const KINDS: [(NodeKind, &str); 8] = [
    (NodeKind::App, "app"),
    (NodeKind::Workload, "workload"),
    (NodeKind::Service, "service"),
    (NodeKind::Gateway, "gateway"),
    (NodeKind::External, "external"),
    (NodeKind::Egress, "egress"),
    (NodeKind::UnknownCallers, "unknown"),
    (NodeKind::NoRoute, "noroute"),
];

/// By index of the graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    pub nodes: Vec<bool>,
    pub edges: Vec<bool>,
}

impl Find {
    /// None for blank text; the error is a sentence for the person who typed.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let terms = text.split_ascii_whitespace().map(term).collect::<Result<Vec<_>, _>>()?;
        Ok((!terms.is_empty()).then_some(Self { terms }))
    }

    pub fn matches(&self, graph: &Graph) -> Matched {
        let nodes: Vec<bool> =
            graph.nodes.iter().map(|node| self.terms.iter().all(|term| term.fits_node(node))).collect();
        // Words about lines find lines; words about cards find cards and leave the lines alone.
        let about_edges = self.terms.iter().any(Term::is_about_edges);
        let ends = places::ends(graph);
        let edges = graph.edges.iter().zip(ends).map(|(edge, ends)| {
            about_edges
                && self.terms.iter().all(|term| {
                    term.fits_edge(edge)
                        || ends.is_some_and(|(a, b)| {
                            !term.is_about_edges()
                                && (term.fits_node(&graph.nodes[a]) || term.fits_node(&graph.nodes[b]))
                        })
                })
        });
        Matched { nodes, edges: edges.collect() }
    }
}

fn term(word: &str) -> Result<Term, String> {
    let Some((key, value)) = word.split_once('=') else { return Ok(Term::Part(word.to_ascii_lowercase())) };
    let value = value.to_ascii_lowercase();
    let known = KEYS.iter().find(|(_, words)| words.contains(&key.to_ascii_lowercase().as_str()));
    let Some((key, words)) = known else {
        let all: Vec<&str> = KEYS.iter().map(|(_, words)| words[0]).collect();
        return Err(format!("There is no key “{key}”. The keys are {}.", speak::listed(&all)));
    };
    if value.is_empty() {
        return Err(format!("Say what {} should be, as in {}.", words[0], example(*key)));
    }
    let allowed: Option<Vec<&str>> = match key {
        Key::Protocol => Some(PROTOCOLS.iter().map(|(_, word)| *word).collect()),
        Key::Health => Some(HEALTHS.iter().map(|(_, word)| *word).collect()),
        Key::Kind => Some(KINDS.iter().map(|(_, word)| *word).collect()),
        Key::Mtls => Some(vec!["yes", "no", "unknown"]),
        _ => None,
    };
    match allowed {
        Some(allowed) if !allowed.contains(&value.as_str()) => {
            Err(format!("“{value}” is no {}. It can be {}.", words[0], speak::listed(&allowed)))
        }
        _ => Ok(Term::Pair(*key, value)),
    }
}

fn example(key: Key) -> &'static str {
    match key {
        Key::Namespace => "ns=shop",
        Key::App => "app=reviews",
        Key::Name => "name=pay",
        Key::Version => "version=v2",
        Key::Workload => "workload=reviews-v2",
        Key::Service => "service=reviews",
        Key::Cluster => "cluster=east",
        Key::Protocol => "protocol=grpc",
        Key::Health => "health=failing",
        Key::Kind => "kind=gateway",
        Key::Mtls => "mtls=no",
    }
}

impl Term {
    fn is_about_edges(&self) -> bool {
        matches!(self, Self::Pair(Key::Protocol | Key::Health | Key::Mtls, _))
    }

    fn fits_node(&self, node: &Node) -> bool {
        match self {
            Self::Part(part) => {
                let names =
                    [Some(&node.name), node.workload.as_ref(), node.service.as_ref(), node.app.as_ref()];
                names.into_iter().flatten().any(|name| has(name, part))
                    || node.versions.iter().any(|row| has(&row.workload, part))
            }
            Self::Pair(key, value) => fits_pair(node, *key, value),
        }
    }

    fn fits_edge(&self, edge: &Edge) -> bool {
        match self {
            Self::Pair(Key::Protocol, value) => PROTOCOLS.contains(&(edge.protocol, value.as_str())),
            Self::Pair(Key::Health, value) => fits_health(edge.health.status, edge.flags.silent, value),
            Self::Pair(Key::Mtls, value) => fits_mtls(edge.mtls_share, value),
            _ => false,
        }
    }
}

fn has(name: &str, part: &str) -> bool {
    name.to_ascii_lowercase().contains(part)
}

fn fits_pair(node: &Node, key: Key, value: &str) -> bool {
    let is = |field: Option<&String>| field.is_some_and(|field| field.to_ascii_lowercase() == value);
    match key {
        Key::Namespace => is(node.namespace.as_ref()),
        Key::App => is(node.app.as_ref()),
        Key::Name => has(&node.name, value),
        Key::Version => {
            is(node.version.as_ref())
                || node.versions.iter().any(|row| row.name.to_ascii_lowercase() == value)
        }
        Key::Workload => {
            is(node.workload.as_ref())
                || node.versions.iter().any(|row| row.workload.to_ascii_lowercase() == value)
        }
        Key::Service => is(node.service.as_ref()),
        Key::Cluster => is(node.cluster.as_ref()),
        Key::Protocol => match value {
            "tcp" => node.tcp.is_some(),
            // A card counts http and gRPC together; the lines tell them apart.
            _ => false,
        },
        Key::Health => fits_health(node.health.status, node.flags.silent, value),
        Key::Kind => KINDS.contains(&(node.kind, value)),
        Key::Mtls => fits_mtls(node.mtls_share, value),
    }
}

fn fits_health(status: Status, silent: bool, value: &str) -> bool {
    if silent { value == "silent" } else { HEALTHS.contains(&(Some(status), value)) }
}

fn fits_mtls(share: Option<f64>, value: &str) -> bool {
    match (share, value) {
        (None, word) => word == "unknown",
        (Some(share), "yes") => share >= 0.999,
        (Some(share), "no") => share < 0.999,
        _ => false,
    }
}

impl Matched {
    /// Where the rest is hidden: only what matches and the ends of matching edges. `ends` are node indices, an edge each.
    pub(crate) fn shows_node(&self, index: usize, ends: &[Option<(usize, usize)>]) -> bool {
        let is_end = |edge: usize| ends[edge].is_some_and(|(a, b)| a == index || b == index);
        self.nodes.get(index) == Some(&true)
            || self.edges.iter().enumerate().any(|(edge, lit)| *lit && is_end(edge))
    }

    /// Where the rest is hidden: matching edges and those between matching cards.
    pub(crate) fn shows_edge(&self, index: usize, ends: &[Option<(usize, usize)>]) -> bool {
        let lit = |node: usize| self.nodes.get(node) == Some(&true);
        self.edges.get(index) == Some(&true) || ends[index].is_some_and(|(a, b)| lit(a) && lit(b))
    }

    /// "3 nodes and 2 edges match.", "Nothing matches."
    pub fn sentence(&self) -> String {
        let count = |list: &[bool]| list.iter().filter(|lit| **lit).count();
        let (nodes, edges) = (count(&self.nodes), count(&self.edges));
        let parts: Vec<String> = [(nodes, "node", "nodes"), (edges, "edge", "edges")]
            .into_iter()
            .filter(|(n, _, _)| *n > 0)
            .map(|(n, one, many)| speak::counted(n, one, many))
            .collect();
        match parts.as_slice() {
            [] => "Nothing matches.".into(),
            [one] if nodes + edges == 1 => format!("{one} matches."),
            many => format!("{} match.", many.join(" and ")),
        }
    }
}
