//! Moves that make lines level: an entry, or all that hangs on it, goes where its lines want it and pushes what is in
//! the way; what does not pay is taken back. Knows the field, no card. Work is counted, not timed, so that every
//! machine does the same.

use crate::sorting::Order as _;
use std::collections::BinaryHeap;

use crate::columns::Columns;
use crate::field::{Field, Near};
use crate::heights::tighten;

/// Variables looked at in one run, at most.
const BUDGET: usize = 300_000;

/// Tries moves and takes back those that do not pay.
pub(crate) struct Mover {
    entries: usize,
    /// Place of each variable in an order in which none comes before what lies above it.
    rank: Vec<usize>,
    stamp: u32,
    seen: Vec<u32>,
    /// Height before the trial, by moved variable.
    before: Vec<f64>,
    moved: Vec<usize>,
    heap: BinaryHeap<(usize, usize)>,
    /// A trial that would move more than this is given up.
    most: usize,
    left: usize,
}

impl Mover {
    pub(crate) fn new(sequence: &[usize], entries: usize) -> Self {
        let n = sequence.len();
        let mut rank = vec![0; n];
        for (place, &v) in sequence.iter().enumerate() {
            rank[v] = place;
        }
        Self {
            entries,
            rank,
            stamp: 0,
            seen: vec![0; n],
            before: vec![0.0; n],
            moved: Vec::new(),
            heap: BinaryHeap::new(),
            most: (60_000 / n.max(1)).max(48),
            left: BUDGET,
        }
    }

    /// Rounds in both directions until one brings nothing or the work is used up.
    pub(crate) fn run(&mut self, field: &mut Field, columns: &Columns) {
        let rounds = if self.entries <= 120 { 12 } else { 4 };
        for round in 0..rounds {
            if !self.round(field, columns, round % 2 == 1) || self.left == 0 {
                break;
            }
            tighten(field, self.entries);
        }
    }

    /// One trial for every entry. Says whether anything moved.
    fn round(&mut self, field: &mut Field, columns: &Columns, reverse: bool) -> bool {
        let count = columns.order.len();
        let tries = if self.entries <= 400 { 4 } else { 1 };
        let mut changed = false;
        let mut shifts: Vec<(f64, f64)> = Vec::new();
        for step in 0..count {
            let column = if reverse { count - 1 - step } else { step };
            for &entry in &columns.order[column] {
                wishes(field, entry, tries, &mut shifts);
                for &(shift, _) in &shifts {
                    let moves = shift.abs() > 0.01 && self.left > 0;
                    if moves && self.attempt(field, entry, shift) {
                        changed = true;
                        break;
                    }
                }
            }
        }
        changed
    }

    /// Moves an entry, with all that hangs on it by level lines, or else by itself.
    fn attempt(&mut self, field: &mut Field, entry: usize, shift: f64) -> bool {
        self.start(field, entry, shift);
        let mut at = 0;
        while at < self.moved.len() && self.moved.len() < 80 {
            let v = self.moved[at];
            at += 1;
            for step in 0..field.near(v).len() {
                let Near { other, at, line, .. } = field.near(v)[step];
                // `v` has moved by now, so what was level is off by just the shift.
                let was = field.y[v] + at - field.y[other] - shift;
                if line && self.seen[other] != self.stamp && was.abs() < 0.01 {
                    self.shift(field, other, shift, shift > 0.0);
                }
            }
        }
        let alone = self.moved.len() == 1;
        self.ends_well(field, shift)
            || (!alone && {
                self.start(field, entry, shift);
                self.ends_well(field, shift)
            })
    }

    fn start(&mut self, field: &mut Field, entry: usize, shift: f64) {
        self.stamp += 1;
        self.moved.clear();
        self.heap.clear();
        self.shift(field, entry, shift, shift > 0.0);
    }

    /// Pushes what is in the way, and takes all back if that does not pay.
    fn ends_well(&mut self, field: &mut Field, shift: f64) -> bool {
        // What does not pay before anything is pushed hardly ever pays after.
        let pays = self.gain(field) > 1e-6 && self.push(field, shift > 0.0) && self.gain(field) > 1e-6;
        self.left = self.left.saturating_sub(self.moved.len() + 4);
        if !pays {
            for &v in &self.moved {
                field.y[v] = self.before[v];
            }
        }
        pays
    }

    fn shift(&mut self, field: &mut Field, v: usize, by: f64, down: bool) {
        if self.seen[v] != self.stamp {
            self.seen[v] = self.stamp;
            self.before[v] = field.y[v];
            self.moved.push(v);
        }
        field.y[v] += by;
        self.heap.push((if down { usize::MAX - self.rank[v] } else { self.rank[v] }, v));
    }

    /// Moves on what is in the way, in an order in which each is final when its turn comes.
    fn push(&mut self, field: &mut Field, down: bool) -> bool {
        while let Some((_, v)) = self.heap.pop() {
            let count = if down { field.down(v).len() } else { field.up(v).len() };
            for step in 0..count {
                let (other, gap) = if down { field.down(v)[step] } else { field.up(v)[step] };
                let room =
                    if down { field.y[other] - field.y[v] - gap } else { field.y[v] - field.y[other] - gap };
                if room < -1e-9 {
                    self.shift(field, other, if down { -room } else { room }, down);
                }
            }
            if self.moved.len() > self.most {
                return false;
            }
        }
        true
    }

    fn gain(&self, field: &Field) -> f64 {
        let mut gain = 0.0;
        for &v in &self.moved {
            let (own, old) = (field.y[v], self.before[v]);
            for tie in field.near(v) {
                let now = field.y[tie.other];
                let mut was = now;
                if self.seen[tie.other] == self.stamp {
                    // Both ends have moved: it counts once.
                    if tie.other < v {
                        continue;
                    }
                    was = self.before[tie.other];
                }
                gain += cost(tie, old + tie.at - was) - cost(tie, own + tie.at - now);
            }
        }
        gain
    }
}

/// What a tie costs that is off by so much: a level line is worth something of its own.
fn cost(tie: &Near, off: f64) -> f64 {
    let off = off.abs();
    let bend = if tie.line && off > 0.01 { 10.0 } else { 0.0 };
    tie.weight * (off + off * off / 1_200.0 + bend)
}

/// Shifts worth a trial: the middle of all wishes first, then each of the strongest.
fn wishes(field: &Field, entry: usize, tries: usize, shifts: &mut Vec<(f64, f64)>) {
    shifts.clear();
    for tie in field.near(entry) {
        shifts.push((field.y[tie.other] - tie.at - field.y[entry], tie.weight));
    }
    if shifts.is_empty() {
        return;
    }
    shifts.order_by(|a, b| a.0.total_cmp(&b.0));
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
    shifts.order_by(|a, b| b.1.total_cmp(&a.1));
    shifts.truncate(tries);
    shifts.insert(0, (middle, 0.0));
}
