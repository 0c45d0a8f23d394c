//! The figures beside the lines, and the open padlocks on them. The layout keeps places; where it found none, the
//! painter looks once more along the line, and drops what does not fit, the failing never.

use super::{Drawing, crowd::Crowd, edges::ground_at, glyph, pen::Pen, strand::Strand};
use crate::{
    curve::normal,
    label::{self, Written},
    mark::{Stroke, Text},
    measure::{Font, tabular_width},
    padlock,
    places::Places,
    viewport::Level,
};
use layout::sorting::Order as _;
use layout::{Point, Rect};
use model::Status;

/// Clear room round a label.
const CLEAR: f64 = 3.0;
const MIDDLE: f64 = 0.5;
/// Where along a line a place is sought, in parts of its length: middle, then target, then source.
const ALONG: [f64; 5] = [MIDDLE, 0.62, 0.38, 0.75, 0.25];

/// So many figures are written between bands, besides those of what fails.
const FAR_LABELS: usize = 24;
/// Places along a line where a label may be forced.
const FORCED: u32 = 17;

/// What labels must keep clear of: cards, padlocks, other labels, other lines.
struct Board<'a> {
    taken: Vec<Rect>,
    crowd: Crowd<'a>,
    drawing: &'a Drawing<'a>,
    /// Scene pixels to a pixel of the text, which keeps its size far away.
    unit: f64,
}

impl Board<'_> {
    fn is_free(&self, rect: Rect) -> bool {
        let wanted = rect.grown(CLEAR * self.unit);
        self.taken.iter().all(|taken| !taken.overlaps(&wanted))
    }

    /// For what must be said: the place along the line that covers the least, lines aside.
    fn forced(&self, strand: &Strand, width: f64) -> Option<Rect> {
        let mut best = (f64::MAX, None);
        for place in 0..2 * FORCED {
            let part = (f64::from(place / 2) + 1.0) / f64::from(FORCED + 1);
            let side = if place % 2 == 0 { 1.0 } else { -1.0 };
            let rect = beside(strand, part, (width, self.unit), side);
            if !self.drawing.in_sight(rect) {
                continue;
            }
            let covered: f64 = self.taken.iter().map(|taken| common(taken, &rect)).sum();
            // Of equals the one nearest to the middle.
            let cost = covered + (part - MIDDLE).abs();
            if cost < best.0 {
                best = (cost, Some(rect));
            }
        }
        best.1
    }

    /// The first free place along the line, clear of other lines too; none where that is out of sight.
    fn sought(&self, strand: &Strand, width: f64) -> Option<Rect> {
        let places = ALONG.into_iter().flat_map(|part| [(part, 1.0), (part, -1.0)]);
        let mut rects = places.map(|(part, side)| beside(strand, part, (width, self.unit), side));
        let in_sight = |rect: &Rect| self.drawing.in_sight(*rect);
        rects
            .find(|rect| !in_sight(rect) || (self.is_free(*rect) && !self.crowd.crosses(*rect, strand.index)))
            .filter(in_sight)
    }
}

/// Common area of two rectangles.
fn common(a: &Rect, b: &Rect) -> f64 {
    let width = a.right().min(b.right()) - a.x.max(b.x);
    let height = a.bottom().min(b.bottom()) - a.y.max(b.y);
    width.max(0.0) * height.max(0.0)
}

/// `taken` is what the figures keep clear of besides each other; gives it back with theirs.
pub(crate) fn draw(pen: &mut Pen, strands: &[Strand], places: &Places, taken: Vec<Rect>) -> Vec<Rect> {
    let labels = wanted(pen.drawing);
    let sums: Vec<_> = labels.iter().copied().filter(|label| label.word != "errors").collect();
    let near = pen.drawing.level == Level::Near;
    let drawing = pen.drawing;
    let unit = if near { 1.0 } else { 1.0 / drawing.zoom };
    let mut board = Board { taken, crowd: Crowd::new(strands, drawing.clip), drawing, unit };
    let locks: Vec<&Strand> =
        strands.iter().filter(|strand| near && padlock::is_plaintext(strand.edge)).collect();
    for strand in locks {
        let centre = padlock::place(&strand.arc);
        board.taken.push(Rect::new(centre.x, centre.y, 0.0, 0.0).grown(padlock::RADIUS));
        pen.owner(strand.owner());
        glyph::padlock(pen, centre);
    }
    // Trouble chooses first, then what the layout has kept room for, then the busiest.
    let mut order: Vec<&Strand> = strands.iter().collect();
    order.order_by(|a, b| {
        let rank = |s: &Strand| match s.edge.health.status {
            Status::Failing => 0,
            Status::Degraded => 1,
            _ => 2,
        };
        let kept = |s: &Strand| room(s, places).filter(|_| near);
        let without = |s: &Strand| kept(s).is_none();
        rank(a).cmp(&rank(b)).then(without(a).cmp(&without(b))).then(b.width.total_cmp(&a.width))
    });
    if !near {
        // From afar the busiest are read, and what fails.
        let failing = order.partition_point(|strand| strand.edge.health.status == Status::Failing);
        order.truncate(failing + FAR_LABELS);
    }
    for strand in order {
        // A bundle says how much; which of its calls fail, it cannot.
        let labels = if strand.index.is_some() { &labels } else { &sums };
        if let Some(written) = label::written(strand.edge, labels) {
            let kept = room(strand, places).filter(|_| near);
            set(pen, strand, &written, kept, &mut board);
        }
    }
    board.taken
}

/// What the reader ticked; under an overlay that compares, what it has to say.
fn wanted(drawing: &Drawing) -> Vec<&'static label::Label> {
    let compares =
        |label: &&label::Label| label.word == drawing.overlay.word && ["gap", "change"].contains(&label.word);
    let compared: Vec<_> = label::ALL.iter().filter(compares).collect();
    if compared.is_empty() { drawing.labels.to_vec() } else { compared }
}

/// What the layout has kept for its label.
fn room(strand: &Strand, places: &Places) -> Option<Rect> {
    places.routes[strand.index?]?.label
}

fn set(pen: &mut Pen, strand: &Strand, written: &Written, kept: Option<Rect>, board: &mut Board) {
    let unit = board.unit;
    let font = Font::new(written.font.size * unit, written.font.weight);
    let Some((text, rect)) = find_place(pen, strand, (written, font), kept, board) else { return };
    board.taken.push(rect);
    pen.owner(strand.owner());
    let at = Point::new(rect.centre().x, rect.y + rect.height / 2.0 + 0.36 * font.size);
    let halo = Stroke::new(ground_at(pen.drawing.scene, rect.centre()), 3.5 * unit).round();
    let text = Text::new(at, text, font).middle().tabular();
    pen.text_with_halo(text, written.ink, halo, "edge-label");
}

/// The place that the layout kept, else one found along the line, else for what must be said the one that covers the least.
fn find_place<'w>(
    pen: &Pen,
    strand: &Strand,
    (written, font): (&'w Written, Font),
    kept: Option<Rect>,
    board: &Board,
) -> Option<(&'w str, Rect)> {
    if kept.is_some_and(|room| !pen.drawing.in_sight(room)) {
        return None;
    }
    let width = |text: &str| tabular_width(text, font, pen.drawing.measure);
    let texts = || written.texts.iter().map(String::as_str);
    let in_kept = kept.and_then(|room| {
        let text = texts().find(|text| width(text) <= room.width + 1.0)?;
        let rect = around(room.centre(), (width(text), board.unit));
        board.is_free(rect).then_some((text, rect))
    });
    in_kept.or_else(|| texts().find_map(|text| Some((text, board.sought(strand, width(text))?)))).or_else(
        || {
            let text = texts().next_back().filter(|_| written.must)?;
            Some((text, board.forced(strand, width(text))?))
        },
    )
}

fn around(centre: Point, (width, unit): (f64, f64)) -> Rect {
    let height = label::HEIGHT * unit;
    Rect::new(centre.x - width / 2.0, centre.y - height / 2.0, width, height)
}

/// The rectangle of a label beside the line: above a flat stretch, to the side of a steep one.
fn beside(strand: &Strand, part: f64, (width, unit): (f64, f64), side: f64) -> Rect {
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
    let reach = f64::midpoint(x.abs() * width, y.abs() * label::HEIGHT * unit) + on_line + 2.0 * unit;
    around(Point::new(on.x + x * reach, on.y + y * reach), (width, unit))
}
