//! Decimal text to a number. The standard library's reading is exact for every text there can be, and carries a table of
//! powers for it that is a thirtieth of the page. This one is exact for what servers write (see [`EXACT`]) and right to
//! fifteen digits beyond. It must not know what the numbers mean.

/// The powers of ten, down and up, within which up to nineteen digits are read to the nearest number.
const EXACT: std::ops::RangeInclusive<i32> = -21..=19;
/// From here on one more digit need not fit.
const LONGEST: u64 = 1_000_000_000_000_000_000;

/// None if this is no decimal number, or one too large.
pub fn number(text: &str) -> Option<f64> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (digits, power) = match text.split_once(['e', 'E']) {
        Some((digits, power)) => (digits, power.parse::<i16>().ok()?.into()),
        None => (text, 0),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || part.is_empty() {
        return None;
    }
    let (mut mantissa, mut power): (u64, i32) = (0, power);
    for (digit, behind_point) in
        whole.bytes().map(|digit| (digit, false)).chain(part.bytes().map(|digit| (digit, true)))
    {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        if mantissa < LONGEST {
            mantissa = mantissa * 10 + u64::from(digit);
            power -= i32::from(behind_point);
        } else {
            // The twentieth digit and what follows it are beyond any float.
            power += i32::from(!behind_point);
        }
    }
    let size = scaled(mantissa, power);
    size.is_finite().then_some(if negative { -size } else { size })
}

/// `mantissa` × 10 to the `power`.
fn scaled(mantissa: u64, power: i32) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let near = power.clamp(*EXACT.start(), *EXACT.end());
    let ten = 10_u128.pow(near.unsigned_abs());
    let mut size = if near < 0 {
        // As many bits as there is room for: more than a float has, and the last of them tells of all that follow.
        let shift = u128::from(mantissa).leading_zeros();
        let long = u128::from(mantissa) << shift;
        ((long / ten) | u128::from(long % ten > 0)) as f64 / (1_u128 << shift) as f64
    } else {
        (u128::from(mantissa) * ten) as f64
    };
    let mut left = power - near;
    while left != 0 && size > 0.0 && size.is_finite() {
        let step = left.clamp(-22, 22);
        let ten = 10_u128.pow(step.unsigned_abs()) as f64;
        size = if step < 0 { size / ten } else { size * ten };
        left -= step;
    }
    size
}

#[cfg(test)]
mod tests {
    use super::number;
    use proptest::prelude::*;

    #[test]
    fn reads_what_the_standard_library_reads() {
        for text in [
            "0",
            "-0",
            "1",
            "0.1",
            "12.50",
            "1e3",
            "2.5E-3",
            "9007199254740993",
            "0.30000000000000004",
            "1e22",
        ] {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(number(text).map(f64::to_bits), Some(expected.to_bits()), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in ["", "-", "+1", "1.", ".5", "1e", "1e999", "0x1", "--1", "1.2.3", "inf", "NaN", "é"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in prop_oneof![-1e18_f64..1e18, -1.0_f64..1.0, 0.0_f64..1e-3]) {
            let text = value.to_string();
            let exact: f64 = text.parse().unwrap();
            let read = number(&text).unwrap();
            if value.abs() > 1e-4 {
                prop_assert_eq!(read.to_bits(), exact.to_bits());
            }
            prop_assert!((read - exact).abs() <= exact.abs() * 1e-15);
        }

        #[test]
        fn extremes_are_right_to_fifteen_digits(value in prop::num::f64::NORMAL) {
            let text = format!("{value:e}");
            if let Some(read) = number(&text) {
                prop_assert!((read / value - 1.0).abs() < 1e-14, "{} {}", read, value);
            } else {
                prop_assert!(value.abs() > 1e307);
            }
        }
    }
}
