//! Who watches which live window, and the tasks that keep those windows fresh: one a window while anybody watches, none
//! when nobody does. Must not know how a snapshot is made, nor what is done with it.

use super::live::Place;
use super::{Ask, Collector};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// Windows that are observed at once. Whoever asks for a fifth has it fetched on demand.
const MOST: usize = 4;
/// Labels by which requests are told apart that are observed in one window at once: each costs queries of its own, so a
/// third is asked for on demand too. Else whoever has the page's address could have any number asked at every scrape.
const MOST_LABELS: usize = 2;
/// An observer that waits for long still sees after this time whether anybody is left.
const LOOKS_ROUND: Duration = Duration::from_mins(1);
/// After a round that gave nothing newer, as when the source's clock was put back.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Observers(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    observed: BTreeMap<u64, Observed>,
    /// Windows that are polled without an observer, and when that was counted last.
    polled: BTreeMap<u64, Instant>,
}

#[derive(Debug, Default)]
struct Observed {
    wishes: Vec<Wish>,
    /// Rung when somebody came.
    bell: Arc<Notify>,
}

/// All who ask alike.
#[derive(Debug)]
struct Wish {
    ask: Ask,
    /// Open streams by the seconds that each wants between two answers.
    streams: BTreeMap<i64, usize>,
    polled_at: Option<Instant>,
    news: watch::Sender<u64>,
}

/// The right to be kept fresh, for as long as it is held.
#[derive(Debug)]
pub(crate) struct Watching {
    collector: Arc<Collector>,
    ask: Ask,
    pace_s: i64,
    news: watch::Receiver<u64>,
}

/// Why something is not kept fresh: as much of its kind is already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoRoom {
    ForWindow,
    ForLabel,
}

/// What an observer has to do next.
#[derive(Debug)]
struct Duty {
    asks: Vec<Ask>,
    pace_s: i64,
    bell: Arc<Notify>,
}

impl Observers {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that somebody asked. True: from now on this window has an observer, which is to be started. One question
    /// does not make a viewer: the second does, if it comes about when a refresh is due.
    fn polled(&self, ask: &Ask, every: Duration) -> bool {
        let now = Instant::now();
        let mut state = self.state();
        if let Some(observed) = state.observed.get_mut(&ask.window_s) {
            if observed.has_room_for(ask) {
                observed.wish(ask).polled_at = Some(now);
            }
            return false;
        }
        state.polled.retain(|_, last| now.duration_since(*last) <= 2 * LOOKS_ROUND);
        let last = state.polled.get(&ask.window_s).map(|last| now.duration_since(*last));
        match last {
            Some(gap) if gap < every / 2 => return false,
            Some(gap) if gap <= 2 * every && state.observed.len() < MOST => {
                state.polled.remove(&ask.window_s);
                state.observed.entry(ask.window_s).or_default().wish(ask).polled_at = Some(now);
                return true;
            }
            _ => {}
        }
        state.polled.insert(ask.window_s, now);
        false
    }

    /// Where news come from, and whether an observer is to be started.
    fn streaming(&self, ask: &Ask, pace_s: i64) -> Result<(watch::Receiver<u64>, bool), NoRoom> {
        let mut state = self.state();
        let new = !state.observed.contains_key(&ask.window_s);
        if new && state.observed.len() >= MOST {
            return Err(NoRoom::ForWindow);
        }
        let observed = state.observed.entry(ask.window_s).or_default();
        if !observed.has_room_for(ask) {
            return Err(NoRoom::ForLabel);
        }
        let wish = observed.wish(ask);
        *wish.streams.entry(pace_s).or_default() += 1;
        let news = wish.news.subscribe();
        observed.bell.notify_one();
        Ok((news, new))
    }

    fn left(&self, ask: &Ask, pace_s: i64) {
        let mut state = self.state();
        let Some(observed) = state.observed.get_mut(&ask.window_s) else { return };
        let streams = &mut observed.wish(ask).streams;
        if let Some(count) = streams.get_mut(&pace_s) {
            *count -= 1;
            if *count == 0 {
                streams.remove(&pace_s);
            }
        }
        // It may have been the last.
        observed.bell.notify_one();
    }

    /// What those who look want. None: nobody does any more, and the observer is struck off.
    fn duty(&self, window_s: u64, every: Duration, pace_s: i64) -> Option<Duty> {
        let mut state = self.state();
        let observed = state.observed.get_mut(&window_s)?;
        let now = Instant::now();
        let lately = |wish: &Wish| wish.polled_at.is_some_and(|at| now.duration_since(at) < 3 * every);
        observed.wishes.retain(|wish| lately(wish) || !wish.streams.is_empty());
        let pace = |wish: &Wish| {
            let streamed = wish.streams.keys().next().map(|wanted_s| pace_s.max(*wanted_s));
            if lately(wish) { Some(pace_s) } else { streamed }
        };
        let Some(pace_s) = observed.wishes.iter().filter_map(pace).min() else {
            state.observed.remove(&window_s);
            return None;
        };
        let asks = observed.wishes.iter().map(|wish| wish.ask.clone()).collect();
        Some(Duty { asks, pace_s, bell: observed.bell.clone() })
    }

    fn tell(&self, asks: &[Ask]) {
        let state = self.state();
        for observed in asks.iter().filter_map(|ask| state.observed.get(&ask.window_s)) {
            for wish in observed.wishes.iter().filter(|wish| asks.contains(&wish.ask)) {
                wish.news.send_modify(|round| *round += 1);
            }
        }
    }

    /// How many windows are observed.
    pub(super) fn count(&self) -> usize {
        self.state().observed.len()
    }
}

impl Observed {
    fn has_room_for(&self, ask: &Ask) -> bool {
        let labels: BTreeSet<&str> =
            self.wishes.iter().filter_map(|wish| wish.ask.operations.as_deref()).collect();
        labels.len() < MOST_LABELS || ask.operations.as_deref().is_none_or(|label| labels.contains(label))
    }

    fn wish(&mut self, ask: &Ask) -> &mut Wish {
        let at = self.wishes.iter().position(|wish| wish.ask == *ask).unwrap_or_else(|| {
            let ask = ask.clone();
            self.wishes.push(Wish {
                ask,
                streams: BTreeMap::new(),
                polled_at: None,
                news: watch::Sender::new(0),
            });
            self.wishes.len() - 1
        });
        &mut self.wishes[at]
    }
}

impl Watching {
    /// Waits until its window was asked for anew, with or without success.
    pub(crate) async fn news(&mut self) {
        if self.news.changed().await.is_err() {
            // Whoever is watched for stays on the list, so this is the end of the process.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.collector.observers.left(&self.ask, self.pace_s);
    }
}

impl Collector {
    /// Keeps this window fresh until the answer is dropped: every `pace_s` seconds, or as often as it can change.
    pub(crate) fn watch(self: &Arc<Self>, ask: Ask, pace_s: i64) -> Result<Watching, NoRoom> {
        let (news, new) = self.observers.streaming(&ask, pace_s)?;
        if new {
            self.observe(ask.window_s);
        }
        Ok(Watching { collector: self.clone(), ask, pace_s, news })
    }

    pub(super) fn note_poll(self: &Arc<Self>, ask: &Ask) {
        if self.observers.polled(ask, self.every(ask.window_s)) {
            self.observe(ask.window_s);
        }
    }

    /// How often somebody who looks at this window is expected to ask.
    fn every(&self, window_s: u64) -> Duration {
        Duration::from_secs(self.refresh_s(window_s).cast_unsigned()).min(LOOKS_ROUND)
    }

    fn observe(self: &Arc<Self>, window_s: u64) {
        tracing::debug!(window_s, "an observer begins");
        tokio::spawn(observe(Arc::downgrade(self), window_s));
    }

    fn duty(&self, window_s: u64) -> Option<(Duty, Duration)> {
        let duty = self.observers.duty(window_s, self.every(window_s), self.refresh_s(window_s))?;
        let wait = duty.asks.iter().map(|ask| self.wait(&ask.place(), duty.pace_s)).min()?;
        Some((duty, wait))
    }

    /// How long until this place is due.
    fn wait(&self, place: &Place, pace_s: i64) -> Duration {
        match (self.lives.retry_in(place), self.lives.last_good(place)) {
            (Some(retry_in), _) => retry_in,
            (None, Some(good)) => {
                let due_s = good.window.at_s.saturating_add(pace_s);
                Duration::from_secs(u64::try_from(due_s).unwrap_or(0)).saturating_sub(self.now())
            }
            (None, None) => Duration::ZERO,
        }
    }

    /// What most look at comes first; what only some want is asked together. Only what is due.
    async fn round(self: &Arc<Self>, duty: Duty) {
        let is_due = |ask: &Ask| self.wait(&ask.place(), duty.pace_s).is_zero();
        let (plain, mut dear): (Vec<Ask>, Vec<Ask>) =
            duty.asks.into_iter().filter(is_due).partition(Ask::is_plain);
        let mut groups = vec![plain];
        while let Some(operations) = dear.first().map(|ask| ask.operations.clone()) {
            let (alike, others) = dear.into_iter().partition(|ask| ask.operations == operations);
            groups.push(alike);
            dear = others;
        }
        let mut before: BTreeMap<Place, Option<i64>> = BTreeMap::new();
        for asks in groups {
            let Some(all) = asks.iter().cloned().reduce(|all, ask| all.with(&ask)) else { continue };
            let place = all.place();
            before.entry(place).or_insert_with_key(|place| self.last_good_at_s(place));
            // Whether it went well is noted; those who wait for news ask for it.
            drop(self.flight(all).await);
            self.observers.tell(&asks);
        }
        let mut in_vain = false;
        for (place, before_s) in before {
            match (before_s, self.last_good_at_s(&place)) {
                (Some(before_s), Some(after_s)) if before_s < after_s => self.forget(&place, before_s).await,
                (None, Some(_)) => {}
                // A failure has its own time to wait.
                _ => in_vain |= self.lives.retry_in(&place).is_none(),
            }
        }
        if in_vain {
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn last_good_at_s(&self, place: &Place) -> Option<i64> {
        self.lives.last_good(place).map(|good| good.window.at_s)
    }
}

async fn observe(collector: Weak<Collector>, window_s: u64) {
    loop {
        let Some(present) = collector.upgrade() else { return };
        let Some((duty, wait)) = present.duty(window_s) else { break };
        if wait.is_zero() {
            present.round(duty).await;
            continue;
        }
        // Nothing is held on to while it waits: the process may end.
        drop(present);
        tokio::select! {
            () = tokio::time::sleep(wait.min(LOOKS_ROUND)) => {}
            () = duty.bell.notified() => {}
        }
    }
    tracing::debug!(window_s, "an observer ends: nobody looks");
}
