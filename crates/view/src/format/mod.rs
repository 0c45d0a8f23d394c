//! How figures are written: three digits, a unit always, a no-break space between them. What is not a finite number
//! reads `?`. The caller keeps `–` for what does not apply.

mod decimal;
mod time;

use std::fmt::Write as _;

pub use decimal::fixed;
use decimal::trimmed;
pub use time::{age, clock, date_clock, duration_ms, instant, moment, quantile, since, window};

/// Stands between a number and its unit.
pub const NBSP: char = '\u{a0}';
/// What a figure says when it is not known.
pub const UNKNOWN: &str = "?";
/// What a figure says when there is none to be had.
pub const NOT_APPLICABLE: &str = "–";

const SMALLEST_RATE_RPS: f64 = 0.0001;
const SMALLEST_RATE: &str = "<0.0001";

/// `0.0133 rps`, `38.4 rps`, `2,170 rps`, `12.4 k rps`.
pub fn rate(rps: f64) -> String {
    if !rps.is_finite() || rps < 0.0 {
        return UNKNOWN.into();
    }
    if rps > 0.0 && rps < SMALLEST_RATE_RPS {
        return with_unit(SMALLEST_RATE, "rps");
    }
    match rounded(rps) {
        value if value < 10_000.0 => with_unit(&three_digits(rps), "rps"),
        value if value < 1e6 => with_unit(&three_digits(rps / 1e3), "k\u{a0}rps"),
        _ => with_unit(&three_digits(rps / 1e6), "M\u{a0}rps"),
    }
}

/// `0.52 %`, `90.4 %`, `100 %`; `<0.01 %` rather than 0 and `>99.9 %` rather than 100. Takes 0 to 1.
pub fn share(share: f64) -> String {
    if !share.is_finite() || share < 0.0 {
        return UNKNOWN.into();
    }
    let percent = share * 100.0;
    let text = if percent == 0.0 {
        "0".into()
    } else if percent < 0.005 {
        "<0.01".into()
    } else if percent < 9.995 {
        fixed(percent, 2)
    } else if percent < 99.95 {
        fixed(percent, 1)
    } else if percent < 100.0 - 1e-9 {
        ">99.9".into()
    } else {
        three_digits(percent)
    };
    with_unit(&text, "%")
}

/// `684 kB/s`, `1.42 MB/s`; decimal.
pub fn bytes_per_s(bytes: f64) -> String {
    scaled_bytes(bytes, "/s")
}

/// `684 kB`.
pub fn bytes(bytes: f64) -> String {
    scaled_bytes(bytes, "")
}

fn scaled_bytes(bytes: f64, per: &str) -> String {
    if !bytes.is_finite() || bytes < 0.0 {
        return UNKNOWN.into();
    }
    if bytes > 0.0 && bytes < 0.01 {
        return with_unit("<0.01", &format!("B{per}"));
    }
    let steps = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let (by, unit) = steps.into_iter().find(|(by, _)| rounded(bytes) >= *by).unwrap_or((1.0, "B"));
    with_unit(&three_digits(bytes / by), &format!("{unit}{per}"))
}

/// `7.80×`.
pub fn ratio(ratio: f64) -> String {
    if !ratio.is_finite() || ratio < 0.0 {
        return UNKNOWN.into();
    }
    if ratio >= 1e6 {
        return "over\u{a0}1,000,000×".into();
    }
    format!("{}×", three_digits(ratio))
}

/// `6.97 to 8.72`.
pub fn interval(low: f64, high: f64) -> String {
    if !low.is_finite() || !high.is_finite() {
        return UNKNOWN.into();
    }
    format!("{} to {}", three_digits(low), three_digits(high))
}

/// `34 : 1`, capped at `over 1,000,000 : 1`.
pub fn evidence(to_one: f64) -> String {
    if to_one.is_nan() || to_one < 0.0 {
        return UNKNOWN.into();
    }
    let number = if to_one > 1e6 {
        "over\u{a0}1,000,000".into()
    } else if to_one < 0.01 {
        "under\u{a0}0.01".into()
    } else if to_one < 9.95 {
        fixed(to_one, if to_one < 0.995 { 2 } else { 1 })
    } else if to_one < 999.5 {
        fixed(to_one, 0)
    } else {
        three_digits(to_one)
    };
    format!("{number}\u{a0}:\u{a0}1")
}

/// `13,560`, `999,999`, `1.27 M`. Whole.
pub fn count(count: f64) -> String {
    if !count.is_finite() || count < 0.0 {
        return UNKNOWN.into();
    }
    let whole = count.round();
    if whole < 1e6 {
        grouped(&fixed(whole, 0))
    } else if rounded(whole) < 1e9 {
        with_unit(&three_digits(whole / 1e6), "M")
    } else {
        with_unit(&three_digits(whole / 1e9), "G")
    }
}

/// `format!` onto the end of a text.
pub(crate) fn append(out: &mut String, text: std::fmt::Arguments) {
    out.write_fmt(text).expect("writing to a string never fails");
}

fn with_unit(number: &str, unit: &str) -> String {
    format!("{number}{NBSP}{unit}")
}

/// The value that [`three_digits`] writes.
fn rounded(value: f64) -> f64 {
    decimal::significant(value).0
}

/// Three significant digits, grouped by comma, never in exponent form.
pub(crate) fn three_digits(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let (rounded, decimals) = decimal::significant(value);
    grouped(&fixed(rounded, decimals))
}

/// A length for an attribute or a style: two decimals at most.
pub fn px(length_px: f64) -> String {
    trimmed(length_px, 2)
}

/// Commas between thousands.
fn grouped(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(w, f)| (w, Some(f)));
    let mut text = String::with_capacity(number.len() + 4);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests;
