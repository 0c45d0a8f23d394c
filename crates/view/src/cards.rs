//! Sizes: what the layout needs to know of cards, titles, lines and labels. The painter reads the same measures.

use crate::{label::Label, measure::MeasureText};
use model::{Edge, Graph, Node};

/// What a reader's choices add to the graph when it is placed.
#[derive(Clone, Debug)]
pub struct Options {
    /// Figures wanted on edges; room is kept for them.
    pub labels: Vec<&'static Label>,
    /// Cards moved by hand: node id and top left corner.
    pub pins: Vec<(String, layout::Point)>,
    /// Width ÷ height of the free part of the window.
    pub aspect: f64,
}

/// What the layout places. Keys are the ids of the graph; ports are row keys.
pub fn input(graph: &Graph, options: &Options, measure: &dyn MeasureText) -> layout::Input {
    todo!()
}

/// The size of a node's card. It depends on name, kind and number of versions only: figures may change under it.
pub fn size(node: &Node, measure: &dyn MeasureText) -> layout::Size {
    todo!()
}

/// Line width of an edge by its rate (TCP: bytes).
pub fn edge_width(edge: &Edge) -> f64 {
    todo!()
}
