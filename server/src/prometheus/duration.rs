//! Durations as Prometheus writes them in its configuration: `15s`, `1m30s`, `500ms`.

/// Seconds; None for anything that is not such a duration, and for zero.
pub(super) fn parse_s(text: &str) -> Option<f64> {
    let mut total_s = 0.0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u32 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let (unit, unit_s) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit))?;
        total_s += f64::from(number) * unit_s;
        rest = &rest[unit.len()..];
    }
    (total_s > 0.0).then_some(total_s)
}

/// Milliseconds before minutes: the first that fits is taken.
const UNITS: [(&str, f64); 7] = [
    ("ms", 0.001),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3_600.0),
    ("d", 86_400.0),
    ("w", 604_800.0),
    ("y", 31_536_000.0),
];

#[cfg(test)]
mod tests {
    use super::parse_s;

    #[test]
    fn as_prometheus_writes_them() {
        for (text, seconds) in
            [("15s", 15.0), ("1m30s", 90.0), ("500ms", 0.5), ("1m", 60.0), ("1h1ms", 3_600.001)]
        {
            assert_eq!(parse_s(text), Some(seconds), "{text}");
        }
        for text in ["", "0s", "15", "s", "-1s", "15 s", "1q"] {
            assert_eq!(parse_s(text), None, "{text}");
        }
    }
}
