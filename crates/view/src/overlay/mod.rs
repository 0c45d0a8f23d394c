//! The overlays: what colour says. One table; drawing and legend both read it. Knows wire data and tokens, no shapes.

mod alerts;
mod change;
mod errors;
mod gap;
mod health;
mod latency;
mod mtls;
mod rate;
mod throughput;

use crate::{paint::glyph::only_tcp, palette::Token};
use model::{Edge, Graph, Node, Protocol, Status};

/// One way to colour the picture.
#[derive(Debug)]
pub struct Overlay {
    /// As in the address.
    pub word: &'static str,
    /// As on the button.
    pub name: &'static str,
    pub node: fn(&Node) -> NodeStyle,
    pub edge: fn(&Edge) -> EdgeStyle,
    /// What its colours mean, in the order of the legend.
    pub legend: &'static [Swatch],
    /// Whether the graph holds what it colours by; without it the menu leaves it out.
    pub has: fn(&Graph) -> bool,
}

/// How a card is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeStyle {
    /// The bar at its left edge.
    pub bar: Token,
    pub border: Token,
    pub fill: Token,
}

/// How an edge is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdgeStyle {
    pub ink: Token,
    /// Strokes across the line: failing, or not known.
    pub hatch: Option<Token>,
}

/// One entry of an overlay's legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swatch {
    pub token: Token,
    pub text: &'static str,
}

pub static ALL: [Overlay; 9] = [
    health::OVERLAY,
    rate::OVERLAY,
    latency::OVERLAY,
    mtls::OVERLAY,
    errors::OVERLAY,
    throughput::OVERLAY,
    gap::OVERLAY,
    change::OVERLAY,
    alerts::OVERLAY,
];

/// How many of them stand side by side; the others wait in a menu.
pub const FIRST: usize = 4;

fn always(_: &Graph) -> bool {
    true
}

/// The overlay of that word; health when nobody knows it.
pub fn by_word(word: &str) -> &'static Overlay {
    ALL.iter().find(|overlay| overlay.word == word).unwrap_or(&ALL[0])
}

pub(crate) use {change::ratio, gap::between, latency::telling_ms};

/// The step of the ramp for a value, given the upper bounds of the first four.
fn step(value: f64, bounds: [f64; 4]) -> Token {
    crate::palette::RAMP[bounds.iter().take_while(|bound| value >= **bound).count()]
}

/// A card coloured by the ramp: trouble keeps its glyph, only the bar says the value; unknown is grey and says so.
fn ramped_node(node: &Node, colour: Option<Token>) -> NodeStyle {
    let calm = NodeStyle { bar: Token::Unknown, border: Token::LineStrong, fill: Token::Surface };
    match colour {
        Some(bar) => NodeStyle { bar, ..calm },
        None if node.flags.silent => NodeStyle { bar: Token::EdgeGhost, ..calm },
        None => calm,
    }
}

/// A card whose colour does not apply: that is not unknown.
fn calm_node(node: &Node) -> NodeStyle {
    ramped_node(node, Some(if node.flags.silent { Token::EdgeGhost } else { Token::LineStrong }))
}

/// A line coloured by the ramp; failing keeps its hatch, so trouble stays in sight under every overlay.
fn ramped_edge(edge: &Edge, colour: Option<Token>) -> EdgeStyle {
    let failing = (edge.health.status == Status::Failing).then_some(Token::Failing);
    match colour {
        Some(ink) => EdgeStyle { ink, hatch: failing },
        None => EdgeStyle { ink: Token::Unknown, hatch: failing.or(Some(Token::Unknown)) },
    }
}

/// A card coloured by its requests. Bytes are none: where there is only TCP that is not unknown, it does not apply.
fn requests_node(node: &Node, colour: Option<Token>) -> NodeStyle {
    if only_tcp(node) { calm_node(node) } else { ramped_node(node, colour) }
}

/// A line coloured by its requests; as for cards.
fn requests_edge(edge: &Edge, colour: Option<Token>) -> EdgeStyle {
    if edge.protocol == Protocol::Tcp {
        return EdgeStyle { ink: Token::EdgeTcp, hatch: None };
    }
    ramped_edge(edge, colour)
}

/// Whether anything at all was counted on the edge.
fn is_measured(edge: &Edge) -> bool {
    edge.requests.is_some() || edge.tcp.is_some()
}

#[cfg(test)]
mod tests;
