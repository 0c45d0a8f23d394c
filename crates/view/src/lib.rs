//! Everything about the drawing that needs no browser: formats, colours, overlays, sizes for the layout, the display
//! list, hit testing, particles, the legend, find, the keyboard's walk, charts. Pure; knows no canvas, DOM or clock.

mod bundles;
pub mod cards;
pub mod chart;
mod curve;
pub mod diff;
pub mod export;
mod figures;
pub mod find;
pub mod fit;
pub mod fold;
pub mod format;
pub mod hit;
pub mod keys;
pub mod label;
pub mod legend;
pub mod mark;
pub mod measure;
pub mod overlay;
pub mod overview;
mod padlock;
pub mod paint;
pub mod palette;
pub mod particles;
mod places;
pub mod reach;
pub mod speak;
pub mod svg;
pub mod table;
pub mod tween;
pub mod viewport;
pub mod walk;

pub use bundles::{can_bundle, stands_alone};
pub use mark::{Align, Ink, Mark, Owner, Segment, Shape, Stroke, Text};
pub use measure::{ApproximateMeasure, Font, MeasureText};
pub use overlay::Overlay;
pub use paint::{Drawing, lit, marks};
pub use palette::{Theme, Token};
pub use viewport::{Insets, Level, Viewport};

#[cfg(test)]
mod tests;
