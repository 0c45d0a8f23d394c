//! Functions of a range vector, by name: what each makes of the samples in one window. Must not know labels or steps.

use super::rate;
use super::select::Window;
use super::statistics::{ExactSum, exact_variance, quantile};
use super::table::Row;

/// A function of one window, which is never empty.
#[derive(Debug, Clone, Copy)]
pub(super) enum RangeFunction {
    /// One sample is enough.
    Any(fn(Window) -> f64),
    /// Two samples are needed.
    Change(fn(Window) -> Option<f64>),
    /// The same of the last two alone.
    Step(fn(Window) -> Option<f64>),
    /// How often there was something, whatever.
    Presence(fn(Window) -> f64),
    /// Takes a scalar argument before the range.
    Quantile,
}

impl RangeFunction {
    /// The row of its result, given the row whose samples it looks at. Of native histograms some functions make others,
    /// some only ask whether and when there were any, and the rest passes them over; Prometheus 2.42 takes them for zeros.
    pub(super) fn seen(self, row: &Row) -> Option<Row> {
        match self {
            _ if row.part().is_none() => Some(row.clone()),
            Self::Change(_) => Some(row.clone()),
            Self::Presence(_) => row.once(),
            Self::Any(_) | Self::Step(_) | Self::Quantile => None,
        }
    }

    pub(super) fn apply(self, window: Window, argument: f64) -> Option<f64> {
        match self {
            Self::Any(function) | Self::Presence(function) => Some(function(window)),
            Self::Change(function) | Self::Step(function) => function(window),
            Self::Quantile => Some(quantile_of(window, argument)),
        }
    }
}

const ALL: &[(&str, RangeFunction)] = &[
    ("avg_over_time", RangeFunction::Any(avg)),
    ("changes", RangeFunction::Any(changes)),
    ("count_over_time", RangeFunction::Presence(count)),
    ("delta", RangeFunction::Change(rate::delta)),
    ("idelta", RangeFunction::Step(rate::idelta)),
    ("increase", RangeFunction::Change(rate::increase)),
    ("irate", RangeFunction::Step(rate::irate)),
    ("last_over_time", RangeFunction::Any(last)),
    ("max_over_time", RangeFunction::Any(max)),
    ("min_over_time", RangeFunction::Any(min)),
    ("present_over_time", RangeFunction::Presence(|_| 1.0)),
    ("quantile_over_time", RangeFunction::Quantile),
    ("rate", RangeFunction::Change(rate::rate)),
    ("resets", RangeFunction::Any(resets)),
    ("stddev_over_time", RangeFunction::Any(|window| variance(window).sqrt())),
    ("stdvar_over_time", RangeFunction::Any(variance)),
    ("sum_over_time", RangeFunction::Any(sum)),
];

pub(super) fn find(name: &str) -> Option<RangeFunction> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
}

fn sum(window: Window) -> f64 {
    let mut sum = ExactSum::default();
    for point in window.points {
        sum.add(point.value);
    }
    sum.value()
}

fn avg(window: Window) -> f64 {
    sum(window) / window.points.len() as f64
}

fn count(window: Window) -> f64 {
    window.points.len() as f64
}

fn values(window: Window<'_>) -> impl Iterator<Item = f64> {
    window.points.iter().map(|point| point.value)
}

fn last(window: Window) -> f64 {
    values(window).last().unwrap_or(f64::NAN)
}

/// NaN only if there is nothing else, which is what `f64::max` gives.
fn max(window: Window) -> f64 {
    values(window).fold(f64::NAN, f64::max)
}

fn min(window: Window) -> f64 {
    values(window).fold(f64::NAN, f64::min)
}

fn variance(window: Window) -> f64 {
    exact_variance(values(window))
}

fn quantile_of(window: Window, share: f64) -> f64 {
    quantile(share, &mut values(window).collect::<Vec<_>>())
}

fn count_pairs(window: Window, counts: impl Fn(f64, f64) -> bool) -> f64 {
    window.points.windows(2).filter(|pair| counts(pair[0].value, pair[1].value)).count() as f64
}

fn resets(window: Window) -> f64 {
    count_pairs(window, |before, after| after < before)
}

fn changes(window: Window) -> f64 {
    #[expect(clippy::float_cmp, reason = "a change is any difference, however small")]
    let differs = |before: f64, after: f64| before != after && !(before.is_nan() && after.is_nan());
    count_pairs(window, differs)
}
