//! Colour says how much fails. Nothing failed is grey; the warm colours begin with the first error.

use super::{EdgeStyle, NodeStyle, Overlay, Swatch, requests_edge, requests_node};
use crate::palette::Token;
use model::{Edge, Node, Requests};

pub(super) const OVERLAY: Overlay =
    Overlay { word: "errors", name: "Errors", node, edge, legend: LEGEND, has: super::always };

const LEGEND: &[Swatch] = &[
    Swatch { token: Token::Edge, text: "none" },
    Swatch { token: Token::DegradedLine, text: "below 1\u{a0}%" },
    Swatch { token: Token::Degraded, text: "1 to 10\u{a0}%" },
    Swatch { token: Token::Failing, text: "from 10\u{a0}%" },
];

fn colour(requests: &Requests) -> Option<Token> {
    Some(match requests.error_share? {
        share if share <= 0.0 => Token::Edge,
        share if share < 0.01 => Token::DegradedLine,
        share if share < 0.1 => Token::Degraded,
        _ => Token::Failing,
    })
}

fn node(node: &Node) -> NodeStyle {
    requests_node(node, node.requests.as_ref().and_then(colour))
}

fn edge(edge: &Edge) -> EdgeStyle {
    requests_edge(edge, edge.requests.as_ref().and_then(colour))
}
