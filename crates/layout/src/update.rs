//! A picture that changes: what stood stays to the pixel, with its lines, and only what is new is placed and drawn.

use crate::sorting::Keyed as _;
use std::collections::{BTreeMap, BTreeSet};

use crate::draw::{self, lead};
use crate::frames;
use crate::geometry::{hits, hull};
use crate::input::Input;
use crate::labels;
use crate::net::Net;
use crate::place::place;
use crate::routes::{self, Ends};
use crate::scene::{Cubic, Rect, Route, Scene, Update};
use crate::settle::settle;
use crate::tracks::Tracks;
use crate::tuning::{PORT_SHARE, PORT_STEP};

/// Changes a scene to show another input. Cards that stay keep their place, and lines between them their route,
/// unless there is no other way to make room; what had to move is named.
pub fn update(previous: &Scene, input: &Input) -> Update {
    let net = Net::new(input);
    let by_key: BTreeMap<&str, usize> =
        previous.nodes.iter().enumerate().map(|(index, node)| (&*node.key, index)).keyed();
    let known: Vec<Option<usize>> =
        net.cards.iter().map(|card| by_key.get(&*input.nodes[card.input].key).copied()).collect();
    if known.iter().all(Option::is_none) {
        return afresh(previous, input);
    }
    renew(previous, input, &net, &known)
}

fn afresh(previous: &Scene, input: &Input) -> Update {
    let scene = place(input);
    Update {
        added: scene.nodes.iter().map(|node| node.key.clone()).collect(),
        rerouted: scene.edges.iter().map(|edge| edge.key.clone()).collect(),
        removed: previous.nodes.iter().map(|node| node.key.clone()).collect(),
        moved: Vec::new(),
        scene,
    }
}

/// The same for a scene just made, to put pinned cards where the hand wants them.
pub(crate) fn renew(previous: &Scene, input: &Input, net: &Net, known: &[Option<usize>]) -> Update {
    let cards = settle(previous, net, known);
    let mut work =
        Work { net, input, changed: changed(previous, known, &cards), cards, tracks: Tracks::default() };
    work.tracks = Tracks::new(&work.cards);
    let mut update = Update { scene: work.draw(previous), ..Update::default() };
    let survivors: BTreeMap<&str, usize> =
        previous.nodes.iter().enumerate().map(|(index, node)| (&*node.key, index)).keyed();
    for node in &update.scene.nodes {
        match survivors.get(&*node.key).map(|&index| previous.nodes[index].rect) {
            None => update.added.push(node.key.clone()),
            Some(old) if !same_corner(&old, &node.rect) => update.moved.push(node.key.clone()),
            Some(_) => {}
        }
    }
    let stay: BTreeSet<&str> = update.scene.nodes.iter().map(|node| &*node.key).distinct();
    let gone = previous.nodes.iter().filter(|node| !stay.contains(&*node.key));
    update.removed = gone.map(|node| node.key.clone()).collect();
    let old: BTreeMap<&str, &Route> = previous.edges.iter().map(|edge| (&*edge.key, edge)).keyed();
    let fresh =
        update.scene.edges.iter().filter(|edge| old.get(&*edge.key).is_none_or(|old| old.path != edge.path));
    update.rerouted = fresh.map(|edge| edge.key.clone()).collect();
    update
}

fn same_corner(a: &Rect, b: &Rect) -> bool {
    // Exact: a survivor's numbers are copied, not computed.
    a.x.total_cmp(&b.x).is_eq() && a.y.total_cmp(&b.y).is_eq()
}

/// Cards that are new, moved or of another size: what a kept line might now run into.
fn changed(previous: &Scene, known: &[Option<usize>], cards: &[Rect]) -> Vec<bool> {
    let same = |(known, rect): (&Option<usize>, &Rect)| {
        known.is_some_and(|index| previous.nodes[index].rect == *rect)
    };
    known.iter().zip(cards).map(|pair| !same(pair)).collect()
}

struct Work<'a> {
    net: &'a Net,
    input: &'a Input,
    cards: Vec<Rect>,
    changed: Vec<bool>,
    tracks: Tracks,
}

impl Work<'_> {
    fn draw(&mut self, previous: &Scene) -> Scene {
        let old: BTreeMap<&str, &Route> = previous.edges.iter().map(|edge| (&*edge.key, edge)).keyed();
        let changed: Vec<Rect> =
            self.cards.iter().zip(&self.changed).filter(|pair| *pair.1).map(|pair| *pair.0).collect();
        let mut routes: Vec<Option<Route>> = Vec::with_capacity(self.net.lines.len());
        for line in 0..self.net.lines.len() {
            let edge = &self.input.edges[self.net.lines[line].input];
            let kept = old.get(&*edge.key).filter(|route| self.holds(line, route, &changed));
            routes.push(kept.map(|route| (*route).clone()));
        }
        for route in routes.iter().flatten() {
            reserve(&mut self.tracks, &route.path);
        }
        let mut taken = Taken::new(self.net, &routes);
        for (line, route) in routes.iter_mut().enumerate() {
            if route.is_none() {
                let ends = taken.ends(self, line);
                *route = Some(self.route(line, ends));
            }
        }
        self.assemble(previous, routes, &changed)
    }

    /// Whether an old route still fits its cards and meets nothing new.
    fn holds(&self, line: usize, route: &Route, changed: &[Rect]) -> bool {
        let own = &self.net.lines[line];
        let edge = &self.input.edges[own.input];
        let (Some(first), Some(last)) = (route.path.first(), route.path.last()) else { return false };
        let (source, target) = (self.cards[own.source], self.cards[own.target]);
        if route.source != edge.source || route.target != edge.target {
            return false;
        }
        if route.looped {
            return (first.from.x - source.right()).abs() < 0.01 && (last.to.y - source.y).abs() < 0.01;
        }
        let at = |y: f64, rect: &Rect, port: Option<f64>| {
            port.map_or(y > rect.y + 2.0 && y < rect.bottom() - 2.0, |port| (y - rect.y - port).abs() < 8.6)
        };
        let beside = self.net.cards[own.source].item == self.net.cards[own.target].item;
        let arrives = if beside { target.right() } else { target.x };
        (first.from.x - source.right()).abs() < 0.01
            && (last.to.x - arrives).abs() < 0.01
            && at(first.from.y, &source, own.source_y)
            && at(last.to.y, &target, own.target_y)
            && !changed.iter().any(|card| {
                *card != source && *card != target && route.path.iter().any(|cubic| hits(cubic, card))
            })
    }

    fn route(&mut self, line: usize, ends: Ends) -> Route {
        let own = &self.net.lines[line];
        let edge = &self.input.edges[own.input];
        let looped = own.source == own.target;
        let (path, back) = if looped {
            (routes::own_loop(&ends.source), false)
        } else if self.net.cards[own.source].item == self.net.cards[own.target].item {
            (routes::aside(&ends, &self.tracks), false)
        } else {
            lead(&mut self.tracks, &ends, None)
        };
        Route {
            key: edge.key.clone(),
            source: edge.source.clone(),
            target: edge.target.clone(),
            path,
            back,
            looped,
            label: None,
        }
    }

    fn assemble(&self, previous: &Scene, routes: Vec<Option<Route>>, changed: &[Rect]) -> Scene {
        let layer = self.cards.iter().map(|card| self.tracks.at(card.x)).collect();
        let plan = draw::Plan::new(self.net, self.cards.clone(), layer);
        let mut scene = Scene { nodes: draw::nodes(self.input, self.net, &plan), ..Scene::default() };
        scene.groups = frames::groups(self.input, self.net, &self.cards);
        scene.edges = draw::in_input_order(self.net, routes);
        let sizes: BTreeMap<&str, Option<crate::scene::Size>> =
            self.input.edges.iter().map(|edge| (&*edge.key, edge.label)).keyed();
        for edge in &mut scene.edges {
            let same = |label: &Rect| {
                let size = sizes.get(&*edge.key).copied().flatten();
                size.is_some_and(|size| {
                    (size.width - label.width).abs() < 6.0 && (size.height - label.height).abs() < 2.0
                })
            };
            edge.label =
                edge.label.filter(|label| same(label) && !changed.iter().any(|card| card.overlaps(label)));
        }
        // Labels that had no room before have none now: only new lines are asked again.
        let old: BTreeMap<&str, &Route> = previous.edges.iter().map(|edge| (&*edge.key, edge)).keyed();
        labels::place(&mut scene, self.input, |edge| {
            edge.label.is_none()
                && old.get(&*edge.key).is_none_or(|old| old.path != edge.path || old.label.is_some())
        });
        frames::bound(&mut scene);
        scene
    }
}

/// Keeps the heights at which a line passes columns.
fn reserve(tracks: &mut Tracks, path: &[Cubic]) {
    for cubic in path {
        if (cubic.from.y - cubic.to.y).abs() > 0.05 {
            continue;
        }
        let hull = hull(cubic);
        for column in tracks.at(hull.x)..tracks.columns.len() {
            let track = &mut tracks.columns[column];
            if track.left > hull.right() {
                break;
            }
            if hull.x <= track.left && hull.right() >= track.right {
                track.lanes.push(cubic.from.y);
            }
        }
    }
}

/// Ends that are taken on each side of each card.
struct Taken {
    right: BTreeMap<usize, Vec<f64>>,
    left: BTreeMap<usize, Vec<f64>>,
}

impl Taken {
    fn new(net: &Net, routes: &[Option<Route>]) -> Self {
        let mut taken = Self { right: BTreeMap::new(), left: BTreeMap::new() };
        for (line, route) in net.lines.iter().zip(routes) {
            let Some(path) = route.as_ref().map(|route| &route.path) else { continue };
            if let (Some(first), Some(last)) = (path.first(), path.last()) {
                taken.right.entry(line.source).or_default().push(first.from.y);
                taken.left.entry(line.target).or_default().push(last.to.y);
            }
        }
        taken
    }

    /// Finds free ends for a line and takes them.
    fn ends(&mut self, work: &Work, line: usize) -> Ends {
        let own = &work.net.lines[line];
        let (source, target) = (work.cards[own.source], work.cards[own.target]);
        let down = target.centre().y - source.centre().y;
        let from_y = free(self.right.entry(own.source).or_default(), &source, own.source_y, down);
        let to_y = free(self.left.entry(own.target).or_default(), &target, own.target_y, -down);
        Ends { source, target, from_y, to_y }
    }
}

/// The free end nearest to the port or the card's middle, on the side of the other end if there is a choice.
fn free(taken: &mut Vec<f64>, card: &Rect, port: Option<f64>, down: f64) -> f64 {
    let middle = card.y + port.unwrap_or(card.height / 2.0);
    let reach = if port.is_some() { 8.0 } else { card.height * PORT_SHARE / 2.0 };
    let side = if down < 0.0 { -1.0 } else { 1.0 };
    let mut found = middle;
    'search: for room in [PORT_STEP - 1.0, 5.5, 3.5] {
        let mut step = 0.0;
        while step <= reach {
            for y in [middle + side * step, middle - side * step] {
                if taken.iter().all(|other| (other - y).abs() >= room) {
                    found = y;
                    break 'search;
                }
            }
            step += 0.5;
        }
    }
    taken.push(found);
    found
}
