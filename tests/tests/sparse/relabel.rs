//! The simulator's series as a mesh with other labels would have counted them.
//! Must not know the product.

use std::collections::BTreeMap;

use meshsim::store::{Labels, METRIC_NAME, Point, Series, labels_of};

/// What scraping adds: they keep the targets apart, whose scrapes fall on different times.
const OF_SCRAPING: [&str; 3] = [METRIC_NAME, "job", "instance"];

/// Only these labels of the mesh's own; what they no longer tell apart is summed, as a proxy would count it.
pub(crate) fn keep_only(series: &[Series], kept: &[&str]) -> Vec<Series> {
    let is_kept = |name: &str| OF_SCRAPING.contains(&name) || kept.contains(&name);
    summed(series.iter().map(|one| {
        let labels = one.labels.iter().filter(|(name, _)| is_kept(name));
        let labels = labels_of(labels.map(|(name, value)| (&**name, &**value)));
        (labels, one.points.clone())
    }))
}

/// Without these labels; what only they told apart is summed.
pub(crate) fn without(series: &[Series], dropped: &[&str]) -> Vec<Series> {
    summed(series.iter().map(|one| {
        let labels = one.labels.iter().filter(|(name, _)| !dropped.contains(&&**name));
        let labels = labels_of(labels.map(|(name, value)| (&**name, &**value)));
        (labels, one.points.clone())
    }))
}

/// As Istio 1.3 counted: no canonical names, no clusters, and durations in seconds.
pub(crate) fn as_istio_1_3(series: &[Series]) -> Vec<Series> {
    series.iter().map(|one| Series { labels: old_labels(&one.labels), points: old_points(one) }).collect()
}

const MILLISECONDS: &str = "istio_request_duration_milliseconds";
const SECONDS: &str = "istio_request_duration_seconds";

fn is_duration(labels: &Labels) -> bool {
    labels.iter().any(|(name, value)| &**name == METRIC_NAME && value.starts_with(MILLISECONDS))
}

fn old_labels(labels: &Labels) -> Labels {
    let duration = is_duration(labels);
    let old: Vec<(&str, String)> = labels
        .iter()
        .filter(|(name, _)| !name.contains("_canonical_") && !name.ends_with("_cluster"))
        .map(|(name, value)| match (&**name, value.parse::<f64>()) {
            ("le", Ok(bound)) if duration && bound.is_finite() => ("le", (bound / 1000.0).to_string()),
            (METRIC_NAME, _) => (METRIC_NAME, value.replace(MILLISECONDS, SECONDS)),
            (name, _) => (name, value.to_string()),
        })
        .collect();
    labels_of(old.iter().map(|(name, value)| (*name, value.as_str())))
}

fn old_points(series: &Series) -> Vec<Point> {
    let name = meshsim::store::label(&series.labels, METRIC_NAME).unwrap_or_default();
    let per_ms = if name == format!("{MILLISECONDS}_sum") { 0.001 } else { 1.0 };
    series.points.iter().map(|point| Point { value: point.value * per_ms, ..*point }).collect()
}

fn summed(parts: impl Iterator<Item = (Labels, Vec<Point>)>) -> Vec<Series> {
    let mut sums: BTreeMap<Labels, BTreeMap<i64, f64>> = BTreeMap::new();
    for (labels, points) in parts {
        let sum = sums.entry(labels).or_default();
        for point in points {
            *sum.entry(point.t_ms).or_default() += point.value;
        }
    }
    let points =
        |sum: BTreeMap<i64, f64>| sum.into_iter().map(|(t_ms, value)| Point { t_ms, value }).collect();
    sums.into_iter().map(|(labels, sum)| Series { labels, points: points(sum) }).collect()
}
