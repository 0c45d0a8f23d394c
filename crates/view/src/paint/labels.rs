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
use layout::sorting::Order as _;
use layout::{Point, Rect};
use model::Status;

/// Clear room round a label.
const CLEAR: f64 = 3.0;
const MIDDLE: f64 = 0.5;
/// Where along a line a place is sought, in parts of its length: middle, then target, then source.
const ALONG: [f64; 5] = [MIDDLE, 0.62, 0.38, 0.75, 0.25];

/// What labels must keep clear of: cards, padlocks, other labels, other lines.
struct Board<'a> {
    taken: Vec<Rect>,
    strands: &'a [Strand<'a>],
}

impl Board<'_> {
    fn is_free(&self, rect: Rect) -> bool {
        let wanted = rect.grown(CLEAR);
        self.taken.iter().all(|taken| !taken.overlaps(&wanted))
    }

    /// The first free place along the line, clear of other lines too.
    fn sought(&self, strand: &Strand, width: f64) -> Option<Rect> {
        let places = ALONG.into_iter().flat_map(|part| [(part, 1.0), (part, -1.0)]);
        places.map(|(part, side)| beside(strand, part, width, side)).find(|rect| {
            let clear = |other: &Strand| other.index == strand.index || !crosses(other, *rect);
            self.is_free(*rect) && self.strands.iter().all(clear)
        })
    }
}

pub(crate) fn draw(pen: &mut Pen, strands: &[Strand], places: &Places) {
    let mut board = Board { taken: places.cards.iter().flatten().copied().collect(), strands };
    let locks: Vec<&Strand> = strands.iter().filter(|strand| padlock::is_plaintext(strand.edge)).collect();
    for strand in locks {
        let centre = padlock::place(&strand.arc);
        board.taken.push(Rect::new(centre.x, centre.y, 0.0, 0.0).grown(padlock::RADIUS));
        pen.owner(Owner::Edge(strand.index));
        glyph::padlock(pen, centre);
        fade(pen, strand.index);
    }
    // Trouble chooses first, then what the layout has kept room for, then the busiest.
    let mut order: Vec<&Strand> = strands.iter().collect();
    order.order_by(|a, b| {
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
            set(pen, strand, &written, kept, &mut board);
        }
    }
}

fn fade(pen: &mut Pen, edge: usize) {
    if pen.drawing.reach.is_some_and(|reach| !reach.edges.get(edge).copied().unwrap_or(false)) {
        pen.fade(super::OUT_OF_REACH);
    }
}

fn set(pen: &mut Pen, strand: &Strand, written: &Written, kept: Option<Rect>, board: &mut Board) {
    let Some((text, rect)) = find_place(pen, strand, written, kept, board) else { return };
    board.taken.push(rect);
    pen.owner(Owner::Edge(strand.index));
    let at = Point::new(rect.centre().x, rect.y + rect.height / 2.0 + 0.36 * written.font.size);
    let halo = Stroke::new(ground_at(pen.drawing.scene, rect.centre()), 3.5).round();
    let text = Text::new(at, text, written.font).middle().tabular();
    pen.text_with_halo(text, written.ink, halo, "edge-label");
    fade(pen, strand.index);
}

/// The place that the layout kept, else one found along the line, else for what must be said the middle all the same.
fn find_place<'w>(
    pen: &Pen,
    strand: &Strand,
    written: &'w Written,
    kept: Option<Rect>,
    board: &Board,
) -> Option<(&'w str, Rect)> {
    let width = |text: &str| tabular_width(text, written.font, pen.drawing.measure);
    let texts = || written.texts.iter().map(String::as_str);
    let in_kept = kept.and_then(|room| {
        let text = texts().find(|text| width(text) <= room.width + 1.0)?;
        let rect = around(room.centre(), width(text));
        board.is_free(rect).then_some((text, rect))
    });
    in_kept.or_else(|| texts().find_map(|text| Some((text, board.sought(strand, width(text))?)))).or_else(
        || {
            let text = texts().next_back().filter(|_| written.must)?;
            Some((text, beside(strand, MIDDLE, width(text), 1.0)))
        },
    )
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
