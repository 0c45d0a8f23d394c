//! When there was traffic last: one coarse look over the window, and a fine one where that found some.
//! Must not know what traffic is: the core made the query.

use super::fetch::Fetcher;
use super::{Ask, Collector, Failure, align, landed};
use crate::prometheus::{PrometheusError, RangeSpan};
use graph::{View, Window};
use model::status::LastTraffic;
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;

const POINTS: u64 = 60;
/// As fine as anybody wants to know it.
const FINE_S: i64 = 60;
const KEPT_FOR: Duration = Duration::from_mins(1);
const ANSWERS_KEPT: u64 = 200;

pub(super) type LastCache = Cache<String, Option<i64>>;

pub(super) fn new_cache() -> LastCache {
    Cache::builder().max_capacity(ANSWERS_KEPT).time_to_live(KEPT_FOR).build()
}

impl Collector {
    pub(crate) async fn last_traffic(self: &Arc<Self>, view: View, ask: Ask) -> Result<LastTraffic, Failure> {
        if !self.members.is_empty() {
            return Box::pin(self.last_traffic_of_all(view, ask)).await;
        }
        let lone = |error| Failure { error, retry_in_s: None };
        let fetcher = self.fetcher.clone().ok_or(lone(PrometheusError::NotConfigured))?;
        let window = self.window(&ask).await.map_err(lone)?;
        let origin = self.lookout.origin();
        let (cache, at_s) = (self.last_traffic.clone(), window.at_s);
        let key = format!("{} {} {:?} {}", window.at_s, window.window_s, view.namespaces, view.system);
        // Spawned for the same reason as a snapshot's flight.
        let flight = tokio::spawn(async move {
            let query = move |range_s| graph::traffic_query(&origin, &view, range_s);
            cache.try_get_with(key, fetcher.last_seen_s(window, query)).await
        });
        let seen_s = landed(flight.await).map_err(|error: Arc<PrometheusError>| lone((*error).clone()))?;
        Ok(LastTraffic { at_s, window_s: ask.window_s, seen_s })
    }
}

impl Fetcher {
    /// `query` looks back so many seconds from each point.
    async fn last_seen_s(
        &self,
        window: Window,
        query: impl Fn(u64) -> String + Send,
    ) -> Result<Option<i64>, PrometheusError> {
        let scrapes_s = window.scrape_interval_s.map_or(0, |scrape_s| (4.0 * scrape_s).ceil() as i64);
        let fine_s = FINE_S.max(scrapes_s);
        let step_s = align::range_step_s(window.window_s, POINTS, window.scrape_interval_s);
        let back_s = step_s.max(fine_s);
        let start_s = window.at_s - i64::try_from(window.window_s).unwrap_or(i64::MAX) + back_s;
        let coarse = RangeSpan { start_s: start_s.min(window.at_s), end_s: window.at_s, step_s };
        let Some(about_s) = self.last_point_s(&query, back_s, coarse).await? else { return Ok(None) };
        if back_s == fine_s {
            return Ok(Some(about_s));
        }
        let end_s = (about_s + step_s).min(window.at_s);
        let fine = RangeSpan { start_s: about_s - back_s, end_s, step_s: FINE_S };
        Ok(Some(self.last_point_s(&query, fine_s, fine).await?.unwrap_or(about_s)))
    }

    async fn last_point_s(
        &self,
        query: &(impl Fn(u64) -> String + Send),
        back_s: i64,
        span: RangeSpan,
    ) -> Result<Option<i64>, PrometheusError> {
        let promql = query(back_s.unsigned_abs());
        let points = self.points("last_traffic", &promql, span).await?;
        Ok(points.last().map(|(time_s, _)| time_s.round() as i64))
    }
}
