//! A place for each label beside its line: above a level stretch, on a side of a steep one, clear of cards, titles,
//! other labels and, where possible, other lines. Knows a scene, no text.

use std::sync::Arc;

use crate::sorting::Order as _;

use crate::geometry::{PIECES, cuts, hull, touches};
use crate::grid::Grid;
use crate::index::follow;
use crate::input::Input;
use crate::net::{sane, sane_size};
use crate::scene::{Cubic, Point, Rect, Route, Scene, Size};
use crate::tuning::{BAND_PADDING, LABEL_CLEAR};

/// Shares of the way at which a label is tried: the middle, toward the target, toward the source.
const STOPS: [f64; 11] = [0.5, 0.6, 0.4, 0.7, 0.3, 0.78, 0.22, 0.86, 0.14, 0.92, 0.08];

/// Labels above which each is tried at few places.
const CROWD: usize = 800;

/// Labels that are tried at all. More than that nobody reads, and the heavy lines come first.
const MOST: usize = 4_000;

struct Wish<'a> {
    edge: usize,
    size: Size,
    weight: f64,
    half: f64,
    key: &'a str,
}

/// Places labels of the routes that `wanted` names, heavy lines first; labels already set on others stay.
pub(crate) fn place(scene: &mut Scene, input: &Input, wanted: impl Fn(usize, &Route) -> bool) {
    let mut wishes = wishes(scene, input, &wanted);
    if wishes.is_empty() {
        return;
    }
    wishes.order_by(|a, b| b.weight.total_cmp(&a.weight).then(a.key.cmp(b.key)));
    // In a crowd most labels find no place, and nobody misses them: fewer places are tried.
    let crowd = wishes.len() > CROWD;
    let left_out = wishes.split_off(wishes.len().min(MOST));
    let stops = &STOPS[..if crowd { 3 } else { STOPS.len() }];
    let places = |wish: &Wish| candidates(&scene.edges[wish.edge], wish.size, wish.half, stops);
    let places: Vec<Vec<Rect>> = wishes.iter().map(places).collect();
    let mut ground = Ground::new(scene, input, &Area::new(places.iter().flatten().copied().collect()));
    let mut found: Vec<(usize, Option<Rect>)> = Vec::with_capacity(wishes.len());
    for (wish, places) in wishes.iter().zip(places) {
        let clear = |strict: bool| places.iter().find(|rect| ground.is_clear(rect, wish.edge, strict));
        let place = clear(true).or_else(|| if crowd { None } else { clear(false) }).copied();
        if let Some(rect) = place {
            ground.boxes.insert(&rect, ground.taken.len());
            ground.taken.push(rect);
        }
        found.push((wish.edge, place));
    }
    found.extend(left_out.iter().map(|wish| (wish.edge, None)));
    for (edge, place) in found {
        if scene.edges[edge].label != place {
            Arc::make_mut(&mut scene.edges[edge]).label = place;
        }
    }
}

/// Where labels may come to lie: each place by itself when there are few, else anywhere between all.
struct Area {
    whole: Rect,
    cells: f64,
    places: Option<(Vec<Rect>, Grid)>,
}

impl Area {
    fn new(places: Vec<Rect>) -> Self {
        let whole = places.iter().copied().reduce(|a, b| a.union(&b)).unwrap_or_default().grown(10.0);
        if places.len() > 700 {
            return Self { whole, cells: 60_000.0, places: None };
        }
        let mut grid = Grid::with_cells(whole, 1_000.0);
        for (index, place) in places.iter().enumerate() {
            grid.insert(place, index);
        }
        Self { whole, cells: 1_000.0, places: Some((places, grid)) }
    }

    fn is_near(&self, rect: &Rect) -> bool {
        let near = rect.grown(LABEL_CLEAR + 1.0);
        touches(&self.whole, rect)
            && self
                .places
                .as_ref()
                .is_none_or(|(places, grid)| grid.any(&near, |index| touches(&places[index], &near)))
    }
}

fn wishes<'a>(scene: &Scene, input: &'a Input, wanted: &impl Fn(usize, &Route) -> bool) -> Vec<Wish<'a>> {
    let edges: Vec<usize> = (0..scene.edges.len()).filter(|&edge| wanted(edge, &scene.edges[edge])).collect();
    let mut wishes = Vec::new();
    if edges.is_empty() {
        return wishes;
    }
    let keys: Vec<&str> = input.edges.iter().map(|edge| &*edge.key).collect();
    let owns = follow(&keys, &mut edges.iter().map(|&edge| &*scene.edges[edge].key));
    for (edge, own) in edges.into_iter().zip(owns) {
        let Some(own) = own.map(|own| &input.edges[own]) else { continue };
        let Some(size) = own.label.map(sane_size) else { continue };
        let half = sane(own.width, 1.0, 40.0) / 2.0;
        let weight = sane(own.weight, 0.0, 1e12);
        wishes.push(Wish { edge, size, weight, half, key: &own.key });
    }
    wishes
}

/// Everything a label must keep clear of.
struct Ground {
    taken: Vec<Rect>,
    boxes: Grid,
    /// Ends of straight pieces, with the line that runs from each to the next.
    points: Vec<(Point, u32)>,
    lines: Grid,
}

impl Ground {
    /// Only what lies near a place is looked at.
    fn new(scene: &Scene, input: &Input, area: &Area) -> Self {
        let grid = || Grid::with_cells(area.whole, area.cells);
        let mut ground = Self { taken: Vec::new(), boxes: grid(), points: Vec::new(), lines: grid() };
        ground.taken.extend(scene.nodes.iter().map(|node| node.rect));
        for group in &scene.groups {
            let title = input.groups.iter().find(|known| known.key == group.key).map(|known| known.title);
            if let Some(title) = title.filter(|title| title.width > 0.0 && title.height > 0.0) {
                let corner = (group.rect.x + BAND_PADDING, group.rect.y + 4.0);
                ground.taken.push(Rect::new(corner.0, corner.1, title.width, title.height));
            }
        }
        ground.taken.extend(scene.edges.iter().filter_map(|edge| edge.label));
        ground.taken.retain(|rect| area.is_near(rect));
        for (index, rect) in ground.taken.iter().enumerate() {
            ground.boxes.insert(rect, index);
        }
        for (index, edge) in scene.edges.iter().enumerate() {
            for cubic in edge.path.iter().filter(|cubic| area.is_near(&hull(cubic))) {
                straight(cubic, &mut |from, to| {
                    ground.lines.insert(&span(from, to), ground.points.len());
                    ground.points.push((from, index as u32));
                });
                ground.points.push((cubic.to, index as u32));
            }
        }
        ground
    }

    /// Strictly: away from other lines too. Else other lines may come close, but not touch.
    fn is_clear(&self, rect: &Rect, edge: usize, strict: bool) -> bool {
        let room = rect.grown(if strict { LABEL_CLEAR } else { 2.0 });
        if self.boxes.any(&room, |index| self.taken[index].overlaps(&room)) {
            return false;
        }
        let near = rect.grown(if strict { LABEL_CLEAR - 1.0 } else { 0.0 });
        let own = rect.grown(1.0);
        !self.lines.any(&room, |index| {
            let (from, line) = self.points[index];
            cuts(from, self.points[index + 1].0, if line as usize == edge { &own } else { &near })
        })
    }
}

/// Walks along a curve in straight pieces.
fn straight(cubic: &Cubic, piece: &mut dyn FnMut(Point, Point)) {
    let pieces = pieces(cubic);
    let mut from = cubic.from;
    for step in 1..=pieces {
        let to = if step == pieces { cubic.to } else { cubic.at(step as f64 / pieces as f64) };
        piece(from, to);
        from = to;
    }
}

/// Pieces that keep within some two pixels of the curve: the further it climbs the more.
fn pieces(cubic: &Cubic) -> usize {
    let hull = hull(cubic);
    let climb = hull.height + hull.width / 2.0;
    let steps = [(0.0, 1), (40.0, 4), (90.0, 6), (170.0, 8), (390.0, 12), (700.0, 16)];
    let enough = steps.iter().find(|step| if step.1 == 1 { hull.height <= step.0 } else { climb <= step.0 });
    enough.map_or(PIECES, |step| step.1)
}

/// The box round a straight piece.
fn span(a: Point, b: Point) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    Rect::new(x, y, a.x.max(b.x) - x, a.y.max(b.y) - y)
}

/// Places along the way, the best first.
fn candidates(route: &Route, size: Size, half: f64, stops: &[f64]) -> Vec<Rect> {
    let mut line: Vec<Point> = route.path.first().map(|cubic| cubic.from).into_iter().collect();
    for cubic in &route.path {
        straight(cubic, &mut |_, to| line.push(to));
    }
    // Lengths along both axes are added: no root is needed to find the middle.
    let lengths: Vec<f64> =
        line.windows(2).map(|ends| (ends[1].x - ends[0].x).abs() + (ends[1].y - ends[0].y).abs()).collect();
    let total: f64 = lengths.iter().sum();
    let mut out = Vec::with_capacity(4 * stops.len());
    if total < 24.0 {
        return out;
    }
    for stop in stops {
        let mut rest = stop * total;
        let mut at = 0;
        while at + 1 < lengths.len() && rest > lengths[at] {
            rest -= lengths[at];
            at += 1;
        }
        let share = if lengths[at] > 0.0 { (rest / lengths[at]).min(1.0) } else { 0.0 };
        let (from, to) = (line[at], line[at + 1]);
        let point = Point::new(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share);
        beside(point, (to.x - from.x, to.y - from.y), size, half, &mut out);
    }
    out
}

fn beside(at: Point, (dx, dy): (f64, f64), size: Size, half: f64, out: &mut Vec<Rect>) {
    let (w, h) = (size.width, size.height);
    let level = dy.abs() < 0.3 * dx.abs();
    let climb = dy.abs() / dx.abs().max(1e-9) * w / 2.0;
    let over = half + LABEL_CLEAR - 1.0 + climb;
    let above = [at.y - over - h, at.y + over].map(|y| Rect::new(at.x - w / 2.0, y, w, h));
    if level {
        out.extend(above);
        return;
    }
    // Beside a steep line, shifted by what the line leans within the label's height.
    let lean = (dx / dy).abs() * h / 2.0;
    let clear = half + LABEL_CLEAR + lean;
    let right = Rect::new(at.x + clear, at.y - h / 2.0, w, h);
    let left = Rect::new(at.x - clear - w, at.y - h / 2.0, w, h);
    // A line that climbs to the right leaves its room on the left above, one that falls on the right.
    if dy * dx < 0.0 {
        out.extend([left, right]);
    } else {
        out.extend([right, left]);
    }
    if climb < 30.0 {
        out.extend(above);
    }
}
