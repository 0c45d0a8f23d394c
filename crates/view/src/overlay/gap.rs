//! Colour says how far apart both sides of a call are: the time that only the client sees is the way between them, and
//! calls that only the client counts were lost on it.

use super::{EdgeStyle, NodeStyle, Overlay, Swatch, calm_node, ramped_edge, step};
use crate::palette::Token;
use model::{Edge, Node, Protocol};

pub(super) const OVERLAY: Overlay = Overlay {
    word: "gap",
    name: "Gap",
    node,
    edge,
    legend: LEGEND,
    has: |graph| graph.edges.iter().any(|edge| between(edge).is_some()),
};

/// Upper bounds of the first four steps, in milliseconds on the way.
const BOUNDS_MS: [f64; 4] = [1.0, 5.0, 25.0, 100.0];
/// Beyond this share both sides do not count the same; below it they were scraped at different moments.
const DISAGREE_FROM: f64 = 0.05;

const LEGEND: &[Swatch] = &[
    Swatch { token: Token::Ramp1, text: "below 1\u{a0}ms" },
    Swatch { token: Token::Ramp2, text: "1 to 5\u{a0}ms" },
    Swatch { token: Token::Ramp3, text: "5 to 25\u{a0}ms" },
    Swatch { token: Token::Ramp4, text: "25 to 100\u{a0}ms" },
    Swatch { token: Token::Ramp5, text: "from 100\u{a0}ms" },
    Swatch { token: Token::Degraded, text: "counted differently" },
];

/// What the client saw less what the server saw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Gap {
    /// Share of what the client counted; below zero where the server counted more.
    pub(crate) lost_share: f64,
    pub(crate) way_ms: Option<f64>,
}

impl Gap {
    pub(crate) fn disagree(&self) -> bool {
        self.lost_share.abs() > DISAGREE_FROM
    }
}

/// None where only one side spoke.
pub(crate) fn between(edge: &Edge) -> Option<Gap> {
    let (here, other) = (edge.requests.as_ref()?, edge.other_side.as_ref()?);
    let mean_ms = edge.latency.as_ref().and_then(|latency| latency.mean_ms);
    let is_client = other.reporter == "source";
    let sign = if is_client { 1.0 } else { -1.0 };
    let client_rps = if is_client { other.rate_rps } else { here.rate_rps };
    let lost_share = sign * (other.rate_rps - here.rate_rps) / client_rps.max(1e-9);
    let way_ms = other.mean_ms.zip(mean_ms).map(|(other, here)| sign * (other - here));
    Some(Gap { lost_share, way_ms: way_ms.filter(|ms| ms.is_finite()) })
        .filter(|gap| gap.lost_share.is_finite())
}

/// A gap lies between two cards: on the cards themselves colour says nothing.
fn node(node: &Node) -> NodeStyle {
    calm_node(node)
}

fn edge(edge: &Edge) -> EdgeStyle {
    if edge.protocol == Protocol::Tcp {
        return EdgeStyle { ink: Token::EdgeTcp, hatch: None };
    }
    let colour = between(edge).and_then(|gap| {
        if gap.disagree() {
            return Some(Token::Degraded);
        }
        Some(step(gap.way_ms?, BOUNDS_MS))
    });
    ramped_edge(edge, colour)
}
