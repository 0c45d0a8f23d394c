//! What is known about the engine, looked up once a minute at most, in the background once it is known at all.

use super::align;
use super::fetch::Fetcher;
use super::joined::Joined;
use crate::prometheus::{Engine, PrometheusError, decode_instant, preflight};
use graph::Origin;
use graph::dialect::Probe;
use graph::sample::Symbols;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::Instant;

const EVERY: Duration = Duration::from_mins(1);
/// What it holds changes more seldom than whether it is there, and to find out goes through all series.
const PROBED_FOR_S: i64 = 300;

#[derive(Debug, Default)]
pub(super) struct Lookout {
    last: Arc<RwLock<Option<Arc<Seen>>>>,
    looking: Joined<Result<Arc<Seen>, PrometheusError>>,
    /// How to ask before anything is known of the store.
    origin: Origin,
    /// How long is waited for samples.
    delay_s: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) engine: Engine,
    pub(super) origin: Origin,
    looked_at: Instant,
}

impl Lookout {
    pub(super) fn new(origin: Origin, delay_s: u64) -> Self {
        Self { origin, delay_s, ..Self::default() }
    }

    /// What was seen last. Only the very first caller has to wait for it; an old sight is renewed behind the scenes.
    pub(super) async fn seen(&self, fetcher: &Arc<Fetcher>) -> Result<Arc<Seen>, PrometheusError> {
        match self.last() {
            Some(seen) if seen.looked_at.elapsed() < EVERY => Ok(seen),
            Some(seen) => {
                drop(self.look(fetcher.clone()));
                Ok(seen)
            }
            None => self.look(fetcher.clone()).await,
        }
    }

    pub(super) fn last(&self) -> Option<Arc<Seen>> {
        self.last.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How to ask, as far as it is known.
    pub(super) fn origin(&self) -> Origin {
        self.last().map_or_else(|| self.origin.clone(), |seen| seen.origin.clone())
    }

    /// Changes how the store is asked until it is looked at again.
    pub(super) fn change(&self, change: impl FnOnce(&mut Origin)) {
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = last.as_mut() {
            change(&mut Arc::make_mut(seen).origin);
        }
    }

    /// One at a time, and it outlives an aborted request.
    fn look(
        &self,
        fetcher: Arc<Fetcher>,
    ) -> impl Future<Output = Result<Arc<Seen>, PrometheusError>> + Send + use<> {
        let (last, origin, delay_s) = (self.last.clone(), self.origin.clone(), self.delay_s);
        self.looking.or_begin(async move {
            let _flight = fetcher.progress.flight();
            let known = last.read().unwrap_or_else(PoisonError::into_inner).clone();
            let seen = Arc::new(look_once(&fetcher, known.as_deref(), origin, delay_s).await?);
            *last.write().unwrap_or_else(PoisonError::into_inner) = Some(seen.clone());
            Ok(seen)
        })
    }
}

/// A source that is gone keeps what was known of it, marked as unreachable; one never seen is an error.
async fn look_once(
    fetcher: &Fetcher,
    known: Option<&Seen>,
    origin: Origin,
    delay_s: u64,
) -> Result<Seen, PrometheusError> {
    let engine = preflight(&fetcher.client, align::now_s).await;
    let looked_at = Instant::now();
    match (&engine.unreachable, known) {
        (Some(error), None) => Err(error.clone()),
        (Some(error), Some(known)) => {
            let engine = Engine {
                unreachable: Some(error.clone()),
                notes: vec![error.to_string()],
                ..known.engine.clone()
            };
            Ok(Seen { engine, origin: known.origin.clone(), looked_at })
        }
        (None, _) => {
            let known = known.map_or(origin, |known| known.origin.clone());
            let at_s = align::now_s() + engine.skew_s;
            // While it holds nothing, that is soon found out again.
            let is_known = known.probe.newest_age_s.is_some()
                && (0..PROBED_FOR_S).contains(&(at_s - known.probe.probed_at_s));
            let mut origin = if is_known { known } else { probe(fetcher, known, at_s).await };
            origin.probe.delay_s = delay_s;
            Ok(Seen { engine, origin, looked_at })
        }
    }
}

/// Asks what the dialect needs to know about the store; without all answers, what was known stays.
async fn probe(fetcher: &Fetcher, origin: Origin, at_s: i64) -> Origin {
    let mut answers = Vec::new();
    for question in origin.dialect.probe_queries(origin.extra_matcher.as_deref()) {
        let asked = fetcher.queries.noted("probe", fetcher.client.instant(&question.promql, at_s)).await;
        let Ok(answer) = asked else { return origin };
        let Ok(body) = answer.body.unpacked() else { return origin };
        let Ok((table, _)) = decode_instant(&body, &[], false, &mut Symbols::default()) else {
            return origin;
        };
        answers.extend(table.values.first().map(|value| (question.word, *value)));
    }
    Origin { probe: Probe { probed_at_s: at_s, ..origin.dialect.probe(&answers) }, ..origin }
}
