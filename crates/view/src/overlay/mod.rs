//! The overlays: what colour says. One table; drawing and legend both read it. Knows wire data and tokens, no shapes.

mod health;
mod latency;
mod mtls;
mod rate;

use crate::palette::Token;
use model::{Edge, Node, Status};

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

pub(crate) use latency::telling_ms;

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

/// A line coloured by the ramp; failing keeps its hatch, so trouble stays in sight under every overlay.
fn ramped_edge(edge: &Edge, colour: Option<Token>) -> EdgeStyle {
    let failing = (edge.health.status == Status::Failing).then_some(Token::Failing);
    match colour {
        Some(ink) => EdgeStyle { ink, hatch: failing },
        None => EdgeStyle { ink: Token::Unknown, hatch: failing.or(Some(Token::Unknown)) },
    }
}

/// Whether anything at all was counted on the edge.
fn is_measured(edge: &Edge) -> bool {
    edge.requests.is_some() || edge.tcp.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_and_an_unknown_one_falls_to_health() {
        let words: Vec<&str> = ALL.iter().map(|overlay| overlay.word).collect();
        assert_eq!(words, ["health", "rate", "latency", "mtls"]);
        assert_eq!(by_word("latency").name, "Latency");
        assert_eq!(by_word("<b>").word, "health");
    }

    #[test]
    fn steps_begin_at_their_bound() {
        let bounds = [1.0, 10.0, 100.0, 1_000.0];
        let steps = [0.5, 1.0, 99.0, 1e9].map(|value| step(value, bounds));
        assert_eq!(steps, [Token::Ramp1, Token::Ramp2, Token::Ramp3, Token::Ramp5]);
    }
}
