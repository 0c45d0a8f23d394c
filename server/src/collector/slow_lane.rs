//! What changes slowly (who was there lately, the intended split) is asked at most once a minute and shared by all windows.
//! Answers are kept as they came, since each snapshot reads them into its own table of words.

use super::fetch::{Fetcher, Reply};
use super::lanes::Lane;
use graph::{Origin, QueryKind, Signals, Window};
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;

const EVERY_S: i64 = 60;
/// Minutes kept: now, and the one before or one of those who look at the past. They are large.
const MINUTES_KEPT: u64 = 2;
/// One that nobody asks for any more is let go after this long.
const IDLE: Duration = Duration::from_secs(90);

#[derive(Debug)]
pub(super) struct SlowLane {
    by_minute: Cache<i64, Arc<Vec<Reply>>>,
}

impl Default for SlowLane {
    fn default() -> Self {
        Self { by_minute: Cache::builder().max_capacity(MINUTES_KEPT).time_to_idle(IDLE).build() }
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
        let ask = async {
            let at = Window { at_s: minute_s, ..*window };
            let mut plan = graph::plan(origin, Signals { slow_lane: true, ..Signals::default() }, &at);
            plan.retain(|query| query.kind.is_slow_lane());
            // The cheap one first: presence spans a quarter of an hour.
            plan.sort_by_key(|query| query.kind != QueryKind::IntendedWeight);
            Arc::new(fetcher.ask(plan, (origin, &at), Lane::Traffic).await)
        };
        self.by_minute.get_with(minute_s, ask).await
    }
}
