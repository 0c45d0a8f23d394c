//! When to ask again after a failure: later each time, and not all at the same moment.

use crate::prometheus::PrometheusError;
use model::graph::Stale;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;
use tokio::time::Instant;

const FIRST_S: f64 = 2.0;
const LONGEST_S: f64 = 60.0;
/// Somebody who looks asks again within this time.
const LATELY: Duration = Duration::from_secs(90);

#[derive(Debug, Default)]
pub(super) struct BackOff(Option<Failing>);

#[derive(Debug)]
struct Failing {
    since_s: i64,
    attempts: i32,
    retry_at: Instant,
    noted_at: Instant,
    error: PrometheusError,
}

impl BackOff {
    /// Why and how long nobody should ask; None when one may.
    pub(super) fn waiting(&self) -> Option<(PrometheusError, Stale)> {
        let failing = self.0.as_ref()?;
        (Instant::now() < failing.retry_at).then(|| (failing.error.clone(), failing.stale()))
    }

    /// Why it failed last, until it succeeds.
    pub(super) fn failing(&self) -> Option<PrometheusError> {
        self.0.as_ref().map(|failing| failing.error.clone())
    }

    /// Why the source could not be asked, if that was found not long ago.
    pub(super) fn lost_lately(&self) -> Option<PrometheusError> {
        let failing = self.0.as_ref().filter(|failing| failing.error.is_about_the_source())?;
        (failing.noted_at.elapsed() < LATELY).then(|| failing.error.clone())
    }

    /// Notes a failed attempt. Those who waited for one flight all come here: only the first of them counts.
    pub(super) fn note(&mut self, error: &PrometheusError, at_s: i64) -> Stale {
        let now = Instant::now();
        let failing = self.0.get_or_insert_with(|| Failing {
            since_s: at_s,
            attempts: 0,
            retry_at: now,
            noted_at: now,
            error: error.clone(),
        });
        if failing.retry_at <= now {
            let wait_s = (FIRST_S * 2.0_f64.powi(failing.attempts)).min(LONGEST_S) * jitter();
            failing.attempts = (failing.attempts + 1).min(16);
            failing.retry_at = now + Duration::from_secs_f64(wait_s);
            failing.error = error.clone();
            failing.noted_at = now;
        }
        failing.stale()
    }
}

impl Failing {
    fn stale(&self) -> Stale {
        let left = self.retry_at.saturating_duration_since(Instant::now());
        Stale {
            since_s: self.since_s,
            reason: self.error.to_string(),
            retry_in_s: (left.as_secs_f64() * 10.0).ceil() / 10.0,
        }
    }
}

/// 0.75 to 1.25. A fresh `RandomState` is seeded by chance: enough to spread replicas.
fn jitter() -> f64 {
    let chance = RandomState::new().hash_one(0_u8) >> 11;
    0.75 + 0.5 * (chance as f64 / (1_u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> PrometheusError {
        PrometheusError::Refused { at: "http://p".into() }
    }

    #[tokio::test(start_paused = true)]
    async fn waits_grow_to_a_minute_and_those_who_shared_a_flight_count_once() {
        let mut back_off = BackOff::default();
        assert!(back_off.waiting().is_none());
        let mut longest_s: f64 = 0.0;
        for attempt in 0..10 {
            let wait_s = back_off.note(&refused(), 100 + attempt).retry_in_s;
            assert!((back_off.note(&refused(), 100 + attempt).retry_in_s - wait_s).abs() < 0.2);
            assert!(back_off.waiting().is_some());
            longest_s = longest_s.max(wait_s);
            tokio::time::advance(Duration::from_secs_f64(wait_s + 0.1)).await;
            assert!(back_off.waiting().is_none(), "after the wait one may ask");
        }
        assert!((45.0..=75.1).contains(&longest_s), "{longest_s}");
        assert_eq!(back_off.note(&refused(), 999).since_s, 100, "it fails since the first time");
    }
}
