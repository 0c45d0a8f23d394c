//! A picture drawn again over one that stands: lines that still fit keep every bend and their label, the others find
//! a way between what is there. Knows where the cards stand by now, not why.

use std::sync::Arc;

use crate::detour;
use crate::draw;
use crate::ends::Taken;
use crate::frames;
use crate::geometry::{enters, hits, hull, touches};
use crate::input::Input;
use crate::labels;
use crate::net::Net;
use crate::routes::{self, Ends};
use crate::scene::{Cubic, PlacedNode, Rect, Route, Scene, Update};
use crate::slide::{self, Slide};
use crate::sorting::Order as _;
use crate::tracks::Tracks;
use crate::update::Standing;

/// A line that goes ahead so far need not turn round.
const AHEAD: f64 = 24.0;
/// The share of its size to which a loop shrinks where a neighbour stands close.
const SMALL: f64 = 0.45;

struct Work<'a> {
    standing: &'a Standing<'a>,
    /// The picture before, where cards and lines have kept their places.
    previous: &'a Scene,
    input: &'a Input,
    net: &'a Net,
    cards: Vec<Rect>,
    slides: Vec<Slide>,
    /// What a kept line might now run into: cards that are new, moved or of another size.
    changed: Vec<Rect>,
    tracks: Tracks,
}

/// `previous` may have been stretched since.
pub(crate) fn redraw(
    standing: &Standing,
    previous: &Scene,
    (cards, slides): (Vec<Rect>, Vec<Slide>),
) -> Update {
    let same = |(known, rect): (&Option<usize>, &Rect)| {
        known.is_some_and(|index| previous.nodes[index].rect == *rect)
    };
    let changed = standing.cards.iter().zip(&cards).filter(|pair| !same(*pair)).map(|(_, rect)| *rect);
    let (changed, tracks) = (changed.collect(), Tracks::new(&cards));
    Work { standing, previous, input: standing.input, net: standing.net, cards, slides, changed, tracks }
        .draw()
}

impl Work<'_> {
    fn draw(mut self) -> Update {
        let kept = |(line, old): (usize, &Option<usize>)| {
            let route = old.map(|index| &self.previous.edges[index])?;
            let carried = if self.slides.is_empty() { None } else { self.carried(line, route) };
            carried.map(Arc::new).or_else(|| Some(route).filter(|route| self.holds(line, route)).cloned())
        };
        let mut routes: Vec<Option<Arc<Route>>> = self.standing.lines.iter().enumerate().map(kept).collect();
        let is_fresh = self.route_anew(&mut routes);
        self.drop_labels(&mut routes, &is_fresh);
        let order = draw::input_order(self.net.lines.iter().map(|line| line.input), self.input.edges.len());
        let mut scene = Scene { nodes: self.nodes(), ..Scene::default() };
        scene.groups = frames::groups(self.input, self.net, &self.cards);
        scene.edges = order.iter().filter_map(|&line| routes[line].take()).collect();
        // As it was given: what has been stretched is news too.
        let given = &self.standing.previous.edges;
        let old: Vec<Option<&Arc<Route>>> =
            order.iter().map(|&line| self.standing.lines[line].map(|index| &given[index])).collect();
        // A path that was copied need not be compared.
        let bent: Vec<bool> = (scene.edges.iter().zip(&order).zip(&old))
            .map(|((route, &line), old)| {
                (is_fresh[line] || self.has_given_way()) && old.is_none_or(|old| old.path != route.path)
            })
            .collect();
        // Labels that had no room before have none now: only new lines are asked again.
        labels::place(&mut scene, self.input, |edge, route| {
            route.label.is_none() && (bent[edge] || old[edge].is_some_and(|old| old.label.is_some()))
        });
        frames::bound(&mut scene);
        let news = scene
            .edges
            .iter()
            .zip(old)
            .zip(bent)
            .filter(|((route, old), bent)| *bent || old.is_none_or(|old| old.label != route.label));
        let news = news.map(|((route, _), _)| route);
        Update { rerouted: news.map(|route| route.key.clone()).collect(), scene, ..Update::default() }
    }

    /// Routes for the lines that have none, and which lines run elsewhere than before.
    fn route_anew(&mut self, routes: &mut [Option<Arc<Route>>]) -> Vec<bool> {
        let mut is_fresh: Vec<bool> = routes.iter().map(Option::is_none).collect();
        let mut fresh: Vec<usize> = (0..routes.len()).filter(|&line| is_fresh[line]).collect();
        for (line, old) in self.standing.lines.iter().enumerate().filter(|_| self.has_given_way()) {
            let old = old.map(|old| &self.previous.edges[old].path);
            is_fresh[line] |=
                routes[line].as_ref().is_some_and(|now| old.is_some_and(|old| *old != now.path));
        }
        if fresh.is_empty() {
            return is_fresh;
        }
        let area = self.around(&fresh);
        for route in routes.iter().flatten() {
            self.tracks.pass(&route.path, area);
        }
        let climb = |line: usize| {
            let own = &self.net.lines[line];
            (self.cards[own.source].centre().y - self.cards[own.target].centre().y).abs()
        };
        // Those that climb least first: they get the ends in the middle, the others theirs beyond.
        fresh.order_by(|&a, &b| climb(a).total_cmp(&climb(b)));
        let mut taken = Taken::new(self.net, routes, &fresh);
        for line in fresh {
            let ends = taken.ends(self.net, &self.cards, line);
            routes[line] = Some(Arc::new(self.route(line, &ends)));
        }
        is_fresh
    }

    /// The cards with their columns, in the order of the input.
    fn nodes(&self) -> Vec<PlacedNode> {
        let cards = &self.net.cards;
        let order = draw::input_order(cards.iter().map(|card| card.input), self.input.nodes.len());
        let placed = order.into_iter().map(|card| {
            let rect = self.cards[card];
            let layer = self.tracks.at(rect.x);
            let above = |other: &Rect| (other.y, other.x) < (rect.y, rect.x);
            let order = self.tracks.columns[layer].cards.partition_point(above);
            PlacedNode { key: self.input.nodes[cards[card].input].key.clone(), rect, layer, order }
        });
        placed.collect()
    }

    /// A line that runs as it ran, beside the same things, where those have made room.
    fn carried(&self, line: usize, route: &Route) -> Option<Route> {
        let own = &self.net.lines[line];
        let edge = &self.input.edges[own.input];
        let (first, last) = (route.path.first()?, route.path.last()?);
        let (source, target) = (self.cards[own.source], self.cards[own.target]);
        let old = |card: usize| self.standing.cards[card].map(|index| self.previous.nodes[index].rect);
        let from_y = first.from.y + source.y - old(own.source)?.y;
        let to_y = last.to.y + target.y - old(own.target)?.y;
        let ends = Ends { source, target, from_y, to_y };
        if route.looped || self.is_beside(line) || route.source != edge.source || route.target != edge.target
        {
            return None;
        }
        let levels = slide::carried(&route.path, &ends, &self.tracks, &self.slides);
        let path = routes::through(&ends, &levels, &self.tracks);
        let label = route.label.filter(|_| path == route.path);
        let route = Route { path, label, ..route.clone() };
        self.holds(line, &route).then_some(route)
    }

    /// Whether an old route still fits its cards and meets nothing new.
    fn holds(&self, line: usize, route: &Route) -> bool {
        let own = &self.net.lines[line];
        let edge = &self.input.edges[own.input];
        let (Some(first), Some(last)) = (route.path.first(), route.path.last()) else { return false };
        let (source, target) = (self.cards[own.source], self.cards[own.target]);
        if route.source != edge.source || route.target != edge.target {
            return false;
        }
        let at = |y: f64, rect: &Rect, port: Option<f64>| {
            let clear = port.map_or(2.0, |_| 0.0);
            (y >= rect.y + clear && y <= rect.bottom() - clear)
                && port.is_none_or(|port| (y - rect.y - port).abs() < 8.6)
        };
        let meet = |a: f64, b: f64| (a - b).abs() < 0.01;
        let fits = if route.looped {
            route.path == routes::own_loop(&source, 1.0) || route.path == routes::own_loop(&source, SMALL)
        } else {
            meet(first.from.x, source.right())
                && (meet(last.to.x, target.x) || self.is_beside(line) && meet(last.to.x, target.right()))
                && at(first.from.y, &source, own.source_y)
                && at(last.to.y, &target, own.target_y)
        };
        let meets_new = || {
            self.changed.iter().any(|card| {
                *card != source && *card != target && route.path.iter().any(|cubic| hits(cubic, card))
            })
        };
        let ends = Ends { source, target, from_y: first.from.y, to_y: last.to.y };
        fits && !meets_new() && !(self.has_given_way() && routes::strikes(&route.path, &self.tracks, &ends))
    }

    fn has_given_way(&self) -> bool {
        !self.slides.is_empty() || !std::ptr::eq(self.previous, self.standing.previous)
    }

    /// From the leftmost end of these lines to the rightmost.
    fn around(&self, lines: &[usize]) -> (f64, f64) {
        let ends = lines.iter().flat_map(|&line| [self.net.lines[line].source, self.net.lines[line].target]);
        let rects = ends.map(|card| self.cards[card]).reduce(|a, b| a.union(&b)).unwrap_or_default();
        (rects.x, rects.right())
    }

    fn route(&mut self, line: usize, ends: &Ends) -> Route {
        let own = &self.net.lines[line];
        let edge = &self.input.edges[own.input];
        let looped = own.source == own.target;
        let strikes = |path: &Vec<Cubic>| routes::strikes(path, &self.tracks, ends);
        let (path, back) = if looped {
            let large = routes::own_loop(&ends.source, 1.0);
            (if strikes(&large) { routes::own_loop(&ends.source, SMALL) } else { large }, false)
        } else {
            let aside = self.is_beside(line).then(|| routes::aside(ends, &self.tracks));
            match aside.filter(|path| !strikes(path)) {
                Some(path) => (path, false),
                None => self.lead(ends),
            }
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

    /// Whether a line runs between two members of one app.
    fn is_beside(&self, line: usize) -> bool {
        let own = &self.net.lines[line];
        self.net.cards[own.source].item == self.net.cards[own.target].item
    }

    /// By columns where the cards stand in some, else straight or round what is in the way.
    fn lead(&mut self, ends: &Ends) -> (Vec<Cubic>, bool) {
        let ahead = ends.target.x - ends.source.right() >= AHEAD;
        let columns = self.tracks.at(ends.source.x) < self.tracks.at(ends.target.x);
        let found = if ahead && !columns {
            (vec![routes::straight(ends)], false)
        } else {
            draw::lead(&mut self.tracks, ends, None)
        };
        if !routes::strikes(&found.0, &self.tracks, ends) {
            return found;
        }
        detour::find(ends, &self.cards).map_or(found, |path| (path, !ahead))
    }

    /// A label goes that is wanted in another size or not at all, or that a newcomer or its line covers.
    fn drop_labels(&self, routes: &mut [Option<Arc<Route>>], is_fresh: &[bool]) {
        let new =
            routes.iter().zip(is_fresh).filter(|(_, fresh)| **fresh).filter_map(|(route, _)| route.as_ref());
        let new = new.flat_map(|route| &route.path);
        let new: Vec<(Rect, Cubic)> = new.map(|cubic| (hull(cubic), *cubic)).collect();
        for (route, line) in routes.iter_mut().zip(&self.net.lines) {
            let Some((route, label)) =
                route.as_mut().and_then(|route| route.label.map(|label| (route, label)))
            else {
                continue;
            };
            let stays = line.label.is_some_and(|size| {
                (size.width - label.width).abs() < 6.0 && (size.height - label.height).abs() < 2.0
            }) && !self.changed.iter().any(|card| card.overlaps(&label))
                && !new.iter().any(|(hull, cubic)| touches(hull, &label) && enters(cubic, &label));
            if !stays {
                Arc::make_mut(route).label = None;
            }
        }
    }
}

impl Tracks {
    /// Keeps the heights at which a line passes columns between a left and a right end; others matter to nobody.
    pub(crate) fn pass(&mut self, path: &[Cubic], (left, right): (f64, f64)) {
        for cubic in path {
            if (cubic.from.y - cubic.to.y).abs() > 0.05 {
                continue;
            }
            let (start, end) = (cubic.from.x.min(cubic.to.x), cubic.from.x.max(cubic.to.x));
            if end < left || start > right {
                continue;
            }
            let first = self.at(start);
            for track in &mut self.columns[first..] {
                if track.left > end {
                    break;
                }
                if start <= track.left && end >= track.right {
                    track.lanes.push(cubic.from.y);
                }
            }
        }
    }
}
