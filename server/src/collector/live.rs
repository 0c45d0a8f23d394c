//! Per live window, and per label by which requests are told apart in it: the last good snapshot, to show while the source
//! fails or takes long, and when to ask again. Must not know how snapshots are made.

use super::back_off::BackOff;
use super::{Collected, Failure, Found};
use crate::prometheus::PrometheusError;
use model::graph::Stale;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Places whose last good snapshot is kept.
const KEPT: usize = 12;

/// Who looks at the same may be shown the same snapshot while the source fails.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) window_s: u64,
    pub(super) operations: Option<Arc<str>>,
}

#[derive(Debug)]
pub(super) struct Lives {
    places: Mutex<BTreeMap<Place, Live>>,
    /// What last good snapshots may weigh together, beyond the newest.
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct Live {
    last_good: Option<Arc<Collected>>,
    back_off: BackOff,
}

impl Lives {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { places: Mutex::default(), most_bytes }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Place, Live>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// While the source is given time to recover, nobody asks it.
    pub(super) fn waiting(&self, place: &Place) -> Option<Result<Found, Failure>> {
        let all = self.all();
        let live = all.get(place)?;
        let (error, stale) = live.back_off.waiting()?;
        Some(live.answer(error, stale))
    }

    /// How long that still takes.
    pub(super) fn retry_in(&self, place: &Place) -> Option<Duration> {
        let (_, stale) = self.all().get(place)?.back_off.waiting()?;
        Some(Duration::from_secs_f64(stale.retry_in_s))
    }

    pub(super) fn failed(&self, place: &Place, error: PrometheusError, at_s: i64) -> Result<Found, Failure> {
        let mut all = self.all();
        let live = at(&mut all, place);
        let stale = live.back_off.note(&error, at_s);
        live.answer(error, stale)
    }

    pub(super) fn good(&self, place: &Place, collected: &Arc<Collected>) {
        let mut all = self.all();
        let live = at(&mut all, place);
        live.back_off = BackOff::default();
        // One that rests on more queries has all that the other of the same moment has.
        let worth = |good: &Collected| (good.window.at_s, good.queries.len());
        if live.last_good.as_ref().is_none_or(|good| worth(good) <= worth(collected)) {
            live.last_good = Some(collected.clone());
        }
        while weight(&all) > self.most_bytes && all.len() > 1 {
            let Some(other) = dispensable(all.iter().filter(|(other, _)| *other != place)) else { break };
            all.remove(&other);
        }
    }

    pub(super) fn last_good(&self, place: &Place) -> Option<Arc<Collected>> {
        self.all().get(place)?.last_good.clone()
    }

    pub(super) fn all_good(&self) -> Vec<Arc<Collected>> {
        self.all().values().filter_map(|live| live.last_good.clone()).collect()
    }

    /// Why the last attempt failed, until one succeeds.
    pub(super) fn failing(&self, place: &Place) -> Option<PrometheusError> {
        self.all().get(place)?.back_off.failing()
    }

    /// Why the source could not be asked, if that was found not long ago.
    pub(super) fn lost_lately(&self) -> Option<PrometheusError> {
        self.all().values().find_map(|live| live.back_off.lost_lately())
    }
}

fn weight(all: &BTreeMap<Place, Live>) -> usize {
    all.values().filter_map(|live| live.last_good.as_ref()).map(|good| good.bytes).sum()
}

/// What was good longest ago; what only some look at goes before what everybody does.
fn dispensable<'a>(among: impl Iterator<Item = (&'a Place, &'a Live)>) -> Option<Place> {
    let worth = |(place, live): &(&Place, &Live)| {
        (place.operations.is_none(), live.last_good.as_ref().map(|good| good.window.at_s))
    };
    among.min_by_key(worth).map(|(place, _)| place.clone())
}

/// What is known of this place. Nobody can have very many open: the most dispensable makes room.
fn at<'a>(all: &'a mut BTreeMap<Place, Live>, place: &Place) -> &'a mut Live {
    if !all.contains_key(place)
        && all.len() >= KEPT
        && let Some(other) = dispensable(all.iter())
    {
        all.remove(&other);
    }
    all.entry(place.clone()).or_default()
}

impl Live {
    fn answer(&self, error: PrometheusError, stale: Stale) -> Result<Found, Failure> {
        match &self.last_good {
            Some(good) => Ok(Found { collected: good.clone(), stale: Some(stale) }),
            None => Err(Failure { error, retry_in_s: Some(stale.retry_in_s) }),
        }
    }
}
