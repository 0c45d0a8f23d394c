//! The narrow waist: records of who called whom, by whose word, without any mesh's metric or label names.
//! Nothing after this knows a dialect; nothing here knows nodes or views.

use crate::{custom::CustomFlow, sample::Symbol};
use model::{Protocol, graph::QualityNote};
use std::collections::BTreeMap;

/// Who counted. Ordered by trust: the first that speaks about an edge is its truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reporter {
    Waypoint,
    Destination,
    Source,
    /// The label that says so is missing.
    Unstated,
}

impl Reporter {
    pub fn word(self) -> &'static str {
        match self {
            Self::Waypoint => "waypoint",
            Self::Destination => "destination",
            Self::Source => "source",
            Self::Unstated => "",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Source,
    Destination,
}

/// What tells workloads apart; a dialect has a label for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Cluster,
    Namespace,
    Workload,
    CanonicalApp,
    App,
    CanonicalVersion,
    Version,
}

/// One end of a flow. An empty symbol is "not known".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Party {
    pub cluster: Symbol,
    pub namespace: Symbol,
    pub workload: Symbol,
    pub app: Symbol,
    pub version: Symbol,
    /// Where `app` came from; none when it is unknown.
    pub app_from: Option<Field>,
    pub version_from: Option<Field>,
    /// Workload and app were stated, and both as unknown: not the same as labels that are absent.
    pub stated_unknown: bool,
}

/// The service that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Asked {
    pub host: Symbol,
    pub name: Symbol,
    pub namespace: Symbol,
    /// What kind of request it was, where requests are told apart by a label.
    pub operation: Symbol,
}

/// Who to whom, for which service, by whose word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Channel {
    pub reporter: Reporter,
    pub source: Party,
    pub destination: Party,
    pub asked: Asked,
    pub protocol: Protocol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Security {
    MutualTls,
    Plain,
    /// Not stated, or the reporter cannot know.
    Unknown,
}

/// What tells rows of one channel apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tags {
    pub code: Symbol,
    pub grpc_status: Symbol,
    pub flags: Symbol,
    pub security: Security,
    pub source_principal: Symbol,
    pub destination_principal: Symbol,
}

/// Whether a request failed, as far as its codes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Successful,
    Failed,
}

/// Which requests a bucket counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    All,
    Successful,
}

/// Buckets are cumulative along bounds that were counted together: those of other proxies, which have other bounds, are a
/// ladder of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ladder {
    /// Of whole histograms.
    pub whole: bool,
    pub in_seconds: bool,
}

impl Ladder {
    pub(crate) const ALL: [Self; 4] = [
        Self { whole: false, in_seconds: false },
        Self { whole: true, in_seconds: false },
        Self { whole: false, in_seconds: true },
        Self { whole: true, in_seconds: true },
    ];
}

/// What a ladder counts up to one of its bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rung {
    pub(crate) ladder: Ladder,
    pub(crate) bound: f64,
    pub(crate) rate: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Request,
    Response,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// Requests a second.
    Requests(Tags),
    /// Bytes a second with the request.
    TcpSent(Tags),
    /// Bytes a second with the response.
    TcpReceived(Tags),
    TcpOpened(Tags),
    TcpClosed(Tags),
    /// Connections open at the window's end.
    TcpOpen,
    /// Milliseconds a second.
    DurationSum(Outcome),
    DurationCount(Outcome),
    /// Requests a second that took at most this long; may be infinite.
    Bucket {
        le_ms: f64,
        of: Measured,
        ladder: Ladder,
    },
    /// Bytes a second.
    Bytes(Way),
    /// Requests a second whose body had at most this many bytes; may be infinite.
    SizeBucket {
        le_bytes: f64,
        way: Way,
        ladder: Ladder,
    },
    Messages(Way),
    /// It has a counter, whether that moves or not.
    Known,
    /// The value is the unix second of the last traffic.
    LastSeen,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// Index into `Flows::channels`.
    pub channel: u32,
    pub measure: Measure,
    pub value: f64,
}

/// The share of an app's requests that a workload is meant to get.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intent {
    /// Empty: of whichever cluster.
    pub cluster: Symbol,
    pub namespace: Symbol,
    pub workload: Symbol,
    pub share: f64,
}

#[derive(Debug, Clone, Default)]
pub struct Flows {
    /// Each once.
    pub channels: Vec<Channel>,
    pub flows: Vec<Flow>,
    pub intents: Vec<Intent>,
    pub custom: Vec<CustomFlow>,
    pub notes: Vec<QualityNote>,
    /// Where latency is counted in two units: the bounds that both have.
    pub common_bounds_ms: Vec<f64>,
    /// Latency, and sizes, are counted in exponential buckets alone.
    pub exponential: [bool; 2],
    /// Rows by column whose value was no usable number.
    pub not_numbers: BTreeMap<crate::query::QueryKind, usize>,
}
