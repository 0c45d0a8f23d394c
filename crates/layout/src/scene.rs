//! Where everything stands: the plain result that painters, exports and tests read. No behaviour but small geometry.

use std::sync::Arc;

use crate::input::GroupKind;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// Axis-aligned, y down, from its top left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// One piece of a route.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cubic {
    pub from: Point,
    pub c1: Point,
    pub c2: Point,
    pub to: Point,
}

/// A placed picture. Nodes, edges and groups come in the order of the input they were placed from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    pub nodes: Vec<PlacedNode>,
    /// Shared with the picture this one follows, as far as they are the same.
    pub edges: Vec<Arc<Route>>,
    pub groups: Vec<PlacedGroup>,
    /// Round everything, labels and lines included.
    pub bounds: Rect,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlacedNode {
    pub key: String,
    pub rect: Rect,
    /// Column, from the left.
    pub layer: usize,
    /// Place in the column, from the top.
    pub order: usize,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    pub key: String,
    pub source: String,
    pub target: String,
    /// Never empty; each piece starts where the one before ended.
    pub path: Vec<Cubic>,
    /// Runs against the reading direction, round the cards.
    pub back: bool,
    /// Begins and ends at the same card.
    pub looped: bool,
    /// Where its label fits; none when there is no room or no label was asked for.
    pub label: Option<Rect>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlacedGroup {
    pub key: String,
    pub kind: GroupKind,
    pub parent: Option<String>,
    pub rect: Rect,
}

/// A scene, and how it differs from the one before. The lists hold keys, in the order of the scene.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Update {
    pub scene: Scene,
    /// Cards that stand elsewhere than before.
    pub moved: Vec<String>,
    /// Cards that are new.
    pub added: Vec<String>,
    /// Cards that are gone.
    pub removed: Vec<String>,
    /// Edges whose route or label is new or changed.
    pub rerouted: Vec<String>,
}

impl Point {
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

impl Size {
    #[must_use]
    pub const fn new(width: f64, height: f64) -> Self {
        Self { width, height }
    }
}

impl Rect {
    #[must_use]
    pub const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    #[must_use]
    pub const fn right(&self) -> f64 {
        self.x + self.width
    }

    #[must_use]
    pub const fn bottom(&self) -> f64 {
        self.y + self.height
    }

    #[must_use]
    pub const fn centre(&self) -> Point {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// Grown by `by` on all four sides (shrunk when negative).
    #[must_use]
    pub const fn grown(&self, by: f64) -> Self {
        Self::new(self.x - by, self.y - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }

    /// Whether the inner areas meet; touching borders do not count.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Whether the point lies inside or on the border.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        point.x >= self.x && point.x <= self.right() && point.y >= self.y && point.y <= self.bottom()
    }

    /// The smallest rectangle round both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let x = self.x.min(other.x);
        let y = self.y.min(other.y);
        Self::new(x, y, self.right().max(other.right()) - x, self.bottom().max(other.bottom()) - y)
    }
}

impl Cubic {
    /// A piece that leaves and arrives horizontally, with control points at half the way.
    #[must_use]
    pub const fn horizontal(from: Point, to: Point) -> Self {
        let half = (to.x - from.x) / 2.0;
        Self { from, c1: Point::new(from.x + half, from.y), c2: Point::new(to.x - half, to.y), to }
    }

    /// A straight piece.
    #[must_use]
    pub const fn line(from: Point, to: Point) -> Self {
        let third = Point::new((to.x - from.x) / 3.0, (to.y - from.y) / 3.0);
        Self {
            from,
            c1: Point::new(from.x + third.x, from.y + third.y),
            c2: Point::new(to.x - third.x, to.y - third.y),
            to,
        }
    }

    /// The point at `t` from 0 to 1.
    #[must_use]
    pub const fn at(&self, t: f64) -> Point {
        let s = 1.0 - t;
        let (a, b, c, d) = (s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t);
        Point::new(
            a * self.from.x + b * self.c1.x + c * self.c2.x + d * self.to.x,
            a * self.from.y + b * self.c1.y + c * self.c2.y + d * self.to.y,
        )
    }
}
