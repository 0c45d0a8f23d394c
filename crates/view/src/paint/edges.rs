//! The lines: width says how much, form says protocol, colour and hatch say trouble, the head says where to.

use super::{
    Drawing, edge_ends,
    pen::Pen,
    strand::{Strand, is_seen},
};
use crate::{
    curve::{along, normal, segments},
    mark::{Ink, Segment, Shape, Stroke},
    palette::{FAINT, Token},
    viewport::Level,
};
use layout::sorting::Order as _;
use layout::{Cubic, GroupKind, Point, Scene};
use model::{Protocol, Subject};

/// The line ends so far before the card; the head reaches on.
const TRIM: f64 = 8.0;
const HATCH_EVERY: f64 = 6.5;
const HATCH_LENGTH: f64 = 10.0;
/// Cosine and sine of the hatch's angle to the line, 60°.
const HATCH_ANGLE: (f64, f64) = (0.5, 0.866_025_403_784);
const CASING: f64 = 1.8;
const HALO: f64 = 3.0;
const HALO_LENGTH: f64 = 40.0;
/// So many lines between bands are a crowd: in it all but the widest few step back to this strength.
const FAR_CROWD: usize = 60;
const FAR_MAIN: usize = 24;
const MINOR: f64 = 0.4;
/// In a crowd halos cost more than they tell.
const HALOS_MAX_EDGES: usize = 400;

pub(crate) fn draw(pen: &mut Pen, strands: &[Strand]) {
    let with_halos = pen.drawing.level == Level::Near && pen.drawing.graph.edges.len() <= HALOS_MAX_EDGES;
    let least = least_main(pen.drawing, strands);
    for (i, strand) in strands.iter().enumerate() {
        pen.owner(strand.owner());
        if strand.hairline {
            hairline(pen, seen(pen.drawing, &strand.path), strand.style.ink);
            continue;
        }
        underlay(pen, strand);
        if with_halos {
            halos(pen, strand, &strands[..i]);
        }
        line(pen, strand);
        if strand.width < least && strand.is_quiet() {
            pen.fade(MINOR);
        }
    }
}

/// A call within a band, from afar.
pub(crate) fn hairline(pen: &mut Pen, path: Shape, ink: Token) {
    pen.stroke(path, Stroke::new(ink, pen.drawing.stroke_unit()), "hairline");
    pen.fade(MINOR);
}

/// The least width of a main line: none is too thin for one where there is no crowd.
fn least_main(drawing: &Drawing, strands: &[Strand]) -> f64 {
    let mut widths: Vec<f64> = strands.iter().filter(|s| !s.hairline).map(|s| s.width).collect();
    if drawing.level != Level::Far || widths.len() <= FAR_CROWD {
        return 0.0;
    }
    widths.order_by(|a, b| b.total_cmp(a));
    widths[FAR_MAIN]
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
