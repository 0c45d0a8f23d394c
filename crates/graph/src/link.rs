//! One edge's chosen traffic for one service, summed: the grain that every view is put together from.
//! It must not know how a side was chosen, nor what is drawn.

use crate::{
    figures::{
        Answer, Figures, LatencySums, OtherSide, RequestSums, SecuritySums, TcpSums, VolumeSums, add_some,
    },
    flow::{Asked, Measure, Reporter, Security, Tags},
    histogram::Grid,
    place::{PlaceId, Service},
    reporter::{Chosen, Heard, Row, Timed},
    sample::Symbols,
    snapshot::Snapshot,
};
use model::Protocol;

#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) source: PlaceId,
    pub(crate) destination: PlaceId,
    pub(crate) asked: Asked,
    /// The service of the cluster that was asked for.
    pub(crate) service: Option<Service>,
    pub(crate) protocol: Protocol,
    /// Whose word it rests on, but for rows of their own reporter.
    pub(crate) reporter: Reporter,
    pub(crate) rows: Vec<Row>,
    /// Bytes and connections of TCP.
    pub(crate) tcp_rows: Vec<(Measure, f64)>,
    pub(crate) figures: Figures,
    /// Rows of the installation's own metrics that name it, by their place among them, with its share of each.
    pub(crate) own_rows: Vec<(usize, f64)>,
}

/// Which columns were answered: what was not asked or failed stays unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) requests: bool,
    pub(crate) tcp_sent: bool,
    pub(crate) tcp_received: bool,
    pub(crate) tcp_opened: bool,
    pub(crate) tcp_closed: bool,
    pub(crate) duration_sum: bool,
    pub(crate) duration_count: bool,
    pub(crate) buckets: bool,
    pub(crate) successful_buckets: bool,
    /// With the request, and with the response.
    pub(crate) bytes: [bool; 2],
    pub(crate) sizes: [bool; 2],
    pub(crate) messages: bool,
    pub(crate) tcp_open: bool,
}

impl Answered {
    fn volume(&self) -> bool {
        self.messages || self.bytes.contains(&true) || self.sizes.contains(&true)
    }
}

/// What summing needs to know.
#[derive(Debug)]
pub(crate) struct Summing<'a> {
    pub(crate) symbols: &'a Symbols,
    pub(crate) grid: &'a Grid,
    /// Of sizes.
    pub(crate) sizes: &'a Grid,
    /// By the store of the side that counts.
    pub(crate) answered: Answered,
    /// By that of the other side.
    pub(crate) by_other: Answered,
}

impl Summing<'_> {
    pub(crate) fn link(&self, chosen: Chosen, service: Option<Service>) -> Link {
        let Chosen { source, destination, protocol, heard, mut rows, other, last_seen_s, known } = chosen;
        rows.sort_by(|a, b| {
            self.tag_texts(&a.tags).cmp(&self.tag_texts(&b.tags)).then(a.rate.total_cmp(&b.rate))
        });
        let mut figures = Figures { known, last_seen_s, ..Figures::default() };
        if protocol == Protocol::Tcp {
            self.sum_tcp(&heard, &mut figures);
        } else {
            self.sum_requests(protocol, &rows, &mut figures);
            figures.latency = self.timed(&heard.all);
            figures.successful = self.timed(&heard.successful);
            figures.volume = self.answered.volume().then(|| Box::new(self.volume(protocol, &heard)));
        }
        let told = self.by_other.requests || !self.answered.requests;
        figures.other = self.other_side(protocol, other.as_ref().filter(|_| told), &figures);
        Link {
            source,
            destination,
            asked: heard.asked,
            service,
            protocol,
            reporter: heard.reporter,
            rows,
            tcp_rows: heard.tcp,
            figures,
            own_rows: Vec::new(),
        }
    }

    fn tag_texts(&self, tags: &Tags) -> [&str; 6] {
        [
            self.symbols.text(tags.code),
            self.symbols.text(tags.grpc_status),
            self.symbols.text(tags.flags),
            self.symbols.text(tags.source_principal),
            self.symbols.text(tags.destination_principal),
            match tags.security {
                Security::MutualTls => "m",
                Security::Plain => "p",
                Security::Unknown => "u",
            },
        ]
    }

    pub(crate) fn answer(&self, protocol: Protocol, tags: &Tags) -> Answer {
        Answer::new(protocol, self.symbols.text(tags.code), self.symbols.text(tags.grpc_status))
    }

    fn sum_requests(&self, protocol: Protocol, rows: &[Row], figures: &mut Figures) {
        let mut sums = RequestSums::default();
        for row in rows {
            sums.count(protocol, self.answer(protocol, &row.tags), row.rate);
            if row.unreached {
                sums.unreached += row.rate;
            }
            figures.request_security.count(security(row.reporter, &row.tags, self.symbols), row.rate);
        }
        figures.requests = self.answered.requests.then_some(sums);
    }

    fn timed(&self, timed: &Timed) -> LatencySums {
        LatencySums {
            sum: self.answered.duration_sum.then_some(timed.sum),
            count: self.answered.duration_count.then_some(timed.count),
            buckets: self.grid.sum(&timed.buckets),
        }
    }

    fn volume(&self, protocol: Protocol, heard: &Heard) -> VolumeSums {
        let answered = self.answered;
        let mut volume = VolumeSums::default();
        for (way, carried) in heard.carried.iter().enumerate() {
            volume.bytes[way] = answered.bytes[way].then_some(carried.bytes);
            // Only gRPC has messages, and not every proxy counts them.
            let has_messages = answered.messages && protocol == Protocol::Grpc && carried.messages > 0.0;
            volume.messages[way] = has_messages.then_some(carried.messages);
            volume.sizes[way] = self.sizes.sum(&carried.sizes);
        }
        volume
    }

    fn sum_tcp(&self, heard: &Heard, figures: &mut Figures) {
        let zero = |answered: bool| answered.then_some(0.0);
        let answered = self.answered;
        let mut tcp = TcpSums {
            sent: zero(answered.tcp_sent),
            received: zero(answered.tcp_received),
            opened: zero(answered.tcp_opened),
            closed: zero(answered.tcp_closed),
            flagged: zero(answered.tcp_closed || answered.tcp_opened),
            open: answered.tcp_open.then_some(heard.open.unwrap_or(0.0)),
        };
        let mut secured = SecuritySums::default();
        for (measure, rate) in &heard.tcp {
            let (slot, tags, bytes, ends) = match measure {
                Measure::TcpSent(tags) => (&mut tcp.sent, tags, true, false),
                Measure::TcpReceived(tags) => (&mut tcp.received, tags, true, false),
                Measure::TcpOpened(tags) => (&mut tcp.opened, tags, false, !answered.tcp_closed),
                Measure::TcpClosed(tags) => (&mut tcp.closed, tags, false, true),
                _ => continue,
            };
            add_some(slot, Some(*rate), 1.0);
            if ends && !matches!(self.symbols.text(tags.flags), "" | "-") {
                add_some(&mut tcp.flagged, Some(*rate), 1.0);
            }
            if bytes {
                secured.count(security(heard.reporter, tags, self.symbols), *rate);
            }
        }
        figures.tcp_security = secured;
        figures.tcp = Some(tcp);
    }

    /// Where only one side spoke, its figures stand for both, so that sums over links compare like with like.
    fn other_side(&self, protocol: Protocol, other: Option<&Heard>, own: &Figures) -> OtherSide {
        let Some(other) = other else {
            let requests = own.requests.unwrap_or_default();
            return OtherSide {
                reporter: None,
                rate: requests.rate,
                errors: requests.errors,
                duration_sum: own.latency.sum.unwrap_or(0.0),
                duration_count: own.latency.count.unwrap_or(0.0),
            };
        };
        // One without the other makes no mean.
        let timed = self.by_other.duration_sum && self.by_other.duration_count;
        let mut sums = RequestSums::default();
        for (tags, rate) in &other.requests {
            sums.count(protocol, self.answer(protocol, tags), *rate);
        }
        OtherSide {
            reporter: (protocol != Protocol::Tcp && self.answered.requests).then(|| other.reporter.word()),
            rate: sums.rate,
            errors: sums.errors,
            duration_sum: if timed { other.all.sum } else { 0.0 },
            duration_count: if timed { other.all.count } else { 0.0 },
        }
    }
}

impl Link {
    /// Requests a second with this code of HTTP, or this status of gRPC.
    pub(crate) fn rate_of(&self, snapshot: &Snapshot, protocol: Protocol, code: &str) -> f64 {
        if self.protocol != protocol {
            return 0.0;
        }
        let said = |row: &&Row| {
            let tag = if protocol == Protocol::Grpc { row.tags.grpc_status } else { row.tags.code };
            snapshot.text(tag) == code
        };
        self.rows.iter().filter(said).map(|row| row.rate).sum()
    }
}

/// A caller cannot tell whether it was plain; a certificate's name is its only evidence of mutual TLS.
pub(crate) fn security(reporter: Reporter, tags: &Tags, symbols: &Symbols) -> Security {
    let certified = symbols.text(tags.destination_principal).starts_with("spiffe://");
    match (reporter, tags.security) {
        (Reporter::Source, Security::MutualTls) => Security::MutualTls,
        (Reporter::Source, _) if certified => Security::MutualTls,
        (Reporter::Source, _) => Security::Unknown,
        (_, stated) => stated,
    }
}
