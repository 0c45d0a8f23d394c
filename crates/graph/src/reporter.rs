//! The reporter rule: one side per edge and protocol is its truth, and the other is kept beside it.
//! There is no other rule about reporters anywhere.

use crate::{
    flow::{Asked, Channel, Flow, Measure, Measured, Outcome, Reporter, Rung, Tags, Way},
    place::{Place, PlaceId},
    sample::{Symbol, Symbols},
};
use model::Protocol;
use rustc_hash::{FxHashMap, FxHashSet};

/// Flags of requests that no server can have seen. UT, UC, UR and DC did reach one.
pub(crate) const NEVER_ARRIVED: [&str; 10] = ["UH", "UF", "UO", "NR", "NC", "DF", "FI", "RL", "RLSE", "UAEX"];

/// The caller counting this much more than the total means that some server pods do not report.
const UNREPORTED_RATIO: f64 = 1.05;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    pub(crate) tags: Tags,
    pub(crate) reporter: Reporter,
    /// It never reached a server.
    pub(crate) unreached: bool,
    pub(crate) rate: f64,
}

/// What one reporter said about one edge and one service.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) reporter: Reporter,
    pub(crate) asked: Asked,
    /// The destination was stated to be unknown.
    stated_unknown: bool,
    pub(crate) requests: Vec<(Tags, f64)>,
    pub(crate) tcp: Vec<(Measure, f64)>,
    pub(crate) all: Timed,
    /// Of requests that did not fail.
    pub(crate) successful: Timed,
    /// Connections open now.
    pub(crate) open: Option<f64>,
    /// With the request, and with the response.
    pub(crate) carried: [Carried; 2],
    pub(crate) known: bool,
    last_seen_s: Option<f64>,
}

/// How long requests took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timed {
    pub(crate) sum: f64,
    pub(crate) count: f64,
    pub(crate) buckets: Vec<Rung>,
}

/// What one direction carried.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried {
    pub(crate) bytes: f64,
    pub(crate) messages: f64,
    pub(crate) sizes: Vec<Rung>,
}

impl Heard {
    fn new(reporter: Reporter, asked: Asked) -> Self {
        Self {
            reporter,
            asked,
            stated_unknown: false,
            requests: Vec::new(),
            tcp: Vec::new(),
            all: Timed::default(),
            successful: Timed::default(),
            open: None,
            carried: Default::default(),
            known: false,
            last_seen_s: None,
        }
    }

    fn take(&mut self, flow: &Flow) {
        match flow.measure {
            Measure::Requests(tags) => self.requests.push((tags, flow.value)),
            Measure::TcpSent(_) | Measure::TcpReceived(_) | Measure::TcpOpened(_) | Measure::TcpClosed(_) => {
                self.tcp.push((flow.measure, flow.value));
            }
            Measure::TcpOpen => self.open = Some(self.open.unwrap_or(0.0) + flow.value),
            Measure::DurationSum(outcome) => {
                self.all.sum += flow.value;
                if outcome == Outcome::Successful {
                    self.successful.sum += flow.value;
                }
            }
            Measure::DurationCount(outcome) => {
                self.all.count += flow.value;
                if outcome == Outcome::Successful {
                    self.successful.count += flow.value;
                }
            }
            Measure::Bucket { le_ms, of, ladder } => {
                let timed = if of == Measured::All { &mut self.all } else { &mut self.successful };
                timed.buckets.push(Rung { ladder, bound: le_ms, rate: flow.value });
            }
            Measure::Bytes(way) => self.carried(way).bytes += flow.value,
            Measure::Messages(way) => self.carried(way).messages += flow.value,
            Measure::SizeBucket { le_bytes, way, ladder } => {
                self.carried(way).sizes.push(Rung { ladder, bound: le_bytes, rate: flow.value });
            }
            Measure::Known => self.known = true,
            Measure::LastSeen => {
                self.last_seen_s = Some(self.last_seen_s.map_or(flow.value, |seen| seen.max(flow.value)));
            }
        }
    }

    fn carried(&mut self, way: Way) -> &mut Carried {
        &mut self.carried[usize::from(way == Way::Response)]
    }

    /// 0 counted traffic, 1 only timed it, 2 only remembers it: the reporter is chosen among the best.
    fn worth(&self) -> u8 {
        if !self.requests.is_empty() || !self.tcp.is_empty() {
            0
        } else if self.all.count > 0.0 || !self.all.buckets.is_empty() || self.open.is_some() {
            1
        } else {
            2
        }
    }

    pub(crate) fn rate(&self) -> f64 {
        self.requests.iter().map(|(_, rate)| rate).sum()
    }

    /// Rows of requests and of bytes.
    fn rows(&self) -> usize {
        let bytes =
            |(measure, _): &&(Measure, f64)| matches!(measure, Measure::TcpSent(_) | Measure::TcpReceived(_));
        self.requests.len() + self.tcp.iter().filter(bytes).count()
    }
}

/// Chosen traffic from one place to another for one service and protocol.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub(crate) source: PlaceId,
    pub(crate) destination: PlaceId,
    pub(crate) protocol: Protocol,
    pub(crate) heard: Heard,
    pub(crate) rows: Vec<Row>,
    pub(crate) other: Option<Heard>,
    pub(crate) last_seen_s: Option<f64>,
    /// Anybody has a counter of it.
    pub(crate) known: bool,
}

impl Chosen {
    /// The same edge for another service.
    fn without_traffic(&self, asked: Asked) -> Self {
        Self {
            source: self.source,
            destination: self.destination,
            protocol: self.protocol,
            heard: Heard::new(self.heard.reporter, asked),
            rows: Vec::new(),
            other: None,
            last_seen_s: None,
            known: false,
        }
    }
}

/// A destination of which the side that was not chosen counts more than the chosen one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unreported {
    pub(crate) destination: PlaceId,
    pub(crate) counted: f64,
    pub(crate) by_others: f64,
    /// Who counted more.
    pub(crate) others: Reporter,
}

#[derive(Debug, Default)]
pub(crate) struct Choice {
    pub(crate) chosen: Vec<Chosen>,
    pub(crate) unreported: Vec<Unreported>,
    /// Rows left out: they name no reporter, and a named one counted the same edge.
    pub(crate) unstated_rows: usize,
}

type EdgeKey = (PlaceId, PlaceId, Protocol);

/// Sorts flows by edge and applies the rule to each. `ends` has the places of each channel, none for what was dropped.
pub(crate) fn choose(
    channels: &[Channel],
    ends: &[Option<(PlaceId, PlaceId)>],
    flows: &[Flow],
    reading: &Reading<'_>,
) -> Choice {
    let mut edges: Vec<(EdgeKey, Vec<Heard>)> = Vec::new();
    let mut by_key: FxHashMap<EdgeKey, usize> = FxHashMap::default();
    let mut slots: Vec<Option<(usize, usize)>> = vec![None; channels.len()];
    for (index, channel) in channels.iter().enumerate() {
        let Some((source, destination)) = ends[index] else { continue };
        let key = (source, destination, channel.protocol);
        let edge = *by_key.entry(key).or_insert_with(|| {
            edges.push((key, Vec::new()));
            edges.len() - 1
        });
        let heards = &mut edges[edge].1;
        let found = heards
            .iter()
            .position(|heard| heard.reporter == channel.reporter && heard.asked == channel.asked);
        let slot = found.unwrap_or_else(|| {
            heards.push(Heard::new(channel.reporter, channel.asked));
            heards.len() - 1
        });
        heards[slot].stated_unknown |= channel.destination.stated_unknown;
        slots[index] = Some((edge, slot));
    }
    for flow in flows {
        if let Some((edge, slot)) = slots[flow.channel as usize] {
            edges[edge].1[slot].take(flow);
        }
    }
    let mut choice = Choice::default();
    for (key, heards) in edges {
        choose_side(key, heards, reading, &mut choice);
    }
    choice
}

/// What is needed to understand rows.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) symbols: &'a Symbols,
    pub(crate) places: &'a [Place],
    pub(crate) window_s: f64,
    pub(crate) min_requests: f64,
}

impl Reading<'_> {
    fn flags(&self, flags: Symbol) -> impl Iterator<Item = &str> {
        self.symbols.text(flags).split(',').map(str::trim)
    }

    fn never_arrived(&self, flags: Symbol) -> impl Iterator<Item = &str> {
        self.flags(flags).filter(|flag| NEVER_ARRIVED.contains(flag))
    }

    /// A row of the caller's own report of a destination that nobody answered for.
    fn is_unreached(&self, tags: &Tags, nobody: bool) -> bool {
        let flags = self.symbols.text(tags.flags);
        let code = self.symbols.text(tags.code);
        let unanswered = code == "0" || code.starts_with('5') || !matches!(flags, "" | "-");
        self.never_arrived(tags.flags).next().is_some() || (nobody && unanswered)
    }
}

fn choose_side(key: EdgeKey, heards: Vec<Heard>, reading: &Reading<'_>, choice: &mut Choice) {
    let (source, destination, protocol) = key;
    let worth = heards.iter().map(Heard::worth).min().unwrap_or(2);
    let truth = heards.iter().filter(|heard| heard.worth() == worth).map(|heard| heard.reporter).min();
    let Some(truth) = truth else { return };
    let nobody_there =
        matches!(reading.places[destination as usize], Place::Service(_) | Place::NoRoute { .. });
    let seen: Vec<(Asked, Option<f64>, bool)> =
        heards.iter().map(|h| (h.asked, h.last_seen_s, h.known)).collect();
    let (chosen, others): (Vec<Heard>, Vec<Heard>) = heards.into_iter().partition(|h| h.reporter == truth);
    let mut links: Vec<Chosen> = chosen
        .into_iter()
        .map(|heard| {
            let nobody = nobody_there && heard.stated_unknown && truth == Reporter::Source;
            let row = |(tags, rate): &(Tags, f64)| Row {
                tags: *tags,
                reporter: truth,
                unreached: truth == Reporter::Source && reading.is_unreached(tags, nobody),
                rate: *rate,
            };
            let rows = heard.requests.iter().map(row).collect();
            Chosen {
                source,
                destination,
                protocol,
                heard,
                rows,
                other: None,
                last_seen_s: None,
                known: false,
            }
        })
        .collect();
    choice.unstated_rows +=
        others.iter().filter(|heard| heard.reporter == Reporter::Unstated).map(Heard::rows).sum::<usize>();
    if truth < Reporter::Source {
        add_what_never_arrived(&mut links, &others, reading);
        choice.unreported.extend(unreported(destination, &links, &others, reading));
    }
    keep_other_side(&mut links, others);
    for (asked, seen_s, known) in seen {
        let at = links.iter().position(|link| link.heard.asked == asked).unwrap_or(0);
        links[at].known |= known;
        let slot = &mut links[at].last_seen_s;
        *slot = slot.map_or(seen_s, |held| Some(seen_s.map_or(held, |seen_s| held.max(seen_s))));
    }
    choice.chosen.extend(links);
}

/// From the caller's side only what no server can have seen: a flag that the server's own rows for this edge lack.
/// (Requests whose destination is unknown have an edge of their own, where the caller is the only one to speak.)
fn add_what_never_arrived(links: &mut Vec<Chosen>, others: &[Heard], reading: &Reading<'_>) {
    let by_server: FxHashSet<String> = links
        .iter()
        .flat_map(|link| link.rows.iter())
        .flat_map(|row| reading.flags(row.tags.flags))
        .map(str::to_owned)
        .collect();
    for heard in others.iter().filter(|heard| heard.reporter == Reporter::Source) {
        for (tags, rate) in &heard.requests {
            if !reading.never_arrived(tags.flags).any(|flag| !by_server.contains(flag)) {
                continue;
            }
            let at = links.iter().position(|link| link.heard.asked == heard.asked).unwrap_or_else(|| {
                let empty = links[0].without_traffic(heard.asked);
                links.push(empty);
                links.len() - 1
            });
            links[at].rows.push(Row {
                tags: *tags,
                reporter: Reporter::Source,
                unreached: true,
                rate: *rate,
            });
        }
    }
}

fn unreported(
    destination: PlaceId,
    links: &[Chosen],
    others: &[Heard],
    reading: &Reading<'_>,
) -> Option<Unreported> {
    let counted: f64 = links.iter().flat_map(|link| &link.rows).map(|row| row.rate).sum();
    let by =
        |reporter| others.iter().filter(|heard| heard.reporter == reporter).map(Heard::rate).sum::<f64>();
    let (by_others, others) = [Reporter::Source, Reporter::Destination]
        .map(|reporter| (by(reporter), reporter))
        .into_iter()
        .max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    // A handful of requests differ by where in the scrape they fall.
    let enough = by_others * reading.window_s >= reading.min_requests;
    (enough && by_others > counted * UNREPORTED_RATIO).then_some(Unreported {
        destination,
        counted,
        by_others,
        others,
    })
}

/// The caller's view if it spoke, else the next one.
fn keep_other_side(links: &mut [Chosen], others: Vec<Heard>) {
    let preferred = [Reporter::Source, Reporter::Destination, Reporter::Unstated]
        .into_iter()
        .find(|reporter| others.iter().any(|heard| heard.reporter == *reporter && heard.worth() < 2));
    let Some(preferred) = preferred else { return };
    for heard in others.into_iter().filter(|heard| heard.reporter == preferred) {
        let at = links.iter().position(|link| link.heard.asked == heard.asked).unwrap_or(0);
        match &mut links[at].other {
            Some(other) => {
                other.requests.extend(heard.requests);
                other.all.sum += heard.all.sum;
                other.all.count += heard.all.count;
            }
            slot => *slot = Some(heard),
        }
    }
}
