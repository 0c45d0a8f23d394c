//! Istio from 1.3 up to today: its metrics, its labels, and which of them stands in for which.
//! It must not know nodes, views or health.

use super::{Dialect, DurationUnit, Probe, ProbeQuery, Tag, Vocabulary};
use crate::{
    answers::Answers,
    flow::{End, Field, Flows},
    form::{Form, Histogram},
    query::{Matcher, Origin, Query, QueryKind, Signals, Window, selector},
};

/// The labels that name a channel, in the order in which `read` takes them up, and what follows them.
macro_rules! identity {
    ($($more:expr),* $(,)?) => {
        [
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

mod ask;
mod meanings;
mod missing;
mod read;
mod recorded;

#[derive(Debug)]
pub struct Istio;

const REQUESTS: &str = "istio_requests_total";
/// Istio names TCP bytes as the server sees them: what travels with the request is `received` (istio#32399).
const TCP_SENT: &str = "istio_tcp_received_bytes_total";
const TCP_RECEIVED: &str = "istio_tcp_sent_bytes_total";
const TCP_OPENED: &str = "istio_tcp_connections_opened_total";
const TCP_CLOSED: &str = "istio_tcp_connections_closed_total";

/// The four names of a histogram's series.
macro_rules! histogram {
    ($name:literal) => {
        Histogram {
            bucket: concat!($name, "_bucket"),
            sum: concat!($name, "_sum"),
            count: concat!($name, "_count"),
            whole: $name,
        }
    };
}

const MS: Histogram = histogram!("istio_request_duration_milliseconds");
const S: Histogram = histogram!("istio_request_duration_seconds");
/// With the request, and with the response.
const BYTES: [Histogram; 2] = [histogram!("istio_request_bytes"), histogram!("istio_response_bytes")];

const PRESENCE_STEP_S: u64 = 30;

/// Labels by which replicas of one Prometheus mark what they wrote.
const REPLICA_LABELS: [&str; 3] = ["prometheus_replica", "replica", "__replica__"];
const REPLICAS: &str = "prometheus_replica, replica, __replica__, prometheus";
/// Series held more often than this by the store are copies. (A few may differ while one replica lags.)
const COPIED: f64 = 1.5;
const COPIES: &str = "copies";
const NEWEST_AGE: &str = "newest_age";

/// Labels of our own making. No store has them.
const OPERATION: &str = "portolan_operation";
const UNIT: &str = "portolan_unit";
const SECONDS: &str = "s";
const END_SOURCE: &str = "portolan_source";
const END_SOURCE_NAMESPACE: &str = "portolan_source_namespace";
const END_SOURCE_CLUSTER: &str = "portolan_source_cluster";
const END_DESTINATION: &str = "portolan_destination";
const END_DESTINATION_NAMESPACE: &str = "portolan_destination_namespace";
const END_DESTINATION_CLUSTER: &str = "portolan_destination_cluster";
const PART: &str = "portolan_part";
const DIRECTION: &str = "portolan_direction";
const SENT: &str = "sent";

pub(super) const BY_REQUESTS: &[&str] = &identity!(
    "request_protocol",
    "response_code",
    "grpc_response_status",
    "response_flags",
    "connection_security_policy",
    "source_principal",
    "destination_principal",
    OPERATION
);
const BY_TCP: &[&str] =
    &identity!("response_flags", "connection_security_policy", "source_principal", "destination_principal");
/// With the answer, so that the mean of those that succeeded costs no query of its own.
const BY_DURATION: &[&str] =
    &identity!("request_protocol", "response_code", "grpc_response_status", OPERATION);
const BY_BUCKET: &[&str] = &identity!("request_protocol", UNIT, OPERATION);
const BY_VOLUME: &[&str] = &identity!("request_protocol", OPERATION);
const BY_MESSAGES: &[&str] = &identity!("request_protocol", DIRECTION, OPERATION);
const BY_PRESENCE_REQUESTS: &[&str] = &identity!("request_protocol");
const BY_PRESENCE_TCP: &[&str] = &identity!();
/// What a metric of the installation's own has of a row, whatever its labels are called.
const BY_CUSTOM: [&str; 7] = [
    END_SOURCE,
    END_SOURCE_NAMESPACE,
    END_SOURCE_CLUSTER,
    END_DESTINATION,
    END_DESTINATION_NAMESPACE,
    END_DESTINATION_CLUSTER,
    PART,
];
/// A scrape may have put its own `namespace` over Flagger's, which is then `exported_namespace`.
const BY_WEIGHT: &[&str] = &["workload", "namespace", "exported_namespace"];

impl Dialect for Istio {
    fn name(&self) -> &'static str {
        "istio"
    }

    fn probe_queries(&self, extra_matcher: Option<&str>) -> Vec<ProbeQuery> {
        // Only series that a replica has marked: where there are none, this costs next to nothing.
        let marked: Vec<String> = REPLICA_LABELS
            .map(|label| selector(REQUESTS, &[Matcher::IsNot(label, String::new())], extra_matcher))
            .into();
        let marked = marked.join(" or ");
        let copies = ProbeQuery {
            word: COPIES,
            promql: format!("count({marked}) / count(group without ({REPLICAS}) ({marked}))"),
        };
        let requests = selector(REQUESTS, &[], extra_matcher);
        let newest_age =
            ProbeQuery { word: NEWEST_AGE, promql: format!("time() - quantile(0.5, timestamp({requests}))") };
        let count = |series: String| format!("count({series})");
        // Whoever exposes both forms is counted among the whole ones alone.
        let forms = [MS, S, BYTES[0], BYTES[1]].into_iter().flat_map(|names| {
            let [classic, whole] = [names.count, names.whole].map(|of| selector(of, &[], extra_matcher));
            [(names.count, count(format!("{classic} unless {whole}"))), (names.whole, count(whole))]
        });
        forms
            .map(|(word, promql)| ProbeQuery { word, promql })
            .chain([copies, newest_age])
            .chain(recorded::probe_queries().filter(|_| extra_matcher.is_none()))
            .collect()
    }

    fn probe(&self, answers: &[(&'static str, f64)]) -> Probe {
        let number =
            |wanted: &str| answers.iter().find(|(word, _)| *word == wanted).map(|(_, number)| *number);
        let count = |word: &str| number(word).map_or(0.0, |count| count.max(0.0));
        let of = |names: Histogram| (count(names.count), count(names.whole));
        let (ms, seconds) = (of(MS), of(S));
        let sizes = BYTES.map(of);
        let duration = match (ms.0 + ms.1 > 0.0, seconds.0 + seconds.1 > 0.0) {
            (true, true) => DurationUnit::Both,
            (false, true) => DurationUnit::Seconds,
            _ => DurationUnit::Ms,
        };
        Probe {
            duration,
            durations: Form::of(ms.0 + seconds.0, ms.1 + seconds.1),
            sizes: Form::of(sizes[0].0 + sizes[1].0, sizes[0].1 + sizes[1].1),
            copies: number(COPIES).filter(|copies| copies.is_finite()),
            recorded: recorded::probe(answers),
            newest_age_s: number(NEWEST_AGE).filter(|age_s| age_s.is_finite()),
            ..Probe::default()
        }
    }

    fn queries(&self, origin: &Origin, signals: Signals, window: &Window) -> Vec<Query> {
        let lane = |slow: bool| {
            QueryKind::ALL.into_iter().filter(move |kind| signals.want(*kind) && kind.is_slow_lane() == slow)
        };
        let own = QueryKind::CUSTOM.into_iter().zip(&origin.metrics);
        lane(false)
            .chain(lane(true))
            .map(|kind| ask::query(origin, kind, window))
            .chain(own.map(|(kind, metric)| ask::custom(origin, kind, metric, window)))
            .collect()
    }

    fn flows(&self, answers: &Answers) -> Flows {
        read::flows(answers)
    }

    fn vocabulary(&self, probe: &Probe) -> Vocabulary {
        let in_seconds = probe.duration == DurationUnit::Seconds;
        let both = probe.duration == DurationUnit::Both;
        Vocabulary {
            requests: REQUESTS,
            duration: if in_seconds { S } else { MS },
            durations: probe.durations,
            also_in_seconds: both.then_some(S),
            ms_per_unit: if in_seconds { 1000.0 } else { 1.0 },
            tcp_sent: TCP_SENT,
            tcp_received: TCP_RECEIVED,
            tcp_opened: TCP_OPENED,
            tcp_closed: TCP_CLOSED,
            replicas: replicas(probe),
            bytes: BYTES,
            sizes: probe.sizes,
            messages: ["istio_request_messages_total", "istio_response_messages_total"],
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

    fn operation_label(&self) -> &'static str {
        "request_operation"
    }

    fn is_own(&self, label: &str) -> bool {
        BY_REQUESTS.contains(&label)
    }
}

/// Labels to count copies of a series once by, where there are any.
fn replicas(probe: &Probe) -> Option<&'static str> {
    probe.copies.is_some_and(|copies| copies >= COPIED).then_some(REPLICAS)
}
