//! Lines over time for one node or edge.

use crate::detail::NamedQuery;
use crate::json::{from_json_fields, from_json_words};
use serde::{Deserialize, Serialize};

/// `GET /api/v1/series?node=…|edge=…&metrics=…`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeriesAnswer {
    /// Unix seconds of the first point.
    pub start_s: i64,
    pub step_s: i64,
    pub lines: Vec<Line>,
    pub queries: Vec<NamedQuery>,
    /// Metrics that were asked for and did not come, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingMetric>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    RateRps,
    ErrorShare,
    P50Ms,
    P95Ms,
    P99Ms,
    SentBytesPerS,
    ReceivedBytesPerS,
}

impl Metric {
    pub const ALL: [Self; 7] = [
        Self::RateRps,
        Self::ErrorShare,
        Self::P50Ms,
        Self::P95Ms,
        Self::P99Ms,
        Self::SentBytesPerS,
        Self::ReceivedBytesPerS,
    ];

    /// The word used in URLs and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::RateRps => "rate_rps",
            Self::ErrorShare => "error_share",
            Self::P50Ms => "p50_ms",
            Self::P95Ms => "p95_ms",
            Self::P99Ms => "p99_ms",
            Self::SentBytesPerS => "sent_bytes_per_s",
            Self::ReceivedBytesPerS => "received_bytes_per_s",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.word() == word)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Line {
    pub metric: Metric,
    /// Row key, where the line is one version's; none is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// One value a step; none where nothing was measured.
    pub points: Vec<Option<f64>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingMetric {
    pub metric: Metric,
    pub reason: String,
}

from_json_fields! {
    SeriesAnswer { start_s, step_s, lines, queries, missing }
    Line { metric, row, points }
    MissingMetric { metric, reason }
}

from_json_words! {
    Metric { RateRps = "rate_rps", ErrorShare = "error_share", P50Ms = "p50_ms", P95Ms = "p95_ms", P99Ms = "p99_ms", SentBytesPerS = "sent_bytes_per_s", ReceivedBytesPerS = "received_bytes_per_s" }
}
