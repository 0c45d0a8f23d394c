//! Clusters, namespaces and apps drawn as one card each, with the lines between them summed. Rates are sums, the worst
//! health stands for all, and what cannot be summed (a quantile) is not known. It knows no place: opening one is an update
//! of the picture.

mod card;
mod lines;
mod sums;

use crate::find::Matched;
use layout::{
    index::Index,
    sorting::{Keyed as _, Order as _},
};
use model::{BoxBy, Edge, Graph, GraphBox, Node, Subject};
use std::sync::Arc;
pub(crate) use sums::add_volume;

/// Cards, rows not counted, whose names can be read when all of them are in the window: above, the map opens with
/// namespaces folded.
pub const LIMIT: usize = 150;
/// What can be folded, from the outermost in.
pub const KINDS: [BoxBy; 3] = [BoxBy::Cluster, BoxBy::Namespace, BoxBy::App];

/// How ids of lines begin that may stand for several calls.
const SUM: &str = "sum/";

/// A graph with cards for boxes, and what became of the nodes and edges it was made from.
#[derive(Debug)]
pub struct Folded {
    pub graph: Arc<Graph>,
    /// By index of the whole graph: where it is now.
    nodes: Vec<usize>,
    /// A line within a folded box is not drawn, nor are the smallest of too many.
    edges: Vec<Option<usize>>,
    /// Sums that were too small to be drawn.
    pub left_out: usize,
}

/// Where a node of the whole graph is drawn.
#[derive(Clone, Copy, Debug)]
struct Drawn<'a> {
    id: &'a str,
    /// It is part of a card that stands for a box of this kind.
    by: Option<BoxBy>,
    /// Its card has no rows here.
    bare: bool,
}

impl Drawn<'_> {
    /// Neither its cluster nor its namespace is one card.
    fn is_open(&self) -> bool {
        self.by.is_none_or(|by| by == BoxBy::App)
    }
}

/// For each node the ids of the cluster, the namespace and the app it stands in: those of their boxes, and of their cards
/// once they are folded. A card with rows is an app by itself.
pub fn homes(graph: &Graph) -> Vec<[Option<String>; 3]> {
    let apps = graph.boxes.iter().filter(|land| land.by == BoxBy::App);
    let members: Vec<(&str, &String)> =
        apps.flat_map(|app| app.members.iter().map(|id| (id.as_str(), &app.id))).collect();
    let index = Index::new(&mut members.iter().map(|(id, _)| *id));
    let several = !graph.meta.clusters.is_empty();
    let home = |node: &Node| {
        let own = (!node.versions.is_empty()).then_some(&node.id);
        let app = index.get(&node.id).map(|at| members[at].1).or(own).cloned();
        // What is in no namespace is in no cluster either, as the server has it.
        let Some(namespace) = &node.namespace else { return [None, None, app] };
        let cluster = node.cluster.as_deref().filter(|cluster| !cluster.is_empty());
        let at = cluster.map(|cluster| ["@", cluster].concat()).unwrap_or_default();
        [
            cluster.filter(|_| several).map(|cluster| ["cluster/", cluster].concat()),
            Some(["namespace/", namespace, &at].concat()),
            app,
        ]
    };
    graph.nodes.iter().map(home).collect()
}

/// It may stand for several calls.
pub(crate) fn is_sum(edge: &Edge) -> bool {
    edge.id.starts_with(SUM)
}

/// Folds the boxes that `closed` says, by kind and id. One with a single node is that node; a card with rows loses them.
pub fn fold(graph: &Graph, closed: &dyn Fn(BoxBy, &str) -> bool) -> Folded {
    let homes = homes(graph);
    let shut: Vec<Vec<(BoxBy, &str)>> = homes.iter().map(|homes| shut(homes, closed)).collect();
    let mut stands: Vec<(&str, usize)> = Vec::new();
    for (at, boxes) in shut.iter().enumerate() {
        stands.extend(boxes.iter().map(|(_, id)| (*id, at)));
    }
    // Who stands in a box, where it is named first.
    let first = Index::new(&mut stands.iter().map(|(id, _)| *id));
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); stands.len()];
    for (id, at) in &stands {
        members[first.get(id).unwrap_or_default()].push(*at);
    }
    let drawn: Vec<Drawn> = graph
        .nodes
        .iter()
        .zip(&shut)
        .map(|(node, boxes)| {
            // The outermost that is folded.
            let card = boxes.iter().find(|(_, id)| first.get(id).is_some_and(|at| members[at].len() > 1));
            let bare = boxes.iter().any(|(_, id)| *id == node.id);
            card.map_or(Drawn { id: &node.id, by: None, bare }, |(by, id)| Drawn { id, by: Some(*by), bare })
        })
        .collect();
    let mut nodes: Vec<Node> = Vec::new();
    for ((id, _), members) in stands.iter().zip(&members) {
        let mine: Vec<usize> = members.iter().copied().filter(|at| drawn[*at].id == *id).collect();
        if let Some(by) = mine.first().and_then(|at| drawn[*at].by) {
            nodes.push(card::of_box(id, by, &mine.iter().map(|at| &graph.nodes[*at]).collect::<Vec<_>>()));
        }
    }
    let cards = nodes.len();
    for (node, drawn) in graph.nodes.iter().zip(&drawn).filter(|(_, drawn)| drawn.by.is_none()) {
        nodes.push(if drawn.bare { card::without_rows(node) } else { node.clone() });
    }
    let boxes = {
        let folded = Index::new(&mut nodes[..cards].iter().map(|card| card.id.as_str()));
        if cards > 0 { boxes(graph, &drawn, &folded) } else { graph.boxes.clone() }
    };
    nodes.order_by(|a, b| a.id.cmp(&b.id));
    let index = Index::new(&mut nodes.iter().map(|node| node.id.as_str()));
    let node_of: Vec<usize> = drawn.iter().map(|drawn| index.get(drawn.id).unwrap_or_default()).collect();
    let (mut edges, ends, mut edge_of) = lines::lines(graph, &nodes, &node_of);
    // In a namespace, and none of what is round it is folded.
    let open = |at: &usize| homes[*at][1].is_some() && shut[*at].iter().all(|(by, _)| *by == BoxBy::App);
    let (mut opened, mut lands) = (vec![false; nodes.len()], vec![false; nodes.len()]);
    for (at, card) in node_of.iter().enumerate() {
        opened[*card] |= open(&at);
        lands[*card] |= !drawn[at].is_open();
    }
    let all = edges.len();
    lines::thin_out(&mut edges, &ends, &mut edge_of, [&opened, &lands]);
    let left_out = all - edges.len();
    let folded = Graph {
        meta: graph.meta.clone(),
        edges,
        boxes,
        findings: graph.findings.clone(),
        namespaces: graph.namespaces.clone(),
        totals: graph.totals.clone(),
        nodes,
    };
    Folded { nodes: node_of, edges: edge_of, left_out, graph: Arc::new(folded) }
}

/// Which of its boxes are folded, from the outermost in.
fn shut<'a>(homes: &'a [Option<String>; 3], closed: &dyn Fn(BoxBy, &str) -> bool) -> Vec<(BoxBy, &'a str)> {
    let each = KINDS.into_iter().zip(homes).filter_map(|(by, id)| Some((by, id.as_deref()?)));
    each.filter(|(by, id)| closed(*by, id)).collect()
}

/// Boxes that are still open, with the cards that stand in them now.
fn boxes(graph: &Graph, drawn: &[Drawn], folded: &Index) -> Vec<GraphBox> {
    let nodes = Index::new(&mut graph.nodes.iter().map(|node| node.id.as_str()));
    let ids = Index::new(&mut graph.boxes.iter().map(|land| land.id.as_str()));
    // The innermost that is open, of it and those round it.
    let open = |at: usize| {
        let (mut open, mut next) = (None, Some(at));
        while let Some(at) = next {
            let land = &graph.boxes[at];
            open = if folded.has(&land.id) { None } else { open.or(next) };
            next = land.parent.as_deref().and_then(|parent| ids.get(parent));
        }
        open
    };
    let home: Vec<Option<usize>> = (0..graph.boxes.len()).map(open).collect();
    let mut boxes = Vec::new();
    for (at, land) in graph.boxes.iter().enumerate().filter(|(at, _)| home[*at] == Some(*at)) {
        let inner = graph.boxes.iter().zip(&home).filter(|(_, home)| **home == Some(at));
        let within = inner.flat_map(|(inner, _)| &inner.members).filter_map(|id| nodes.get(id));
        let members = within.map(|at| drawn[at].id).distinct();
        boxes.push(GraphBox { members: members.into_iter().map(str::to_owned).collect(), ..land.clone() });
    }
    boxes
}

impl Folded {
    /// A card is found where one of its nodes is, a line where one of its own is.
    pub fn matched(&self, whole: &Matched) -> Matched {
        let mut matched = Matched {
            nodes: vec![false; self.graph.nodes.len()],
            edges: vec![false; self.graph.edges.len()],
        };
        for (found, at) in whole.nodes.iter().zip(&self.nodes) {
            matched.nodes[*at] |= *found;
        }
        for (found, at) in whole.edges.iter().zip(&self.edges) {
            if let Some(at) = at {
                matched.edges[*at] |= *found;
            }
        }
        matched
    }

    /// The edges of the whole graph, by index, that a line stands for.
    pub fn calls(&self, line: &str) -> Vec<usize> {
        let is_part = |at: &usize| self.edges[*at].is_some_and(|at| self.graph.edges[at].id == line);
        (0..self.edges.len()).filter(is_part).collect()
    }

    /// What stands for a thing of the whole graph here; what is drawn itself stands for itself.
    pub fn subject(&self, whole: &Graph, subject: &Subject) -> Subject {
        let card = |at: usize| Subject::Node { id: self.graph.nodes[at].id.clone() };
        match subject {
            Subject::Node { id } | Subject::Row { node: id, .. } => {
                let at = whole.nodes.iter().position(|node| node.id == *id).map(|at| self.nodes[at]);
                // Rows may be gone.
                let is_other = |at: &usize| {
                    let node = &self.graph.nodes[*at];
                    node.id != *id || node.versions.is_empty()
                };
                at.filter(is_other).map(card)
            }
            Subject::Edge { id } => whole.edges.iter().position(|edge| edge.id == *id).and_then(|at| {
                let line = self.edges[at].map(|at| Subject::Edge { id: self.graph.edges[at].id.clone() });
                let within = || whole.nodes.iter().position(|node| node.id == whole.edges[at].source);
                line.or_else(|| Some(card(self.nodes[within()?])))
            }),
        }
        .unwrap_or_else(|| subject.clone())
    }
}
