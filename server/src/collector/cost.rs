//! What a long window costs Prometheus, estimated from how many series there are before anything is asked over it.
//! Must not know who asks.

use super::fetch::Fetcher;
use super::lanes::Lane;
use crate::prometheus::decode_instant;
use graph::sample::Symbols;
use graph::{Origin, QueryKind, Window};
use model::Warning;
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Up to this long a window costs hardly more than a short one.
const CHEAP_S: u64 = 6 * 3_600;
/// Assumed where the store does not tell.
const SCRAPE_S: f64 = 15.0;
/// Over how long the speed of reading is tried.
const TRIAL_S: u64 = 3_600;
const KEPT_FOR: Duration = Duration::from_mins(10);
/// What Prometheus holds at once for a query, unless `--query.max-samples` says otherwise.
const PROMETHEUS_HOLDS: f64 = 50e6;
/// What VictoriaMetrics reads for a query, unless `-search.maxSamplesPerQuery` says otherwise.
const VICTORIA_READS: f64 = 1e9;

pub(super) const CODE: &str = "costly_window";

#[derive(Debug)]
pub(super) struct Costs(Cache<(), Arc<Series>>);

/// How many series there are of each kind of metric; None where that could not be counted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Series {
    requests: Option<f64>,
    buckets: Option<f64>,
    tcp: Option<f64>,
    speed: Option<Speed>,
}

/// How long this store takes to find a series, and to read a sample of it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Speed {
    series_s: f64,
    sample_s: f64,
}

impl Default for Costs {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1).time_to_live(KEPT_FOR).build())
    }
}

impl Costs {
    /// What these queries will cost, where that is worth a word.
    pub(super) async fn told(
        &self,
        fetcher: &Fetcher,
        origin: &Origin,
        kinds: &[QueryKind],
        window: &Window,
    ) -> Option<Warning> {
        if window.window_s <= CHEAP_S {
            return None;
        }
        let series = self.0.get_with((), async { Arc::new(counted(fetcher, origin, window).await) }).await;
        let sentence = series.sentence(kinds, window);
        if let Some(about) = series.about(kinds, window) {
            fetcher.progress.expect(about);
        }
        tracing::info!(
            window_s = window.window_s,
            at_s = window.at_s,
            sentence,
            "a long window is asked for"
        );
        Some(Warning { code: CODE.to_owned(), column: None, sentence })
    }
}

async fn counted(fetcher: &Fetcher, origin: &Origin, window: &Window) -> Series {
    let words = origin.dialect.vocabulary(&origin.probe);
    let requests = count(fetcher, origin, words.requests, window.at_s).await;
    // The same series over some time: what that takes longer, their samples take.
    let longer = format!("rate({}[{TRIAL_S}s])", selected(origin, words.requests));
    let longer = counted_as(fetcher, &longer, window.at_s).await;
    let speed = requests.zip(longer).and_then(|((series, short), (_, long))| {
        let samples = series * scrapes(TRIAL_S, window);
        (series > 0.0).then(|| Speed {
            series_s: short.as_secs_f64() / series,
            sample_s: long.saturating_sub(short).as_secs_f64() / samples,
        })
    });
    let number = |counted: Option<(f64, Duration)>| counted.map(|(series, _)| series);
    Series {
        requests: number(requests),
        buckets: number(count(fetcher, origin, words.duration.series(words.durations)[0], window.at_s).await),
        tcp: number(count(fetcher, origin, words.tcp_sent, window.at_s).await),
        speed,
    }
}

fn selected(origin: &Origin, metric: &str) -> String {
    format!("{metric}{{{}}}", origin.extra_matcher.as_deref().unwrap_or_default())
}

fn scrapes(window_s: u64, window: &Window) -> f64 {
    window_s as f64 / window.scrape_interval_s.unwrap_or(SCRAPE_S).max(1.0)
}

async fn count(fetcher: &Fetcher, origin: &Origin, metric: &str, at_s: i64) -> Option<(f64, Duration)> {
    counted_as(fetcher, &selected(origin, metric), at_s).await
}

/// How many series, and how long it took. None where it was not answered; no series at all are 0.
async fn counted_as(fetcher: &Fetcher, series: &str, at_s: i64) -> Option<(f64, Duration)> {
    let (answer, took) = {
        let _turn = fetcher.lanes.turn(Lane::Traffic).await;
        let started = Instant::now();
        let promql = format!("count({series})");
        let asked = fetcher.client.instant(&promql, at_s);
        (fetcher.queries.noted("cost", asked).await.ok()?, started.elapsed())
    };
    let body = answer.body.unpacked().ok()?;
    let (table, _) = decode_instant(&body, &[], false, &mut Symbols::default()).ok()?;
    Some((table.values.first().copied().unwrap_or(0.0), took))
}

impl Series {
    /// Those whose every sample of the window this query reads.
    fn read_by(&self, kind: QueryKind) -> Option<f64> {
        use QueryKind as Q;
        match kind {
            Q::TcpSent | Q::TcpReceived | Q::TcpOpened | Q::TcpClosed => self.tcp,
            Q::Requests
            | Q::DurationSum
            | Q::DurationCount
            | Q::RequestBytes
            | Q::ResponseBytes
            | Q::Messages => self.requests,
            kind if kind.is_bucketed() => self.buckets,
            // The others look at one moment, or at a fixed span.
            _ => Some(0.0),
        }
    }

    fn sentence(&self, kinds: &[QueryKind], window: &Window) -> String {
        let scrapes = scrapes(window.window_s, window);
        let long = model::duration::format_s(window.window_s);
        let known: Option<Vec<(QueryKind, f64)>> =
            kinds.iter().map(|kind| Some((*kind, self.read_by(*kind)?))).collect();
        let Some(known) = known else {
            return format!(
                "A window of {long} may cost Prometheus much: how many series there are could not be found out first. Choose a shorter one if it takes too long."
            );
        };
        let takes = match self.about(kinds, window).map(|about| about.as_secs()) {
            Some(about_s @ 2..) => format!(", which takes it about {about_s} s"),
            _ => String::new(),
        };
        let in_all: f64 = known.iter().map(|(_, series)| series * scrapes).sum();
        let most = known.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let refusal = most.and_then(|(kind, series)| refusal(*kind, *series, scrapes)).unwrap_or_default();
        format!(
            "A window of {long} makes Prometheus read about {} samples, {} of each series{takes}. Choose a shorter one if it takes too long.{refusal}",
            about(in_all),
            about(scrapes)
        )
    }

    /// How long all of that takes this store, one query after the other.
    fn about(&self, kinds: &[QueryKind], window: &Window) -> Option<Duration> {
        let Speed { series_s, sample_s } = self.speed?;
        let each_s = series_s + scrapes(window.window_s, window) * sample_s;
        let series: Option<f64> = kinds.iter().map(|kind| self.read_by(*kind)).sum();
        Duration::try_from_secs_f64(series? * each_s).ok()
    }
}

/// What a store with the usual limits will say to a query over so many series.
fn refusal(kind: QueryKind, series: f64, scrapes: f64) -> Option<String> {
    // Of the range one series at a time is held, of the outcome all.
    let (held, read) = (series + scrapes, series * scrapes);
    let meaning = kind.meaning();
    if held > PROMETHEUS_HOLDS {
        return Some(format!(
            " For {meaning} it would hold {} at once, which it refuses unless its --query.max-samples is raised.",
            about(held)
        ));
    }
    (read > VICTORIA_READS).then(|| {
        format!(
            " For {meaning} alone it reads {}, which stores that limit this refuse (VictoriaMetrics: -search.maxSamplesPerQuery).",
            about(read)
        )
    })
}

fn about(number: f64) -> String {
    match number {
        n if n >= 1e9 => format!("{:.1} billion", n / 1e9),
        n if n >= 1e6 => format!("{:.1} million", n / 1e6),
        n if n >= 1e4 => format!("{:.0} thousand", n / 1e3),
        n => format!("{n:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: [QueryKind; 3] = [QueryKind::Requests, QueryKind::TcpSent, QueryKind::PresenceRequests];

    fn said(series: Series, kinds: &[QueryKind], window_s: u64) -> String {
        series.sentence(kinds, &Window { at_s: 0, window_s, scrape_interval_s: Some(15.0) })
    }

    #[test]
    fn samples_are_series_times_scrapes() {
        let series =
            Series { requests: Some(10_000.0), buckets: Some(200_000.0), tcp: Some(1_000.0), speed: None };
        let day = said(series, &PLAIN, 86_400);
        assert!(
            day.starts_with("A window of 1d makes Prometheus read about 63.4 million samples, 5760 of"),
            "{day}"
        );
        assert!(!day.contains("refuse"), "{day}");
        let with_buckets = [&PLAIN[..], &[QueryKind::DurationBucket]].concat();
        let month = said(series, &with_buckets, 30 * 86_400);
        assert!(month.contains("36.5 billion samples, 173 thousand of each"), "{month}");
        assert!(month.contains("For latency percentiles alone it reads 34.6 billion"), "{month}");
    }

    #[test]
    fn how_long_it_takes_is_told_by_how_fast_the_store_reads() {
        let speed = Some(Speed { series_s: 1e-5, sample_s: 1e-7 });
        let series = Series { requests: Some(10_000.0), buckets: Some(0.0), tcp: Some(0.0), speed };
        let day = said(series, &PLAIN, 86_400);
        assert!(day.contains("5760 of each series, which takes it about 5 s. Choose"), "{day}");
        let window = Window { at_s: 0, window_s: 86_400, scrape_interval_s: Some(15.0) };
        assert_eq!(series.about(&PLAIN, &window).map(|about| about.as_millis()), Some(5_860));
        assert_eq!(Series { speed: None, ..series }.about(&PLAIN, &window), None);
    }

    #[test]
    fn what_prometheus_would_refuse_is_said_before() {
        let series = Series { requests: Some(1e6), buckets: Some(6e7), tcp: Some(0.0), speed: None };
        let said = said(series, &[QueryKind::Requests, QueryKind::DurationBucket], 86_400);
        assert!(said.contains("For latency percentiles it would hold 60.0 million at once"), "{said}");
    }

    #[test]
    fn what_could_not_be_counted_is_no_zero() {
        let series = Series { requests: None, ..Series::default() };
        assert!(said(series, &PLAIN, 86_400).contains("could not be found out"));
        let series = Series { requests: Some(5.0), tcp: Some(0.0), ..Series::default() };
        assert!(
            said(series, &PLAIN, 86_400).contains("28.8 thousand")
                || said(series, &PLAIN, 86_400).contains("29 thousand")
        );
    }
}
