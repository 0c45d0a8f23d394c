//! Colour says where alerts fire; the bell at the card's corner says how many.

use super::{EdgeStyle, NodeStyle, Overlay, Swatch, health, ramped_node};
use crate::palette::Token;
use model::{Edge, Node};

pub(super) const OVERLAY: Overlay = Overlay {
    word: "alerts",
    name: "Alerts",
    node,
    edge,
    legend: LEGEND,
    has: |graph| graph.nodes.iter().any(|node| node.alerts.is_some()),
};

const LEGEND: &[Swatch] =
    &[Swatch { token: Token::Failing, text: "alerts fire" }, Swatch { token: Token::Edge, text: "no alert" }];

fn node(node: &Node) -> NodeStyle {
    let colour = |count| if count > 0 { Token::Failing } else { Token::Edge };
    ramped_node(node, node.alerts.map(colour))
}

/// An alert is about a service, never about a line.
fn edge(edge: &Edge) -> EdgeStyle {
    EdgeStyle { ink: health::plain(edge), hatch: None }
}
