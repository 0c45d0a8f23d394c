//! Istio's rows to flows: which label stands in for which, and which are missing.
//! It must not know queries or views.

use super::{
    BY_CUSTOM, DIRECTION, OPERATION, PRESENCE_STEP_S, SECONDS, SENT, UNIT, meanings::Meanings, missing,
};
use crate::{
    answers::Answers,
    custom::{CustomFlow, EndName},
    dialect::DurationUnit,
    figures::Answer,
    flow::{
        Asked, Channel, Field, Flow, Flows, Intent, Ladder, Measure, Measured, Outcome, Party, Tags, Way,
    },
    form::Form,
    query::QueryKind,
    sample::{RangeTable, Symbol, Table},
    union::STORE_CLUSTER,
};
use model::Protocol;
use rustc_hash::FxHashMap;

pub(super) fn flows(answers: &Answers) -> Flows {
    let mut reader = Reader::new(answers);
    for kind in QueryKind::ALL {
        if let Some(table) = answers.table(kind) {
            if kind == QueryKind::IntendedWeight {
                reader.intents(table);
            } else {
                reader.table(kind, table);
            }
        }
        if let Some(series) = answers.series(kind) {
            reader.presence(kind, series);
        }
    }
    for (metric, kind) in QueryKind::CUSTOM.into_iter().enumerate() {
        if let Some(table) = answers.table(kind) {
            reader.custom(metric, table);
        }
    }
    let mut flows = reader.flows;
    flows.notes = missing::notes(answers);
    flows.common_bounds_ms = common_bounds_ms(answers);
    let probe = &answers.origin.probe;
    let exponential = |form: Form, kinds: [QueryKind; 2]| {
        let mut tables = kinds.into_iter().filter_map(|kind| answers.table(kind));
        form == Form::Native && tables.all(|buckets| !buckets.custom_bounds)
    };
    flows.exponential = [
        exponential(probe.durations, [QueryKind::DurationBucket, QueryKind::SuccessfulBucket]),
        exponential(probe.sizes, [QueryKind::RequestSize, QueryKind::ResponseSize]),
    ];
    flows
}

/// Bounds that rows of either unit have, in milliseconds.
fn common_bounds_ms(answers: &Answers) -> Vec<f64> {
    let buckets = answers.table(QueryKind::DurationBucket);
    let Some(table) = buckets.filter(|_| answers.origin.probe.duration == DurationUnit::Both) else {
        return Vec::new();
    };
    let unit = Columns::new([UNIT], &table.labels);
    let (mut ms, mut seconds) = (Vec::new(), Vec::new());
    for (index, le) in table.le.iter().copied().enumerate().filter(|(index, _)| !table.is_whole(*index)) {
        let [unit] = unit.cells(table.row(index));
        if answers.symbols.text(unit) == SECONDS { seconds.push(le * 1000.0) } else { ms.push(le) }
    }
    for bounds in [&mut ms, &mut seconds] {
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
    }
    let near = |a: f64, b: f64| a.total_cmp(&b).is_eq() || (a - b).abs() <= 1e-9 * a.abs();
    ms.retain(|bound| seconds.iter().any(|other| near(*bound, *other)));
    ms
}

/// Labels that name a channel: first whom it joins, then what is told apart within.
const IDENTITY: [&str; 20] = identity!("request_protocol", OPERATION);

/// Labels that tell rows of a channel apart, in the order of `Reader::tags`.
const TAGS: [&str; 6] = [
    "response_code",
    "grpc_response_status",
    "response_flags",
    "connection_security_policy",
    "source_principal",
    "destination_principal",
];

/// One row's cells beside its identity.
struct RowRead {
    tags: [Symbol; 6],
    /// Unit and direction, by labels of our own.
    made: [Symbol; 2],
    protocol: Symbol,
    bound: Option<f64>,
    /// It is a bucket of a whole histogram.
    whole: bool,
}

type Identity = [Symbol; IDENTITY.len()];

/// Where each wanted label stands in a row; a label the answer lacks reads as empty.
struct Columns<const N: usize>([Option<usize>; N]);

impl<const N: usize> Columns<N> {
    fn new(wanted: [&str; N], labels: &[&str]) -> Self {
        Self(wanted.map(|name| labels.iter().position(|label| *label == name)))
    }

    fn cells(&self, row: &[Symbol]) -> [Symbol; N] {
        self.0.map(|at| at.map_or(Symbol::EMPTY, |at| row[at]))
    }
}

struct Reader<'a> {
    answers: &'a Answers,
    meanings: Meanings,
    /// By everything that names a channel and whether it is TCP: most rows share theirs with others.
    channels: FxHashMap<(Identity, bool), u32>,
    by_channel: FxHashMap<Channel, u32>,
    ms_per_unit: f64,
    flows: Flows,
}

impl<'a> Reader<'a> {
    fn new(answers: &'a Answers) -> Self {
        Self {
            answers,
            meanings: Meanings::new(&answers.symbols),
            channels: FxHashMap::default(),
            by_channel: FxHashMap::default(),
            ms_per_unit: if answers.origin.probe.duration == DurationUnit::Seconds { 1000.0 } else { 1.0 },
            flows: Flows::default(),
        }
    }

    fn table(&mut self, kind: QueryKind, table: &Table) {
        let identity = Columns::new(IDENTITY, &table.labels);
        let tags = Columns::new(TAGS, &table.labels);
        let made = Columns::new([UNIT, DIRECTION], &table.labels);
        let mut not_numbers = table.not_numbers;
        // How long requests took a while ago does not make a connection of today.
        let only_known = self.answers.earlier_s.contains_key(&kind) && !is_tcp(kind);
        for (index, value) in table.values.iter().copied().enumerate() {
            if !value.is_finite() || value < 0.0 {
                not_numbers += 1;
                continue;
            }
            let row = table.row(index);
            let identity = identity.cells(row);
            let bound = table.le.get(index).copied().filter(|le| !le.is_nan());
            let read = RowRead {
                tags: tags.cells(row),
                made: made.cells(row),
                protocol: identity[18],
                bound,
                whole: table.is_whole(index),
            };
            let Some(measure) = self.measure(kind, &read) else { continue };
            if only_known && !self.channels.contains_key(&(identity, false)) {
                continue;
            }
            let channel = self.channel(identity, is_tcp(kind));
            self.flows.flows.push(Flow { channel, measure, value });
        }
        if not_numbers > 0 {
            self.flows.not_numbers.insert(kind, not_numbers);
        }
    }

    fn measure(&self, kind: QueryKind, row: &RowRead) -> Option<Measure> {
        Some(match kind {
            QueryKind::Requests => Measure::Requests(self.tags(row)),
            QueryKind::TcpSent => Measure::TcpSent(self.tags(row)),
            QueryKind::TcpReceived => Measure::TcpReceived(self.tags(row)),
            QueryKind::TcpOpened => Measure::TcpOpened(self.tags(row)),
            QueryKind::TcpClosed => Measure::TcpClosed(self.tags(row)),
            QueryKind::TcpOpen => Measure::TcpOpen,
            QueryKind::DurationSum => Measure::DurationSum(self.outcome(row)),
            QueryKind::DurationCount => Measure::DurationCount(self.outcome(row)),
            QueryKind::DurationBucket => self.bucket(row, Measured::All)?,
            QueryKind::SuccessfulBucket => self.bucket(row, Measured::Successful)?,
            QueryKind::RequestBytes => Measure::Bytes(Way::Request),
            QueryKind::ResponseBytes => Measure::Bytes(Way::Response),
            QueryKind::RequestSize => size_bucket(row, Way::Request)?,
            QueryKind::ResponseSize => size_bucket(row, Way::Response)?,
            QueryKind::Messages if self.answers.symbols.text(row.made[1]) == SENT => {
                Measure::Messages(Way::Request)
            }
            QueryKind::Messages => Measure::Messages(Way::Response),
            QueryKind::KnownRequests | QueryKind::KnownTcp => Measure::Known,
            QueryKind::IntendedWeight
            | QueryKind::PresenceRequests
            | QueryKind::PresenceTcp
            | QueryKind::NewSeries
            | QueryKind::Custom(_) => return None,
        })
    }

    fn tags(&self, row: &RowRead) -> Tags {
        let [code, grpc_status, flags, security, source_principal, destination_principal] = row.tags;
        Tags {
            code,
            grpc_status: self.meanings.known(grpc_status),
            flags,
            security: self.meanings.security(security),
            source_principal: self.meanings.known(source_principal),
            destination_principal: self.meanings.known(destination_principal),
        }
    }

    fn outcome(&self, row: &RowRead) -> Outcome {
        let symbols = &self.answers.symbols;
        let status = self.meanings.known(row.tags[1]);
        let answer =
            Answer::new(self.protocol(row.protocol), symbols.text(row.tags[0]), symbols.text(status));
        if answer.is_error() { Outcome::Failed } else { Outcome::Successful }
    }

    /// Where both units occur, rows say which is theirs.
    fn bucket(&self, row: &RowRead, of: Measured) -> Option<Measure> {
        let in_seconds = self.answers.symbols.text(row.made[0]) == SECONDS;
        let le_ms = row.bound? * if in_seconds { 1000.0 } else { self.ms_per_unit };
        Some(Measure::Bucket { le_ms, of, ladder: Ladder { whole: row.whole, in_seconds } })
    }

    fn protocol(&self, stated: Symbol) -> Protocol {
        if self.meanings.grpc == Some(stated) { Protocol::Grpc } else { Protocol::Http }
    }

    fn channel(&mut self, identity: Identity, tcp: bool) -> u32 {
        if let Some(index) = self.channels.get(&(identity, tcp)) {
            return *index;
        }
        let channel = self.read_channel(&identity, tcp);
        let channels = &mut self.flows.channels;
        let index = *self.by_channel.entry(channel).or_insert_with(|| {
            channels.push(channel);
            u32::try_from(channels.len() - 1).expect("fewer than four billion channels")
        });
        self.channels.insert((identity, tcp), index);
        index
    }

    fn read_channel(&self, identity: &Identity, tcp: bool) -> Channel {
        let protocol = if tcp { Protocol::Tcp } else { self.protocol(identity[18]) };
        Channel {
            reporter: self.meanings.reporter(identity[0]),
            source: self.party(&identity[1..8]),
            destination: self.party(&identity[8..15]),
            asked: Asked {
                host: self.meanings.known(identity[15]),
                name: self.meanings.known(identity[16]),
                namespace: self.meanings.known(identity[17]),
                operation: self.meanings.known(identity[19]),
            },
            protocol,
        }
    }

    /// Cells: cluster, namespace, workload, canonical service, app, canonical revision, version.
    fn party(&self, cells: &[Symbol]) -> Party {
        let m = &self.meanings;
        let workload = m.known(cells[2]);
        let first =
            |choices: &[(Symbol, Field)]| choices.iter().copied().find(|(symbol, _)| !symbol.is_empty());
        let app = first(&[
            (m.known(cells[3]), Field::CanonicalApp),
            (m.known(cells[4]), Field::App),
            (workload, Field::Workload),
        ]);
        let version =
            first(&[(m.version(cells[5]), Field::CanonicalVersion), (m.version(cells[6]), Field::Version)]);
        let stated = m.is_unknown(cells[2]) && (m.is_unknown(cells[3]) || m.is_unknown(cells[4]));
        Party {
            cluster: m.known(cells[0]),
            namespace: m.known(cells[1]),
            workload,
            app: app.map_or(Symbol::EMPTY, |(symbol, _)| symbol),
            version: version.map_or(Symbol::EMPTY, |(symbol, _)| symbol),
            app_from: app.map(|(_, field)| field),
            version_from: version.map(|(_, field)| field),
            stated_unknown: stated && app.is_none(),
        }
    }

    /// When each channel was last seen moving, from points a step apart.
    fn presence(&mut self, kind: QueryKind, series: &RangeTable) {
        let window = self.answers.window;
        let identity = Columns::new(IDENTITY, &series.labels);
        let last = |points: &[(f64, f64)]| {
            points.iter().filter(|(_, value)| *value > 0.0).map(|(at_s, _)| *at_s).fold(f64::NAN, f64::max)
        };
        let newest_s = series.points.iter().map(|points| last(points)).fold(f64::NAN, f64::max);
        // The slow lane may be a minute older than the rest; a mesh that fell silent as a whole has no newest point.
        let at_s = window.at_s as f64;
        let end_s = if (at_s - newest_s).abs() <= 90.0 { newest_s.min(at_s) } else { at_s };
        let step_s = PRESENCE_STEP_S as f64;
        let scrape_s = window.scrape_interval_s.unwrap_or(15.0);
        for (index, points) in series.points.iter().enumerate() {
            let seen_s = last(points);
            if seen_s.is_nan() {
                continue;
            }
            // A rate stays above zero until its whole range lies after the last increase.
            let live = seen_s > end_s - step_s / 2.0;
            let back_s = (window.silence_s() as f64 - f64::midpoint(scrape_s, step_s)).max(0.0);
            let value = if live { at_s } else { seen_s - back_s };
            let channel = self.channel(identity.cells(series.row(index)), is_tcp(kind));
            self.flows.flows.push(Flow { channel, measure: Measure::LastSeen, value });
        }
    }

    fn custom(&mut self, metric: usize, table: &Table) {
        let columns = Columns::new(BY_CUSTOM, &table.labels);
        let stores = Columns::new([STORE_CLUSTER], &table.labels);
        for (index, value) in table.values.iter().copied().enumerate() {
            let cells = columns.cells(table.row(index));
            let [store] = stores.cells(table.row(index));
            let end = |at: usize| {
                let [name, namespace, cluster] =
                    [at, at + 1, at + 2].map(|at| self.meanings.known(cells[at]));
                EndName { name, namespace, cluster }
            };
            let (source, destination) = (end(0), end(3));
            self.flows.custom.push(CustomFlow { metric, source, destination, cells, store, value });
        }
    }

    fn intents(&mut self, table: &Table) {
        let wanted = ["workload", "exported_namespace", "namespace", STORE_CLUSTER];
        let columns = Columns::new(wanted, &table.labels);
        for (index, weight) in table.values.iter().copied().enumerate() {
            let [workload, exported, namespace, cluster] = columns.cells(table.row(index));
            let namespace = if exported.is_empty() { namespace } else { exported };
            if (0.0..=100.0).contains(&weight) && !workload.is_empty() {
                self.flows.intents.push(Intent { cluster, namespace, workload, share: weight / 100.0 });
            }
        }
    }
}

fn size_bucket(row: &RowRead, way: Way) -> Option<Measure> {
    let ladder = Ladder { whole: row.whole, in_seconds: false };
    Some(Measure::SizeBucket { le_bytes: row.bound?, way, ladder })
}

fn is_tcp(kind: QueryKind) -> bool {
    matches!(
        kind,
        QueryKind::TcpSent
            | QueryKind::TcpReceived
            | QueryKind::TcpOpened
            | QueryKind::TcpClosed
            | QueryKind::TcpOpen
            | QueryKind::PresenceTcp
            | QueryKind::KnownTcp
    )
}
