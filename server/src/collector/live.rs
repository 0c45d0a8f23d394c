//! Per live window: its last good snapshot, to show while the source fails or takes long, and when to ask again.
//! Must not know how snapshots are made.

use super::back_off::BackOff;
use super::{Collected, Failure, Found};
use crate::prometheus::PrometheusError;
use model::graph::Stale;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Windows whose last good snapshot is kept.
const WINDOWS_KEPT: usize = 12;

#[derive(Debug)]
pub(super) struct Lives {
    windows: Mutex<BTreeMap<u64, Live>>,
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
        Self { windows: Mutex::default(), most_bytes }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<u64, Live>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// While the source is given time to recover, nobody asks it.
    pub(super) fn waiting(&self, window_s: u64) -> Option<Result<Found, Failure>> {
        let all = self.all();
        let live = all.get(&window_s)?;
        let (error, stale) = live.back_off.waiting()?;
        Some(live.answer(error, stale))
    }

    /// How long that still takes.
    pub(super) fn retry_in(&self, window_s: u64) -> Option<Duration> {
        let (_, stale) = self.all().get(&window_s)?.back_off.waiting()?;
        Some(Duration::from_secs_f64(stale.retry_in_s))
    }

    pub(super) fn failed(&self, window_s: u64, error: PrometheusError, at_s: i64) -> Result<Found, Failure> {
        let mut all = self.all();
        let live = place(&mut all, window_s);
        let stale = live.back_off.note(&error, at_s);
        live.answer(error, stale)
    }

    pub(super) fn good(&self, window_s: u64, collected: &Arc<Collected>) {
        let mut all = self.all();
        let live = place(&mut all, window_s);
        live.back_off = BackOff::default();
        // One that rests on more queries has all that the other of the same moment has.
        let worth = |good: &Collected| (good.window.at_s, good.queries.len());
        if live.last_good.as_ref().is_none_or(|good| worth(good) <= worth(collected)) {
            live.last_good = Some(collected.clone());
        }
        while weight(&all) > self.most_bytes && all.len() > 1 {
            let others = all.iter().filter(|(other_s, _)| **other_s != window_s);
            let Some(oldest_s) = oldest(others) else { break };
            all.remove(&oldest_s);
        }
    }

    pub(super) fn last_good(&self, window_s: u64) -> Option<Arc<Collected>> {
        self.all().get(&window_s)?.last_good.clone()
    }

    pub(super) fn all_good(&self) -> Vec<Arc<Collected>> {
        self.all().values().filter_map(|live| live.last_good.clone()).collect()
    }

    /// Why the source could not be asked, if that was found not long ago.
    pub(super) fn lost_lately(&self) -> Option<PrometheusError> {
        self.all().values().find_map(|live| live.back_off.lost_lately())
    }
}

fn weight(all: &BTreeMap<u64, Live>) -> usize {
    all.values().filter_map(|live| live.last_good.as_ref()).map(|good| good.bytes).sum()
}

/// The window that was good longest ago.
fn oldest<'a>(among: impl Iterator<Item = (&'a u64, &'a Live)>) -> Option<u64> {
    let oldest = among.min_by_key(|(_, live)| live.last_good.as_ref().map(|good| good.window.at_s));
    oldest.map(|(window_s, _)| *window_s)
}

/// This window's place. Nobody can have very many windows open: the one that was good longest ago makes room.
fn place(all: &mut BTreeMap<u64, Live>, window_s: u64) -> &mut Live {
    if !all.contains_key(&window_s)
        && all.len() >= WINDOWS_KEPT
        && let Some(oldest_s) = oldest(all.iter())
    {
        all.remove(&oldest_s);
    }
    all.entry(window_s).or_default()
}

impl Live {
    fn answer(&self, error: PrometheusError, stale: Stale) -> Result<Found, Failure> {
        match &self.last_good {
            Some(good) => Ok(Found { collected: good.clone(), stale: Some(stale) }),
            None => Err(Failure { error, retry_in_s: Some(stale.retry_in_s) }),
        }
    }
}
