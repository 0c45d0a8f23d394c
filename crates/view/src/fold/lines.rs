//! The lines between what is drawn: each is one call, or the sum of several; of too many sums the smallest are left out.

use super::{SUM, sums::add_edge};
use crate::cards;
use layout::{index::Index, sorting::Order as _};
use model::{Edge, Graph, Node, Protocol, Status};
use std::collections::BTreeMap;

/// So many lines a card, on the average, can still be followed with the eye.
const LINES_PER_CARD: usize = 1;

/// The two cards of a line, by index.
type Ends = [usize; 2];

/// The lines between cards, those, and for each line of the whole graph which of them it is part of.
pub(super) fn lines(
    graph: &Graph,
    cards: &[Node],
    card_of: &[usize],
) -> (Vec<Edge>, Vec<Ends>, Vec<Option<usize>>) {
    let index = Index::new(&mut graph.nodes.iter().map(|node| node.id.as_str()));
    let card = |id: &str| index.get(id).map(|at| card_of[at]);
    let (mut sums, mut ends_of): (Vec<Edge>, Vec<Ends>) = (Vec::new(), Vec::new());
    let mut known = BTreeMap::new();
    let mut part_of = vec![None; graph.edges.len()];
    for (edge, part_of) in graph.edges.iter().zip(&mut part_of) {
        let Some((source, target)) = card(&edge.source).zip(card(&edge.target)) else { continue };
        let ends = [&cards[source].id, &cards[target].id];
        // A row that its card does not show any more is no end.
        let is_end = |at: usize, id: &str, row: &Option<String>| {
            cards[at].id == id && (row.is_none() || !cards[at].flags.folded)
        };
        let whole =
            (is_end(source, &edge.source, &edge.source_row), is_end(target, &edge.target, &edge.target_row));
        let single = whole == (true, true);
        if source == target && !single {
            continue;
        }
        let next = sums.len();
        let at = if single {
            next
        } else {
            *known.entry((source * cards.len() + target) * 3 + edge.protocol as usize).or_insert(next)
        };
        *part_of = Some(at);
        if let Some(sum) = sums.get_mut(at) {
            add_edge(sum, edge);
            continue;
        }
        let mut sum = Edge { source: ends[0].clone(), target: ends[1].clone(), ..edge.clone() };
        sum.source_row = sum.source_row.filter(|_| whole.0);
        sum.target_row = sum.target_row.filter(|_| whole.1);
        if !single {
            sum.id = [SUM, ends[0], ">", ends[1], "/", word(edge)].concat();
            (sum.source_share, sum.other_side) = (None, None);
        }
        sums.push(sum);
        ends_of.push([source, target]);
    }
    in_order(&mut sums, &mut ends_of, &mut part_of);
    (sums, ends_of, part_of)
}

/// By id, as the lists of a graph are.
fn in_order(sums: &mut [Edge], ends: &mut Vec<Ends>, part_of: &mut [Option<usize>]) {
    let mut order: Vec<usize> = (0..sums.len()).collect();
    order.order_by(|a, b| sums[*a].id.cmp(&sums[*b].id));
    let mut ranks = vec![0; order.len()];
    for (rank, at) in order.iter().enumerate() {
        ranks[*at] = rank;
    }
    *ends = order.iter().map(|at| ends[*at]).collect();
    sums.order_by(|a, b| a.id.cmp(&b.id));
    for at in part_of.iter_mut().flatten() {
        *at = ranks[*at];
    }
}

/// Namespaces call each other in all directions. What is in trouble stays, each card keeps its busiest lines, and of the
/// rest only as many as can be read; lines between single services are never left out. Cards of open namespaces count
/// by themselves: opening one changes nothing between the others.
pub(super) fn thin_out(
    edges: &mut Vec<Edge>,
    ends_of: &[Ends],
    edge_of: &mut [Option<usize>],
    [opened, folded]: [&[bool]; 2],
) {
    let open = opened.iter().filter(|open| **open).count();
    let mut left = [opened.len() - open, open].map(|cards| cards * LINES_PER_CARD);
    if edges.len() <= left[0] + left[1] {
        return;
    }
    let mut by_flow: Vec<usize> = (0..edges.len()).collect();
    by_flow.order_by(|a, b| flow(&edges[*b]).total_cmp(&flow(&edges[*a])));
    let mut stays = vec![false; edges.len()];
    // As a source, and as a target.
    let mut seen = [vec![false; opened.len()], vec![false; opened.len()]];
    for at in by_flow {
        let ends = ends_of[at];
        let whole = ends.iter().all(|end| !folded[*end]);
        let share = usize::from(ends.iter().any(|end| opened[*end]));
        let is_first = |side: usize| !seen[side][ends[side]] && (share == 0 || opened[ends[side]]);
        let first = is_first(0) || is_first(1);
        if whole || first || left[share] > 0 || edges[at].health.status >= Status::Degraded {
            stays[at] = true;
            left[share] = left[share].saturating_sub(1);
            for side in [0, 1] {
                seen[side][ends[side]] = true;
            }
        }
    }
    let (mut places, mut left) = (Vec::with_capacity(stays.len()), 0);
    for stays in stays {
        places.push(stays.then_some(left));
        left += usize::from(stays);
    }
    let mut stays = places.iter();
    edges.retain(|_| stays.next().is_some_and(Option::is_some));
    for at in edge_of {
        *at = at.and_then(|at| places[at]);
    }
}

pub(super) fn flow(edge: &Edge) -> f64 {
    cards::flow_rps(edge.requests.as_ref(), edge.tcp.as_ref()).unwrap_or(0.0)
}

fn word(edge: &Edge) -> &'static str {
    match edge.protocol {
        Protocol::Http => "http",
        Protocol::Grpc => "grpc",
        Protocol::Tcp => "tcp",
    }
}
