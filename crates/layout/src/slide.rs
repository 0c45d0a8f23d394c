//! Room above and below within some columns: what stands there and the lines that pass move up and down in the order
//! they have, no more than they must. Knows land, columns and heights, no route.

use crate::push::{Body, LEAST_GAP};
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
    /// Moves what stands above and below land that is where `home` was, lines only within the region round it.
    pub(crate) fn slide(&mut self, (land, home): (usize, &Rect), room: Option<Rect>, tracks: &Tracks) {
        let Some(frame) = self.frame(land, None) else { return };
        let level = self.net.over(land);
        let (mut bodies, owners) = self.bodies(level);
        let near = frame.grown(LINE_CLEAR);
        let mut slide = Slide { left: near.x, right: near.right(), lanes: Vec::new() };
        let mut lanes = Vec::new();
        for track in &tracks.columns {
            let is_passed = track.left < home.right() && track.right > home.x;
            for &y in track.lanes.iter().filter(|_| is_passed) {
                let beyond = y <= home.y || y >= home.bottom();
                if beyond && room.is_none_or(|room| y > room.y && y < room.bottom()) {
                    lanes.push(y);
                }
            }
        }
        let meets = |body: &Body| body.rect.x < near.right() && body.rect.right() > near.x;
        for side in [-1.0, 1.0] {
            // Seen from the land, whatever the side: numbers grow away from it.
            let span = |y: f64, height: f64| if side > 0.0 { (y, y + height) } else { (-y - height, -y) };
            let is_there = |y: f64| (y - home.centre().y) * side > 0.0;
            let mut things: Vec<Thing> = Vec::new();
            for (index, body) in bodies.iter().enumerate() {
                if owners[index] != Ok(land) && !body.fixed && meets(body) && is_there(body.rect.centre().y) {
                    let (low, high) = span(body.rect.y, body.rect.height);
                    things.push(Thing { low, high, body: Some(index) });
                }
            }
            for &lane in lanes.iter().filter(|lane| is_there(**lane)) {
                things.push(Thing { low: side * lane, high: side * lane, body: None });
            }
            for (thing, by) in ways(things, span(frame.y, frame.height).1, &bodies) {
                match thing.body {
                    None => slide.lanes.push((side * thing.low, side * by)),
                    Some(body) => bodies[body].rect.y += (side * by).round(),
                }
            }
        }
        slide.lanes.order_by(|a, b| a.0.total_cmp(&b.0));
        let before = self.bodies(level).0;
        let moved: Vec<f64> = bodies.iter().zip(&before).map(|(now, old)| now.rect.y - old.rect.y).collect();
        self.shift(&owners, &moved);
        self.slides.push(slide);
        for (owner, by) in owners.into_iter().zip(moved) {
            if by != 0.0 && owner.is_ok() {
                self.push_lands(owner);
            }
        }
    }
}

/// How far each must go, from the edge that pushes on: what is close stays as close as it is, what is not takes up the
/// rest of the way.
fn ways(mut things: Vec<Thing>, edge: f64, bodies: &[Body]) -> Vec<(Thing, f64)> {
    things.order_by(|a, b| a.low.total_cmp(&b.low));
    let (mut is_lane, mut last, mut by) = (false, edge, 0.0_f64);
    let mut ways = Vec::with_capacity(things.len());
    for thing in things {
        let least = match thing.body {
            None if is_lane => LINE_GAP,
            Some(body) if !is_lane => bodies[body].room.max(LEAST_GAP),
            _ => LINE_CLEAR,
        };
        by = (by - (thing.low - last - least).max(0.0)).max(edge + least - thing.low).max(0.0);
        if thing.high > last {
            (is_lane, last) = (thing.body.is_none(), thing.high);
        }
        ways.push((thing, by));
    }
    ways
}

/// The heights at which a line passes the columns between its ends, in the order of its way: where it passed them before,
/// by as much as that has slid; in columns that are new as in the one before.
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
