//! Heights that keep all gaps and make the lines as level as can be: a first guess column by column, a fair
//! projection to what is allowed, then moves that push what stands in their way and stay when they pay.

use crate::columns::Columns;
use crate::field::{Field, Tie, gap, tall};
use crate::part::Part;
use crate::tuning::{BAND_GAP, BAND_PADDING};

/// Finds heights for the whole field.
pub(crate) fn solve(field: &mut Field, part: &Part, columns: &Columns) {
    guess(field, part, columns);
    project(field, columns.layer.len());
    let rounds = match columns.layer.len() {
        0..=120 => 14,
        121..=500 => 6,
        501..=2_500 => 2,
        _ => 1,
    };
    let mut mover = Mover::new(field.y.len());
    for round in 0..rounds {
        if !mover.round(field, columns, round % 2 == 1) {
            break;
        }
        tighten(field, columns.layer.len());
    }
}

/// Per column, the nearest heights to the neighbours' mean that keep the gaps; from both sides, some times.
fn guess(field: &mut Field, part: &Part, columns: &Columns) {
    let offsets: Vec<Vec<f64>> =
        columns.columns.iter().map(|column| stacked(part, columns, column)).collect();
    for (column, offsets) in columns.columns.iter().zip(&offsets) {
        let middle = offsets.last().copied().unwrap_or(0.0) / 2.0;
        for (&entry, offset) in column.iter().zip(offsets) {
            field.y[entry] = offset - middle;
        }
    }
    let count = columns.columns.len();
    for round in 0..10 {
        let order: Vec<usize> =
            if round % 2 == 0 { (0..count).collect() } else { (0..count).rev().collect() };
        for column in order {
            let wanted: Vec<(f64, f64)> =
                columns.columns[column].iter().map(|&entry| wish(field, entry, round, columns)).collect();
            let placed = regress(&wanted, &offsets[column]);
            for (&entry, y) in columns.columns[column].iter().zip(placed) {
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
fn project(field: &mut Field, entries: usize) {
    let order = sequence(field);
    spread_bands(field, entries);
    let guess = field.y.clone();
    for &v in &order {
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
        // Whole pixels: halves would differ between gaps that are equal.
        *high = f64::midpoint(*high, low);
    }
    tighten(field, entries);
}

/// Bands begin where their members do.
fn spread_bands(field: &mut Field, entries: usize) {
    for v in entries..field.y.len() {
        let edge = if (v - entries) % 2 == 0 {
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
fn tighten(field: &mut Field, entries: usize) {
    for v in entries..field.y.len() {
        if (v - entries) % 2 == 0 {
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

/// Tries moves and takes back those that do not pay.
struct Mover {
    stamp: u32,
    seen: Vec<u32>,
    /// Height before the trial, by moved variable.
    before: Vec<f64>,
    moved: Vec<usize>,
    work: Vec<usize>,
}

impl Mover {
    fn new(n: usize) -> Self {
        Self { stamp: 0, seen: vec![0; n], before: vec![0.0; n], moved: Vec::new(), work: Vec::new() }
    }

    /// One trial for every entry. Says whether anything moved.
    fn round(&mut self, field: &mut Field, columns: &Columns, reverse: bool) -> bool {
        let count = columns.columns.len();
        let mut changed = false;
        let mut shifts: Vec<(f64, f64)> = Vec::new();
        for step in 0..count {
            let column = if reverse { count - 1 - step } else { step };
            for &entry in &columns.columns[column] {
                wishes(field, entry, &mut shifts);
                for &(shift, _) in &shifts {
                    if shift.abs() > 0.01
                        && (self.attempt(field, entry, shift, true)
                            || self.attempt(field, entry, shift, false))
                    {
                        changed = true;
                        break;
                    }
                }
            }
        }
        changed
    }

    /// Moves an entry, with all that hangs on it by level lines if `whole`, and pushes what is in the way.
    fn attempt(&mut self, field: &mut Field, entry: usize, shift: f64, whole: bool) -> bool {
        self.stamp += 1;
        self.moved.clear();
        self.work.clear();
        self.shift(field, entry, shift);
        if whole {
            let mut at = 0;
            while at < self.moved.len() && self.moved.len() < 80 {
                let v = self.moved[at];
                at += 1;
                for step in 0..field.tied[v].len() {
                    let tie = field.ties[field.tied[v][step]];
                    let other = if tie.a == v { tie.b } else { tie.a };
                    // `v` has moved by now, so what was level is off by just the shift.
                    let was = field.off(&tie) + if tie.a == v { -shift } else { shift };
                    if tie.line && self.seen[other] != self.stamp && was.abs() < 0.01 {
                        self.shift(field, other, shift);
                    }
                }
            }
        }
        self.push(field, shift > 0.0);
        if self.gain(field) > 1e-6 {
            return true;
        }
        for &v in &self.moved {
            field.y[v] = self.before[v];
        }
        false
    }

    fn shift(&mut self, field: &mut Field, v: usize, by: f64) {
        if self.seen[v] != self.stamp {
            self.seen[v] = self.stamp;
            self.before[v] = field.y[v];
            self.moved.push(v);
        }
        field.y[v] += by;
        self.work.push(v);
    }

    fn push(&mut self, field: &mut Field, down: bool) {
        while let Some(v) = self.work.pop() {
            let count = if down { field.down[v].len() } else { field.up[v].len() };
            for step in 0..count {
                let (other, gap) = if down { field.down[v][step] } else { field.up[v][step] };
                let room =
                    if down { field.y[other] - field.y[v] - gap } else { field.y[v] - field.y[other] - gap };
                if room < -1e-9 {
                    self.shift(field, other, if down { -room } else { room });
                }
            }
        }
    }

    fn gain(&self, field: &Field) -> f64 {
        let mut gain = 0.0;
        for &v in &self.moved {
            for &index in &field.tied[v] {
                let tie = &field.ties[index];
                let both = self.seen[tie.a] == self.stamp && self.seen[tie.b] == self.stamp;
                if both && v == tie.b {
                    continue;
                }
                let now = field.off(tie);
                let old =
                    |end: usize| if self.seen[end] == self.stamp { self.before[end] } else { field.y[end] };
                let was = old(tie.a) + tie.a_at - old(tie.b) - tie.b_at;
                gain += cost(tie, was) - cost(tie, now);
            }
        }
        gain
    }
}

/// What a tie costs that is off by so much: a level line is worth something of its own.
fn cost(tie: &Tie, off: f64) -> f64 {
    let off = off.abs();
    let bend = if tie.line && off > 0.01 { 10.0 } else { 0.0 };
    tie.weight * (off + off * off / 1_200.0 + bend)
}

/// Shifts worth a trial: the middle of all wishes first, then each of the strongest.
fn wishes(field: &Field, entry: usize, shifts: &mut Vec<(f64, f64)>) {
    shifts.clear();
    for &index in &field.tied[entry] {
        let tie = &field.ties[index];
        let off = field.off(tie);
        shifts.push((if tie.a == entry { -off } else { off }, tie.weight));
    }
    if shifts.is_empty() {
        return;
    }
    shifts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = shifts.iter().map(|shift| shift.1).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let mut middle = shifts[shifts.len() - 1].0;
    for at in 0..shifts.len() {
        sum += shifts[at].1;
        if sum > half + 1e-9 {
            middle = shifts[at].0;
            break;
        }
        if (sum - half).abs() <= 1e-9 && at + 1 < shifts.len() {
            middle = f64::midpoint(shifts[at].0, shifts[at + 1].0);
            break;
        }
    }
    shifts.sort_by(|a, b| b.1.total_cmp(&a.1));
    shifts.truncate(4);
    shifts.insert(0, (middle, 0.0));
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
