//! Every operand: its words, what it takes, an example; and where it finds its value.
//! It must not know how text is read.

use super::{About, pattern};
use crate::{Protocol, Status, graph::Verdict};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Part of any name: a word alone.
    Word,
    Namespace,
    App,
    Name,
    Version,
    Workload,
    Service,
    Cluster,
    Kind,
    Protocol,
    Health,
    Mtls,
    Rate,
    Errors,
    P50,
    P90,
    P95,
    P99,
    Mean,
    MtlsShare,
    Bytes,
    Open,
    Share,
    Unreached,
    Idle,
    Silent,
    Cycle,
    Root,
    Outside,
    Waypoint,
    Worse,
}

/// What stands behind an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Text,
    OneOf(&'static [&'static str]),
    Ms,
    Percent,
    /// With `k`, `M`, `G` for thousands.
    Number,
    /// It stands alone.
    Nothing,
}

/// A line of the help: the operand, its word, what it takes, how it is used, and a second word for it.
#[derive(Debug)]
pub struct Line {
    pub operand: Operand,
    pub word: &'static str,
    pub takes: Takes,
    pub example: &'static str,
    pub also: &'static str,
}

const fn line(operand: Operand, word: &'static str, takes: Takes, example: &'static str) -> Line {
    Line { operand, word, takes, example, also: word }
}

impl Line {
    const fn also(self, also: &'static str) -> Self {
        Self { also, ..self }
    }
}

/// What the completion list, the help and the reader all know.
pub static OPERANDS: [Line; 30] = [
    line(Operand::Namespace, "ns", Takes::Text, "ns=shop").also("namespace"),
    line(Operand::App, "app", Takes::Text, "app~^cart"),
    line(Operand::Name, "name", Takes::Text, "name=pay"),
    line(Operand::Version, "version", Takes::Text, "version=v2"),
    line(Operand::Workload, "workload", Takes::Text, "workload=reviews-v2"),
    line(Operand::Service, "service", Takes::Text, "service=reviews"),
    line(Operand::Cluster, "cluster", Takes::Text, "cluster=east"),
    line(Operand::Protocol, "protocol", Takes::OneOf(&PROTOCOLS), "protocol=grpc"),
    line(Operand::Health, "health", Takes::OneOf(&HEALTHS), "health=failing").also("status"),
    line(Operand::Kind, "kind", Takes::OneOf(&KINDS), "kind=gateway"),
    line(Operand::Mtls, "mtls", Takes::OneOf(&["yes", "no", "unknown"]), "mtls=no"),
    line(Operand::MtlsShare, "mtls%", Takes::Percent, "mtls% < 100"),
    line(Operand::Rate, "rps", Takes::Number, "rps > 10").also("rate"),
    line(Operand::Errors, "error%", Takes::Percent, "error% >= 1").also("errors"),
    line(Operand::P50, "p50", Takes::Ms, "p50 > 50ms"),
    line(Operand::P90, "p90", Takes::Ms, "p90 > 100ms"),
    line(Operand::P95, "p95", Takes::Ms, "p95 > 200ms"),
    line(Operand::P99, "p99", Takes::Ms, "p99 > 1s"),
    line(Operand::Mean, "mean", Takes::Ms, "mean > 100ms"),
    line(Operand::Bytes, "bytes", Takes::Number, "bytes > 1M"),
    line(Operand::Open, "open", Takes::Number, "open > 100"),
    line(Operand::Share, "share%", Takes::Percent, "share% > 50"),
    line(Operand::Unreached, "unreached", Takes::Number, "unreached > 0"),
    line(Operand::Idle, "idle", Takes::Nothing, "!idle"),
    line(Operand::Silent, "silent", Takes::Nothing, "silent"),
    line(Operand::Cycle, "cycle", Takes::Nothing, "cycle"),
    line(Operand::Root, "root", Takes::Nothing, "root"),
    line(Operand::Outside, "outside", Takes::Nothing, "!outside"),
    line(Operand::Waypoint, "waypoint", Takes::Nothing, "waypoint"),
    line(Operand::Worse, "worse", Takes::Nothing, "worse"),
];

/// In the order of the wire's enums, whose numbers find them.
const PROTOCOLS: [&str; 3] = ["http", "grpc", "tcp"];
const KINDS: [&str; 10] = [
    "app",
    "workload",
    "service",
    "gateway",
    "external",
    "egress",
    "unknown",
    "noroute",
    "namespace",
    "operation",
];

/// The worst first.
const HEALTHS: [&str; 7] = ["failing", "degraded", "healthy", "idle", "unknown", "few", "silent"];

/// `silent` is a flag on the wire and a state of health to whoever looks for it.
fn health_word(status: Status, silent: bool) -> &'static str {
    HEALTHS[match status {
        _ if silent => 6,
        Status::Failing => 0,
        Status::Degraded => 1,
        Status::Healthy => 2,
        Status::Idle => 3,
        Status::Unknown => 4,
        Status::TooFewRequests => 5,
    }]
}

/// All but a trace counts as all.
const ALL_MTLS: f64 = 0.999;

impl Operand {
    pub(super) fn is_about_edges(self) -> bool {
        !matches!(
            self,
            Self::Word
                | Self::Namespace
                | Self::App
                | Self::Name
                | Self::Version
                | Self::Workload
                | Self::Service
                | Self::Cluster
                | Self::Kind
                | Self::Root
                | Self::Outside
                | Self::Waypoint
                | Self::Worse
        )
    }

    /// None: it is about something that this has not.
    pub(super) fn fits_text(self, about: About<'_>, by_pattern: bool, wanted: &str) -> Option<bool> {
        if let Some(flag) = self.flag(about) {
            return Some(flag);
        }
        let texts = self.texts(about)?;
        let part = self == Self::Word;
        Some(texts.into_iter().any(|text| {
            let text = text.to_ascii_lowercase();
            if by_pattern {
                pattern::fits(wanted, &text)
            } else if part {
                text.contains(wanted)
            } else {
                text == wanted
            }
        }))
    }

    /// The values that a test of text is about: any of them may fit.
    pub(super) fn texts<'a>(self, about: About<'a>) -> Option<Vec<&'a str>> {
        let mut texts = Vec::new();
        match (self, about) {
            (Self::Health, About::Edge(edge, _)) => {
                texts.push(health_word(edge.health.status, edge.flags.silent));
            }
            (Self::Health, About::Node(node)) => {
                texts.push(health_word(node.health.status, node.flags.silent));
            }
            (Self::Mtls, _) => texts.push(match mtls_share(about) {
                None => "unknown",
                Some(share) if share >= ALL_MTLS => "yes",
                Some(_) => "no",
            }),
            (Self::Protocol, About::Edge(edge, _)) => texts.push(PROTOCOLS[edge.protocol as usize]),
            // A card counts http and gRPC together; the lines tell them apart.
            (Self::Protocol, About::Node(node)) if node.tcp.is_some() => {
                texts.push(PROTOCOLS[Protocol::Tcp as usize]);
            }
            (_, About::Edge(..)) | (Self::Protocol, _) => return None,
            (_, About::Node(node)) => {
                let word = self == Self::Word;
                let mut add = |own: Self, text: Option<&'a String>| {
                    if self == own || (word && own != Self::Namespace && own != Self::Cluster) {
                        texts.extend(text.map(String::as_str));
                    }
                };
                add(Self::Name, Some(&node.name));
                add(Self::Namespace, node.namespace.as_ref());
                add(Self::Cluster, node.cluster.as_ref());
                add(Self::App, node.app.as_ref());
                add(Self::Workload, node.workload.as_ref());
                add(Self::Service, node.service.as_ref());
                for row in &node.versions {
                    add(Self::Workload, Some(&row.workload));
                }
                if self == Self::Version {
                    texts.extend(node.version.as_deref());
                    texts.extend(node.versions.iter().map(|row| row.name.as_str()));
                }
                if self == Self::Kind {
                    texts.push(KINDS[node.kind as usize]);
                }
            }
        }
        Some(texts)
    }

    fn flag(self, about: About<'_>) -> Option<bool> {
        let [idle, silent, cycle] = match about {
            About::Node(node) => [node.flags.idle, node.flags.silent, node.flags.cycle],
            About::Edge(edge, _) => [edge.flags.idle, edge.flags.silent, edge.flags.cycle],
        };
        Some(match (self, about) {
            (Self::Idle, _) => idle,
            (Self::Silent, _) => silent,
            (Self::Cycle, _) => cycle,
            (Self::Root, About::Node(node)) => node.flags.root,
            (Self::Outside, About::Node(node)) => node.flags.outside,
            (Self::Waypoint, About::Node(node)) => node.flags.waypoint,
            (Self::Worse, About::Node(node)) => node
                .versions
                .iter()
                .any(|row| row.comparison.as_ref().is_some_and(|found| found.verdict == Verdict::Worse)),
            _ => return None,
        })
    }

    /// None where it is not known.
    pub(super) fn number(self, about: About<'_>) -> Option<f64> {
        let (requests, tcp, latency, volume) = match about {
            About::Node(node) => (&node.requests, &node.tcp, &node.latency, &node.volume),
            About::Edge(edge, _) => (&edge.requests, &edge.tcp, &edge.latency, &edge.volume),
        };
        match self {
            Self::Rate => Some(requests.as_ref()?.rate_rps),
            Self::Errors => Some(requests.as_ref()?.error_share? * 100.0),
            Self::Unreached => Some(requests.as_ref()?.unreached_rps.unwrap_or(0.0)),
            Self::P50 => Some(latency.as_ref()?.p50?.ms),
            Self::P90 => Some(latency.as_ref()?.p90?.ms),
            Self::P95 => Some(latency.as_ref()?.p95?.ms),
            Self::P99 => Some(latency.as_ref()?.p99?.ms),
            Self::Mean => latency.as_ref()?.mean_ms,
            Self::MtlsShare => Some(mtls_share(about)? * 100.0),
            Self::Open => tcp.as_ref()?.open,
            Self::Bytes => {
                let of_tcp = tcp.as_ref().map(|tcp| [tcp.sent_bytes_per_s, tcp.received_bytes_per_s]);
                let of_requests =
                    volume.as_ref().map(|volume| [volume.request_bytes_per_s, volume.response_bytes_per_s]);
                let both = of_tcp.into_iter().chain(of_requests).flatten().flatten();
                both.reduce(|a, b| a + b)
            }
            Self::Share => match about {
                About::Edge(edge, _) => Some(edge.source_share? * 100.0),
                About::Node(_) => None,
            },
            _ => None,
        }
    }
}

fn mtls_share(about: About<'_>) -> Option<f64> {
    match about {
        About::Node(node) => node.mtls_share,
        About::Edge(edge, _) => edge.mtls_share,
    }
}
