//! One snapshot with all that is known about how it came to be.

use crate::prometheus::PrometheusError;
use graph::{Answers, Outcome, QueryKind, Snapshot, Window};
use model::Warning;
use model::graph::QueryUse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How one query went, for the answer's `meta.queries`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sent {
    pub(super) promql: String,
    /// None: it was not sent, since the source was found to be gone.
    pub(super) took: Option<Duration>,
    pub(super) error: Option<PrometheusError>,
}

#[derive(Debug)]
pub(crate) struct Collected {
    /// Tells one snapshot from another in this process.
    pub(crate) id: u64,
    pub(crate) window: Window,
    pub(crate) snapshot: Snapshot,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) queries: Vec<QueryUse>,
    pub(crate) bytes: usize,
    pub(crate) made_at: Instant,
    /// From the first query sent to the last answer read.
    pub(crate) prometheus: Duration,
    /// What the core took.
    pub(crate) reading: Duration,
    /// Kept until buckets have come, which are added to them.
    pub(super) answers: Option<Answers>,
    pub(super) sent: BTreeMap<QueryKind, Sent>,
    /// What was found out by asking; part of `warnings`.
    pub(super) said: Vec<Warning>,
}

impl Collected {
    /// Runs the core over the answers. `answers` stay with a snapshot that may still get buckets; `said` is what
    /// was found out by asking.
    pub(super) fn new(
        answers: Answers,
        sent: BTreeMap<QueryKind, Sent>,
        prometheus: Duration,
        keep_answers: Keep,
        said: Vec<Warning>,
    ) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let started = Instant::now();
        let (snapshot, mut warnings) = graph::snapshot(&answers);
        warnings.extend(said.iter().cloned());
        let reading = started.elapsed();
        let queries = sent.iter().map(|(kind, sent)| query_use(*kind, sent, &answers)).collect();
        let window = answers.window;
        let answers = (keep_answers == Keep::Answers).then_some(answers);
        let bytes = snapshot.bytes() + answers.as_ref().map_or(0, bytes_of);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            id,
            window,
            snapshot,
            warnings,
            queries,
            bytes,
            made_at: Instant::now(),
            prometheus,
            reading,
            answers,
            sent,
            said,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    Answers,
    SnapshotOnly,
}

fn query_use(kind: QueryKind, sent: &Sent, answers: &Answers) -> QueryUse {
    let rows = match answers.outcomes.get(&kind) {
        Some((Outcome::Answered(table), _)) => Some(table.rows()),
        Some((Outcome::Series(table), _)) => Some(table.points.len()),
        Some((Outcome::Failed(_), _)) | None => None,
    };
    QueryUse {
        kind: kind.word().to_owned(),
        promql: sent.promql.clone(),
        source: None,
        duration_ms: sent.took.map(|took| (took.as_secs_f64() * 10_000.0).round() / 10.0),
        rows,
        error: sent.error.as_ref().filter(|error| !spared(error)).map(ToString::to_string),
    }
}

/// Left out on purpose, which is no failure.
fn spared(error: &PrometheusError) -> bool {
    matches!(error, PrometheusError::Spared { .. })
}

/// Memory that answers hold, roughly.
fn bytes_of(answers: &Answers) -> usize {
    let tables: usize = answers
        .outcomes
        .values()
        .map(|(outcome, _)| match outcome {
            Outcome::Answered(table) => {
                4 * table.cells.len() + 8 * (table.values.len() + table.le.len()) + table.whole.len()
            }
            Outcome::Series(table) => {
                4 * table.cells.len()
                    + table.points.iter().map(|points| 24 + 16 * points.len()).sum::<usize>()
            }
            Outcome::Failed(sentence) => sentence.len(),
        })
        .sum();
    tables + answers.symbols.bytes()
}
