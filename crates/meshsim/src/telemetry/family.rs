//! The table of metrics: name, type, help, and what each counts. To add a metric, add a line here.

/// What a metric's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FamilyKind {
    /// Requests of a stream.
    Requests,
    Histogram(Measure, Part),
    /// The same as one series of native histograms, where a store keeps those.
    Native(Measure),
    Tcp(TcpCount),
    Messages(Way),
    Gauge(super::GaugeKind),
}

/// What a histogram measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Duration,
    RequestBytes,
    ResponseBytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Bucket,
    Sum,
    Count,
}

/// Which way a gRPC message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    There,
    Back,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TcpCount {
    /// Bytes the server sent: the response direction.
    Sent,
    /// Bytes the server received: the request direction.
    Received,
    Opened,
    Closed,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Family {
    /// The name of its series.
    pub(crate) name: &'static str,
    /// The name its `# TYPE` line has.
    pub(crate) base: &'static str,
    pub(crate) kind: FamilyKind,
    pub(crate) help: &'static str,
}

const fn family(name: &'static str, base: &'static str, kind: FamilyKind, help: &'static str) -> Family {
    Family { name, base, kind, help }
}

const fn histogram(name: &'static str, base: &'static str, measure: Measure, part: Part) -> Family {
    family(name, base, FamilyKind::Histogram(measure, part), help_of(measure))
}

const fn native(name: &'static str, measure: Measure) -> Family {
    family(name, name, FamilyKind::Native(measure), help_of(measure))
}

const fn help_of(measure: Measure) -> &'static str {
    match measure {
        Measure::Duration => "Duration of requests in milliseconds.",
        Measure::RequestBytes => "Size of request bodies in bytes.",
        Measure::ResponseBytes => "Size of response bodies in bytes.",
    }
}

const DURATION: &str = "istio_request_duration_milliseconds";
const REQUEST: &str = "istio_request_bytes";
const RESPONSE: &str = "istio_response_bytes";

/// Every metric; the parts of one histogram stand together, as the text format wants them.
pub(crate) const FAMILIES: &[Family] = &[
    family("istio_requests_total", "istio_requests_total", FamilyKind::Requests, "Requests."),
    histogram("istio_request_duration_milliseconds_bucket", DURATION, Measure::Duration, Part::Bucket),
    histogram("istio_request_duration_milliseconds_sum", DURATION, Measure::Duration, Part::Sum),
    histogram("istio_request_duration_milliseconds_count", DURATION, Measure::Duration, Part::Count),
    native(DURATION, Measure::Duration),
    histogram("istio_request_bytes_bucket", REQUEST, Measure::RequestBytes, Part::Bucket),
    histogram("istio_request_bytes_sum", REQUEST, Measure::RequestBytes, Part::Sum),
    histogram("istio_request_bytes_count", REQUEST, Measure::RequestBytes, Part::Count),
    native(REQUEST, Measure::RequestBytes),
    histogram("istio_response_bytes_bucket", RESPONSE, Measure::ResponseBytes, Part::Bucket),
    histogram("istio_response_bytes_sum", RESPONSE, Measure::ResponseBytes, Part::Sum),
    histogram("istio_response_bytes_count", RESPONSE, Measure::ResponseBytes, Part::Count),
    native(RESPONSE, Measure::ResponseBytes),
    tcp("istio_tcp_sent_bytes_total", TcpCount::Sent, "Bytes sent by the server over TCP."),
    tcp("istio_tcp_received_bytes_total", TcpCount::Received, "Bytes received by the server over TCP."),
    tcp("istio_tcp_connections_opened_total", TcpCount::Opened, "TCP connections opened."),
    tcp("istio_tcp_connections_closed_total", TcpCount::Closed, "TCP connections closed."),
    messages("istio_request_messages_total", Way::There, "Messages that clients of gRPC sent."),
    messages("istio_response_messages_total", Way::Back, "Messages that clients of gRPC received."),
    gauge("istio_build", super::GaugeKind::Build, "Version of a proxy or of the control plane."),
    gauge("flagger_canary_weight", super::GaugeKind::Weight, "Weight that Flagger asked for."),
    gauge("up", super::GaugeKind::Up, "Whether the target's last scrape succeeded."),
];

const fn tcp(name: &'static str, count: TcpCount, help: &'static str) -> Family {
    family(name, name, FamilyKind::Tcp(count), help)
}

const fn messages(name: &'static str, way: Way, help: &'static str) -> Family {
    family(name, name, FamilyKind::Messages(way), help)
}

const fn gauge(name: &'static str, kind: super::GaugeKind, help: &'static str) -> Family {
    family(name, name, FamilyKind::Gauge(kind), help)
}

impl Family {
    pub(crate) fn is_bucket(&self) -> bool {
        matches!(self.kind, FamilyKind::Histogram(_, Part::Bucket))
    }

    /// Whether a store has it that keeps buckets, whole histograms, or both.
    pub(crate) fn is_kept(&self, [classic, native]: [bool; 2]) -> bool {
        match self.kind {
            FamilyKind::Native(_) => native,
            FamilyKind::Histogram(..) => classic,
            _ => true,
        }
    }

    /// Whether the text formats can tell it.
    pub(crate) fn is_text(&self) -> bool {
        !matches!(self.kind, FamilyKind::Native(_))
    }

    /// The type word of the text format.
    pub(crate) fn type_word(&self) -> &'static str {
        match self.kind {
            FamilyKind::Requests | FamilyKind::Tcp(_) | FamilyKind::Messages(_) => "counter",
            FamilyKind::Histogram(..) | FamilyKind::Native(_) => "histogram",
            FamilyKind::Gauge(_) => "gauge",
        }
    }
}
