//! The graph as it travels: nodes, edges, boxes and what is known about the answer itself.
//! It must not know how any of it was measured.

pub use crate::meta::{Meta, Percentiles, Quality, QualityNote, QueryUse, Stale};

use crate::json::{from_json_fields, from_json_words};
use crate::{
    Finding, Health,
    traffic::{Change, Custom, Latency, Protocol, Requests, SideGap, Tcp, Volume},
};
use serde::{Deserialize, Serialize};

/// One answer of `GET /api/v1/graph`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Graph {
    pub meta: Meta,
    /// Sorted by id.
    pub nodes: Vec<Node>,
    /// Sorted by id.
    pub edges: Vec<Edge>,
    pub boxes: Vec<GraphBox>,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// All namespaces of the snapshot, chosen or not, by name.
    pub namespaces: Vec<NamespaceSummary>,
    pub totals: Totals,
}

/// What one node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GraphType {
    App,
    VersionedApp,
    Workload,
    Service,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BoxBy {
    Namespace,
    App,
    Cluster,
}

/// The silhouette a node is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    App,
    Workload,
    Service,
    Gateway,
    /// A host outside the mesh, known by a ServiceEntry.
    External,
    /// PassthroughCluster or BlackHoleCluster.
    Egress,
    /// Callers without identity.
    UnknownCallers,
    /// Requests that no workload received and that name no service.
    NoRoute,
    #[serde(skip)] // A whole namespace as one card: only the page folds.
    Namespace,
    #[serde(skip)] // A whole cluster.
    Cluster,
    /// One kind of request, told apart by a label, on its way to who answers it.
    Operation,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Node {
    /// Stable across refreshes and processes; opaque to the page.
    pub id: String,
    pub kind: NodeKind,
    /// What the card says.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workload: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Inbound requests (outbound for a root), all protocols but TCP together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Requests>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<Tcp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    /// Share of inbound traffic that is mutually authenticated, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtls_share: Option<f64>,
    pub health: Health,
    /// Against another window, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// Alerts that fire for it, where alerts are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alerts: Option<usize>,
    /// Rows of the card; empty where only one version answers. In order of version name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<VersionRow>,
    /// The one version, where only one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default)]
    pub flags: NodeFlags,
    /// Unix seconds of the last traffic seen, for silent nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_s: Option<i64>,
    /// What its requests carry, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<Volume>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct NodeFlags {
    /// Only sends.
    pub root: bool,
    /// Not in the chosen namespaces; drawn because it talks to one that is.
    pub outside: bool,
    /// Traffic within 15 minutes, none in the last two.
    pub silent: bool,
    /// A service put between a client and its workloads.
    pub injected: bool,
    /// Part of a cycle of calls.
    pub cycle: bool,
    /// Named as a destination, never reports itself.
    pub out_of_mesh: bool,
    /// Figures include an estimated share (service graph).
    pub estimated: bool,
    /// Known from its counters; nothing moved for as long as is looked back.
    pub idle: bool,
    /// Passes requests on for others in an ambient mesh.
    pub waypoint: bool,
    /// Stands for several cards, or for a card with rows: only the page folds.
    #[serde(skip)]
    pub folded: bool,
}

/// One version (or workload) of an app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionRow {
    /// Unique within the card: the workload's name.
    pub key: String,
    /// What the row says: the version, else the workload.
    pub name: String,
    pub workload: String,
    /// Observed share of the app's requests, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Intended share, 0 to 1, where some source tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intended_share: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Requests>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<Tcp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    pub health: Health,
    /// Against the other versions, in this window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// How a version does against the baseline, by the evidence of this one window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comparison {
    pub verdict: Verdict,
    /// Row key of the version it is compared with.
    pub baseline: String,
    /// Evidence that it is worse, E : 1; absent where too few requests were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<f64>,
    /// A sentence for a person: "v2 fails 7.8 times as often as v1 in this window (4.07 % against 0.52 %)".
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Baseline,
    Worse,
    NoDifferenceSeen,
    TooFewRequests,
}

/// Traffic of one protocol from one node (or row) to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Edge {
    pub id: String,
    pub source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_row: Option<String>,
    pub target: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_row: Option<String>,
    pub protocol: Protocol,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Requests>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<Tcp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtls_share: Option<f64>,
    /// Share of its source's outgoing traffic of this protocol, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_share: Option<f64>,
    /// What the side that was not chosen counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_side: Option<SideGap>,
    pub health: Health,
    /// Against another window, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    #[serde(default)]
    pub flags: EdgeFlags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_s: Option<i64>,
    /// What its requests carry, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<Volume>,
    /// Of the installation's own metrics, those that speak of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom: Vec<Custom>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct EdgeFlags {
    /// Closes a cycle of calls.
    pub cycle: bool,
    pub silent: bool,
    /// All of it was reported by the caller alone and never reached a server.
    pub unreached: bool,
    /// Shared out by inbound rate (service graph).
    pub estimated: bool,
    /// Known from its counters; nothing moved for as long as is looked back.
    pub idle: bool,
}

/// Nodes drawn inside one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GraphBox {
    pub id: String,
    pub by: BoxBy,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Node ids; members of inner boxes are listed there only.
    pub members: Vec<String>,
    /// How well all inside do together, by the requests that come in from outside of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Requests that come in from outside of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Requests>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamespaceSummary {
    pub name: String,
    /// Whether this answer's graph shows it.
    pub shown: bool,
    /// istio-system, kube-system and the like: hidden unless asked for.
    pub system: bool,
    pub apps: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_rps: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_share: Option<f64>,
    /// The worst status inside, and how many nodes have it.
    pub status: crate::Status,
    pub degraded: usize,
    pub failing: usize,
    /// By all requests that its members answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    pub nodes: usize,
    pub edges: usize,
    /// Requests between the drawn nodes, each once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_rps: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_share: Option<f64>,
    /// By all requests between the drawn nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
}

impl Node {
    /// A card of which nothing is known but what it is.
    pub fn blank(id: &str, kind: NodeKind) -> Self {
        Self {
            id: id.into(),
            kind,
            name: String::new(),
            cluster: None,
            namespace: None,
            app: None,
            workload: None,
            service: None,
            requests: None,
            tcp: None,
            latency: None,
            mtls_share: None,
            health: Health::default(),
            change: None,
            alerts: None,
            versions: Vec::new(),
            version: None,
            flags: NodeFlags::default(),
            last_seen_s: None,
            volume: None,
        }
    }
}

impl Edge {
    /// A line of which nothing is known but what it joins.
    pub fn blank(id: &str, [source, target]: [&str; 2], protocol: Protocol) -> Self {
        Self {
            id: id.into(),
            source: source.into(),
            source_row: None,
            target: target.into(),
            target_row: None,
            protocol,
            requests: None,
            tcp: None,
            latency: None,
            mtls_share: None,
            source_share: None,
            other_side: None,
            health: Health::default(),
            change: None,
            flags: EdgeFlags::default(),
            last_seen_s: None,
            volume: None,
            custom: Vec::new(),
        }
    }
}

from_json_fields! {
    Graph { meta, nodes, edges, boxes, findings, namespaces, totals }
    Node { id, kind, name, cluster, namespace, app, workload, service, requests, tcp, latency, mtls_share, health, change, alerts, versions, version, flags, last_seen_s, volume }
    NodeFlags { root, outside, silent, injected, cycle, out_of_mesh, estimated, idle, waypoint, folded }
    VersionRow { key, name, workload, share, intended_share, requests, tcp, latency, health, comparison }
    Comparison { verdict, baseline, evidence, sentence }
    Edge { id, source, source_row, target, target_row, protocol, requests, tcp, latency, mtls_share, source_share, other_side, health, change, flags, last_seen_s, volume, custom }
    EdgeFlags { cycle, silent, unreached, estimated, idle }
    GraphBox { id, by, name, parent, members, health, requests, latency }
    NamespaceSummary { name, shown, system, apps, rate_rps, error_share, status, degraded, failing, health }
    Totals { nodes, edges, rate_rps, error_share, health, latency }
}

from_json_words! {
    GraphType { App = "app", VersionedApp = "versioned_app", Workload = "workload", Service = "service" }
    BoxBy { Namespace = "namespace", App = "app", Cluster = "cluster" }
    NodeKind { App = "app", Workload = "workload", Service = "service", Gateway = "gateway", External = "external", Egress = "egress", UnknownCallers = "unknown_callers", NoRoute = "no_route", Operation = "operation" }
    Verdict { Baseline = "baseline", Worse = "worse", NoDifferenceSeen = "no_difference_seen", TooFewRequests = "too_few_requests" }
}
