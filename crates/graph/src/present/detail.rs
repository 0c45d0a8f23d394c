//! One node or edge in depth: both directions by protocol, every kind of answer, neighbours, queries.
//! It must not know how queries are written.

use super::{edge, flags, hosts, node};
use crate::{
    ask::{self, Scope},
    figures::Figures,
    flow::{Measure, Reporter, Security, Tags},
    link::security,
    picture::Picture,
    sample::Symbol,
    snapshot::Snapshot,
    traffic_map::Part,
    view::View,
};
use model::{
    EdgeDetail, NodeDetail, Protocol,
    detail::{BreakdownRow, ClassRate, Neighbour, Principals, Side},
};
use petgraph::{
    Direction,
    stable_graph::{EdgeIndex, NodeIndex},
    visit::EdgeRef,
};
use std::collections::BTreeMap;

/// None: the map of this view has no such node.
pub fn node_detail(snapshot: &Snapshot, view: &View, id: &str) -> Option<NodeDetail> {
    let picture = Picture::new(snapshot, view);
    let index = picture.find_node(id)?;
    let inbound = touching(&picture, index, Direction::Incoming);
    let outbound = touching(&picture, index, Direction::Outgoing);
    let root = picture.node(index).root;
    let described = parts(&picture, if root { &outbound } else { &inbound });
    Some(NodeDetail {
        node: node::node(&picture, index),
        breakdown: breakdown(&picture, &described),
        callers: neighbours(&picture, &inbound, Direction::Incoming),
        callees: neighbours(&picture, &outbound, Direction::Outgoing),
        inbound: sides(&picture, &inbound),
        outbound: sides(&picture, &outbound),
        queries: ask::named(&picture, &Scope::node(&picture, index)),
        hosts: hosts::hosts(&picture, &described),
        operations: Vec::new(),
    })
}

/// None: the map of this view has no such edge.
pub fn edge_detail(snapshot: &Snapshot, view: &View, id: &str) -> Option<EdgeDetail> {
    let picture = Picture::new(snapshot, view);
    let index = picture.find_edge(id)?;
    let (source, target) = picture.ends(index);
    let own = &picture.edge(index).parts;
    Some(EdgeDetail {
        edge: edge::edge(&picture, index, id.to_owned()),
        source_name: node::name(&picture, source),
        target_name: node::name(&picture, target),
        breakdown: breakdown(&picture, own),
        principals: principals(&picture, own),
        queries: ask::named(&picture, &Scope::edge(&picture, index)),
        hosts: hosts::hosts(&picture, own),
        operations: Vec::new(),
    })
}

fn touching(picture: &Picture<'_>, node: NodeIndex, direction: Direction) -> Vec<EdgeIndex> {
    picture.map.graph.edges_directed(node, direction).map(|edge| edge.id()).collect()
}

fn parts(picture: &Picture<'_>, edges: &[EdgeIndex]) -> Vec<Part> {
    edges.iter().flat_map(|edge| picture.edge(*edge).parts.iter().copied()).collect()
}

/// Drawn edges only: a neighbour can be clicked.
fn neighbours(picture: &Picture<'_>, edges: &[EdgeIndex], direction: Direction) -> Vec<Neighbour> {
    let mut neighbours: Vec<Neighbour> = edges
        .iter()
        .filter(|edge| picture.selection.edges.contains(edge))
        .map(|edge| {
            let (source, target) = picture.ends(*edge);
            let other = if direction == Direction::Incoming { source } else { target };
            let namespace = crate::select::node_namespace(picture.snapshot, &picture.map, other);
            Neighbour {
                edge: picture.edge_id(*edge),
                node: picture.id(other).to_owned(),
                name: node::name(picture, other),
                namespace: (!namespace.is_empty()).then(|| namespace.to_owned()),
                protocol: picture.edge(*edge).protocol,
            }
        })
        .collect();
    neighbours.sort_by(|a, b| (&a.name, &a.edge).cmp(&(&b.name, &b.edge)));
    neighbours
}

fn sides(picture: &Picture<'_>, edges: &[EdgeIndex]) -> Vec<Side> {
    let mut by_protocol: BTreeMap<Protocol, (Figures, Vec<Part>)> = BTreeMap::new();
    for edge in edges {
        let map_edge = picture.edge(*edge);
        let (figures, parts) = by_protocol.entry(map_edge.protocol).or_default();
        figures.add(&map_edge.figures, 1.0);
        parts.extend(&map_edge.parts);
    }
    by_protocol
        .into_iter()
        .map(|(protocol, (figures, parts))| Side {
            protocol,
            requests: figures.model_requests(picture.snapshot.window_s()),
            tcp: figures.model_tcp(),
            latency: picture.latency(&figures),
            classes: classes(picture, &parts),
        })
        .collect()
}

fn classes(picture: &Picture<'_>, parts: &[Part]) -> Vec<ClassRate> {
    let mut rates: BTreeMap<(String, bool), f64> = BTreeMap::new();
    for row in breakdown(picture, parts) {
        let class = match (row.code.as_str(), row.protocol, &row.grpc_status) {
            ("-", ..) => "-".to_owned(),
            (_, Protocol::Grpc, _) | (_, _, Some(_)) => if row.error { "error" } else { "OK" }.to_owned(),
            ("", ..) => "?".to_owned(),
            (code, ..) => format!("{}xx", code.chars().next().unwrap_or('?')),
        };
        *rates.entry((class, row.error)).or_default() += row.rate_rps;
    }
    rates.into_iter().map(|((class, error), rate_rps)| ClassRate { class, rate_rps, error }).collect()
}

/// Everything that tells two rows apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct RowKey {
    protocol: Protocol,
    code: String,
    grpc_status: String,
    flags: String,
    host: String,
    version: String,
    unreached: bool,
    error: bool,
}

fn breakdown(picture: &Picture<'_>, parts: &[Part]) -> Vec<BreakdownRow> {
    let snapshot = picture.snapshot;
    let text = |symbol: Symbol| snapshot.text(symbol).to_owned();
    let mut rates: BTreeMap<RowKey, f64> = BTreeMap::new();
    let named = hosts::Named::new(snapshot, parts);
    for part in parts {
        let link = &snapshot.links[part.link as usize];
        for row in &link.rows {
            let code = snapshot.text(row.tags.code);
            let grpc_status = text(row.tags.grpc_status);
            let flags = snapshot.text(row.tags.flags);
            let key = RowKey {
                protocol: link.protocol,
                error: crate::figures::Answer::new(link.protocol, code, &grpc_status).is_error(),
                code: if code == "0" { "-" } else { code }.to_owned(),
                grpc_status,
                flags: if flags.is_empty() { "-" } else { flags }.to_owned(),
                host: named.of(snapshot, link).to_owned(),
                version: text(snapshot.places.get(link.destination).party.version),
                unreached: row.unreached,
            };
            *rates.entry(key).or_default() += row.rate * part.weight;
        }
    }
    let mut rows: Vec<BreakdownRow> = rates
        .into_iter()
        .map(|(key, rate_rps)| BreakdownRow {
            protocol: key.protocol,
            code: key.code,
            grpc_status: (!key.grpc_status.is_empty()).then_some(key.grpc_status),
            flags_meaning: flags::meaning(&key.flags),
            flags: key.flags,
            host: key.host,
            version: (!key.version.is_empty()).then_some(key.version),
            rate_rps,
            count: rate_rps * snapshot.window_s(),
            error: key.error,
            unreached: key.unreached,
        })
        .collect();
    rows.sort_by(|a, b| b.rate_rps.total_cmp(&a.rate_rps));
    rows
}

fn principals(picture: &Picture<'_>, parts: &[Part]) -> Vec<Principals> {
    let snapshot = picture.snapshot;
    let mut rates: BTreeMap<(String, String, Option<bool>), f64> = BTreeMap::new();
    let mut count = |tags: &Tags, reporter: Reporter, rate: f64| {
        let [source, destination] = [tags.source_principal, tags.destination_principal]
            .map(|symbol| snapshot.text(symbol).to_owned());
        let mutual = match security(reporter, tags, &snapshot.symbols) {
            Security::MutualTls => Some(true),
            Security::Plain => Some(false),
            Security::Unknown => None,
        };
        if !source.is_empty() || !destination.is_empty() || mutual.is_some() {
            *rates.entry((source, destination, mutual)).or_default() += rate;
        }
    };
    for part in parts {
        let link = &snapshot.links[part.link as usize];
        for row in &link.rows {
            count(&row.tags, row.reporter, row.rate * part.weight);
        }
        for (measure, rate) in &link.tcp_rows {
            if let Measure::TcpOpened(tags) = measure {
                count(tags, link.reporter, rate * part.weight);
            }
        }
    }
    let mut principals: Vec<Principals> = rates
        .into_iter()
        .map(|((source, destination, mutual_tls), rate_rps)| Principals {
            source,
            destination,
            rate_rps,
            mutual_tls,
        })
        .collect();
    principals.sort_by(|a, b| b.rate_rps.total_cmp(&a.rate_rps));
    principals
}
