//! Which arcs must run backward so that all others can run forward. Knows arcs with weights and nothing else.

use crate::sorting::Order as _;
/// From, to, weight.
pub(crate) type Arc = (usize, usize, f64);

/// How the backward arcs are chosen. Which is better depends on the graph, so both are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// By weight, so that the main flow runs forward.
    Greedy,
    /// By depth-first walk from the callers: follows how the calls nest.
    Walk,
}

/// Whether each arc runs backward. Few arcs do, and none without need.
pub(crate) fn backward(n: usize, arcs: &[Arc], rule: Rule) -> Vec<bool> {
    let component = components(n, arcs);
    let inner: Vec<usize> =
        (0..arcs.len()).filter(|&a| component[arcs[a].0] == component[arcs[a].1]).collect();
    let mut back = vec![false; arcs.len()];
    if inner.is_empty() {
        return back;
    }
    let place = match rule {
        Rule::Greedy => greedy(n, arcs, &inner),
        Rule::Walk => walk(n, arcs, &inner),
    };
    for &arc in &inner {
        back[arc] = place[arcs[arc].0] >= place[arcs[arc].1];
    }
    release(n, arcs, &inner, &mut back);
    back
}

/// The strongly connected component of each node.
pub(crate) fn components(n: usize, arcs: &[Arc]) -> Vec<usize> {
    let out = outgoing(n, arcs, &(0..arcs.len()).collect::<Vec<_>>());
    let (mut index, mut low) = (vec![usize::MAX; n], vec![0_usize; n]);
    let mut component = vec![usize::MAX; n];
    let (mut stack, mut calls) = (Vec::new(), Vec::<(usize, usize)>::new());
    let (mut next, mut found) = (0, 0);
    for root in 0..n {
        if index[root] != usize::MAX {
            continue;
        }
        calls.push((root, 0));
        while let Some((node, at)) = calls.pop() {
            if at == 0 {
                index[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
            } else {
                low[node] = low[node].min(low[arcs[out[node][at - 1]].1]);
            }
            let mut child = None;
            for (step, &arc) in out[node].iter().enumerate().skip(at) {
                let to = arcs[arc].1;
                if index[to] == usize::MAX {
                    child = Some((step, to));
                    break;
                }
                if component[to] == usize::MAX {
                    low[node] = low[node].min(index[to]);
                }
            }
            if let Some((step, to)) = child {
                calls.push((node, step + 1));
                calls.push((to, 0));
            } else if low[node] == index[node] {
                while let Some(top) = stack.pop() {
                    component[top] = found;
                    if top == node {
                        break;
                    }
                }
                found += 1;
            }
        }
    }
    component
}

fn outgoing(n: usize, arcs: &[Arc], chosen: &[usize]) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); n];
    for &arc in chosen {
        out[arcs[arc].0].push(arc);
    }
    out
}

/// Peels sinks to the end, sources to the front, and else what gives most more than it takes.
fn greedy(n: usize, arcs: &[Arc], inner: &[usize]) -> Vec<usize> {
    let (mut gives, mut takes) = (vec![0.0; n], vec![0.0; n]);
    let (mut out, mut into) = (vec![0_usize; n], vec![0_usize; n]);
    let mut around = vec![Vec::new(); n];
    for &arc in inner {
        let (u, v, w) = arcs[arc];
        let w = w + 1.0;
        gives[u] += w;
        takes[v] += w;
        out[u] += 1;
        into[v] += 1;
        around[u].push(arc);
        around[v].push(arc);
    }
    let mut left: Vec<usize> = (0..n).filter(|&v| !around[v].is_empty()).collect();
    let mut gone = vec![false; n];
    let mut place = vec![0; n];
    let (mut front, mut end) = (1, usize::MAX / 2);
    while !left.is_empty() {
        let sink = left.iter().position(|&v| out[v] == 0);
        let at = sink.or_else(|| left.iter().position(|&v| into[v] == 0)).unwrap_or_else(|| {
            let mut best = 0;
            for (i, &v) in left.iter().enumerate() {
                if gives[v] - takes[v] > gives[left[best]] - takes[left[best]] {
                    best = i;
                }
            }
            best
        });
        let node = left.remove(at);
        gone[node] = true;
        if sink.is_some() {
            place[node] = end;
            end -= 1;
        } else {
            place[node] = front;
            front += 1;
        }
        for &arc in &around[node] {
            let (u, v, w) = arcs[arc];
            if u == node && !gone[v] {
                takes[v] -= w + 1.0;
                into[v] -= 1;
            } else if v == node && !gone[u] {
                gives[u] -= w + 1.0;
                out[u] -= 1;
            }
        }
    }
    place
}

/// Reverse finishing order of a depth-first walk, from the nodes that are called least.
fn walk(n: usize, arcs: &[Arc], inner: &[usize]) -> Vec<usize> {
    let mut out = outgoing(n, arcs, inner);
    for list in &mut out {
        list.order_by(|&a, &b| arcs[b].2.total_cmp(&arcs[a].2));
    }
    let mut surplus = vec![0.0; n];
    let mut outside = vec![false; n];
    for &(u, v, w) in arcs {
        surplus[u] += w;
        surplus[v] -= w;
    }
    for (arc, &(_, v, _)) in arcs.iter().enumerate() {
        // A node that is called from outside its knot is where the flow enters it.
        outside[v] |= inner.binary_search(&arc).is_err();
    }
    let mut roots: Vec<usize> = (0..n).filter(|&v| !out[v].is_empty()).collect();
    roots.order_by(|&a, &b| outside[b].cmp(&outside[a]).then(surplus[b].total_cmp(&surplus[a])));
    let mut seen = vec![false; n];
    let mut place = vec![0; n];
    let mut next = n + 1;
    for root in roots {
        if seen[root] {
            continue;
        }
        seen[root] = true;
        let mut calls = vec![(root, 0)];
        while let Some((node, at)) = calls.pop() {
            if let Some(&arc) = out[node].get(at) {
                calls.push((node, at + 1));
                let to = arcs[arc].1;
                if !seen[to] {
                    seen[to] = true;
                    calls.push((to, 0));
                }
            } else {
                place[node] = next;
                next -= 1;
            }
        }
    }
    place
}

/// Turns arcs forward again, the heaviest first, where that closes no cycle.
fn release(n: usize, arcs: &[Arc], inner: &[usize], back: &mut [bool]) {
    let mut turned: Vec<usize> = inner.iter().copied().filter(|&arc| back[arc]).collect();
    turned.order_by(|&a, &b| arcs[b].2.total_cmp(&arcs[a].2));
    let mut around = vec![Vec::new(); n];
    for &arc in inner {
        around[arcs[arc].0].push(arc);
        around[arcs[arc].1].push(arc);
    }
    for arc in turned {
        let (from, to, _) = arcs[arc];
        let mut seen = vec![false; n];
        let mut stack = vec![to];
        let mut closes = from == to;
        while let Some(node) = stack.pop() {
            closes |= node == from;
            for &other in &around[node] {
                let (u, v, _) = arcs[other];
                let (start, next) = if back[other] { (v, u) } else { (u, v) };
                if other != arc && start == node && !seen[next] {
                    seen[next] = true;
                    stack.push(next);
                }
            }
        }
        back[arc] = closes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acyclic(n: usize, arcs: &[Arc], back: &[bool]) -> bool {
        let turned: Vec<Arc> =
            arcs.iter().zip(back).map(|(&(u, v, w), &b)| if b { (v, u, w) } else { (u, v, w) }).collect();
        let component = components(n, &turned);
        let mut seen = vec![false; n];
        component.iter().all(|&c| !std::mem::replace(&mut seen[c], true))
    }

    #[test]
    fn the_heavy_flow_runs_forward() {
        let arcs = [(0, 1, 100.0), (1, 2, 80.0), (2, 0, 1.0)];
        assert_eq!(backward(3, &arcs, Rule::Greedy), [false, false, true]);
        assert_eq!(backward(3, &arcs, Rule::Walk), [false, false, true]);
    }

    #[test]
    fn a_pair_that_calls_each_other_keeps_its_heavier_arc() {
        let arcs = [(0, 1, 3.0), (1, 0, 9.0)];
        assert_eq!(backward(2, &arcs, Rule::Greedy), [true, false]);
    }

    #[test]
    fn no_cycle_is_left_in_a_tangle() {
        let mut arcs = Vec::new();
        for u in 0..12_usize {
            for step in [1, 4, 7] {
                arcs.push((u, (u * 5 + step) % 12, (u + step) as f64));
            }
        }
        arcs.retain(|arc| arc.0 != arc.1);
        for rule in [Rule::Greedy, Rule::Walk] {
            assert!(acyclic(12, &arcs, &backward(12, &arcs, rule)), "{rule:?}");
        }
    }
}
