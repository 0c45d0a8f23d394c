//! The figures that may be written on edges. One table; the menu, the drawing and the layout's room all read it.

use model::Edge;

/// One kind of figure.
#[derive(Debug)]
pub struct Label {
    /// As in the address.
    pub word: &'static str,
    /// As in the menu.
    pub name: &'static str,
    /// What it writes on this edge; none where it has nothing to say.
    pub text: fn(&Edge) -> Option<String>,
}

pub static ALL: [Label; 6] = [
    Label { word: "rate", name: "Rate", text: rate },
    Label { word: "errors", name: "Errors", text: errors },
    Label { word: "p95", name: "p95", text: p95 },
    Label { word: "mean", name: "Mean", text: mean },
    Label { word: "mtls", name: "mTLS", text: mtls },
    Label { word: "throughput", name: "Throughput", text: throughput },
];
