//! An answer to a query in a form in which two engines can be compared. Must not know how an engine was asked.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use meshsim::native::{self, Histograms};
use meshsim::promql::{EvalError, Value};
use meshsim::store::{Labels, METRIC_NAME, Point, Series, label};
use serde::Deserialize;

/// Times in ms and values.
pub type Samples = Vec<(i64, f64)>;

/// Series by their labels' text. Instant vectors are series of one sample; the order of a vector is not kept. What a native
/// histogram has is a series each: its count, its sum, and each bucket by its upper bound.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Series(BTreeMap<String, Samples>),
    Scalar(f64),
    Text(String),
    /// The query is sound but cannot be answered, or not sound; the reason as the engine put it.
    Refused(String),
}

#[derive(Deserialize)]
struct Body {
    status: String,
    data: Option<Answered>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Answered {
    Vector(Vec<Row>),
    Matrix(Vec<Row>),
    Scalar((f64, String)),
    String((f64, String)),
}

#[derive(Deserialize)]
struct Row {
    metric: BTreeMap<String, String>,
    value: Option<(f64, String)>,
    #[serde(default)]
    values: Vec<(f64, String)>,
    histogram: Option<(f64, Whole)>,
    #[serde(default)]
    histograms: Vec<(f64, Whole)>,
}

#[derive(Deserialize)]
struct Whole {
    count: String,
    sum: String,
    /// Which bounds belong to it, above, up to, count.
    #[serde(default)]
    buckets: Vec<(u8, String, String, String)>,
}

impl Answer {
    /// Reads the body of an answer of Prometheus' HTTP API.
    pub fn from_json(body: &[u8]) -> Result<Self> {
        let parsed: Body = serde_json::from_slice(body)
            .with_context(|| format!("no answer of Prometheus: {}", String::from_utf8_lossy(body)))?;
        let answered = match parsed.data {
            Some(answered) if parsed.status == "success" => answered,
            _ => return Ok(Self::Refused(parsed.error.unwrap_or_default())),
        };
        Ok(match answered {
            Answered::Scalar((_, value)) => Self::Scalar(value.parse()?),
            Answered::String((_, text)) => Self::Text(text),
            Answered::Vector(rows) | Answered::Matrix(rows) => {
                let rows = rows.into_iter().map(read_row).collect::<Result<Vec<_>>>()?;
                Self::Series(rows.into_iter().flatten().collect())
            }
        })
    }

    /// The evaluator's answer to an instant query.
    pub fn from_value(value: Result<Value, EvalError>) -> Self {
        match value {
            Ok(Value::Scalar(value)) => Self::Scalar(value),
            Ok(Value::String(text)) => Self::Text(text),
            Ok(Value::Vector(samples)) => {
                let point = |t_ms, value| vec![Point { t_ms, value }];
                let series = samples
                    .into_iter()
                    .map(|sample| Series { labels: sample.labels, points: point(sample.t_ms, sample.value) });
                Self::from_series(Ok(series.collect()))
            }
            Ok(Value::Matrix(series)) => Self::from_series(Ok(series)),
            Err(error) => Self::Refused(error.to_string()),
        }
    }

    /// The evaluator's answer to a range query.
    pub fn from_series(series: Result<Vec<Series>, EvalError>) -> Self {
        match series {
            Ok(series) => {
                let plain = series.iter().filter(|one| native::part_of(&one.labels).is_none());
                let samples = plain.map(|one| {
                    let samples = one.points.iter().map(|point| (point.t_ms, point.value)).collect();
                    (labels_text(&one.labels), samples)
                });
                let native = native::gather(series.iter().map(|one| (&one.labels, &one.points[..])));
                let parts = native.iter().flat_map(|(labels, points)| parts(&labels_text(labels), points));
                Self::Series(samples.chain(parts).collect())
            }
            Err(error) => Self::Refused(error.to_string()),
        }
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Series(series) => series.values().map(Vec::len).sum(),
            Self::Scalar(_) | Self::Text(_) => 1,
            Self::Refused(_) => 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first difference to another answer, in words; none if all labels and times are the same, values are within
    /// `tolerance` of each other relative to the larger, and both were answered or both refused.
    pub fn difference(&self, other: &Self, tolerance: f64) -> Option<String> {
        let agrees = |a: f64, b: f64| agree(a, b, tolerance);
        match (self, other) {
            (Self::Series(mine), Self::Series(theirs)) => series_difference(mine, theirs, &agrees),
            (Self::Scalar(a), Self::Scalar(b)) => (!agrees(*a, *b)).then(|| format!("{a} and {b}")),
            (Self::Text(a), Self::Text(b)) => (a != b).then(|| format!("{a:?} and {b:?}")),
            (Self::Refused(_), Self::Refused(_)) => None,
            _ => Some(format!("{self:?} and {other:?}")),
        }
    }
}

fn read_row(row: Row) -> Result<BTreeMap<String, Samples>> {
    let name = row.metric.get(METRIC_NAME).map_or("", String::as_str);
    let labels = row.metric.iter().filter(|(key, _)| *key != METRIC_NAME);
    let text = text_of(name, labels.map(|(key, value)| (key.as_str(), value.as_str())));
    let read = |(seconds, value): (f64, String)| Ok(((seconds * 1000.0).round() as i64, value.parse()?));
    let samples: Samples = row.value.into_iter().chain(row.values).map(read).collect::<Result<_>>()?;
    let mut all = BTreeMap::new();
    for (seconds, whole) in row.histogram.into_iter().chain(row.histograms) {
        let t_ms = (seconds * 1000.0).round() as i64;
        let mut add = |part: String, value: &str| -> Result<()> {
            let samples: &mut Samples = all.entry(format!("{text}{part}")).or_default();
            samples.push((t_ms, value.parse()?));
            Ok(())
        };
        add(" count".to_owned(), &whole.count)?;
        add(" sum".to_owned(), &whole.sum)?;
        for (_, _, up_to, count) in &whole.buckets {
            add(up_to_text(up_to.parse()?), count)?;
        }
    }
    if !samples.is_empty() {
        all.insert(text, samples);
    }
    Ok(all)
}

/// The evaluator's histograms as a real answer's are read.
fn parts(text: &str, histograms: &Histograms) -> BTreeMap<String, Samples> {
    let mut all: BTreeMap<String, Samples> = BTreeMap::new();
    for (&t_ms, histogram) in histograms {
        let buckets =
            histogram.buckets.iter().map(|(&index, &count)| (up_to_text(native::upper(index)), count));
        let figures = [(" count".to_owned(), histogram.count), (" sum".to_owned(), histogram.sum)];
        for (part, value) in figures.into_iter().chain(buckets) {
            all.entry(format!("{text}{part}")).or_default().push((t_ms, value));
        }
    }
    all
}

/// The last digits of a bound are nobody's business.
fn up_to_text(bound: f64) -> String {
    format!(" up to {bound:.9e}")
}

fn labels_text(labels: &Labels) -> String {
    let pairs = labels.iter().filter(|(name, _)| &**name != METRIC_NAME);
    text_of(label(labels, METRIC_NAME).unwrap_or(""), pairs.map(|(name, value)| (&**name, &**value)))
}

fn text_of<'a>(name: &str, labels: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = labels.map(|(name, value)| format!("{name}={value:?}")).collect();
    format!("{name}{{{}}}", pairs.join(","))
}

/// What rounding leaves of the spread of equal numbers; smaller than anything that is measured.
const NOTHING: f64 = 1e-15;

fn agree(a: f64, b: f64, tolerance: f64) -> bool {
    let equal = a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    let near = (a - b).abs() <= (tolerance * a.abs().max(b.abs())).max(NOTHING);
    equal || (a.is_finite() && b.is_finite() && near)
}

fn series_difference(
    mine: &BTreeMap<String, Samples>,
    theirs: &BTreeMap<String, Samples>,
    agrees: &dyn Fn(f64, f64) -> bool,
) -> Option<String> {
    for (labels, samples) in mine {
        let Some(other) = theirs.get(labels) else {
            return Some(format!("only the first has {labels} {samples:?}"));
        };
        if samples.len() != other.len() {
            return Some(format!(
                "{labels}: {} samples and {}: {samples:?} {other:?}",
                samples.len(),
                other.len()
            ));
        }
        for ((t_ms, a), (other_ms, b)) in samples.iter().zip(other) {
            if t_ms != other_ms || !agrees(*a, *b) {
                return Some(format!("{labels}: {a:e} at {t_ms} and {b:e} at {other_ms}"));
            }
        }
    }
    theirs
        .keys()
        .find(|labels| !mine.contains_key(*labels))
        .map(|labels| format!("only the second has {labels}"))
}
