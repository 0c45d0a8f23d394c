//! When a pod is scraped in a window, which counters it had then, and the instants' places in the period.

use crate::shape::Instant;

use super::pods::Pod;

/// The mesh began here: 2020-01-01T00:00:00Z. Counters are counted from then on.
pub(crate) const ORIGIN_MS: i64 = 1_577_836_800_000;

pub(crate) const SCRAPE_MS: i64 = 15_000;

/// Seconds since the origin.
pub(crate) fn second_of(t_ms: i64) -> f64 {
    (t_ms - ORIGIN_MS) as f64 / 1_000.0
}

/// One scrape that reached its target.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scrape {
    pub(crate) t_ms: i64,
    pub(crate) instant: Instant,
    /// Index into the scrapes' epochs.
    pub(crate) epoch: usize,
}

/// All scrapes of a pod in a window.
#[derive(Debug, Clone)]
pub(crate) struct Scrapes {
    /// Those that brought samples.
    pub(crate) good: Vec<Scrape>,
    /// Those that failed, since the container was down.
    pub(crate) failed: Vec<i64>,
    /// Since when the counters counted: `None` is the origin.
    pub(crate) epochs: Vec<Option<Instant>>,
}

/// From when to when, both ends included, and how much later than others the scraper is.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "all are times, and say in which unit")]
pub(crate) struct Span {
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
    pub(crate) shift_ms: i64,
}

impl Scrapes {
    /// The scrapes that lie on the pod's grid.
    pub(crate) fn on_grid(pod: &Pod, span: Span, period_s: f64) -> Self {
        Self::at(pod, grid(pod, span), period_s)
    }

    /// Of the scrapes on the grid the last that reached each life of the container, and the last that failed.
    pub(crate) fn lasts(pod: &Pod, span: Span, period_s: f64) -> Self {
        if pod.restarts.is_empty() {
            return Self::at(pod, grid(pod, span).next_back().into_iter(), period_s);
        }
        let life = |t_ms: &i64| counting_since(pod, second_of(*t_ms), period_s).map(f64::to_bits);
        let mut lasts: Vec<i64> = Vec::new();
        for t_ms in grid(pod, span) {
            if lasts.last().is_some_and(|last| life(last) == life(&t_ms)) {
                lasts.pop();
            }
            lasts.push(t_ms);
        }
        Self::at(pod, lasts.into_iter(), period_s)
    }

    /// A scrape at one instant, wherever the grid lies.
    pub(crate) fn now(pod: &Pod, t_ms: i64, period_s: f64) -> Self {
        Self::at(pod, std::iter::once(t_ms), period_s)
    }

    fn at(pod: &Pod, times: impl Iterator<Item = i64>, period_s: f64) -> Self {
        let mut scrapes = Self { good: Vec::new(), failed: Vec::new(), epochs: Vec::new() };
        let mut last = None;
        for t_ms in times {
            let second = second_of(t_ms);
            let Some(since) = counting_since(pod, second, period_s) else {
                scrapes.failed.push(t_ms);
                continue;
            };
            if last != Some(since.to_bits()) {
                last = Some(since.to_bits());
                scrapes.epochs.push((since > 0.0).then(|| Instant::new(since, period_s)));
            }
            let epoch = scrapes.epochs.len() - 1;
            scrapes.good.push(Scrape { t_ms, instant: Instant::new(second, period_s), epoch });
        }
        scrapes
    }
}

/// The instants of a span at which a pod is scraped.
fn grid(pod: &Pod, Span { from_ms, to_ms, shift_ms }: Span) -> impl DoubleEndedIterator<Item = i64> {
    let phase_ms = (pod.phase_ms + shift_ms).rem_euclid(SCRAPE_MS);
    let step = |t_ms: i64| (t_ms - phase_ms).div_euclid(SCRAPE_MS);
    (step(from_ms.max(ORIGIN_MS) - 1) + 1..=step(to_ms)).map(move |step| step * SCRAPE_MS + phase_ms)
}

/// The second at which the pod's counters last began, 0 for the origin; `None` while the container is down.
fn counting_since(pod: &Pod, second: f64, period_s: f64) -> Option<f64> {
    if pod.restarts.is_empty() {
        return Some(0.0);
    }
    let start = (second / period_s).floor() * period_s;
    let within = second - start;
    if pod.restarts.iter().any(|(down, up)| *down <= within && within < *up) {
        return None;
    }
    let today = pod.restarts.iter().rev().find(|(_, up)| *up <= within).map(|(_, up)| start + up);
    let before = || pod.restarts.last().map(|(_, up)| start - period_s + up);
    Some(today.or_else(before).unwrap_or(0.0).max(0.0))
}
