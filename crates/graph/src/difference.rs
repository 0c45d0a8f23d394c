//! What became of one graph in the next, for those who hold the first. `model::difference::apply` is the way back.
//! It must not know how either came to be.

use model::difference::{Changes, Difference, Gone, Part, Parts, Places};
use model::graph::Graph;
use rustc_hash::FxHashMap;

/// The difference that leads from one graph to the next.
pub fn difference(from: &Graph, to: &Graph, seq: u64) -> Difference {
    let nodes = changes(&from.nodes, &to.nodes);
    let edges = changes(&from.edges, &to.edges);
    let boxes = changes(&from.boxes, &to.boxes);
    Difference {
        seq,
        add: Parts { nodes: nodes.add, edges: edges.add, boxes: boxes.add },
        places: Places { nodes: nodes.places, edges: edges.places, boxes: boxes.places },
        update: Changes { nodes: nodes.update, edges: edges.update, boxes: boxes.update },
        remove: Gone { nodes: nodes.remove, edges: edges.remove, boxes: boxes.remove },
        meta: changed(&from.meta, &to.meta),
        findings: changed(&from.findings, &to.findings),
        namespaces: changed(&from.namespaces, &to.namespaces),
        totals: changed(&from.totals, &to.totals),
    }
}

fn changed<T: Clone + PartialEq>(from: &T, to: &T) -> Option<T> {
    (from != to).then(|| to.clone())
}

struct Told<T: Part> {
    add: Vec<T>,
    places: Vec<usize>,
    update: Vec<T::Change>,
    remove: Vec<String>,
}

/// Survivors keep their order. One that would break it is taken out and put in anew.
fn changes<T: Part>(from: &[T], to: &[T]) -> Told<T> {
    let mut at: FxHashMap<&str, usize> = from.iter().enumerate().map(|(at, part)| (part.id(), at)).collect();
    let mut survives = vec![false; from.len()];
    let (mut add, mut places, mut update) = (Vec::new(), Vec::new(), Vec::new());
    let mut behind = 0;
    for (place, part) in to.iter().enumerate() {
        if let Some(at) = at.remove(part.id()).filter(|at| *at >= behind) {
            behind = at + 1;
            survives[at] = true;
            update.extend(from[at].change(part));
        } else {
            add.push(part.clone());
            places.push(place);
        }
    }
    let gone = from.iter().zip(survives).filter(|(_, survives)| !survives);
    Told { add, places, update, remove: gone.map(|(part, _)| part.id().to_owned()).collect() }
}
