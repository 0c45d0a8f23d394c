//! Istio's queries as PromQL: which metric, grouped by what.
//! It must not know how rows become flows.

use super::{
    BY_BUCKET, BY_DURATION, BY_MESSAGES, BY_PRESENCE_REQUESTS, BY_PRESENCE_TCP, BY_REQUESTS, BY_TCP,
    BY_VOLUME, BY_WEIGHT, DIRECTION, Istio, OPERATION, PRESENCE_STEP_S, REQUESTS, SECONDS, SENT, TCP_CLOSED,
    TCP_OPENED, TCP_RECEIVED, TCP_SENT, UNIT,
};
use crate::{
    dialect::{Dialect as _, DurationUnit},
    query::{Matcher, Origin, PRESENCE_SPAN_S, Query, QueryKind, RangeOf, Window, escape, selector},
};

/// What did not fail, as far as codes tell.
const SUCCESSFUL: [Matcher; 2] =
    [Matcher::Unlike("response_code", "0|5.."), Matcher::Unlike("grpc_response_status", "[1-9]|1[0-6]")];

/// Rows that stand still are left out (`> 0`): a mesh has several times more of them than of moving ones, and
/// what they would tell, that a thing was there and went, the presence queries tell without them.
pub(super) fn query(origin: &Origin, kind: QueryKind, window: &Window) -> Query {
    let asking = Asking { origin, window, replicas: Istio.vocabulary(&origin.probe).replicas };
    let by = by(kind);
    let (promql, range) = match kind {
        QueryKind::IntendedWeight => {
            (format!("max by ({}) ({})", by.join(", "), asking.selected("flagger_canary_weight", &[])), None)
        }
        QueryKind::PresenceRequests => asking.presence(REQUESTS, by),
        QueryKind::PresenceTcp => asking.presence(TCP_SENT, by),
        QueryKind::KnownRequests => (asking.known(REQUESTS, by), None),
        QueryKind::KnownTcp => (asking.known(TCP_SENT, by), None),
        QueryKind::NewSeries => (asking.begun(), None),
        QueryKind::Messages => (asking.messages(by), None),
        QueryKind::TcpOpen => (asking.open(by), None),
        QueryKind::DurationSum
        | QueryKind::DurationCount
        | QueryKind::DurationBucket
        | QueryKind::SuccessfulBucket => (asking.duration(kind, by), None),
        _ => {
            let le = if kind.is_bucketed() { ", le" } else { "" };
            let rate = asking.rate(metric(kind), &[]);
            (format!("sum by ({}{le}) ({}) > 0", asking.grouping(by), asking.told_apart(by, rate)), None)
        }
    };
    Query { kind, promql, by, bucketed: kind.is_bucketed(), range }
}

/// Of those that are no more than a rate.
fn metric(kind: QueryKind) -> &'static str {
    match kind {
        QueryKind::TcpSent => TCP_SENT,
        QueryKind::TcpReceived => TCP_RECEIVED,
        QueryKind::TcpOpened => TCP_OPENED,
        QueryKind::TcpClosed => TCP_CLOSED,
        QueryKind::RequestBytes => "istio_request_bytes_sum",
        QueryKind::ResponseBytes => "istio_response_bytes_sum",
        QueryKind::RequestSize => "istio_request_bytes_bucket",
        QueryKind::ResponseSize => "istio_response_bytes_bucket",
        _ => REQUESTS,
    }
}

fn by(kind: QueryKind) -> &'static [&'static str] {
    match kind {
        QueryKind::Requests => BY_REQUESTS,
        QueryKind::TcpSent | QueryKind::TcpReceived | QueryKind::TcpOpened | QueryKind::TcpClosed => BY_TCP,
        QueryKind::DurationSum | QueryKind::DurationCount => BY_DURATION,
        QueryKind::DurationBucket | QueryKind::SuccessfulBucket => BY_BUCKET,
        QueryKind::RequestBytes
        | QueryKind::ResponseBytes
        | QueryKind::RequestSize
        | QueryKind::ResponseSize => BY_VOLUME,
        QueryKind::Messages => BY_MESSAGES,
        QueryKind::PresenceRequests | QueryKind::KnownRequests => BY_PRESENCE_REQUESTS,
        QueryKind::TcpOpen | QueryKind::PresenceTcp | QueryKind::KnownTcp => BY_PRESENCE_TCP,
        QueryKind::IntendedWeight => BY_WEIGHT,
        QueryKind::NewSeries => &[],
    }
}

struct Asking<'a> {
    origin: &'a Origin,
    window: &'a Window,
    /// Labels that only copies of a series differ in.
    replicas: Option<&'static str>,
}

impl Asking<'_> {
    fn selected(&self, metric: &str, matchers: &[Matcher]) -> String {
        selector(metric, matchers, self.origin.extra_matcher.as_deref())
    }

    fn rate(&self, metric: &str, matchers: &[Matcher]) -> String {
        self.once(format!("rate({}[{}s])", self.selected(metric, matchers), self.window.range_s()))
    }

    /// Copies count once: the one that has seen most.
    fn once(&self, series: String) -> String {
        match self.replicas {
            Some(replicas) => format!("max without ({replicas}) ({series})"),
            None => series,
        }
    }

    /// The chosen label's values under a name of our own, for the grouping.
    fn told_apart(&self, by: &[&str], rates: String) -> String {
        match &self.origin.operations {
            Some(label) if by.contains(&OPERATION) => {
                format!("label_replace({rates}, \"{OPERATION}\", \"$1\", \"{}\", \"(.*)\")", escape(label))
            }
            _ => rates,
        }
    }

    fn presence(&self, metric: &str, by: &[&str]) -> (String, Option<RangeOf>) {
        let selected = self.selected(metric, &[]);
        let rate = self.once(format!("rate({selected}[{}s])", self.window.silence_s()));
        let promql = format!("sum by ({}) ({rate}) > 0", self.grouping(by));
        (promql, Some(RangeOf { span_s: PRESENCE_SPAN_S, step_s: PRESENCE_STEP_S }))
    }

    fn known(&self, metric: &str, by: &[&str]) -> String {
        format!("group by ({}) ({})", self.grouping(by), self.selected(metric, &[]))
    }

    /// How many series there are now that were not there before presence looks back.
    fn begun(&self) -> String {
        let selected = self.selected(REQUESTS, &[]);
        format!("count({selected} unless {selected} offset {PRESENCE_SPAN_S}s)")
    }

    /// Both ways in one query; the way is a label of its own.
    fn messages(&self, by: &[&str]) -> String {
        let way = |metric: &str, way: &str| {
            let rate = self.told_apart(by, self.rate(metric, &[]));
            let sum = format!("sum by ({}) ({rate}) > 0", self.grouping(by));
            format!("label_replace({sum}, \"{DIRECTION}\", \"{way}\", \"reporter\", \".*\")")
        };
        let sent = way("istio_request_messages_total", SENT);
        format!("{sent} or {}", way("istio_response_messages_total", "received"))
    }

    /// Opened less closed, of counters that live: both begin at zero with their proxy.
    fn open(&self, by: &[&str]) -> String {
        let by = self.grouping(by);
        let opened = format!("sum by ({by}) ({})", self.once(self.selected(TCP_OPENED, &[])));
        let closed = format!("sum by ({by}) ({})", self.once(self.selected(TCP_CLOSED, &[])));
        format!("{opened} - ({closed} or {opened} * 0) > 0")
    }

    /// In milliseconds, but for bounds, which the reader multiplies.
    fn duration(&self, kind: QueryKind, by: &[&str]) -> String {
        let probe = self.origin.probe;
        let suffix = match kind {
            _ if probe.native_histograms => "",
            QueryKind::DurationSum => "_sum",
            QueryKind::DurationCount => "_count",
            _ => "_bucket",
        };
        let matchers: &[Matcher] = if kind == QueryKind::SuccessfulBucket { &SUCCESSFUL } else { &[] };
        let rate = |unit: &str| self.rate(&format!("istio_request_duration_{unit}{suffix}"), matchers);
        let scale = if kind == QueryKind::DurationSum { " * 1000" } else { "" };
        let both = probe.duration == DurationUnit::Both;
        let rates = match probe.duration {
            DurationUnit::Ms => rate("milliseconds"),
            DurationUnit::Seconds => rate("seconds"),
            DurationUnit::Both => {
                let seconds = rate("seconds");
                let seconds = if kind.is_bucketed() {
                    format!("label_replace({seconds}, \"{UNIT}\", \"{SECONDS}\", \"reporter\", \".*\")")
                } else {
                    format!("{seconds}{scale}")
                };
                format!("{} or {seconds}", rate("milliseconds"))
            }
        };
        let rates = self.told_apart(by, rates);
        if probe.native_histograms {
            let whole = format!("sum by ({}) ({rates})", self.grouping(by));
            return native(kind, &whole, probe.duration);
        }
        let after = if probe.duration == DurationUnit::Seconds { scale } else { "" };
        let le = match (kind.is_bucketed(), both) {
            (true, true) => format!(", {UNIT}, le"),
            (true, false) => ", le".to_owned(),
            (false, _) => String::new(),
        };
        format!("sum by ({}{le}) ({rates}){after} > 0", self.grouping(by))
    }

    /// Labels that the store has; those of our own making only where a query makes them.
    fn grouping(&self, by: &[&str]) -> String {
        let chosen = self.origin.operations.is_some();
        let wanted = |label: &&str| match *label {
            OPERATION => chosen,
            UNIT | DIRECTION => false,
            _ => true,
        };
        by.iter().copied().filter(wanted).collect::<Vec<_>>().join(", ")
    }
}

/// Whole histograms, or what is read off them.
fn native(kind: QueryKind, whole: &str, unit: DurationUnit) -> String {
    let scale = if unit == DurationUnit::Seconds { " * 1000" } else { "" };
    match kind {
        QueryKind::DurationSum => format!("histogram_sum({whole}){scale} > 0"),
        QueryKind::DurationCount => format!("histogram_count({whole}) > 0"),
        _ => whole.to_owned(),
    }
}
