//! Traffic that moves.

use layout::Scene;
use model::Graph;

/// One of them, in scene coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Particle {
    pub x: f64,
    pub y: f64,
    /// Radius of a round one; half the diagonal of a diamond.
    pub size: f64,
    /// A failed request.
    pub diamond: bool,
    /// Index of its edge in the graph.
    pub edge: usize,
}

#[derive(Debug)]
pub struct Particles {}

impl Particles {
    /// Empty lines; [`Self::settle`] fills them as if they had run for a while.
    pub fn new(graph: &Graph, scene: &Scene) -> Self {
        todo!()
    }

    /// New figures or routes: particles under way stay where they are if their edge does.
    pub fn update(&mut self, graph: &Graph, scene: &Scene) {
        todo!()
    }

    pub fn settle(&mut self) {
        todo!()
    }

    /// Moves everything on by `dt_s` seconds (long pauses count as a tenth of a second).
    pub fn step(&mut self, dt_s: f64) {
        todo!()
    }

    /// Those under way now. All round ones come before all diamonds, so that each batch has one colour.
    pub fn all(&self) -> &[Particle] {
        todo!()
    }

    /// How many have left so far on each edge of the graph: all, and those that failed.
    pub fn departures(&self) -> &[Departures] {
        todo!()
    }

    /// Whether anything moves at all; if not, the loop may stop.
    pub fn is_still(&self) -> bool {
        todo!()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Departures {
    pub all: u64,
    pub failed: u64,
}
