//! Colour says how many bytes: the ramp over both directions together, of connections and of requests.

use super::{EdgeStyle, NodeStyle, Overlay, Swatch, always, ramped_edge, ramped_node, step};
use crate::{cards, palette::Token};
use model::{Edge, Node, Tcp, traffic::Volume};

pub(super) const OVERLAY: Overlay =
    Overlay { word: "throughput", name: "Throughput", node, edge, legend: LEGEND, has: always };

/// Upper bounds of the first four steps, in bytes a second.
const BOUNDS: [f64; 4] = [1e3, 1e5, 1e6, 1e7];

const LEGEND: &[Swatch] = &[
    Swatch { token: Token::Ramp1, text: "below 1\u{a0}kB/s" },
    Swatch { token: Token::Ramp2, text: "1 to 100\u{a0}kB/s" },
    Swatch { token: Token::Ramp3, text: "100\u{a0}kB/s to 1\u{a0}MB/s" },
    Swatch { token: Token::Ramp4, text: "1 to 10\u{a0}MB/s" },
    Swatch { token: Token::Ramp5, text: "from 10\u{a0}MB/s" },
];

fn colour(tcp: Option<&Tcp>, volume: Option<&Volume>) -> Option<Token> {
    cards::bytes_per_s(tcp, volume).map(|bytes| step(bytes, BOUNDS))
}

fn node(node: &Node) -> NodeStyle {
    ramped_node(node, colour(node.tcp.as_ref(), node.volume.as_ref()))
}

fn edge(edge: &Edge) -> EdgeStyle {
    ramped_edge(edge, colour(edge.tcp.as_ref(), edge.volume.as_ref()))
}
