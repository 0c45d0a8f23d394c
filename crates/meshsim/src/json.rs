//! Query results in the JSON of Prometheus' API, written row by row without a tree in between. It lives here rather than in
//! the shell because answers of many megabytes want optimised code in dev builds too. Knows no HTTP.

use std::fmt::Write;

use crate::exposition::number;
use crate::promql::Value;
use crate::store::{Labels, Point, Series};

/// An instant query's `data`; a scalar or text is told with the instant it was asked for.
pub fn value(value: &Value, at_ms: i64) -> String {
    match value {
        Value::Scalar(scalar) => result("scalar", |text| pair(text, at_ms, &number(*scalar))),
        Value::String(word) => result("string", |text| pair(text, at_ms, word)),
        Value::Vector(samples) => result("vector", |text| {
            list(text, samples, |text, sample| {
                metric(text, &sample.labels);
                text.push_str(",\"value\":");
                pair(text, sample.t_ms, &number(sample.value));
                text.push('}');
            });
        }),
        Value::Matrix(series) => matrix(series),
    }
}

/// A range query's `data`.
pub fn matrix(series: &[Series]) -> String {
    result("matrix", |text| {
        list(text, series, |text, series| {
            metric(text, &series.labels);
            text.push_str(",\"values\":");
            list(text, &series.points, |text, point: &Point| pair(text, point.t_ms, &number(point.value)));
            text.push('}');
        });
    })
}

/// Label sets, as `/series` lists them.
pub fn label_sets(sets: &[Labels]) -> String {
    let mut text = String::new();
    list(&mut text, sets, pairs);
    text
}

/// A list of texts.
pub fn texts(texts: &[std::sync::Arc<str>]) -> String {
    let mut text = String::new();
    list(&mut text, texts, |text, one| quoted(text, one));
    text
}

fn result(kind: &str, write: impl FnOnce(&mut String)) -> String {
    let mut text = format!("{{\"resultType\":\"{kind}\",\"result\":");
    write(&mut text);
    text.push('}');
    text
}

fn list<T>(text: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(text, item);
    }
    text.push(']');
}

/// A row's beginning: its labels.
fn metric(text: &mut String, labels: &Labels) {
    text.push_str("{\"metric\":");
    pairs(text, labels);
}

fn pairs(text: &mut String, labels: &Labels) {
    text.push('{');
    for (index, (name, value)) in labels.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        quoted(text, name);
        text.push(':');
        quoted(text, value);
    }
    text.push('}');
}

fn pair(text: &mut String, t_ms: i64, value: &str) {
    // Writing to a string cannot fail.
    let _ = write!(text, "[{},", t_ms as f64 / 1_000.0);
    quoted(text, value);
    text.push(']');
}

fn quoted(text: &mut String, value: &str) {
    text.push('"');
    if value.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        text.push_str(value);
    } else {
        value.chars().for_each(|letter| escaped(text, letter));
    }
    text.push('"');
}

fn escaped(text: &mut String, letter: char) {
    match letter {
        '"' => text.push_str("\\\""),
        '\\' => text.push_str("\\\\"),
        letter if letter < ' ' => {
            let _ = write!(text, "\\u{:04x}", u32::from(letter));
        }
        letter => text.push(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promql::Sample;
    use crate::store::labels_of;

    #[test]
    fn every_kind_of_result_has_its_form() {
        assert_eq!(value(&Value::Scalar(1.5), 1_500), r#"{"resultType":"scalar","result":[1.5,"1.5"]}"#);
        assert_eq!(value(&Value::String("a\"b".into()), 0), r#"{"resultType":"string","result":[0,"a\"b"]}"#);
        let labels = labels_of([("pod", "a"), ("app", "b")]);
        let vector = Value::Vector(vec![Sample { labels: labels.clone(), t_ms: 2_000, value: f64::NAN }]);
        let wanted =
            r#"{"resultType":"vector","result":[{"metric":{"app":"b","pod":"a"},"value":[2,"NaN"]}]}"#;
        assert_eq!(value(&vector, 0), wanted);
        let points = vec![Point { t_ms: 1, value: 0.25 }, Point { t_ms: 15_001, value: f64::INFINITY }];
        let wanted = r#"{"resultType":"matrix","result":[{"metric":{"app":"b","pod":"a"},"values":[[0.001,"0.25"],[15.001,"+Inf"]]}]}"#;
        assert_eq!(matrix(&[Series { labels, points }]), wanted);
        assert_eq!(matrix(&[]), r#"{"resultType":"matrix","result":[]}"#);
    }

    #[test]
    fn hostile_text_is_escaped() {
        let mut text = String::new();
        quoted(&mut text, "<b>\"\\\n\u{1}\u{202e}é");
        assert_eq!(text, "\"<b>\\\"\\\\\\u000a\\u0001\u{202e}é\"");
    }
}
