//! Pictures to try the engine on, for tests, benches and examples: hand-made shapes and a seeded generator of graphs
//! that look like meshes. The product is built without it.

mod known;
mod mesh;
mod plain;
mod shapes;

pub use known::{sock_shop, train_ticket};
pub use mesh::mesh;
pub use plain::{chain, halves, hub, ring, star};
pub use shapes::{bookinfo, online_boutique, shop, versions};

use crate::input::{Edge, Group, GroupKind, Input, Node, Port};
use crate::scene::Size;

/// Builds an input from words. A card is `band/name` or, outside of all bands, `name`; a line is
/// `source -> target rate`, where an end may name a version's row as `card@row`.
#[must_use]
pub fn sketch(cards: &[&str], lines: &[&str]) -> Input {
    let mut input = Input { aspect: 1.6, ..Input::default() };
    for card in cards {
        let mut words = card.split_whitespace();
        let key = words.next().unwrap_or_default();
        let rows: Vec<&str> = words.collect();
        let band = key.split_once('/').map(|(band, _)| band);
        if let Some(band) = band.filter(|band| input.groups.iter().all(|group| group.key != *band)) {
            input.groups.push(band_of(band));
        }
        input.nodes.push(card_of(key, band, &rows));
    }
    for (index, line) in lines.iter().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [source, _, target, rate] = words[..] {
            input.edges.push(line_of(index, source, target, rate.parse().unwrap_or(1.0)));
        }
    }
    input
}

fn band_of(key: &str) -> Group {
    let title = Size::new(key.len() as f64 * 7.0 + 50.0, 22.0);
    Group { key: key.to_owned(), parent: None, kind: GroupKind::Band, title }
}

/// The picture with its bands and loose cards dealt out to so many regions, as to clusters; what comes after the last
/// stays outside.
#[must_use]
pub fn in_regions(mut input: Input, regions: usize) -> Input {
    let key =
        |at: usize| Some(format!("region-{}", at % (regions + 1))).filter(|_| at % (regions + 1) < regions);
    let mut at = 0;
    let mut deal = |parent: &mut Option<String>| {
        if parent.is_none() {
            *parent = key(at);
            at += 1;
        }
    };
    input.groups.iter_mut().for_each(|group| deal(&mut group.parent));
    input.nodes.iter_mut().for_each(|node| deal(&mut node.group));
    input.groups.extend((0..regions).filter_map(key).map(|key| {
        let title = Size::new(key.len() as f64 * 7.0 + 50.0, 22.0);
        Group { key, parent: None, kind: GroupKind::Region, title }
    }));
    input
}

/// A card in the measures of the map: with rows, wider and taller.
fn card_of(key: &str, band: Option<&str>, rows: &[&str]) -> Node {
    let ports = rows
        .iter()
        .enumerate()
        .map(|(row, key)| Port { key: (*key).to_owned(), y: 79.0 + 26.0 * row as f64 });
    let size = if rows.is_empty() {
        Size::new(130.0, 46.0)
    } else {
        Size::new(198.0, 66.0 + 26.0 * rows.len() as f64)
    };
    Node {
        key: key.to_owned(),
        size,
        group: band.map(str::to_owned),
        ports: ports.collect(),
        ..Node::default()
    }
}

fn line_of(index: usize, source: &str, target: &str, rate: f64) -> Edge {
    let (source, source_port) = end_of(source);
    let (target, target_port) = end_of(target);
    let label = format!("{rate} rps").len() as f64 * 6.0;
    Edge {
        key: format!("{source}>{target}#{index}"),
        source,
        source_port,
        target,
        target_port,
        weight: rate,
        width: width_of(rate),
        label: Some(Size::new(label, 13.0)),
    }
}

fn end_of(end: &str) -> (String, Option<String>) {
    end.split_once('@').map_or((end.to_owned(), None), |(card, row)| (card.to_owned(), Some(row.to_owned())))
}

/// Roughly `1 + 1.55 · log10(rate)`, by halving, so that no machine's logarithm matters.
fn width_of(rate: f64) -> f64 {
    let (mut width, mut left) = (1.2, rate);
    while left > 2.0 && width < 7.0 {
        left /= 2.0;
        width += 0.46;
    }
    width
}
