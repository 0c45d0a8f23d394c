//! Streams: what one side of a lane reports of one outcome, with all its labels but the pod's. Also the gauges.
//! This is where the rules of who reports what live; it knows no times.

use std::ops::Range;
use std::sync::Arc;

use crate::latency::Latency;
use crate::scenario::{App, Kind, Protocol, Scenario};
use crate::seed::hash;
use crate::traffic::{End, Lane, LaneOutcome, piece_starts, weights_at};

use super::labels::{Base, Names};
use super::pods::Pods;

/// A client sees the way there and back as well.
pub(crate) const NETWORK: f64 = 1.06;

/// Series of one reporter for one outcome of one lane: one of each metric for each pod.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    pub(crate) pods: Range<usize>,
    pub(crate) lane: usize,
    pub(crate) base: Base,
    /// Share of the lane's requests, by piece.
    pub(crate) shares: Vec<f64>,
    pub(crate) latency: Vec<Latency>,
    pub(crate) reached: bool,
    pub(crate) tells: Tells,
    pub(crate) seed: u64,
}

/// Which metrics a stream's counters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tells {
    /// Requests, and the histograms of them.
    Requests,
    /// Bytes and connections of TCP.
    Bytes,
    /// Messages of gRPC.
    Messages,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GaugeKind {
    Build,
    Weight,
    Up,
}

/// A series that is no counter.
#[derive(Debug, Clone)]
pub(crate) struct Gauge {
    pub(crate) kind: GaugeKind,
    pub(crate) pod: usize,
    pub(crate) base: Base,
    /// Instead of the pod's.
    pub(crate) namespace: Option<Arc<str>>,
    /// Values and the seconds of the period from which they hold.
    pub(crate) steps: Vec<(f64, f64)>,
}

/// Who reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Source,
    Destination,
    Waypoint,
}

impl Side {
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Destination => "destination",
            Self::Waypoint => "waypoint",
        }
    }
}

/// The sides that report a lane, and the pods that do; the last is the one to believe.
pub(crate) fn reporters(scenario: &Scenario, pods: &Pods, lane: &Lane) -> Vec<(Side, Range<usize>)> {
    let tunnel = pods.ztunnel.map(|pod| pod..pod + 1).filter(|_| lane.protocol == Protocol::Tcp);
    let of = |end: End| {
        let version = end.version?;
        let own = Some(pods.of(end.app, version)).filter(|pods| !pods.is_empty());
        own.or_else(|| tunnel.clone().filter(|_| scenario.apps[end.app].ambient))
    };
    let dest = (scenario.apps[lane.dest.app].kind != Kind::External).then_some(lane.dest);
    let source = of(lane.source).map(|pods| (Side::Source, pods));
    let dest = dest.and_then(of).map(|pods| (Side::Destination, pods));
    let waypoint = waypoint(scenario, lane).map(|app| (Side::Waypoint, pods.of(app, 0)));
    source.into_iter().chain(dest).chain(waypoint).collect()
}

/// The waypoint that a lane's requests go through.
pub(crate) fn waypoint(scenario: &Scenario, lane: &Lane) -> Option<usize> {
    scenario.apps[lane.dest.app].waypoint.filter(|_| lane.protocol != Protocol::Tcp)
}

/// A lane's outcomes as one side names them; what that side cannot tell apart is one.
pub(crate) fn seen_by(side: Side, outcomes: &[LaneOutcome]) -> Vec<LaneOutcome> {
    let mut seen: Vec<LaneOutcome> = Vec::new();
    for outcome in outcomes {
        let mut outcome = outcome.clone();
        if side == Side::Destination {
            outcome.ending.code = outcome.ending.server_code;
            outcome.ending.flag.clone_from(&outcome.ending.server_flag);
        } else if side == Side::Source {
            outcome.latency.iter_mut().for_each(|latency| *latency = latency.times(NETWORK));
        }
        let key = |o: &LaneOutcome| (o.ending.code, o.ending.flag.clone(), o.ending.grpc);
        match seen.iter_mut().find(|known| key(known) == key(&outcome)) {
            Some(known) => {
                known.shares.iter_mut().zip(&outcome.shares).for_each(|(sum, share)| *sum += share);
            }
            None => seen.push(outcome),
        }
    }
    seen
}

pub(crate) fn streams(
    scenario: &Scenario,
    lanes: &[Lane],
    pods: &Pods,
    (names, seed): (&mut Names, u64),
) -> Vec<Stream> {
    let mut streams = Vec::new();
    for (index, lane) in lanes.iter().enumerate() {
        for (side, reporting) in reporters(scenario, pods, lane) {
            let outcomes = seen_by(side, &lane.outcomes);
            let ends = (lane.source, lane.dest);
            if scenario.apps[lane.source.app].calls[lane.call].messages.is_some() {
                let pairs = pairs(scenario, lane, (side, ends), None);
                streams.push((pairs, messages(&outcomes, (index, reporting.clone()))));
            }
            for outcome in outcomes {
                let pairs = pairs(scenario, lane, (side, ends), Some(&outcome));
                let tells = if lane.protocol == Protocol::Tcp { Tells::Bytes } else { Tells::Requests };
                streams.push((pairs, stream(outcome, (index, reporting.clone()), tells)));
            }
        }
        streams.extend(hops(scenario, pods, (index, lane)));
    }
    let named = streams.into_iter().map(|(pairs, mut stream)| {
        stream.base = names.base(&pairs.borrowed());
        let words: Vec<&str> = stream.base.pairs.iter().map(|(_, value)| &**value).collect();
        stream.seed = hash(seed, &words);
        stream
    });
    let mut streams: Vec<Stream> = named.collect();
    // Streams of the same pods stand together, so that each pod's scrapes are worked out once a query.
    streams.sort_by_key(|stream| stream.pods.start);
    streams
}

/// A stream that has no labels yet.
fn stream(outcome: LaneOutcome, (lane, pods): (usize, Range<usize>), tells: Tells) -> Stream {
    Stream {
        pods,
        lane,
        base: Base::default(),
        shares: outcome.shares,
        latency: outcome.latency,
        reached: outcome.ending.reached,
        tells,
        seed: 0,
    }
}

/// Messages are counted however the call ends, as long as it arrived.
fn messages(outcomes: &[LaneOutcome], about: (usize, Range<usize>)) -> Stream {
    let mut all = outcomes[0].clone();
    all.shares.fill(0.0);
    for outcome in outcomes.iter().filter(|outcome| outcome.ending.reached) {
        all.shares.iter_mut().zip(&outcome.shares).for_each(|(sum, share)| *sum += share);
    }
    stream(all, about, Tells::Messages)
}

/// What tunnels tell of requests that go through a waypoint: the same bytes twice, to the waypoint and on from there.
fn hops(scenario: &Scenario, pods: &Pods, (index, lane): (usize, &Lane)) -> Vec<(Pairs, Stream)> {
    let (Some(app), Some(pod)) = (waypoint(scenario, lane), pods.ztunnel) else { return Vec::new() };
    let middle = End { app, version: Some(0) };
    let carried = |end: End| end.version.is_some() && scenario.apps[end.app].ambient;
    let there = carried(lane.source).then_some((Side::Source, (lane.source, middle)));
    let on = carried(lane.dest).then_some((Side::Destination, (middle, lane.dest)));
    let hop = |hop| {
        let mut all = lane.outcomes[0].clone();
        all.shares.fill(0.0);
        for outcome in &lane.outcomes {
            all.shares.iter_mut().zip(&outcome.shares).for_each(|(sum, share)| *sum += share);
        }
        (pairs(scenario, lane, hop, None), stream(all, (index, pod..pod + 1), Tells::Bytes))
    };
    there.into_iter().chain(on).map(hop).collect()
}

/// Label pairs whose values are made up on the way.
#[derive(Debug, Default)]
struct Pairs(Vec<(String, String)>);

impl Pairs {
    fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    fn borrowed(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn identity(&mut self, prefix: &str, who: Option<(&Scenario, End)>, principal: bool) {
        let known = who.and_then(|(scenario, end)| Some((scenario, end.app, end.version?)));
        let Some((scenario, app, version)) = known else {
            for name in [
                "workload",
                "workload_namespace",
                "app",
                "version",
                "canonical_service",
                "principal",
                "cluster",
            ] {
                self.add(format!("{prefix}_{name}"), "unknown");
            }
            self.add(format!("{prefix}_canonical_revision"), "latest");
            return;
        };
        let namespace = scenario.namespace_of(app).unwrap_or("unknown");
        let (name, version) = (&scenario.apps[app].name, &scenario.apps[app].versions[version]);
        self.add(format!("{prefix}_workload"), &version.workload);
        self.add(format!("{prefix}_workload_namespace"), namespace);
        self.add(format!("{prefix}_app"), name);
        self.add(format!("{prefix}_version"), &version.name);
        self.add(format!("{prefix}_canonical_service"), name);
        self.add(format!("{prefix}_canonical_revision"), &version.name);
        self.add(format!("{prefix}_cluster"), &scenario.apps[app].cluster);
        let spiffe = format!("spiffe://{}/ns/{namespace}/sa/{name}", scenario.trust_domain);
        self.add(format!("{prefix}_principal"), if principal { &spiffe } else { "unknown" });
    }
}

/// Whether the mesh knows an end: a proxy stands beside it, or a tunnel carries its traffic.
pub(crate) fn is_known(app: &App) -> bool {
    app.sidecar || app.ambient
}

/// Whether the two ends speak mutual TLS.
pub(crate) fn is_mutual(source: &App, dest: &App) -> bool {
    is_known(source) && is_known(dest) && source.mtls && dest.mtls
}

/// Labels of what a side tells of two ends. Without an outcome it tells of bytes alone (a hop), or of messages: neither has
/// a code.
fn pairs(
    scenario: &Scenario,
    lane: &Lane,
    (side, (from, to)): (Side, (End, End)),
    outcome: Option<&LaneOutcome>,
) -> Pairs {
    let (source, dest) = (&scenario.apps[from.app], &scenario.apps[to.app]);
    let mutual = is_mutual(source, dest);
    let hop = (from, to) != (lane.source, lane.dest);
    let by_tunnel = hop || (lane.protocol == Protocol::Tcp && (source.ambient || dest.ambient));
    let mut pairs = Pairs::default();
    pairs.add("reporter", side.label());
    pairs.identity("source", is_known(source).then_some((scenario, from)), mutual);
    pairs.identity("destination", (dest.kind != Kind::External).then_some((scenario, to)), mutual);
    pairs.add("destination_service", scenario.host(lane.dest.app));
    pairs.add("destination_service_name", &scenario.apps[lane.dest.app].name);
    pairs.add("destination_service_namespace", scenario.namespace_of(lane.dest.app).unwrap_or("unknown"));
    pairs.add("request_protocol", if hop { Protocol::Tcp.label() } else { lane.protocol.label() });
    if let Some(outcome) = outcome {
        pairs.add("response_flags", &outcome.ending.flag);
        if lane.protocol != Protocol::Tcp {
            pairs.add("response_code", outcome.ending.code.to_string());
        }
        if let Some(status) = outcome.ending.grpc {
            pairs.add("grpc_response_status", status.to_string());
        }
    } else if hop {
        pairs.add("response_flags", "-");
    }
    let policy = match side {
        Side::Source if !by_tunnel => "unknown",
        _ if mutual => "mutual_tls",
        _ => "none",
    };
    pairs.add("connection_security_policy", policy);
    pairs
}

/// The version that proxies and control plane say they run.
const ISTIO_VERSION: &str = "1.29.1";

pub(crate) fn gauges(scenario: &Scenario, pods: &Pods, names: &mut Names) -> Vec<Gauge> {
    let mut gauges = Vec::new();
    for pod in 0..pods.all.len() {
        let plain = |kind, base| Gauge { kind, pod, base, namespace: None, steps: vec![(0.0, 1.0)] };
        gauges.push(plain(GaugeKind::Up, names.base(&[])));
        if Some(pod) != pods.flagger {
            let component = if pod == pods.istiod { "pilot" } else { "proxy" };
            gauges.push(plain(
                GaugeKind::Build,
                names.base(&[("component", component), ("tag", ISTIO_VERSION)]),
            ));
        }
    }
    let Some(pod) = pods.flagger else { return gauges };
    for (index, app) in scenario.apps.iter().enumerate().filter(|(_, app)| app.canary) {
        let namespace = scenario.namespace_of(index).map(|name| names.text(name));
        for (version, about) in app.versions.iter().enumerate() {
            let intended = |second| {
                weights_at(scenario, index, second).map_or(about.intended, |weights| weights[version])
            };
            let starts = piece_starts(scenario);
            let mut steps: Vec<(f64, f64)> =
                starts.iter().map(|&start| (start, percent(intended(start + 1e-3)))).collect();
            steps.dedup_by(|later, earlier| later.1.to_bits() == earlier.1.to_bits());
            let base = names.base(&[("workload", &about.workload)]);
            gauges.push(Gauge { kind: GaugeKind::Weight, pod, base, namespace: namespace.clone(), steps });
        }
    }
    gauges
}

/// A share as Flagger prints it.
fn percent(share: f64) -> f64 {
    (share * 10_000.0).round() / 100.0
}
