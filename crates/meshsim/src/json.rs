//! Query results in the JSON of Prometheus' API, written row by row without a tree in between. It lives here rather than in
//! the shell because answers of many megabytes want optimised code in dev builds too. Knows no HTTP.

use std::fmt::Write;
use std::slice::from_ref;

use crate::exposition::number;
use crate::native::{self, Histogram};
use crate::promql::Value;
use crate::store::{Labels, Point, Series};

/// An instant query's `data`; a scalar or text is told with the instant it was asked for.
pub fn value(value: &Value, at_ms: i64) -> String {
    match value {
        Value::Scalar(scalar) => result("scalar", |text| pair(text, at_ms, &number(*scalar))),
        Value::String(word) => result("string", |text| pair(text, at_ms, word)),
        Value::Vector(samples) => {
            let points: Vec<Point> =
                samples.iter().map(|sample| Point { t_ms: sample.t_ms, value: sample.value }).collect();
            let one = samples.iter().zip(&points).map(|(sample, point)| (&sample.labels, from_ref(point)));
            let one: Vec<_> = one.collect();
            result("vector", |text| rows(text, &one, Form::Instant))
        }
        Value::Matrix(series) => matrix(series),
    }
}

/// A range query's `data`.
pub fn matrix(series: &[Series]) -> String {
    let many: Vec<_> = series.iter().map(|series| (&series.labels, &series.points[..])).collect();
    result("matrix", |text| rows(text, &many, Form::Range))
}

/// Whether a row has one value or a list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Instant,
    Range,
}

/// Plain rows as they come, then native histograms, put together from their parts.
fn rows(text: &mut String, series: &[(&Labels, &[Point])], form: Form) {
    text.push('[');
    for (labels, points) in series.iter().filter(|(labels, _)| native::part_of(labels).is_none()) {
        row(text, (labels, "value", form), points, |text, point| {
            pair(text, point.t_ms, &number(point.value));
        });
    }
    for (labels, histograms) in native::gather(series.iter().copied()) {
        let points: Vec<_> = histograms.into_iter().collect();
        row(text, (&labels, "histogram", form), &points, |text, (t_ms, one)| histogram(text, *t_ms, one));
    }
    if text.ends_with(',') {
        text.pop();
    }
    text.push(']');
}

/// One row and a comma.
fn row<T>(
    text: &mut String,
    (labels, what, form): (&Labels, &str, Form),
    points: &[T],
    mut write: impl FnMut(&mut String, &T),
) {
    metric(text, labels);
    let _ = write!(text, ",\"{what}{}\":", if form == Form::Range { "s" } else { "" });
    match form {
        Form::Instant => points.iter().for_each(|point| write(text, point)),
        Form::Range => list(text, points, write),
    }
    text.push_str("},");
}

/// Counts and bounds are texts; the first number of a bucket says that its upper bound belongs to it.
fn histogram(text: &mut String, t_ms: i64, histogram: &Histogram) {
    let (count, sum) = (number(histogram.count), number(histogram.sum));
    let _ = write!(text, "[{},{{\"count\":\"{count}\",\"sum\":\"{sum}\",\"buckets\":", t_ms as f64 / 1_000.0);
    let buckets: Vec<_> = histogram.buckets.iter().collect();
    list(text, &buckets, |text, &(&index, &count)| {
        let bounds = [native::upper(index - 1), native::upper(index), count].map(number);
        let _ = write!(text, "[0,\"{}\",\"{}\",\"{}\"]", bounds[0], bounds[1], bounds[2]);
    });
    text.push_str("}]");
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
    fn native_histograms_are_rows_of_their_own() {
        let labels = |part| labels_of([("pod", "a"), (native::PART, part)]);
        let parts = [(native::COUNT, 3.0), (native::SUM, 4.5), ("8", 1.0), ("9", 0.0), ("16", 2.0)];
        let sample = |(part, value)| Sample { labels: labels(part), t_ms: 2_000, value };
        let plain = Sample { labels: labels_of([("pod", "b")]), t_ms: 2_000, value: 1.0 };
        let mut samples: Vec<Sample> = parts.map(sample).into();
        samples.insert(1, plain);
        let bounds = [native::upper(7), native::upper(15)];
        let whole = format!(
            r#"{{"count":"3","sum":"4.5","buckets":[[0,"{}","2","1"],[0,"{}","4","2"]]}}"#,
            bounds[0], bounds[1]
        );
        let wanted = format!(
            r#"{{"resultType":"vector","result":[{{"metric":{{"pod":"b"}},"value":[2,"1"]}},{{"metric":{{"pod":"a"}},"histogram":[2,{whole}]}}]}}"#
        );
        assert_eq!(value(&Value::Vector(samples), 0), wanted);
        let series =
            |(part, value)| Series { labels: labels(part), points: vec![Point { t_ms: 2_000, value }] };
        let wanted = format!(
            r#"{{"resultType":"matrix","result":[{{"metric":{{"pod":"a"}},"histograms":[[2,{whole}]]}}]}}"#
        );
        assert_eq!(matrix(&parts.map(series)), wanted);
    }

    #[test]
    fn hostile_text_is_escaped() {
        let mut text = String::new();
        quoted(&mut text, "<b>\"\\\n\u{1}\u{202e}é");
        assert_eq!(text, "\"<b>\\\"\\\\\\u000a\\u0001\u{202e}é\"");
    }
}
