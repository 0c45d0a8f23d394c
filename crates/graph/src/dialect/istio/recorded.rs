//! Series that recording rules have made in advance, and when they can stand in for the query they were made by.
//! It must not know how rows become flows. The rules stand in `deploy/prometheus/recording-rules.yaml`.

use super::{DurationUnit, ProbeQuery};
use crate::form::Form;
use crate::query::{Origin, QueryKind, Window};

/// Windows that rules are shipped for.
pub(super) const WINDOWS: usize = 3;

struct Recorded {
    window_s: u64,
    word: &'static str,
    /// Requests; sums, counts and buckets of latency.
    series: [&'static str; 4],
}

const RECORDED: [Recorded; WINDOWS] = [
    Recorded {
        window_s: 60,
        word: "recorded_1m",
        series: [
            "portolan:istio_requests:rate1m",
            "portolan:istio_request_duration_milliseconds_sum:rate1m",
            "portolan:istio_request_duration_milliseconds_count:rate1m",
            "portolan:istio_request_duration_milliseconds_bucket:rate1m",
        ],
    },
    Recorded {
        window_s: 300,
        word: "recorded_5m",
        series: [
            "portolan:istio_requests:rate5m",
            "portolan:istio_request_duration_milliseconds_sum:rate5m",
            "portolan:istio_request_duration_milliseconds_count:rate5m",
            "portolan:istio_request_duration_milliseconds_bucket:rate5m",
        ],
    },
    Recorded {
        window_s: 600,
        word: "recorded_10m",
        series: [
            "portolan:istio_requests:rate10m",
            "portolan:istio_request_duration_milliseconds_sum:rate10m",
            "portolan:istio_request_duration_milliseconds_count:rate10m",
            "portolan:istio_request_duration_milliseconds_bucket:rate10m",
        ],
    },
];

/// The oldest of what is recorded now, in seconds since 1970; nothing where any of the four is missing.
pub(super) fn probe_queries() -> impl Iterator<Item = ProbeQuery> {
    RECORDED.iter().map(|recorded| {
        let [requests, sum, count, buckets] = recorded.series;
        let oldest = |series: &str| format!("min(timestamp({series}))");
        let whole = format!("{buckets}{{le=\"+Inf\"}}");
        let [sum, count, buckets] = [sum, count, whole.as_str()].map(oldest);
        let promql = format!("{} + 0 * ({sum} + {count} + {buckets})", oldest(requests));
        ProbeQuery { word: recorded.word, promql }
    })
}

pub(super) fn probe(answers: &[(&'static str, f64)]) -> [Option<i64>; WINDOWS] {
    RECORDED.each_ref().map(|recorded| {
        let answer = answers.iter().find(|(word, _)| *word == recorded.word);
        answer.filter(|(_, seen_s)| seen_s.is_finite()).map(|(_, seen_s)| seen_s.ceil() as i64)
    })
}

/// The series that has what a query would give: of the same window, ending no earlier than where rules are known to have
/// run, and from a store where nothing changes the query. Matchers of the installation's own may be about labels that the
/// rules have summed away.
pub(super) fn series(origin: &Origin, kind: QueryKind, window: &Window) -> Option<&'static str> {
    let at = match kind {
        QueryKind::Requests => 0,
        QueryKind::DurationSum => 1,
        QueryKind::DurationCount => 2,
        QueryKind::DurationBucket => 3,
        _ => return None,
    };
    let probe = &origin.probe;
    let plain = origin.operations.is_none()
        && origin.extra_matcher.as_ref().is_none_or(|extra| extra.trim().is_empty())
        && probe.duration == DurationUnit::Ms
        && probe.durations == Form::Classic
        && super::replicas(probe).is_none();
    let (recorded, seen_s) =
        RECORDED.iter().zip(probe.recorded).find(|(recorded, _)| recorded.window_s == window.range_s())?;
    (plain && seen_s.is_some_and(|seen_s| window.at_s >= seen_s)).then(|| recorded.series[at])
}
