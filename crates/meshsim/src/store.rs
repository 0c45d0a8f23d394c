//! Series, matchers, and the one question the evaluator asks of whoever holds samples. Must not know `PromQL`, Istio, or
//! where the samples come from.

use regex::Regex;
use std::sync::Arc;

/// The label that carries a metric's name.
pub const METRIC_NAME: &str = "__name__";

/// Sorted by name; `__name__` included. Cheap to clone.
pub type Labels = Arc<[(Arc<str>, Arc<str>)]>;

/// One sample of one series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub t_ms: i64,
    pub value: f64,
}

/// A label set and its samples, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub labels: Labels,
    pub points: Vec<Point>,
}

/// How a matcher compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchOp {
    Equal,
    NotEqual,
    Regex,
    NotRegex,
}

/// One condition on one label; a label that is absent counts as empty.
#[derive(Debug, Clone)]
pub struct Matcher {
    pub name: String,
    pub op: MatchOp,
    pub value: String,
    /// Anchored at both ends; there for the two regex operators only.
    regex: Option<Regex>,
}

impl Matcher {
    /// Fails only for a regex that does not compile.
    pub fn new(name: impl Into<String>, op: MatchOp, value: impl Into<String>) -> Result<Self, regex::Error> {
        let value = value.into();
        let regex = match op {
            MatchOp::Equal | MatchOp::NotEqual => None,
            MatchOp::Regex | MatchOp::NotRegex => Some(Regex::new(&format!("^(?:{value})$"))?),
        };
        Ok(Self { name: name.into(), op, value, regex })
    }

    /// A regex matcher from a regex that is compiled and anchored already.
    pub(crate) fn from_regex(name: &str, op: MatchOp, value: &str, regex: Regex) -> Self {
        Self { name: name.to_owned(), op, value: value.to_owned(), regex: Some(regex) }
    }

    /// A matcher for equality, which cannot fail.
    pub fn equal(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), op: MatchOp::Equal, value: value.into(), regex: None }
    }

    pub(crate) fn not_equal(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), op: MatchOp::NotEqual, value: value.into(), regex: None }
    }

    /// Whether a label's value passes; `""` stands for a label that is absent.
    pub fn accepts(&self, value: &str) -> bool {
        let found = self.regex.as_ref().map_or(self.value == value, |regex| regex.is_match(value));
        match self.op {
            MatchOp::Equal | MatchOp::Regex => found,
            MatchOp::NotEqual | MatchOp::NotRegex => !found,
        }
    }

    /// Whether a whole label set passes.
    pub fn accepts_labels(&self, labels: &Labels) -> bool {
        self.accepts(label(labels, &self.name).unwrap_or(""))
    }
}

/// The value of a label, if the set has it.
pub fn label<'a>(labels: &'a Labels, name: &str) -> Option<&'a str> {
    labels.iter().find(|(key, _)| &**key == name).map(|(_, value)| &**value)
}

/// Labels from pairs in any order; empty values are left out, as Prometheus does.
pub fn labels_of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Labels {
    let mut pairs: Vec<(Arc<str>, Arc<str>)> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (Arc::from(name), Arc::from(value)))
        .collect();
    pairs.sort();
    pairs.into()
}

/// Whoever holds, or can compute, samples.
pub trait Store {
    /// Samples with `from_ms <= t <= to_ms` of every series that matches and has at least one.
    fn select(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Vec<Series>;

    /// The same, one series at a time. A store that computes its samples can fill one buffer over and over here, so
    /// that a query over hundreds of thousands of series never holds all their points at once.
    fn visit(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels, &[Point])) {
        for series in self.select(matchers, from_ms, to_ms) {
            each(&series.labels, &series.points);
        }
    }

    /// The label sets alone. A store that computes its samples need not work them all out here.
    fn visit_labels(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels)) {
        self.visit(matchers, from_ms, to_ms, &mut |labels, _| each(labels));
    }
}

/// What a store that visits selects.
pub(crate) fn collected<S: Store>(store: &S, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Vec<Series> {
    let mut series = Vec::new();
    store.visit(matchers, from_ms, to_ms, &mut |labels, points| {
        series.push(Series { labels: Arc::clone(labels), points: points.to_vec() });
    });
    series
}

/// Series kept in memory, as they were given.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    pub series: Vec<Series>,
}

impl MemoryStore {
    fn matching<'a>(
        &'a self,
        matchers: &'a [Matcher],
        from_ms: i64,
        to_ms: i64,
    ) -> impl Iterator<Item = (&'a Labels, &'a [Point])> {
        self.series
            .iter()
            .filter(move |series| matchers.iter().all(|matcher| matcher.accepts_labels(&series.labels)))
            .map(move |series| {
                let first = series.points.partition_point(|point| point.t_ms < from_ms);
                let end = series.points.partition_point(|point| point.t_ms <= to_ms);
                (&series.labels, series.points.get(first..end).unwrap_or_default())
            })
            .filter(|(_, points)| !points.is_empty())
    }
}

impl Store for MemoryStore {
    fn select(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Vec<Series> {
        self.matching(matchers, from_ms, to_ms)
            .map(|(labels, points)| Series { labels: labels.clone(), points: points.to_vec() })
            .collect()
    }

    fn visit(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels, &[Point])) {
        for (labels, points) in self.matching(matchers, from_ms, to_ms) {
            each(labels, points);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> MemoryStore {
        let at = |t_ms| Point { t_ms, value: 1.0 };
        MemoryStore {
            series: vec![
                Series {
                    labels: labels_of([("__name__", "up"), ("pod", "a-1")]),
                    points: vec![at(0), at(10), at(20)],
                },
                Series { labels: labels_of([("__name__", "up"), ("job", "x")]), points: vec![at(30)] },
            ],
        }
    }

    fn found(op: MatchOp, name: &str, value: &str) -> usize {
        store().select(&[Matcher::new(name, op, value).unwrap()], 0, 100).len()
    }

    #[test]
    fn an_absent_label_counts_as_empty_for_every_operator() {
        assert_eq!(found(MatchOp::Equal, "pod", ""), 1);
        assert_eq!(found(MatchOp::NotEqual, "pod", "a-1"), 1);
        assert_eq!(found(MatchOp::Regex, "pod", ".*"), 2);
        assert_eq!(found(MatchOp::Regex, "pod", ".+"), 1);
        assert_eq!(found(MatchOp::NotRegex, "pod", "a-.|b"), 1);
    }

    #[test]
    fn a_regex_must_match_the_whole_value() {
        assert_eq!(found(MatchOp::Regex, "pod", "a"), 0);
        assert_eq!(found(MatchOp::Regex, "pod", "a|a-1"), 1);
        assert!(Matcher::new("pod", MatchOp::Regex, "(").is_err());
    }

    #[test]
    fn both_ends_of_the_range_belong_to_it_and_empty_series_stay_out() {
        let series = store().select(&[Matcher::equal("__name__", "up")], 10, 20);
        assert_eq!(series.len(), 1);
        assert_eq!(series[0].points.iter().map(|point| point.t_ms).collect::<Vec<_>>(), [10, 20]);
    }

    #[test]
    fn visiting_gives_what_selecting_gives() {
        let mut seen = Vec::new();
        store().visit(&[], 0, 30, &mut |labels, points| seen.push((labels.clone(), points.len())));
        let selected: Vec<_> =
            store().select(&[], 0, 30).into_iter().map(|s| (s.labels, s.points.len())).collect();
        assert_eq!(seen, selected);
    }
}
