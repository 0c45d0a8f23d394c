//! The keys and what they do: the one table that the help sheet reads.

/// Keys that do the same, and what that is.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub keys: &'static [&'static str],
    pub does: &'static str,
}

const fn entry(keys: &'static [&'static str], does: &'static str) -> Entry {
    Entry { keys, does }
}

pub static EVERYWHERE: [Entry; 11] = [
    entry(&["/"], "Find"),
    entry(&["d"], "Table or map"),
    entry(&["f"], "Only the surroundings of what is selected, and back"),
    entry(&["l"], "Legend"),
    entry(&["p"], "Pause the refresh, or go on"),
    entry(&["t"], "Place the map afresh"),
    entry(&["0"], "Fit the map"),
    entry(&["+", "-"], "Zoom"),
    entry(&["Esc"], "Close, then let go of the selection, then of the surroundings"),
    entry(&["Tab"], "To the next control"),
    entry(&["?"], "This list"),
];

pub static MAP: [Entry; 7] = [
    entry(&["←", "→"], "Along lines: to callers, to callees"),
    entry(&["↑", "↓"], "To the next card, version or line beside"),
    entry(&["Enter"], "To the panel of what is selected; opens what is folded"),
    entry(&["Shift + Enter"], "Fold the card that is selected, then what is round it"),
    entry(&["Shift + arrows"], "Move the card that is selected, and pin it"),
    entry(&["u"], "Free the card from its pin"),
    entry(&["Space"], "Hold the particles, or let them move"),
];

pub static TABLE: [Entry; 3] = [
    entry(&["↑", "↓"], "To the next row"),
    entry(&["Home", "End"], "To the first row, the last row"),
    entry(&["Enter"], "Select the row, then to its panel"),
];

pub static SECTIONS: [(&str, &[Entry]); 3] =
    [("Everywhere", &EVERYWHERE), ("On the map", &MAP), ("In the table", &TABLE)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for (place, entries) in SECTIONS {
            let mut keys: Vec<&str> = entries.iter().flat_map(|entry| entry.keys).copied().collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all, "{place}");
        }
        let everywhere = |key: &&str| EVERYWHERE.iter().any(|entry| entry.keys.contains(key));
        let shadowed = MAP.iter().chain(&TABLE).flat_map(|entry| entry.keys).any(everywhere);
        assert!(!shadowed, "a key of the map or the table would hide one of the page");
    }
}
