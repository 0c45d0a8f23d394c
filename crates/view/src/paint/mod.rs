//! From a placed graph to marks, back to front: land, lines, cards, then the words beside the lines.
//! Knows no canvas and no theme; colours stay names.

mod bands;
mod card;
mod crowd;
mod edge_ends;
mod edges;
pub(crate) mod far;
pub(crate) mod glyph;
mod labels;
mod lit;
pub(crate) mod pen;
pub(crate) mod rows;
mod silhouette;
mod strand;

use crate::{
    bundles::{self, Bundle, stands_alone},
    find::Matched,
    hit::Hit,
    label::Label,
    mark::Mark,
    measure::MeasureText,
    overlay::{self, Overlay},
    places::Places,
    viewport::Level,
};
pub(crate) use edges::hairline;
use far::Named;
use layout::{Rect, Scene};
pub use lit::lit;
use model::{BoxBy, Edge, Graph, GraphBox, Node, Subject};
use pen::Pen;

/// Strength of what a held hover leaves out.
pub const OUT_OF_REACH: f64 = 0.2;
/// How large strokes stay on the screen, against the near level.
const MIDDLE_STROKES: f64 = 0.6;
pub(crate) const FAR_STROKES: f64 = 0.6;
/// Rings, arrow heads and labels reach so far beyond their rectangles.
const OVERHANG: f64 = 12.0;

/// Everything the picture depends on. Plain references: build one whenever something is to be painted.
#[derive(Clone, Copy)]
pub struct Drawing<'a> {
    pub graph: &'a Graph,
    pub scene: &'a Scene,
    pub overlay: &'static Overlay,
    /// Figures wanted on edges.
    pub labels: &'a [&'static Label],
    pub selection: Option<&'a Subject>,
    /// Seen only by [`lit()`]: the picture itself stays as it is.
    pub hover: Option<Hit>,
    /// What find matched: lit.
    pub matched: Option<&'a Matched>,
    /// If there is such a choice, the only things drawn.
    pub shown: Option<&'a Matched>,
    /// Cards the reader has pinned by hand (node ids).
    pub pinned: &'a [String],
    pub level: Level,
    pub zoom: f64,
    /// Unix seconds, for "last seen".
    pub now_s: i64,
    pub measure: &'a dyn MeasureText,
    /// The part of the scene in sight; none draws all.
    pub clip: Option<Rect>,
    /// Parts of the scene that something lies over: from afar names keep clear of them.
    pub covered: &'a [Rect],
}

impl std::fmt::Debug for Drawing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drawing")
            .field("overlay", &self.overlay.word)
            .field("level", &self.level)
            .field("zoom", &self.zoom)
            .field("selection", &self.selection)
            .finish_non_exhaustive()
    }
}

impl<'a> Drawing<'a> {
    /// All of it, near and at natural size, coloured by health, with nothing chosen or lit: begin with it and say what differs.
    pub fn plain(graph: &'a Graph, scene: &'a Scene, measure: &'a dyn MeasureText) -> Self {
        Self {
            graph,
            scene,
            overlay: &overlay::ALL[0],
            labels: &[],
            selection: None,
            hover: None,
            matched: None,
            shown: None,
            pinned: &[],
            level: Level::Near,
            zoom: 1.0,
            now_s: graph.meta.at_s,
            measure,
            clip: None,
            covered: &[],
        }
    }
}

impl Drawing<'_> {
    fn sees_whole(&self, rect: &Rect) -> bool {
        self.clip.is_none_or(|clip| clip.union(rect) == clip)
    }

    fn in_sight(&self, rect: Rect) -> bool {
        self.clip.is_none_or(|clip| clip.grown(OVERHANG).overlaps(&rect))
    }

    fn shows_node(&self, index: usize) -> bool {
        self.shown.is_none_or(|shown| shown.nodes.get(index) == Some(&true))
    }

    /// Far away all calls between two bands are one line.
    fn bundles(&self, places: &Places) -> Option<Vec<Bundle>> {
        let shown = |edge: usize| self.shows_edge(edge);
        (self.level == Level::Far)
            .then(|| bundles::of(self.graph, self.scene, places, &shown, 1.0 / self.zoom))?
    }

    /// By how much lines, heads and hatches grow to be seen at this level: never smaller than life.
    fn stroke_unit(&self) -> f64 {
        match self.level {
            Level::Near => 1.0,
            Level::Middle => (MIDDLE_STROKES / self.zoom).max(1.0),
            Level::Far => FAR_STROKES / self.zoom,
        }
    }

    /// Land on which nothing stands is not drawn either.
    fn shows_land(&self, id: &str) -> bool {
        let Some(shown) = self.shown else { return true };
        let stands_in = |b: &GraphBox| b.id == id || b.parent.as_deref() == Some(id);
        let is_region = self.graph.boxes.iter().any(|b| b.id == id && b.by == BoxBy::Cluster);
        // An app in a namespace of the region.
        let is_deeper = |b: &GraphBox| {
            let round = || self.graph.boxes.iter().find(|round| b.parent.as_ref() == Some(&round.id));
            is_region && round().is_some_and(stands_in)
        };
        let within = |b: &&GraphBox| stands_in(b) || is_deeper(b);
        let nodes = || self.graph.nodes.iter().zip(&shown.nodes).filter(|(_, shown)| **shown);
        let mut boxes = self.graph.boxes.iter().filter(within);
        boxes.any(|b| nodes().any(|(node, _)| b.members.contains(&node.id)))
    }

    fn shows_edge(&self, index: usize) -> bool {
        self.shown.is_none_or(|shown| shown.edges.get(index) == Some(&true))
    }

    fn finds_node(&self, index: usize) -> bool {
        self.matched.is_some_and(|matched| matched.nodes.get(index) == Some(&true))
    }

    fn finds_edge(&self, index: usize) -> bool {
        self.matched.is_some_and(|matched| matched.edges.get(index) == Some(&true))
    }

    fn selects_node(&self, node: &Node) -> bool {
        matches!(self.selection, Some(Subject::Node { id } | Subject::Row { node: id, .. }) if *id == node.id)
    }

    fn hovers_node(&self, index: usize) -> bool {
        matches!(self.hover, Some(Hit::Node(i) | Hit::Row(i, _)) if i == index)
    }
}

/// The display list, back to front.
pub fn marks(drawing: &Drawing) -> Vec<Mark> {
    let places = Places::new(drawing.graph, drawing.scene);
    let drawing = &Drawing { hover: None, ..*drawing };
    let mut pen = Pen::new(drawing);
    bands::ground(&mut pen);
    let bundles = drawing.bundles(&places);
    let alone = |index: usize, edge: &Edge| {
        bundles.is_none() || stands_alone(edge) || drawing.finds_edge(index) || drawing.selects_edge(edge)
    };
    let strands = strand::strands(&pen, &places, bundles.as_deref(), &alone);
    edges::draw(&mut pen, &strands);
    let is_far = drawing.level == Level::Far;
    if !is_far {
        bands::titles(&mut pen);
    }
    for (index, card) in places.cards.iter().enumerate() {
        if let Some(card) = card.filter(|card| drawing.in_sight(*card) && drawing.shows_node(index)) {
            if is_far {
                far::dot(&mut pen, index, card);
            } else {
                card::draw(&mut pen, index, snapped(card), places.boxed[index]);
            }
        }
    }
    if is_far {
        let mut taken = far::dots(&pen, &places);
        far::names(&mut pen, &places, Named::Land, &mut taken);
        taken.extend(far::titles(&mut pen, &taken));
        far::names(&mut pen, &places, Named::Troubled, &mut taken);
        // Hairlines have no figures and give way to those of others.
        let hairlines = strands.partition_point(|strand| strand.hairline);
        let mut taken = labels::draw(&mut pen, &strands[hairlines..], &places, taken);
        far::names(&mut pen, &places, Named::Others, &mut taken);
    } else if drawing.level == Level::Near {
        let in_sight = places.cards.iter().flatten().filter(|card| drawing.in_sight(**card));
        let taken = in_sight.copied().collect();
        labels::draw(&mut pen, &strands, &places, taken);
    }
    pen.finish()
}

/// On whole pixels, where rules are sharp.
fn snapped(rect: Rect) -> Rect {
    Rect::new(rect.x.round(), rect.y.round(), rect.width.round(), rect.height.round())
}
