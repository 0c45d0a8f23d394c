//! The order in each column: few crossings, bands whole. Sweeps by barycentre and median from both sides, exchange
//! of neighbours, restarts, and sifting where the picture is small enough. Knows no pixel.

use crate::sorting::Order as _;

use crate::columns::Columns;
use crate::part::Part;
use crate::shelves;
use crate::sift;

/// Entries above which fewer rounds must do.
const LARGE: usize = 2_000;
/// Items up to which changes by chance are worth their time: above, sifting gives more for it.
const FEW: usize = 400;
/// Items above which long links are not sifted as a whole without end.
const MANY: usize = 1_500;

/// Puts every column in order and, where there are bands or regions, gives each entry its shelf.
pub(crate) fn arrange(columns: &mut Columns, part: &Part, weight: &[f64]) {
    let shelved = (1..columns.real).any(|item| part.home(item) != part.home(0));
    if shelved {
        let restarts = if columns.real <= FEW { 2 } else { 1 };
        improve(columns, restarts);
        shelves::assign(columns, part);
        improve(columns, restarts);
        shelves::improve(columns, part);
    }
    let (restarts, work) = match columns.real {
        0..=150 => (4, 400_000),
        151..=FEW => (2, 400_000),
        401..=MANY => (1, 12_000_000),
        _ => (1, 1_500_000),
    };
    improve(columns, restarts);
    sift::all(columns, work, if columns.real <= MANY { usize::MAX } else { work });
    turn_over(columns, part, weight);
}

/// Takes out crossings that no sweep finds. Small pictures are worth more of it: people read every line of them.
pub(crate) fn polish(columns: &mut Columns) {
    let work = match columns.real {
        0..=60 => 300,
        61..=150 => 600,
        151..=FEW => 1_800,
        _ => 0,
    };
    sift::polish(columns, work * 1_000);
}

/// Upside down is as good by crossings: strangers belong below the bands, and what carries most belongs on top.
fn turn_over(columns: &mut Columns, part: &Part, weight: &[f64]) {
    let (mut strangers, mut heavy) = (0.0, 0.0);
    for column in &columns.order {
        let items: Vec<usize> = column.iter().copied().filter(|&entry| columns.is_real(entry)).collect();
        for (place, &item) in items.iter().enumerate() {
            let low = place as f64 * 2.0 - (items.len() - 1) as f64;
            strangers += if part.home(item).is_none() && part.lands() > 0 { low } else { 0.0 };
            heavy += low * weight[item];
        }
    }
    if strangers > 0.0 || (strangers == 0.0 && heavy <= 0.0) {
        return;
    }
    columns.order.iter_mut().for_each(|column| column.reverse());
    for shelf in &mut columns.shelf[..columns.real] {
        *shelf = 2 * part.lands() - *shelf;
    }
    if columns.floors.is_empty() {
        (0..columns.order.len()).for_each(|column| columns.renumber(column));
    } else {
        let foot = columns.floors[columns.floors.len() - 1];
        columns.height.iter_mut().for_each(|height| *height = foot - *height);
        columns.set_floors();
    }
    // Rows of a card did not turn over with it: what hangs on them sorts itself again.
    let saved = (columns.crossings(), columns.stand());
    descend(columns, false);
    if columns.crossings() > saved.0 {
        columns.restore(&saved.1);
    }
}

/// A fixed sequence of numbers that look like chance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) const fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.next() % n as u64) as usize }
    }
}

fn improve(columns: &mut Columns, restarts: usize) {
    let mut chance = Chance::new(7);
    let mut best = (columns.crossings(), columns.stand());
    for turn in 0..restarts {
        match turn {
            0 => {}
            1 if columns.floors.is_empty() => walk(columns),
            _ => shake(columns, &mut chance),
        }
        descend(columns, turn % 2 == 1);
        let found = columns.crossings();
        if found < best.0 {
            best.0 = found;
            columns.note(&mut best.1);
        }
        if best.0 == 0 {
            break;
        }
    }
    columns.restore(&best.1);
}

/// Sweeps to and fro until three rounds bring nothing.
fn descend(columns: &mut Columns, median: bool) {
    let last = columns.order.len().saturating_sub(1);
    let mut best = (u64::MAX, columns.stand());
    let mut idle = 0;
    let rounds = if columns.layer.len() > LARGE { 6 } else { 16 };
    for round in 0..rounds {
        let flip = round % 4 > 1;
        if round % 2 == 0 {
            (1..=last).for_each(|column| reorder(columns, column, true, (median, flip)));
        } else {
            (0..last).rev().for_each(|column| reorder(columns, column, false, (median, flip)));
        }
        exchange(columns);
        let found = columns.crossings();
        if found < best.0 {
            best.0 = found;
            columns.note(&mut best.1);
            idle = 0;
        } else {
            idle += 1;
        }
        if idle > 2 || best.0 == 0 {
            break;
        }
    }
    columns.restore(&best.1);
}

/// Sorts one column by where its neighbours on one side stand.
fn reorder(columns: &mut Columns, column: usize, left: bool, (median, flip): (bool, bool)) {
    let other = if left { column - 1 } else { column + 1 };
    let scale = columns.order[other].len() as f64 / columns.order[column].len().max(1) as f64;
    let mut heights: Vec<(f64, f64)> = Vec::new();
    let mut keyed: Vec<(f64, usize)> = Vec::with_capacity(columns.order[column].len());
    for &entry in &columns.order[column] {
        columns.heights(entry, left, &mut heights);
        let own = if columns.floors.is_empty() {
            columns.place[entry] as f64 * scale
        } else {
            columns.height[entry]
        };
        keyed.push((key(&mut heights, median).unwrap_or(own), entry));
    }
    if flip {
        // Equal ones change places every other time, which frees the sweep from a standstill.
        keyed.reverse();
    }
    columns.order[column] = merged(columns, &keyed);
    for &(key, entry) in keyed.iter().filter(|entry| entry.1 >= columns.real) {
        columns.height[entry] = key;
    }
    columns.renumber(column);
}

fn key(heights: &mut [(f64, f64)], median: bool) -> Option<f64> {
    if heights.is_empty() {
        return None;
    }
    if median {
        heights.order_by(|a, b| a.0.total_cmp(&b.0));
        let half = heights.len() / 2;
        let middle = heights[half].0;
        return Some(if heights.len() % 2 == 1 {
            middle
        } else {
            f64::midpoint(heights[half - 1].0, middle)
        });
    }
    let (mut sum, mut count) = (0.0, 0.0);
    for &(height, lines) in &*heights {
        sum += height * lines;
        count += lines;
    }
    Some(sum / count)
}

/// Items by shelf and then by key; the stand-ins between them where their keys belong.
pub(crate) fn merged(columns: &Columns, keyed: &[(f64, usize)]) -> Vec<usize> {
    let mut items: Vec<(f64, usize)> =
        keyed.iter().copied().filter(|entry| columns.is_real(entry.1)).collect();
    if !columns.floors.is_empty() {
        for (key, item) in &mut items {
            let shelf = columns.shelf[*item].min(columns.floors.len() - 2);
            *key = key.max(columns.floors[shelf]).min(columns.floors[shelf + 1]);
        }
        items.order_by(|a, b| columns.shelf[a.1].cmp(&columns.shelf[b.1]).then(a.0.total_cmp(&b.0)));
    }
    let mut all = items;
    all.extend(keyed.iter().copied().filter(|entry| !columns.is_real(entry.1)));
    all.order_by(|a, b| a.0.total_cmp(&b.0));
    all.into_iter().map(|entry| entry.1).collect()
}

/// Swaps neighbours while that takes crossings away; only columns beside a change are looked at again.
pub(crate) fn exchange(columns: &mut Columns) {
    let n = columns.order.len();
    let mut dirty = vec![true; n];
    let rounds = if columns.layer.len() > LARGE { 3 } else { 12 };
    for _ in 0..rounds {
        let mut changed = false;
        for column in 0..n {
            if !std::mem::replace(&mut dirty[column], false) {
                continue;
            }
            let mut here = false;
            for at in 1..columns.order[column].len() {
                let (a, b) = (columns.order[column][at - 1], columns.order[column][at]);
                if columns.may_stand(b, a) && gain(columns, a, b) > 0 {
                    columns.order[column].swap(at - 1, at);
                    columns.place[a] = at;
                    columns.place[b] = at - 1;
                    here = true;
                }
            }
            if here {
                changed = true;
                columns.renumber(column);
                dirty[column.saturating_sub(1)..=(column + 1).min(n - 1)].fill(true);
            }
        }
        if !changed {
            break;
        }
    }
}

/// Crossings that go when `a`, now above `b`, comes to stand below it.
fn gain(columns: &Columns, a: usize, b: usize) -> i32 {
    let mut gain = 0;
    for left in [true, false] {
        for over in columns.beside(a, left) {
            let place = columns.place[over.entry()];
            for under in columns.beside(b, left) {
                let other = columns.place[under.entry()];
                if place > other {
                    gain += over.count * under.count;
                } else if place < other {
                    gain -= over.count * under.count;
                }
            }
        }
    }
    gain
}

/// A start by depth-first walk from the left, so that what hangs together lies together.
fn walk(columns: &mut Columns) {
    let n = columns.layer.len();
    let mut seen = vec![false; n];
    let mut keyed: Vec<Vec<(f64, usize)>> = vec![Vec::new(); columns.order.len()];
    let mut roots: Vec<usize> = (0..n).collect();
    roots.order_by_key(|&entry| (columns.shelf.get(entry).copied(), columns.layer[entry], entry));
    for root in roots {
        let mut stack = vec![root];
        while let Some(entry) = stack.pop() {
            if std::mem::replace(&mut seen[entry], true) {
                continue;
            }
            let column = &mut keyed[columns.layer[entry]];
            column.push((column.len() as f64, entry));
            for left in [true, false] {
                stack.extend(
                    columns.beside(entry, left).iter().map(|next| next.entry()).filter(|&next| !seen[next]),
                );
            }
        }
    }
    for (column, keyed) in keyed.into_iter().enumerate() {
        columns.order[column] = merged(columns, &keyed);
        columns.renumber(column);
    }
}

fn shake(columns: &mut Columns, chance: &mut Chance) {
    for column in 0..columns.order.len() {
        let len = columns.order[column].len();
        let keyed: Vec<(f64, usize)> = columns.order[column]
            .iter()
            .map(|&entry| (columns.height[entry] + chance.below(1 + len) as f64 * 0.8, entry))
            .collect();
        columns.order[column] = merged(columns, &keyed);
        columns.renumber(column);
    }
}
