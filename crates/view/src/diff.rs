//! What differs between two answers, so that new numbers alone do not move the picture. By keys, never by position.

use crate::speak;
use model::{Edge, Graph, GraphBox, Node, Status};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Nodes, rows, edges or boxes came, went or changed their shape: place the picture anew (by update).
    pub topology: bool,
    /// Figures, health or flags differ: paint again.
    pub figures: bool,
    /// Ids.
    pub added_nodes: Vec<String>,
    pub removed_nodes: Vec<String>,
    pub added_edges: Vec<String>,
    pub removed_edges: Vec<String>,
    /// Nodes whose status got worse.
    pub worse_nodes: Vec<String>,
}

pub fn diff(old: &Graph, new: &Graph) -> Diff {
    let nodes = compare(&old.nodes, &new.nodes, |node| &node.id, node_shape);
    let edges = compare(&old.edges, &new.edges, |edge| &edge.id, edge_shape);
    let boxes = compare(&old.boxes, &new.boxes, |graph_box| &graph_box.id, box_shape);
    let topology = [&nodes, &edges, &boxes].iter().any(|sides| sides.reshaped());
    let before: BTreeMap<&str, Status> =
        old.nodes.iter().map(|node| (node.id.as_str(), node.health.status)).collect();
    let got_worse = |node: &&Node| {
        let status = node.health.status;
        status >= Status::Degraded && before.get(node.id.as_str()).is_some_and(|before| *before < status)
    };
    Diff {
        topology,
        figures: old.nodes != new.nodes || old.edges != new.edges,
        worse_nodes: new.nodes.iter().filter(got_worse).map(|node| node.id.clone()).collect(),
        added_nodes: nodes.added,
        removed_nodes: nodes.removed,
        added_edges: edges.added,
        removed_edges: edges.removed,
    }
}

#[derive(Default)]
struct Sides {
    added: Vec<String>,
    removed: Vec<String>,
    changed: bool,
}

impl Sides {
    fn reshaped(&self) -> bool {
        self.changed || !self.added.is_empty() || !self.removed.is_empty()
    }
}

fn compare<T, S: PartialEq>(old: &[T], new: &[T], id: fn(&T) -> &String, shape: fn(&T) -> S) -> Sides {
    let before: BTreeMap<&String, S> = old.iter().map(|item| (id(item), shape(item))).collect();
    let after: BTreeMap<&String, S> = new.iter().map(|item| (id(item), shape(item))).collect();
    Sides {
        added: after.keys().filter(|key| !before.contains_key(*key)).map(|key| (*key).clone()).collect(),
        removed: before.keys().filter(|key| !after.contains_key(*key)).map(|key| (*key).clone()).collect(),
        changed: after.iter().any(|(key, shape)| before.get(key).is_some_and(|before| before != shape)),
    }
}

/// What a card's size and ports depend on.
fn node_shape(node: &Node) -> (model::NodeKind, String, Vec<(String, String)>) {
    let rows = node.versions.iter().map(|row| (row.key.clone(), row.name.clone())).collect();
    (node.kind, node.name.clone(), rows)
}

fn edge_shape(edge: &Edge) -> (String, Option<String>, String, Option<String>) {
    (edge.source.clone(), edge.source_row.clone(), edge.target.clone(), edge.target_row.clone())
}

fn box_shape(graph_box: &GraphBox) -> (String, Option<String>, Vec<String>) {
    (graph_box.name.clone(), graph_box.parent.clone(), graph_box.members.clone())
}

impl Diff {
    /// For the live region: "2 nodes came, 1 went. checkout is failing now." Empty when nothing is worth saying.
    pub fn sentence(&self, new: &Graph) -> String {
        let mut parts = Vec::new();
        let came_and_went: Vec<String> =
            [(self.added_nodes.len(), "came"), (self.removed_nodes.len(), "went")]
                .into_iter()
                .filter(|(n, _)| *n > 0)
                .map(|(n, verb)| format!("{} {verb}", speak::counted(n, "node", "nodes")))
                .collect();
        if !came_and_went.is_empty() {
            parts.push(format!("{}.", came_and_went.join(", ")));
        }
        for id in self.worse_nodes.iter().take(3) {
            if let Some(node) = new.nodes.iter().find(|node| node.id == *id) {
                parts.push(format!("{} is {} now.", node.name, speak::status_word(node.health.status)));
            }
        }
        if self.worse_nodes.len() > 3 {
            parts.push(format!("{} more got worse.", self.worse_nodes.len() - 3));
        }
        parts.join(" ")
    }
}
