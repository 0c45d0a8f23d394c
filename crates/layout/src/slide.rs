//! Room above and below within some columns: what stands there and the lines that pass move up and down in the order
//! they have, no more than they must. Knows bands, columns and heights, no route.

use crate::push::LEAST_GAP;
use crate::routes::Ends;
use crate::scene::{Cubic, Rect};
use crate::settle::Settled;
use crate::sorting::Order as _;
use crate::tracks::Tracks;
use crate::tuning::{LINE_CLEAR, LINE_GAP};

/// By how much the lines that pass between a left and a right end move, by their heights.
#[derive(Clone, Debug)]
pub(crate) struct Slide {
    pub(crate) left: f64,
    pub(crate) right: f64,
    /// From top to bottom.
    pub(crate) lanes: Vec<(f64, f64)>,
}

/// A level piece that goes so far into a column passes it: the column may have grown wider.
const FAR: f64 = 40.0;

/// Something in the way: a body, or a line that passes.
#[derive(Clone, Copy)]
struct Thing {
    low: f64,
    high: f64,
    body: Option<usize>,
}

impl Settled<'_> {
    /// Moves what stands above and below a band that has come where `home` was.
    pub(crate) fn slide(&mut self, band: usize, home: &Rect, tracks: &Tracks) {
        let Some(frame) = self.frame(band, None) else { return };
        let (mut bodies, owners) = self.bodies();
        let near = frame.grown(LINE_CLEAR);
        let mut slide = Slide { left: near.x, right: near.right(), lanes: Vec::new() };
        for side in [-1.0, 1.0] {
            // Seen from the band, whatever the side: numbers grow away from it.
            let span = |y: f64, height: f64| if side > 0.0 { (y, y + height) } else { (-y - height, -y) };
            let start = span(frame.y, frame.height).1;
            let is_there = |y: f64| (y - home.centre().y) * side > 0.0;
            let mut things: Vec<Thing> = Vec::new();
            for (index, body) in bodies.iter().enumerate() {
                let meets = body.rect.x < near.right() && body.rect.right() > near.x;
                if owners[index] != Ok(band) && meets && !body.fixed && is_there(body.rect.centre().y) {
                    let (low, high) = span(body.rect.y, body.rect.height);
                    things.push(Thing { low, high, body: Some(index) });
                }
            }
            let passed =
                tracks.columns.iter().filter(|track| track.left < home.right() && track.right > home.x);
            for &lane in passed.flat_map(|track| &track.lanes).filter(|lane| is_there(**lane)) {
                let (low, high) = span(lane, 0.0);
                things.push(Thing { low, high, body: None });
            }
            things.order_by(|a, b| a.low.total_cmp(&b.low));
            let mut last = Thing { low: start, high: start, body: Some(0) };
            let mut by = f64::INFINITY;
            for thing in things {
                let least = match (last.body, thing.body) {
                    (None, None) => LINE_GAP,
                    (Some(_), Some(body)) => bodies[body].room.max(LEAST_GAP),
                    _ => LINE_CLEAR,
                };
                // What is close stays as close as it is.
                let spare = (thing.low - last.high - least).max(0.0);
                by = if by.is_finite() { by - spare } else { 0.0 };
                by = by.max(start + least - thing.low).max(0.0);
                if thing.high > last.high {
                    last = thing;
                }
                match thing.body {
                    None => slide.lanes.push((side * thing.low, side * by)),
                    Some(body) => bodies[body].rect.y += (side * by).round(),
                }
            }
        }
        slide.lanes.order_by(|a, b| a.0.total_cmp(&b.0));
        let before = self.bodies().0;
        let moved: Vec<f64> = bodies.iter().zip(&before).map(|(now, old)| now.rect.y - old.rect.y).collect();
        self.shift(&owners, &moved);
        self.slides.push(slide);
        for (owner, by) in owners.into_iter().zip(moved) {
            if by != 0.0 && owner.is_ok() {
                self.push_bands(owner);
            }
        }
    }
}

/// The heights at which a line passes the columns between two ends, in the order of its way, where it passed the same
/// columns before; beside them it goes on as it was. None when it never ran through columns.
pub(crate) fn carried(path: &[Cubic], ends: &Ends, tracks: &Tracks, slides: &[Slide]) -> Vec<(usize, f64)> {
    let (from, to) = (tracks.at(ends.source.x), tracks.at(ends.target.x));
    let back = from >= to;
    let (passed, mut y) = if back { (to..from + 1, ends.to_y) } else { (from + 1..to, ends.from_y) };
    let mut levels: Vec<(usize, f64)> = Vec::new();
    for column in passed {
        let track = &tracks.columns[column];
        let level = path.iter().find(|cubic| {
            let (left, right) = (cubic.from.x.min(cubic.to.x), cubic.from.x.max(cubic.to.x));
            (cubic.from.y - cubic.to.y).abs() <= 0.05
                && left <= track.left
                && right >= track.right.min(track.left + FAR)
        });
        y = level.map_or(y, |level| slid(slides, (track.left, track.right), level.from.y));
        levels.push((column, y));
    }
    if back {
        levels.reverse();
    }
    levels
}

fn slid(slides: &[Slide], (left, right): (f64, f64), y: f64) -> f64 {
    slides.iter().filter(|slide| slide.left < right && slide.right > left).fold(y, |y, slide| {
        let at = slide.lanes.partition_point(|lane| lane.0 < y);
        slide.lanes.get(at).filter(|lane| lane.0 <= y).map_or(y, |lane| y + lane.1)
    })
}
