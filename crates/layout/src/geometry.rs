//! Small questions about curves and rectangles. Knows shapes only.

use crate::scene::{Cubic, Point, Rect};

/// Pieces in which a curve is looked at.
pub(crate) const PIECES: usize = 20;

/// The curve as points, from its start to its end.
pub(crate) fn points(cubic: &Cubic) -> impl Iterator<Item = Point> + '_ {
    let pieces = if is_flat(cubic) { 1 } else { PIECES };
    (0..=pieces).map(move |step| cubic.at(step as f64 / pieces as f64))
}

/// A whole path as points.
pub(crate) fn polyline(path: &[Cubic]) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::new();
    for cubic in path {
        let skip = usize::from(!out.is_empty());
        out.extend(points(cubic).skip(skip));
    }
    out
}

fn is_flat(cubic: &Cubic) -> bool {
    let y = cubic.from.y;
    let level = |point: Point| (point.y - y).abs() < 1e-9;
    level(cubic.c1) && level(cubic.c2) && level(cubic.to)
}

/// The box round a curve's points, which holds the curve.
pub(crate) fn hull(cubic: &Cubic) -> Rect {
    let xs = span(cubic.from.x, cubic.c1.x, cubic.c2.x, cubic.to.x);
    let ys = span(cubic.from.y, cubic.c1.y, cubic.c2.y, cubic.to.y);
    Rect::new(xs.0, ys.0, xs.1 - xs.0, ys.1 - ys.0)
}

/// The least and the most of four. Plain comparisons: `min` and `max` look for NaN, and curves are many.
fn span(a: f64, b: f64, c: f64, d: f64) -> (f64, f64) {
    let sorted = |a: f64, b: f64| if b < a { (b, a) } else { (a, b) };
    let (one, two) = (sorted(a, b), sorted(c, d));
    (sorted(one.0, two.0).0, sorted(one.1, two.1).1)
}

/// Whether two boxes meet, also at the border or without area.
pub(crate) fn touches(a: &Rect, b: &Rect) -> bool {
    a.x <= b.right() && b.x <= a.right() && a.y <= b.bottom() && b.y <= a.bottom()
}

/// Whether the straight piece meets the inside of the box.
pub(crate) fn cuts(a: Point, b: Point, rect: &Rect) -> bool {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for (from, step, least, most) in
        [(a.x, b.x - a.x, rect.x, rect.right()), (a.y, b.y - a.y, rect.y, rect.bottom())]
    {
        if step == 0.0 {
            if from <= least || from >= most {
                return false;
            }
        } else {
            let (one, two) = ((least - from) / step, (most - from) / step);
            low = low.max(one.min(two));
            high = high.min(one.max(two));
        }
    }
    low < high
}

/// Whether the curve meets the inside of the box.
pub(crate) fn hits(cubic: &Cubic, rect: &Rect) -> bool {
    touches(&hull(cubic), rect) && enters(cubic, rect)
}

/// The same for who knows that their boxes touch.
pub(crate) fn enters(cubic: &Cubic, rect: &Rect) -> bool {
    let mut last = None;
    points(cubic).any(|point| last.replace(point).is_some_and(|from| cuts(from, point, rect)))
}

/// Whether two straight pieces cross inside both.
pub(crate) fn cross(a: (Point, Point), b: (Point, Point)) -> bool {
    let side = |p: Point, q: Point, r: Point| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    let (a1, a2) = (side(b.0, b.1, a.0), side(b.0, b.1, a.1));
    let (b1, b2) = (side(a.0, a.1, b.0), side(a.0, a.1, b.1));
    ((a1 > 0.0 && a2 < 0.0) || (a1 < 0.0 && a2 > 0.0)) && ((b1 > 0.0 && b2 < 0.0) || (b1 < 0.0 && b2 > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_along_the_border_does_not_cut() {
        let rect = Rect::new(0.0, 0.0, 10.0, 10.0);
        assert!(!cuts(Point::new(-5.0, 10.0), Point::new(15.0, 10.0), &rect));
        assert!(cuts(Point::new(-5.0, 9.0), Point::new(15.0, 9.0), &rect));
        assert!(cuts(Point::new(-5.0, -5.0), Point::new(15.0, 15.0), &rect));
        assert!(!cuts(Point::new(-5.0, 4.0), Point::new(4.0, -5.0), &rect));
    }

    #[test]
    fn a_curve_that_swings_past_does_not_hit() {
        let curve = Cubic::horizontal(Point::new(0.0, 0.0), Point::new(100.0, 100.0));
        assert!(hits(&curve, &Rect::new(45.0, 45.0, 10.0, 10.0)));
        assert!(!hits(&curve, &Rect::new(60.0, 0.0, 40.0, 40.0)));
    }
}
