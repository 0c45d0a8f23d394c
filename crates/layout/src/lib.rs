//! Pure placement: boxes with sizes and the lines between them become a [`Scene`] of places and routes. It knows no
//! service, no colour, no screen and no clock, and gives the same bits on every machine: f64 with + − × ÷ and
//! comparison only, stable sorts, no order that comes from a hash map.

pub mod input;
pub mod scene;

mod columns;
mod cycles;
mod detour;
mod draw;
mod drift;
mod ends;
mod field;
mod fold;
mod frames;
#[cfg(feature = "generate")]
pub mod generate;
mod geometry;
mod grid;
mod heights;
pub mod index;
mod inner;
mod labels;
mod laid;
mod layers;
pub mod metrics;
mod mover;
mod net;
mod order;
mod pack;
mod part;
mod place;
mod ports;
mod push;
mod redraw;
mod room;
mod routes;
mod rows;
mod settle;
mod shelves;
mod sift;
mod simplex;
mod slide;
pub mod sorting;
mod strays;
mod stretch;
pub mod tape;
mod tracks;
mod tuning;
mod unfold;
mod union;
mod update;

pub use drift::{fingerprint, proof, tidier};
pub use grid::Grid;
pub use input::{Edge, Group, GroupKind, Input, Node, Port};
pub use place::place;
pub use scene::{Cubic, PlacedGroup, PlacedNode, Point, Rect, Route, Scene, Size, Update};
pub use union::{restrict, union};
pub use update::update;
