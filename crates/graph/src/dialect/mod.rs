//! How one mesh names its metrics: each dialect asks in its own names and answers in the neutral words of `flow`.
//! It must not know views, health or the wire.

use crate::{
    answers::Answers,
    flow::{End, Field, Flows},
    form::{Form, Histogram},
    query::{Origin, Query, Signals, Window},
};
use std::fmt::Debug;

pub mod istio;

/// Every dialect there is; the first is taken where nothing says otherwise.
pub static ALL: [&'static dyn Dialect; 1] = [&istio::Istio];

pub trait Dialect: Debug + Send + Sync {
    fn name(&self) -> &'static str;

    /// Instant queries of one number each, for the preflight; `probe` reads their answers.
    fn probe_queries(&self, extra_matcher: Option<&str>) -> Vec<ProbeQuery>;

    /// `answers` has the value for each probe's word; a missing one was not answered.
    fn probe(&self, answers: &[(&'static str, f64)]) -> Probe;

    fn queries(&self, origin: &Origin, signals: Signals, window: &Window) -> Vec<Query>;

    fn flows(&self, answers: &Answers) -> Flows;

    /// The names needed to ask about one node or edge.
    fn vocabulary(&self, probe: &Probe) -> Vocabulary;

    fn label(&self, end: End, field: Field) -> &'static str;

    fn tag(&self, tag: Tag) -> &'static str;

    /// The label by which the mesh itself tells kinds of requests apart, where it is set up to.
    fn operation_label(&self) -> &'static str;

    /// Every mesh's requests have this label.
    fn is_own(&self, label: &str) -> bool;
}

impl PartialEq for dyn Dialect {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

/// What rows are told apart by beside their ends; a dialect has a label for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    Reporter,
    Host,
    ServiceName,
    ServiceNamespace,
    Protocol,
    Code,
    GrpcStatus,
    Flags,
    Security,
}

/// A question of the preflight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeQuery {
    pub word: &'static str,
    pub promql: String,
}

/// What the preflight found out about a store.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Probe {
    pub duration: DurationUnit,
    pub durations: Form,
    pub sizes: Form,
    /// How often the store holds each series, where only the replica that wrote it differs.
    pub copies: Option<f64>,
    /// Of each window that recording rules are shipped for (1, 5 and 10 minutes), the unix second at which the series of all
    /// of them were seen.
    pub recorded: [Option<i64>; 3],
    /// How old the newest samples of half of the series were.
    pub newest_age_s: Option<f64>,
    /// The unix second of that: the shell's to say.
    pub probed_at_s: i64,
    /// How long ago the end of a live window is, for samples to come in: the shell's to say.
    pub delay_s: u64,
}

/// In what latency is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DurationUnit {
    #[default]
    Ms,
    /// Istio up to 1.4.
    Seconds,
    /// Proxies of both ages.
    Both,
}

/// Metric names of a dialect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vocabulary {
    pub requests: &'static str,
    pub duration: Histogram,
    pub durations: Form,
    /// Of proxies that still time in seconds, beside those in milliseconds.
    pub also_in_seconds: Option<Histogram>,
    /// What a duration is multiplied with to be in milliseconds.
    pub ms_per_unit: f64,
    pub tcp_sent: &'static str,
    pub tcp_received: &'static str,
    pub tcp_opened: &'static str,
    pub tcp_closed: &'static str,
    /// Labels to count copies of a series once by, where the store has any.
    pub replicas: Option<&'static str>,
    /// Bytes, and messages, each there and back.
    pub bytes: [Histogram; 2],
    pub sizes: Form,
    pub messages: [&'static str; 2],
}
