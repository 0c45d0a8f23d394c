//! The figures beside the lines, and the open padlocks on them. The layout keeps places; where it found none, the
//! painter looks once more along the line, and drops what does not fit, the failing never.

use super::{
    edges::{Strand, ground_at},
    glyph,
    pen::Pen,
};
use crate::{
    curve::normal,
    label::{self, Written},
    mark::{Owner, Stroke, Text},
    measure::tabular_width,
    padlock,
    places::Places,
};
use layout::{Point, Rect};
use model::Status;

/// Clear room round a label.
const CLEAR: f64 = 3.0;
const MIDDLE: f64 = 0.5;
/// Where along a line a place is sought, in parts of its length: middle, then target, then source.
const ALONG: [f64; 5] = [MIDDLE, 0.62, 0.38, 0.75, 0.25];

/// Labels already set, and everything they must keep clear of.
struct Taken {
    rects: Vec<Rect>,
}

impl Taken {
    fn is_free(&self, rect: Rect) -> bool {
        let wanted = rect.grown(CLEAR);
        self.rects.iter().all(|taken| !taken.overlaps(&wanted))
    }
}

pub(crate) fn draw(pen: &mut Pen, strands: &[Strand], places: &Places) {
    let mut taken = Taken { rects: places.cards.iter().flatten().copied().collect() };
    let locks: Vec<&Strand> = strands.iter().filter(|strand| padlock::is_plaintext(strand.edge)).collect();
    for strand in locks {
        let centre = padlock::place(&strand.arc);
        taken.rects.push(Rect::new(centre.x, centre.y, 0.0, 0.0).grown(padlock::RADIUS));
        pen.owner(Owner::Edge(strand.index));
        glyph::padlock(pen, centre);
        fade(pen, strand.index);
    }
    // Trouble chooses first, then what the layout has kept room for, then the busiest.
    let mut order: Vec<&Strand> = strands.iter().collect();
    order.sort_by(|a, b| {
        let rank = |s: &Strand| match s.edge.health.status {
            Status::Failing => 0,
            Status::Degraded => 1,
            _ => 2,
        };
        let kept = |s: &Strand| places.routes[s.index].is_none_or(|route| route.label.is_none());
        rank(a).cmp(&rank(b)).then(kept(a).cmp(&kept(b))).then(b.width.total_cmp(&a.width))
    });
    for strand in order {
        if let Some(written) = label::written(strand.edge, pen.drawing.labels) {
            let kept = places.routes[strand.index].and_then(|route| route.label);
            set(pen, strand, (&written, kept), (&mut taken, strands));
        }
    }
}

fn fade(pen: &mut Pen, edge: usize) {
    if pen.drawing.reach.is_some_and(|reach| !reach.edges.get(edge).copied().unwrap_or(false)) {
        pen.fade(super::OUT_OF_REACH);
    }
}

fn set(
    pen: &mut Pen,
    strand: &Strand,
    (written, kept): (&Written, Option<Rect>),
    (taken, strands): (&mut Taken, &[Strand]),
) {
    let width = |text: &str| tabular_width(text, written.font, pen.drawing.measure);
    let place = kept
        .and_then(|room| {
            let text = written.texts.iter().find(|text| width(text) <= room.width + 1.0)?;
            let centre = room.centre();
            let rect = around(centre, width(text));
            taken.is_free(rect).then_some((text, rect))
        })
        .or_else(|| {
            written.texts.iter().find_map(|text| {
                let rect = sought(strand, width(text), taken, strands)?;
                Some((text, rect))
            })
        })
        .or_else(|| {
            let text = written.texts.last().filter(|_| written.must)?;
            Some((text, beside(strand, MIDDLE, width(text), 1.0)))
        });
    let Some((text, rect)) = place else { return };
    taken.rects.push(rect);
    pen.owner(Owner::Edge(strand.index));
    let at = Point::new(rect.centre().x, rect.y + rect.height / 2.0 + 0.36 * written.font.size);
    let halo = Stroke::new(ground_at(pen.drawing.scene, rect.centre()), 3.5).round();
    let text = Text::new(at, text.clone(), written.font).middle().tabular();
    pen.text_with_halo(text, written.ink, halo, "edge-label");
    fade(pen, strand.index);
}

fn around(centre: Point, width: f64) -> Rect {
    Rect::new(centre.x - width / 2.0, centre.y - label::HEIGHT / 2.0, width, label::HEIGHT)
}

/// The rectangle of a label beside the line: above a flat stretch, to the side of a steep one.
fn beside(strand: &Strand, part: f64, width: f64, side: f64) -> Rect {
    let at = strand.arc.length() * part;
    let (on, across) = (strand.arc.at(at), normal(strand.arc.direction(at)));
    // Up for a line to the right: the normal points down there.
    let (x, y) = (-across.x * side, -across.y * side);
    // At the middle a padlock may sit on the line.
    let on_line = if (part - MIDDLE).abs() < 0.01 && padlock::is_plaintext(strand.edge) {
        padlock::RADIUS + 2.0
    } else {
        strand.width / 2.0
    };
    let reach = f64::midpoint(x.abs() * width, y.abs() * label::HEIGHT) + on_line + 2.0;
    around(Point::new(on.x + x * reach, on.y + y * reach), width)
}

/// The first free place along the line, clear of cards, labels and other lines.
fn sought(strand: &Strand, width: f64, taken: &Taken, strands: &[Strand]) -> Option<Rect> {
    ALONG
        .into_iter()
        .flat_map(|part| [(part, 1.0), (part, -1.0)])
        .map(|(part, side)| beside(strand, part, width, side))
        .find(|rect| {
            taken.is_free(*rect)
                && strands.iter().all(|other| other.index == strand.index || !crosses(other, *rect))
        })
}

fn crosses(strand: &Strand, rect: Rect) -> bool {
    let near = rect.grown(strand.width / 2.0 + 1.0);
    strand.bounds().overlaps(&near)
        && strand.arc.points().windows(2).any(|ends| {
            let (a, b) = (ends[0], ends[1]);
            // Pieces are short against a label: their ends and middle tell.
            let middle = Point::new(f64::midpoint(a.x, b.x), f64::midpoint(a.y, b.y));
            [a, middle, b].into_iter().any(|p| near.contains(p)) || long_piece_crosses(a, b, near)
        })
}

/// A straight route is one long piece.
fn long_piece_crosses(a: Point, b: Point, rect: Rect) -> bool {
    let steps = ((b.x - a.x).abs().max((b.y - a.y).abs()) / 8.0) as usize;
    (1..steps).any(|i| {
        let t = i as f64 / steps as f64;
        rect.contains(Point::new(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t))
    })
}
