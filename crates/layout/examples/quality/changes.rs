//! How far cards that stay are moved when one card or one line comes or goes. Knows both engines only by their scenes.

use layout::{Edge, Input, Node, Scene, Size};

/// The same picture with a card more, a card less, a line more and a line less.
pub(crate) fn variants(input: &Input) -> Vec<Input> {
    let middle = input.nodes.len() / 2;
    let line = |source: usize, target: usize| Edge {
        key: "one more".to_owned(),
        source: input.nodes[source].key.clone(),
        target: input.nodes[target].key.clone(),
        weight: 3.0,
        width: 1.7,
        ..Edge::default()
    };
    let mut more = input.clone();
    let size = Size::new(130.0, 46.0);
    more.nodes.push(Node {
        key: "newcomer".to_owned(),
        size,
        group: input.nodes[middle].group.clone(),
        ..Node::default()
    });
    more.edges.push(Edge { target: "newcomer".to_owned(), ..line(middle, middle) });
    let mut fewer = input.clone();
    let gone = fewer.nodes.remove(middle).key;
    fewer.edges.retain(|edge| edge.source != gone && edge.target != gone);
    let mut wider = input.clone();
    wider.edges.push(line(middle, input.nodes.len() / 3));
    let mut thinner = input.clone();
    if !thinner.edges.is_empty() {
        thinner.edges.remove(input.edges.len() / 2);
    }
    vec![more, fewer, wider, thinner]
}

/// Share of survivors that moved, and the mean way of all, once the common shift is taken out.
pub(crate) fn displacement(before: &Scene, after: &Scene) -> (f64, f64) {
    let mut shifts: Vec<(f64, f64)> = Vec::new();
    for node in &before.nodes {
        if let Some(now) = after.nodes.iter().find(|now| now.key == node.key) {
            shifts.push((now.rect.x - node.rect.x, now.rect.y - node.rect.y));
        }
    }
    let common = |axis: fn(&(f64, f64)) -> f64| crate::median(shifts.iter().map(axis).collect());
    let (dx, dy) = (common(|shift| shift.0), common(|shift| shift.1));
    let ways: Vec<f64> = shifts.iter().map(|shift| (shift.0 - dx).hypot(shift.1 - dy)).collect();
    let count = ways.len().max(1) as f64;
    (ways.iter().filter(|&&way| way > 0.5).count() as f64 / count, ways.iter().sum::<f64>() / count)
}
