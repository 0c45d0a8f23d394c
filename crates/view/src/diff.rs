//! What differs between two answers, so that new numbers alone do not move the picture.

use model::Graph;

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
    todo!()
}

impl Diff {
    /// For the live region: "2 services came, 1 went; checkout is failing now." Empty when nothing is worth saying.
    pub fn sentence(&self, new: &Graph) -> String {
        todo!()
    }
}
