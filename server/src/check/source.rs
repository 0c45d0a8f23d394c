//! What the engine says of itself: who it is, how often it scrapes, what time it has there.

use super::Line;
use crate::prometheus::Engine;

pub(super) fn lines(engine: &Engine, address: &str, interval_set_s: Option<u64>) -> Vec<Line> {
    if let Some(error) = &engine.unreachable {
        let todo = "Nothing else can be found out before that is put right.";
        return vec![Line::missing(error.to_string(), todo)];
    }
    let name = match &engine.name {
        Some(name) => Line::ok(format!("{name} answers at {address}.")),
        None => Line::missing(
            format!(
                "Something answers at {address}, but does not tell which engine it is (status/buildinfo)."
            ),
            "Nothing to do if the lines below are well; many compatible engines do not tell.",
        ),
    };
    vec![name, interval(engine.scrape_interval_s, interval_set_s), clock(engine.skew_s)]
}

fn interval(told_s: Option<f64>, set_s: Option<u64>) -> Line {
    match (set_s, told_s) {
        (Some(set_s), _) => Line::ok(format!("The scrape interval is {set_s} s, as --scrape-interval says.")),
        (None, Some(told_s)) => Line::ok(format!("It scrapes every {told_s} s.")),
        (None, None) => Line::missing(
            "It does not tell its scrape interval (targets, status/config); 15 s is assumed.",
            "Set --scrape-interval if that is wrong.",
        ),
    }
}

fn clock(skew_s: i64) -> Line {
    if skew_s == 0 {
        return Line::ok("Its clock does not differ from this machine's by more than 5 s.");
    }
    let side = if skew_s > 0 { "ahead of" } else { "behind" };
    Line::missing(
        format!("Its clock is {} s {side} this machine's; times follow Prometheus.", skew_s.abs()),
        "Let both machines follow the same time server.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_engine_does_not_tell_is_missing_with_advice() {
        let silent = Engine { skew_s: -90, ..Engine::default() };
        let lines = lines(&silent, "http://p", None);
        assert!(lines.iter().all(|line| matches!(line, Line::Missing(..))), "{lines:?}");
        assert!(format!("{lines:?}").contains("90 s behind"));
        assert_eq!(
            interval(None, Some(30)),
            Line::ok("The scrape interval is 30 s, as --scrape-interval says.")
        );
    }
}
