//! Where a key stands in a list, found by a hash that is the same on every machine. One type for all lists, so that
//! its code exists once. Knows words and places; gives no order.

#[derive(Clone, Debug)]
pub struct Index<'a> {
    keys: Vec<&'a str>,
    /// One higher than the place in `keys`; 0 where there is none. Twice as many as keys, a power of two.
    slots: Vec<u32>,
}

impl<'a> Index<'a> {
    /// Of equal keys the first counts.
    pub fn new(keys: &mut dyn Iterator<Item = &'a str>) -> Self {
        let keys: Vec<&str> = keys.collect();
        let mut index = Self { slots: vec![0; (2 * keys.len()).next_power_of_two()], keys };
        for at in 0..index.keys.len() {
            let slot = index.slot(index.keys[at]);
            if index.slots[slot] == 0 {
                index.slots[slot] = at as u32 + 1;
            }
        }
        index
    }

    pub fn get(&self, key: &str) -> Option<usize> {
        (self.slots[self.slot(key)] as usize).checked_sub(1)
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the key at this place is the first of its kind.
    pub fn is_first(&self, at: usize) -> bool {
        self.get(self.keys[at]) == Some(at)
    }

    /// The slot that holds the key, or the one it would go to.
    fn slot(&self, key: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(key) as usize & mask;
        while self.slots[slot] > 0 && self.keys[self.slots[slot] as usize - 1] != key {
            slot = (slot + 1) & mask;
        }
        slot
    }
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
    }
}
