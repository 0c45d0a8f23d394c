//! What a store does to series before it keeps them, checked. Knows no series.

use super::check::{Log, distinct};
use super::spec::StoreSpec;

/// What a store does to series.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keeping {
    pub replicas: Vec<String>,
    pub dropped: Vec<String>,
    pub mixed_bounds: bool,
    pub native_histograms: bool,
}

/// What tells one series from another must stay; the rest a store may do without.
const NEEDED: [&str; 5] = ["__name__", "instance", "le", "reporter", "destination_service"];

/// None where nothing is done to them; and how long samples are on their way, in milliseconds.
pub(super) fn check(spec: &StoreSpec, log: &mut Log) -> (Option<Keeping>, i64) {
    distinct(spec.replicas.iter().cloned(), "store, replica", log);
    log.unless(spec.drop_labels.iter().all(|label| !NEEDED.contains(&label.as_str())), "store", || {
        format!("`drop_labels` must leave {}", NEEDED.join(", "))
    });
    let late_s = log.span(spec.late.as_deref(), "store", "late").unwrap_or_default();
    let keeping = Keeping {
        replicas: spec.replicas.clone(),
        dropped: spec.drop_labels.clone(),
        mixed_bounds: spec.mixed_bounds,
        native_histograms: spec.native_histograms,
    };
    let plain = keeping == Keeping::default();
    ((!plain).then_some(keeping), (late_s * 1_000.0) as i64)
}
