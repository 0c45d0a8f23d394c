//! What a store does to series before it keeps them, checked. Knows no series.

use super::check::{Log, distinct};
use super::spec::{Histograms, StoreSpec};

/// What a store does to series.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keeping {
    pub replicas: Vec<Replica>,
    pub dropped: Vec<String>,
    pub mixed_bounds: bool,
    pub histograms: Histograms,
}

/// One of several that keep the same pods' series.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replica {
    pub name: String,
    /// How much later than the first it scrapes.
    pub shift_ms: i64,
    /// How long its samples are on their way.
    pub lag_ms: i64,
}

/// What tells one series from another must stay; the rest a store may do without.
const NEEDED: [&str; 5] = ["__name__", "instance", "le", "reporter", "destination_service"];

fn replicas(spec: &StoreSpec, log: &mut Log) -> Vec<Replica> {
    let mut span_ms = |text: &Option<String>, what: &str| {
        (log.span(text.as_deref(), "store", what).unwrap_or_default() * 1_000.0) as i64
    };
    let (shift_ms, lag_ms) =
        (span_ms(&spec.replica_shift, "replica_shift"), span_ms(&spec.replica_lag, "replica_lag"));
    let last = spec.replicas.last().filter(|_| spec.replicas.len() > 1);
    (0..)
        .zip(&spec.replicas)
        .map(|(at, name)| Replica {
            name: name.clone(),
            shift_ms: shift_ms * at,
            lag_ms: if last == Some(name) { lag_ms } else { 0 },
        })
        .collect()
}

/// None where nothing is done to them; and how long samples are on their way, in milliseconds.
pub(super) fn check(spec: &StoreSpec, log: &mut Log) -> (Option<Keeping>, i64) {
    distinct(spec.replicas.iter().cloned(), "store, replica", log);
    log.unless(spec.drop_labels.iter().all(|label| !NEEDED.contains(&label.as_str())), "store", || {
        format!("`drop_labels` must leave {}", NEEDED.join(", "))
    });
    let late_s = log.span(spec.late.as_deref(), "store", "late").unwrap_or_default();
    let keeping = Keeping {
        replicas: replicas(spec, log),
        dropped: spec.drop_labels.clone(),
        mixed_bounds: spec.mixed_bounds,
        histograms: spec.histograms,
    };
    let plain = keeping == Keeping::default();
    ((!plain).then_some(keeping), (late_s * 1_000.0) as i64)
}
