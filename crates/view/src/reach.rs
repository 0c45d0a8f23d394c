//! What lies within some hops of a thing: for focus and for a held hover.

use crate::{hit::Hit, places};
use model::Graph;

/// By index of the graph: what is within reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub nodes: Vec<bool>,
    pub edges: Vec<bool>,
}

/// Callers and callees within `hops` edges. None if the graph has no such thing; land reaches nothing.
pub fn of_hit(graph: &Graph, hit: Hit, hops: u8) -> Option<Reach> {
    match hit {
        Hit::Node(node) | Hit::Row(node, _) | Hit::Pin(node) => {
            (node < graph.nodes.len()).then(|| around_node(graph, node, hops))
        }
        Hit::Edge(edge) | Hit::Padlock(edge) => around_edge(graph, edge, hops),
        Hit::Group(_) => None,
    }
}

/// Down the callees and up the callers; not the callers of callees, which say nothing about this node.
fn around_node(graph: &Graph, node: usize, hops: u8) -> Reach {
    let mut reach = nothing(graph);
    reach.nodes[node] = true;
    spread(graph, &mut reach, node, hops, true);
    spread(graph, &mut reach, node, hops, false);
    reach
}

/// The edge with both ends, and from the second hop on what feeds it and what it feeds.
fn around_edge(graph: &Graph, edge: usize, hops: u8) -> Option<Reach> {
    let (source, target) = places::ends(graph).get(edge).copied().flatten()?;
    let mut reach = nothing(graph);
    reach.edges[edge] = true;
    (reach.nodes[source], reach.nodes[target]) = (true, true);
    spread(graph, &mut reach, target, hops.saturating_sub(1), true);
    spread(graph, &mut reach, source, hops.saturating_sub(1), false);
    Some(reach)
}

fn nothing(graph: &Graph) -> Reach {
    Reach { nodes: vec![false; graph.nodes.len()], edges: vec![false; graph.edges.len()] }
}

fn spread(graph: &Graph, reach: &mut Reach, from: usize, hops: u8, forward: bool) {
    let ends = places::ends(graph);
    let mut seen = vec![false; graph.nodes.len()];
    seen[from] = true;
    let mut rim = vec![from];
    for _ in 0..hops {
        let mut next = Vec::new();
        for (edge, ends) in ends.iter().enumerate() {
            let Some((source, target)) = *ends else { continue };
            let (near, far) = if forward { (source, target) } else { (target, source) };
            if !rim.contains(&near) {
                continue;
            }
            reach.edges[edge] = true;
            reach.nodes[far] = true;
            if !seen[far] {
                seen[far] = true;
                next.push(far);
            }
        }
        rim = next;
    }
}
