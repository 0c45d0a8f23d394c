//! One node or one edge in depth, for the side panel.

use crate::json::from_json_fields;
use crate::{
    Edge, Node,
    traffic::{Latency, Protocol, Requests, Tcp},
};
use serde::{Deserialize, Serialize};

/// `GET /api/v1/node?id=…`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeDetail {
    pub node: Node,
    pub inbound: Vec<Side>,
    pub outbound: Vec<Side>,
    /// Inbound requests by everything that tells them apart, most first.
    pub breakdown: Vec<BreakdownRow>,
    /// Edges that end or start here, by id, each with the name of the other end.
    pub callers: Vec<Neighbour>,
    pub callees: Vec<Neighbour>,
    pub queries: Vec<NamedQuery>,
    /// Hosts that were asked for beyond the mesh, busiest first, bounded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<HostTraffic>,
    /// Kinds of requests, busiest first, bounded; none where the store does not tell them apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<Operation>,
}

/// `GET /api/v1/edge?id=…`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EdgeDetail {
    pub edge: Edge,
    pub source_name: String,
    pub target_name: String,
    pub breakdown: Vec<BreakdownRow>,
    pub principals: Vec<Principals>,
    pub queries: Vec<NamedQuery>,
    /// Hosts that were asked for beyond the mesh, busiest first, bounded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<HostTraffic>,
    /// Kinds of requests, busiest first, bounded; none where the store does not tell them apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<Operation>,
}

/// One host beyond the mesh, or all that are not named one by one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostTraffic {
    /// `api.example`, or "12 more hosts".
    pub host: String,
    /// How many hosts these are.
    pub count: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Requests>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<Tcp>,
}

/// Requests of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operation {
    /// Empty: all that are of no kind. Or "7 more".
    pub name: String,
    pub rate_rps: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_share: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<NamedQuery>,
}

/// Traffic of one direction and protocol, by class of code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Side {
    pub protocol: Protocol,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Requests>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<Tcp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    /// By class: "2xx", "3xx", "4xx", "5xx", "-" (no response), "OK", "error" for gRPC.
    pub classes: Vec<ClassRate>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClassRate {
    pub class: String,
    pub rate_rps: f64,
    pub error: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BreakdownRow {
    pub protocol: Protocol,
    /// "200", "503", "-" for no response.
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grpc_status: Option<String>,
    /// Envoy response flags, e.g. "UF,URX"; "-" when none.
    pub flags: String,
    /// The flags in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flags_meaning: Option<String>,
    pub host: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub rate_rps: f64,
    pub count: f64,
    pub error: bool,
    /// Reported by the caller only: it never reached a server.
    pub unreached: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Neighbour {
    pub edge: String,
    pub node: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    pub protocol: Protocol,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Principals {
    pub source: String,
    pub destination: String,
    pub rate_rps: f64,
    pub mutual_tls: Option<bool>,
}

/// A PromQL expression that gives a figure on the panel when pasted into Prometheus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamedQuery {
    /// "rate", "error_share", "p95", "mtls", "tcp_sent", …
    pub name: String,
    pub promql: String,
    /// Where to paste it, of several sources that are looked at together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

from_json_fields! {
    NodeDetail { node, inbound, outbound, breakdown, callers, callees, queries, hosts, operations }
    HostTraffic { host, count, requests, tcp }
    Operation { name, rate_rps, error_share, mean_ms, queries }
    EdgeDetail { edge, source_name, target_name, breakdown, principals, queries, hosts, operations }
    Side { protocol, requests, tcp, latency, classes }
    ClassRate { class, rate_rps, error }
    BreakdownRow { protocol, code, grpc_status, flags, flags_meaning, host, version, rate_rps, count, error, unreached }
    Neighbour { edge, node, name, namespace, protocol }
    Principals { source, destination, rate_rps, mutual_tls }
    NamedQuery { name, promql, source }
}
