//! Heights that keep all gaps and make the lines as level as can be: a first guess column by column, a fair
//! projection to what is allowed, then moves that push what stands in their way and stay when they pay.

use crate::columns::Columns;
use crate::field::{Field, gap, tall};
use crate::mover::Mover;
use crate::part::Part;
use crate::tuning::{BAND_GAP, BAND_PADDING};

/// Entries above which fewer rounds must do.
const LARGE: usize = 8_000;

/// Finds heights for the whole field.
pub(crate) fn solve(field: &mut Field, part: &Part, columns: &Columns) {
    let sequence = sequence(field);
    guess(field, part, columns);
    project(field, &sequence, columns.layer.len());
    Mover::new(&sequence, columns.layer.len()).run(field, columns);
}

/// Per column, the nearest heights to the neighbours' mean that keep the gaps; from both sides, some times.
fn guess(field: &mut Field, part: &Part, columns: &Columns) {
    let offsets: Vec<Vec<f64>> = columns.order.iter().map(|column| stacked(part, columns, column)).collect();
    for (column, offsets) in columns.order.iter().zip(&offsets) {
        let middle = offsets.last().copied().unwrap_or(0.0) / 2.0;
        for (&entry, offset) in column.iter().zip(offsets) {
            field.y[entry] = offset - middle;
        }
    }
    let count = columns.order.len();
    let rounds = if columns.layer.len() > LARGE { 6 } else { 10 };
    let (mut wanted, mut pools) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        for step in 0..count {
            let column = if round % 2 == 0 { step } else { count - 1 - step };
            wanted.clear();
            for &entry in &columns.order[column] {
                wanted.push(wish(field, entry, round, columns));
            }
            pool(&wanted, &offsets[column], &mut pools);
            let mut at = 0;
            for &(base, _, many) in &pools {
                for _ in 0..many {
                    field.y[columns.order[column][at]] = base + offsets[column][at];
                    at += 1;
                }
            }
        }
    }
}

/// Offsets from the column's first entry when all stand as close as they may.
fn stacked(part: &Part, columns: &Columns, column: &[usize]) -> Vec<f64> {
    let mut y = 0.0;
    let mut out = Vec::with_capacity(column.len());
    let mut shelf = None;
    for (at, &entry) in column.iter().enumerate() {
        if at > 0 {
            y += tall(part, columns, column[at - 1]) + gap(columns, column[at - 1], entry);
        }
        if columns.is_real(entry) {
            if shelf.is_some_and(|shelf| shelf != columns.shelf[entry]) {
                y += BAND_GAP + BAND_PADDING;
            }
            shelf = Some(columns.shelf[entry]);
        }
        out.push(y);
    }
    out
}

/// Where an entry's neighbours want it, and how strongly. The first rounds look to one side only.
fn wish(field: &Field, entry: usize, round: usize, columns: &Columns) -> (f64, f64) {
    let (mut sum, mut total) = (0.0, 0.0);
    for tie in field.near(entry) {
        if !tie.line || (round < 2 && (columns.layer[tie.other] < columns.layer[entry]) != (round == 0)) {
            continue;
        }
        sum += tie.weight * (field.y[tie.other] - tie.at);
        total += tie.weight;
    }
    if total > 0.0 { (sum / total, total) } else { (field.y[entry], 0.01) }
}

/// Isotonic regression: the heights nearest to the wishes that keep the offsets' gaps, as pools from the top down, each
/// with base, weight and members.
fn pool(wanted: &[(f64, f64)], offsets: &[f64], pools: &mut Vec<(f64, f64, usize)>) {
    pools.clear();
    for (&(y, weight), offset) in wanted.iter().zip(offsets) {
        let mut last = (y - offset, weight, 1);
        while let Some(&(high, v, m)) = pools.last().filter(|pool| pool.0 >= last.0) {
            pools.pop();
            let (low, w, n) = last;
            last = ((low * w + high * v) / (w + v), w + v, n + m);
        }
        pools.push(last);
    }
}

/// The mean of pushing all down and pushing all up keeps every gap, since both do.
fn project(field: &mut Field, order: &[usize], entries: usize) {
    spread_bands(field, entries);
    let guess = field.y.clone();
    for &v in order {
        let least = |y: f64, &(above, gap): &(usize, f64)| y.max(field.y[above] + gap);
        field.y[v] = field.up(v).iter().fold(field.y[v], least);
    }
    let low = std::mem::replace(&mut field.y, guess);
    for &v in order.iter().rev() {
        let most = |y: f64, &(below, gap): &(usize, f64)| y.min(field.y[below] - gap);
        field.y[v] = field.down(v).iter().fold(field.y[v], most);
    }
    for (high, low) in field.y.iter_mut().zip(low) {
        *high = f64::midpoint(*high, low);
    }
    tighten(field, entries);
}

/// Bands begin where their members do, and regions after them.
fn spread_bands(field: &mut Field, entries: usize) {
    for v in entries..field.y.len() {
        let edge = if (v - entries).is_multiple_of(2) {
            field
                .down(v)
                .iter()
                .filter(|link| link.0 < v)
                .map(|&(item, gap)| field.y[item] - gap)
                .reduce(f64::min)
        } else {
            field
                .up(v)
                .iter()
                .filter(|link| link.0 < v)
                .map(|&(item, gap)| field.y[item] + gap)
                .reduce(f64::max)
        };
        field.y[v] = edge.unwrap_or(0.0);
    }
}

/// Draws the bands close round what they hold.
pub(crate) fn tighten(field: &mut Field, entries: usize) {
    for v in entries..field.y.len() {
        if (v - entries).is_multiple_of(2) {
            field.y[v] = field
                .down(v)
                .iter()
                .map(|&(below, gap)| field.y[below] - gap)
                .reduce(f64::min)
                .unwrap_or(0.0);
        } else {
            field.y[v] =
                field.up(v).iter().map(|&(above, gap)| field.y[above] + gap).reduce(f64::max).unwrap_or(0.0);
        }
    }
}

/// All variables, each after those above it.
fn sequence(field: &Field) -> Vec<usize> {
    let n = field.y.len();
    let mut waits: Vec<usize> = (0..n).map(|v| field.up(v).len()).collect();
    let mut order: Vec<usize> = (0..n).filter(|&v| waits[v] == 0).collect();
    let mut at = 0;
    while at < order.len() {
        for &(below, _) in field.down(order[at]) {
            waits[below] -= 1;
            if waits[below] == 0 {
                order.push(below);
            }
        }
        at += 1;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regress(wanted: &[(f64, f64)], offsets: &[f64]) -> Vec<f64> {
        let mut pools = Vec::new();
        pool(wanted, offsets, &mut pools);
        let bases = pools.iter().flat_map(|&(base, _, count)| std::iter::repeat_n(base, count));
        bases.zip(offsets).map(|(base, offset)| base + offset).collect()
    }

    #[test]
    fn wishes_that_collide_meet_in_the_middle() {
        let placed = regress(&[(10.0, 1.0), (10.0, 1.0), (100.0, 1.0)], &[0.0, 20.0, 40.0]);
        assert_eq!(placed, [0.0, 20.0, 100.0]);
    }

    #[test]
    fn a_heavy_wish_hardly_moves() {
        let placed = regress(&[(0.0, 1_000.0), (0.0, 1.0)], &[0.0, 20.0]);
        assert!(placed[0].abs() < 0.03 && (placed[1] - placed[0] - 20.0).abs() < 1e-9);
    }
}
