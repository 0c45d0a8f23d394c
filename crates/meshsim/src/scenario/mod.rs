//! A scenario after checking: names are indices, shares add up, and nothing can fail any more. Knows no metric and no series.

mod ambient;
mod check;
mod events;
mod keeping;
mod span;
mod spec;

pub use check::{Mistake, Mistakes};
pub use keeping::{Keeping, Replica};
pub use span::DAY_S;
pub use spec::{
    AppSpec, CallSpec, EventKind, EventSpec, Histograms, Kind, LatencySpec, NamespaceSpec, OutcomeSpec,
    Protocol, Spec, StoreSpec, VersionSpec,
};

use crate::latency::Latency;

/// What happens in a mesh, over and over.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub name: String,
    pub cluster: String,
    pub trust_domain: String,
    /// After this long everything repeats: a multiple of a day and of the file's cycle.
    pub period_s: f64,
    pub daily_wave: f64,
    pub peak_hour: f64,
    pub noise: f64,
    /// None where the store keeps what the pods show.
    pub keeping: Option<Keeping>,
    pub late_ms: i64,
    pub namespaces: Vec<Namespace>,
    pub apps: Vec<App>,
    /// Callers before callees.
    pub order: Vec<usize>,
    pub events: Vec<Event>,
}

#[derive(Debug, Clone)]
pub struct Namespace {
    pub name: String,
    pub mtls: bool,
    pub sidecars: bool,
    pub ambient: bool,
}

#[derive(Debug, Clone)]
pub struct App {
    pub name: String,
    /// None for hosts outside and for callers nobody knows.
    pub namespace: Option<usize>,
    pub cluster: String,
    pub kind: Kind,
    pub sidecar: bool,
    /// A tunnel carries its traffic.
    pub ambient: bool,
    /// The app that requests to it go through.
    pub waypoint: Option<usize>,
    pub mtls: bool,
    pub canary: bool,
    pub rate_rps: f64,
    pub versions: Vec<Version>,
    pub calls: Vec<Call>,
}

#[derive(Debug, Clone)]
pub struct Version {
    pub name: String,
    pub workload: String,
    pub weight: f64,
    pub intended: f64,
    pub pods: u32,
    pub latency: Latency,
    pub errors: Vec<Outcome>,
}

/// How a share of requests ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub share: f64,
    pub code: u16,
    pub flag: String,
    pub grpc: Option<u8>,
    pub reached: bool,
    pub server_code: u16,
    pub server_flag: String,
    pub latency: Option<Latency>,
}

#[derive(Debug, Clone)]
pub struct Call {
    pub to: usize,
    pub protocol: Protocol,
    pub volume: Volume,
    pub from_version: Option<usize>,
    pub to_version: Option<usize>,
    pub errors: Vec<Outcome>,
    pub latency: Option<Latency>,
    pub request_bytes: f64,
    pub response_bytes: f64,
    /// Messages each way of a gRPC call.
    pub messages: Option<(f64, f64)>,
    pub connection_life_s: f64,
}

/// What a call's rate follows from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Volume {
    /// So many for each request answered.
    FanOut(f64),
    /// So many a second, shared among the versions by weight.
    Rate(f64),
}

/// Something that holds during one span of the period; a repeating event is several of these.
#[derive(Debug, Clone)]
pub struct Event {
    pub start_s: f64,
    pub end_s: f64,
    pub app: usize,
    pub change: Change,
}

#[derive(Debug, Clone)]
pub enum Change {
    /// One weight a version.
    Weights(Vec<f64>),
    Errors(Option<usize>, Outcome),
    Latency(Option<usize>, f64),
    Rate(f64),
    /// Index into the app's calls.
    Call(usize),
    /// Version and pod; None means all.
    Restart(Option<usize>, Option<u32>),
}

impl Scenario {
    /// Reads and checks a scenario file.
    pub fn from_toml(text: &str) -> Result<Self, Mistakes> {
        let spec: Spec = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let place = line.map_or_else(|| "the file".to_owned(), |line| format!("line {line}"));
            Mistakes(vec![Mistake { place, what: error.message().to_owned() }])
        })?;
        Self::from_spec(&spec)
    }

    /// Checks a scenario and resolves its names.
    pub fn from_spec(spec: &Spec) -> Result<Self, Mistakes> {
        check::scenario(spec)
    }

    /// The app's full host name, as `destination_service` has it.
    pub fn host(&self, app: usize) -> String {
        let app = &self.apps[app];
        match (app.kind, app.namespace) {
            (Kind::Service | Kind::Gateway | Kind::Waypoint, Some(ns)) => {
                format!("{}.{}.svc.cluster.local", app.name, self.namespaces[ns].name)
            }
            _ => app.name.clone(),
        }
    }

    /// The namespace's name, where the app has one.
    pub fn namespace_of(&self, app: usize) -> Option<&str> {
        self.apps[app].namespace.map(|ns| self.namespaces[ns].name.as_str())
    }
}

#[cfg(test)]
mod tests;
