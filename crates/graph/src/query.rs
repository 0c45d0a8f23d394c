//! The words in which the core asks: kinds of queries, windows, and PromQL text that label values cannot break.
//! It must not know any mesh's metric or label names, nor how a query is sent.

use crate::{
    custom::{self, CustomMetric},
    dialect::{Dialect, Probe},
    thrift::Thrift,
    union::Member,
};
use model::Extras;
use std::fmt::Write as _;

/// Presence looks back this far: what was there and went is drawn as silent for as long.
pub(crate) const PRESENCE_SPAN_S: u64 = 900;

/// One column of a snapshot, asked by one query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueryKind {
    Requests,
    /// Bytes in the direction of the request.
    TcpSent,
    /// Bytes in the direction of the response.
    TcpReceived,
    TcpOpened,
    TcpClosed,
    /// Milliseconds of latency a second.
    DurationSum,
    DurationCount,
    DurationBucket,
    /// Of requests that did not fail.
    SuccessfulBucket,
    RequestBytes,
    ResponseBytes,
    RequestSize,
    ResponseSize,
    /// Messages of gRPC streams, both ways.
    Messages,
    /// Connections that are open at the window's end.
    TcpOpen,
    IntendedWeight,
    PresenceRequests,
    PresenceTcp,
    /// Every counter there is, whether it moves or not.
    KnownRequests,
    KnownTcp,
    /// How many series have only just begun.
    NewSeries,
    /// One of the origin's own metrics, by its place among them.
    Custom(u8),
}

impl QueryKind {
    pub const CUSTOM: [Self; custom::MOST] =
        [Self::Custom(0), Self::Custom(1), Self::Custom(2), Self::Custom(3)];

    /// Those that any origin can be asked.
    pub const ALL: [Self; 21] = [
        Self::Requests,
        Self::TcpSent,
        Self::TcpReceived,
        Self::TcpOpened,
        Self::TcpClosed,
        Self::DurationSum,
        Self::DurationCount,
        Self::DurationBucket,
        Self::SuccessfulBucket,
        Self::RequestBytes,
        Self::ResponseBytes,
        Self::RequestSize,
        Self::ResponseSize,
        Self::Messages,
        Self::TcpOpen,
        Self::IntendedWeight,
        Self::PresenceRequests,
        Self::PresenceTcp,
        Self::KnownRequests,
        Self::KnownTcp,
        Self::NewSeries,
    ];

    /// The word in warnings and in the answer's list of queries.
    pub fn word(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::TcpSent => "tcp_sent",
            Self::TcpReceived => "tcp_received",
            Self::TcpOpened => "tcp_opened",
            Self::TcpClosed => "tcp_closed",
            Self::DurationSum => "duration_sum",
            Self::DurationCount => "duration_count",
            Self::DurationBucket => "duration_bucket",
            Self::SuccessfulBucket => "successful_bucket",
            Self::RequestBytes => "request_bytes",
            Self::ResponseBytes => "response_bytes",
            Self::RequestSize => "request_size",
            Self::ResponseSize => "response_size",
            Self::Messages => "messages",
            Self::TcpOpen => "tcp_open",
            Self::IntendedWeight => "intended_weight",
            Self::PresenceRequests => "presence_requests",
            Self::PresenceTcp => "presence_tcp",
            Self::KnownRequests => "known_requests",
            Self::KnownTcp => "known_tcp",
            Self::NewSeries => "new_series",
            Self::Custom(0) => "custom_1",
            Self::Custom(1) => "custom_2",
            Self::Custom(2) => "custom_3",
            Self::Custom(_) => "custom_4",
        }
    }

    /// What a person misses when it fails.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Requests => "request rates and errors",
            Self::TcpSent => "TCP bytes sent",
            Self::TcpReceived => "TCP bytes received",
            Self::TcpOpened => "TCP connections opened",
            Self::TcpClosed => "TCP connections closed",
            Self::DurationSum | Self::DurationCount => "mean latency",
            Self::DurationBucket => "latency percentiles",
            Self::SuccessfulBucket => "latency percentiles of successful requests",
            Self::RequestBytes => "request bytes",
            Self::ResponseBytes => "response bytes",
            Self::RequestSize => "request sizes",
            Self::ResponseSize => "response sizes",
            Self::Messages => "messages of gRPC streams",
            Self::TcpOpen => "open TCP connections",
            Self::IntendedWeight => "the intended split of versions",
            Self::PresenceRequests | Self::PresenceTcp => "what fell silent",
            Self::KnownRequests | Self::KnownTcp => "what is idle",
            Self::NewSeries => "how many series are new",
            Self::Custom(_) => "figures of a metric of the settings file",
        }
    }

    /// Who looks at what it gives; none: it is asked for every snapshot.
    pub fn asked_for(self) -> Option<Wish> {
        Some(match self {
            Self::DurationBucket => Wish::Percentiles,
            Self::SuccessfulBucket => Wish::Extra(Extras::SUCCESSFUL),
            Self::RequestBytes | Self::ResponseBytes => Wish::Extra(Extras::BYTES),
            Self::RequestSize | Self::ResponseSize => Wish::Extra(Extras::SIZES),
            Self::Messages => Wish::Extra(Extras::MESSAGES),
            Self::TcpOpen => Wish::Extra(Extras::OPEN),
            Self::KnownRequests | Self::KnownTcp => Wish::Extra(Extras::IDLE),
            _ if self.is_slow_lane() => Wish::SlowLane,
            _ => return None,
        })
    }

    /// Rows carry bounds.
    pub fn is_bucketed(self) -> bool {
        matches!(self, Self::DurationBucket | Self::SuccessfulBucket | Self::RequestSize | Self::ResponseSize)
    }

    /// Asked at most once a minute, apart from the refresh.
    pub fn is_slow_lane(self) -> bool {
        matches!(self, Self::IntendedWeight | Self::PresenceRequests | Self::PresenceTcp | Self::NewSeries)
    }
}

/// Why a query is asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Percentiles,
    SlowLane,
    Extra(Extras),
}

/// One query, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub kind: QueryKind,
    pub promql: String,
    /// Grouping labels, in the order of the cells; without `le`.
    pub by: &'static [&'static str],
    /// Rows carry `le` beside the labels.
    pub bucketed: bool,
    /// Set: a range query over this span up to the window's end; not set: an instant query at the window's end.
    pub range: Option<RangeOf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeOf {
    pub span_s: u64,
    pub step_s: u64,
}

/// The time that is asked about: `at_s` is its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    pub at_s: i64,
    pub window_s: u64,
    /// As far as it is known.
    pub scrape_interval_s: Option<f64>,
}

impl Window {
    /// Without traffic for this long, a thing has fallen silent: two minutes, or four scrapes where those take longer.
    pub fn silence_s(&self) -> u64 {
        let scrapes_s = self.scrape_interval_s.map_or(0.0, |interval_s| (4.0 * interval_s).ceil());
        (scrapes_s as u64).max(120)
    }

    /// What rates look back over: the window, but never less than two scrapes and a second. A rate needs two samples, and
    /// where ranges are open on the left, as in Prometheus 3, two scrapes to the second may hold but one.
    pub fn range_s(&self) -> u64 {
        let scrapes_s = self.scrape_interval_s.map_or(0.0, |interval_s| (2.0 * interval_s).ceil() + 1.0);
        self.window_s.max(scrapes_s as u64)
    }
}

/// What somebody looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signals {
    /// Fetch latency buckets: about ten times the cost of everything else together.
    pub percentiles: bool,
    /// Add what is asked at most once a minute.
    pub slow_lane: bool,
    pub extras: Extras,
}

impl Signals {
    pub fn want(&self, kind: QueryKind) -> bool {
        match kind.asked_for() {
            None => true,
            Some(Wish::Percentiles) => self.percentiles,
            Some(Wish::SlowLane) => self.slow_lane,
            // Percentiles of some requests are asked for where any percentiles are.
            Some(Wish::Extra(extra)) => {
                self.extras.has(extra) && (extra != Extras::SUCCESSFUL || self.percentiles)
            }
        }
    }
}

/// Where samples come from, and how they are to be asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    pub dialect: &'static dyn Dialect,
    pub probe: Probe,
    /// Matchers put into every selector, such as `tenant="a"`; already valid PromQL.
    pub extra_matcher: Option<String>,
    /// A label by whose values requests are told apart, beside their ends; checked by `GraphParams`.
    pub operations: Option<String>,
    /// Counters of the installation's own, at most as many as `QueryKind::CUSTOM`; the rest is not asked.
    pub metrics: Vec<CustomMetric>,
    /// Of a union of stores: who holds what.
    pub members: Vec<Member>,
    /// Which buckets are asked for.
    pub thrift: Thrift,
}

impl Default for Origin {
    fn default() -> Self {
        Self {
            dialect: crate::dialect::ALL[0],
            probe: Probe::default(),
            extra_matcher: None,
            operations: None,
            metrics: Vec::new(),
            members: Vec::new(),
            thrift: Thrift::default(),
        }
    }
}

/// The whole handful for one snapshot: 7 queries, 8 with percentiles, 4 more of the slow lane, what extras
/// need, and one a metric of the installation's own.
pub fn plan(origin: &Origin, signals: Signals, window: &Window) -> Vec<Query> {
    origin.dialect.queries(origin, signals, window)
}

/// A condition on one label. Values are text from outside: they are escaped here and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Matcher {
    Is(&'static str, String),
    IsNot(&'static str, String),
    /// Of a label that the settings or an address name.
    Named(String, String),
    /// Any of these texts, literally.
    OneOf(&'static str, Vec<String>),
    /// A pattern of our own; never made from a label value.
    Like(&'static str, &'static str),
    /// A pattern of our own, made of numbers.
    Within(&'static str, String),
    Unlike(&'static str, &'static str),
}

/// `metric{…}`
pub(crate) fn selector(metric: &str, matchers: &[Matcher], extra_matcher: Option<&str>) -> String {
    let mut parts: Vec<String> = matchers.iter().map(Matcher::text).collect();
    parts.extend(extra_matcher.map(str::to_owned).filter(|extra| !extra.trim().is_empty()));
    if parts.is_empty() {
        return metric.to_owned();
    }
    format!("{metric}{{{}}}", parts.join(","))
}

impl Matcher {
    fn text(&self) -> String {
        match self {
            Self::Is(label, value) => format!("{label}=\"{}\"", escape(value)),
            Self::IsNot(label, value) => format!("{label}!=\"{}\"", escape(value)),
            Self::Named(label, value) => format!("{label}=\"{}\"", escape(value)),
            Self::Unlike(label, pattern) => format!("{label}!~\"{}\"", escape(pattern)),
            Self::OneOf(label, values) if values.len() == 1 => format!("{label}=\"{}\"", escape(&values[0])),
            Self::OneOf(label, values) => {
                let quoted: Vec<String> = values.iter().map(|value| escape(&quote_pattern(value))).collect();
                format!("{label}=~\"{}\"", quoted.join("|"))
            }
            Self::Like(label, pattern) => format!("{label}=~\"{}\"", escape(pattern)),
            Self::Within(label, pattern) => format!("{label}=~\"{}\"", escape(pattern)),
        }
    }
}

/// Text for between double quotes in PromQL.
pub fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() && u32::from(c) < 0x80 => {
                write!(out, "\\x{:02x}", u32::from(c)).expect("a String takes all text");
            }
            c => out.push(c),
        }
    }
    out
}

/// A pattern that matches this text and nothing else, in RE2.
fn quote_pattern(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_value_cannot_leave_its_quotes() {
        let hostile = "a\"} or up{x=\"\\\n\u{1}";
        assert_eq!(
            selector("m", &[Matcher::Is("l", hostile.into())], None),
            "m{l=\"a\\\"} or up{x=\\\"\\\\\\n\\x01\"}"
        );
        assert_eq!(
            selector("m", &[Matcher::OneOf("l", vec!["a.b".into(), "c|\"d".into()])], Some("t=\"x\"")),
            "m{l=~\"a\\\\.b|c\\\\|\\\"d\",t=\"x\"}"
        );
        assert_eq!(selector("m", &[], Some(" ")), "m");
    }

    #[test]
    fn silence_is_two_minutes_or_four_scrapes() {
        let window = |interval| Window { at_s: 0, window_s: 600, scrape_interval_s: interval };
        assert_eq!(window(None).silence_s(), 120);
        assert_eq!(window(Some(15.0)).silence_s(), 120);
        assert_eq!(window(Some(60.0)).silence_s(), 240);
    }
}
