//! Lines over time for one node or edge: a few range queries side by side, shared by all who look at the same panel.
//! Must not know what a node is: the core made the queries.

use super::fetch::Fetcher;
use super::lanes::Lane;
use super::{Collector, Failure, align, landed};
use crate::prometheus::{PrometheusError, RangeSpan, decode_range};
use futures::StreamExt as _;
use graph::sample::Symbols;
use graph::{SeriesQuery, Window};
use model::detail::NamedQuery;
use model::series::{Line, MissingMetric, SeriesAnswer};
use moka::future::Cache;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// Points of one line at most: a chart in the panel is about 300 pixels wide.
const POINTS: u64 = 60;
const KEPT_FOR: Duration = Duration::from_mins(1);
const ANSWERS_KEPT: u64 = 500;

pub(super) type SeriesCache = Cache<String, Arc<SeriesAnswer>>;

pub(super) fn new_cache() -> SeriesCache {
    Cache::builder().max_capacity(ANSWERS_KEPT).time_to_live(KEPT_FOR).build()
}

impl Collector {
    /// All lines of one panel. Fails only when none came; else what is missing is named.
    pub(crate) async fn series(
        self: &Arc<Self>,
        queries: Vec<SeriesQuery>,
        window: Window,
    ) -> Result<Arc<SeriesAnswer>, Failure> {
        let lone = |error| Failure { error, retry_in_s: None };
        let fetcher = self.fetcher.clone().ok_or(lone(PrometheusError::NotConfigured))?;
        let cache = self.series.clone();
        // Spawned for the same reason as a snapshot's flight.
        let flight = tokio::spawn(async move {
            cache.try_get_with(key(&queries, &window), fetcher.lines(queries, window)).await
        });
        landed(flight.await).map_err(|error: Arc<PrometheusError>| lone((*error).clone()))
    }
}

fn key(queries: &[SeriesQuery], window: &Window) -> String {
    let mut key = format!("{} {}", window.at_s, window.window_s);
    for query in queries {
        let row = query.row.as_deref().unwrap_or_default();
        write!(key, "\n{} {row} {}", query.metric.word(), query.promql).expect("a String takes all text");
    }
    key
}

impl Fetcher {
    async fn lines(
        &self,
        queries: Vec<SeriesQuery>,
        window: Window,
    ) -> Result<Arc<SeriesAnswer>, PrometheusError> {
        let step_s = align::range_step_s(window.window_s, POINTS, window.scrape_interval_s);
        let steps = i64::try_from(window.window_s).unwrap_or(i64::MAX) / step_s;
        let span = RangeSpan { start_s: window.at_s - steps * step_s, end_s: window.at_s, step_s };
        let mut answer = SeriesAnswer {
            start_s: span.start_s,
            step_s,
            lines: Vec::new(),
            queries: queries.iter().map(named).collect(),
            missing: Vec::new(),
        };
        let mut failure = None;
        let replies: Vec<_> = futures::stream::iter(queries)
            .map(|query| async move {
                let line = self.line(&query, span).await;
                (query, line)
            })
            .buffered(3)
            .collect()
            .await;
        for (query, line) in replies {
            match line {
                Ok(line) => answer.lines.push(line),
                Err(error) => {
                    answer.missing.push(MissingMetric { metric: query.metric, reason: error.to_string() });
                    failure = Some(error);
                }
            }
        }
        match failure {
            Some(error) if answer.lines.is_empty() => Err(error),
            _ => Ok(Arc::new(answer)),
        }
    }

    async fn line(&self, query: &SeriesQuery, span: RangeSpan) -> Result<Line, PrometheusError> {
        let points = on_the_grid(&self.points("series", &query.promql, span).await?, span);
        Ok(Line { metric: query.metric, row: query.row.clone(), points })
    }

    /// The points of the one line that a query gives; none where it gives no line.
    pub(super) async fn points(
        &self,
        kind: &'static str,
        promql: &str,
        span: RangeSpan,
    ) -> Result<Vec<(f64, f64)>, PrometheusError> {
        let answer = {
            let _turn = self.lanes.turn(Lane::Detail).await;
            self.queries.noted(kind, self.client.range(promql, span)).await?
        };
        let body = answer.body.unpacked()?;
        let (mut table, _) = decode_range(&body, &[], &mut Symbols::default())
            .map_err(|error| PrometheusError::from_decoding(error, &body, self.client.address()))?;
        Ok(if table.points.is_empty() { Vec::new() } else { table.points.swap_remove(0) })
    }
}

fn named(query: &SeriesQuery) -> NamedQuery {
    let name = match &query.row {
        Some(row) => format!("{} of {row}", query.metric.word()),
        None => query.metric.word().to_owned(),
    };
    NamedQuery { name, promql: query.promql.clone() }
}

/// One slot a step; where nothing was measured it stays empty, never zero.
fn on_the_grid(points: &[(f64, f64)], span: RangeSpan) -> Vec<Option<f64>> {
    let slots = usize::try_from((span.end_s - span.start_s) / span.step_s + 1).unwrap_or_default();
    let mut line = vec![None; slots];
    for (time_s, value) in points {
        let slot = ((time_s - span.start_s as f64) / span.step_s as f64).round();
        if slot >= 0.0
            && let Some(place) = line.get_mut(slot as usize)
        {
            *place = Some(*value);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_stay_gaps() {
        let span = RangeSpan { start_s: 100, end_s: 160, step_s: 15 };
        let line = on_the_grid(&[(100.0, 1.0), (130.0, 0.0), (160.0, 4.0), (175.0, 9.0), (85.0, 9.0)], span);
        assert_eq!(line, [Some(1.0), None, Some(0.0), None, Some(4.0)]);
    }
}
