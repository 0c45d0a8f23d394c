//! Functions of a range vector, by name: what each makes of the samples in one window. Must not know labels or steps.

use super::rate;
use super::select::Window;
use super::statistics::{ExactSum, Spread, quantile};

/// A function of one window; the number is the scalar argument of those that have one.
pub(super) type RangeFunction = fn(Window, f64) -> Option<f64>;

const ALL: &[(&str, RangeFunction)] = &[
    ("avg_over_time", avg),
    ("changes", changes),
    ("count_over_time", count),
    ("delta", rate::delta),
    ("idelta", rate::idelta),
    ("increase", rate::increase),
    ("irate", rate::irate),
    ("last_over_time", last),
    ("max_over_time", max),
    ("min_over_time", min),
    ("present_over_time", present),
    ("quantile_over_time", quantile_of),
    ("rate", rate::rate),
    ("resets", resets),
    ("stddev_over_time", stddev),
    ("stdvar_over_time", stdvar),
    ("sum_over_time", sum),
];

pub(super) fn find(name: &str) -> Option<RangeFunction> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
}

fn exact_sum(window: Window) -> f64 {
    let mut sum = ExactSum::default();
    for point in window.points {
        sum.add(point.value);
    }
    sum.value()
}

fn sum(window: Window, _: f64) -> Option<f64> {
    Some(exact_sum(window))
}

fn avg(window: Window, _: f64) -> Option<f64> {
    Some(exact_sum(window) / window.points.len() as f64)
}

fn count(window: Window, _: f64) -> Option<f64> {
    Some(window.points.len() as f64)
}

fn present(_: Window, _: f64) -> Option<f64> {
    Some(1.0)
}

fn last(window: Window, _: f64) -> Option<f64> {
    window.points.last().map(|point| point.value)
}

/// NaN only if there is nothing else, which is what `f64::max` gives.
fn max(window: Window, _: f64) -> Option<f64> {
    window.points.iter().map(|point| point.value).reduce(f64::max)
}

fn min(window: Window, _: f64) -> Option<f64> {
    window.points.iter().map(|point| point.value).reduce(f64::min)
}

fn spread(window: Window) -> Spread {
    let mut spread = Spread::default();
    for point in window.points {
        spread.add(point.value);
    }
    spread
}

fn stddev(window: Window, _: f64) -> Option<f64> {
    Some(spread(window).variance().sqrt())
}

fn stdvar(window: Window, _: f64) -> Option<f64> {
    Some(spread(window).variance())
}

fn quantile_of(window: Window, share: f64) -> Option<f64> {
    let mut values: Vec<f64> = window.points.iter().map(|point| point.value).collect();
    Some(quantile(share, &mut values))
}

fn count_pairs(window: Window, counts: impl Fn(f64, f64) -> bool) -> f64 {
    window.points.windows(2).filter(|pair| counts(pair[0].value, pair[1].value)).count() as f64
}

fn resets(window: Window, _: f64) -> Option<f64> {
    Some(count_pairs(window, |before, after| after < before))
}

fn changes(window: Window, _: f64) -> Option<f64> {
    #[expect(clippy::float_cmp, reason = "a change is any difference, however small")]
    let differs = |before: f64, after: f64| before != after && !(before.is_nan() && after.is_nan());
    Some(count_pairs(window, differs))
}
