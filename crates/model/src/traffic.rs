//! Figures on nodes and edges. Absent means unknown, never zero; rates are per second, shares 0 to 1, times in milliseconds.

use crate::json::{from_json_fields, from_json_words};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    Http,
    Grpc,
    Tcp,
}

/// Requests of HTTP and gRPC.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Requests {
    pub rate_rps: f64,
    pub error_rate_rps: f64,
    /// Absent where nothing was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_share: Option<f64>,
    /// Requests in the window, estimated from the rate.
    pub count: f64,
    /// Part of `rate_rps` that never reached a server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreached_rps: Option<f64>,
}

/// Bytes in the direction of the request are `sent`, whatever the metric is called.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tcp {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_bytes_per_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_bytes_per_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_per_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_per_s: Option<f64>,
    /// Connections a second that ended with a response flag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flagged_per_s: Option<f64>,
    /// Connections open at the window's end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<f64>,
}

/// How much requests carry. Present only where it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Volume {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_bytes_per_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_bytes_per_s: Option<f64>,
    /// Messages of gRPC streams that the client sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_messages_per_s: Option<f64>,
    /// Messages of gRPC streams that the client received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_messages_per_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_size: Option<Size>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_size: Option<Size>,
}

/// What a counter of the installation's own says of an edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Custom {
    pub name: String,
    /// What it counts, in the plural.
    pub unit: String,
    pub per_s: f64,
    /// The same by the values of a label, where the settings name one: most first, the rest as "n more".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<CustomPart>,
}

/// What of it has one value of a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomPart {
    pub value: String,
    pub per_s: f64,
}

/// Bytes of one request or one response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Size {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_bytes: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50_bytes: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95_bytes: Option<f64>,
    /// `p95_bytes` lies above the highest finite bound, which it then is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

/// A quantile read from buckets.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuantileMs {
    pub ms: f64,
    /// It lies above the highest finite bound, which `ms` then is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Latency {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50: Option<QuantileMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p90: Option<QuantileMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95: Option<QuantileMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99: Option<QuantileMs>,
}

/// The side of an edge that was not chosen as its truth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SideGap {
    /// "source", "destination" or "waypoint": who counted these.
    pub reporter: String,
    pub rate_rps: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_share: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_ms: Option<f64>,
}

/// What the same thing did in the window it is compared with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    pub presence: Presence,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_rps: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_share: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_ms: Option<f64>,
}

/// In which of the two windows something was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    #[default]
    Both,
    /// Only in this one.
    Came,
    /// Only in the one before.
    Went,
}

from_json_fields! {
    Requests { rate_rps, error_rate_rps, error_share, count, unreached_rps }
    Tcp { sent_bytes_per_s, received_bytes_per_s, opened_per_s, closed_per_s, flagged_per_s, open }
    Volume { request_bytes_per_s, response_bytes_per_s, sent_messages_per_s, received_messages_per_s, request_size, response_size }
    Size { mean_bytes, p50_bytes, p95_bytes, at_least }
    QuantileMs { ms, at_least }
    Custom { name, unit, per_s, parts }
    CustomPart { value, per_s }
    Latency { mean_ms, p50, p90, p95, p99 }
    SideGap { reporter, rate_rps, error_share, mean_ms }
    Change { presence, rate_rps, error_share, mean_ms }
}

from_json_words! {
    Protocol { Http = "http", Grpc = "grpc", Tcp = "tcp" }
    Presence { Both = "both", Came = "came", Went = "went" }
}
