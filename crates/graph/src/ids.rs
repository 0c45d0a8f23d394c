//! Ids of nodes, rows and edges: the same across refreshes and processes, and readable in an address bar.
//! It must not know figures.

use crate::{
    graph_type::NodeKey,
    place::{Place, PlaceId},
    sample::Symbol,
    snapshot::Snapshot,
    traffic_map::MapEdge,
};
use model::Protocol;

/// `app/shop/reviews@prod-eu`; parts are escaped, so that no label can forge another's id.
pub(crate) fn node_id(snapshot: &Snapshot, key: NodeKey) -> String {
    match key {
        NodeKey::App { cluster, namespace, app } => id(snapshot, "app", &[namespace, app], cluster),
        NodeKey::Service(service) => {
            id(snapshot, "service", &[service.namespace, service.name], service.cluster)
        }
        NodeKey::Place(place) => place_id(snapshot, place),
        NodeKey::Operation { cluster, namespace, owner, value } => {
            id(snapshot, "operation", &[namespace, owner, value], cluster)
        }
        NodeKey::MoreHosts { cluster } => id(snapshot, "hosts", &[], cluster),
    }
}

fn place_id(snapshot: &Snapshot, id_of: PlaceId) -> String {
    match snapshot.places.get(id_of).place {
        Place::Workload { cluster, namespace, workload, app, version } if workload.is_empty() => {
            id(snapshot, "unnamed", &[namespace, app, version], cluster)
        }
        Place::Workload { cluster, namespace, workload, .. } => {
            id(snapshot, "workload", &[namespace, workload], cluster)
        }
        Place::Service(service) => node_id(snapshot, NodeKey::Service(service)),
        Place::External { cluster, host } => id(snapshot, "host", &[host], cluster),
        Place::Egress { cluster, name } => id(snapshot, "egress", &[name], cluster),
        Place::Callers { cluster, namespace } => id(snapshot, "callers", &[namespace], cluster),
        Place::NoRoute { cluster } => id(snapshot, "noroute", &[], cluster),
    }
}

fn id(snapshot: &Snapshot, kind: &str, parts: &[Symbol], cluster: Symbol) -> String {
    let mut out = String::with_capacity(48);
    out.push_str(kind);
    for part in parts.iter().filter(|part| !(part.is_empty() && kind == "callers")) {
        out.push('/');
        escape(&mut out, snapshot.text(*part));
    }
    if !cluster.is_empty() {
        out.push('@');
        escape(&mut out, snapshot.text(cluster));
    }
    out
}

/// Letters of any script, digits and `-._~` stay.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '~') {
            out.push(c);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            let hex = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
            out.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
}

/// `<source>(row)>target(row)/http`
pub(crate) fn edge_id(snapshot: &Snapshot, source: &str, target: &str, edge: &MapEdge) -> String {
    let mut out = String::with_capacity(source.len() + target.len() + 16);
    for (end, row) in [(source, edge.source_row), (target, edge.target_row)] {
        if !out.is_empty() {
            out.push('>');
        }
        out.push_str(end);
        if let Some(row) = row {
            out.push('(');
            escape(&mut out, snapshot.text(snapshot.places.get(row).row_key()));
            out.push(')');
        }
    }
    out.push('/');
    out.push_str(protocol_word(edge.protocol));
    out
}

pub(crate) fn protocol_word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "http",
        Protocol::Grpc => "grpc",
        Protocol::Tcp => "tcp",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_can_forge_an_id() {
        let mut out = String::new();
        escape(&mut out, "a/b@c>d(e)%<\"é 1");
        assert_eq!(out, "a%2Fb%40c%3Ed%28e%29%25%3C%22é%201");
    }
}
