//! Heights that keep all gaps and make the lines as level as can be: a first guess column by column, a fair
//! projection to what is allowed, then moves that push what stands in their way and stay when they pay.

use crate::columns::Columns;
use crate::field::{Field, gap, tall};
use crate::mover::Mover;
use crate::part::Part;
use crate::tuning::{BAND_GAP, BAND_PADDING};

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
    for round in 0..10 {
        let order: Vec<usize> =
            if round % 2 == 0 { (0..count).collect() } else { (0..count).rev().collect() };
        for column in order {
            let wanted: Vec<(f64, f64)> =
                columns.order[column].iter().map(|&entry| wish(field, entry, round, columns)).collect();
            let placed = regress(&wanted, &offsets[column]);
            for (&entry, y) in columns.order[column].iter().zip(placed) {
                field.y[entry] = y;
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
    for &index in &field.tied[entry] {
        let tie = &field.ties[index];
        let other = if tie.a == entry { tie.b } else { tie.a };
        if !tie.line || (round < 2 && (columns.layer[other] < columns.layer[entry]) != (round == 0)) {
            continue;
        }
        let off = field.off(tie);
        sum += tie.weight * (field.y[entry] + if tie.a == entry { -off } else { off });
        total += tie.weight;
    }
    if total > 0.0 { (sum / total, total) } else { (field.y[entry], 0.01) }
}

/// Isotonic regression: the heights nearest to the wishes that keep the offsets' gaps.
pub(crate) fn regress(wanted: &[(f64, f64)], offsets: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (&(y, weight), offset) in wanted.iter().zip(offsets) {
        pools.push((y - offset, weight, 1));
        while pools.len() > 1 && pools[pools.len() - 2].0 >= pools[pools.len() - 1].0 {
            let (low, w, n) = pools.pop().expect("the loop saw two pools");
            let (high, v, m) = pools.pop().expect("the loop saw two pools");
            pools.push(((low * w + high * v) / (w + v), w + v, n + m));
        }
    }
    let bases = pools.iter().flat_map(|&(base, _, count)| std::iter::repeat_n(base, count));
    bases.zip(offsets).map(|(base, offset)| base + offset).collect()
}

/// The mean of pushing all down and pushing all up keeps every gap, since both do.
fn project(field: &mut Field, order: &[usize], entries: usize) {
    spread_bands(field, entries);
    let guess = field.y.clone();
    for &v in order {
        for at in 0..field.up[v].len() {
            let (above, gap) = field.up[v][at];
            field.y[v] = field.y[v].max(field.y[above] + gap);
        }
    }
    let low = std::mem::replace(&mut field.y, guess);
    for &v in order.iter().rev() {
        for at in 0..field.down[v].len() {
            let (below, gap) = field.down[v][at];
            field.y[v] = field.y[v].min(field.y[below] - gap);
        }
    }
    for (high, low) in field.y.iter_mut().zip(low) {
        *high = f64::midpoint(*high, low);
    }
    tighten(field, entries);
}

/// Bands begin where their members do.
fn spread_bands(field: &mut Field, entries: usize) {
    for v in entries..field.y.len() {
        let edge = if (v - entries).is_multiple_of(2) {
            field.down[v]
                .iter()
                .filter(|link| link.0 < entries)
                .map(|&(item, gap)| field.y[item] - gap)
                .reduce(f64::min)
        } else {
            field.up[v]
                .iter()
                .filter(|link| link.0 < entries)
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
            field.y[v] = field.down[v]
                .iter()
                .map(|&(below, gap)| field.y[below] - gap)
                .reduce(f64::min)
                .unwrap_or(0.0);
        } else {
            field.y[v] =
                field.up[v].iter().map(|&(above, gap)| field.y[above] + gap).reduce(f64::max).unwrap_or(0.0);
        }
    }
}

/// All variables, each after those above it.
fn sequence(field: &Field) -> Vec<usize> {
    let mut waits: Vec<usize> = field.up.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..field.y.len()).filter(|&v| waits[v] == 0).collect();
    let mut at = 0;
    while at < order.len() {
        for &(below, _) in &field.down[order[at]] {
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
