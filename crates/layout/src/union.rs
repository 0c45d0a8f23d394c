//! One picture for several moments: the union of all frames is placed once, and each frame is a part of it, so that
//! nothing moves along the time line. Knows inputs and scenes, no time.

use crate::index::Index;
use crate::input::{Edge, Input, Node, Port};
use crate::place::place;
use crate::scene::{Scene, Size};

/// All that is in any of the frames, placed at once. A card is as large as in its largest frame and stands in the
/// group that the first frame names; a line is as heavy and as wide as in its heaviest frame.
#[must_use]
pub fn union(frames: &[Input]) -> Scene {
    let mut all = Input::default();
    let nodes = Index::new(&mut frames.iter().flat_map(|frame| &frame.nodes).map(|node| &*node.key));
    let edges = Index::new(&mut frames.iter().flat_map(|frame| &frame.edges).map(|edge| &*edge.key));
    let groups = Index::new(&mut frames.iter().flat_map(|frame| &frame.groups).map(|group| &*group.key));
    // Where the first of equal keys went.
    let mut node_at = Vec::new();
    let mut edge_at = Vec::new();
    for (at, node) in frames.iter().flat_map(|frame| &frame.nodes).enumerate() {
        node_at.push(all.nodes.len());
        match nodes.get(&node.key).filter(|&first| first < at) {
            Some(first) => join_nodes(&mut all.nodes[node_at[first]], node),
            None => all.nodes.push(node.clone()),
        }
    }
    for (at, edge) in frames.iter().flat_map(|frame| &frame.edges).enumerate() {
        edge_at.push(all.edges.len());
        match edges.get(&edge.key).filter(|&first| first < at) {
            Some(first) => join_edges(&mut all.edges[edge_at[first]], edge),
            None => all.edges.push(edge.clone()),
        }
    }
    for (at, group) in frames.iter().flat_map(|frame| &frame.groups).enumerate() {
        if groups.is_first(at) {
            all.groups.push(group.clone());
        }
    }
    all.aspect = frames.first().map_or(0.0, |frame| frame.aspect);
    place(&all)
}

/// The part of a scene that an input names, every card, line and box where it is. Boxes without a card are left out;
/// the bounds stay those of the whole.
#[must_use]
pub fn restrict(scene: &Scene, frame: &Input) -> Scene {
    let nodes = Index::new(&mut frame.nodes.iter().map(|node| &*node.key));
    let edges = Index::new(&mut frame.edges.iter().map(|edge| &*edge.key));
    let mut part = scene.clone();
    part.nodes.retain(|node| nodes.get(&node.key).is_some());
    part.edges.retain(|edge| edges.get(&edge.key).is_some());
    part.groups.retain(|group| holds(frame, &group.key, 2));
    part
}

/// Whether a card stands in a box, or in one that stands in it so many levels deep at most.
fn holds(frame: &Input, key: &str, levels: usize) -> bool {
    let within = |own: &Option<String>| own.as_deref() == Some(key);
    frame.nodes.iter().any(|node| within(&node.group))
        || levels > 0
            && frame.groups.iter().any(|group| within(&group.parent) && holds(frame, &group.key, levels - 1))
}

fn join_nodes(all: &mut Node, node: &Node) {
    all.size = larger(all.size, node.size);
    all.group = all.group.take().or_else(|| node.group.clone());
    all.pin = all.pin.or(node.pin);
    let new = |port: &&Port| all.ports.iter().all(|known| known.key != port.key);
    let new: Vec<Port> = node.ports.iter().filter(new).cloned().collect();
    all.ports.extend(new);
}

fn join_edges(all: &mut Edge, edge: &Edge) {
    all.weight = all.weight.max(edge.weight);
    all.width = all.width.max(edge.width);
    all.label = match (all.label, edge.label) {
        (Some(a), Some(b)) => Some(larger(a, b)),
        (a, b) => a.or(b),
    };
}

fn larger(a: Size, b: Size) -> Size {
    Size::new(a.width.max(b.width), a.height.max(b.height))
}
