//! Numbers as sentences say them. It must not know what they measure.

/// Between a number and its unit.
const SPACE: char = '\u{a0}';

/// `a, b and c`
pub(crate) fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `10,740`; fractions of a request are rounded, but never to nothing.
pub(crate) fn count(value: f64) -> String {
    if value > 0.0 && value < 1.0 {
        return "fewer than 1".into();
    }
    let digits = (value.round() as u64).to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `0.52 %`, `11.8 %`, `100 %`; what is not all and not nothing never reads so.
pub(crate) fn share(share: f64) -> String {
    let percent = share * 100.0;
    let text = if share <= 0.0 {
        "0".into()
    } else if percent < 0.01 {
        "<0.01".into()
    } else if share >= 1.0 {
        "100".into()
    } else if percent >= 99.95 {
        ">99.9".into()
    } else if percent < 9.995 {
        format!("{percent:.2}")
    } else {
        format!("{percent:.1}")
    };
    format!("{text}{SPACE}%")
}

/// A bound as it is written in the configuration: `10 %`, `0.5 %`.
pub(crate) fn bound(share: f64) -> String {
    let percent = (share * 1e6).round() / 1e4;
    format!("{percent}{SPACE}%")
}

/// `4.31 rps`
pub(crate) fn rate(rps: f64) -> String {
    format!("{}{SPACE}rps", three_digits(rps))
}

/// `250 ms`, `1.50 s`
pub(crate) fn ms(ms: f64) -> String {
    if ms >= 999.5 {
        format!("{}{SPACE}s", three_digits(ms / 1000.0))
    } else {
        format!("{}{SPACE}ms", three_digits(ms))
    }
}

/// `684 kB/s`
pub(crate) fn bytes_per_s(bytes: f64) -> String {
    let units = ["B/s", "kB/s", "MB/s", "GB/s"];
    let mut value = bytes;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{}{SPACE}{}", three_digits(value), units[unit])
}

/// `45 s`, `4 min`
pub(crate) fn age(seconds: f64) -> String {
    if seconds < 90.0 { format!("{seconds:.0}{SPACE}s") } else { format!("{:.0}{SPACE}min", seconds / 60.0) }
}

/// `7.80`, `12.4`, `312`, `2,170`
pub(crate) fn three_digits(value: f64) -> String {
    match value.abs() {
        v if v >= 99.95 => count(value),
        v if v >= 9.995 => format!("{value:.1}"),
        v if v >= 0.9995 || v == 0.0 => format!("{value:.2}"),
        v if v >= 0.09995 => format!("{value:.3}"),
        v if v >= 0.00005 => format!("{value:.4}"),
        _ => "<0.0001".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(count(10_740.4), "10,740");
        assert_eq!(count(999.0), "999");
        assert_eq!(count(1_000_000.0), "1,000,000");
        assert_eq!(count(0.3), "fewer than 1");
        let shares = [0.0, 0.000_01, 0.005_2, 0.118, 0.999_6, 1.0].map(|s| share(s).replace(SPACE, " "));
        assert_eq!(shares, ["0 %", "<0.01 %", "0.52 %", "11.8 %", ">99.9 %", "100 %"]);
        assert_eq!(bound(0.1).replace(SPACE, " "), "10 %");
        assert_eq!(bound(0.07).replace(SPACE, " "), "7 %");
        let rates = [0.013_33, 4.312, 38.44, 312.4, 2_170.0].map(|r| rate(r).replace(SPACE, " "));
        assert_eq!(rates, ["0.0133 rps", "4.31 rps", "38.4 rps", "312 rps", "2,170 rps"]);
        assert_eq!(bytes_per_s(684_200.0).replace(SPACE, " "), "684 kB/s");
        assert_eq!(age(240.0).replace(SPACE, " "), "4 min");
    }
}
