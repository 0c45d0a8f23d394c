//! Colour says how much of the traffic is mutually authenticated. Plaintext is the thing to see, so it is warm.

use super::{EdgeStyle, NodeStyle, Overlay, Swatch, ramped_edge, ramped_node};
use crate::palette::{RAMP, Token};
use model::{Edge, Node};

pub(super) const OVERLAY: Overlay =
    Overlay { word: "mtls", name: "mTLS", node, edge, legend: LEGEND, has: super::always };

const LEGEND: &[Swatch] = &[
    Swatch { token: Token::Ramp5, text: "all mutual TLS" },
    Swatch { token: Token::Ramp3, text: "most of it" },
    Swatch { token: Token::DegradedLine, text: "less than half" },
    Swatch { token: Token::Degraded, text: "not encrypted" },
];

/// From here on it counts as all: a few requests across a restart do not matter.
const ALL_FROM: f64 = 0.999;

fn colour(share: f64) -> Token {
    if share >= ALL_FROM {
        RAMP[4]
    } else if share >= 0.5 {
        RAMP[2]
    } else if share > 0.0 {
        Token::DegradedLine
    } else {
        Token::Degraded
    }
}

fn node(node: &Node) -> NodeStyle {
    ramped_node(node, node.mtls_share.map(colour))
}

fn edge(edge: &Edge) -> EdgeStyle {
    ramped_edge(edge, edge.mtls_share.map(colour))
}
