//! What lies within some hops of a thing: for focus and for a held hover.

use crate::hit::Hit;
use model::{Graph, Subject};

/// By index of the graph: what is within reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub nodes: Vec<bool>,
    pub edges: Vec<bool>,
}

/// Callers and callees within `hops` edges of the subject. None if the graph has no such thing.
pub fn of_subject(graph: &Graph, subject: &Subject, hops: u8) -> Option<Reach> {
    todo!()
}

pub fn of_hit(graph: &Graph, hit: Hit, hops: u8) -> Option<Reach> {
    todo!()
}
