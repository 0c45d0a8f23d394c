//! Fixtures for the tests of this crate: the shop as the API answers it, placed and ready to draw.

mod boxes;
mod crowd;
mod folding;
mod hands;
mod motion;
mod picture;
mod words;

use crate::{ApproximateMeasure, Drawing, cards, label};
use layout::Scene;
use model::{Edge, Graph, Node};

pub(crate) fn shop() -> Graph {
    serde_json::from_str(include_str!("../tests/fixture/shop.json"))
        .expect("the fixture is an answer of the API")
}

pub(crate) fn placed(graph: &Graph) -> Scene {
    let labels = label::by_words(&["rate", "errors"]);
    let options = cards::Options { labels, pins: vec![], aspect: 1.5 };
    layout::place(&cards::input(graph, &options, &ApproximateMeasure))
}

pub(crate) fn drawing<'a>(graph: &'a Graph, scene: &'a Scene) -> Drawing<'a> {
    Drawing::plain(graph, scene, &ApproximateMeasure)
}

pub(crate) fn node_index(graph: &Graph, name: &str) -> usize {
    graph.nodes.iter().position(|node| node.name == name).expect("a node of the shop")
}

pub(crate) fn node<'a>(graph: &'a Graph, name: &str) -> &'a Node {
    &graph.nodes[node_index(graph, name)]
}

/// The first edge between two names.
pub(crate) fn edge_index(graph: &Graph, source: &str, target: &str) -> usize {
    let (source, target) = (&node(graph, source).id, &node(graph, target).id);
    graph.edges.iter().position(|e| e.source == *source && e.target == *target).expect("an edge of the shop")
}

pub(crate) fn edge<'a>(graph: &'a Graph, source: &str, target: &str) -> &'a Edge {
    &graph.edges[edge_index(graph, source, target)]
}
