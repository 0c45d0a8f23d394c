//! The far level's lines: one for each pair of bands, with the traffic of all calls between them, and where it runs; and
//! which calls stay within one band. Knows no shape and no colour.

use crate::{cards, fold, places::Places};
use layout::sorting::Order as _;
use layout::{Cubic, GroupKind, Point, Rect, Scene};
use model::{
    Change, Edge, Graph, Health, Latency, Presence, Protocol, Requests, Status, Tcp, graph::EdgeFlags,
    traffic::SideGap,
};

/// Calls between two places, drawn as one.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// The sum, as if it were one edge, so that every overlay can colour it.
    pub(crate) edge: Edge,
    pub(crate) path: Vec<Cubic>,
    /// Some calls go the other way.
    pub(crate) both_ways: bool,
    #[cfg(test)]
    pub(crate) members: Vec<usize>,
}

/// Failing edges never hide in a bundle.
pub fn stands_alone(edge: &Edge) -> bool {
    edge.health.status == Status::Failing
}

fn bands(scene: &Scene) -> impl Iterator<Item = Rect> {
    scene.groups.iter().filter(|group| group.kind == GroupKind::Band).map(|group| group.rect)
}

/// Whether there is something to bundle between.
pub fn can_bundle(scene: &Scene) -> bool {
    bands(scene).nth(1).is_some()
}

/// Far away so many calls within bands are drawn, as hairlines; more would only make the land grey.
pub(crate) const HAIRLINES: usize = 250;

/// Which edges start and end on the same band, and are in no bundle therefore.
pub(crate) fn within_bands(scene: &Scene, places: &Places) -> Vec<bool> {
    let bands: Vec<Rect> = bands(scene).collect();
    let homes = homes(places, &bands, 1.0);
    let same = |(from, to): (usize, usize)| Some(homes[from]?.0 == homes[to]?.0);
    places.ends.iter().map(|ends| ends.and_then(same) == Some(true)).collect()
}

/// One bundle a pair of places; none where there are not two bands to bundle between. `shown` tells which edges are
/// drawn, `unit` how many pixels of the scene one on the screen is.
pub(crate) fn of(
    graph: &Graph,
    scene: &Scene,
    places: &Places,
    shown: &dyn Fn(usize) -> bool,
    unit: f64,
) -> Option<Vec<Bundle>> {
    if !can_bundle(scene) {
        return None;
    }
    let bands: Vec<Rect> = bands(scene).collect();
    let homes = homes(places, &bands, unit);
    let mut calls: Vec<Call> = Vec::new();
    for (edge, ends) in places.ends.iter().enumerate() {
        let Some((from, to)) = ends.and_then(|(a, b)| homes[a].zip(homes[b])) else { continue };
        if from.0 != to.0 && shown(edge) && !stands_alone(&graph.edges[edge]) {
            let forward = from.0 < to.0;
            let (low, high) = if forward { (from, to) } else { (to, from) };
            calls.push(Call { edge, pair: (low.0, high.0), rects: (low.1, high.1), forward });
        }
    }
    calls.order_by_key(|call| call.pair);
    let mut bundles: Vec<Bundle> = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    for calls in calls.chunk_by(|a, b| a.pair == b.pair) {
        let flow = |forward: bool| -> f64 {
            let one_way = calls.iter().filter(|call| call.forward == forward);
            one_way.filter_map(|call| flow_rps(&graph.edges[call.edge])).sum()
        };
        let (there, back) = (flow(true), flow(false));
        let forward = calls.iter().any(|call| call.forward);
        let backward = calls.iter().any(|call| !call.forward);
        let turned = !forward || (backward && back > there);
        let (a, b) = calls[0].rects;
        lines.push(if turned { Line::new(b, a) } else { Line::new(a, b) });
        let edges: Vec<&Edge> = calls.iter().map(|call| &graph.edges[call.edge]).collect();
        let edge = sum(&edges);
        bundles.push(Bundle {
            edge,
            path: vec![],
            both_ways: forward && backward,
            #[cfg(test)]
            members: calls.iter().map(|call| call.edge).collect(),
        });
    }
    spread(&mut lines);
    for (bundle, line) in bundles.iter_mut().zip(&lines) {
        bundle.path = vec![line.cubic()];
    }
    Some(bundles)
}

struct Call {
    edge: usize,
    pair: (usize, usize),
    rects: (Rect, Rect),
    forward: bool,
}

fn homes(places: &Places, bands: &[Rect], unit: f64) -> Vec<Option<(usize, Rect)>> {
    let cards = places.cards.iter().enumerate();
    cards.map(|(i, card)| card.map(|card| home(i, card, bands, unit))).collect()
}

/// Where a node belongs: the smallest band round it, else itself. Bands come before nodes.
fn home(node: usize, card: Rect, bands: &[Rect], unit: f64) -> (usize, Rect) {
    let area = |band: &Rect| band.width * band.height;
    let around = bands.iter().enumerate().filter(|(_, band)| band.contains(card.centre()));
    if let Some((i, band)) = around.min_by(|a, b| area(a.1).total_cmp(&area(b.1))) {
        return (i, *band);
    }
    let centre = card.centre();
    (bands.len() + node, Rect::new(centre.x, centre.y, 0.0, 0.0).grown(DOT_CLEAR * unit))
}

/// A line to a lone dot ends so far from its middle, on the screen.
pub(crate) const DOT_CLEAR: f64 = 5.0;

fn flow_rps(edge: &Edge) -> Option<f64> {
    cards::flow_rps(edge.requests.as_ref(), edge.tcp.as_ref())
}

/// A mean of what is known, each weighted by its requests.
fn mean<'a>(edges: &[&'a Edge], value: impl Fn(&'a Edge) -> Option<f64>) -> Option<f64> {
    let (mut total, mut weight) = (0.0, 0.0);
    for edge in edges {
        if let Some((value, flow)) = value(edge).zip(flow_rps(edge)) {
            total += value * flow;
            weight += flow;
        }
    }
    (weight > 0.0).then(|| total / weight)
}

fn sum(edges: &[&Edge]) -> Edge {
    let first = edges[0];
    let alike = edges.iter().all(|edge| edge.protocol == first.protocol);
    let total = |value: &dyn Fn(&Edge) -> Option<f64>| -> Option<f64> {
        edges.iter().filter_map(|edge| value(edge)).reduce(|a, b| a + b)
    };
    let of_requests = |value: fn(&Requests) -> f64| total(&move |edge| edge.requests.as_ref().map(value));
    let requests = of_requests(|requests| requests.rate_rps).map(|rate_rps| {
        let error_rate_rps = of_requests(|requests| requests.error_rate_rps).unwrap_or(0.0);
        let known = edges.iter().filter_map(|edge| edge.requests.as_ref()).any(|r| r.error_share.is_some());
        Requests {
            rate_rps,
            error_rate_rps,
            error_share: (known && rate_rps > 0.0).then(|| error_rate_rps / rate_rps),
            count: of_requests(|requests| requests.count).unwrap_or(0.0),
            unreached_rps: None,
        }
    });
    let tcp = edges.iter().any(|edge| edge.tcp.is_some()).then(|| Tcp {
        sent_bytes_per_s: total(&|edge| edge.tcp.as_ref()?.sent_bytes_per_s),
        received_bytes_per_s: total(&|edge| edge.tcp.as_ref()?.received_bytes_per_s),
        ..Tcp::default()
    });
    let mean_ms = mean(edges, |edge| edge.latency.as_ref()?.mean_ms);
    let before = edges.iter().any(|edge| edge.change.is_some());
    let mut volume = None;
    for edge in edges {
        fold::add_volume(&mut volume, edge.volume.as_ref());
    }
    Edge {
        requests,
        tcp,
        latency: mean_ms.map(|ms| Latency { mean_ms: Some(ms), ..Latency::default() }),
        mtls_share: mean(edges, |edge| edge.mtls_share),
        other_side: other_side(edges),
        volume,
        change: before.then(|| Change {
            presence: Presence::Both,
            rate_rps: total(&|edge| edge.change.as_ref()?.rate_rps),
            ..Change::default()
        }),
        flags: EdgeFlags { silent: edges.iter().all(|edge| edge.flags.silent), ..EdgeFlags::default() },
        health: Health { status: Status::Healthy, reasons: vec![] },
        ..Edge::blank("", ["", ""], if alike { first.protocol } else { Protocol::Http })
    }
}

/// Only where it is known of every call with requests, and always from the same side.
fn other_side(edges: &[&Edge]) -> Option<SideGap> {
    let mut sides: Option<SideGap> = None;
    for edge in edges.iter().filter(|edge| edge.requests.is_some()) {
        let side = edge.other_side.as_ref()?;
        match &mut sides {
            None => sides = Some(SideGap { error_share: None, ..side.clone() }),
            Some(sum) if sum.reporter == side.reporter => sum.rate_rps += side.rate_rps,
            Some(_) => return None,
        }
    }
    let mean_ms = mean(edges, |edge| edge.other_side.as_ref()?.mean_ms);
    sides.map(|side| SideGap { mean_ms, ..side })
}

/// A line on its way: along one axis from border to border, at some height on the other.
struct Line {
    from: Rect,
    to: Rect,
    upright: bool,
    /// Where it leaves and where it arrives, across its way.
    across: (f64, f64),
}

impl Line {
    fn new(from: Rect, to: Rect) -> Self {
        let apart = to.x >= from.right() || from.x >= to.right();
        Self { from, to, upright: !apart, across: (0.0, 0.0) }
    }

    /// Start and end of both rectangles across the way.
    fn sides(&self) -> [(f64, f64); 2] {
        let side = |r: &Rect| if self.upright { (r.x, r.right()) } else { (r.y, r.bottom()) };
        [side(&self.from), side(&self.to)]
    }

    /// What both rectangles share across the way.
    fn shared(&self) -> (f64, f64) {
        let [a, b] = self.sides();
        (a.0.max(b.0), a.1.min(b.1))
    }

    /// From border to border along the way.
    fn span(&self) -> (f64, f64) {
        let side = |r: &Rect| if self.upright { (r.y, r.bottom()) } else { (r.x, r.right()) };
        let (a, b) = (side(&self.from), side(&self.to));
        if b.0 >= a.1 { (a.1, b.0) } else { (a.0, b.1) }
    }

    /// Lines that would lie on each other.
    fn meets(&self, other: &Self) -> bool {
        let crosses =
            |a: (f64, f64), b: (f64, f64)| a.0.min(a.1) < b.0.max(b.1) && b.0.min(b.1) < a.0.max(a.1);
        self.upright == other.upright
            && crosses(self.span(), other.span())
            && crosses(self.shared(), other.shared())
    }

    /// Where both ends stand for a part (0 to 1) of what they share; where they share nothing, each turns to the other.
    fn at(&self, part: f64) -> (f64, f64) {
        let (low, high) = self.shared();
        if high > low {
            let at = low + (high - low) * part;
            return (at, at);
        }
        let [a, b] = self.sides();
        let towards = |own: (f64, f64), other: (f64, f64)| {
            let part = if other.0 >= own.1 { 1.0 - 0.5 * part } else { 0.5 * part };
            own.0 + (own.1 - own.0) * part
        };
        (towards(a, b), towards(b, a))
    }

    fn cubic(&self) -> Cubic {
        let (start, end) = self.span();
        let (a, b) = self.across;
        if self.upright {
            let bend = start + (end - start) / 2.0;
            Cubic {
                from: Point::new(a, start),
                c1: Point::new(a, bend),
                c2: Point::new(b, bend),
                to: Point::new(b, end),
            }
        } else {
            Cubic::horizontal(Point::new(start, a), Point::new(end, b))
        }
    }
}

/// Places a line may take within what its ends share.
const PLACES: usize = 16;

/// One after the other, each line goes where it is farthest from those it might lie on, the first in the middle.
fn spread(lines: &mut [Line]) {
    for i in 0..lines.len() {
        let (before, rest) = lines.split_at_mut(i);
        let line = &mut rest[0];
        let others: Vec<(f64, f64)> =
            before.iter().filter(|other| other.meets(line)).map(|other| other.across).collect();
        let mut best = (f64::MIN, line.at(0.5));
        for place in 0..PLACES {
            // From the middle outwards, now to one side, now to the other.
            let aside = 0.9 * place.div_ceil(2) as f64 / PLACES as f64;
            let across = line.at(0.5 + if place % 2 == 0 { -aside } else { aside });
            let apart = |other: &(f64, f64)| (across.0 - other.0).abs().min((across.1 - other.1).abs());
            let nearest = others.iter().map(apart).fold(f64::MAX, f64::min);
            if nearest > best.0 {
                best = (nearest, across);
            }
        }
        line.across = best.1;
    }
}

#[cfg(test)]
mod tests;
