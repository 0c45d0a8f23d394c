//! One snapshot per (window, aligned end) for all who look: fetched once, shared, bounded, and kept when the source fails.
//! Must not know HTTP handlers, namespaces or views.

mod align;
mod back_off;
mod collected;
mod fetch;
mod lanes;
mod last_traffic;
mod lookout;
mod progress;
mod series;
mod slow_lane;
mod status;

pub(crate) use collected::Collected;

use crate::config::Config;
use crate::metrics::Queries;
use crate::prometheus::{Client, PrometheusError};
use back_off::BackOff;
use fetch::Fetcher;
use graph::{Origin, Signals, Window};
use lanes::Lanes;
use lookout::Lookout;
use model::Extras;
use model::graph::Stale;
use moka::future::Cache;
use slow_lane::SlowLane;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a viewer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) window_s: u64,
    /// None: now.
    pub(crate) at_s: Option<i64>,
    pub(crate) percentiles: bool,
    pub(crate) extras: Extras,
    /// A label by which requests are told apart.
    pub(crate) operations: Option<Arc<str>>,
}

/// A snapshot, and whether it is the one that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) collected: Arc<Collected>,
    /// Set: the newest attempt failed, and this is the last good one.
    pub(crate) stale: Option<Stale>,
}

/// Nothing to show at all.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) error: PrometheusError,
    pub(crate) retry_in_s: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    window_s: u64,
    at_s: i64,
    buckets: bool,
    extras: Extras,
    operations: Option<Arc<str>>,
}

impl Key {
    /// It has all that the other has, and perhaps more.
    fn covers(&self, other: &Self) -> bool {
        (self.window_s, self.at_s) == (other.window_s, other.at_s)
            && self.operations == other.operations
            && (self.buckets || !other.buckets)
            && self.extras.and(other.extras) == self.extras
    }
}

/// A snapshot of a past moment that nobody asks for any more is let go after this long.
const IDLE: Duration = Duration::from_mins(1);
/// One that lacks a column is asked anew after this long, even while somebody looks at it.
const OLDEST: Duration = Duration::from_mins(5);

#[derive(Debug)]
pub(crate) struct Collector {
    fetcher: Option<Arc<Fetcher>>,
    lookout: Lookout,
    held: Cache<Key, Arc<Collected>>,
    /// Per window: what to show while the source fails, and when to ask again.
    live: Mutex<BTreeMap<u64, Live>>,
    series: series::SeriesCache,
    last_traffic: last_traffic::LastCache,
    assumed_interval_s: Option<f64>,
}

#[derive(Debug, Default)]
struct Live {
    last_good: Option<Arc<Collected>>,
    back_off: BackOff,
}

impl Collector {
    pub(crate) fn new(config: &Config, queries: Queries) -> anyhow::Result<Arc<Self>> {
        let client = config.prometheus.as_ref().map(Client::new).transpose()?;
        let fetcher = client.map(|client| {
            Arc::new(Fetcher {
                slow_lane: SlowLane::default(),
                client,
                lanes: Lanes::default(),
                queries,
                progress: progress::Progress::default(),
            })
        });
        let held = Cache::builder()
            .max_capacity(config.limits.snapshot_bytes as u64)
            .weigher(|_: &Key, held: &Arc<Collected>| u32::try_from(held.bytes).unwrap_or(u32::MAX))
            .eviction_policy(moka::policy::EvictionPolicy::lru())
            .time_to_idle(IDLE)
            .time_to_live(OLDEST)
            .build();
        Ok(Arc::new(Self {
            fetcher,
            lookout: Lookout::new(config.prometheus.as_ref().and_then(|p| p.extra_matcher.clone())),
            held,
            live: Mutex::default(),
            series: series::new_cache(),
            last_traffic: last_traffic::new_cache(),
            assumed_interval_s: config
                .prometheus
                .as_ref()
                .and_then(|prometheus| prometheus.scrape_interval_s)
                .map(|interval_s| interval_s as f64),
        }))
    }

    /// The snapshot for this ask: held, in flight, or fetched now. Never fetched twice at once, and a caller who goes
    /// away does not end the fetch for the others.
    pub(crate) async fn snapshot(self: &Arc<Self>, ask: Ask) -> Result<Found, Failure> {
        let lone = |error| Failure { error, retry_in_s: None };
        let fetcher = self.fetcher.clone().ok_or(lone(PrometheusError::NotConfigured))?;
        if ask.at_s.is_none()
            && let Some(waiting) = self.while_backing_off(ask.window_s)
        {
            return waiting;
        }
        let window = match self.window(&fetcher, &ask).await {
            Ok(window) => window,
            Err(error) if ask.at_s.is_none() => return self.failed_live(ask.window_s, error, align::now_s()),
            Err(error) => return Err(lone(error)),
        };
        match self.fetched(fetcher, window, &ask).await {
            Ok(collected) => {
                if ask.at_s.is_none() {
                    self.note_good(ask.window_s, &collected);
                }
                Ok(Found { collected, stale: None })
            }
            Err(error) if ask.at_s.is_none() => self.failed_live(ask.window_s, error, window.at_s),
            Err(error) => Err(lone(error)),
        }
    }

    /// Decides the absolute window: the end aligned to the scrape interval, on the source's clock.
    async fn window(self: &Arc<Self>, fetcher: &Arc<Fetcher>, ask: &Ask) -> Result<Window, PrometheusError> {
        let seen = self.lookout.seen(fetcher).await?;
        let interval_s = self.assumed_interval_s.or(seen.engine.scrape_interval_s);
        let at_s = align::end_s(ask.at_s, align::now_s() + seen.engine.skew_s, interval_s);
        Ok(Window { at_s, window_s: ask.window_s, scrape_interval_s: interval_s })
    }

    async fn fetched(
        self: &Arc<Self>,
        fetcher: Arc<Fetcher>,
        window: Window,
        ask: &Ask,
    ) -> Result<Arc<Collected>, PrometheusError> {
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
        let origin =
            Origin { operations: ask.operations.as_deref().map(str::to_owned), ..self.lookout.origin() };
        let held = self.held.clone();
        // Spawned: a flight that lived in a handler would die with the first aborted request.
        let flight = tokio::spawn(async move {
            let plain = Key { buckets: false, extras: Extras::NONE, ..wanted.clone() };
            let traffic = held.try_get_with(plain.clone(), fetcher.traffic(origin, window)).await;
            match traffic {
                Ok(traffic) if wanted != plain => {
                    let signals =
                        Signals { percentiles: wanted.buckets, extras: wanted.extras, ..Signals::default() };
                    let only_buckets = wanted.extras == Extras::NONE;
                    let whole = held.try_get_with(wanted, fetcher.with_more(traffic, signals)).await;
                    if whole.is_ok() && only_buckets {
                        // It serves those without percentiles too, and holds no answers any more.
                        held.invalidate(&plain).await;
                    }
                    whole
                }
                other => other,
            }
        });
        match flight.await {
            Ok(outcome) => outcome.map_err(|error: Arc<PrometheusError>| (*error).clone()),
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }

    /// While the source is given time to recover, nobody asks it.
    fn while_backing_off(&self, window_s: u64) -> Option<Result<Found, Failure>> {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let live = live.get(&window_s)?;
        let (error, stale) = live.back_off.waiting()?;
        Some(live.answer(error, stale))
    }

    fn failed_live(&self, window_s: u64, error: PrometheusError, at_s: i64) -> Result<Found, Failure> {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let live = place(&mut live, window_s);
        let stale = live.back_off.note(&error, at_s);
        live.answer(error, stale)
    }

    fn note_good(&self, window_s: u64, collected: &Arc<Collected>) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let live = place(&mut live, window_s);
        live.back_off = BackOff::default();
        if live.last_good.as_ref().is_none_or(|good| good.window.at_s <= collected.window.at_s) {
            live.last_good = Some(collected.clone());
        }
    }
}

/// This window's place. Nobody can have very many windows open: the one that was good longest ago makes room.
fn place(live: &mut BTreeMap<u64, Live>, window_s: u64) -> &mut Live {
    if !live.contains_key(&window_s) && live.len() >= WINDOWS_KEPT {
        let oldest = live.iter().min_by_key(|(_, l)| l.last_good.as_ref().map(|good| good.window.at_s));
        if let Some(oldest_s) = oldest.map(|(window_s, _)| *window_s) {
            live.remove(&oldest_s);
        }
    }
    live.entry(window_s).or_default()
}

/// Windows whose last good snapshot is kept.
const WINDOWS_KEPT: usize = 12;

impl Live {
    fn answer(&self, error: PrometheusError, stale: Stale) -> Result<Found, Failure> {
        match &self.last_good {
            Some(good) => Ok(Found { collected: good.clone(), stale: Some(stale) }),
            None => Err(Failure { error, retry_in_s: Some(stale.retry_in_s) }),
        }
    }
}
