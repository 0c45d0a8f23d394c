//! Where a key stands in a list, found by a hash that is the same on every machine. One type for all lists, so that
//! its code exists once. Knows words and places; gives no order.

#[derive(Clone, Debug)]
pub struct Index<'a> {
    keys: Vec<&'a str>,
    /// Below, one higher than the place in `keys`; 0 where there is none. Above, part of the key's hash, so that most
    /// others need not be read. Twice as many as keys, a power of two.
    slots: Vec<u64>,
    firsts: Vec<bool>,
}

impl<'a> Index<'a> {
    /// Of equal keys the first counts.
    pub fn new(keys: &mut dyn Iterator<Item = &'a str>) -> Self {
        let keys: Vec<&str> = keys.collect();
        let slots = vec![0; (2 * keys.len()).next_power_of_two()];
        let mut index = Self { slots, firsts: Vec::with_capacity(keys.len()), keys };
        for at in 0..index.keys.len() {
            let (slot, tag) = index.slot(index.keys[at]);
            let first = index.slots[slot] == 0;
            if first {
                index.slots[slot] = tag | (at as u64 + 1);
            }
            index.firsts.push(first);
        }
        index
    }

    pub fn get(&self, key: &str) -> Option<usize> {
        (self.slots[self.slot(key).0] as u32 as usize).checked_sub(1)
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the key at this place is the first of its kind.
    pub fn is_first(&self, at: usize) -> bool {
        self.firsts[at]
    }

    /// The slot that holds the key, or the one it would go to; and what is kept of its hash.
    fn slot(&self, key: &str) -> (usize, u64) {
        let (mask, hash) = (self.slots.len() - 1, hash(key));
        let tag = hash & !u64::from(u32::MAX);
        let mut slot = hash as usize & mask;
        while self.slots[slot] > 0 {
            let word = self.slots[slot];
            if word & !u64::from(u32::MAX) == tag && self.keys[word as u32 as usize - 1] == key {
                break;
            }
            slot = (slot + 1) & mask;
        }
        (slot, tag)
    }
}

/// Misses that are sought one by one before an index is made.
const FEW: usize = 8;

/// For each new key where it stands in the old list. The lists mostly have the same order: they are walked side by
/// side, and only what is out of step is looked for.
pub(crate) fn follow<'a>(old: &[&'a str], new: &mut dyn Iterator<Item = &'a str>) -> Vec<Option<usize>> {
    let mut index = None;
    let (mut next, mut misses) = (0, 0);
    let mut seek = |key: &str| {
        misses += 1;
        if misses <= FEW {
            return old.iter().position(|known| *known == key);
        }
        index.get_or_insert_with(|| Index::new(&mut old.iter().copied())).get(key)
    };
    let place = |key| {
        let near = (next..next + 2).find(|&at| old.get(at) == Some(&key));
        let found = near.or_else(|| seek(key));
        next = found.map_or(next, |at| at + 1);
        found
    };
    new.map(place).collect()
}

pub(crate) fn hash(key: &str) -> u64 {
    let (words, rest) = key.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(key.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    mix(hash, rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)))
}

/// Folds one more number in.
pub(crate) const fn mix(hash: u64, word: u64) -> u64 {
    let mixed = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ mixed >> 29
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_keys_is_found() {
        let keys: Vec<String> = (0..500).map(|n| format!("namespace/app-{}", n % 400)).collect();
        let index = Index::new(&mut keys.iter().map(String::as_str));
        for (at, key) in keys.iter().enumerate() {
            assert_eq!(index.get(key), Some(at % 400));
            assert_eq!(index.is_first(at), at < 400);
        }
        assert_eq!(index.get("namespace/app-400"), None);
        assert_eq!(Index::new(&mut std::iter::empty()).get("a"), None);
    }

    proptest::proptest! {
        #[test]
        fn it_finds_what_a_search_finds(keys in proptest::collection::vec("[a-d]{0,2}", 0..30), asked in "[a-e]{0,2}") {
            let index = Index::new(&mut keys.iter().map(String::as_str));
            let first = keys.iter().position(|key| *key == asked);
            proptest::prop_assert_eq!(index.get(&asked), first);
            proptest::prop_assert_eq!(index.has(&asked), first.is_some());
        }

        #[test]
        fn it_follows_whatever_came_went_or_changed_places(
            old in proptest::collection::btree_set("[a-d]{0,3}", 0..40),
            new in proptest::collection::vec("[a-d]{0,3}", 0..40),
        ) {
            let old: Vec<&str> = old.iter().map(String::as_str).collect();
            let places: Vec<Option<usize>> =
                new.iter().map(|key| old.iter().position(|known| known == key)).collect();
            proptest::prop_assert_eq!(follow(&old, &mut new.iter().map(String::as_str)), places);
        }
    }
}
