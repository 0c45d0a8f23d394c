//! Decimal text to a number. The standard library's reading is exact for every text there can be, and carries a table of
//! powers for it that is a thirtieth of the page. This one is exact for what servers write (see [`EXACT`]) and right to
//! fifteen digits beyond. It must not know what the numbers mean.

/// The powers of ten, down and up, within which up to nineteen digits are read to the nearest number.
const EXACT: std::ops::RangeInclusive<i32> = -21..=19;
/// From here on one more digit need not fit.
const LONGEST: u64 = 1_000_000_000_000_000_000;

/// Powers of ten that floats have exactly.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];
/// Far more than rounding can be wrong by, and far less than two neighbours are apart.
const DOUBT: f64 = 1e-12;

/// None if this is no decimal number, or one too large.
pub fn number(text: &str) -> Option<f64> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mut mantissa, mut power, mut digits, mut behind_point) = (0_u64, 0_i32, 0_u32, false);
    for (at, sign) in text.bytes().enumerate() {
        match sign {
            b'0'..=b'9' => {
                digits += 1;
                if mantissa < LONGEST {
                    mantissa = mantissa * 10 + u64::from(sign - b'0');
                    power -= i32::from(behind_point);
                } else {
                    // The twentieth digit and what follows it are beyond any float.
                    power += i32::from(!behind_point);
                }
            }
            b'.' if digits > 0 && !behind_point => (digits, behind_point) = (0, true),
            b'e' | b'E' if digits > 0 => {
                power += i32::from(text.get(at + 1..)?.parse::<i16>().ok()?);
                break;
            }
            _ => return None,
        }
    }
    let quick = usize::try_from(-power).ok().and_then(|places| divided(mantissa, places));
    let size = quick.unwrap_or_else(|| scaled(mantissa, power));
    (digits > 0 && size.is_finite()).then_some(if negative { -size } else { size })
}

/// `mantissa` / 10 to the `places`, where a float's own division and what that leaves over tell the nearest number for
/// certain: nearly always, and many times as fast as whole numbers of that length.
fn divided(mantissa: u64, places: usize) -> Option<f64> {
    let ten = *TENS.get(places)?;
    // Two floats that are the mantissa together.
    let near = mantissa as f64;
    let (high, low) = ((mantissa & !0x7ff) as f64, (mantissa & 0x7ff) as f64);
    let lost = low - (near - high);
    let size = near / ten;
    let ((a, b), (c, d)) = (halves(size), halves(ten));
    let back = size * ten;
    let over = (near - back) - (b * d - (((back - a * c) - b * c) - a * d)) + lost;
    let more = over / ten;
    let [least, most] = [1.0 - DOUBT, 1.0 + DOUBT].map(|doubt| size + more * doubt);
    #[expect(clippy::float_cmp, reason = "where doubt makes no difference the number is the nearest")]
    (least == most).then_some(least)
}

/// A float as the sum of two whose products are exact.
fn halves(size: f64) -> (f64, f64) {
    let large = size * 134_217_729.0;
    let high = large - (large - size);
    (high, size - high)
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
        fn division_gives_the_nearest_number(mantissa in any::<u64>(), places in 0..23_usize) {
            if let Some(read) = super::divided(mantissa, places) {
                let exact: f64 = format!("{mantissa}e-{places}").parse().unwrap();
                prop_assert_eq!(read.to_bits(), exact.to_bits());
            }
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
