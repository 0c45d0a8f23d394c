//! Which band or region lies above which. One order for the whole part keeps each whole; items without a band find
//! their room between. Knows crossings, no pixel.

use crate::columns::Columns;
use crate::order::{exchange, merged};
use crate::part::Part;
use crate::sorting::Order as _;

/// Gives each item its shelf from where it stands now: what stands in none by its mean height, and so what stands in a
/// region; above, below and between there is free room.
pub(crate) fn assign(columns: &mut Columns, part: &Part) {
    let mut mean = vec![(0.0, 0.0); part.lands()];
    for item in 0..columns.real {
        for land in part.lands_of(item) {
            let Some(land) = land else { continue };
            mean[land].0 += height(columns, item);
            mean[land].1 += 1.0;
        }
    }
    let heights: Vec<f64> = mean.iter().map(|mean| mean.0 / mean.1).collect();
    let mut order: Vec<usize> = (0..mean.len()).collect();
    order.order_by(|&a, &b| heights[a].total_cmp(&heights[b]));
    // A band's own shelf, a region's first; and the free room below either.
    let (mut first, mut below) = (vec![0; mean.len()], vec![0; mean.len()]);
    let mut next = 0;
    for &land in &order {
        if part.level(land).is_some() {
            continue;
        }
        first[land] = next + 1;
        next += 1;
        for &band in &order {
            if part.level(band) == Some(land) {
                (first[band], below[band]) = (next + 1, next + 2);
                next += 2;
            }
        }
        next += 1;
        below[land] = next;
    }
    for item in 0..columns.real {
        let (own, level) = (height(columns, item), part.region[item]);
        let mut room = level.map_or(0, |region| first[region]);
        for &land in &order {
            if part.level(land) == level && heights[land] < own {
                room = below[land];
            }
        }
        columns.shelf[item] = part.band[item].map_or(room, |band| first[band]);
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

/// What stands in none, or in one region, from the top: its first shelf and how many it has.
fn things(columns: &Columns, part: &Part, level: Option<usize>) -> Vec<(usize, usize)> {
    let mut first = vec![usize::MAX; part.lands()];
    for (item, &shelf) in columns.shelf[..columns.real].iter().enumerate() {
        if let Some(land) = part.home(item) {
            first[land] = first[land].min(shelf);
        }
    }
    // By its first shelf, which it shares with nothing: so they come from the top.
    let mut lengths = vec![0; 2 * first.len() + 1];
    for land in 0..first.len() {
        if part.level(land) == level {
            let mut thing = (first[land], 1);
            for (over, band) in part.over.iter().zip(&first) {
                if *over == Some(land) {
                    thing = (thing.0.min(band - 1), thing.1 + 2);
                }
            }
            lengths[thing.0] = thing.1;
        }
    }
    let mut things = Vec::new();
    for (shelf, length) in lengths.into_iter().enumerate() {
        if length > 0 {
            things.push((shelf, length));
        }
    }
    things
}

/// Tries other shelves: neighbours change places, lone items go above or below a band or a region.
pub(crate) fn improve(columns: &mut Columns, part: &Part) {
    // The work is bounded: in a large picture the first order stands.
    if columns.layer.len() * part.lands() > 6_000 {
        return;
    }
    // The outermost, which is no land's, and one for each region.
    let mut levels: Vec<Option<usize>> = (part.bands.len()..part.lands()).map(Some).collect();
    levels.insert(0, None);
    for _ in 0..3 {
        let before = columns.crossings();
        for &level in &levels {
            let mut things = things(columns, part, level);
            for place in 1..things.len() {
                let ((at, upper), (_, lower)) = (things[place - 1], things[place]);
                if swap(columns, (at, upper), lower) {
                    (things[place - 1].1, things[place]) = (lower, (at + lower + 1, upper));
                }
            }
            let Some(&(first, _)) = things.first() else { continue };
            let mut rooms = vec![first - 1];
            for (shelf, length) in things {
                rooms.push(shelf + length);
            }
            for item in 0..columns.real {
                if part.band[item].is_none() && part.region[item] == level {
                    find_shelf(columns, item, &rooms);
                }
            }
        }
        if columns.crossings() >= before {
            break;
        }
    }
    columns.set_floors();
}

/// Changes what has `upper` shelves from one on with the `lower` ones of the next if that takes crossings away.
fn swap(columns: &mut Columns, (at, upper): (usize, usize), lower: usize) -> bool {
    let saved = columns.stand();
    let before = columns.crossings();
    for shelf in &mut columns.shelf[..columns.real] {
        if (at..=at + upper + lower).contains(shelf) {
            *shelf = match *shelf - at {
                own if own < upper => *shelf + lower + 1,
                own if own > upper => *shelf - upper - 1,
                // The free room between stays between.
                _ => at + lower,
            };
        }
    }
    columns.set_floors();
    settle(columns);
    exchange(columns);
    let better = columns.crossings() < before;
    if !better {
        columns.restore(&saved);
    }
    better
}

/// Tries a lone item in every free room.
fn find_shelf(columns: &mut Columns, item: usize, rooms: &[usize]) {
    let column = columns.layer[item];
    let count = |columns: &mut Columns| {
        columns.crossings_after(column)
            + column.checked_sub(1).map_or(0, |left| columns.crossings_after(left))
    };
    let mut best = (count(columns), columns.order[column].clone(), columns.shelf[item]);
    for &room in rooms {
        columns.shelf[item] = room;
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
