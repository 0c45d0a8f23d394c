//! Sifting: each entry tries every place of its column and takes the best; long links also try it as a whole.
//! Knows crossings only.

use crate::columns::Columns;
use crate::order::{exchange, gain};
use crate::sorting::Order as _;

/// Rounds over all entries until one brings nothing.
pub(crate) fn all(columns: &mut Columns) {
    for _ in 0..4 {
        let before = columns.crossings();
        if before == 0 {
            return;
        }
        for column in 0..columns.order.len() {
            let mut entries = columns.order[column].clone();
            entries.order_by_key(|&entry| {
                std::cmp::Reverse(columns.left[entry].len() + columns.right[entry].len())
            });
            for entry in entries {
                one(columns, entry);
            }
        }
        for link in 0..columns.chain.len() {
            whole(columns, link);
        }
        exchange(columns);
        if columns.crossings() >= before {
            return;
        }
    }
}

/// Moves one entry to the place with the fewest crossings.
fn one(columns: &mut Columns, entry: usize) {
    let column = columns.layer[entry];
    let start = columns.place[entry];
    let (mut best, mut best_gain) = (start, 0);
    let mut sum = 0;
    for at in (0..start).rev() {
        let above = columns.order[column][at];
        if !columns.may_stand(entry, above) {
            break;
        }
        sum += gain(columns, above, entry);
        if sum > best_gain {
            (best, best_gain) = (at, sum);
        }
    }
    sum = 0;
    for at in start + 1..columns.order[column].len() {
        let below = columns.order[column][at];
        if !columns.may_stand(below, entry) {
            break;
        }
        sum += gain(columns, entry, below);
        if sum > best_gain {
            (best, best_gain) = (at, sum);
        }
    }
    if best != start {
        columns.order[column].remove(start);
        columns.order[column].insert(best, entry);
        columns.renumber(column);
    }
}

/// Takes all stand-ins of a link out and sets them in again one by one from either end; kept only when it is better.
fn whole(columns: &mut Columns, link: usize) {
    if columns.chain[link].len() < 2 {
        return;
    }
    let chain = columns.chain[link].clone();
    let touched: Vec<usize> = chain.iter().map(|&entry| columns.layer[entry]).collect();
    let saved: Vec<Vec<usize>> = touched.iter().map(|&column| columns.order[column].clone()).collect();
    let (first, last) = (touched[0].saturating_sub(1), touched[touched.len() - 1]);
    let count = |columns: &Columns| (first..=last).map(|column| columns.crossings_after(column)).sum::<u64>();
    let before = count(columns);
    let mut best = (before, saved.clone());
    for reverse in [false, true] {
        follow(columns, &chain, reverse);
        for &entry in &chain {
            one(columns, entry);
        }
        let found = count(columns);
        if found < best.0 {
            best = (found, touched.iter().map(|&column| columns.order[column].clone()).collect());
        }
        for (&column, order) in touched.iter().zip(&saved) {
            columns.order[column].clone_from(order);
            columns.renumber(column);
        }
    }
    for (&column, order) in touched.iter().zip(&best.1) {
        columns.order[column].clone_from(order);
        columns.renumber(column);
    }
}

/// Sets each stand-in as high in its column as the one before it stands in its own.
fn follow(columns: &mut Columns, chain: &[usize], reverse: bool) {
    let steps: Vec<usize> = if reverse { chain.iter().rev().copied().collect() } else { chain.to_vec() };
    for entry in steps {
        let Some((other, _)) = columns.beside(entry, !reverse).next() else { continue };
        let column = columns.layer[entry];
        let (here, there) = (columns.order[column].len(), columns.order[columns.layer[other]].len());
        let place = (columns.place[other] * here / there.max(1)).min(here - 1);
        let start = columns.place[entry];
        columns.order[column].remove(start);
        columns.order[column].insert(place, entry);
        columns.renumber(column);
    }
}
