//! What the graph of a mesh must show, worked out from the scenario's rates and not from its samples: the tests'
//! yardstick. Knows the one rule of which reporter counts, and no `PromQL`.

use std::collections::BTreeMap;

use crate::latency::Latency;
use crate::mesh::Mesh;
use crate::scenario::{Kind, Outcome, Protocol, Scenario};
use crate::shape::{Instant, Weighted};
use crate::telemetry::{self, Side};
use crate::traffic::{End, Lane, LaneOutcome};

/// One end of an edge; what its labels do not tell is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer {
    pub cluster: Option<String>,
    pub namespace: Option<String>,
    pub workload: Option<String>,
    pub app: Option<String>,
    pub version: Option<String>,
}

/// How some of an edge's requests ended, in the words of its reporter.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// `None` for TCP.
    pub code: Option<u16>,
    pub grpc: Option<u8>,
    pub flag: String,
    pub requests: f64,
    pub is_error: bool,
}

/// Traffic between two workloads (or from one to a service nobody answered for) by one protocol.
#[derive(Debug, Clone, PartialEq)]
pub struct TruthEdge {
    pub source: Peer,
    pub dest: Peer,
    /// `destination_service`.
    pub host: String,
    pub service: String,
    pub service_namespace: Option<String>,
    pub protocol: Protocol,
    /// "source", "destination" or "waypoint": whose report counts.
    pub reporter: &'static str,
    pub mutual_tls: Option<bool>,
    /// Requests (TCP: connections) in the window.
    pub requests: f64,
    pub rate_rps: f64,
    /// `None` for TCP.
    pub error_share: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub mean_ms: Option<f64>,
    /// Bytes a second towards the server, and back.
    pub request_bytes_per_s: f64,
    pub response_bytes_per_s: f64,
    /// The 95th percentile of bytes in a request, and in a response. `None` for TCP.
    pub p95_bytes: Option<[f64; 2]>,
    /// Messages of gRPC a second towards the server, and back, where they are counted.
    pub messages_per_s: Option<(f64, f64)>,
    pub endings: Vec<Ending>,
}

impl Mesh {
    /// Every edge with traffic after `from_ms` and until `to_ms`.
    pub fn truth(&self, from_ms: i64, to_ms: i64) -> Vec<TruthEdge> {
        let span_s = (to_ms - from_ms) as f64 / 1_000.0;
        let mut edges: Vec<TruthEdge> =
            self.lanes.iter().filter_map(|lane| self.edge(lane, (from_ms, to_ms), span_s)).collect();
        let key = |edge: &TruthEdge| {
            (edge.source.clone(), edge.dest.clone(), edge.host.clone(), edge.protocol.label())
        };
        edges.sort_by_cached_key(key);
        edges
    }

    fn edge(&self, lane: &Lane, window: (i64, i64), span_s: f64) -> Option<TruthEdge> {
        let (side, _) = telemetry::reporters(&self.scenario, &self.pods, lane).pop()?;
        let amounts = self.amounts(lane, window);
        let outcomes = telemetry::seen_by(side, &lane.outcomes);
        let endings: Vec<Ending> = outcomes
            .iter()
            .map(|outcome| ending(&outcome.ending, lane.protocol, count(outcome, &amounts)))
            .filter(|ending| ending.requests > 0.0)
            .collect();
        let requests: f64 = endings.iter().map(|ending| ending.requests).sum();
        if requests <= 0.0 {
            return None;
        }
        let errors: f64 = endings.iter().filter(|ending| ending.is_error).map(|ending| ending.requests).sum();
        let is_tcp = lane.protocol == Protocol::Tcp;
        let mixture = Mixture::new(&outcomes, &amounts);
        let call = &self.scenario.apps[lane.source.app].calls[lane.call];
        let answered: f64 = outcomes
            .iter()
            .filter(|o| !is_tcp || o.ending.reached)
            .map(|outcome| count(outcome, &amounts))
            .sum();
        let (source, dest) = (&self.scenario.apps[lane.source.app], &self.scenario.apps[lane.dest.app]);
        let mutual = telemetry::is_mutual(source, dest);
        let told =
            lane.dest.version.is_some() && dest.kind != Kind::External && (side != Side::Source || mutual);
        Some(TruthEdge {
            source: if telemetry::is_known(source) {
                peer(&self.scenario, lane.source)
            } else {
                Peer::default()
            },
            dest: if dest.kind == Kind::External { Peer::default() } else { peer(&self.scenario, lane.dest) },
            host: self.scenario.host(lane.dest.app),
            service: dest.name.clone(),
            service_namespace: self.scenario.namespace_of(lane.dest.app).map(str::to_owned),
            protocol: lane.protocol,
            reporter: side.label(),
            mutual_tls: told.then_some(mutual),
            requests,
            rate_rps: requests / span_s,
            // An empty sum is -0, which prints oddly.
            error_share: (!is_tcp).then_some((errors + 0.0) / requests),
            p50_ms: (!is_tcp).then(|| mixture.quantile(0.5)),
            p95_ms: (!is_tcp).then(|| mixture.quantile(0.95)),
            mean_ms: (!is_tcp).then(|| mixture.mean()),
            request_bytes_per_s: answered * call.request_bytes / span_s,
            response_bytes_per_s: answered * call.response_bytes / span_s,
            p95_bytes: (!is_tcp)
                .then(|| [call.request_bytes, call.response_bytes].map(|mean| Latency::of_sizes(mean).p95())),
            messages_per_s: call.messages.map(|(there, back)| {
                let arrived = outcomes.iter().filter(|outcome| outcome.ending.reached);
                let calls: f64 = arrived.map(|outcome| count(outcome, &amounts)).sum();
                (calls * there / span_s, calls * back / span_s)
            }),
            endings,
        })
    }

    /// The lane's requests in the window, by piece of its profile.
    fn amounts(&self, lane: &Lane, (from_ms, to_ms): (i64, i64)) -> Vec<f64> {
        let at = |t_ms| {
            let instant = Instant::new(telemetry::second_of(t_ms), self.scenario.period_s);
            (instant.periods, lane.profile.within(&instant))
        };
        let ((from_periods, from), (to_periods, to)) = (at(from_ms), at(to_ms));
        let pieces = lane.profile.starts.len();
        (0..pieces)
            .map(|piece| {
                let only = (0..pieces).map(|other| if other == piece { 1.0 } else { 0.0 }).collect();
                let weighted = Weighted::new(&lane.profile, only);
                weighted.value(to_periods, to) - weighted.value(from_periods, from)
            })
            .collect()
    }
}

fn peer(scenario: &Scenario, end: End) -> Peer {
    let Some(version) = end.version else { return Peer::default() };
    let app = &scenario.apps[end.app];
    Peer {
        cluster: Some(app.cluster.clone()),
        namespace: scenario.namespace_of(end.app).map(str::to_owned),
        workload: Some(app.versions[version].workload.clone()),
        app: Some(app.name.clone()),
        version: Some(app.versions[version].name.clone()),
    }
}

fn count(outcome: &LaneOutcome, amounts: &[f64]) -> f64 {
    outcome.shares.iter().zip(amounts).map(|(share, amount)| share * amount).sum()
}

fn ending(outcome: &Outcome, protocol: Protocol, requests: f64) -> Ending {
    let no_answer = outcome.code == 0 || outcome.code >= 500;
    let is_error = match protocol {
        Protocol::Tcp => false,
        Protocol::Http => no_answer,
        Protocol::Grpc => no_answer || outcome.code >= 400 || outcome.grpc.is_some_and(|status| status > 0),
    };
    let code = (protocol != Protocol::Tcp).then_some(outcome.code);
    Ending { code, grpc: outcome.grpc, flag: outcome.flag.clone(), requests, is_error }
}

/// Latencies of several outcomes together.
struct Mixture(Vec<(f64, Latency)>);

impl Mixture {
    fn new(outcomes: &[LaneOutcome], amounts: &[f64]) -> Self {
        let mut parts: BTreeMap<(u64, u64), (f64, Latency)> = BTreeMap::new();
        for outcome in outcomes {
            for ((share, amount), latency) in outcome.shares.iter().zip(amounts).zip(&outcome.latency) {
                let key = (latency.median_ms.to_bits(), latency.sigma.to_bits());
                parts.entry(key).or_insert((0.0, *latency)).0 += share * amount;
            }
        }
        Self(parts.into_values().filter(|(weight, _)| *weight > 0.0).collect())
    }

    fn total(&self) -> f64 {
        self.0.iter().map(|(weight, _)| weight).sum()
    }

    fn mean(&self) -> f64 {
        self.0.iter().map(|(weight, latency)| weight * latency.mean()).sum::<f64>() / self.total()
    }

    fn quantile(&self, share: f64) -> f64 {
        let wanted = share * self.total();
        let (mut low, mut high) = (0.0, 1e9);
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            let below: f64 = self.0.iter().map(|(weight, latency)| weight * latency.cdf(middle)).sum();
            if below < wanted { low = middle } else { high = middle }
        }
        high
    }
}
