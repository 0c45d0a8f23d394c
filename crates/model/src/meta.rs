//! What is known about an answer: its window, its queries, what the telemetry lacks.
//! It must not know nodes or edges.

use crate::json::{Fields, FromJson, Mistakes, Value, from_json_fields, from_json_words};
use crate::{GraphType, Warning};
use serde::{Deserialize, Serialize};

/// What is known about the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meta {
    pub graph_type: GraphType,
    pub window_s: u64,
    /// End of the window, unix seconds.
    pub at_s: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scrape_interval_s: Option<f64>,
    /// "Prometheus 2.42.0", where the engine tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    pub percentiles: Percentiles,
    pub queries: Vec<QueryUse>,
    pub warnings: Vec<Warning>,
    pub quality: Quality,
    /// Present when this is an older answer because the newest attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<Stale>,
    /// All clusters of the snapshot, chosen or not, by name, where there is more than one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<String>,
}

/// Whether quantiles stand in this answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Percentiles {
    NotAsked,
    /// Asked for; they follow with the next answer.
    Pending,
    Present,
    /// The store has no buckets, or the query failed (a warning says which).
    Missing,
}

/// One query that this answer rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryUse {
    /// "requests", "duration_bucket", …
    pub kind: String,
    pub promql: String,
    /// Who was asked, of several sources that are looked at together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stale {
    /// Unix seconds of the first failed attempt after the last good one.
    pub since_s: i64,
    pub reason: String,
    pub retry_in_s: f64,
}

/// What the telemetry lacks, counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Quality {
    pub reporters: Vec<String>,
    /// Grouped request rows seen.
    pub rows: usize,
    /// Share of requests (by rate) whose caller has no identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_source_share: Option<f64>,
    /// Half-built rows that were left out.
    pub dropped_rows: usize,
    pub notes: Vec<QualityNote>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QualityNote {
    /// Stable word, e.g. "missing_label".
    pub code: String,
    pub sentence: String,
    pub fix: String,
    /// What was counted, or the share that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<f64>,
}

from_json_fields! {
    Meta { graph_type, window_s, at_s, scrape_interval_s, engine, percentiles, queries, warnings, quality, stale, clusters }
    QueryUse { kind, promql, source, duration_ms, rows, error }
    Stale { since_s, reason, retry_in_s }
    QualityNote { code, sentence, fix, number }
}

from_json_words! {
    Percentiles { NotAsked = "not_asked", Pending = "pending", Present = "present", Missing = "missing" }
}

impl FromJson for Quality {
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        let names = &["reporters", "rows", "unknown_source_share", "dropped_rows", "notes"];
        let mut places = [0; 5];
        let mut fields = Fields::of(value, names, &mut places, mistakes);
        Self {
            reporters: fields.take(),
            rows: fields.take_or(&0),
            unknown_source_share: fields.take(),
            dropped_rows: fields.take_or(&0),
            notes: fields.take(),
        }
    }
}
