//! What is drawn as a line and where: each edge, or from afar each bundle, with its way, width and colour. Draws nothing.

use super::{Drawing, pen::Pen};
use crate::{
    bundles::{self, Bundle},
    cards,
    curve::{Arc, along, length, minus, unit as unit_of},
    hit::Hit,
    mark::Owner,
    overlay::EdgeStyle,
    palette::Token,
    places::Places,
    viewport::Level,
};
use layout::sorting::Order as _;
use layout::{Cubic, Point, Rect, Route};
use model::{Edge, Status, Subject};
use std::borrow::Cow;

/// Round a line there may be so much of what belongs to it.
const AROUND: f64 = 12.0;

/// An edge with all that its drawing needs.
pub(crate) struct Strand<'a> {
    /// None of a bundle.
    pub(crate) index: Option<usize>,
    pub(crate) edge: &'a Edge,
    pub(crate) path: Cow<'a, [Cubic]>,
    pub(crate) arc: Arc,
    pub(crate) bounds: Rect,
    pub(crate) style: EdgeStyle,
    pub(crate) width: f64,
    pub(crate) strong: bool,
    /// From afar, a quiet call within one band.
    pub(crate) hairline: bool,
    pub(crate) both_ways: bool,
    pub(crate) ends: Option<(usize, usize)>,
}

impl Strand<'_> {
    pub(crate) fn owner(&self) -> Owner {
        self.index.map_or(Owner::None, Owner::Edge)
    }

    /// Neither in trouble nor asked for.
    pub(crate) fn is_quiet(&self) -> bool {
        !self.strong && self.edge.health.status < Status::Degraded
    }
}

/// Lines in sight, those to be painted last (trouble, selection) at the end; `alone` tells which edges are drawn by themselves.
pub(crate) fn strands<'a>(
    pen: &Pen<'a>,
    places: &Places<'a>,
    bundles: Option<&'a [Bundle]>,
    alone: &dyn Fn(usize, &Edge) -> bool,
) -> Vec<Strand<'a>> {
    let drawing = pen.drawing;
    let inner = bundles.map(|_| hairlines(drawing, places));
    let is_inner = |index: usize| inner.as_ref().is_some_and(|inner| inner[index]);
    let bundled = bundles.unwrap_or_default().iter().filter_map(|bundle| bundled(pen, bundle));
    let edges = drawing.graph.edges.iter().enumerate();
    let single = edges
        .filter(|(i, edge)| drawing.shows_edge(*i) && (is_inner(*i) || alone(*i, edge)))
        .filter_map(|(index, edge)| strand(pen, index, edge, places));
    let mut strands: Vec<Strand> = bundled.chain(single).collect();
    for strand in &mut strands {
        strand.hairline = strand.is_quiet()
            && strand.index.is_some_and(|index| is_inner(index) && !drawing.finds_edge(index));
    }
    let rank = |strand: &Strand| match strand.edge.health.status {
        _ if strand.hairline => 0,
        _ if strand.edge.flags.silent => 1,
        Status::Failing => 5,
        Status::Degraded => 4,
        _ if strand.strong => 3,
        _ => 2,
    };
    strands.order_by_key(rank);
    strands
}

/// Which edges are drawn though no bundle has them, because they stay in one band; none where there are too many of them.
fn hairlines(drawing: &Drawing, places: &Places) -> Vec<bool> {
    let mut inner = bundles::within_bands(drawing.scene, places);
    for (edge, inner) in inner.iter_mut().enumerate() {
        *inner &= drawing.shows_edge(edge);
    }
    if inner.iter().filter(|inner| **inner).count() > bundles::HAIRLINES {
        inner.fill(false);
    }
    inner
}

fn strand<'a>(pen: &Pen<'a>, index: usize, edge: &'a Edge, places: &Places<'a>) -> Option<Strand<'a>> {
    let drawing = pen.drawing;
    let route: &Route = places.routes[index]?;
    if !passes_by(drawing, &route.path) {
        return None;
    }
    let ends = places.ends[index]?;
    let mut path = Cow::Borrowed(&route.path[..]);
    if drawing.level == Level::Far {
        path = Cow::Owned(to_dots(
            &route.path,
            [places.cards[ends.0]?, places.cards[ends.1]?],
            1.0 / drawing.zoom,
        ));
    }
    let strong = drawing.selects_edge(edge) || is_hovered(pen, index, edge, Some(ends));
    Some(styled(pen, Strand { index: Some(index), path, strong, ends: Some(ends), ..Strand::of(edge) }))
}

fn bundled<'a>(pen: &Pen<'a>, bundle: &'a Bundle) -> Option<Strand<'a>> {
    let drawing = pen.drawing;
    if !passes_by(drawing, &bundle.path) {
        return None;
    }
    let path = Cow::Borrowed(&bundle.path[..]);
    Some(styled(pen, Strand { path, both_ways: bundle.both_ways, ..Strand::of(&bundle.edge) }))
}

impl<'a> Strand<'a> {
    fn of(edge: &'a Edge) -> Self {
        Self {
            index: None,
            edge,
            path: Cow::Borrowed(&[]),
            arc: Arc::default(),
            bounds: Rect::default(),
            style: EdgeStyle { ink: Token::EdgeGhost, hatch: None },
            width: 0.0,
            strong: false,
            hairline: false,
            both_ways: false,
            ends: None,
        }
    }
}

/// Colour, width and length for what is drawn where.
fn styled<'a>(pen: &Pen, strand: Strand<'a>) -> Strand<'a> {
    let (drawing, edge) = (pen.drawing, strand.edge);
    let arc = Arc::new(&strand.path);
    let mut style = (drawing.overlay.edge)(edge);
    if edge.flags.silent {
        style = EdgeStyle { ink: Token::EdgeGhost, hatch: None };
    }
    let quiet = matches!(style.ink, Token::Edge | Token::EdgeTcp | Token::EdgeGhost);
    if strand.strong && quiet {
        style.ink = Token::EdgeStrong;
    }
    // What has its own colour keeps it and grows stronger by a pixel.
    let mut width = cards::edge_width(edge) + if strand.strong && !quiet { 1.0 } else { 0.0 };
    match drawing.level {
        Level::Near => {}
        Level::Middle => width = width.max(1.0 / drawing.zoom),
        Level::Far => width *= drawing.stroke_unit(),
    }
    Strand { bounds: arc.bounds(), arc, style, width, ..strand }
}

/// A line that ended at cards, drawn on to the dots they have become.
fn to_dots(path: &[Cubic], cards: [Rect; 2], unit: f64) -> Vec<Cubic> {
    let (Some(first), Some(last)) = (path.first(), path.last()) else { return vec![] };
    let [from, to] = cards.map(|card| card.centre());
    let into = minus(last.to, to);
    let stop = along(to, unit_of(into), bundles::DOT_CLEAR * unit);
    let mut whole = vec![Cubic::line(from, first.from)];
    whole.extend_from_slice(path);
    if length(into) > bundles::DOT_CLEAR * unit {
        whole.push(Cubic::line(last.to, stop));
    }
    whole
}

/// Some of it is in sight; not every line whose rectangle is comes by.
fn passes_by(drawing: &Drawing, path: &[Cubic]) -> bool {
    drawing.in_sight(hull(path).grown(AROUND)) && path.iter().any(|piece| is_seen(drawing, piece))
}

pub(super) fn is_seen(drawing: &Drawing, piece: &Cubic) -> bool {
    drawing.in_sight(hull(std::slice::from_ref(piece)).grown(AROUND))
}

/// Round all control points: no smaller than the line, and quickly told.
fn hull(path: &[Cubic]) -> Rect {
    let dot = |p: Point| Rect::new(p.x, p.y, 0.0, 0.0);
    let points = path.iter().flat_map(|piece| [piece.from, piece.c1, piece.c2, piece.to]);
    points.map(dot).reduce(|hull, dot| hull.union(&dot)).unwrap_or_default()
}

/// Its card, its row or itself is under the pointer.
pub(crate) fn is_hovered(pen: &Pen, index: usize, edge: &Edge, ends: Option<(usize, usize)>) -> bool {
    let (Some(ends), Some(hover)) = (ends, pen.drawing.hover) else { return false };
    match hover {
        Hit::Node(node) | Hit::Pin(node) => ends.0 == node || ends.1 == node,
        Hit::Row(node, row) => {
            let key = pen.drawing.graph.nodes[node].versions.get(row).map(|row| row.key.as_str());
            (ends.0 == node && touches(edge.source_row.as_deref(), key))
                || (ends.1 == node && touches(edge.target_row.as_deref(), key))
        }
        Hit::Edge(i) | Hit::Padlock(i) => i == index,
        Hit::Group(_) => false,
    }
}

impl Drawing<'_> {
    /// Its card, its row or itself is selected.
    pub(super) fn selects_edge(&self, edge: &Edge) -> bool {
        match self.selection {
            Some(Subject::Node { id }) => edge.source == *id || edge.target == *id,
            Some(Subject::Row { node, row }) => {
                (edge.source == *node && touches(edge.source_row.as_deref(), Some(row)))
                    || (edge.target == *node && touches(edge.target_row.as_deref(), Some(row)))
            }
            Some(Subject::Edge { id }) => edge.id == *id,
            None => false,
        }
    }
}

/// An edge that ends at the card as a whole belongs to every row.
fn touches(end: Option<&str>, row: Option<&str>) -> bool {
    end.is_none() || end == row
}
