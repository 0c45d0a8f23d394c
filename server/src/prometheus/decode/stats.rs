//! What stores say of the time that a query took them, each in its own way; most only where they are asked to.

use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Stats {
    Prometheus {
        timings: Timings,
    },
    #[serde(rename_all = "camelCase")]
    VictoriaMetrics {
        execution_time_msec: f64,
    },
    Other(IgnoredAny),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Timings {
    /// Without the time in which it waited for its turn.
    eval_total_time: f64,
}

impl Stats {
    pub(super) fn busy_s(&self) -> Option<f64> {
        let busy_s = match self {
            Self::Prometheus { timings } => timings.eval_total_time,
            Self::VictoriaMetrics { execution_time_msec } => execution_time_msec / 1_000.0,
            Self::Other(_) => return None,
        };
        (busy_s.is_finite() && busy_s >= 0.0).then_some(busy_s)
    }
}
