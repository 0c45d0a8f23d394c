//! Parts side by side on one grid of layers: each takes the highest place that is free. Knows blocks of columns, not
//! what is in them.

use crate::sorting::Order as _;
use crate::tuning::{ASPECT, CARD_GAP, LAYER_GAP, PART_GAP};

/// A block: how many layers wide, how high.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) columns: usize,
    pub(crate) height: f64,
}

/// First layer and top of each block.
pub(crate) fn pack(blocks: &[Block], width: f64, aspect: f64) -> Vec<(usize, f64)> {
    let widest = blocks.iter().map(|block| block.columns).max().unwrap_or(1);
    let all: usize = blocks.iter().map(|block| block.columns).sum();
    let wanted = if aspect > 0.0 { aspect } else { ASPECT };
    let mut best: Option<(f64, Vec<(usize, f64)>)> = None;
    for columns in widest..=all.clamp(widest, widest + 24) {
        let (placed, height) = drop(blocks, columns);
        let ratio = columns as f64 * width / height.max(1.0);
        let off = if ratio > wanted { ratio / wanted } else { wanted / ratio };
        if best.as_ref().is_none_or(|old| off < old.0 * 0.97) {
            best = Some((off, placed));
        }
    }
    best.map(|best| best.1).unwrap_or_default()
}

/// The tallest first, each where its top comes to lie highest.
fn drop(blocks: &[Block], columns: usize) -> (Vec<(usize, f64)>, f64) {
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.order_by(|&a, &b| {
        let area = |index: usize| blocks[index].columns as f64 * blocks[index].height;
        blocks[b].columns.cmp(&blocks[a].columns).then(area(b).total_cmp(&area(a)))
    });
    let mut ground = vec![0.0_f64; columns];
    let mut placed = vec![(0, 0.0); blocks.len()];
    for index in order {
        let block = blocks[index];
        let top = |first: usize| ground[first..first + block.columns].iter().copied().fold(0.0, f64::max);
        let first = (0..=columns - block.columns).min_by(|&a, &b| top(a).total_cmp(&top(b))).unwrap_or(0);
        let y = top(first);
        placed[index] = (first, y);
        for column in &mut ground[first..first + block.columns] {
            *column = y + block.height + PART_GAP;
        }
    }
    (placed, ground.into_iter().fold(0.0, f64::max))
}

/// Columns of a grid for `count` loose cards below or beside parts that are `beside` layers wide.
pub(crate) fn grid(count: usize, beside: usize, size: (f64, f64), aspect: f64) -> usize {
    if beside > 0 {
        return beside.min(count).max(1);
    }
    let wanted = if aspect > 0.0 { aspect } else { ASPECT };
    let shape = |columns: usize| {
        let rows = count.div_ceil(columns);
        let ratio = (columns as f64 * (size.0 + LAYER_GAP)) / (rows as f64 * (size.1 + CARD_GAP));
        if ratio > wanted { ratio / wanted } else { wanted / ratio }
    };
    (1..=count.max(1)).min_by(|&a, &b| shape(a).total_cmp(&shape(b))).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_never_share_ground() {
        let blocks: Vec<Block> =
            (0..12).map(|i| Block { columns: 1 + i % 4, height: 50.0 + 37.0 * (i % 5) as f64 }).collect();
        let placed = pack(&blocks, 210.0, 1.6);
        for a in 0..blocks.len() {
            for b in 0..a {
                let apart_x = placed[a].0 + blocks[a].columns <= placed[b].0
                    || placed[b].0 + blocks[b].columns <= placed[a].0;
                let apart_y = placed[a].1 + blocks[a].height < placed[b].1
                    || placed[b].1 + blocks[b].height < placed[a].1;
                assert!(apart_x || apart_y, "{a} {b}");
            }
        }
    }

    #[test]
    fn loose_cards_make_a_grid_of_the_wanted_shape() {
        assert_eq!(grid(12, 0, (130.0, 46.0), 1.6), 3);
        assert_eq!(grid(12, 5, (130.0, 46.0), 1.6), 5);
    }
}
