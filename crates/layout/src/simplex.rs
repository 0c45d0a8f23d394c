//! Network simplex: whole numbers for nodes such that every arc is long enough and the weighted sum of lengths is
//! least. Knows nothing of layers or cards.

use crate::sorting::Order as _;
/// An arc that must be at least `least` long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) least: i64,
    pub(crate) weight: i64,
}

struct Tree<'a> {
    spans: &'a [Span],
    rank: Vec<i64>,
    around: Vec<Vec<usize>>,
    held: Vec<bool>,
    /// Spans of the tree, by node.
    limbs: Vec<Vec<usize>>,
    parent: Vec<usize>,
    /// Interval of the depth-first walk: a node's subtree is what lies in `enter[v]..leave[v]`.
    enter: Vec<usize>,
    leave: Vec<usize>,
    /// Out-weight minus in-weight, summed over the subtree.
    surplus: Vec<i64>,
    /// Out-weight minus in-weight of each node.
    own: Vec<i64>,
    order: Vec<usize>,
    stack: Vec<usize>,
}

const NONE: usize = usize::MAX;

/// Ranks of an acyclic graph. Parts that hang together start at 0 each; `turns` caps the work.
pub(crate) fn ranks(n: usize, spans: &[Span], turns: usize) -> Vec<i64> {
    let mut rank = longest_path(n, spans);
    for part in parts(n, spans) {
        if part.len() == 1 {
            rank[part[0]] = 0;
            continue;
        }
        let mut local = vec![NONE; n];
        for (index, &node) in part.iter().enumerate() {
            local[node] = index;
        }
        let own: Vec<Span> = spans
            .iter()
            .filter(|span| local[span.from] != NONE)
            .map(|span| Span { from: local[span.from], to: local[span.to], ..*span })
            .collect();
        let mut tree = Tree::new(part.iter().map(|&node| rank[node]).collect(), &own);
        tree.grow();
        tree.walk(0);
        tree.improve(turns);
        let least = tree.rank.iter().copied().min().unwrap_or(0);
        for (index, &node) in part.iter().enumerate() {
            rank[node] = tree.rank[index] - least;
        }
    }
    rank
}

/// Each node as far left as its callers allow.
pub(crate) fn longest_path(n: usize, spans: &[Span]) -> Vec<i64> {
    let mut waits = vec![0_usize; n];
    let mut out = vec![Vec::new(); n];
    for span in spans {
        waits[span.to] += 1;
        out[span.from].push((span.to, span.least));
    }
    let mut rank = vec![0; n];
    let mut ready: Vec<usize> = (0..n).filter(|&v| waits[v] == 0).collect();
    while let Some(node) = ready.pop() {
        for &(to, least) in &out[node] {
            rank[to] = rank[to].max(rank[node] + least);
            waits[to] -= 1;
            if waits[to] == 0 {
                ready.push(to);
            }
        }
    }
    rank
}

fn parts(n: usize, spans: &[Span]) -> Vec<Vec<usize>> {
    let mut around = vec![Vec::new(); n];
    for span in spans {
        around[span.from].push(span.to);
        around[span.to].push(span.from);
    }
    let mut seen = vec![false; n];
    let mut parts = Vec::new();
    for root in 0..n {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut part = vec![root];
        let mut at = 0;
        while at < part.len() {
            for &next in &around[part[at]] {
                if !std::mem::replace(&mut seen[next], true) {
                    part.push(next);
                }
            }
            at += 1;
        }
        part.order();
        parts.push(part);
    }
    parts
}

impl<'a> Tree<'a> {
    fn new(rank: Vec<i64>, spans: &'a [Span]) -> Self {
        let n = rank.len();
        let mut around = vec![Vec::new(); n];
        let mut own = vec![0; n];
        for (index, span) in spans.iter().enumerate() {
            around[span.from].push(index);
            around[span.to].push(index);
            own[span.from] += span.weight;
            own[span.to] -= span.weight;
        }
        Self {
            own,
            spans,
            rank,
            around,
            held: vec![false; spans.len()],
            limbs: vec![Vec::new(); n],
            parent: vec![NONE; n],
            enter: vec![0; n],
            leave: vec![0; n],
            surplus: vec![0; n],
            order: vec![0; n],
            stack: Vec::new(),
        }
    }

    fn slack(&self, span: usize) -> i64 {
        let span = &self.spans[span];
        self.rank[span.to] - self.rank[span.from] - span.least
    }

    /// A spanning tree of tight spans, moving what is grown so far to meet the nearest rest.
    fn grow(&mut self) {
        let n = self.rank.len();
        let mut inside = vec![false; n];
        inside[0] = true;
        let mut grown = vec![0];
        let mut at = 0;
        while grown.len() < n {
            while at < grown.len() {
                let node = grown[at];
                at += 1;
                for step in 0..self.around[node].len() {
                    let span = self.around[node][step];
                    let Span { from, to, .. } = self.spans[span];
                    let other = if from == node { to } else { from };
                    if !inside[other] && self.slack(span) == 0 {
                        inside[other] = true;
                        grown.push(other);
                        self.link(span);
                    }
                }
            }
            if grown.len() == n {
                break;
            }
            let nearest = (0..self.spans.len())
                .filter(|&s| inside[self.spans[s].from] != inside[self.spans[s].to])
                .min_by_key(|&s| self.slack(s))
                .expect("the part hangs together, so some span leaves what is grown");
            let Span { from, to, .. } = self.spans[nearest];
            let shift = if inside[from] { self.slack(nearest) } else { -self.slack(nearest) };
            for &node in &grown {
                self.rank[node] += shift;
            }
            let other = if inside[from] { to } else { from };
            inside[other] = true;
            self.link(nearest);
            grown.push(other);
            // What the shift has made tight may hang on any grown node.
            at = 0;
        }
    }

    fn link(&mut self, span: usize) {
        self.held[span] = true;
        self.limbs[self.spans[span].from].push(span);
        self.limbs[self.spans[span].to].push(span);
    }

    fn unlink(&mut self, span: usize) {
        self.held[span] = false;
        for end in [self.spans[span].from, self.spans[span].to] {
            self.limbs[end].retain(|&other| other != span);
        }
    }

    /// Parents, intervals and surplus of every part of the subtree at `root`, which lies where it lay.
    fn walk(&mut self, root: usize) {
        let first = self.enter[root];
        let mut next = first;
        self.stack.push(root);
        while let Some(node) = self.stack.pop() {
            self.enter[node] = next;
            self.leave[node] = next + 1;
            self.order[next] = node;
            self.surplus[node] = self.own[node];
            next += 1;
            for &span in &self.limbs[node] {
                if span != self.parent[node] {
                    let Span { from, to, .. } = self.spans[span];
                    let child = if from == node { to } else { from };
                    self.parent[child] = span;
                    self.stack.push(child);
                }
            }
        }
        for at in (first + 1..next).rev() {
            let node = self.order[at];
            let above = self.above(node);
            self.surplus[above] += self.surplus[node];
            self.leave[above] = self.leave[above].max(self.leave[node]);
        }
    }

    fn above(&self, node: usize) -> usize {
        let Span { from, to, .. } = self.spans[self.parent[node]];
        if from == node { to } else { from }
    }

    fn below(&self, node: usize, root: usize) -> bool {
        self.enter[node] >= self.enter[root] && self.enter[node] < self.leave[root]
    }

    /// Exchanges tree spans whose cut value is negative until none is left.
    fn improve(&mut self, turns: usize) {
        let n = self.rank.len();
        let mut start = 1;
        for _ in 0..turns {
            let mut leaving = None;
            for step in 0..n.saturating_sub(1) {
                let at = 1 + (start - 1 + step) % (n - 1);
                let node = self.order[at];
                let up = self.spans[self.parent[node]].from == node;
                // Cutting here lets the subtree slide; `up` says that its span leaves the subtree.
                let cut = if up { self.surplus[node] } else { -self.surplus[node] };
                if cut < 0 {
                    leaving = Some((at, node, up));
                    break;
                }
            }
            let Some((at, node, up)) = leaving else { break };
            start = at;
            let Some(entering) = self.entering(node, up) else { break };
            self.exchange(node, up, entering);
        }
    }

    /// The shortest span that runs between the subtree and the rest against the leaving one.
    fn entering(&self, root: usize, up: bool) -> Option<usize> {
        let mut best: Option<(i64, usize)> = None;
        for at in self.enter[root]..self.leave[root] {
            let node = self.order[at];
            for &span in &self.around[node] {
                let Span { from, to, .. } = self.spans[span];
                let inward = to == node;
                let other = if inward { from } else { to };
                if inward == up && !self.held[span] && !self.below(other, root) {
                    let key = (self.slack(span), span);
                    if best.is_none_or(|old| key < old) {
                        best = Some(key);
                    }
                }
            }
        }
        best.map(|(_, span)| span)
    }

    fn exchange(&mut self, root: usize, up: bool, entering: usize) {
        let slack = self.slack(entering);
        // The subtree moves until the entering span is tight.
        let shift = if up { -slack } else { slack };
        for at in self.enter[root]..self.leave[root] {
            let node = self.order[at];
            self.rank[node] += shift;
        }
        // Nothing changes but below the lowest node that has both ends of the entering span below it.
        let Span { from, to, .. } = self.spans[entering];
        let mut crown = self.above(root);
        while !self.below(from, crown) || !self.below(to, crown) {
            crown = self.above(crown);
        }
        self.unlink(self.parent[root]);
        self.link(entering);
        self.walk(crown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: usize, to: usize) -> Span {
        Span { from, to, least: 1, weight: 1 }
    }

    #[test]
    fn a_caller_stands_just_before_its_only_callee() {
        // 0→1→2→3 and 4→3: the longest path alone would put 4 at 0.
        let spans = [span(0, 1), span(1, 2), span(2, 3), span(4, 3)];
        assert_eq!(ranks(5, &spans, 100), [0, 1, 2, 3, 2]);
    }

    #[test]
    fn the_sum_of_lengths_is_least() {
        // Against all ranks up to 4, by trying every one.
        let spans =
            [span(0, 1), span(1, 2), span(0, 3), span(3, 4), span(2, 5), span(4, 5), span(0, 5), span(1, 4)];
        let total = |rank: &[i64]| spans.iter().map(|s| rank[s.to] - rank[s.from]).sum::<i64>();
        let ours = ranks(6, &spans, 100);
        assert!(spans.iter().all(|s| ours[s.to] > ours[s.from]));
        let mut best = i64::MAX;
        for code in 0..5_i64.pow(6) {
            let rank: Vec<i64> = (0..6).map(|i| code / 5_i64.pow(i) % 5).collect();
            if spans.iter().all(|s| rank[s.to] > rank[s.from]) {
                best = best.min(total(&rank));
            }
        }
        assert_eq!(total(&ours), best);
    }
}
