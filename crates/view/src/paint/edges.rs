//! The lines: width says how much, form says protocol, colour and hatch say trouble, the head says where to.

use super::{Drawing, edge_ends, pen::Pen};
use crate::{
    bundles::{self, Bundle},
    cards,
    curve::{Arc, along, length, minus, normal, segments, unit as unit_of},
    hit::Hit,
    mark::{Ink, Owner, Segment, Shape, Stroke},
    overlay::EdgeStyle,
    palette::{FAINT, Token},
    places::Places,
    viewport::Level,
};
use layout::sorting::Order as _;
use layout::{Cubic, GroupKind, Point, Rect, Route, Scene};
use model::{Edge, Protocol, Status, Subject};
use std::borrow::Cow;

/// The line ends so far before the card; the head reaches on.
const TRIM: f64 = 8.0;
const HATCH_EVERY: f64 = 6.5;
const HATCH_LENGTH: f64 = 10.0;
/// Cosine and sine of the hatch's angle to the line, 60°.
const HATCH_ANGLE: (f64, f64) = (0.5, 0.866_025_403_784);
const CASING: f64 = 1.8;
const HALO: f64 = 3.0;
const HALO_LENGTH: f64 = 40.0;
/// So many lines between bands are a crowd: in it, those thinner than a main line step back to this strength.
const FAR_CROWD: usize = 60;
const FAR_MAIN: f64 = 4.0;
const MINOR: f64 = 0.4;
/// Round a line there may be so much of what belongs to it.
const AROUND: f64 = 12.0;
/// In a crowd halos cost more than they tell.
const HALOS_MAX_EDGES: usize = 400;

/// An edge with all that its drawing needs.
pub(crate) struct Strand<'a> {
    /// None of a bundle.
    pub(crate) index: Option<usize>,
    pub(crate) edge: &'a Edge,
    pub(crate) path: Cow<'a, [Cubic]>,
    pub(crate) arc: Arc,
    bounds: Rect,
    pub(crate) style: EdgeStyle,
    pub(crate) width: f64,
    strong: bool,
    pub(crate) both_ways: bool,
    ends: Option<(usize, usize)>,
}

impl Strand<'_> {
    pub(crate) fn bounds(&self) -> Rect {
        self.bounds
    }

    pub(crate) fn owner(&self) -> Owner {
        self.index.map_or(Owner::None, Owner::Edge)
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
    let bundled = bundles.unwrap_or_default().iter().filter_map(|bundle| bundled(pen, bundle));
    let edges = drawing.graph.edges.iter().enumerate();
    let single = edges
        .filter(|(i, edge)| drawing.shows_edge(*i) && alone(*i, edge))
        .filter_map(|(index, edge)| strand(pen, index, edge, places));
    let mut strands: Vec<Strand> = bundled.chain(single).collect();
    let rank = |strand: &Strand| match strand.edge.health.status {
        _ if strand.edge.flags.silent => 0,
        Status::Failing => 4,
        Status::Degraded => 3,
        _ if strand.strong => 2,
        _ => 1,
    };
    strands.order_by_key(rank);
    strands
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

fn is_seen(drawing: &Drawing, piece: &Cubic) -> bool {
    drawing.in_sight(hull(std::slice::from_ref(piece)).grown(AROUND))
}

/// What is in sight of a path: a route through a large picture has many pieces, and few of them are.
fn seen(drawing: &Drawing, path: &[Cubic]) -> Shape {
    let mut segments = Vec::new();
    let mut goes_on = false;
    for piece in path {
        let shown = is_seen(drawing, piece);
        if shown && !goes_on {
            segments.push(Segment::Move(piece.from));
        }
        if shown {
            segments.push(Segment::Cubic(piece.c1, piece.c2, piece.to));
        }
        goes_on = shown;
    }
    Shape::Path(segments)
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

pub(crate) fn draw(pen: &mut Pen, strands: &[Strand]) {
    let with_halos = pen.drawing.level == Level::Near && pen.drawing.graph.edges.len() <= HALOS_MAX_EDGES;
    let in_crowd = pen.drawing.level == Level::Far && strands.len() > FAR_CROWD;
    let least = FAR_MAIN * pen.drawing.stroke_unit();
    for (i, strand) in strands.iter().enumerate() {
        pen.owner(strand.owner());
        underlay(pen, strand);
        if with_halos {
            halos(pen, strand, &strands[..i]);
        }
        line(pen, strand);
        if in_crowd && is_minor(strand, least) {
            pen.fade(MINOR);
        }
    }
}

/// Neither busy nor in trouble nor asked for.
fn is_minor(strand: &Strand, least: f64) -> bool {
    strand.width < least && !strand.strong && strand.edge.health.status < Status::Degraded
}

/// A soft broad line under what is found or chosen.
fn underlay(pen: &mut Pen, strand: &Strand) {
    let drawing = pen.drawing;
    let unit = drawing.stroke_unit();
    let path = || seen(pen.drawing, &strand.path);
    if strand.index.is_some_and(|index| drawing.finds_edge(index)) {
        pen.stroke(path(), Stroke::new(Token::AccentSoft, strand.width + 10.0 * unit).round(), "found");
    }
    if matches!(drawing.selection, Some(Subject::Edge { id }) if *id == strand.edge.id) {
        let ink = Ink { token: Token::Accent, opacity: 0.35 };
        let stroke = Stroke { ink, ..Stroke::new(Token::Accent, strand.width + 7.0 * unit) };
        pen.stroke(path(), stroke.round(), "selection");
    }
}

/// Where this line passes over another, the ground shows on both sides of it.
fn halos(pen: &mut Pen, strand: &Strand, below: &[Strand]) {
    if strand.edge.flags.silent {
        return;
    }
    for other in below {
        let Some((a, b)) = strand.ends.zip(other.ends) else { continue };
        let related = a.0 == b.0 || a.0 == b.1 || a.1 == b.0 || a.1 == b.1;
        if related || !strand.bounds.overlaps(&other.bounds) {
            continue;
        }
        for at in strand.arc.crossings(&other.arc) {
            let (from, to) =
                ((at - HALO_LENGTH / 2.0).max(0.0), (at + HALO_LENGTH / 2.0).min(strand.arc.length()));
            let ground = ground_at(pen.drawing.scene, strand.arc.at(at));
            let piece = strand.arc.part(&strand.path, from, to);
            let stroke = Stroke::new(ground, strand.width + 2.0 * HALO);
            pen.stroke(Shape::Path(segments(&piece)), stroke, "edge-halo");
        }
    }
}

/// Land or sea.
pub(crate) fn ground_at(scene: &Scene, point: Point) -> Token {
    let on_land = |group: &layout::PlacedGroup| group.kind == GroupKind::Band && group.rect.contains(point);
    if scene.groups.iter().any(on_land) { Token::Land } else { Token::Sea }
}

fn line(pen: &mut Pen, strand: &Strand) {
    let (length, ink) = (strand.arc.length(), strand.style.ink);
    let drawing = pen.drawing;
    let unit = drawing.stroke_unit();
    if strand.edge.flags.silent {
        let body = seen(drawing, &strand.arc.head(&strand.path, length - TRIM * unit));
        pen.stroke(body, Stroke::new(ink, strand.width).dashed(2.0 * unit, 4.0 * unit), "edge");
        return;
    }
    let is_broken = strand.edge.flags.unreached;
    let end = if is_broken { edge_ends::broken_from(length, unit) } else { length - TRIM * unit };
    let start = if strand.both_ways { (TRIM * unit).min(end / 2.0) } else { 0.0 };
    let bends = !is_broken && edge_ends::has_room(&strand.path, TRIM * unit);
    let mut body = strand.arc.part(&strand.path, start, if bends { length } else { end.max(0.0) });
    if bends {
        edge_ends::draw_back(&mut body, TRIM * unit);
    }
    let body = seen(drawing, &body);
    let stroke = Stroke::new(ink, strand.width);
    if FAINT.contains(&ink) && strand.edge.protocol != Protocol::Tcp {
        // The low end of the ramp is near the ground's colour: a casing keeps the line in sight.
        let casing = Stroke::new(Token::Edge, strand.width + CASING * unit);
        pen.stroke(body.clone(), casing, "edge-casing");
    }
    match strand.edge.protocol {
        Protocol::Tcp => {
            pen.stroke(body, Stroke { round: true, ..stroke }.dashed(0.0, 2.0 * strand.width), "edge");
        }
        Protocol::Grpc => {
            pen.stroke(body.clone(), stroke, "edge");
            let ground = ground_at(drawing.scene, strand.arc.at(length / 2.0));
            pen.stroke(body, Stroke::new(ground, (0.3 * strand.width).max(0.9)), "edge-core");
        }
        Protocol::Http => pen.stroke(body, stroke, "edge"),
    }
    edge_ends::draw(pen, strand);
    hatch(pen, strand, end);
}

fn hatch(pen: &mut Pen, strand: &Strand, end: f64) {
    let Some(token) = strand.style.hatch else { return };
    let unit = pen.drawing.stroke_unit();
    let mut strokes: Vec<Segment> = Vec::new();
    let mut at = (2.0 + HATCH_EVERY) * unit;
    while at < end - 4.0 * unit {
        let (direction, centre) = (strand.arc.direction(at), strand.arc.at(at));
        let across = normal(direction);
        let slant = Point::new(
            direction.x * HATCH_ANGLE.0 + across.x * HATCH_ANGLE.1,
            direction.y * HATCH_ANGLE.0 + across.y * HATCH_ANGLE.1,
        );
        strokes.push(Segment::Move(along(centre, slant, -HATCH_LENGTH / 2.0 * unit)));
        strokes.push(Segment::Line(along(centre, slant, HATCH_LENGTH / 2.0 * unit)));
        at += HATCH_EVERY * unit;
    }
    if !strokes.is_empty() {
        pen.stroke(Shape::Path(strokes), Stroke::new(token, 1.2 * unit), "edge-hatch");
    }
}
