//! From a placed graph to marks, back to front.

use crate::{find::Matched, mark::Mark, measure::MeasureText, label::Label, overlay::Overlay, reach::Reach, viewport::Level, hit::Hit};
use layout::{Rect, Scene};
use model::{Graph, Subject};

/// Everything the picture depends on. Plain references: build one whenever something is to be painted.
#[derive(Clone, Copy)]
pub struct Drawing<'a> {
    pub graph: &'a Graph,
    pub scene: &'a Scene,
    pub overlay: &'static Overlay,
    /// Figures wanted on edges.
    pub labels: &'a [&'static Label],
    pub selection: Option<&'a Subject>,
    pub hover: Option<Hit>,
    /// What find matched; lit, or with `hide` the only things drawn.
    pub matched: Option<&'a Matched>,
    pub hide: bool,
    /// What a held hover or the focus keeps at full strength; the rest fades.
    pub reach: Option<&'a Reach>,
    /// Cards the reader has pinned by hand (node ids).
    pub pinned: &'a [String],
    pub level: Level,
    pub zoom: f64,
    /// Unix seconds, for "last seen".
    pub now_s: i64,
    pub measure: &'a dyn MeasureText,
    /// The part of the scene in sight; none draws all.
    pub clip: Option<Rect>,
}

/// The display list, back to front.
pub fn marks(drawing: &Drawing) -> Vec<Mark> {
    todo!()
}
