//! From places to a scene: frames round cards, routes, labels, bounds, in the order of the input.

use std::sync::Arc;

use crate::frames;
use crate::input::Input;
use crate::labels;
use crate::net::Net;
use crate::routes::{self, Ends};
use crate::scene::{PlacedNode, Rect, Route, Scene};
use crate::sorting::Order as _;
use crate::tracks::Tracks;
use crate::tuning::{DETOUR, TWIN_GAP};

/// Lines above which long ways are kept as they are.
const DETOUR_LINES_MOST: usize = 1_000;

/// Where everything is to stand, by index in the net.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) cards: Vec<Rect>,
    pub(crate) layer: Vec<usize>,
    /// Heights of both ends of a line on their cards.
    pub(crate) ends: Vec<Option<(f64, f64)>>,
    /// Heights at which a line passes layers; none when a way is still to be found.
    pub(crate) lanes: Vec<Option<Vec<(usize, f64)>>>,
}

impl Plan {
    pub(crate) fn new(net: &Net, cards: Vec<Rect>, layer: Vec<usize>) -> Self {
        Self { cards, layer, ends: vec![None; net.lines.len()], lanes: vec![None; net.lines.len()] }
    }

    /// Lines of one pair run side by side in their common lane.
    pub(crate) fn set_lane(
        &mut self,
        line: usize,
        lane: &[(usize, f64)],
        (place, of): (usize, usize),
        back: bool,
    ) {
        let shift = TWIN_GAP * (place as f64 - (of - 1) as f64 / 2.0);
        let mut lane: Vec<(usize, f64)> = lane.iter().map(|&(layer, y)| (layer, y + shift)).collect();
        if back {
            lane.reverse();
        }
        self.lanes[line] = Some(lane);
    }
}

pub(crate) fn scene(input: &Input, net: &Net, plan: &Plan) -> Scene {
    let mut tracks = Tracks::new(&plan.cards);
    let mut routes: Vec<Option<Route>> = vec![None; net.lines.len()];
    let column = column_of_layer(plan, &tracks);
    let in_tracks = |lanes: &Vec<(usize, f64)>| -> Vec<(usize, f64)> {
        lanes.iter().map(|&(layer, y)| (column[layer], y)).collect()
    };
    let levels: Vec<Option<Vec<(usize, f64)>>> = (0..net.lines.len())
        .map(|line| {
            plan.lanes[line].as_ref().map(in_tracks).filter(|levels| !is_detour(net, plan, line, levels))
        })
        .collect();
    for levels in levels.iter().flatten() {
        tracks.reserve(levels);
    }
    // Known ways first, so that the others find what is left.
    for known in [true, false] {
        for (line, levels) in levels.iter().enumerate() {
            if levels.is_some() == known {
                routes[line] = Some(route(input, net, plan, &mut tracks, (line, levels.as_deref())));
            }
        }
    }
    let mut scene = Scene { groups: frames::groups(input, net, &plan.cards), ..Scene::default() };
    scene.nodes = nodes(input, net, plan);
    let order = input_order(net.lines.iter().map(|line| line.input), input.edges.len());
    scene.edges = order.into_iter().filter_map(|line| routes[line].take().map(Arc::new)).collect();
    labels::place(&mut scene, input, |_, _| true);
    frames::bound(&mut scene);
    frames::to_origin(&mut scene);
    scene
}

/// Whether a way climbs far more than its ends are apart: the order saved a crossing and cost a long loop.
fn is_detour(net: &Net, plan: &Plan, line: usize, levels: &[(usize, f64)]) -> bool {
    if net.lands() == 0 || net.lines.len() > DETOUR_LINES_MOST {
        // Without bands nothing has bent the order: its ways are the short ones. In a crowd seeking takes too long.
        return false;
    }
    let heights = plan.ends[line].unwrap_or_default();
    let ends = ends_of(net, &plan.cards, line, heights);
    let mut y = ends.from_y;
    let mut climb = 0.0;
    for next in levels.iter().map(|level| level.1).chain([ends.to_y]) {
        climb += (next - y).abs();
        y = next;
    }
    climb - (ends.to_y - ends.from_y).abs() > DETOUR
}

fn column_of_layer(plan: &Plan, tracks: &Tracks) -> Vec<usize> {
    let mut column = vec![0; plan.layer.iter().copied().max().map_or(0, |most| most + 1)];
    for (card, &layer) in plan.cards.iter().zip(&plan.layer) {
        column[layer] = tracks.at(card.x);
    }
    column
}

/// The ends of a line as they stand.
pub(crate) fn ends_of(net: &Net, cards: &[Rect], line: usize, heights: (f64, f64)) -> Ends {
    let (source, target) = (cards[net.lines[line].source], cards[net.lines[line].target]);
    Ends { source, target, from_y: source.y + heights.0, to_y: target.y + heights.1 }
}

fn route(
    input: &Input,
    net: &Net,
    plan: &Plan,
    tracks: &mut Tracks,
    (line, levels): (usize, Option<&[(usize, f64)]>),
) -> Route {
    let edge = &input.edges[net.lines[line].input];
    let own = net.lines[line].source == net.lines[line].target;
    let heights = plan.ends[line].unwrap_or_default();
    let ends = ends_of(net, &plan.cards, line, heights);
    let (path, back) = if own {
        (routes::own_loop(&ends.source, 1.0), false)
    } else if net.cards[net.lines[line].source].item == net.cards[net.lines[line].target].item {
        (routes::aside(&ends, tracks), false)
    } else {
        lead(tracks, &ends, levels)
    };
    Route {
        key: edge.key.clone(),
        source: edge.source.clone(),
        target: edge.target.clone(),
        path,
        back,
        looped: own,
        label: None,
    }
}

/// A path by known heights, or, where there are none or a card is in the way, by the best free ones.
pub(crate) fn lead(
    tracks: &mut Tracks,
    ends: &Ends,
    levels: Option<&[(usize, f64)]>,
) -> (Vec<crate::scene::Cubic>, bool) {
    let (from, to) = (tracks.at(ends.source.x), tracks.at(ends.target.x));
    let back = from >= to;
    if let Some(levels) = levels {
        let path = routes::through(ends, levels, tracks);
        if !routes::strikes(&path, tracks, ends) {
            return (path, back);
        }
    }
    let levels = tracks.levels((from, ends.from_y), (to, ends.to_y));
    let path = routes::through(ends, &levels, tracks);
    tracks.reserve(&levels);
    (path, back)
}

/// What is known by place in the input, in the input's order.
pub(crate) fn input_order(inputs: impl Iterator<Item = usize>, len: usize) -> Vec<usize> {
    let mut by_input = vec![usize::MAX; len];
    for (index, input) in inputs.enumerate() {
        by_input[input] = index;
    }
    by_input.retain(|&index| index < usize::MAX);
    by_input
}

fn nodes(input: &Input, net: &Net, plan: &Plan) -> Vec<PlacedNode> {
    let mut by_place: Vec<usize> = (0..net.cards.len()).collect();
    by_place.order_by(|&a, &b| {
        plan.layer[a].cmp(&plan.layer[b]).then(plan.cards[a].y.total_cmp(&plan.cards[b].y))
    });
    let mut order = vec![0; net.cards.len()];
    for row in by_place.chunk_by(|&a, &b| plan.layer[a] == plan.layer[b]) {
        for (place, &card) in row.iter().enumerate() {
            order[card] = place;
        }
    }
    input_order(net.cards.iter().map(|card| card.input), input.nodes.len())
        .into_iter()
        .map(|card| PlacedNode {
            key: input.nodes[net.cards[card].input].key.clone(),
            rect: plan.cards[card],
            layer: plan.layer[card],
            order: order[card],
        })
        .collect()
}
