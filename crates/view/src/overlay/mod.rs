//! The overlays: what colour says. One table; drawing and legend both read it. Knows wire data and tokens, no shapes.

mod health;
mod latency;
mod mtls;
mod rate;

use crate::palette::Token;
use model::{Edge, Node};

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

pub static ALL: [Overlay; 4] = [health::OVERLAY, rate::OVERLAY, latency::OVERLAY, mtls::OVERLAY];

/// The overlay of that word; health when nobody knows it.
pub fn by_word(word: &str) -> &'static Overlay {
    ALL.iter().find(|overlay| overlay.word == word).unwrap_or(&ALL[0])
}
