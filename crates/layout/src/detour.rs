//! A way between cards that stand in no columns, as the hand puts them: the shortest of level and upright pieces
//! with few bends, its corners rounded. Knows rectangles.

use std::collections::BinaryHeap;

use crate::geometry::cuts;
use crate::routes::Ends;
use crate::scene::{Cubic, Point, Rect};
use crate::sorting::Order as _;

/// Between the way and a card it passes; half of it is enough where there is no more.
const CLEAR: f64 = 10.0;
/// What a bend costs, in pixels of way.
const BEND: f64 = 40.0;
const RADIUS: f64 = 16.0;
/// Crossings of the net in which a way is sought, at most.
const MOST: usize = 20_000;

/// None when there is no way, or too much stands about.
pub(crate) fn find(ends: &Ends, cards: &[Rect]) -> Option<Vec<Cubic>> {
    let near =
        [(60.0, CLEAR), (300.0, CLEAR), (1_500.0, CLEAR), (300.0, 3.0), (1_500.0, 3.0), (1_500.0, 1.0)];
    near.into_iter().find_map(|(reach, clear)| {
        let area = ends.source.union(&ends.target).grown(reach);
        let near = area.grown(clear);
        let net =
            Net::new(ends, &area, cards.iter().copied().filter(|card| card.overlaps(&near)).collect(), clear);
        (net.xs.len() * net.ys.len() <= MOST).then(|| net.walk()).flatten()
    })
}

/// Lines beside all cards and through both ends; a way runs from crossing to crossing.
struct Net {
    xs: Vec<f64>,
    ys: Vec<f64>,
    cards: Vec<Rect>,
    clear: f64,
    ends: (Point, Point),
}

impl Net {
    fn new(ends: &Ends, area: &Rect, cards: Vec<Rect>, clear: f64) -> Self {
        let from = Point::new(ends.source.right() + clear, ends.from_y);
        let to = Point::new(ends.target.x - clear, ends.to_y);
        let (mut xs, mut ys) = (vec![from.x, to.x], vec![from.y, to.y]);
        for card in &cards {
            xs.extend([card.x - clear, card.right() + clear]);
            ys.extend([card.y - clear, card.bottom() + clear]);
        }
        // Beyond the area cards are not known.
        xs.retain(|x| *x > area.x && *x < area.right());
        ys.retain(|y| *y > area.y && *y < area.bottom());
        for list in [&mut xs, &mut ys] {
            list.order_by(f64::total_cmp);
            list.dedup();
        }
        Self { xs, ys, cards, clear, ends: (from, to) }
    }

    fn at(&self, crossing: usize) -> Point {
        Point::new(self.xs[crossing % self.xs.len()], self.ys[crossing / self.xs.len()])
    }

    fn crossing(&self, point: Point) -> usize {
        let below = |list: &[f64], value: f64| list.partition_point(|other| *other < value);
        below(&self.ys, point.y) * self.xs.len() + below(&self.xs, point.x)
    }

    fn is_free(&self, a: Point, b: Point) -> bool {
        !self.cards.iter().any(|card| cuts(a, b, &card.grown(self.clear - 0.5)))
    }

    /// Cheapest first; a state is a crossing, reached on the level or upright.
    fn walk(&self) -> Option<Vec<Cubic>> {
        let (start, goal) = (2 * self.crossing(self.ends.0), self.crossing(self.ends.1));
        let mut costs = vec![f64::INFINITY; 2 * self.xs.len() * self.ys.len()];
        let mut before = vec![start; costs.len()];
        let mut open: BinaryHeap<(usize, usize)> = BinaryHeap::new();
        costs[start] = 0.0;
        open.push((usize::MAX, start));
        while let Some((rank, state)) = open.pop() {
            if state / 2 == goal {
                return Some(self.path(start, state, &before));
            }
            if rank < rank_of(costs[state]) {
                continue;
            }
            for next in self.neighbours(state) {
                let (a, b) = (self.at(state / 2), self.at(next / 2));
                let bend = if state % 2 == next % 2 { 0.0 } else { BEND };
                let cost = costs[state] + (b.x - a.x).abs() + (b.y - a.y).abs() + bend;
                if cost < costs[next] && self.is_free(a, b) {
                    costs[next] = cost;
                    before[next] = state;
                    open.push((rank_of(cost), next));
                }
            }
        }
        None
    }

    fn neighbours(&self, state: usize) -> impl Iterator<Item = usize> {
        let (at, width) = (state / 2, self.xs.len());
        let (x, y) = (at % width, at / width);
        let right = (x + 1 < width).then_some(2 * (at + 1));
        let left = (x > 0).then(|| 2 * (at - 1));
        let down = (y + 1 < self.ys.len()).then_some(2 * (at + width) + 1);
        let up = (y > 0).then(|| 2 * (at - width) + 1);
        [right, left, down, up].into_iter().flatten()
    }

    fn path(&self, start: usize, mut state: usize, before: &[usize]) -> Vec<Cubic> {
        let mut points = vec![Point::new(self.ends.1.x + self.clear, self.ends.1.y)];
        loop {
            points.push(self.at(state / 2));
            if state == start {
                break;
            }
            state = before[state];
        }
        points.push(Point::new(self.ends.0.x - self.clear, self.ends.0.y));
        points.reverse();
        rounded(&points, RADIUS.min(2.5 * self.clear))
    }
}

/// The heap gives the highest first. Eighths of a pixel tell enough.
fn rank_of(cost: f64) -> usize {
    usize::MAX - (cost * 8.0) as usize
}

/// A corner is cut by a third of the radius, which may not be more than what lies clear of a card.
fn rounded(points: &[Point], radius: f64) -> Vec<Cubic> {
    let mut corners: Vec<Point> = Vec::new();
    for (at, &point) in points.iter().enumerate() {
        let on_a_line = |a: Point, b: Point| {
            let same = |a: f64, b: f64, c: f64| (a - b).abs() < 1e-9 && (b - c).abs() < 1e-9;
            same(a.x, point.x, b.x) || same(a.y, point.y, b.y)
        };
        if !corners.last().zip(points.get(at + 1)).is_some_and(|(&a, &b)| on_a_line(a, b)) {
            corners.push(point);
        }
    }
    let towards = |from: Point, to: Point, by: f64| {
        let length = (to.x - from.x).abs() + (to.y - from.y).abs();
        let share = if length > 0.0 { (by / length).min(0.5) } else { 0.0 };
        Point::new(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share)
    };
    let mut path = Vec::new();
    let mut at = corners[0];
    for turn in corners.windows(3) {
        let [before, corner, after] = [turn[0], turn[1], turn[2]];
        let (into, out) = (towards(corner, before, radius), towards(corner, after, radius));
        path.push(Cubic::line(at, into));
        let bulge = |end: Point| Point::new(f64::midpoint(end.x, corner.x), f64::midpoint(end.y, corner.y));
        path.push(Cubic { from: into, c1: bulge(into), c2: bulge(out), to: out });
        at = out;
    }
    path.push(Cubic::line(at, corners[corners.len() - 1]));
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::hits;

    #[test]
    fn the_way_goes_round_what_stands_between() {
        let card = |x: f64, y: f64| Rect::new(x, y, 100.0, 40.0);
        let cards = [card(0.0, 0.0), card(150.0, -20.0), card(150.0, 30.0), card(320.0, 10.0)];
        let ends = Ends { source: cards[0], target: cards[3], from_y: 20.0, to_y: 30.0 };
        let path = find(&ends, &cards).expect("there is a way");
        assert!((path[0].from.x, path[0].from.y) == (100.0, 20.0));
        let last = path[path.len() - 1].to;
        assert!((last.x, last.y) == (320.0, 30.0));
        assert!(cards[1..3].iter().all(|card| !path.iter().any(|cubic| hits(cubic, card))));
    }
}
