//! Durations as people write them: `90s`, `10m`, `1h30m`, `2d`.

/// Parses whole seconds; a bare number is seconds. None for anything else, and for zero.
pub fn parse_s(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut number: Option<u64> = None;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(u64::from(digit))?);
            continue;
        }
        let unit_s = match c {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit_s)?)?;
    }
    total = total.checked_add(number.unwrap_or(0))?;
    (total > 0).then_some(total)
}

/// The shortest form that `parse_s` reads back.
pub fn format_s(mut seconds: u64) -> String {
    let mut text = String::new();
    for (unit_s, unit) in [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')] {
        if seconds >= unit_s {
            text.push_str(&(seconds / unit_s).to_string());
            text.push(unit);
            seconds %= unit_s;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h30m", 5_400), ("2d", 172_800), ("45", 45)] {
            assert_eq!(parse_s(text), Some(seconds), "{text}");
        }
        for text in ["", "0", "0s", "m", "10x", "-5m", "1.5h", "99999999999999999999d"] {
            assert_eq!(parse_s(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_back(seconds in 1_u64..10_000_000) {
            proptest::prop_assert_eq!(parse_s(&format_s(seconds)), Some(seconds));
        }
    }
}
