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
use model::series::{Line, Metric, MissingMetric, SeriesAnswer};
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
        let (collector, cache) = (self.clone(), self.series.clone());
        // Spawned for the same reason as a snapshot's flight.
        let flight = tokio::spawn(async move {
            cache.try_get_with(key(&queries, &window), collector.lines(queries, window)).await
        });
        landed(flight.await).map_err(|error: Arc<PrometheusError>| lone((*error).clone()))
    }

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
        let queries = apart(&queries, &mut answer.missing);
        let mut failure = None;
        let replies: Vec<_> = futures::stream::iter(queries)
            .map(|query| async move {
                let line = match self.fetcher_of(query.source.as_deref()) {
                    Some(fetcher) => fetcher.line(&query, span).await,
                    None => Err(PrometheusError::NotConfigured),
                };
                (query, line)
            })
            .buffered(3)
            .collect()
            .await;
        for (query, line) in replies {
            match line {
                Ok(line) => add(&mut answer.lines, line),
                Err(error) => {
                    let reason = match &query.source {
                        Some(source) => format!("Of the source {source}: {error}"),
                        None => error.to_string(),
                    };
                    answer.missing.push(MissingMetric { metric: query.metric, reason });
                    failure = Some(error);
                }
            }
        }
        match failure {
            Some(error) if answer.lines.is_empty() => Err(error),
            _ => Ok(Arc::new(answer)),
        }
    }
}

/// Whether lines of parts add up to that of the whole.
fn adds_up(metric: Metric) -> bool {
    matches!(metric, Metric::RateRps | Metric::SentBytesPerS | Metric::ReceivedBytesPerS)
}

/// Leaves out what several sources count a part of each, where parts do not make a whole.
fn apart(queries: &[SeriesQuery], missing: &mut Vec<MissingMetric>) -> Vec<SeriesQuery> {
    let shared = |query: &SeriesQuery| {
        let same = |other: &&SeriesQuery| (other.metric, &other.row) == (query.metric, &query.row);
        !adds_up(query.metric) && queries.iter().filter(same).count() > 1
    };
    let (shared, single): (Vec<SeriesQuery>, Vec<SeriesQuery>) =
        queries.iter().cloned().partition(|query| shared(query));
    for query in shared {
        let reason = "Several sources count a part of it each, and no query brings them together.".to_owned();
        let lacking = MissingMetric { metric: query.metric, reason };
        if !missing.contains(&lacking) {
            missing.push(lacking);
        }
    }
    single
}

/// A line of which there is a part already is added to it; what neither has measured stays a gap.
fn add(lines: &mut Vec<Line>, line: Line) {
    match lines.iter_mut().find(|known| (known.metric, &known.row) == (line.metric, &line.row)) {
        Some(known) => {
            for (sum, point) in known.points.iter_mut().zip(line.points) {
                *sum = sum.iter().chain(&point).copied().reduce(|a, b| a + b);
            }
        }
        None => lines.push(line),
    }
}

fn key(queries: &[SeriesQuery], window: &Window) -> String {
    let mut key = format!("{} {}", window.at_s, window.window_s);
    for query in queries {
        let row = query.row.as_deref().unwrap_or_default();
        let source = query.source.as_deref().unwrap_or_default();
        write!(key, "\n{} {row} {source} {}", query.metric.word(), query.promql)
            .expect("a String takes all text");
    }
    key
}

impl Fetcher {
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
    NamedQuery { name, promql: query.promql.clone(), source: query.source.clone() }
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
    fn parts_of_several_sources_add_up_or_are_said_not_to() {
        let query = |metric, source: &str| SeriesQuery {
            metric,
            row: None,
            promql: source.to_owned(),
            source: Some(source.to_owned()),
        };
        let both = |metric| ["west", "east"].map(|source| query(metric, source));
        let mut missing = Vec::new();
        let mut queries: Vec<SeriesQuery> = both(Metric::RateRps).into();
        queries.extend(both(Metric::P95Ms));
        queries.push(query(Metric::ErrorShare, "west"));
        let kept = apart(&queries, &mut missing);
        let kept: Vec<Metric> = kept.into_iter().map(|query| query.metric).collect();
        assert_eq!(kept, [Metric::RateRps, Metric::RateRps, Metric::ErrorShare]);
        assert!(missing.len() == 1 && missing[0].metric == Metric::P95Ms, "{missing:?}");
        let line =
            |points: [Option<f64>; 3]| Line { metric: Metric::RateRps, row: None, points: points.into() };
        let mut lines = Vec::new();
        add(&mut lines, line([Some(1.0), None, None]));
        add(&mut lines, line([Some(2.0), Some(3.0), None]));
        assert_eq!(lines, [line([Some(3.0), Some(3.0), None])]);
    }

    #[test]
    fn gaps_stay_gaps() {
        let span = RangeSpan { start_s: 100, end_s: 160, step_s: 15 };
        let line = on_the_grid(&[(100.0, 1.0), (130.0, 0.0), (160.0, 4.0), (175.0, 9.0), (85.0, 9.0)], span);
        assert_eq!(line, [Some(1.0), None, Some(0.0), None, Some(4.0)]);
    }
}
