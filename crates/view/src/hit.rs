//! What lies under the pointer: a grid over the scene.

use layout::{Point, Rect, Scene};
use model::{Graph, Subject};

/// How near the pointer must come to a line, in screen pixels.
pub const MOUSE_PX: f64 = 6.0;
pub const FINGER_PX: f64 = 12.0;

/// Indices of the graph (a group: of the scene).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hit {
    Node(usize),
    /// Node and its row.
    Row(usize, usize),
    /// The pin mark of a card moved by hand.
    Pin(usize),
    Edge(usize),
    /// The open padlock of an edge in plaintext.
    Padlock(usize),
    Group(usize),
}

/// Built once a scene.
#[derive(Debug)]
pub struct SceneIndex {}

impl SceneIndex {
    pub fn new(graph: &Graph, scene: &Scene) -> Self {
        todo!()
    }

    /// What lies at a point of the scene, cards before lines before land. `tolerance` is in scene pixels
    /// ([`MOUSE_PX`] or [`FINGER_PX`] ÷ zoom). `rows` tells whether rows are drawn (near level).
    pub fn hit(&self, graph: &Graph, scene: &Scene, at: Point, tolerance: f64, rows: bool) -> Option<Hit> {
        todo!()
    }

    /// Graph indices of the nodes and of the edges that may reach into the rectangle.
    pub fn within(&self, rect: Rect) -> (Vec<usize>, Vec<usize>) {
        todo!()
    }
}

/// What a click on it selects; land selects nothing.
pub fn subject(hit: Hit, graph: &Graph) -> Option<Subject> {
    todo!()
}
