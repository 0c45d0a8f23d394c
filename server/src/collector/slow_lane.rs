//! What changes slowly (who was there lately, the intended split) is asked at most once a minute and shared by all windows.
//! Answers keep tables of words of their own, since each snapshot has another.

use super::fetch::{Fetcher, Reply};
use super::lanes::Lane;
use super::presence::Presence;
use graph::{Origin, Query, QueryKind, Signals, Window};
use moka::future::Cache;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const EVERY_S: i64 = 60;
/// How many series are new is told of a quarter of an hour, so it may be older.
const NEW_SERIES_EVERY_S: i64 = 300;
/// Minutes kept: now, and the one before or one of those who look at the past. They are large.
const MINUTES_KEPT: u64 = 2;
/// One that nobody asks for any more is let go after this long.
const IDLE: Duration = Duration::from_secs(90);

#[derive(Debug)]
pub(super) struct SlowLane {
    by_minute: Cache<i64, Arc<Vec<Reply>>>,
    presence: Presence,
    /// The last answer, and of which minute it is.
    new_series: Mutex<Option<(i64, Reply)>>,
}

impl Default for SlowLane {
    fn default() -> Self {
        Self {
            by_minute: Cache::builder().max_capacity(MINUTES_KEPT).time_to_idle(IDLE).build(),
            presence: Presence::default(),
            new_series: Mutex::default(),
        }
    }
}

impl SlowLane {
    /// The replies of the minute in which this window ends. A failure is kept for that minute too.
    pub(super) async fn replies(
        &self,
        fetcher: &Fetcher,
        origin: &Origin,
        window: &Window,
    ) -> Arc<Vec<Reply>> {
        let minute_s = window.at_s.div_euclid(EVERY_S) * EVERY_S;
        let at = Window { at_s: minute_s, ..*window };
        let ask = async { Arc::new(self.asked(fetcher, origin, &at).await) };
        self.by_minute.get_with(minute_s, ask).await
    }

    async fn asked(&self, fetcher: &Fetcher, origin: &Origin, at: &Window) -> Vec<Reply> {
        let mut plan = graph::plan(origin, Signals { slow_lane: true, ..Signals::default() }, at);
        plan.retain(|query| query.kind.is_slow_lane());
        // The cheap one first: presence may span a quarter of an hour.
        plan.sort_by_key(|query| query.kind != QueryKind::IntendedWeight);
        let held = self.new_series_held(at.at_s);
        plan.retain(|query| held.is_none() || query.kind != QueryKind::NewSeries);
        let ranges: Vec<_> = plan.iter().map(|query| query.range).collect();
        let plan: Vec<Query> = plan.into_iter().map(|query| self.presence.narrowed(query, at.at_s)).collect();
        let asked = fetcher.ask(plan, (origin, at), Lane::Traffic).await;
        let completed = asked.into_iter().zip(ranges).map(|(reply, whole)| match whole {
            Some(whole) => self.presence.completed(reply, whole, at.at_s),
            None => reply,
        });
        let mut replies: Vec<Reply> = completed.collect();
        match held {
            Some(held) => replies.push(held),
            None => self.hold_new_series(&replies, at.at_s),
        }
        replies
    }

    fn new_series_held(&self, at_s: i64) -> Option<Reply> {
        let held = self.new_series.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = held.as_ref().filter(|(asked_s, _)| (0..NEW_SERIES_EVERY_S).contains(&(at_s - asked_s)));
        fresh.map(|(_, reply)| Reply { took: None, ..reply.clone() })
    }

    fn hold_new_series(&self, replies: &[Reply], at_s: i64) {
        let asked = replies.iter().find(|reply| reply.query.kind == QueryKind::NewSeries);
        if let Some(reply) = asked.filter(|reply| reply.told.is_ok()) {
            *self.new_series.lock().unwrap_or_else(PoisonError::into_inner) = Some((at_s, reply.clone()));
        }
    }
}
