//! Which moments are asked about: ends lie on the scrape grid, so that all who look at one time share one snapshot.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Assumed where the engine does not tell.
const INTERVAL_DEFAULT_S: f64 = 15.0;
/// A very long interval must not make "now" minutes old.
const INTERVAL_MAX_S: f64 = 60.0;

/// Windows up to this long are refreshed with every scrape.
const EVERY_SCRAPE_S: u64 = 3_600;
/// Longer ones when this part of them has passed.
const REFRESHES_A_WINDOW: u64 = 60;

pub(super) fn now_s() -> i64 {
    i64::try_from(now().as_secs()).unwrap_or(i64::MAX)
}

/// Since 1970. A test moves tokio's clock, and this one goes with it; elsewhere the two never part.
pub(super) fn now() -> Duration {
    let moved = tokio::time::Instant::now().into_std().saturating_duration_since(Instant::now());
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + moved
}

/// How old a live snapshot of this window may become before the next is made, in whole seconds on the grid.
pub(super) fn refresh_s(window_s: u64, interval_s: Option<f64>) -> i64 {
    let grid_s = step_s(interval_s);
    if window_s <= EVERY_SCRAPE_S {
        return grid_s;
    }
    let part_s = i64::try_from(window_s / REFRESHES_A_WINDOW).unwrap_or(i64::MAX);
    (part_s / grid_s).max(1).saturating_mul(grid_s)
}

/// The end of the window: what was asked, or now, never in the future, floored to the grid.
pub(super) fn end_s(asked_s: Option<i64>, now_s: i64, interval_s: Option<f64>) -> i64 {
    let step_s = step_s(interval_s);
    let end_s = asked_s.map_or(now_s, |asked_s| asked_s.min(now_s));
    end_s.div_euclid(step_s) * step_s
}

/// The grid in whole seconds.
pub(super) fn step_s(interval_s: Option<f64>) -> i64 {
    interval_s.unwrap_or(INTERVAL_DEFAULT_S).clamp(1.0, INTERVAL_MAX_S).round() as i64
}

/// Step of a range over this window: at most `points` of them, on the grid.
pub(super) fn range_step_s(window_s: u64, points: u64, interval_s: Option<f64>) -> i64 {
    let grid_s = step_s(interval_s);
    let wanted_s = i64::try_from(window_s.div_ceil(points)).unwrap_or(i64::MAX);
    wanted_s.max(1).div_euclid(grid_s).saturating_mul(grid_s).max(grid_s)
        + if wanted_s > grid_s && wanted_s % grid_s != 0 { grid_s } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_lie_on_the_grid_and_never_in_the_future() {
        assert_eq!(end_s(None, 1_000_007, Some(15.0)), 1_000_005);
        assert_eq!(end_s(None, 1_000_019, None), 1_000_005);
        assert_eq!(end_s(Some(2_000_000), 1_000_007, Some(15.0)), 1_000_005);
        assert_eq!(end_s(Some(999_999), 1_000_007, Some(30.0)), 999_990);
        assert_eq!(end_s(None, 1_000_007, Some(0.2)), 1_000_007);
        assert_eq!(end_s(None, 1_000_007, Some(3_600.0)), 999_960);
    }

    #[test]
    fn long_windows_are_refreshed_at_their_own_pace() {
        assert_eq!(refresh_s(600, Some(15.0)), 15);
        assert_eq!(refresh_s(3_600, Some(15.0)), 15);
        assert_eq!(refresh_s(3_600, Some(60.0)), 60);
        assert_eq!(refresh_s(10_800, Some(15.0)), 180);
        assert_eq!(refresh_s(86_400, Some(15.0)), 1_440);
        assert_eq!(refresh_s(4_000, Some(15.0)), 60, "on the grid");
        assert_eq!(refresh_s(3_601, None), 60);
        assert_eq!(refresh_s(7_000, Some(300.0)), 60, "never before the next scrape that is looked for");
    }

    #[test]
    fn a_range_has_few_points_and_lies_on_the_grid() {
        for (window_s, interval_s) in
            [(60, 15.0), (600, 15.0), (600, 30.0), (3_600, 15.0), (86_400, 15.0), (899, 7.0)]
        {
            let step_s = range_step_s(window_s, 60, Some(interval_s));
            assert_eq!(step_s % interval_s as i64, 0, "{window_s} {interval_s}");
            assert!(window_s / step_s.cast_unsigned() <= 60, "{window_s} in steps of {step_s}");
            assert!(
                step_s == interval_s as i64 || step_s < window_s.cast_signed() / 60 + 2 * interval_s as i64
            );
        }
    }
}
