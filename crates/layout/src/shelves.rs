//! Which band lies above which. One order for the whole part keeps every band whole; items without a band find
//! their room between. Knows crossings, no pixel.

use crate::columns::Columns;
use crate::order::{exchange, merged};
use crate::sorting::Order as _;

/// Gives each item its shelf from where it stands now: bands by their mean height, odd numbers from the top down.
pub(crate) fn assign(columns: &mut Columns, band: &[Option<usize>], bands: usize) {
    let mut mean = vec![(0.0, 0.0); bands];
    for (item, band) in band.iter().enumerate() {
        if let Some(band) = *band {
            mean[band].0 += height(columns, item);
            mean[band].1 += 1.0;
        }
    }
    let mut order: Vec<usize> = (0..bands).collect();
    order.order_by(|&a, &b| (mean[a].0 / mean[a].1).total_cmp(&(mean[b].0 / mean[b].1)));
    let heights: Vec<f64> = order.iter().map(|&b| mean[b].0 / mean[b].1).collect();
    let mut shelf_of = vec![0; bands];
    for (place, &band) in order.iter().enumerate() {
        shelf_of[band] = 2 * place + 1;
    }
    for (item, band) in band.iter().enumerate() {
        let own = height(columns, item);
        columns.shelf[item] = match *band {
            Some(band) => shelf_of[band],
            None => 2 * heights.iter().filter(|&&height| height < own).count(),
        };
    }
    let foot: f64 = columns.order.iter().map(Vec::len).max().unwrap_or(0) as f64;
    for entry in columns.real..columns.layer.len() {
        let column = columns.order[columns.layer[entry]].len();
        columns.height[entry] = (columns.place[entry] as f64 + 0.5) / column as f64 * foot;
    }
    columns.set_floors();
    settle(columns);
}

/// Height of an item in its column from 0 to 1.
fn height(columns: &Columns, item: usize) -> f64 {
    (columns.place[item] as f64 + 0.5) / columns.order[columns.layer[item]].len() as f64
}

/// Sorts every column by shelf, keeping the rest of its order.
fn settle(columns: &mut Columns) {
    for column in 0..columns.order.len() {
        let keyed: Vec<(f64, usize)> =
            columns.order[column].iter().map(|&entry| (columns.height[entry], entry)).collect();
        columns.order[column] = merged(columns, &keyed);
        columns.renumber(column);
    }
}

/// Tries other shelves: neighbouring bands change places, lone items go above or below a band.
pub(crate) fn improve(columns: &mut Columns, band: &[Option<usize>], bands: usize) {
    let free: Vec<usize> = (0..columns.real).filter(|&item| band[item].is_none()).collect();
    // The work is bounded: in a large picture the first order stands.
    if columns.layer.len() * bands > 6_000 {
        return;
    }
    for _ in 0..3 {
        let before = columns.crossings();
        for place in 1..bands {
            swap_bands(columns, 2 * place - 1);
        }
        for &item in &free {
            find_shelf(columns, item, bands);
        }
        if columns.crossings() >= before {
            break;
        }
    }
    columns.set_floors();
}

/// Changes a band with the next one if that takes crossings away.
fn swap_bands(columns: &mut Columns, upper: usize) {
    let saved = columns.stand();
    let before = columns.crossings();
    for shelf in &mut columns.shelf[..columns.real] {
        if *shelf == upper {
            *shelf = upper + 2;
        } else if *shelf == upper + 2 {
            *shelf = upper;
        }
    }
    columns.set_floors();
    settle(columns);
    exchange(columns);
    if columns.crossings() >= before {
        columns.restore(&saved);
    }
}

/// Tries a lone item above and below every band of its column.
fn find_shelf(columns: &mut Columns, item: usize, bands: usize) {
    let column = columns.layer[item];
    let count = |columns: &mut Columns| {
        columns.crossings_after(column)
            + column.checked_sub(1).map_or(0, |left| columns.crossings_after(left))
    };
    let mut best = (count(columns), columns.order[column].clone(), columns.shelf[item]);
    for place in 0..=bands {
        columns.shelf[item] = 2 * place;
        let keyed: Vec<(f64, usize)> =
            columns.order[column].iter().map(|&entry| (columns.height[entry], entry)).collect();
        columns.order[column] = merged(columns, &keyed);
        columns.renumber(column);
        let found = count(columns);
        if found < best.0 {
            best = (found, columns.order[column].clone(), columns.shelf[item]);
        }
    }
    columns.shelf[item] = best.2;
    columns.order[column] = best.1;
    columns.renumber(column);
}
