//! Colour says what changed against another window: more, less, come, gone. How much stands in the label.

use super::{EdgeStyle, NodeStyle, Overlay, Swatch};
use crate::{cards, palette::Token};
use model::{Change, Edge, Node, Presence};

pub(super) const OVERLAY: Overlay = Overlay {
    word: "change",
    name: "Change",
    node,
    edge,
    legend: LEGEND,
    has: |graph| {
        graph.nodes.iter().any(|node| node.change.is_some())
            || graph.edges.iter().any(|edge| edge.change.is_some())
    },
};

const LEGEND: &[Swatch] = &[
    Swatch { token: Token::Faster, text: "less than before" },
    Swatch { token: Token::Edge, text: "about the same" },
    Swatch { token: Token::Slower, text: "more than before" },
    Swatch { token: Token::Particle, text: "new" },
    Swatch { token: Token::EdgeGhost, text: "gone" },
];

/// Within this ratio either way it is about the same.
const SAME: f64 = 1.25;

/// Now ÷ before; none where one of them is not known or was nothing.
pub(crate) fn ratio(now_rps: Option<f64>, change: &Change) -> Option<f64> {
    let before = change.rate_rps.filter(|rps| *rps > 0.0)?;
    now_rps.map(|now| now / before).filter(|ratio| ratio.is_finite())
}

fn colour(now_rps: Option<f64>, change: Option<&Change>) -> Option<Token> {
    let change = change?;
    match change.presence {
        Presence::Came => Some(Token::Particle),
        Presence::Went => Some(Token::EdgeGhost),
        Presence::Both => ratio(now_rps, change).map(|ratio| {
            if ratio > SAME {
                Token::Slower
            } else if ratio * SAME < 1.0 {
                Token::Faster
            } else {
                Token::Edge
            }
        }),
    }
}

fn node(node: &Node) -> NodeStyle {
    let now = cards::flow_rps(node.requests.as_ref(), node.tcp.as_ref());
    super::ramped_node(node, colour(now, node.change.as_ref()))
}

fn edge(edge: &Edge) -> EdgeStyle {
    let now = cards::flow_rps(edge.requests.as_ref(), edge.tcp.as_ref());
    super::ramped_edge(edge, colour(now, edge.change.as_ref()))
}
