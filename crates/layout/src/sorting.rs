//! Stable sorting whose code exists once, whatever is sorted: the standard library's is copied for every type and
//! closure, four kilobytes each, which a page that has to be downloaded feels. Same order as `sort_by`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Sorting of slices.
pub trait Order<T> {
    /// As `sort_by`.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// As `sort_by_key`.
    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// As `sort`.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(Ord::cmp);
    }
}

impl<T> Order<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut sources = ranks(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        for start in 0..sources.len() {
            let mut at = start;
            loop {
                let from = std::mem::replace(&mut sources[at], at);
                if from == start {
                    break;
                }
                self.swap(at, from);
                at = from;
            }
        }
    }
}

/// Maps and sets that are filled one by one: `collect` would sort first, with a sort of its own for every type.
pub trait Keyed: Iterator + Sized {
    /// As `collect`: of equal keys the last stays.
    fn keyed<K: Ord, V>(self) -> BTreeMap<K, V>
    where
        Self: Iterator<Item = (K, V)>,
    {
        let mut out = BTreeMap::new();
        for (key, value) in self {
            out.insert(key, value);
        }
        out
    }

    fn distinct(self) -> BTreeSet<Self::Item>
    where
        Self::Item: Ord,
    {
        let mut out = BTreeSet::new();
        for item in self {
            out.insert(item);
        }
        out
    }
}

impl<I: Iterator> Keyed for I {}

/// For each place the index of what belongs there, none where all is in order: runs of one, merged to runs of two, four and so on.
fn ranks(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    if (1..len).all(|at| compare(at, at - 1) != Ordering::Less) {
        return Vec::new();
    }
    let mut from: Vec<usize> = (0..len).collect();
    let mut into = Vec::with_capacity(len);
    let mut run = 1;
    while run < len {
        into.clear();
        for start in (0..len).step_by(2 * run) {
            let middle = (start + run).min(len);
            let end = (start + 2 * run).min(len);
            let (mut a, mut b) = (start, middle);
            while a < middle && b < end {
                let right = compare(from[b], from[a]) == Ordering::Less;
                into.push(from[if right { b } else { a }]);
                if right { b += 1 } else { a += 1 }
            }
            into.extend_from_slice(&from[a..middle]);
            into.extend_from_slice(&from[b..end]);
        }
        std::mem::swap(&mut from, &mut into);
        run *= 2;
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn it_is_the_standard_order(items in proptest::collection::vec((0_u8..20, 0_u16..), 0..200)) {
            let (mut ours, mut theirs) = (items.clone(), items);
            ours.order_by_key(|item| item.0);
            theirs.sort_by_key(|item| item.0);
            proptest::prop_assert_eq!(&ours, &theirs);
            let standard: BTreeMap<u8, u16> = theirs.iter().copied().collect();
            proptest::prop_assert_eq!(ours.into_iter().keyed(), standard);
        }
    }
}
