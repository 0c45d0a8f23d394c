//! One snapshot per (window, aligned end) for all who look: fetched once, shared, bounded, and kept when the source fails.
//! Must not know HTTP handlers, namespaces or views.

mod align;
mod ask;
mod back_off;
mod collected;
mod columns;
mod cost;
mod dear;
mod expiry;
mod fetch;
mod joined;
mod labels;
mod lanes;
mod last_traffic;
mod live;
mod lookout;
mod observers;
mod operations;
mod pace;
mod parts;
mod plans;
mod presence;
mod progress;
mod ration;
mod rules;
mod series;
mod slow_lane;
mod status;
mod together;
mod told_by_all;

pub(crate) use ask::{Ask, Failure, Found};
pub(crate) use collected::{Collected, Keep};
pub(crate) use joined::Joined;
pub(crate) use observers::NoRoom;
pub(crate) use ration::MOST as MOST_LABELS;
pub(crate) use together::Member;

use crate::config::PrometheusConfig;
use crate::metrics::Queries;
use crate::prometheus::{Client, PrometheusError};
use ask::Key;
use expiry::Expiry;
use fetch::Fetcher;
use graph::{Origin, Signals, Window};
use live::{Lives, Place};
use lookout::Lookout;
use model::Extras;
use model::graph::Stale;
use moka::future::Cache;
use observers::Observers;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinHandle;

/// A snapshot may end this much in the future: a clock that is put right by seconds takes no picture back.
const PUT_BACK_S: i64 = 60;

/// How long a viewer waits for the source where an earlier snapshot of the same window is held.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Collector {
    fetcher: Option<Arc<Fetcher>>,
    /// Instead of a source of its own: those that are looked at together.
    members: Vec<Member>,
    lookout: Lookout,
    held: Cache<Key, Arc<Collected>>,
    lives: Lives,
    observers: Observers,
    series: series::SeriesCache,
    operations: operations::OperationsCache,
    last_traffic: last_traffic::LastCache,
    labels: labels::LabelsCache,
    ration: ration::Ration,
    assumed_interval_s: Option<f64>,
    /// How long ago the newest complete samples are.
    delay_s: u64,
}

impl Collector {
    /// `most_bytes`: what its snapshots may take together.
    pub(crate) fn new(
        prometheus: Option<&PrometheusConfig>,
        most_bytes: usize,
        metrics: &[graph::custom::CustomMetric],
        queries: Queries,
        keep: Keep,
    ) -> anyhow::Result<Arc<Self>> {
        let client = prometheus.map(Client::new).transpose()?;
        let fetcher = client.map(|client| Arc::new(Fetcher::new(client, queries, keep)));
        let origin = Origin {
            extra_matcher: prometheus.and_then(|prometheus| prometheus.extra_matcher.clone()),
            metrics: metrics.to_vec(),
            ..Origin::default()
        };
        let interval_s = prometheus.and_then(|prometheus| prometheus.scrape_interval_s);
        let delay_s = prometheus.map_or(0, |prometheus| prometheus.ingestion_delay_s);
        Ok(Arc::new(Self {
            fetcher,
            lookout: Lookout::new(origin, delay_s),
            delay_s,
            assumed_interval_s: interval_s.map(|interval_s| interval_s as f64),
            ..Self::idle(Vec::new(), most_bytes)
        }))
    }

    /// Looks at several sources as at one.
    pub(crate) fn together(members: Vec<Member>, most_bytes: usize) -> Arc<Self> {
        Arc::new(Self::idle(members, most_bytes))
    }

    fn idle(members: Vec<Member>, most_bytes: usize) -> Self {
        let held = Cache::builder()
            .max_capacity(most_bytes as u64)
            .weigher(|_: &Key, held: &Arc<Collected>| u32::try_from(held.bytes).unwrap_or(u32::MAX))
            .eviction_policy(moka::policy::EvictionPolicy::lru())
            .expire_after(Expiry)
            .build();
        Self {
            fetcher: None,
            members,
            lookout: Lookout::default(),
            held,
            lives: Lives::new(most_bytes),
            observers: Observers::default(),
            series: series::new_cache(),
            operations: operations::new_cache(),
            last_traffic: last_traffic::new_cache(),
            labels: labels::new_cache(),
            ration: ration::Ration::default(),
            delay_s: 0,
            assumed_interval_s: None,
        }
    }

    /// The snapshot for this ask: held, in flight, or fetched now. Never fetched twice at once, and a caller who goes
    /// away does not end the fetch for the others.
    pub(crate) async fn snapshot(self: &Arc<Self>, ask: Ask) -> Result<Found, Failure> {
        if ask.at_s.is_some() || !self.is_set() {
            return landed(self.flight(ask).await);
        }
        self.note_poll(&ask);
        self.newest(ask).await
    }

    /// There is somebody to ask.
    fn is_set(&self) -> bool {
        self.fetcher.is_some() || !self.members.is_empty()
    }

    /// The newest of a live window. Where one is held already, nobody waits long for the next.
    pub(crate) async fn newest(self: &Arc<Self>, ask: Ask) -> Result<Found, Failure> {
        let place = ask.place();
        if let Some(waiting) = self.lives.waiting(&place) {
            return waiting;
        }
        let held = self.lives.last_good(&place);
        let mut flight = self.flight(ask);
        let Some(collected) = held else { return landed(flight.await) };
        match tokio::time::timeout(PATIENCE, &mut flight).await {
            Ok(outcome) => landed(outcome),
            // The flight goes on without us.
            Err(_) => Ok(Found { stale: self.overdue(&collected), collected }),
        }
    }

    /// Says of a held snapshot that it has become old while the source is still being asked.
    fn overdue(&self, held: &Collected) -> Option<Stale> {
        let every_s = self.refresh_s(held.window.window_s);
        let late_s = self.now_s() - held.window.at_s - 3 * every_s;
        (late_s > 0).then(|| Stale {
            since_s: held.window.at_s + every_s,
            reason: "Prometheus has not answered yet; it is still being asked.".to_owned(),
            retry_in_s: 1.0,
        })
    }

    /// The newest moment of which the source has all samples, since 1970 by its own clock.
    fn now(&self) -> Duration {
        if let Some(slowest) = self.members.iter().map(|member| member.collector.now()).min() {
            return slowest;
        }
        let skew_s = self.lookout.last().map_or(0, |seen| seen.engine.skew_s);
        let skew = Duration::from_secs(skew_s.unsigned_abs());
        let now = if skew_s < 0 { align::now().saturating_sub(skew) } else { align::now() + skew };
        now.saturating_sub(Duration::from_secs(self.delay_s))
    }

    fn now_s(&self) -> i64 {
        i64::try_from(self.now().as_secs()).unwrap_or(i64::MAX)
    }

    /// How old a live snapshot of this window may become.
    fn refresh_s(&self, window_s: u64) -> i64 {
        align::refresh_s(window_s, self.interval_s())
    }

    /// The scrape interval, as far as it is known by now; of several sources the longest.
    fn interval_s(&self) -> Option<f64> {
        let seen_s = || self.lookout.last().and_then(|seen| seen.engine.scrape_interval_s);
        let of_members = self.members.iter().filter_map(|member| member.collector.interval_s());
        of_members.reduce(f64::max).or(self.assumed_interval_s).or_else(seen_s)
    }

    /// Spawned, and noted when it ends: a flight that lived in a handler would die with the first aborted request.
    fn flight(self: &Arc<Self>, ask: Ask) -> JoinHandle<Result<Found, Failure>> {
        let collector = self.clone();
        tokio::spawn(async move { collector.attempt(ask).await })
    }

    async fn attempt(self: &Arc<Self>, ask: Ask) -> Result<Found, Failure> {
        match self.window(&ask).await {
            Ok(window) => self.at(window, &ask).await,
            Err(error) => self.failed(error, &ask, align::now_s()),
        }
    }

    /// What is asked, of this very window.
    async fn at(self: &Arc<Self>, window: Window, ask: &Ask) -> Result<Found, Failure> {
        // It is large, and rarely under way.
        match Box::pin(self.fetched(window, ask)).await {
            Ok(collected) => {
                if ask.at_s.is_none() {
                    self.lives.good(&ask.place(), &collected);
                }
                Ok(Found { collected, stale: None })
            }
            Err(error) => self.failed(error, ask, window.at_s),
        }
    }

    /// The last good snapshot stands in for a live one.
    fn failed(&self, error: PrometheusError, ask: &Ask, at_s: i64) -> Result<Found, Failure> {
        match ask.at_s {
            None if self.is_set() => self.lives.failed(&ask.place(), error, at_s),
            _ => Err(Failure { error, retry_in_s: None }),
        }
    }

    /// Decides the absolute window: the end aligned to the scrape interval, on the source's clock.
    async fn window(self: &Arc<Self>, ask: &Ask) -> Result<Window, PrometheusError> {
        let interval_s = if self.members.is_empty() {
            let fetcher = self.fetcher.as_ref().ok_or(PrometheusError::NotConfigured)?;
            let seen = self.lookout.seen(fetcher).await?;
            self.assumed_interval_s.or(seen.engine.scrape_interval_s)
        } else {
            self.interval_of_all(ask).await?
        };
        let now_s = self.now_s();
        if let Some(young) = self.young(ask, now_s) {
            return Ok(young);
        }
        let at_s = align::end_s(ask.at_s, now_s, interval_s);
        Ok(Window { at_s, window_s: ask.window_s, scrape_interval_s: interval_s })
    }

    /// The window of the last good snapshot, while it is too early for the next: of long windows it stands for more than
    /// one step of the grid.
    fn young(&self, ask: &Ask, now_s: i64) -> Option<Window> {
        let good = self.lives.last_good(&ask.place()).filter(|_| ask.at_s.is_none())?;
        let age_s = now_s - good.window.at_s;
        let early = (-PUT_BACK_S..self.refresh_s(ask.window_s)).contains(&age_s);
        (early && good.made_at.elapsed() < expiry::oldest(&good)).then_some(good.window)
    }

    /// Lets go of what a newer live snapshot has replaced.
    async fn forget(&self, place: &Place, at_s: i64) {
        for member in &self.members {
            Box::pin(member.collector.forget(place, at_s)).await;
        }
        let old = self.held.iter().filter(|(key, _)| {
            key.at_s == at_s && (key.window_s, &key.operations) == (place.window_s, &place.operations)
        });
        let old: Vec<Key> = old.map(|(key, _)| (*key).clone()).collect();
        for key in old {
            self.held.invalidate(&key).await;
        }
    }

    async fn fetched(self: &Arc<Self>, window: Window, ask: &Ask) -> Result<Arc<Collected>, PrometheusError> {
        let wanted = Key {
            window_s: window.window_s,
            at_s: window.at_s,
            buckets: ask.percentiles,
            extras: ask.extras,
            operations: ask.operations.clone(),
        };
        // Whatever has more serves too.
        let more = self.held.iter().find(|(held, _)| held.covers(&wanted)).map(|(held, _)| (*held).clone());
        if let Some(held) = self.held.get(more.as_ref().unwrap_or(&wanted)).await {
            return Ok(held);
        }
        let Some(fetcher) = self.fetcher.clone() else {
            let of_all = self.clone().of_all(window, ask.clone());
            let outcome = self.held.try_get_with(wanted, of_all).await;
            return outcome.map_err(|error: Arc<PrometheusError>| (*error).clone());
        };
        let origin =
            Origin { operations: ask.operations.as_deref().map(str::to_owned), ..self.lookout.origin() };
        let plain = Key { buckets: false, extras: Extras::NONE, ..wanted.clone() };
        // Boxed, for a fetch's future is large.
        let traffic = Box::pin(fetcher.traffic(origin, window, ask.at_s.is_none()));
        let traffic = self.held.try_get_with(plain.clone(), traffic).await;
        if fetcher.rules_gone.swap(false, Ordering::Relaxed) {
            self.lookout.distrust_rules();
        }
        let outcome = match traffic {
            Ok(traffic) if wanted != plain => {
                let signals =
                    Signals { percentiles: wanted.buckets, extras: wanted.extras, ..Signals::default() };
                let only_buckets = wanted.extras == Extras::NONE;
                let whole = self
                    .held
                    .try_get_with(wanted, Box::pin(fetcher.with_more(traffic, signals, ask.at_s.is_none())))
                    .await;
                if whole.is_ok() && only_buckets {
                    // It serves those without percentiles too, and holds no answers any more.
                    self.held.invalidate(&plain).await;
                }
                whole
            }
            other => other,
        };
        outcome.map_err(|error: Arc<PrometheusError>| (*error).clone())
    }
}

/// What a task of our own gave; its panic goes on here.
pub(crate) fn landed<T>(flight: Result<T, tokio::task::JoinError>) -> T {
    match flight {
        Ok(outcome) => outcome,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
