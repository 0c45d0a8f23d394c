//! Sifting: each entry tries every place of its column and takes the best, long links as a whole too; then changes
//! by chance, of which those stay that are no worse. Knows crossings only. The loops are plain on purpose: the page is
//! compiled to be small, and there iterators are slow.

use crate::columns::{Beside, Columns};
use crate::order::{Chance, exchange};

/// Neighbours that follow an entry, at most.
const NEAR_MOST: usize = 8;

/// Places that an entry looks up and down its column.
const REACH: usize = 200;

/// Sifts entry by entry, with room for what is known of the columns beside.
#[derive(Debug, Default)]
struct Sifter {
    /// By entry beside: lines of the entry looked at that end above it, less those that end below.
    above: Vec<i32>,
    /// Neighbours and places looked at.
    work: usize,
    /// Moves made: column, from, to.
    trail: Vec<(usize, usize, usize)>,
    /// Room for what a kick sets elsewhere and for what follows.
    kicked: Vec<usize>,
    near: Vec<Beside>,
}

/// Rounds over all entries until one brings nothing or the work is used up; long links may have more of it.
pub(crate) fn all(columns: &mut Columns, work: usize, whole: usize) {
    let mut sifter = Sifter::default();
    loop {
        let before = columns.crossings();
        if before == 0 {
            return;
        }
        for column in 0..columns.order.len() {
            for entry in columns.order[column].clone() {
                if sifter.work < work {
                    sifter.one(columns, entry);
                }
            }
            sifter.trail.clear();
        }
        for link in 0..columns.chain.len() {
            if sifter.work < whole {
                sifter.whole(columns, link);
            }
        }
        columns.renumber_all();
        exchange(columns);
        if columns.crossings() >= before || sifter.work > work {
            return;
        }
    }
}

/// Tries changes by chance until the work is used up.
pub(crate) fn polish(columns: &mut Columns, work: usize) {
    let mut sifter = Sifter::default();
    let mut chance = Chance::new(11);
    let mut left = columns.crossings().cast_signed();
    while left > 0 && sifter.work < work {
        left -= sifter.kick(columns, &mut chance);
    }
    columns.renumber_all();
}

impl Sifter {
    /// Moves one entry to the place with the fewest crossings. Says how many go.
    fn one(&mut self, columns: &mut Columns, entry: usize) -> i64 {
        let (column, start) = (columns.layer[entry], columns.place[entry]);
        self.look(columns, entry);
        let order = &columns.order[column];
        let (mut best, mut best_gain) = (start, 0);
        let (mut sum, mut at) = (0, start);
        let (first, last) = (start.saturating_sub(REACH), order.len().min(start + REACH));
        while at > first && columns.may_stand(entry, order[at - 1]) {
            at -= 1;
            sum += self.gain(columns, order[at]);
            if sum > best_gain {
                (best, best_gain) = (at, sum);
            }
        }
        (sum, at) = (0, start + 1);
        while at < last && columns.may_stand(order[at], entry) {
            sum -= self.gain(columns, order[at]);
            if sum > best_gain {
                (best, best_gain) = (at, sum);
            }
            at += 1;
        }
        self.shift(columns, column, start, best);
        best_gain
    }

    /// Moves an entry to a place, or as near to it as bands allow. Says how many crossings go.
    fn put(&mut self, columns: &mut Columns, entry: usize, place: usize) -> i64 {
        let (column, start) = (columns.layer[entry], columns.place[entry]);
        self.look(columns, entry);
        let order = &columns.order[column];
        let (mut at, mut gain) = (start, 0);
        while at > place && columns.may_stand(entry, order[at - 1]) {
            at -= 1;
            gain += self.gain(columns, order[at]);
        }
        while at < place && columns.may_stand(order[at + 1], entry) {
            at += 1;
            gain -= self.gain(columns, order[at]);
        }
        self.shift(columns, column, start, at);
        gain
    }

    fn shift(&mut self, columns: &mut Columns, column: usize, from: usize, to: usize) {
        if from != to {
            self.trail.push((column, from, to));
            columns.shift(column, from, to);
        }
    }

    fn undo(&mut self, columns: &mut Columns) {
        while let Some((column, from, to)) = self.trail.pop() {
            columns.shift(column, to, from);
        }
    }

    /// Notes, for every entry of the columns beside, how the entry's own lines lie to it.
    fn look(&mut self, columns: &Columns, entry: usize) {
        self.above.resize(columns.layer.len(), 0);
        let column = columns.layer[entry];
        for left in [true, false] {
            let next = if left { column.wrapping_sub(1) } else { column + 1 };
            let Some(order) = columns.order.get(next) else { continue };
            for &other in order {
                self.above[other] = 0;
            }
            let ends = columns.beside(entry, left);
            if ends.is_empty() {
                continue;
            }
            let mut below = 0;
            for end in ends {
                self.above[end.entry()] += end.count;
                below += end.count;
            }
            let mut over = 0;
            for &other in order {
                let here = self.above[other];
                below -= here;
                self.above[other] = over - below;
                over += here;
            }
            self.work += order.len();
        }
        self.work += 2 * columns.order[column].len().min(REACH);
    }

    /// Crossings that go when the entry comes from below another to stand above it.
    fn gain(&self, columns: &Columns, other: usize) -> i64 {
        let mut gain = 0;
        for end in columns.around(other) {
            gain += self.above[end.entry()] * end.count;
        }
        i64::from(gain)
    }

    /// Takes all stand-ins of a link out and sets them in again one by one from either end; kept only when it is
    /// better.
    fn whole(&mut self, columns: &mut Columns, link: usize) {
        if columns.chain[link].len() < 2 {
            return;
        }
        let chain = std::mem::take(&mut columns.chain[link]);
        self.as_one(columns, &chain);
        columns.chain[link] = chain;
    }

    fn as_one(&mut self, columns: &mut Columns, chain: &[usize]) {
        for reverse in [false, true] {
            self.trail.clear();
            let mut gain = 0;
            for step in 0..chain.len() {
                let entry = chain[if reverse { chain.len() - 1 - step } else { step }];
                let Some(other) = columns.beside(entry, !reverse).first() else { continue };
                let (here, there) = (columns.fellows(entry), columns.fellows(other.entry()));
                let place = (columns.place[other.entry()] * here / there).min(here - 1);
                gain += self.put(columns, entry, place);
            }
            for &entry in chain {
                gain += self.one(columns, entry);
            }
            if gain > 0 {
                return;
            }
            self.undo(columns);
        }
    }

    /// Sets something elsewhere by chance, lets its neighbours follow, and keeps what is no worse.
    fn kick(&mut self, columns: &mut Columns, chance: &mut Chance) -> i64 {
        let entry = chance.below(columns.layer.len());
        let fellows = columns.fellows(entry);
        self.work += 1;
        if fellows < 2 {
            return 0;
        }
        self.trail.clear();
        let place = chance.below(fellows);
        let (mut moved, mut near) = (std::mem::take(&mut self.kicked), std::mem::take(&mut self.near));
        moved.clear();
        near.clear();
        if columns.is_real(entry) {
            moved.push(entry);
        } else {
            moved.extend_from_slice(&columns.chain[columns.link[entry - columns.real]]);
        }
        let mut gain = 0;
        for &entry in &moved {
            let here = columns.fellows(entry);
            gain += self.put(columns, entry, (place * here / fellows).min(here - 1));
            for left in [true, false] {
                let ends = columns.beside(entry, left);
                near.extend_from_slice(&ends[..ends.len().min(NEAR_MOST)]);
            }
        }
        for end in &near {
            gain += self.one(columns, end.entry());
        }
        for &entry in &moved {
            gain += self.one(columns, entry);
        }
        (self.kicked, self.near) = (moved, near);
        if gain < 0 {
            self.undo(columns);
            return 0;
        }
        gain
    }
}
