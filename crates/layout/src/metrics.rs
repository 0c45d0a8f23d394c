//! How good a picture is, counted on its final geometry. Knows a scene, not how it came about.

use crate::geometry::{cross, cuts, polyline};
use crate::grid::Grid;
use crate::index::Index;
use crate::input::GroupKind;
use crate::scene::{PlacedGroup, Point, Rect, Scene};
use crate::sorting::Order as _;
use std::cell::{Cell, RefCell};

/// Figures of one picture. What should be none is counted, so that a test can say so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Crossings of lines without a common end.
    pub crossings: usize,
    /// Pairs of cards that overlap.
    pub overlaps: usize,
    /// Lines that run through a card that is not their end.
    pub through_nodes: usize,
    /// Cards inside a group's box that do not belong to it, by `members`.
    pub foreign: usize,
    /// Pairs of bands or of regions that overlap, and of a band and a region that is not its own.
    pub band_overlaps: usize,
    pub backward: usize,
    /// Swings: pieces that are not level.
    pub bends: usize,
    /// Along both axes, added.
    pub length: f64,
    /// Width ÷ height.
    pub aspect: f64,
    pub labels: usize,
}

/// Measures a scene. `member(node, group)` says by index whether a card belongs in a group.
pub fn measure(scene: &Scene, member: impl Fn(usize, usize) -> bool) -> Metrics {
    let lines: Vec<Vec<Point>> = scene.edges.iter().map(|edge| polyline(&edge.path)).collect();
    let of = |kind: GroupKind| scene.groups.iter().filter(move |group| group.kind == kind);
    let pairs_of = |kind: GroupKind| pairs(&of(kind).map(|group| &group.rect).collect::<Vec<_>>());
    let strange = |region: &&PlacedGroup| {
        let strange = |band: &&PlacedGroup| band.parent.as_ref() != Some(&region.key);
        of(GroupKind::Band).filter(strange).filter(|band| band.rect.overlaps(&region.rect)).count()
    };
    let across: usize = of(GroupKind::Region).map(|region| strange(&region)).sum();
    let mut metrics = Metrics {
        crossings: crossings(scene),
        overlaps: pairs(&scene.nodes.iter().map(|node| &node.rect).collect::<Vec<_>>()),
        band_overlaps: pairs_of(GroupKind::Band) + pairs_of(GroupKind::Region) + across,
        backward: scene.edges.iter().filter(|edge| edge.back).count(),
        aspect: scene.bounds.width / scene.bounds.height.max(1.0),
        labels: scene.edges.iter().filter(|edge| edge.label.is_some()).count(),
        ..Metrics::default()
    };
    for (edge, line) in scene.edges.iter().zip(&lines) {
        metrics.bends += edge.path.iter().filter(|cubic| (cubic.from.y - cubic.to.y).abs() > 0.5).count();
        metrics.length +=
            line.windows(2).map(|p| (p[1].x - p[0].x).abs() + (p[1].y - p[0].y).abs()).sum::<f64>();
        let through = scene.nodes.iter().any(|node| {
            node.key != edge.source
                && node.key != edge.target
                && line.windows(2).any(|piece| cuts(piece[0], piece[1], &node.rect))
        });
        metrics.through_nodes += usize::from(through);
    }
    for (group_index, group) in scene.groups.iter().enumerate() {
        let inside =
            |index: usize| scene.nodes[index].rect.overlaps(&group.rect) && !member(index, group_index);
        metrics.foreign += (0..scene.nodes.len()).filter(|&index| inside(index)).count();
    }
    metrics
}

fn pairs(rects: &[&Rect]) -> usize {
    let mut sorted = rects.to_vec();
    sorted.order_by(|a, b| a.x.total_cmp(&b.x));
    let mut count = 0;
    for (index, rect) in sorted.iter().enumerate() {
        let near = sorted[index + 1..].iter().take_while(|other| other.x < rect.right());
        count += near.filter(|other| other.overlaps(rect)).count();
    }
    count
}

/// How often lines without a common end cross, as drawn.
#[must_use]
pub fn crossings(scene: &Scene) -> usize {
    let mut grid = Grid::new(scene.bounds);
    let mut pieces: Vec<Piece> = Vec::new();
    let ends_of = ends(scene);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (line, edge) in scene.edges.iter().enumerate() {
        for ends in polyline(&edge.path).windows(2) {
            let mine = Piece { line, ends: (ends[0], ends[1]), asked_by: Cell::new(0) };
            let (span, this) = (mine.span(), pieces.len() + 1);
            let near = RefCell::new(&mut found);
            grid.any(&span, |piece| {
                let other = &pieces[piece];
                // Long ones lie in many squares together.
                let is_new = other.asked_by.replace(this) != this;
                let apart = || !ends_of[other.line].iter().any(|end| ends_of[line].contains(end));
                if is_new
                    && other.span().overlaps(&span.grown(1.0))
                    && apart()
                    && cross(mine.ends, other.ends)
                {
                    // Two lines may cross more than once; the place tells a crossing from the same one seen twice.
                    near.borrow_mut().push((line, piece));
                }
                false
            });
            grid.insert(&span, pieces.len());
            pieces.push(mine);
        }
    }
    found.order();
    found.dedup();
    found.len()
}

/// A straight part of a line.
struct Piece {
    line: usize,
    ends: (Point, Point),
    /// The last that has been held against it, counted from 1.
    asked_by: Cell<usize>,
}

impl Piece {
    fn span(&self) -> Rect {
        let (a, b) = self.ends;
        Rect::new(a.x.min(b.x), a.y.min(b.y), (a.x - b.x).abs(), (a.y - b.y).abs())
    }
}

/// The cards of each line, by index; what is at no card is at one of its own.
fn ends(scene: &Scene) -> Vec<[usize; 2]> {
    let cards = Index::new(&mut scene.nodes.iter().map(|node| &*node.key));
    let lines = scene.edges.iter().enumerate();
    let card = |key: &str, own: usize| cards.get(key).unwrap_or(scene.nodes.len() + own);
    lines.map(|(at, edge)| [card(&edge.source, 2 * at), card(&edge.target, 2 * at + 1)]).collect()
}
