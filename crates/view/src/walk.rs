//! The keyboard's walk over the map: along the lines to callers and callees, up and down between siblings
//! and through the versions of a card.

use crate::{
    cards,
    places::{self, Places},
};
use layout::Scene;
use layout::sorting::Order as _;
use model::{Graph, Subject};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Against the arrows: to a caller.
    Left,
    /// Along the arrows: to a callee.
    Right,
    /// Between siblings of a column.
    Up,
    Down,
}

/// Where a step leads; without a selection to the first card at the left. None: there is nothing in that direction.
pub fn step(graph: &Graph, scene: &Scene, from: Option<&Subject>, step: Step) -> Option<Subject> {
    // What is there no longer is no place to go on from.
    let from = from.filter(|subject| match subject {
        Subject::Node { id } | Subject::Row { node: id, .. } => graph.nodes.iter().any(|node| node.id == *id),
        Subject::Edge { id } => graph.edges.iter().any(|edge| edge.id == *id),
    });
    match from {
        None => first(graph, scene),
        Some(Subject::Node { id }) => from_node(graph, scene, id, step),
        Some(Subject::Row { node, row }) => from_row(graph, scene, (node, row), step),
        Some(Subject::Edge { id }) => from_edge(graph, id, step),
    }
}

fn node_subject(graph: &Graph, index: usize) -> Subject {
    Subject::Node { id: graph.nodes[index].id.clone() }
}

fn row_subject(graph: &Graph, index: usize, row: usize) -> Subject {
    let node = &graph.nodes[index];
    Subject::Row { node: node.id.clone(), row: node.versions[row].key.clone() }
}

fn first(graph: &Graph, scene: &Scene) -> Option<Subject> {
    let first = scene.nodes.iter().min_by_key(|placed| (placed.layer, placed.order))?;
    let index = graph.nodes.iter().position(|node| node.id == first.key)?;
    Some(node_subject(graph, index))
}

fn from_node(graph: &Graph, scene: &Scene, id: &str, step: Step) -> Option<Subject> {
    let index = graph.nodes.iter().position(|node| node.id == id)?;
    match step {
        Step::Left | Step::Right => busiest_edge(graph, index, step == Step::Right),
        Step::Down if cards::shown_rows(&graph.nodes[index]) > 0 => Some(row_subject(graph, index, 0)),
        Step::Up | Step::Down => sibling(graph, scene, index, step == Step::Down),
    }
}

/// First onto the line, so that each edge can be reached; the next step goes over it.
fn busiest_edge(graph: &Graph, node: usize, forward: bool) -> Option<Subject> {
    let fitting = edges_at(graph, node, forward);
    fitting.first().map(|edge| Subject::Edge { id: graph.edges[*edge].id.clone() })
}

/// Edges out of (or into) a node, the widest first, then by id.
fn edges_at(graph: &Graph, node: usize, forward: bool) -> Vec<usize> {
    let ends = places::ends(graph);
    let mut edges: Vec<usize> = (0..graph.edges.len())
        .filter(|edge| {
            ends[*edge].is_some_and(|(source, target)| if forward { source } else { target } == node)
        })
        .collect();
    let width = |edge: usize| crate::cards::edge_width(&graph.edges[edge]);
    edges.order_by(|a, b| width(*b).total_cmp(&width(*a)).then(a.cmp(b)));
    edges
}

fn from_edge(graph: &Graph, id: &str, step: Step) -> Option<Subject> {
    let edge = graph.edges.iter().position(|edge| edge.id == id)?;
    let (source, target) = places::ends(graph)[edge]?;
    match step {
        Step::Left => Some(end_subject(graph, source, graph.edges[edge].source_row.as_deref())),
        Step::Right => Some(end_subject(graph, target, graph.edges[edge].target_row.as_deref())),
        Step::Up | Step::Down => {
            // Round among the edges of the same caller, or of the callee when the caller has no other.
            let mut siblings = edges_at(graph, source, true);
            if siblings.len() < 2 {
                siblings = edges_at(graph, target, false);
            }
            let at = siblings.iter().position(|sibling| *sibling == edge)?;
            let next = if step == Step::Down { at.checked_add(1)? } else { at.checked_sub(1)? };
            siblings.get(next).map(|edge| Subject::Edge { id: graph.edges[*edge].id.clone() })
        }
    }
}

/// The row that an edge ends at, where it is written out; else the card.
fn end_subject(graph: &Graph, node: usize, row: Option<&str>) -> Subject {
    let row = row.and_then(|row| places::row_index(&graph.nodes[node], row));
    match row.filter(|row| *row < cards::shown_rows(&graph.nodes[node])) {
        Some(row) => row_subject(graph, node, row),
        None => node_subject(graph, node),
    }
}

/// Up and down through the rows and out of the card at both ends; sideways along the row's own lines.
fn from_row(graph: &Graph, scene: &Scene, (id, key): (&str, &str), step: Step) -> Option<Subject> {
    let index = graph.nodes.iter().position(|node| node.id == id)?;
    let row = places::row_index(&graph.nodes[index], key)?;
    let next = match step {
        Step::Left | Step::Right => {
            let forward = step == Step::Right;
            let mine = edges_at(graph, index, forward).into_iter().find(|edge| {
                let edge = &graph.edges[*edge];
                let end = if forward { &edge.source_row } else { &edge.target_row };
                end.as_deref() == Some(key)
            });
            let line = mine.map(|edge| Subject::Edge { id: graph.edges[edge].id.clone() });
            return line.or_else(|| busiest_edge(graph, index, forward));
        }
        Step::Up => row.checked_sub(1),
        Step::Down => Some(row + 1),
    };
    match next {
        None => Some(node_subject(graph, index)),
        Some(next) if next < cards::shown_rows(&graph.nodes[index]) => Some(row_subject(graph, index, next)),
        Some(_) => sibling(graph, scene, index, true),
    }
}

/// The next card of the same column; at its end the walk goes on in the next column.
fn sibling(graph: &Graph, scene: &Scene, index: usize, down: bool) -> Option<Subject> {
    let places = Places::new(graph, scene);
    let here = scene.nodes.iter().find(|placed| placed.key == graph.nodes[index].id)?;
    let mut order: Vec<(usize, f64, usize)> = scene
        .nodes
        .iter()
        .filter_map(|placed| {
            let node = graph.nodes.iter().position(|node| node.id == placed.key)?;
            Some((placed.layer, places.cards[node]?.y, node))
        })
        .collect();
    order.order_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let at = order.iter().position(|(_, _, node)| graph.nodes[*node].id == here.key)?;
    let next = if down { at + 1 } else { at.checked_sub(1)? };
    let (_, _, next) = *order.get(next)?;
    // Upwards a card is entered at its last row.
    let last_row = cards::shown_rows(&graph.nodes[next]).checked_sub(1).filter(|_| !down);
    Some(last_row.map_or_else(|| node_subject(graph, next), |row| row_subject(graph, next, row)))
}
