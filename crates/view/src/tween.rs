//! One scene on its way to another: what stays glides, what is new fades in, what went fades out. It changes a scene in
//! place, since most of a picture stands still. Knows no clock: the caller says how far it has come.

use crate::{curve, mark::Mark, mark::Owner};
use layout::index::Index;
use layout::{Cubic, Point, Rect, Route, Scene};
use model::Graph;
use std::sync::Arc;

/// From where to where, by index of the scene that it leads to.
#[derive(Debug, Default)]
pub struct Tween {
    nodes: Vec<(usize, Rect, Rect)>,
    groups: Vec<(usize, Rect, Rect)>,
    edges: Vec<Bend>,
    /// By index of the graph (groups: of the scene): what was not there before.
    new_nodes: Vec<bool>,
    new_edges: Vec<bool>,
    new_groups: Vec<bool>,
    /// What is there no longer, as it stood.
    pub left: Scene,
}

/// A line that takes another course, in pairs of pieces.
#[derive(Debug)]
struct Bend {
    route: usize,
    pieces: Vec<(Cubic, Cubic)>,
    /// Its exact course at the end, which may have fewer pieces.
    path: Vec<Cubic>,
    label: Option<Rect>,
}

/// Slows down towards the end: 0 to 1 for 0 to 1.
pub fn eased(share: f64) -> f64 {
    let left = 1.0 - share.clamp(0.0, 1.0);
    1.0 - left * left * left
}

impl Tween {
    /// None where nothing came, went or stands elsewhere.
    pub fn new(from: &Scene, to: &Scene, graph: &Graph) -> Option<Self> {
        let nodes = Index::new(&mut from.nodes.iter().map(|node| node.key.as_str()));
        let edges = Index::new(&mut from.edges.iter().map(|edge| edge.key.as_str()));
        let groups = Index::new(&mut from.groups.iter().map(|group| group.key.as_str()));
        let mut tween = Self {
            new_nodes: graph.nodes.iter().map(|node| !nodes.has(&node.id)).collect(),
            new_edges: graph.edges.iter().map(|edge| !edges.has(&edge.id)).collect(),
            new_groups: to.groups.iter().map(|group| !groups.has(&group.key)).collect(),
            left: left(from, to),
            ..Self::default()
        };
        for (index, node) in to.nodes.iter().enumerate() {
            let old = nodes.get(&node.key).map(|old| from.nodes[old].rect);
            tween.nodes.extend(old.filter(|old| *old != node.rect).map(|old| (index, old, node.rect)));
        }
        for (index, group) in to.groups.iter().enumerate() {
            let old = groups.get(&group.key).map(|old| from.groups[old].rect);
            tween.groups.extend(old.filter(|old| *old != group.rect).map(|old| (index, old, group.rect)));
        }
        let off = Index::new(&mut tween.nodes.iter().map(|(index, ..)| to.nodes[*index].key.as_str()));
        for (index, route) in to.edges.iter().enumerate().filter(|(_, route)| !route.path.is_empty()) {
            let old = edges.get(&route.key).map(|old| from.edges[old].path.clone());
            let path = old.filter(|old| !old.is_empty()).unwrap_or_else(|| {
                // A new line holds on to cards that are still on their way.
                let mut path = route.path.clone();
                let by = |key: &str| {
                    off.get(key).map(|at| minus(&tween.nodes[at].1, &tween.nodes[at].2)).unwrap_or_default()
                };
                shift_ends(&mut path, by(&route.source), by(&route.target));
                path
            });
            tween.edges.extend((path != route.path).then(|| Bend::new(index, &path, route)));
        }
        let news = [&tween.new_nodes, &tween.new_edges, &tween.new_groups];
        let still = tween.nodes.is_empty() && tween.groups.is_empty() && tween.edges.is_empty();
        let same = news.iter().all(|news| !news.contains(&true)) && tween.left == Scene::default();
        (!(still && same)).then_some(tween)
    }

    /// Puts the scene that the tween leads to where it stands after this share of the way; at 1 it is as it was given.
    pub fn step(&self, scene: &mut Scene, share: f64) {
        let done = share >= 1.0;
        for (index, from, to) in &self.nodes {
            scene.nodes[*index].rect = if done { *to } else { between(from, to, share) };
        }
        for (index, from, to) in &self.groups {
            scene.groups[*index].rect = if done { *to } else { between(from, to, share) };
        }
        for bend in &self.edges {
            let route = Arc::make_mut(&mut scene.edges[bend.route]);
            if done {
                route.path.clone_from(&bend.path);
            } else {
                route.path.clear();
                route.path.extend(bend.pieces.iter().map(|(from, to)| mixed(from, to, share)));
            }
            // A label cannot keep clear of anything while its line swings.
            route.label = bend.label.filter(|_| done);
        }
    }

    /// Keys and courses of the lines that are bent now.
    pub fn bent<'a>(&'a self, scene: &'a Scene) -> impl Iterator<Item = (&'a str, &'a [Cubic])> {
        self.edges.iter().map(|bend| &scene.edges[bend.route]).map(|route| (&*route.key, &*route.path))
    }

    /// Lets the marks of what is new come in.
    pub fn fade_in(&self, marks: &mut [Mark], share: f64) {
        for mark in marks {
            let is_new = match mark.owner {
                Owner::Node(at) | Owner::Row(at, _) => self.new_nodes.get(at),
                Owner::Edge(at) => self.new_edges.get(at),
                Owner::Group(at) => self.new_groups.get(at),
                Owner::None => None,
            };
            if is_new == Some(&true) {
                mark.fade(share);
            }
        }
    }
}

/// Marks of what went away: they belong to nobody any more.
pub fn fade_out(marks: &mut [Mark], share: f64) {
    for mark in marks {
        mark.owner = Owner::None;
        mark.fade(1.0 - share);
    }
}

/// Moves a card by hand; its lines hold on to it with their ends.
pub fn carry(scene: &mut Scene, node: &str, by: Point) {
    let Some(card) = scene.nodes.iter_mut().find(|placed| placed.key == node) else { return };
    (card.rect.x, card.rect.y) = (card.rect.x + by.x, card.rect.y + by.y);
    let own = scene.edges.iter_mut().filter(|route| route.source == node || route.target == node);
    for route in own.map(Arc::make_mut) {
        let mine = |end: &str| if end == node { by } else { Point::default() };
        let (source, target) = (mine(&route.source), mine(&route.target));
        if source == target {
            // A loop comes along whole.
            for piece in &mut route.path {
                *piece = Cubic {
                    from: plus(piece.from, source),
                    c1: plus(piece.c1, source),
                    c2: plus(piece.c2, source),
                    to: plus(piece.to, source),
                };
            }
        } else {
            shift_ends(&mut route.path, source, target);
            route.label = None;
        }
    }
}

fn shift_ends(path: &mut [Cubic], start: Point, end: Point) {
    if let Some(first) = path.first_mut() {
        (first.from, first.c1) = (plus(first.from, start), plus(first.c1, start));
    }
    if let Some(last) = path.last_mut() {
        (last.c2, last.to) = (plus(last.c2, end), plus(last.to, end));
    }
}

fn plus(at: Point, by: Point) -> Point {
    Point::new(at.x + by.x, at.y + by.y)
}

fn minus(a: &Rect, b: &Rect) -> Point {
    Point::new(a.x - b.x, a.y - b.y)
}

fn left(from: &Scene, to: &Scene) -> Scene {
    let nodes = Index::new(&mut to.nodes.iter().map(|node| node.key.as_str()));
    let edges = Index::new(&mut to.edges.iter().map(|edge| edge.key.as_str()));
    let groups = Index::new(&mut to.groups.iter().map(|group| group.key.as_str()));
    Scene {
        nodes: from.nodes.iter().filter(|node| !nodes.has(&node.key)).cloned().collect(),
        edges: from.edges.iter().filter(|edge| !edges.has(&edge.key)).cloned().collect(),
        groups: from.groups.iter().filter(|group| !groups.has(&group.key)).cloned().collect(),
        ..Scene::default()
    }
}

impl Bend {
    fn new(route: usize, old: &[Cubic], new: &Route) -> Self {
        let most = old.len().max(new.path.len());
        let (from, to) = (pieces(old, most), pieces(&new.path, most));
        let pieces = from.into_iter().zip(to).collect();
        Self { route, pieces, path: new.path.clone(), label: new.label }
    }
}

/// The same course in so many pieces: the longest are cut in two.
fn pieces(path: &[Cubic], count: usize) -> Vec<Cubic> {
    let mut pieces = path.to_vec();
    let span = |piece: &Cubic| (piece.to.x - piece.from.x).abs() + (piece.to.y - piece.from.y).abs();
    while pieces.len() < count {
        let longest = (0..pieces.len()).max_by(|a, b| span(&pieces[*a]).total_cmp(&span(&pieces[*b])));
        let Some(longest) = longest else { break };
        let (first, second) = curve::split(&pieces[longest], 0.5);
        pieces[longest] = first;
        pieces.insert(longest + 1, second);
    }
    pieces
}

fn between(from: &Rect, to: &Rect, share: f64) -> Rect {
    let mix = |from: f64, to: f64| from + (to - from) * share;
    Rect::new(mix(from.x, to.x), mix(from.y, to.y), mix(from.width, to.width), mix(from.height, to.height))
}

fn mixed(from: &Cubic, to: &Cubic, share: f64) -> Cubic {
    let mix = |from, to| curve::mix(from, to, share);
    Cubic {
        from: mix(from.from, to.from),
        c1: mix(from.c1, to.c1),
        c2: mix(from.c2, to.c2),
        to: mix(from.to, to.to),
    }
}
