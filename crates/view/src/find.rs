//! What the find box lights: the language's tests over every card and line of a graph.
//! It must not know the language.

use crate::{places, speak};
use model::Graph;
pub use model::{Find, FindError};

/// By index of the graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    pub nodes: Vec<bool>,
    pub edges: Vec<bool>,
}

/// Cards and lines that fit.
pub fn matched(find: &Find, graph: &Graph) -> Matched {
    let nodes = graph.nodes.iter().map(|node| find.fits_node(node)).collect();
    let ends = places::ends(graph);
    let cards = |ends: Option<(usize, usize)>| ends.map(|(a, b)| (&graph.nodes[a], &graph.nodes[b]));
    let edges = graph.edges.iter().zip(ends).map(|(edge, ends)| find.fits_edge(edge, cards(ends))).collect();
    Matched { nodes, edges }
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
