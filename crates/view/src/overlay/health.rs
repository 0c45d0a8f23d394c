//! Colour says trouble, and nothing else is warm. Healthy is grey.

use super::{EdgeStyle, NodeStyle, Overlay, Swatch};
use crate::palette::Token;
use model::{Edge, Node, Protocol, Status};

pub(super) const OVERLAY: Overlay =
    Overlay { word: "health", name: "Health", node, edge, legend: LEGEND, has: super::always };

/// Glyphs and lines of the health overlay stand in the legend's own sections.
const LEGEND: &[Swatch] = &[];

fn node(node: &Node) -> NodeStyle {
    let (bar, border, fill) = match node.health.status {
        Status::Failing => (Token::Failing, Token::Failing, Token::FailingSoft),
        Status::Degraded => (Token::Degraded, Token::Degraded, Token::Surface),
        // TCP tells nothing of errors or times; that is no fault of the one that speaks it.
        Status::Unknown if crate::paint::glyph::only_tcp(node) => {
            (Token::LineStrong, Token::LineStrong, Token::Surface)
        }
        Status::Unknown | Status::TooFewRequests => (Token::Unknown, Token::LineStrong, Token::Surface),
        Status::Idle => (Token::Idle, Token::LineStrong, Token::Surface),
        Status::Healthy => (Token::LineStrong, Token::LineStrong, Token::Surface),
    };
    NodeStyle { bar, border, fill }
}

fn edge(edge: &Edge) -> EdgeStyle {
    match edge.health.status {
        Status::Failing => EdgeStyle { ink: Token::Failing, hatch: Some(Token::Failing) },
        Status::Degraded => EdgeStyle { ink: Token::Degraded, hatch: None },
        Status::Unknown if !super::is_measured(edge) => {
            EdgeStyle { ink: Token::Unknown, hatch: Some(Token::Unknown) }
        }
        _ => EdgeStyle { ink: plain(edge), hatch: None },
    }
}

/// The quiet colour of a line, by its protocol.
pub(super) fn plain(edge: &Edge) -> Token {
    if edge.protocol == Protocol::Tcp { Token::EdgeTcp } else { Token::Edge }
}
