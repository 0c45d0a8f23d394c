//! The picture in sentences: for screen readers, tooltips and the live region.

use model::{Edge, Graph, Node, Subject};

/// The canvas's label: "Service graph of edge, shop and data: 14 services, 21 edges with traffic; 1 failing, 2 degraded."
pub fn summary(graph: &Graph) -> String {
    todo!()
}

/// "reviews in shop, degraded: 235 rps, 0.86 % errors, p95 104 ms. v2 fails 7.8 times as often as v1 …"
pub fn node(node: &Node, now_s: i64) -> String {
    todo!()
}

pub fn edge(edge: &Edge, graph: &Graph, now_s: i64) -> String {
    todo!()
}

/// None when the graph has no such thing (any more).
pub fn subject(subject: &Subject, graph: &Graph, now_s: i64) -> Option<String> {
    todo!()
}

/// "v2 worse" and the like: the words on a card beside its name.
pub fn verdict_words(node: &Node) -> Option<String> {
    todo!()
}
