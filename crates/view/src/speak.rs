//! The picture in sentences: for screen readers, tooltips and the live region.

use crate::{
    cards, figures,
    format::{self, NBSP, append},
    padlock,
};
use model::{Edge, Graph, Node, NodeKind, Protocol, Requests, Status, Subject, VersionRow};

/// The canvas's label: "Service graph of edge, shop and data: 14 apps, 21 edges; 1 failing, 2 degraded."
pub fn summary(graph: &Graph) -> String {
    let shown: Vec<&str> = graph
        .namespaces
        .iter()
        .filter(|summary| summary.shown)
        .map(|summary| summary.name.as_str())
        .collect();
    let of = match shown.len() {
        0 => String::new(),
        1..=5 => format!(" of {}", listed(&shown)),
        n => format!(" of {n} namespaces"),
    };
    let mut text = format!(
        "Service graph{of}: {}, {}",
        counted(graph.nodes.len(), "node", "nodes"),
        counted(graph.edges.len(), "edge", "edges")
    );
    let nodes = |status| graph.nodes.iter().filter(|node| node.health.status == status).count();
    let edges = |status| graph.edges.iter().filter(|edge| edge.health.status == status).count();
    let mut trouble = Vec::new();
    for (status, word) in [(Status::Failing, "failing"), (Status::Degraded, "degraded")] {
        let parts: Vec<String> = [(nodes(status), "node", "nodes"), (edges(status), "edge", "edges")]
            .into_iter()
            .filter(|(n, _, _)| *n > 0)
            .map(|(n, one, many)| counted(n, one, many))
            .collect();
        if !parts.is_empty() {
            trouble.push(format!("{word}: {}", parts.join(" and ")));
        }
    }
    let trouble = if trouble.is_empty() { "nothing in trouble".to_owned() } else { trouble.join(", ") };
    append(&mut text, format_args!("; {trouble}."));
    text
}

pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{}{NBSP}{}", format::count(n as f64), if n == 1 { one } else { many })
}

/// "a", "a and b", "a, b and c".
pub(crate) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// "reviews in shop, degraded: 235 rps, 0.86 % errors, p95 104 ms. v2 fails 7.8 times as often as v1 …"
pub fn node(node: &Node, now_s: i64) -> String {
    let mut text = node.name.clone();
    if let Some(namespace) = &node.namespace {
        append(&mut text, format_args!(" in {namespace}"));
    }
    if let Some(kind) = kind_word(node.kind) {
        append(&mut text, format_args!(", {kind}"));
    }
    if let Some(size) = node.version.as_ref().filter(|_| node.flags.folded) {
        append(&mut text, format_args!(", {size}"));
    }
    if node.flags.silent {
        text.push_str(&silent(node.last_seen_s, now_s));
        return text;
    }
    append(&mut text, format_args!(", {}", status_word(node.health.status)));
    text.push_str(&figures_text(node.requests.as_ref(), node.tcp.as_ref(), node.latency.as_ref()));
    text.push('.');
    if let Some(count) = node.alerts.filter(|count| *count > 0) {
        append(&mut text, format_args!(" {}.", counted(count, "alert fires", "alerts fire")));
    }
    let reason = node.health.reasons.first().map(|reason| reason.sentence.as_str());
    let worse =
        node.versions.iter().filter(|row| figures::is_worse(row)).filter_map(|row| row.comparison.as_ref());
    let mut sentences: Vec<&str> =
        reason.into_iter().chain(worse.map(|comparison| comparison.sentence.as_str())).collect();
    sentences.dedup();
    for sentence in sentences {
        text.push(' ');
        text.push_str(&closed(sentence));
    }
    if node.versions.len() > 1 {
        let parts: Vec<String> = node.versions.iter().map(row_share).collect();
        append(
            &mut text,
            format_args!(" {}: {}.", counted(parts.len(), "version", "versions"), parts.join(", ")),
        );
    }
    text
}

fn row_share(row: &VersionRow) -> String {
    format!("{} {}", row.name, row.share.map_or_else(|| "share unknown".into(), format::share))
}

/// A sentence ends with a full stop, and only one.
fn closed(sentence: &str) -> String {
    let bare = sentence.trim_end_matches('.');
    format!("{bare}.")
}

fn silent(last_seen_s: Option<i64>, now_s: i64) -> String {
    last_seen_s.map_or_else(
        || ", silent.".into(),
        |then_s| format!(", silent, last seen {}.", format::since(then_s, now_s)),
    )
}

fn kind_word(kind: NodeKind) -> Option<&'static str> {
    match kind {
        NodeKind::App | NodeKind::Workload => None,
        NodeKind::Service => Some("service"),
        NodeKind::Namespace => Some("namespace"),
        NodeKind::Cluster => Some("cluster"),
        NodeKind::Gateway => Some("gateway"),
        NodeKind::External => Some("external host"),
        NodeKind::Egress => Some("passthrough out of the mesh"),
        NodeKind::UnknownCallers => Some("callers without identity"),
        NodeKind::NoRoute => Some("requests without a route"),
        NodeKind::Operation => Some("operation"),
    }
}

pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::Healthy => "healthy",
        Status::Idle => "idle",
        Status::Unknown => "health unknown",
        Status::TooFewRequests => "too few requests to judge",
        Status::Degraded => "degraded",
        Status::Failing => "failing",
    }
}

fn figures_text(
    requests: Option<&Requests>,
    tcp: Option<&model::Tcp>,
    latency: Option<&model::Latency>,
) -> String {
    let mut parts = Vec::new();
    if let Some(requests) = requests {
        parts.push(format::rate(requests.rate_rps));
        if let Some(share) = requests.error_share {
            parts.push(if share > 0.0 {
                format!("{} errors", format::share(share))
            } else {
                "no errors".into()
            });
        }
    }
    if let Some(bytes) = tcp.and_then(cards::tcp_bytes_per_s) {
        parts.push(format!("{} over TCP", format::bytes_per_s(bytes)));
    }
    if let Some(latency) = latency {
        if let Some(p95) = latency.p95 {
            parts.push(format!("p95 {}", format::quantile(p95)));
        } else if let Some(mean_ms) = latency.mean_ms {
            parts.push(format!("mean {}", format::duration_ms(mean_ms)));
        }
    }
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

/// "checkout calls pay.acme.example by HTTP, failing: 17.9 rps, 11.8 % errors. …"
pub fn edge(edge: &Edge, graph: &Graph, now_s: i64) -> String {
    let protocol = match edge.protocol {
        Protocol::Http => "HTTP",
        Protocol::Grpc => "gRPC",
        Protocol::Tcp => "TCP",
    };
    let source = end_name(graph, &edge.source, edge.source_row.as_deref());
    let target = end_name(graph, &edge.target, edge.target_row.as_deref());
    let mut text = format!("{source} calls {target} by {protocol}");
    if edge.flags.silent {
        text.push_str(&silent(edge.last_seen_s, now_s));
        return text;
    }
    if edge.protocol != Protocol::Tcp || edge.health.status >= Status::Degraded {
        append(&mut text, format_args!(", {}", status_word(edge.health.status)));
    }
    text.push_str(&figures_text(edge.requests.as_ref(), edge.tcp.as_ref(), edge.latency.as_ref()));
    text.push('.');
    if padlock::is_plaintext(edge) {
        let encrypted = edge.mtls_share.unwrap_or(0.0);
        if encrypted > 0.0 {
            let share = format::share(encrypted);
            append(&mut text, format_args!(" Only {share} of it is encrypted by mutual TLS."));
        } else {
            text.push_str(" Not encrypted.");
        }
    }
    if edge.flags.unreached {
        text.push_str(" None of it reached a server.");
    }
    if let Some(reason) = edge.health.reasons.first() {
        append(&mut text, format_args!(" {}", closed(&reason.sentence)));
    }
    text
}

/// "reviews v2".
pub(crate) fn end_name(graph: &Graph, id: &str, row: Option<&str>) -> String {
    let Some(node) = graph.nodes.iter().find(|node| node.id == id) else { return "an unknown node".into() };
    let row = row.and_then(|key| node.versions.iter().find(|row| row.key == key));
    row.map_or_else(|| node.name.clone(), |row| format!("{} {}", node.name, row.name))
}

/// None when the graph has no such thing (any more).
pub fn subject(subject: &Subject, graph: &Graph, now_s: i64) -> Option<String> {
    let node_of = |id: &String| graph.nodes.iter().find(|node| node.id == *id);
    match subject {
        Subject::Node { id } => node_of(id).map(|found| node(found, now_s)),
        Subject::Row { node: id, row: key } => {
            let found = node_of(id)?;
            found.versions.iter().find(|row| row.key == *key).map(|version| row(found, version))
        }
        Subject::Edge { id } => {
            graph.edges.iter().find(|edge| edge.id == *id).map(|found| edge(found, graph, now_s))
        }
    }
}

pub(crate) fn row(node: &Node, row: &VersionRow) -> String {
    let mut text = format!(
        "{} {}, {} of requests",
        node.name,
        row.name,
        row.share.map_or_else(|| "an unknown share".into(), format::share)
    );
    if let Some(intended) = row.intended_share {
        append(&mut text, format_args!(" ({} intended)", format::share(intended)));
    }
    text.push_str(&figures_text(row.requests.as_ref(), row.tcp.as_ref(), row.latency.as_ref()));
    text.push('.');
    if let Some(comparison) = &row.comparison {
        append(&mut text, format_args!(" {}", closed(&comparison.sentence)));
    }
    text
}

/// "v2 worse" and the like: the words on a card beside its name.
pub fn verdict_words(node: &Node) -> Option<String> {
    let worse: Vec<&str> =
        node.versions.iter().filter(|row| figures::is_worse(row)).map(|row| row.name.as_str()).collect();
    match worse.as_slice() {
        [] => None,
        [one] if one.chars().count() <= 12 => Some(format!("{one} worse")),
        many => Some(format!("{} worse", many.len())),
    }
}
