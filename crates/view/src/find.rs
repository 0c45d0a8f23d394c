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

/// What is drawn where only `found` is wanted (with its ends, and the lines between its cards) and `hidden` is not (nor what
/// leads there).
pub fn shown(graph: &Graph, found: Option<&Matched>, hidden: Option<&Matched>) -> Matched {
    let ends = places::ends(graph);
    let mut shown = found.cloned().unwrap_or_else(|| Matched {
        nodes: vec![true; graph.nodes.len()],
        edges: vec![true; graph.edges.len()],
    });
    if let Some(found) = found {
        for (edge, ends) in ends.iter().enumerate() {
            let Some((a, b)) = *ends else { continue };
            if found.edges[edge] {
                (shown.nodes[a], shown.nodes[b]) = (true, true);
            }
            shown.edges[edge] |= found.nodes[a] && found.nodes[b];
        }
    }
    if let Some(hidden) = hidden {
        for (node, is_hidden) in shown.nodes.iter_mut().zip(&hidden.nodes) {
            *node &= !is_hidden;
        }
        for (edge, ends) in ends.iter().enumerate() {
            let leads = ends.is_none_or(|(a, b)| shown.nodes[a] && shown.nodes[b]);
            shown.edges[edge] &= leads && !hidden.edges[edge];
        }
    }
    shown
}

impl Matched {
    /// "3 nodes and 2 edges match.", "Nothing matches."
    pub fn sentence(&self) -> String {
        match (self.count().as_str(), self.of_nodes() + self.of_edges()) {
            ("", _) => "Nothing matches.".into(),
            (one, 1) => [one, " matches."].concat(),
            (many, _) => [many, " match."].concat(),
        }
    }

    /// "3 nodes and 2 edges"; empty where there is nothing.
    pub fn count(&self) -> String {
        let (nodes, edges) = (self.of_nodes(), self.of_edges());
        let mut words = if nodes > 0 { speak::counted(nodes, "node", "nodes") } else { String::new() };
        if edges > 0 {
            words.push_str(if nodes > 0 { " and " } else { "" });
            words.push_str(&speak::counted(edges, "edge", "edges"));
        }
        words
    }

    fn of_nodes(&self) -> usize {
        self.nodes.iter().filter(|lit| **lit).count()
    }

    fn of_edges(&self) -> usize {
        self.edges.iter().filter(|lit| **lit).count()
    }
}
