//! Small geometry of routes: cut, measure, walk along, distance. Only + − × ÷ and square roots, so every machine agrees.

use crate::mark::Segment;
use layout::{Cubic, Point, Rect};

/// Straight pieces a cubic is taken apart into.
const PIECES: usize = 16;

pub(crate) fn minus(a: Point, b: Point) -> Point {
    Point::new(a.x - b.x, a.y - b.y)
}

/// `from` moved by `length` along the unit vector `direction`.
pub(crate) fn along(from: Point, direction: Point, length: f64) -> Point {
    Point::new(from.x + direction.x * length, from.y + direction.y * length)
}

pub(crate) fn length(v: Point) -> f64 {
    (v.x * v.x + v.y * v.y).sqrt()
}

/// To length one; what has no length points to the right.
pub(crate) fn unit(v: Point) -> Point {
    let length = length(v);
    if length > 1e-9 { Point::new(v.x / length, v.y / length) } else { Point::new(1.0, 0.0) }
}

/// Turned a quarter to the right on the screen.
pub(crate) fn normal(direction: Point) -> Point {
    Point::new(-direction.y, direction.x)
}

pub(crate) fn mix(a: Point, b: Point, t: f64) -> Point {
    Point::new(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t)
}

/// The piece from the start to `t`, and the rest.
pub(crate) fn split(cubic: &Cubic, t: f64) -> (Cubic, Cubic) {
    let (a, b, c) = (mix(cubic.from, cubic.c1, t), mix(cubic.c1, cubic.c2, t), mix(cubic.c2, cubic.to, t));
    let (ab, bc) = (mix(a, b, t), mix(b, c, t));
    let middle = mix(ab, bc, t);
    (
        Cubic { from: cubic.from, c1: a, c2: ab, to: middle },
        Cubic { from: middle, c1: bc, c2: c, to: cubic.to },
    )
}

/// The path as segments.
pub(crate) fn segments(path: &[Cubic]) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(path.len() + 1);
    segments.extend(path.first().map(|first| Segment::Move(first.from)));
    segments.extend(path.iter().map(|piece| Segment::Cubic(piece.c1, piece.c2, piece.to)));
    segments
}

/// A route as a fine polyline that knows how long it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Arc {
    points: Vec<Point>,
    /// Distance from the start, a point each.
    reached: Vec<f64>,
    /// Parameter of each point: number of its cubic + t.
    parameters: Vec<f64>,
}

impl Arc {
    pub(crate) fn new(path: &[Cubic]) -> Self {
        let mut arc = Self::default();
        for (i, piece) in path.iter().enumerate() {
            let straight = is_straight(piece);
            let pieces = if straight { 1 } else { PIECES };
            let first = usize::from(i > 0);
            for k in first..=pieces {
                let t = k as f64 / pieces as f64;
                arc.push(piece.at(t), i as f64 + t);
            }
        }
        arc
    }

    fn push(&mut self, point: Point, parameter: f64) {
        let reached = match (self.points.last(), self.reached.last()) {
            (Some(last), Some(reached)) => reached + length(minus(point, *last)),
            _ => 0.0,
        };
        self.points.push(point);
        self.reached.push(reached);
        self.parameters.push(parameter);
    }

    pub(crate) fn length(&self) -> f64 {
        self.reached.last().copied().unwrap_or(0.0)
    }

    pub(crate) fn points(&self) -> &[Point] {
        &self.points
    }

    pub(crate) fn bounds(&self) -> Rect {
        let mut points = self.points.iter().map(|p| Rect::new(p.x, p.y, 0.0, 0.0));
        let first = points.next().unwrap_or_default();
        points.fold(first, |bounds, point| bounds.union(&point))
    }

    /// The piece that contains the distance, and how far into it (0 to 1).
    fn piece(&self, distance: f64) -> Option<(usize, f64)> {
        if self.points.len() < 2 {
            return None;
        }
        let i = self.reached.partition_point(|reached| *reached <= distance).clamp(1, self.points.len() - 1);
        let (low, high) = (self.reached[i - 1], self.reached[i]);
        let t = if high > low { ((distance - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 };
        Some((i - 1, t))
    }

    pub(crate) fn at(&self, distance: f64) -> Point {
        match self.piece(distance) {
            Some((i, t)) => mix(self.points[i], self.points[i + 1], t),
            None => self.points.first().copied().unwrap_or_default(),
        }
    }

    /// The unit vector along the line there.
    pub(crate) fn direction(&self, distance: f64) -> Point {
        self.piece(distance)
            .map_or(Point::new(1.0, 0.0), |(i, _)| unit(minus(self.points[i + 1], self.points[i])))
    }

    /// The part of the path up to that distance, still as cubics.
    pub(crate) fn head(&self, path: &[Cubic], distance: f64) -> Vec<Cubic> {
        self.part(path, 0.0, distance)
    }

    /// The part between two distances.
    pub(crate) fn part(&self, path: &[Cubic], from: f64, to: f64) -> Vec<Cubic> {
        let (Some(start), Some(end)) = (self.parameter(from), self.parameter(to)) else {
            return path.to_vec();
        };
        let mut part = Vec::new();
        for (i, piece) in path.iter().enumerate() {
            let low = (start - i as f64).clamp(0.0, 1.0);
            let high = (end - i as f64).clamp(0.0, 1.0);
            if high - low < 1e-9 {
                continue;
            }
            let (kept, _) = split(piece, high);
            let (_, kept) = split(&kept, low / high);
            part.push(kept);
        }
        part
    }

    fn parameter(&self, distance: f64) -> Option<f64> {
        let (i, t) = self.piece(distance)?;
        Some(self.parameters[i] + (self.parameters[i + 1] - self.parameters[i]) * t)
    }

    /// How far the point is from the line.
    pub(crate) fn distance_to(&self, point: Point) -> f64 {
        self.points
            .windows(2)
            .map(|ends| distance_to_segment(point, ends[0], ends[1]))
            .fold(f64::INFINITY, f64::min)
    }

    /// Distances along this line at which it crosses the other.
    pub(crate) fn crossings(&self, other: &Self) -> Vec<f64> {
        let mut found = Vec::new();
        for (i, a) in self.points.windows(2).enumerate() {
            for b in other.points.windows(2) {
                if let Some(t) = crossing(a, b) {
                    found.push(self.reached[i] + (self.reached[i + 1] - self.reached[i]) * t);
                }
            }
        }
        found
    }
}

/// Straight and even: its parameter runs with its length, so that two points say all.
fn is_straight(piece: &Cubic) -> bool {
    let even = Cubic::line(piece.from, piece.to);
    length(minus(even.c1, piece.c1)) < 0.05 && length(minus(even.c2, piece.c2)) < 0.05
}

fn distance_to_segment(point: Point, a: Point, b: Point) -> f64 {
    let (v, w) = (minus(b, a), minus(point, a));
    let square = v.x * v.x + v.y * v.y;
    let t = if square > 0.0 { ((v.x * w.x + v.y * w.y) / square).clamp(0.0, 1.0) } else { 0.0 };
    length(minus(point, mix(a, b, t)))
}

/// Where on `a` (0 to 1) the segment `b` crosses it.
fn crossing(a: &[Point], b: &[Point]) -> Option<f64> {
    let (r, s, q) = (minus(a[1], a[0]), minus(b[1], b[0]), minus(b[0], a[0]));
    let cross = r.x * s.y - r.y * s.x;
    if cross.abs() < 1e-9 {
        return None;
    }
    let t = (q.x * s.y - q.y * s.x) / cross;
    let u = (q.x * r.y - q.y * r.x) / cross;
    ((0.0..1.0).contains(&t) && (0.0..1.0).contains(&u)).then_some(t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bend() -> Vec<Cubic> {
        vec![
            Cubic::horizontal(Point::new(0.0, 0.0), Point::new(100.0, 80.0)),
            Cubic::horizontal(Point::new(100.0, 80.0), Point::new(200.0, 80.0)),
        ]
    }

    #[test]
    fn the_head_of_a_route_ends_where_it_is_cut() {
        let path = bend();
        let arc = Arc::new(&path);
        let head = arc.head(&path, arc.length() - 8.0);
        let end = head.last().unwrap().to;
        assert!((end.x - 192.0).abs() < 0.2 && (end.y - 80.0).abs() < 1e-6, "{end:?}");
        assert_eq!(head[0].from, path[0].from);
    }

    #[test]
    fn two_lines_cross_once() {
        let a = Arc::new(&[Cubic::line(Point::new(0.0, 0.0), Point::new(10.0, 10.0))]);
        let b = Arc::new(&[Cubic::line(Point::new(0.0, 10.0), Point::new(10.0, 0.0))]);
        let crossings = a.crossings(&b);
        assert_eq!(crossings.len(), 1);
        assert!((crossings[0] - 50.0_f64.sqrt()).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn every_place_on_a_line_lies_on_it(part in 0.0..1.0_f64) {
            let path = bend();
            let arc = Arc::new(&path);
            let at = arc.at(arc.length() * part);
            prop_assert!(arc.distance_to(at) < 1e-9);
            prop_assert!((length(arc.direction(arc.length() * part)) - 1.0).abs() < 1e-9);
        }

        #[test]
        fn a_part_is_as_long_as_it_says(from in 0.0..0.5_f64, more in 0.1..0.5_f64) {
            let path = bend();
            let arc = Arc::new(&path);
            let (from, to) = (arc.length() * from, arc.length() * (from + more));
            let part = Arc::new(&arc.part(&path, from, to));
            prop_assert!((part.length() - (to - from)).abs() < 1.0, "{} {}", part.length(), to - from);
        }
    }
}
