//! Which placed thing belongs to which thing of the graph. The layout leaves out what it cannot place, so the order of
//! the two lists says nothing; the keys do.

use layout::index::Index;
use layout::{Rect, Route, Scene};
use model::{BoxBy, Graph, Node};

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
        let cards = Index::new(&mut scene.nodes.iter().map(|node| node.key.as_str()));
        let routes = Index::new(&mut scene.edges.iter().map(|route| route.key.as_str()));
        Self {
            cards: graph.nodes.iter().map(|node| Some(scene.nodes[cards.get(&node.id)?].rect)).collect(),
            routes: graph
                .edges
                .iter()
                .map(|edge| Some(&*scene.edges[routes.get(&edge.id)?]).filter(|route| !route.path.is_empty()))
                .collect(),
            boxed: boxed(graph),
            ends: ends(graph),
        }
    }
}

fn boxed(graph: &Graph) -> Vec<bool> {
    let lands = graph.boxes.iter().filter(|land| land.by != BoxBy::Cluster);
    let members = Index::new(&mut lands.flat_map(|b| b.members.iter().map(String::as_str)));
    graph.nodes.iter().map(|node| members.has(&node.id)).collect()
}

/// Indices of source and target, an edge each.
pub(crate) fn ends(graph: &Graph) -> Vec<Option<(usize, usize)>> {
    let index = Index::new(&mut graph.nodes.iter().map(|node| node.id.as_str()));
    let end = |id: &str| index.get(id);
    graph.edges.iter().map(|edge| Some((end(&edge.source)?, end(&edge.target)?))).collect()
}

pub(crate) fn row_index(node: &Node, key: &str) -> Option<usize> {
    node.versions.iter().position(|row| row.key == key)
}
