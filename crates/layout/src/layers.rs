//! Which layer each item stands in: callers left, callees right, bands side by side where the calls allow it. Knows
//! nothing of heights within a layer.

use crate::cycles::components;
use crate::part::Part;
use crate::simplex::{Span, longest_path, ranks};
use crate::sorting::Order as _;
use crate::tuning::{ASPECT, CARD_GAP, LAYER_GAP};

/// Above this many items the exact method would be felt.
const EXACT_MOST: usize = 5_000;

/// Exchanges after which the rest is worth little.
const TURNS_MOST: usize = 400;

/// The layer of each item. `back` says which links run backward; `apart` asks for bands side by side.
pub(crate) fn assign(part: &Part, back: &[bool], apart: bool, aspect: f64) -> Vec<usize> {
    let n = part.items.len();
    let spans = spans(part, back, apart);
    let total = n + 2 * part.bands.len();
    let rank = if n > EXACT_MOST {
        longest_path(total, &spans)
    } else {
        ranks(total, &spans, (40 + 4 * total).min(TURNS_MOST))
    };
    let mut layer: Vec<usize> = rank[..n].iter().map(|&rank| rank.max(0) as usize).collect();
    align_loose(part, &mut layer, apart);
    let linked = linked(part);
    place_lonely(part, &linked, &mut layer, aspect);
    compact(&mut layer);
    layer
}

fn ends(part: &Part, back: &[bool], link: usize) -> (usize, usize) {
    let link_ref = &part.links[link];
    if back[link] { (link_ref.to, link_ref.from) } else { (link_ref.from, link_ref.to) }
}

fn spans(part: &Part, back: &[bool], apart: bool) -> Vec<Span> {
    let n = part.items.len();
    let mut spans = Vec::new();
    for link in 0..part.links.len() {
        let (from, to) = ends(part, back, link);
        let same = part.home(from).is_some() && part.home(from) == part.home(to);
        let weight = part.links[link].lines.len().min(4).cast_signed() as i64 + if same { 2 } else { 0 };
        spans.push(Span { from, to, least: 1, weight });
    }
    if !apart {
        return spans;
    }
    let pairs = band_pairs(part, back);
    let mut follows = vec![false; part.bands.len()];
    let mut leads = follows.clone();
    for &(a, b) in &pairs {
        (leads[a], follows[b]) = (true, true);
    }
    for (item, band) in part.band.iter().enumerate() {
        let Some(band) = *band else { continue };
        if follows[band] {
            spans.push(Span { from: n + 2 * band, to: item, least: 0, weight: 0 });
        }
        if leads[band] {
            spans.push(Span { from: item, to: n + 2 * band + 1, least: 0, weight: 0 });
        }
    }
    spans.extend(pairs.iter().map(|&(a, b)| Span {
        from: n + 2 * a + 1,
        to: n + 2 * b,
        least: 1,
        weight: 0,
    }));
    spans
}

/// Pairs of bands of one region whose calls all run one way, also through what lies between.
fn band_pairs(part: &Part, back: &[bool]) -> Vec<(usize, usize)> {
    let bands = part.bands.len();
    let block = |item: usize| part.band[item].unwrap_or(bands + item);
    let arcs: Vec<(usize, usize, f64)> = (0..part.links.len())
        .map(|link| ends(part, back, link))
        .map(|(from, to)| (block(from), block(to), 1.0))
        .filter(|arc| arc.0 != arc.1)
        .collect();
    let knot = components(bands + part.items.len(), &arcs);
    let mut pairs: Vec<(usize, usize)> = arcs
        .iter()
        .filter(|&&(a, b, _)| a < bands && b < bands && knot[a] != knot[b] && part.over[a] == part.over[b])
        .map(|arc| (arc.0, arc.1))
        .collect();
    pairs.order();
    pairs.dedup();
    pairs
}

fn linked(part: &Part) -> Vec<bool> {
    let mut linked = vec![false; part.items.len()];
    for link in &part.links {
        linked[link.from] = true;
        linked[link.to] = true;
    }
    linked
}

/// Pieces that only a band holds together slide along each other so that the bands stay narrow.
fn align_loose(part: &Part, layer: &mut [usize], apart: bool) {
    let n = part.items.len();
    let mut root: Vec<usize> = (0..n).collect();
    for _ in 0..2 {
        for link in &part.links {
            let (a, b) = (top(&mut root, link.from), top(&mut root, link.to));
            root[a.max(b)] = a.min(b);
        }
    }
    let mut pieces: Vec<Vec<usize>> = vec![Vec::new(); n];
    for item in 0..n {
        pieces[top(&mut root, item)].push(item);
    }
    pieces.retain(|piece| piece.len() > 1);
    if pieces.len() < 2 || (apart && part.bands.len() > 1 && pieces.len() > 8) {
        return;
    }
    pieces.order_by_key(|piece| std::cmp::Reverse(piece.len()));
    let deepest = layer.iter().copied().max().unwrap_or(0);
    let mut range: Vec<Option<(usize, usize)>> = vec![None; part.bands.len()];
    for piece in &pieces {
        let own = piece.iter().map(|&item| layer[item]).max().unwrap_or(0);
        let growth = |shift: usize| -> usize {
            piece
                .iter()
                .filter_map(|&item| part.band[item].and_then(|band| range[band]).map(|range| (item, range)))
                .map(|(item, (low, high))| {
                    low.saturating_sub(layer[item] + shift) + (layer[item] + shift).saturating_sub(high)
                })
                .sum()
        };
        let shift = (0..=deepest.saturating_sub(own)).min_by_key(|&shift| growth(shift)).unwrap_or(0);
        for &item in piece {
            layer[item] += shift;
            if let Some(band) = part.band[item] {
                let (low, high) = range[band].unwrap_or((layer[item], layer[item]));
                range[band] = Some((low.min(layer[item]), high.max(layer[item])));
            }
        }
    }
}

fn top(root: &mut [usize], mut node: usize) -> usize {
    while root[node] != node {
        root[node] = root[root[node]];
        node = root[node];
    }
    node
}

/// Items without a line fill up the shortest columns of their band, or of their region if they stand in no band.
fn place_lonely(part: &Part, linked: &[bool], layer: &mut [usize], aspect: f64) {
    for land in 0..part.lands() {
        let own = (0..layer.len()).filter(|&item| part.is_in(item, land));
        let (held, lonely): (Vec<usize>, Vec<usize>) =
            own.partition(|&item| linked[item] || part.home(item) != Some(land));
        let Some(&first) = lonely.first() else { continue };
        let low = held.iter().map(|&item| layer[item]).min().unwrap_or(0);
        let high = held.iter().map(|&item| layer[item]).max();
        let high = high.unwrap_or_else(|| grid_columns(lonely.len(), part.size[first], aspect) - 1);
        let mut filled = vec![0.0; high - low + 1];
        for &item in &held {
            filled[layer[item] - low] += part.size[item].height + CARD_GAP;
        }
        for item in lonely {
            let mut best = 0;
            for column in 1..filled.len() {
                if filled[column] < filled[best] {
                    best = column;
                }
            }
            filled[best] += part.size[item].height + CARD_GAP;
            layer[item] = low + best;
        }
    }
}

/// Columns of a grid of equal cards that comes near the wanted shape.
pub(crate) fn grid_columns(count: usize, size: crate::scene::Size, aspect: f64) -> usize {
    let aspect = if aspect > 0.0 { aspect } else { ASPECT };
    let (width, height) = (size.width + LAYER_GAP, size.height + CARD_GAP);
    let mut columns = 1;
    while columns < count && columns as f64 * width < aspect * count.div_ceil(columns) as f64 * height * 0.8 {
        columns += 1;
    }
    columns
}

/// Takes empty layers out.
fn compact(layer: &mut [usize]) {
    let mut used = vec![0_usize; layer.iter().copied().max().unwrap_or(0) + 1];
    for &at in &*layer {
        used[at] = 1;
    }
    let mut next = 0;
    for slot in &mut used {
        let here = next;
        next += *slot;
        *slot = here;
    }
    for at in layer {
        *at = used[*at];
    }
}
