//! Istio's queries as PromQL: which metric, grouped by what.
//! It must not know how rows become flows.

use super::{
    BY_BUCKET, BY_CUSTOM, BY_DURATION, BY_MESSAGES, BY_PRESENCE_REQUESTS, BY_PRESENCE_TCP, BY_REQUESTS,
    BY_TCP, BY_VOLUME, BY_WEIGHT, BYTES, DIRECTION, MS, OPERATION, PRESENCE_STEP_S, REQUESTS, S, SECONDS,
    SENT, TCP_CLOSED, TCP_OPENED, TCP_RECEIVED, TCP_SENT, UNIT, recorded, replicas,
};
use crate::{
    custom::CustomMetric,
    dialect::DurationUnit,
    form::{Form, Histogram, Rates, Read, Wanted, once},
    query::{Matcher, Origin, PRESENCE_SPAN_S, Query, QueryKind, RangeOf, Window, escape, selector},
    thrift::Thrift,
};

/// What did not fail, as far as codes tell.
const SUCCESSFUL: [Matcher; 2] =
    [Matcher::Unlike("response_code", "0|5.."), Matcher::Unlike("grpc_response_status", "[1-9]|1[0-6]")];

/// Rows that stand still are left out (`> 0`): a mesh has several times more of them than of moving ones, and
/// what they would tell, that a thing was there and went, the presence queries tell without them.
pub(super) fn query(origin: &Origin, kind: QueryKind, window: &Window) -> Query {
    let asking = Asking { origin, window, replicas: replicas(&origin.probe) };
    let by = by(kind);
    if let Some(recorded) = recorded::series(origin, kind, window) {
        let promql = each(&asking.conditions(kind), |matchers| selector(recorded, matchers, None));
        return Query { kind, promql, by, bucketed: kind.is_bucketed(), range: None };
    }
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
        _ => (each(&asking.conditions(kind), |matchers| asking.sum(kind, by, matchers)), None),
    };
    Query { kind, promql, by, bucketed: kind.is_bucketed(), range }
}

/// A counter whose labels are the installation's, summed by them and then given names of our own.
pub(super) fn custom(origin: &Origin, kind: QueryKind, metric: &CustomMetric, window: &Window) -> Query {
    let asking = Asking { origin, window, replicas: replicas(&origin.probe) };
    let labels = metric.labels();
    let by: Vec<&str> = labels.into_iter().flatten().collect();
    let sum = format!("sum by ({}) ({}) > 0", by.join(", "), asking.rate(&metric.metric, &[]));
    let promql = BY_CUSTOM.iter().zip(labels).fold(sum, |of, (ours, label)| match label {
        Some(label) => format!("label_replace({of}, \"{ours}\", \"$1\", \"{label}\", \"(.*)\")"),
        None => of,
    });
    Query { kind, promql, by: &BY_CUSTOM, bucketed: false, range: None }
}

/// Of those that are no more than a rate.
fn metric(kind: QueryKind) -> &'static str {
    match kind {
        QueryKind::TcpSent => TCP_SENT,
        QueryKind::TcpReceived => TCP_RECEIVED,
        QueryKind::TcpOpened => TCP_OPENED,
        QueryKind::TcpClosed => TCP_CLOSED,
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
        QueryKind::Custom(_) => &BY_CUSTOM,
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

    fn once(&self, series: String) -> String {
        once(self.replicas, series)
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

    /// Which series are selected; several sets of conditions are answers of their own. Bounds are of the first metric.
    fn conditions(&self, kind: QueryKind) -> Vec<Vec<Matcher>> {
        let probe = &self.origin.probe;
        let thrift = &self.origin.thrift;
        let mut conditions = match kind {
            QueryKind::DurationBucket | QueryKind::SuccessfulBucket => {
                let one_ladder = probe.durations == Form::Classic && probe.duration != DurationUnit::Both;
                let all = Thrift { bounds_ms: Vec::new(), ..thrift.clone() };
                let ms_per_unit = if probe.duration == DurationUnit::Seconds { 1000.0 } else { 1.0 };
                let thrift = if one_ladder { thrift } else { &all };
                thrift.conditions(THRIFT_LABELS, ms_per_unit)
            }
            QueryKind::RequestSize
            | QueryKind::ResponseSize
            | QueryKind::RequestBytes
            | QueryKind::ResponseBytes => {
                let sides = Thrift { bounds_ms: Vec::new(), ..thrift.clone() };
                sides.conditions(THRIFT_LABELS, 1.0)
            }
            _ => vec![Vec::new()],
        };
        if kind == QueryKind::SuccessfulBucket {
            for of in &mut conditions {
                of.extend(SUCCESSFUL);
            }
        }
        conditions
    }

    /// Durations come in milliseconds, but for bounds, which the reader multiplies.
    fn sum(&self, kind: QueryKind, by: &[&str], matchers: &[Matcher]) -> String {
        let probe = &self.origin.probe;
        match kind {
            QueryKind::DurationSum => self.numbers(Read::Sum, by, matchers),
            QueryKind::DurationCount => self.numbers(Read::Count, by, matchers),
            QueryKind::DurationBucket | QueryKind::SuccessfulBucket => {
                let metrics: &[Histogram] = match probe.duration {
                    DurationUnit::Ms => &[MS],
                    DurationUnit::Seconds => &[S],
                    DurationUnit::Both => &[MS, S],
                };
                self.buckets(metrics, probe.durations, by, matchers)
            }
            QueryKind::RequestBytes => self.number(BYTES[0], (probe.sizes, Read::Sum), by, matchers) + " > 0",
            QueryKind::ResponseBytes => {
                self.number(BYTES[1], (probe.sizes, Read::Sum), by, matchers) + " > 0"
            }
            QueryKind::RequestSize => self.buckets(&BYTES[..1], probe.sizes, by, matchers),
            QueryKind::ResponseSize => self.buckets(&BYTES[1..], probe.sizes, by, matchers),
            _ => {
                let rate = self.rate(metric(kind), matchers);
                format!("sum by ({}) ({}) > 0", self.grouping(by), self.told_apart(by, rate))
            }
        }
    }

    /// Sums or counts of latency.
    fn numbers(&self, read: Read, by: &[&str], matchers: &[Matcher]) -> String {
        let probe = &self.origin.probe;
        let scale = if read == Read::Sum { " * 1000" } else { "" };
        match probe.duration {
            DurationUnit::Ms => self.number(MS, (probe.durations, read), by, matchers) + " > 0",
            DurationUnit::Seconds => self.number(S, (probe.durations, read), by, matchers) + scale + " > 0",
            DurationUnit::Both => {
                let number = |names| self.rates(names, probe.durations, matchers, Wanted::Number(read));
                let [ms, seconds] = [MS, S].map(number);
                let rates = self.told_apart(by, format!("{ms} or ({seconds}){scale}"));
                format!("sum by ({}) ({rates}) > 0", self.grouping(by))
            }
        }
    }

    /// Off the sum of whole histograms where there is nothing else, which is cheapest.
    fn number(
        &self,
        names: Histogram,
        (form, read): (Form, Read),
        by: &[&str],
        matchers: &[Matcher],
    ) -> String {
        let grouping = self.grouping(by);
        if form == Form::Native && self.replicas.is_none() {
            let whole = self.rates(names, form, matchers, Wanted::Whole);
            let whole = self.told_apart(by, whole);
            return format!("{}(sum by ({grouping}) ({whole}))", read.function());
        }
        let numbers = self.rates(names, form, matchers, Wanted::Number(read));
        format!("sum by ({grouping}) ({})", self.told_apart(by, numbers))
    }

    /// Buckets, whole histograms, or both, of which each is counted in one form. The second of two metrics is in seconds.
    fn buckets(&self, metrics: &[Histogram], form: Form, by: &[&str], matchers: &[Matcher]) -> String {
        let all = |wanted| {
            let mut rates = metrics.iter().map(|names| self.rates(*names, form, matchers, wanted));
            let first = rates.next().expect("a metric at least");
            self.told_apart(by, rates.fold(first, |of, seconds| format!("{of} or {}", in_seconds(&seconds))))
        };
        let unit = if metrics.len() > 1 { TOLD_UNIT } else { "" };
        let by_labels = format!("{}{unit}", self.grouping(by));
        let classic = || format!("sum by ({by_labels}, le) ({}) > 0", all(Wanted::Buckets));
        let whole = |wanted| format!("sum by ({by_labels}) ({})", all(wanted));
        match form {
            Form::Classic => classic(),
            Form::Native => whole(Wanted::Whole),
            Form::Mixed => format!("{} or {}", classic(), whole(Wanted::WholeAlone)),
        }
    }

    fn rates(&self, names: Histogram, form: Form, matchers: &[Matcher], wanted: Wanted) -> String {
        let select = |metric: &str, more: Option<&Matcher>, read: &dyn Fn(String) -> String| {
            let matchers: Vec<Matcher> = matchers.iter().chain(more).cloned().collect();
            read(format!("rate({}[{}s])", self.selected(metric, &matchers), self.window.range_s()))
        };
        Rates { names, form, replicas: self.replicas, select: &select }.text(wanted)
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

/// Who tells, about which host, up to which bound.
const THRIFT_LABELS: [&str; 3] = ["reporter", "destination_service", "le"];

/// Sums over different series have no row in common.
fn each(conditions: &[Vec<Matcher>], sum: impl Fn(&[Matcher]) -> String) -> String {
    let sums: Vec<String> = conditions.iter().map(|matchers| sum(matchers)).collect();
    sums.join(" or ")
}

const TOLD_UNIT: &str = ", portolan_unit";

/// Rows that say that their bounds are in seconds.
fn in_seconds(rates: &str) -> String {
    format!("label_replace({rates}, \"{UNIT}\", \"{SECONDS}\", \"reporter\", \".*\")")
}
