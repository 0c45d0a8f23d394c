//! Istio from 1.3 up to today: its metrics, its labels, and which of them stands in for which.
//! It must not know nodes, views or health.

use super::{Dialect, Probe, ProbeQuery, Tag, Vocabulary};
use crate::{
    answers::Answers,
    flow::{End, Field, Flows},
    query::{Origin, Query, QueryKind, RangeOf, Signals, Window, selector},
};

mod missing;
mod read;

#[derive(Debug)]
pub struct Istio;

const REQUESTS: &str = "istio_requests_total";
/// Istio names TCP bytes as the server sees them: what travels with the request is `received` (istio#32399).
const TCP_SENT: &str = "istio_tcp_received_bytes_total";
const TCP_RECEIVED: &str = "istio_tcp_sent_bytes_total";
const TCP_OPENED: &str = "istio_tcp_connections_opened_total";
const TCP_CLOSED: &str = "istio_tcp_connections_closed_total";

/// Presence looks back this far: what was there and went is drawn as silent for as long.
const PRESENCE_SPAN_S: u64 = 900;
const PRESENCE_STEP_S: u64 = 30;

macro_rules! identity {
    ($($more:literal),*) => {
        &[
            "reporter",
            "source_cluster",
            "source_workload_namespace",
            "source_workload",
            "source_canonical_service",
            "source_app",
            "source_canonical_revision",
            "source_version",
            "destination_cluster",
            "destination_workload_namespace",
            "destination_workload",
            "destination_canonical_service",
            "destination_app",
            "destination_canonical_revision",
            "destination_version",
            "destination_service",
            "destination_service_name",
            "destination_service_namespace",
            $($more),*
        ]
    };
}

pub(super) const BY_REQUESTS: &[&str] = identity!(
    "request_protocol",
    "response_code",
    "grpc_response_status",
    "response_flags",
    "connection_security_policy",
    "source_principal",
    "destination_principal"
);
const BY_TCP: &[&str] =
    identity!("response_flags", "connection_security_policy", "source_principal", "destination_principal");
const BY_DURATION: &[&str] = identity!("request_protocol");
const BY_PRESENCE_REQUESTS: &[&str] = BY_DURATION;
const BY_PRESENCE_TCP: &[&str] = identity!();
/// A scrape may have put its own `namespace` over Flagger's, which is then `exported_namespace`.
const BY_WEIGHT: &[&str] = &["workload", "namespace", "exported_namespace"];

impl Dialect for Istio {
    fn name(&self) -> &'static str {
        "istio"
    }

    fn probe_queries(&self, extra_matcher: Option<&str>) -> Vec<ProbeQuery> {
        ["istio_request_duration_milliseconds_count", "istio_request_duration_seconds_count"]
            .map(|word| ProbeQuery { word, promql: format!("count({})", selector(word, &[], extra_matcher)) })
            .into()
    }

    fn probe(&self, answers: &[(&'static str, f64)]) -> Probe {
        let has = |unit: &str| answers.iter().any(|(word, value)| word.contains(unit) && *value > 0.0);
        Probe { duration_in_seconds: has("_seconds_") && !has("_milliseconds_") }
    }

    fn queries(&self, origin: &Origin, signals: Signals, window: &Window) -> Vec<Query> {
        let mut kinds: Vec<QueryKind> =
            QueryKind::ALL.into_iter().filter(|kind| !kind.is_slow_lane()).collect();
        if !signals.percentiles {
            kinds.retain(|kind| *kind != QueryKind::DurationBucket);
        }
        if signals.slow_lane {
            kinds.extend(QueryKind::ALL.into_iter().filter(|kind| kind.is_slow_lane()));
        }
        kinds.into_iter().map(|kind| query(origin, kind, window)).collect()
    }

    fn flows(&self, answers: &Answers) -> Flows {
        read::flows(answers)
    }

    fn vocabulary(&self, probe: &Probe) -> Vocabulary {
        let seconds = probe.duration_in_seconds;
        let pick = |ms, s| if seconds { s } else { ms };
        Vocabulary {
            requests: REQUESTS,
            duration_bucket: pick(
                "istio_request_duration_milliseconds_bucket",
                "istio_request_duration_seconds_bucket",
            ),
            duration_sum: pick(
                "istio_request_duration_milliseconds_sum",
                "istio_request_duration_seconds_sum",
            ),
            duration_count: pick(
                "istio_request_duration_milliseconds_count",
                "istio_request_duration_seconds_count",
            ),
            ms_per_unit: if seconds { 1000.0 } else { 1.0 },
            tcp_sent: TCP_SENT,
            tcp_received: TCP_RECEIVED,
            tcp_opened: TCP_OPENED,
            tcp_closed: TCP_CLOSED,
        }
    }

    fn label(&self, end: End, field: Field) -> &'static str {
        match (end, field) {
            (End::Source, Field::Cluster) => "source_cluster",
            (End::Source, Field::Namespace) => "source_workload_namespace",
            (End::Source, Field::Workload) => "source_workload",
            (End::Source, Field::CanonicalApp) => "source_canonical_service",
            (End::Source, Field::App) => "source_app",
            (End::Source, Field::CanonicalVersion) => "source_canonical_revision",
            (End::Source, Field::Version) => "source_version",
            (End::Destination, Field::Cluster) => "destination_cluster",
            (End::Destination, Field::Namespace) => "destination_workload_namespace",
            (End::Destination, Field::Workload) => "destination_workload",
            (End::Destination, Field::CanonicalApp) => "destination_canonical_service",
            (End::Destination, Field::App) => "destination_app",
            (End::Destination, Field::CanonicalVersion) => "destination_canonical_revision",
            (End::Destination, Field::Version) => "destination_version",
        }
    }

    fn tag(&self, tag: Tag) -> &'static str {
        match tag {
            Tag::Reporter => "reporter",
            Tag::Host => "destination_service",
            Tag::ServiceName => "destination_service_name",
            Tag::ServiceNamespace => "destination_service_namespace",
            Tag::Protocol => "request_protocol",
            Tag::Code => "response_code",
            Tag::GrpcStatus => "grpc_response_status",
            Tag::Flags => "response_flags",
            Tag::Security => "connection_security_policy",
        }
    }
}

/// Rows that stand still are left out (`> 0`): a mesh has several times more of them than of moving ones, and
/// what they would tell, that a thing was there and went, the presence queries tell without them.
fn query(origin: &Origin, kind: QueryKind, window: &Window) -> Query {
    let words = Istio.vocabulary(&origin.probe);
    let (metric, by) = match kind {
        QueryKind::Requests => (words.requests, BY_REQUESTS),
        QueryKind::TcpSent => (words.tcp_sent, BY_TCP),
        QueryKind::TcpReceived => (words.tcp_received, BY_TCP),
        QueryKind::TcpOpened => (words.tcp_opened, BY_TCP),
        QueryKind::TcpClosed => (words.tcp_closed, BY_TCP),
        QueryKind::DurationSum => (words.duration_sum, BY_DURATION),
        QueryKind::DurationCount => (words.duration_count, BY_DURATION),
        QueryKind::DurationBucket => (words.duration_bucket, BY_DURATION),
        QueryKind::IntendedWeight => ("flagger_canary_weight", BY_WEIGHT),
        QueryKind::PresenceRequests => (words.requests, BY_PRESENCE_REQUESTS),
        QueryKind::PresenceTcp => (words.tcp_received, BY_PRESENCE_TCP),
    };
    let bucketed = kind == QueryKind::DurationBucket;
    let presence = matches!(kind, QueryKind::PresenceRequests | QueryKind::PresenceTcp);
    let selected = selector(metric, &[], origin.extra_matcher.as_deref());
    let over_s = if presence { window.silence_s() } else { window.window_s };
    let le = if bucketed { ", le" } else { "" };
    let promql = if kind == QueryKind::IntendedWeight {
        format!("max by ({}) ({selected})", by.join(", "))
    } else {
        let scale =
            if kind == QueryKind::DurationSum && origin.probe.duration_in_seconds { " * 1000" } else { "" };
        format!("sum by ({}{le}) (rate({selected}[{over_s}s])){scale} > 0", by.join(", "))
    };
    let range = presence.then_some(RangeOf { span_s: PRESENCE_SPAN_S, step_s: PRESENCE_STEP_S });
    Query { kind, promql, by, bucketed, range }
}
