//! Decimal digits of a number, by whole-number arithmetic: the standard library's exact algorithms are ten kilobytes of
//! the page, and no figure here has more than a few digits. Must not know units.

/// Beyond this, digits would be made up.
const MOST: f64 = 1e18;

/// Exactly so many digits after the point, at most 12: `fixed(2.5, 2)` is `2.50`. The number must be finite.
pub fn fixed(value: f64, decimals: usize) -> String {
    let by = ten_to(decimals);
    let scaled = (value.abs() * by).round();
    if scaled >= MOST {
        // Large numbers have no digits after the point to speak of.
        return if decimals > 0 { fixed(value, 0) } else { format!(">{}", MOST as u64) };
    }
    let digits = (scaled as u64).to_string();
    let mut text = String::with_capacity(digits.len() + decimals + 2);
    if value < 0.0 && scaled > 0.0 {
        text.push('-');
    }
    for _ in digits.len()..=decimals {
        text.push('0');
    }
    text.push_str(&digits);
    if decimals > 0 {
        text.insert(text.len() - decimals, '.');
    }
    text
}

/// The same without zeros at the end: `trimmed(2.5, 2)` is `2.5`.
pub(super) fn trimmed(value: f64, decimals: usize) -> String {
    let mut text = fixed(value, decimals);
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    text
}

/// The nearest number of three significant digits, and how many of them (at most 12) stand after the point.
pub(crate) fn significant(value: f64) -> (f64, usize) {
    let mut decimals = 0;
    while decimals < 12 && value.abs() * ten_to(decimals) < 99.95 {
        decimals += 1;
    }
    let mut unit = 1.0;
    while value.abs() / unit >= 999.5 {
        unit *= 10.0;
    }
    let by = ten_to(decimals) / unit;
    let rounded = if unit > 1.0 { (value / unit).round() * unit } else { (value * by).round() / by };
    (rounded, decimals)
}

/// Exact for the few powers in use.
fn ten_to(power: usize) -> f64 {
    (0..power).fold(1.0, |by, _| by * 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_are_where_they_belong() {
        for (value, decimals, text) in [
            (0.0, 0, "0"),
            (0.0, 2, "0.00"),
            (0.004, 2, "0.00"),
            (-0.004, 2, "0.00"),
            (-0.5, 1, "-0.5"),
            (0.05, 2, "0.05"),
            (12.345, 1, "12.3"),
            (999.96, 1, "1000.0"),
            (1e17, 2, "100000000000000000"),
            (1e30, 0, ">1000000000000000000"),
        ] {
            assert_eq!(fixed(value, decimals), text, "{value}");
        }
        assert_eq!([trimmed(2.5, 2), trimmed(10.0, 2), trimmed(100.0, 0)], ["2.5", "10", "100"]);
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library_but_for_ties(value in -1e7_f64..1e7, decimals in 0_usize..5) {
            let half = 0.5 / ten_to(decimals);
            let read: f64 = fixed(value, decimals).parse().unwrap();
            prop_assert!((read - value).abs() <= half * (1.0 + 1e-6));
            let standard: f64 = format!("{value:.decimals$}").parse().unwrap();
            let tie = ((read - value).abs() - half).abs() < half * 1e-6;
            prop_assert!(tie || (read - standard).abs() < half * 1e-3, "{} {}", read, standard);
        }

        #[test]
        fn three_digits_are_kept(value in prop_oneof![1e-9_f64..1.0, 1.0_f64..1e12]) {
            let (rounded, _) = significant(value);
            prop_assert!((rounded / value - 1.0).abs() <= 0.005_001);
        }
    }
}
