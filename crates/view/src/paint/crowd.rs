//! Which lines pass where: a grid over what is in sight, so that a label asks only those near it. Knows no label.

use super::strand::Strand;
use layout::{Point, Rect};

/// Cells along each side.
const ACROSS: usize = 48;

pub(crate) struct Crowd<'a> {
    strands: &'a [Strand<'a>],
    frame: Rect,
    /// Row by row: a line, by its place among the strands, and the first end of one of its pieces.
    cells: Vec<Vec<(usize, usize)>>,
}

impl<'a> Crowd<'a> {
    /// `frame` is what is in sight; none where all is.
    pub(crate) fn new(strands: &'a [Strand<'a>], frame: Option<Rect>) -> Self {
        let all =
            || strands.iter().map(|strand| strand.bounds).reduce(|a, b| a.union(&b)).unwrap_or_default();
        let frame = frame.unwrap_or_else(all).grown(1.0);
        let mut crowd = Self { strands, frame, cells: vec![Vec::new(); ACROSS * ACROSS] };
        for (at, strand) in strands.iter().enumerate() {
            for (piece, ends) in strand.arc.points().windows(2).enumerate() {
                let rect = around(ends[0], ends[1]).grown(reach(strand));
                if rect.overlaps(&frame) {
                    crowd.each_cell(rect).for_each(|cell| crowd.cells[cell].push((at, piece)));
                }
            }
        }
        crowd
    }

    /// Indices of the cells that a rectangle touches; what is out of sight counts to the nearest.
    fn each_cell(&self, rect: Rect) -> impl Iterator<Item = usize> + use<> {
        let cell = |at: f64, low: f64, length: f64| {
            (((at - low) / length * ACROSS as f64).max(0.0) as usize).min(ACROSS - 1)
        };
        let frame = self.frame;
        let across = |x: f64| cell(x, frame.x, frame.width);
        let down = |y: f64| cell(y, frame.y, frame.height);
        let (left, right) = (across(rect.x), across(rect.right()));
        (down(rect.y)..=down(rect.bottom()))
            .flat_map(move |row| (left..=right).map(move |x| row * ACROSS + x))
    }

    /// Whether another line than that edge's own passes through.
    pub(crate) fn crosses(&self, rect: Rect, own: Option<usize>) -> bool {
        self.each_cell(rect).any(|cell| {
            self.cells[cell].iter().any(|&(at, piece)| {
                let strand = &self.strands[at];
                let points = strand.arc.points();
                strand.index != own && passes(points[piece], points[piece + 1], rect.grown(reach(strand)))
            })
        })
    }
}

fn reach(strand: &Strand) -> f64 {
    strand.width / 2.0 + 1.0
}

fn around(a: Point, b: Point) -> Rect {
    Rect::new(a.x, a.y, 0.0, 0.0).union(&Rect::new(b.x, b.y, 0.0, 0.0))
}

/// Pieces are short against a label: their ends and middle tell. A straight route is one long piece.
fn passes(a: Point, b: Point, rect: Rect) -> bool {
    let steps = ((b.x - a.x).abs().max((b.y - a.y).abs()) / 8.0).max(2.0) as usize;
    around(a, b).grown(1.0).overlaps(&rect)
        && (0..=steps).any(|i| {
            let t = i as f64 / steps as f64;
            rect.contains(Point::new(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t))
        })
}
