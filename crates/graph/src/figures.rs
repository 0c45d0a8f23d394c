//! Sums of what was measured, which links, edges, rows and nodes have in common, and the wire's figures from them.
//! It must not know who reported, nor what is drawn.

use crate::{
    custom,
    flow::Security,
    histogram::{Buckets, Grid},
};
use model::{
    Protocol,
    traffic::{Latency, Requests, SideGap, Size, Tcp, Volume},
};

/// Requests a second, by what health asks about.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct RequestSums {
    pub(crate) rate: f64,
    pub(crate) errors: f64,
    /// Whose answer is known, by a code or a status: without any, errors are unknown and not zero.
    pub(crate) told: f64,
    pub(crate) unreached: f64,
    pub(crate) http: f64,
    pub(crate) http_5xx: f64,
    pub(crate) http_4xx: f64,
    pub(crate) http_silent: f64,
    pub(crate) grpc: f64,
    pub(crate) grpc_failed: f64,
    pub(crate) grpc_silent: f64,
}

/// What a response code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Fine,
    Http4xx,
    Http5xx,
    GrpcFailed,
    NoResponse,
    /// Neither a code nor a status was stated.
    Untold,
}

impl Answer {
    /// `0` is no response. 4xx is no error of HTTP's server, but one of gRPC.
    pub(crate) fn new(protocol: Protocol, code: &str, grpc_status: &str) -> Self {
        let status: Option<u16> = code.parse().ok();
        let grpc = protocol == Protocol::Grpc || !grpc_status.is_empty();
        let failed = grpc_status.parse::<u8>().is_ok_and(|status| (1..=16).contains(&status));
        match status {
            Some(0) => Self::NoResponse,
            Some(400..=599) if grpc => Self::GrpcFailed,
            _ if failed => Self::GrpcFailed,
            Some(500..=599) => Self::Http5xx,
            Some(400..=499) => Self::Http4xx,
            None if code.is_empty() && grpc_status.is_empty() => Self::Untold,
            _ => Self::Fine,
        }
    }

    pub(crate) fn is_error(self) -> bool {
        !matches!(self, Self::Fine | Self::Http4xx | Self::Untold)
    }
}

impl RequestSums {
    pub(crate) fn count(&mut self, protocol: Protocol, answer: Answer, rate: f64) {
        self.rate += rate;
        if answer.is_error() {
            self.errors += rate;
        }
        if answer != Answer::Untold {
            self.told += rate;
        }
        let grpc = protocol == Protocol::Grpc || answer == Answer::GrpcFailed;
        if grpc {
            self.grpc += rate;
        } else {
            self.http += rate;
        }
        match answer {
            Answer::Fine | Answer::Untold => {}
            Answer::Http4xx => self.http_4xx += rate,
            Answer::Http5xx => self.http_5xx += rate,
            Answer::GrpcFailed => self.grpc_failed += rate,
            Answer::NoResponse if grpc => self.grpc_silent += rate,
            Answer::NoResponse => self.http_silent += rate,
        }
    }

    pub(crate) fn add(&mut self, other: &Self, weight: f64) {
        let pairs = [
            (&mut self.rate, other.rate),
            (&mut self.errors, other.errors),
            (&mut self.told, other.told),
            (&mut self.unreached, other.unreached),
            (&mut self.http, other.http),
            (&mut self.http_5xx, other.http_5xx),
            (&mut self.http_4xx, other.http_4xx),
            (&mut self.http_silent, other.http_silent),
            (&mut self.grpc, other.grpc),
            (&mut self.grpc_failed, other.grpc_failed),
            (&mut self.grpc_silent, other.grpc_silent),
        ];
        for (mine, theirs) in pairs {
            *mine += theirs * weight;
        }
    }

    pub(crate) fn error_share(&self) -> Option<f64> {
        if self.told > 0.0 { share(self.errors, self.rate) } else { None }
    }
}

/// None of nothing.
pub(crate) fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| (part / whole).clamp(0.0, 1.0))
}

/// Each none where its query failed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct TcpSums {
    pub(crate) sent: Option<f64>,
    pub(crate) received: Option<f64>,
    pub(crate) opened: Option<f64>,
    pub(crate) closed: Option<f64>,
    pub(crate) flagged: Option<f64>,
    pub(crate) open: Option<f64>,
}

impl TcpSums {
    fn add(&mut self, other: &Self, weight: f64) {
        add_some(&mut self.sent, other.sent, weight);
        add_some(&mut self.received, other.received, weight);
        add_some(&mut self.opened, other.opened, weight);
        add_some(&mut self.closed, other.closed, weight);
        add_some(&mut self.flagged, other.flagged, weight);
        add_some(&mut self.open, other.open, weight);
    }

    /// Both directions, as far as known.
    pub(crate) fn bytes(&self) -> Option<f64> {
        match (self.sent, self.received) {
            (None, None) => None,
            (sent, received) => Some(sent.unwrap_or(0.0) + received.unwrap_or(0.0)),
        }
    }
}

pub(crate) fn add_some(mine: &mut Option<f64>, theirs: Option<f64>, weight: f64) {
    if let Some(theirs) = theirs {
        *mine.get_or_insert(0.0) += theirs * weight;
    }
}

/// Traffic whose protection is known, in requests or in bytes a second.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct SecuritySums {
    pub(crate) mutual: f64,
    /// By the word of whoever received it.
    pub(crate) plain: f64,
}

impl SecuritySums {
    pub(crate) fn count(&mut self, security: Security, rate: f64) {
        match security {
            Security::MutualTls => self.mutual += rate,
            Security::Plain => self.plain += rate,
            Security::Unknown => {}
        }
    }

    fn add(&mut self, other: &Self, weight: f64) {
        self.mutual += other.mutual * weight;
        self.plain += other.plain * weight;
    }

    fn share(&self) -> Option<f64> {
        share(self.mutual, self.mutual + self.plain)
    }
}

/// The side that was not chosen, with the chosen side's own figures where only that one spoke.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct OtherSide {
    /// None: no other side spoke about any part of this.
    pub(crate) reporter: Option<&'static str>,
    pub(crate) rate: f64,
    pub(crate) errors: f64,
    pub(crate) duration_sum: f64,
    pub(crate) duration_count: f64,
}

/// How long requests took; each none where its query failed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct LatencySums {
    pub(crate) sum: Option<f64>,
    pub(crate) count: Option<f64>,
    pub(crate) buckets: Buckets,
}

impl LatencySums {
    fn add(&mut self, more: &Self, weight: f64) {
        add_some(&mut self.sum, more.sum, weight);
        add_some(&mut self.count, more.count, weight);
        if !more.buckets.is_empty() {
            self.buckets.add(&more.buckets, weight);
        }
    }

    pub(crate) fn model(&self, grid: &Grid) -> Option<Latency> {
        let mean_ms = self.sum.zip(self.count).and_then(|(sum, count)| mean(sum, count));
        let quantile = |q| self.buckets.quantile(grid, q);
        let latency = Latency {
            mean_ms,
            p50: quantile(0.5),
            p90: quantile(0.9),
            p95: quantile(0.95),
            p99: quantile(0.99),
        };
        (latency != Latency::default()).then_some(latency)
    }
}

/// What requests carried, with the request and with the response; each none where it was not asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct VolumeSums {
    pub(crate) bytes: [Option<f64>; 2],
    pub(crate) messages: [Option<f64>; 2],
    pub(crate) sizes: [Buckets; 2],
}

impl VolumeSums {
    fn add(&mut self, more: &Self, weight: f64) {
        for way in 0..2 {
            add_some(&mut self.bytes[way], more.bytes[way], weight);
            add_some(&mut self.messages[way], more.messages[way], weight);
            if !more.sizes[way].is_empty() {
                self.sizes[way].add(&more.sizes[way], weight);
            }
        }
    }

    /// The mean is of all requests, each of which has a body of some size, if only nothing.
    fn size(&self, way: usize, grid: &Grid, rate: f64) -> Option<Size> {
        let quantile = |q| self.sizes[way].quantile(grid, q);
        let p95 = quantile(0.95);
        let size = Size {
            mean_bytes: self.bytes[way].and_then(|bytes| mean(bytes, rate)),
            p50_bytes: quantile(0.5).map(|quantile| quantile.ms),
            p95_bytes: p95.map(|quantile| quantile.ms),
            at_least: p95.is_some_and(|quantile| quantile.at_least),
        };
        (size != Size::default()).then_some(size)
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Figures {
    /// None for TCP, and where the query failed.
    pub(crate) requests: Option<RequestSums>,
    /// None but for TCP.
    pub(crate) tcp: Option<TcpSums>,
    pub(crate) latency: LatencySums,
    /// Of requests that did not fail.
    pub(crate) successful: LatencySums,
    /// None unless somebody asked for any of it.
    pub(crate) volume: Option<Box<VolumeSums>>,
    /// Of the installation's own metrics; none where no row of any spoke of it.
    pub(crate) custom: Option<Box<custom::Figures>>,
    /// It has a counter, whether that moves or not.
    pub(crate) known: bool,
    pub(crate) request_security: SecuritySums,
    pub(crate) tcp_security: SecuritySums,
    pub(crate) other: OtherSide,
    /// Unix second of the last traffic, where the slow lane told.
    pub(crate) last_seen_s: Option<f64>,
}

impl Figures {
    pub(crate) fn add(&mut self, more: &Self, weight: f64) {
        if let Some(requests) = &more.requests {
            self.requests.get_or_insert_default().add(requests, weight);
        }
        if let Some(tcp) = &more.tcp {
            self.tcp.get_or_insert_default().add(tcp, weight);
        }
        self.latency.add(&more.latency, weight);
        self.successful.add(&more.successful, weight);
        if let Some(volume) = &more.volume {
            self.volume.get_or_insert_default().add(volume, weight);
        }
        if let Some(more) = &more.custom {
            self.custom.get_or_insert_default().add(more, weight);
        }
        self.known |= more.known;
        self.request_security.add(&more.request_security, weight);
        self.tcp_security.add(&more.tcp_security, weight);
        self.other.reporter = self.other.reporter.or(more.other.reporter);
        self.other.rate += more.other.rate * weight;
        self.other.errors += more.other.errors * weight;
        self.other.duration_sum += more.other.duration_sum * weight;
        self.other.duration_count += more.other.duration_count * weight;
        self.last_seen_s = match (self.last_seen_s, more.last_seen_s) {
            (Some(mine), Some(theirs)) => Some(mine.max(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
    }

    pub(crate) fn model_requests(&self, window_s: f64) -> Option<Requests> {
        let sums = self.requests.as_ref()?;
        Some(Requests {
            rate_rps: sums.rate,
            error_rate_rps: sums.errors,
            error_share: sums.error_share(),
            count: sums.rate * window_s,
            unreached_rps: (sums.unreached > 0.0).then_some(sums.unreached),
        })
    }

    pub(crate) fn model_tcp(&self) -> Option<Tcp> {
        self.tcp.map(|tcp| Tcp {
            sent_bytes_per_s: tcp.sent,
            received_bytes_per_s: tcp.received,
            opened_per_s: tcp.opened,
            closed_per_s: tcp.closed,
            flagged_per_s: tcp.flagged,
            open: tcp.open,
        })
    }

    pub(crate) fn model_volume(&self, grid: &Grid) -> Option<Volume> {
        let sums = self.volume.as_ref()?;
        let rate = self.requests.map_or(0.0, |requests| requests.rate);
        let volume = Volume {
            request_bytes_per_s: sums.bytes[0],
            response_bytes_per_s: sums.bytes[1],
            sent_messages_per_s: sums.messages[0],
            received_messages_per_s: sums.messages[1],
            request_size: sums.size(0, grid, rate),
            response_size: sums.size(1, grid, rate),
        };
        (volume != Volume::default()).then_some(volume)
    }

    /// By requests where there are any, else by bytes: the two do not add up.
    pub(crate) fn mtls_share(&self) -> Option<f64> {
        self.request_security.share().or_else(|| self.tcp_security.share())
    }

    pub(crate) fn side_gap(&self) -> Option<SideGap> {
        let reporter = self.other.reporter?;
        Some(SideGap {
            reporter: reporter.to_owned(),
            rate_rps: self.other.rate,
            error_share: share(self.other.errors, self.other.rate)
                .filter(|_| self.requests.is_some_and(|requests| requests.told > 0.0)),
            mean_ms: mean(self.other.duration_sum, self.other.duration_count),
        })
    }

    /// Whether anything moved in the window.
    pub(crate) fn moved(&self) -> bool {
        self.requests.is_some_and(|requests| requests.rate > 0.0)
            || self.tcp.is_some_and(|tcp| {
                [tcp.sent, tcp.received, tcp.opened, tcp.closed].iter().flatten().any(|rate| *rate > 0.0)
            })
            || self.latency.count.is_some_and(|count| count > 0.0)
    }

    /// Known from its counters alone: nothing moved for as long as is looked back.
    pub(crate) fn is_idle(&self) -> bool {
        self.known && self.last_seen_s.is_none() && !self.moved()
    }

    pub(crate) fn bytes(&self) -> usize {
        let sizes = self.volume.as_ref().map_or(0, |volume| {
            size_of::<VolumeSums>() + volume.sizes.iter().map(Buckets::bytes).sum::<usize>()
        });
        size_of::<Self>() + self.latency.buckets.bytes() + self.successful.buckets.bytes() + sizes
    }
}

fn mean(sum: f64, count: f64) -> Option<f64> {
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_error_depends_on_the_protocol() {
        use {Answer as A, Protocol as P};
        let cases = [
            (P::Http, "200", "", A::Fine, false),
            (P::Http, "302", "", A::Fine, false),
            (P::Http, "404", "", A::Http4xx, false),
            (P::Http, "503", "", A::Http5xx, true),
            (P::Http, "0", "", A::NoResponse, true),
            (P::Http, "", "", A::Untold, false),
            (P::Grpc, "200", "0", A::Fine, false),
            (P::Grpc, "200", "14", A::GrpcFailed, true),
            (P::Grpc, "200", "17", A::Fine, false),
            (P::Grpc, "404", "", A::GrpcFailed, true),
            (P::Grpc, "0", "", A::NoResponse, true),
        ];
        for (protocol, code, status, answer, error) in cases {
            let got = Answer::new(protocol, code, status);
            assert_eq!((got, got.is_error()), (answer, error), "{protocol:?} {code} {status}");
        }
    }
}
