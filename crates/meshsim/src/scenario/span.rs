//! Lengths of time as people write them in a scenario: `90s`, `15m`, `2h`, `7d`. Knows nothing of clocks or dates.

/// Seconds in a day: the period every daily wave has.
pub const DAY_S: f64 = 86_400.0;

/// Reads a length of time in seconds; `None` when it is not one.
pub(crate) fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => DAY_S,
        _ => return None,
    };
    let number: f64 = number.trim().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, wanted) in
            [("90s", 90.0), ("14.4m", 864.0), ("2h", 7_200.0), ("250ms", 0.25), ("1d", DAY_S)]
        {
            let got = seconds(text).unwrap();
            assert!((got - wanted).abs() < 1e-9, "{text}: {got}");
        }
        for text in ["", "5", "m", "-3s", "5 weeks", "1h30m", "NaNs"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
