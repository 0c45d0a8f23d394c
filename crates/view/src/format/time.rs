//! Times: how long, how long ago, and when (in UTC).

use super::{NBSP, UNKNOWN, fixed, three_digits, trimmed, with_unit};
use model::QuantileMs;

const DAY_S: i64 = 86_400;
const HOUR_S: i64 = 3_600;

/// `0.42 ms`, `4.8 ms`, `9 ms`, `312 ms`, `1.24 s`.
pub fn duration_ms(ms: f64) -> String {
    if !ms.is_finite() || ms < 0.0 {
        return UNKNOWN.into();
    }
    let text = if ms == 0.0 {
        "0".into()
    } else if ms < 0.005 {
        "<0.01".into()
    } else if ms < 0.995 {
        fixed(ms, 2)
    } else if ms < 9.95 {
        trimmed(ms, 1)
    } else if ms < 999.5 {
        fixed(ms, 0)
    } else {
        return with_unit(&three_digits(ms / 1e3), "s");
    };
    with_unit(&text, "ms")
}

/// `312 ms`, or `≥10.0 s` where it lies above the last bucket.
pub fn quantile(quantile: QuantileMs) -> String {
    let text = duration_ms(quantile.ms);
    if quantile.at_least { format!("≥{text}") } else { text }
}

/// `14:32:10 UTC`.
pub fn instant(unix_s: i64) -> String {
    let s = unix_s.rem_euclid(DAY_S);
    format!("{:02}:{:02}:{:02}{NBSP}UTC", s / HOUR_S, s / 60 % 60, s % 60)
}

/// The same; with its date where that is another day than now.
pub fn moment(unix_s: i64, now_s: i64) -> String {
    let day = unix_s.div_euclid(DAY_S);
    if day == now_s.div_euclid(DAY_S) {
        return instant(unix_s);
    }
    let (year, month, of_month) = civil(day);
    format!("{year}-{month:02}-{of_month:02}{NBSP}{}", instant(unix_s))
}

/// `14:05`.
pub fn clock(unix_s: i64) -> String {
    let s = unix_s.rem_euclid(DAY_S);
    format!("{:02}:{:02}", s / HOUR_S, s / 60 % 60)
}

/// `2026-11-24 14:05`.
pub fn date_clock(unix_s: i64) -> String {
    let (year, month, day) = civil(unix_s.div_euclid(DAY_S));
    format!("{year}-{month:02}-{day:02}{NBSP}{}", clock(unix_s))
}

/// Year, month, day of a day counted from 1970, by counting days from a first of March.
fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

/// `12 s ago`, `4 min ago`, `3 h ago`, `2 d ago`.
pub fn age(seconds: f64) -> String {
    if !seconds.is_finite() {
        return UNKNOWN.into();
    }
    let s = seconds.max(0.0) as i64;
    let (number, unit) = match s {
        ..60 => (s, "s"),
        60..HOUR_S => (s / 60, "min"),
        HOUR_S..DAY_S => (s / HOUR_S, "h"),
        _ => (s / DAY_S, "d"),
    };
    format!("{number}{NBSP}{unit}{NBSP}ago")
}

/// `4 min ago` up to an hour, then `at 14:05`, then with its date.
pub fn since(then_s: i64, now_s: i64) -> String {
    match now_s.saturating_sub(then_s) {
        ..HOUR_S => age((now_s - then_s) as f64),
        HOUR_S..DAY_S => format!("at{NBSP}{}", clock(then_s)),
        _ => format!("at{NBSP}{}", date_clock(then_s)),
    }
}

/// A window's length: `90 s`, `10 min`, `1 h`, `1 h 30 min`.
pub fn window(seconds: u64) -> String {
    match seconds {
        0..120 if !seconds.is_multiple_of(60) => format!("{seconds}{NBSP}s"),
        0..3_600 => format!("{}{NBSP}min", seconds / 60),
        172_800.. if seconds.is_multiple_of(86_400) => format!("{}{NBSP}d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{}{NBSP}h", seconds / 3_600),
        _ => format!("{}{NBSP}h{NBSP}{}{NBSP}min", seconds / 3_600, seconds / 60 % 60),
    }
}
