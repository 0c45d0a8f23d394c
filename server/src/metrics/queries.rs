//! Queries sent to Prometheus: how many of which kind with which outcome, how long they took, how much came back.

use super::TIME_BUCKETS_S;
use crate::prometheus::{Answer, Arrived, PrometheusError};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::future::Future;
use std::time::Instant;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    source: String,
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    source: String,
    kind: &'static str,
    outcome: &'static str,
}

/// Cheap to clone; all clones count together, each for its source.
#[derive(Debug, Clone)]
pub(crate) struct Queries {
    source: String,
    ended: Family<Ended, Counter>,
    duration: Family<Kind, Histogram>,
    bytes: Family<Kind, Counter>,
}

impl Default for Queries {
    fn default() -> Self {
        let duration = Family::new_with_constructor(histogram as fn() -> Histogram);
        Self { source: String::new(), ended: Family::default(), duration, bytes: Family::default() }
    }
}

fn histogram() -> Histogram {
    Histogram::new(TIME_BUCKETS_S)
}

impl Queries {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "prometheus_queries",
            "Queries sent to Prometheus by source, kind and outcome (answered, not_json, timeout, unreachable, refused)",
            self.ended.clone(),
        );
        registry.register(
            "prometheus_query_duration_seconds",
            "Time from sending a query to the last byte of its answer, by source and kind",
            self.duration.clone(),
        );
        registry.register(
            "prometheus_answer_bytes",
            "Bytes of Prometheus's answers as they came over the wire, by source and kind of query",
            self.bytes.clone(),
        );
    }

    /// Counts for the source of this name.
    pub(crate) fn of(&self, source: &str) -> Self {
        Self { source: source.to_owned(), ..self.clone() }
    }

    fn kind(&self, kind: &'static str) -> Kind {
        Kind { source: self.source.clone(), kind }
    }

    /// Sends a query and notes how that went. `kind` is one of few words.
    pub(crate) async fn noted<T: Came>(
        &self,
        kind: &'static str,
        query: impl Future<Output = Result<T, PrometheusError>>,
    ) -> Result<T, PrometheusError> {
        let sent = Instant::now();
        let outcome = query.await;
        self.duration.get_or_create(&self.kind(kind)).observe(sent.elapsed().as_secs_f64());
        if let Ok(came) = &outcome {
            self.bytes.get_or_create(&self.kind(kind)).inc_by(came.wire_bytes() as u64);
        }
        let word = match &outcome {
            Ok(came) if came.begins_as_json() => "answered",
            Ok(_) => "not_json",
            Err(error) if error.is_timeout() => "timeout",
            Err(error) if error.is_about_the_source() => "unreachable",
            Err(_) => "refused",
        };
        let ended = Ended { source: self.source.clone(), kind, outcome: word };
        self.ended.get_or_create(&ended).inc();
        outcome
    }
}

/// What came over the wire.
pub(crate) trait Came {
    fn wire_bytes(&self) -> usize;

    /// It begins as an answer of the API does; a login page does not.
    fn begins_as_json(&self) -> bool;
}

impl Came for Answer {
    fn wire_bytes(&self) -> usize {
        self.body.wire_bytes()
    }

    fn begins_as_json(&self) -> bool {
        self.body.begins_as_json()
    }
}

impl Came for Arrived {
    fn wire_bytes(&self) -> usize {
        self.wire_bytes
    }

    fn begins_as_json(&self) -> bool {
        self.begins_as_json
    }
}
