//! Text in, text out: series in a terse notation, a query, and the answer as lines.
//!
//! A series is a selector's text and its values, one a step: `12` a value, `_` no sample, `end` an end-of-series marker,
//! `0+5x3` four values that grow by five.

mod breadth;
mod laws;
mod native;
mod semantics;
mod unsupported;

use super::table::ABSENT;
use super::{EvalError, Options, Steps, Value, instant, range};
use crate::store::{Labels, METRIC_NAME, MemoryStore, Point, Series, labels_of};
use promql_parser::parser::Expr;

pub(super) const STEP_MS: i64 = 15_000;

/// Reads series; samples lie `STEP_MS` apart, the first at zero.
pub(super) fn load(text: &str) -> MemoryStore {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    MemoryStore { series: lines.map(read_series).collect() }
}

fn read_series(line: &str) -> Series {
    let split = line.find("} ").map_or_else(|| line.find(' ').unwrap(), |brace| brace + 1);
    let (selector, values) = line.split_at(split);
    let mut points = Vec::new();
    let mut t_ms = 0;
    for word in values.split_whitespace() {
        for value in read_values(word) {
            points.extend(value.map(|value| Point { t_ms, value }));
            t_ms += STEP_MS;
        }
    }
    Series { labels: read_labels(selector), points }
}

fn read_labels(selector: &str) -> Labels {
    let Ok(Expr::VectorSelector(parsed)) = promql_parser::parser::parse(selector) else {
        panic!("{selector} is no series")
    };
    let name = parsed.name.iter().map(|name| (METRIC_NAME, name.as_str()));
    let labels =
        parsed.matchers.matchers.iter().map(|matcher| (matcher.name.as_str(), matcher.value.as_str()));
    labels_of(name.chain(labels))
}

fn read_values(word: &str) -> Vec<Option<f64>> {
    match word {
        "_" => return vec![None],
        "end" => return vec![Some(ABSENT)],
        _ => {}
    }
    let Some((first, rest)) = word.split_once('+') else { return vec![Some(word.parse().unwrap())] };
    let (slope, count) = rest.split_once('x').unwrap();
    let (first, slope): (f64, f64) = (first.parse().unwrap(), slope.parse().unwrap());
    (0..=count.parse::<u32>().unwrap()).map(|at| Some(first + slope * f64::from(at))).collect()
}

pub(super) fn text_of(labels: &Labels) -> String {
    let pairs: Vec<String> = labels
        .iter()
        .filter(|(name, _)| &**name != METRIC_NAME)
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    let name = crate::store::label(labels, METRIC_NAME).unwrap_or("");
    format!("{name}{{{}}}", pairs.join(","))
}

/// The answer at an instant, a line an element, in the order of the answer.
pub(super) fn at(store: &MemoryStore, query: &str, t_s: i64) -> Vec<String> {
    match instant(store, query, t_s * 1000, &Options::default()) {
        Ok(Value::Scalar(value)) => vec![format!("{value}")],
        Ok(Value::String(text)) => vec![format!("{text:?}")],
        Ok(Value::Vector(samples)) => {
            samples.iter().map(|sample| format!("{} {}", text_of(&sample.labels), sample.value)).collect()
        }
        Ok(Value::Matrix(series)) => series.iter().map(|one| line(&one.labels, &one.points)).collect(),
        Err(error) => vec![format!("error: {error}")],
    }
}

/// The answer over a range, a line a series, values as `time:value`.
pub(super) fn over(
    store: &MemoryStore,
    query: &str,
    (start_s, end_s, step_s): (i64, i64, i64),
) -> Vec<String> {
    let steps = Steps { start_ms: start_s * 1000, end_ms: end_s * 1000, step_ms: step_s * 1000 };
    match range(store, query, steps, &Options::default()) {
        Ok(series) => series.iter().map(|one| line(&one.labels, &one.points)).collect(),
        Err(error) => vec![format!("error: {error}")],
    }
}

fn line(labels: &Labels, points: &[Point]) -> String {
    let points: Vec<String> =
        points.iter().map(|point| format!("{}:{}", point.t_ms / 1000, point.value)).collect();
    format!("{} {}", text_of(labels), points.join(" "))
}

/// Checks an answer whose order means nothing.
pub(super) fn check(store: &MemoryStore, query: &str, t_s: i64, expected: &[&str]) {
    let mut found = at(store, query, t_s);
    found.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "{query} at {t_s} s");
}

pub(super) fn error_of(store: &MemoryStore, query: &str) -> EvalError {
    instant(store, query, 300_000, &Options::default()).expect_err(query)
}
