//! What differs between two answers, so that new numbers alone do not move the picture. By keys, never by position.

use crate::speak;
use layout::index::Index;
use model::{Edge, Graph, GraphBox, Node, Status};

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
    let nodes = compare(&old.nodes, &new.nodes, |node| &node.id, same_node);
    let edges = compare(&old.edges, &new.edges, |edge| &edge.id, same_edge);
    let boxes = compare(&old.boxes, &new.boxes, |graph_box| &graph_box.id, same_box);
    let topology = [&nodes, &edges, &boxes].iter().any(|sides| sides.reshaped());
    let before = Index::new(&mut old.nodes.iter().map(|node| node.id.as_str()));
    let got_worse = |node: &&Node| {
        let status = node.health.status;
        status >= Status::Degraded
            && before.get(&node.id).is_some_and(|at| old.nodes[at].health.status < status)
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

fn compare<T>(old: &[T], new: &[T], id: fn(&T) -> &String, same_shape: fn(&T, &T) -> bool) -> Sides {
    let before = Index::new(&mut old.iter().map(|item| id(item).as_str()));
    let mut sides = Sides::default();
    for item in new {
        match before.get(id(item)) {
            Some(at) => sides.changed |= !same_shape(&old[at], item),
            None => sides.added.push(id(item).clone()),
        }
    }
    let after = Index::new(&mut new.iter().map(|item| id(item).as_str()));
    sides.removed.extend(old.iter().map(id).filter(|key| !after.has(key)).cloned());
    sides
}

/// What a card's size and ports depend on.
fn same_node(a: &Node, b: &Node) -> bool {
    let rows = |node: &Node| node.versions.len();
    let same_row = |(a, b): (&model::VersionRow, &model::VersionRow)| a.key == b.key && a.name == b.name;
    a.kind == b.kind
        && a.name == b.name
        && rows(a) == rows(b)
        && a.versions.iter().zip(&b.versions).all(same_row)
}

fn same_edge(a: &Edge, b: &Edge) -> bool {
    a.source == b.source
        && a.target == b.target
        && a.source_row == b.source_row
        && a.target_row == b.target_row
}

fn same_box(a: &GraphBox, b: &GraphBox) -> bool {
    a.name == b.name && a.parent == b.parent && a.members == b.members
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
