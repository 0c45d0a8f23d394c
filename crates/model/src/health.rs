//! How well something does, and why. The rules live in the core.

use crate::json::{from_json_fields, from_json_words};
use serde::{Deserialize, Serialize};

/// Ordered from the calmest to the worst.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Healthy,
    Idle,
    #[default]
    Unknown,
    TooFewRequests,
    Degraded,
    Failing,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    pub status: Status,
    /// Worst first; empty when nothing is to be said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// The rule that decided, what was measured, and how much stood behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    pub status: Status,
    /// "5xx of HTTP", "gRPC status 1–16", "no response", …
    pub rule: String,
    /// The bound that was reached, 0 to 1, where the rule has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_share: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_share: Option<f64>,
    /// Requests in the window that the share is of.
    pub count: f64,
    /// The whole as a sentence for somebody tired.
    pub sentence: String,
}

from_json_fields! {
    Health { status, reasons }
    Reason { status, rule, bound_share, measured_share, count, sentence }
}

from_json_words! {
    Status { Healthy = "healthy", Idle = "idle", Unknown = "unknown", TooFewRequests = "too_few_requests", Degraded = "degraded", Failing = "failing" }
}
