//! A scenario as its TOML file spells it. Only shapes live here: names are not resolved and nothing is checked.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Name of the mesh, told in error messages.
    pub name: String,
    /// Istio's cluster id.
    #[serde(default = "default_cluster")]
    pub cluster: String,
    /// The trust domain in SPIFFE identities.
    #[serde(default = "default_trust_domain")]
    pub trust_domain: String,
    /// Length of the timeline after which its events repeat; a divisor or a multiple of a day.
    #[serde(default = "default_cycle")]
    pub cycle: String,
    /// Height of the daily wave as a share of the mean rate.
    #[serde(default)]
    pub daily_wave: f64,
    /// Hour of the day (UTC) at which the wave peaks.
    #[serde(default = "default_peak")]
    pub peak_hour: f64,
    /// Height of the faster noise as a share of the mean rate.
    #[serde(default)]
    pub noise: f64,
    /// What the store makes of the series.
    #[serde(default)]
    pub store: StoreSpec,
    #[serde(default, rename = "namespace")]
    pub namespaces: Vec<NamespaceSpec>,
    #[serde(default, rename = "app")]
    pub apps: Vec<AppSpec>,
    #[serde(default, rename = "event")]
    pub events: Vec<EventSpec>,
}

fn default_cluster() -> String {
    "Kubernetes".to_owned()
}
fn default_trust_domain() -> String {
    "cluster.local".to_owned()
}
fn default_cycle() -> String {
    "24h".to_owned()
}
fn default_peak() -> f64 {
    15.0
}
fn yes() -> bool {
    true
}
fn one() -> f64 {
    1.0
}
fn one_pod() -> u32 {
    1
}

/// What a store does to the series before it keeps them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreSpec {
    /// Every series is there once for each of these, as a pair of Prometheus writes it.
    pub replicas: Vec<String>,
    /// Each of them scrapes so much later than the one before.
    pub replica_shift: Option<String>,
    /// The samples of the last of them come so much later than those of the others.
    pub replica_lag: Option<String>,
    /// Labels that are not kept, to save series.
    pub drop_labels: Vec<String>,
    /// Half of the pods are scraped by a Prometheus 3, which writes `1.0` where others write `1`.
    pub mixed_bounds: bool,
    pub histograms: Histograms,
    /// How long samples are on their way.
    pub late: Option<String>,
}

/// In which form durations and sizes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Histograms {
    #[default]
    Classic,
    /// Whole, and no buckets.
    Native,
    /// Of three pods one is kept so, one so, and one in both forms.
    Mixed,
}

impl Histograms {
    /// Whether a pod's buckets, and its whole histograms, are kept.
    pub(crate) fn of_pod(self, pod: usize) -> [bool; 2] {
        match (self, pod % 3) {
            (Self::Classic, _) | (Self::Mixed, 0) => [true, false],
            (Self::Native, _) | (Self::Mixed, 1) => [false, true],
            (Self::Mixed, _) => [true, true],
        }
    }

    /// Whether any pod's are.
    pub(crate) fn of_any(self) -> [bool; 2] {
        [self != Self::Native, self != Self::Classic]
    }
}

/// A Kubernetes namespace and what its mesh policy is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamespaceSpec {
    pub name: String,
    /// No sidecars: a tunnel on each node carries the traffic and tells of its bytes.
    #[serde(default)]
    pub ambient: bool,
    /// The app (of kind `waypoint`) that the requests to this ambient namespace go through.
    #[serde(default)]
    pub waypoint: Option<String>,
    #[serde(default = "yes")]
    pub mtls: bool,
    #[serde(default = "yes")]
    pub sidecars: bool,
}

/// What an app is to the mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A workload behind a Kubernetes service.
    #[default]
    Service,
    /// An ingress gateway: reports what it sends, and nobody reports what it receives.
    Gateway,
    /// A host outside the mesh, known by a `ServiceEntry`.
    External,
    /// A caller that no proxy stands beside; the callee alone sees it.
    Caller,
    /// The proxy of an ambient namespace: it reports the requests that go through it, naming their real ends.
    Waypoint,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppSpec {
    pub name: String,
    #[serde(default)]
    pub namespace: Option<String>,
    /// Where it runs, if not in the mesh's first cluster.
    #[serde(default)]
    pub cluster: Option<String>,
    #[serde(default)]
    pub kind: Kind,
    /// Overrides the namespace's injection.
    #[serde(default)]
    pub sidecar: Option<bool>,
    /// Requests a second that come from nowhere in the scenario: users at a gateway, jobs, timers.
    #[serde(default)]
    pub rate_rps: f64,
    /// Whether Flagger publishes the intended weights.
    #[serde(default)]
    pub canary: bool,
    /// For an app with one version: its pods; the other fields below likewise spare a `version` table.
    #[serde(default)]
    pub pods: Option<u32>,
    #[serde(default)]
    pub latency: Option<LatencySpec>,
    #[serde(default)]
    pub errors: Vec<OutcomeSpec>,
    #[serde(default, rename = "version")]
    pub versions: Vec<VersionSpec>,
    #[serde(default, rename = "call")]
    pub calls: Vec<CallSpec>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionSpec {
    pub name: String,
    #[serde(default)]
    pub workload: Option<String>,
    #[serde(default = "one")]
    pub weight: f64,
    /// The weight somebody asked for, where it differs from what is seen.
    #[serde(default)]
    pub intended: Option<f64>,
    #[serde(default = "one_pod")]
    pub pods: u32,
    #[serde(default)]
    pub latency: Option<LatencySpec>,
    #[serde(default)]
    pub errors: Vec<OutcomeSpec>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatencySpec {
    pub median_ms: f64,
    #[serde(default)]
    pub p95_ms: Option<f64>,
    #[serde(default)]
    pub sigma: Option<f64>,
}

/// A share of requests that ends otherwise than well.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeSpec {
    pub share: f64,
    #[serde(default)]
    pub code: Option<u16>,
    #[serde(default)]
    pub flag: Option<String>,
    /// `grpc_response_status`, for gRPC calls.
    #[serde(default)]
    pub grpc: Option<u8>,
    /// False: the request never arrived, so that only the client tells of it.
    #[serde(default = "yes")]
    pub reached: bool,
    /// What the server reports, where it differs from what the client saw.
    #[serde(default)]
    pub server_code: Option<u16>,
    #[serde(default)]
    pub server_flag: Option<String>,
    #[serde(default)]
    pub latency: Option<LatencySpec>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    #[default]
    Http,
    Grpc,
    Tcp,
}

impl Protocol {
    /// The value of `request_protocol`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Grpc => "grpc",
            Self::Tcp => "tcp",
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallSpec {
    /// `app`, `namespace/app` or `cluster/namespace/app`.
    pub to: String,
    #[serde(default)]
    pub protocol: Protocol,
    /// Calls (TCP: connections) made for each request answered.
    #[serde(default)]
    pub fan_out: Option<f64>,
    /// Calls a second, whatever comes in.
    #[serde(default)]
    pub rate_rps: Option<f64>,
    /// Only this version of the caller makes the call.
    #[serde(default)]
    pub from_version: Option<String>,
    /// Only this version of the callee is called.
    #[serde(default)]
    pub to_version: Option<String>,
    #[serde(default)]
    pub errors: Vec<OutcomeSpec>,
    #[serde(default)]
    pub latency: Option<LatencySpec>,
    /// Mean bytes a request (TCP: bytes a connection) sent to the callee, and back.
    #[serde(default)]
    pub request_bytes: Option<f64>,
    #[serde(default)]
    pub response_bytes: Option<f64>,
    /// Messages a gRPC call carries to the callee, and back: one each where nothing is said.
    #[serde(default)]
    pub request_messages: Option<f64>,
    #[serde(default)]
    pub response_messages: Option<f64>,
    /// How long a TCP connection lives.
    #[serde(default)]
    pub connection_life: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// An app's versions are weighted anew.
    Weights,
    /// Another share of an app's (a version's) answers fails.
    Errors,
    /// An app's (a version's) latency is multiplied.
    Latency,
    /// An app's inbound rate is multiplied; 0 lets it fall silent.
    Rate,
    /// A call that happens only now: a new edge, or a burst.
    Call,
    /// Pods of an app start anew, their counters with them.
    Restart,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventSpec {
    pub kind: EventKind,
    /// Start, from the beginning of the cycle.
    #[serde(default)]
    pub at: Option<String>,
    /// Length; without it the event lasts to the end of the cycle.
    #[serde(default, rename = "for")]
    pub lasts: Option<String>,
    /// Repeats within the cycle.
    #[serde(default)]
    pub every: Option<String>,
    pub app: String,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    #[serde(default)]
    pub factor: Option<f64>,
    #[serde(default)]
    pub weights: BTreeMap<String, f64>,
    #[serde(default)]
    pub error: Option<OutcomeSpec>,
    /// Index of the pod that restarts; without it all do.
    #[serde(default)]
    pub pod: Option<u32>,
}
