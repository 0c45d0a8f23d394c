//! Which placed thing belongs to which thing of the graph. The layout leaves out what it cannot place, so the order of
//! the two lists says nothing; the keys do.

use layout::{Rect, Route, Scene};
use model::{Graph, Node};
use std::collections::{HashMap, HashSet};

/// By index of the graph.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    pub(crate) cards: Vec<Option<Rect>>,
    pub(crate) routes: Vec<Option<&'a Route>>,
    /// Whether a box round the node says its namespace.
    pub(crate) boxed: Vec<bool>,
    /// Indices of the nodes at an edge's ends: source, target.
    pub(crate) ends: Vec<Option<(usize, usize)>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(graph: &Graph, scene: &'a Scene) -> Self {
        let cards: HashMap<&str, Rect> =
            scene.nodes.iter().map(|node| (node.key.as_str(), node.rect)).collect();
        let routes: HashMap<&str, &Route> =
            scene.edges.iter().map(|route| (route.key.as_str(), route)).collect();
        Self {
            cards: graph.nodes.iter().map(|node| cards.get(node.id.as_str()).copied()).collect(),
            routes: graph
                .edges
                .iter()
                .map(|edge| routes.get(edge.id.as_str()).copied().filter(|route| !route.path.is_empty()))
                .collect(),
            boxed: boxed(graph),
            ends: ends(graph),
        }
    }
}

fn boxed(graph: &Graph) -> Vec<bool> {
    let members: HashSet<&str> =
        graph.boxes.iter().flat_map(|b| b.members.iter().map(String::as_str)).collect();
    graph.nodes.iter().map(|node| members.contains(node.id.as_str())).collect()
}

fn index_by_id(graph: &Graph) -> HashMap<&str, usize> {
    graph.nodes.iter().enumerate().map(|(i, node)| (node.id.as_str(), i)).collect()
}

/// Indices of source and target, an edge each.
pub(crate) fn ends(graph: &Graph) -> Vec<Option<(usize, usize)>> {
    let index = index_by_id(graph);
    let end = |id: &str| index.get(id).copied();
    graph.edges.iter().map(|edge| Some((end(&edge.source)?, end(&edge.target)?))).collect()
}

pub(crate) fn row_index(node: &Node, key: &str) -> Option<usize> {
    node.versions.iter().position(|row| row.key == key)
}
