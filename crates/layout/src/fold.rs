//! Layers that are too tall for the wanted shape, set in several columns each. The order is known by then and is kept,
//! so that folding by itself adds no crossing. Knows cards' heights, no x and no curve.

use crate::columns::Columns;
use crate::part::Part;
use crate::sorting::Order as _;
use crate::tuning::{ASPECT, CARD_GAP, LAYER_GAP, LINE_CLEAR};

/// Cards that a column holds before it is folded.
const CARDS_LEAST: f64 = 4.0;

/// The picture folded to come near the wanted shape, or none when it is well as it is.
pub(crate) fn fold(part: &Part, back: &[bool], flat: &Columns, aspect: f64) -> Option<Columns> {
    let wanted = if aspect > 0.0 { aspect.clamp(1.0, 2.0) * 0.75 } else { ASPECT * 0.75 };
    let width =
        part.size.iter().map(|size| size.width).sum::<f64>() / part.size.len().max(1) as f64 + LAYER_GAP;
    let cards: Vec<f64> = flat
        .order
        .iter()
        .map(|column| {
            let cards = column.iter().filter(|&&entry| flat.is_real(entry));
            cards.map(|&entry| part.size[entry].height + CARD_GAP).sum()
        })
        .collect();
    let tallest = cards.iter().copied().fold(0.0, f64::max);
    let mut best: Option<(f64, Vec<usize>)> = None;
    for step in 1..=16 {
        let most = tallest / f64::from(step);
        let layer = spread(part, flat, &cards, most);
        let (columns, height) = extent(part, back, &layer);
        let ratio = columns as f64 * width / height;
        let off = if ratio < wanted { wanted / ratio } else { 1.0 + (ratio / wanted - 1.0) * 0.25 };
        if best.as_ref().is_none_or(|old| off < old.0 * 0.92) {
            best = Some((off, layer));
        }
        if ratio >= wanted || most < CARDS_LEAST * (CARD_GAP + 46.0) {
            break;
        }
    }
    let layer = best?.1;
    (layer != flat.layer[..flat.real]).then(|| unrolled(part, back, flat, &layer))
}

/// Shares every layer that is taller than `most` out among columns.
fn spread(part: &Part, flat: &Columns, cards: &[f64], most: f64) -> Vec<usize> {
    let mut layer = vec![0; flat.real];
    let mut next = 0;
    for (column, &height) in flat.order.iter().zip(cards) {
        // Half a card of grace, so that a layer just over the mark is not torn.
        let folds = ((height / (most + 40.0)).ceil() as usize).max(1);
        let items: Vec<usize> = column.iter().copied().filter(|&entry| flat.is_real(entry)).collect();
        for band in items.chunk_by(|&a, &b| part.home(a) == part.home(b)) {
            for few in band.chunks(folds) {
                // What calls most stands right of what is called most: fewer lines have to pass.
                let mut few: Vec<(i64, usize)> = few.iter().map(|&item| (calls(flat, item), item)).collect();
                few.order();
                for (index, &(_, item)) in few.iter().enumerate() {
                    layer[item] = next + index * folds / few.len();
                }
            }
        }
        next += folds;
    }
    // Where all that could be shared out was shorter than the folds, a column has stayed empty.
    let mut column = vec![0; next + 1];
    for &at in &layer {
        column[at + 1] = 1;
    }
    for at in 1..column.len() {
        column[at] += column[at - 1];
    }
    layer.iter().map(|&at| column[at]).collect()
}

fn calls(flat: &Columns, item: usize) -> i64 {
    flat.beside(item, false).len().cast_signed() as i64 - flat.beside(item, true).len().cast_signed() as i64
}

/// Columns, and an estimate of the tallest one with its passing lines.
fn extent(part: &Part, back: &[bool], layer: &[usize]) -> (usize, f64) {
    let columns = layer.iter().copied().max().unwrap_or(0) + 1;
    let mut height = vec![0.0; columns];
    for (item, &at) in layer.iter().enumerate() {
        height[at] += part.size[item].height + CARD_GAP;
    }
    for (link, _) in part.links.iter().zip(back).filter(|link| !link.1) {
        for column in height.iter_mut().take(layer[link.to]).skip(layer[link.from] + 1) {
            *column += LINE_CLEAR;
        }
    }
    (columns, height.iter().copied().fold(1.0, f64::max))
}

/// The same order in the new columns: a link passes beside an item just where the item stood.
fn unrolled(part: &Part, back: &[bool], flat: &Columns, layer: &[usize]) -> Columns {
    let mut columns = Columns::new(part, back, layer);
    // The old layer of each new column.
    let mut old = vec![0; columns.order.len()];
    for (item, &at) in layer.iter().enumerate() {
        old[at] = flat.layer[item];
    }
    // By entry: its place in the old column, and which way its line comes from or goes.
    let mut key = vec![(0_usize, 0_usize); columns.layer.len()];
    for (key, &place) in key.iter_mut().zip(&flat.place[..flat.real]) {
        key.0 = place;
    }
    for (link, ends) in part.links.iter().enumerate() {
        let way = Way { flat, link, ends: (ends.from, ends.to) };
        for &entry in &columns.chain[link] {
            key[entry] = way.key(old[columns.layer[entry]]);
        }
    }
    for &(link, right, entry) in &columns.turns {
        let known = flat.turns.iter().find(|turn| (turn.0, turn.1) == (link, right)).map(|turn| turn.2);
        let at = old[columns.layer[entry]];
        let known = known.filter(|&known| flat.layer[known] == at);
        let chain = &flat.chain[link];
        let end = chain[if right { chain.len() - 1 } else { 0 }];
        key[entry] = (flat.place[known.unwrap_or(end)], 0);
    }
    columns.shelf[..flat.real].copy_from_slice(&flat.shelf[..flat.real]);
    for column in 0..columns.order.len() {
        columns.order[column].order_by_key(|&entry| key[entry]);
    }
    if flat.floors.is_empty() {
        columns.renumber_all();
    } else {
        columns.set_floors();
    }
    columns
}

/// A link's way through the old columns.
struct Way<'a> {
    flat: &'a Columns,
    link: usize,
    ends: (usize, usize),
}

impl Way<'_> {
    /// Where the link belongs in columns of an old layer, and within what stands there.
    fn key(&self, at: usize) -> (usize, usize) {
        let (from, to) = (self.flat.layer[self.ends.0], self.flat.layer[self.ends.1]);
        let chain = &self.flat.chain[self.link];
        let place = |layer: usize| {
            let entry = match layer {
                _ if to <= from => chain[layer - to],
                _ if layer == from => self.ends.0,
                _ if layer == to => self.ends.1,
                _ => chain[layer - from - 1],
            };
            self.flat.place[entry]
        };
        match at {
            _ if to <= from => (place(at), 0),
            _ if at == from => (place(at), place(at + 1)),
            _ if at == to => (place(at), place(at - 1)),
            _ => (place(at), 0),
        }
    }
}
