//! What lies under the pointer: a grid over the scene.

use crate::{
    bundles::{self, stands_alone},
    cards,
    curve::{Arc, length, minus},
    padlock,
    paint::glyph,
    places::Places,
};
use layout::{Grid, Point, Rect, Scene};
use model::{Graph, Subject};

/// How near the pointer must come to a line, in screen pixels.
pub const MOUSE_PX: f64 = 6.0;
pub const FINGER_PX: f64 = 12.0;

/// Lines lie in the grid in pieces of about this length.
const PIECE: f64 = 48.0;
const PIN_RADIUS: f64 = 8.0;

/// Indices of the graph (a group: of the scene).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hit {
    Node(usize),
    /// Node and its row.
    Row(usize, usize),
    /// The pin mark of a card moved by hand.
    Pin(usize),
    Edge(usize),
    /// The open padlock of an edge in plaintext.
    Padlock(usize),
    Group(usize),
}

/// Built once a scene.
#[derive(Debug)]
pub struct SceneIndex {
    nodes: Grid,
    edges: Grid,
    cards: Vec<Option<Rect>>,
    arcs: Vec<Option<Arc>>,
    /// Edges that are hairlines from afar.
    within: Vec<bool>,
}

/// What the reader sees and points with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Aim<'a> {
    /// In scene pixels: [`MOUSE_PX`] or [`FINGER_PX`] ÷ zoom.
    pub tolerance: f64,
    /// Rows and padlocks are drawn (near level).
    pub details: bool,
    /// Lines are bundled (far level): only those that stand alone and hairlines are there to be hit.
    pub bundled: bool,
    /// By index of the edges, if only some are drawn.
    pub shown: Option<&'a [bool]>,
    /// Ids of the pinned cards.
    pub pinned: &'a [String],
}

impl SceneIndex {
    pub fn new(graph: &Graph, scene: &Scene) -> Self {
        let places = Places::new(graph, scene);
        let mut index = Self {
            nodes: Grid::new(scene.bounds),
            edges: Grid::new(scene.bounds),
            within: bundles::within_bands(scene, &places),
            cards: places.cards,
            arcs: Vec::new(),
        };
        for (i, card) in index.cards.iter().enumerate() {
            if let Some(card) = card {
                index.nodes.insert(card, i);
            }
        }
        for (i, route) in places.routes.iter().enumerate() {
            let arc = route.map(|route| Arc::new(&route.path));
            if let Some(arc) = &arc {
                index.add_line(arc, i);
            }
            index.arcs.push(arc);
        }
        index
    }

    /// Into the cells it passes, not into all of its bounding box.
    fn add_line(&mut self, arc: &Arc, edge: usize) {
        let steps = (arc.length() / PIECE).ceil().max(1.0) as usize;
        let step = arc.length() / steps as f64;
        let mut from = arc.at(0.0);
        for i in 1..=steps {
            let to = arc.at(step * i as f64);
            let piece = Rect::new(from.x, from.y, 0.0, 0.0).union(&Rect::new(to.x, to.y, 0.0, 0.0));
            self.edges.insert(&piece.grown(step / 4.0), edge);
            from = to;
        }
    }

    /// What lies at a point of the scene: signs before cards, cards before lines, lines before land.
    pub fn hit(&self, graph: &Graph, scene: &Scene, at: Point, aim: Aim) -> Option<Hit> {
        let around = Rect::new(at.x, at.y, 0.0, 0.0).grown(aim.tolerance.max(PIN_RADIUS));
        let (nodes, edges) = self.within(around);
        self.pin(graph, &nodes, at, aim)
            .or_else(|| self.card(graph, &nodes, at, aim))
            .or_else(|| self.line(graph, &edges, at, aim))
            .or_else(|| {
                // Inner boxes follow the bands they stand in, or are smaller: the smallest wins.
                let inside = scene.groups.iter().enumerate().filter(|(_, group)| group.rect.contains(at));
                let area = |rect: &Rect| rect.width * rect.height;
                inside.min_by(|a, b| area(&a.1.rect).total_cmp(&area(&b.1.rect))).map(|(i, _)| Hit::Group(i))
            })
    }

    fn pin(&self, graph: &Graph, nodes: &[usize], at: Point, aim: Aim) -> Option<Hit> {
        let is_pinned = |node: &&usize| aim.pinned.contains(&graph.nodes[**node].id);
        nodes.iter().filter(is_pinned).find_map(|&node| {
            let centre = glyph::pin_place(self.cards[node]?);
            (length(minus(at, centre)) <= PIN_RADIUS).then_some(Hit::Pin(node))
        })
    }

    fn card(&self, graph: &Graph, nodes: &[usize], at: Point, aim: Aim) -> Option<Hit> {
        // The later card is painted above the earlier one.
        nodes.iter().rev().find_map(|&node| {
            let card = self.cards[node].filter(|card| card.contains(at))?;
            let rows = cards::shown_rows(graph.nodes.get(node)?);
            let row = (0..rows).find(|row| {
                let top = card.y + cards::row_top(*row);
                at.y >= top && at.y < top + cards::ROW_HEIGHT
            });
            Some(row.filter(|_| aim.details).map_or(Hit::Node(node), |row| Hit::Row(node, row)))
        })
    }

    fn line(&self, graph: &Graph, edges: &[usize], at: Point, aim: Aim) -> Option<Hit> {
        let mut nearest: Option<(f64, usize)> = None;
        let is_shown = |edge: usize| aim.shown.is_none_or(|shown| shown.get(edge) == Some(&true));
        let mut inner = (0..self.within.len()).filter(|edge| self.within[*edge] && is_shown(*edge));
        let has_hairlines = aim.bundled && inner.nth(bundles::HAIRLINES).is_none();
        for &edge in edges.iter().filter(|edge| is_shown(**edge)) {
            let (Some(arc), Some(data)) = (&self.arcs[edge], graph.edges.get(edge)) else { continue };
            let is_hairline = aim.bundled && !stands_alone(data);
            if is_hairline && !(has_hairlines && self.within[edge]) {
                continue;
            }
            if aim.details && padlock::is_plaintext(data) {
                let reach = padlock::RADIUS.max(aim.tolerance);
                if length(minus(at, padlock::place(arc))) <= reach {
                    return Some(Hit::Padlock(edge));
                }
            }
            // Round a hairline the land must stay within reach.
            let distance = if is_hairline {
                2.0 * arc.distance_to(at)
            } else {
                arc.distance_to(at) - cards::edge_width(data) / 2.0
            };
            if distance <= aim.tolerance && nearest.is_none_or(|(best, _)| distance < best) {
                nearest = Some((distance, edge));
            }
        }
        nearest.map(|(_, edge)| Hit::Edge(edge))
    }

    /// Graph indices of the nodes and of the edges that may reach into the rectangle, in order.
    pub fn within(&self, rect: Rect) -> (Vec<usize>, Vec<usize>) {
        [&self.nodes, &self.edges].map(|grid| grid.near(&rect)).into()
    }

    /// The rectangle of a node's card.
    pub fn card_of(&self, node: usize) -> Option<Rect> {
        self.cards.get(node).copied().flatten()
    }

    /// The middle of an edge's line.
    #[cfg(test)]
    pub fn middle_of(&self, edge: usize) -> Option<Point> {
        self.arcs.get(edge)?.as_ref().map(padlock::place)
    }
}

/// What a click on it selects; land selects nothing.
pub fn subject(hit: Hit, graph: &Graph) -> Option<Subject> {
    match hit {
        Hit::Node(node) | Hit::Pin(node) => Some(Subject::Node { id: graph.nodes.get(node)?.id.clone() }),
        Hit::Row(node, row) => {
            let node = graph.nodes.get(node)?;
            Some(Subject::Row { node: node.id.clone(), row: node.versions.get(row)?.key.clone() })
        }
        Hit::Edge(edge) | Hit::Padlock(edge) => Some(Subject::Edge { id: graph.edges.get(edge)?.id.clone() }),
        Hit::Group(_) => None,
    }
}
