//! Where traffic is not encrypted: which edges carry the open padlock, and where on the line it sits.

use crate::curve::Arc;
use layout::Point;
use model::Edge;

/// A few requests across a restart do not make an edge plaintext.
const ENCRYPTED_FROM: f64 = 0.999;
pub(crate) const RADIUS: f64 = 8.5;

/// Known to carry some plaintext. What is not known is not said.
pub(crate) fn is_plaintext(edge: &Edge) -> bool {
    !edge.flags.silent && edge.mtls_share.is_some_and(|share| share < ENCRYPTED_FROM)
}

/// On the line, at its middle.
pub(crate) fn place(arc: &Arc) -> Point {
    arc.at(arc.length() / 2.0)
}
