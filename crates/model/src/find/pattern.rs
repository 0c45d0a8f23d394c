//! A small pattern matcher: `^` and `$` at the ends, `.` for any character, `.*` for any text; all else is itself.
//! It must not know what it is matched against.

/// Whether some part of the text fits; both in lower case.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let (anchored, pattern) = match pattern.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let (to_end, pattern) = match pattern.strip_suffix('$') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let text: Vec<char> = text.chars().collect();
    let mut at = 0;
    let mut parts = pattern.split(".*").peekable();
    let mut first = true;
    // The leftmost place of each part is as good as any other, but for the last one of a pattern that ends at the end.
    while let Some(part) = parts.next() {
        let part: Vec<char> = part.chars().collect();
        let last = parts.peek().is_none();
        let fixed = anchored && first;
        let places = if last && to_end {
            let Some(place) = text.len().checked_sub(part.len()).filter(|place| *place >= at) else {
                return false;
            };
            if fixed && place != at {
                return false;
            }
            place..place + 1
        } else if fixed {
            at..at + 1
        } else {
            at..text.len() + 1
        };
        let Some(place) = places.into_iter().find(|place| part_fits(&part, &text, *place)) else {
            return false;
        };
        at = place + part.len();
        first = false;
    }
    true
}

fn part_fits(part: &[char], text: &[char], at: usize) -> bool {
    text.len() >= at + part.len()
        && part.iter().zip(&text[at..]).all(|(wanted, c)| *wanted == '.' || wanted == c)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn anchors_dots_and_stars_mean_what_the_help_says() {
        for (pattern, fitting, other) in [
            ("cart", &["cart", "my-cart-v2"][..], &["car", ""][..]),
            ("^cart", &["cart", "cart-v2"], &["my-cart"]),
            ("cart$", &["cart", "my-cart"], &["cart-v2"]),
            ("^cart$", &["cart"], &["carts", "my-cart"]),
            ("c.rt", &["cart", "curt"], &["crt"]),
            ("^a.*z$", &["az", "abcz"], &["abc", "xaz"]),
            ("a.*b.*c", &["xaxbxcx"], &["acb"]),
            ("^a.*a$", &["aa", "aba"], &["a"]),
            ("(x", &["a(x)"], &["x"]),
            ("é", &["café"], &["cafe"]),
            ("", &["", "x"], &[]),
            (".*", &["", "x"], &[]),
        ] {
            assert!(fitting.iter().all(|text| fits(pattern, text)), "{pattern}");
            assert!(!other.iter().any(|text| fits(pattern, text)), "{pattern}");
        }
    }
}
