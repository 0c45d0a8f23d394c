//! Change over a range: `rate`, `increase`, `delta` with Prometheus' extrapolation, `irate`, `idelta`. Must not know labels.

use super::select::Window;

/// Whether values may fall only because a counter began anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
}

pub(super) fn rate(window: Window) -> Option<f64> {
    let range_s = (window.end_ms - window.start_ms) as f64 / 1000.0;
    extrapolated(window, Kind::Counter, range_s)
}

pub(super) fn increase(window: Window) -> Option<f64> {
    extrapolated(window, Kind::Counter, 1.0)
}

pub(super) fn delta(window: Window) -> Option<f64> {
    extrapolated(window, Kind::Gauge, 1.0)
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

/// The change between the first and the last sample, stretched to the whole range. At an edge it stretches to the range's
/// end if that is within 1.1 mean sample distances, else by half a distance, since the series then begins or ends
/// inside the range; a counter never beyond the point where it would have been zero.
fn extrapolated(window: Window, kind: Kind, divisor: f64) -> Option<f64> {
    let [first, .., last] = window.points else { return None };
    let mut change = last.value - first.value;
    if kind == Kind::Counter {
        for pair in window.points.windows(2) {
            if pair[1].value < pair[0].value {
                change += pair[0].value;
            }
        }
    }
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
