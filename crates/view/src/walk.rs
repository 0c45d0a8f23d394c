//! The keyboard's walk over the map.

use layout::Scene;
use model::{Graph, Subject};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Against the arrows: to a caller.
    Left,
    /// Along the arrows: to a callee.
    Right,
    /// Between siblings of a column.
    Up,
    Down,
}

/// Where a step leads; without a selection to the first card at the left. None: there is nothing in that direction.
pub fn step(graph: &Graph, scene: &Scene, from: Option<&Subject>, step: Step) -> Option<Subject> {
    todo!()
}
