//! Colour says how much: the ramp over requests a second (TCP over bytes, by the same scale as line widths).

use super::{EdgeStyle, NodeStyle, Overlay, Swatch, ramped_edge, ramped_node, step};
use crate::{cards, palette::Token};
use model::{Edge, Node, Requests, Tcp};

pub(super) const OVERLAY: Overlay =
    Overlay { word: "rate", name: "Rate", node, edge, legend: LEGEND, has: super::always };

/// Upper bounds of the first four steps, in requests a second.
const BOUNDS_RPS: [f64; 4] = [1.0, 10.0, 100.0, 1_000.0];

const LEGEND: &[Swatch] = &[
    Swatch { token: Token::Ramp1, text: "below 1\u{a0}rps" },
    Swatch { token: Token::Ramp2, text: "1 to 10\u{a0}rps" },
    Swatch { token: Token::Ramp3, text: "10 to 100\u{a0}rps" },
    Swatch { token: Token::Ramp4, text: "100 to 1,000\u{a0}rps" },
    Swatch { token: Token::Ramp5, text: "from 1,000\u{a0}rps" },
];

fn colour(requests: Option<&Requests>, tcp: Option<&Tcp>) -> Option<Token> {
    cards::flow_rps(requests, tcp).map(|rps| step(rps, BOUNDS_RPS))
}

fn node(node: &Node) -> NodeStyle {
    ramped_node(node, colour(node.requests.as_ref(), node.tcp.as_ref()))
}

fn edge(edge: &Edge) -> EdgeStyle {
    ramped_edge(edge, colour(edge.requests.as_ref(), edge.tcp.as_ref()))
}
