//! Colour says how slow: the ramp over p95, or over the mean where no buckets are known.

use super::{EdgeStyle, NodeStyle, Overlay, Swatch, requests_edge, requests_node, step};
use crate::palette::Token;
use model::{Edge, Latency, Node};

pub(super) const OVERLAY: Overlay =
    Overlay { word: "latency", name: "Latency", node, edge, legend: LEGEND, has: super::always };

/// Upper bounds of the first four steps, in milliseconds.
const BOUNDS_MS: [f64; 4] = [10.0, 50.0, 250.0, 1_000.0];

const LEGEND: &[Swatch] = &[
    Swatch { token: Token::Ramp1, text: "below 10\u{a0}ms" },
    Swatch { token: Token::Ramp2, text: "10 to 50\u{a0}ms" },
    Swatch { token: Token::Ramp3, text: "50 to 250\u{a0}ms" },
    Swatch { token: Token::Ramp4, text: "250\u{a0}ms to 1\u{a0}s" },
    Swatch { token: Token::Ramp5, text: "from 1\u{a0}s" },
];

/// What stands for the latency of a thing.
pub(crate) fn telling_ms(latency: &Latency) -> Option<f64> {
    latency.p95.map(|p95| p95.ms).or(latency.mean_ms).filter(|ms| ms.is_finite())
}

fn colour(latency: Option<&Latency>) -> Option<Token> {
    latency.and_then(telling_ms).map(|ms| step(ms, BOUNDS_MS))
}

fn node(node: &Node) -> NodeStyle {
    requests_node(node, colour(node.latency.as_ref()))
}

fn edge(edge: &Edge) -> EdgeStyle {
    requests_edge(edge, colour(edge.latency.as_ref()))
}
