//! Change over a range: `rate`, `increase`, `delta` with Prometheus' extrapolation, `irate`, `idelta`. Must not know labels.

use super::Rates;
use super::select::Window;
use crate::store::Point;

/// Whether values may fall only because a counter began anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
}

pub(super) fn rate(window: Window) -> Option<f64> {
    if window.rates == Rates::SinceBefore {
        return since_before(window, Kind::Counter).map(|(change, seconds)| change / seconds);
    }
    let range_s = (window.end_ms - window.start_ms) as f64 / 1000.0;
    extrapolated(window, Kind::Counter, range_s)
}

pub(super) fn increase(window: Window) -> Option<f64> {
    whole_change(window, Kind::Counter)
}

pub(super) fn delta(window: Window) -> Option<f64> {
    whole_change(window, Kind::Gauge)
}

fn whole_change(window: Window, kind: Kind) -> Option<f64> {
    match window.rates {
        Rates::Stretched => extrapolated(window, kind, 1.0),
        Rates::SinceBefore => since_before(window, kind).map(|(change, _)| change),
    }
}

pub(super) fn irate(window: Window) -> Option<f64> {
    let [.., before, last] = window.points else { return None };
    let change = if last.value < before.value { last.value } else { last.value - before.value };
    (last.t_ms > before.t_ms).then(|| change / ((last.t_ms - before.t_ms) as f64 / 1000.0))
}

pub(super) fn idelta(window: Window) -> Option<f64> {
    let [.., before, last] = window.points else { return None };
    (last.t_ms > before.t_ms).then_some(last.value - before.value)
}

/// From the first to the last of samples; a counter that fell began anew.
fn change<'a>(points: impl Iterator<Item = &'a Point>, kind: Kind) -> f64 {
    let mut change = 0.0;
    let mut before: Option<f64> = None;
    for point in points {
        let from = before.map_or(point.value, |before| {
            if kind == Kind::Counter && point.value < before { 0.0 } else { before }
        });
        change += point.value - from;
        before = Some(point.value);
    }
    change
}

/// The change since the sample before the window, or since its first, and the seconds that took.
fn since_before(window: Window, kind: Kind) -> Option<(f64, f64)> {
    let all = || window.before.iter().chain(window.points);
    let (first, last) = (all().next()?, window.points.last()?);
    (last.t_ms > first.t_ms).then(|| (change(all(), kind), (last.t_ms - first.t_ms) as f64 / 1000.0))
}

/// The change between the first and the last sample, stretched to the whole range. At an edge it stretches to the range's
/// end if that is within 1.1 mean sample distances, else by half a distance, since the series then begins or ends
/// inside the range; a counter never beyond the point where it would have been zero.
fn extrapolated(window: Window, kind: Kind, divisor: f64) -> Option<f64> {
    let [first, .., last] = window.points else { return None };
    let change = change(window.points.iter(), kind);
    let sampled_s = (last.t_ms - first.t_ms) as f64 / 1000.0;
    let distance_s = sampled_s / (window.points.len() - 1) as f64;
    let mut to_start_s = (first.t_ms - window.start_ms) as f64 / 1000.0;
    let to_end_s = (window.end_ms - last.t_ms) as f64 / 1000.0;
    // Of histograms Prometheus 2 does not ask where they would have been zero.
    if kind == Kind::Counter && !window.is_part && change > 0.0 && first.value >= 0.0 {
        to_start_s = to_start_s.min(sampled_s * (first.value / change));
    }
    let stretch_s = |gap_s: f64| if gap_s < distance_s * 1.1 { gap_s } else { distance_s / 2.0 };
    let covered_s = sampled_s + stretch_s(to_start_s) + stretch_s(to_end_s);
    Some(change * (covered_s / sampled_s / divisor))
}
