//! Answers read once: places, links with their chosen figures, and what the telemetry lacks. All views are made from it.
//! It must not know views, health or graph types.

use crate::{
    answers::{Answers, Outcome},
    custom::{self, CustomFlow},
    flow::{Channel, End, Flow, Flows, Intent, Measure, Reporter},
    histogram::{Grid, Rise},
    hops,
    link::{Answered, Link, Summing},
    place::{self, Namespaces, Place, PlaceId, Places, Service},
    quality,
    query::{Origin, QueryKind, Window},
    reporter::{self, Chosen, Reading},
    sample::{Symbol, Symbols},
};
use model::{Warning, graph::Quality};
use rustc_hash::{FxHashMap, FxHashSet};

/// Fewer requests of an edge in the window are not held against the other side's count.
const COMPARABLE_REQUESTS: f64 = 10.0;

#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) origin: Origin,
    pub(crate) window: Window,
    pub(crate) symbols: Symbols,
    pub(crate) places: Places,
    pub(crate) links: Vec<Link>,
    /// The workloads that answered for each service.
    pub(crate) answering: FxHashMap<Service, Vec<PlaceId>>,
    pub(crate) intents: Vec<Intent>,
    /// Rows of the installation's own metrics.
    pub(crate) own_rows: Vec<CustomFlow>,
    pub(crate) grid: Grid,
    /// Bounds of latency that both units have, where there are two.
    pub(crate) common_bounds_ms: Vec<f64>,
    /// Bounds of request and response sizes.
    pub(crate) sizes: Grid,
    pub(crate) answered: Answered,
    pub(crate) buckets_asked: bool,
    pub(crate) quality: Quality,
    pub(crate) warnings: Vec<Warning>,
    /// Queries name a cluster only where there is more than one.
    pub(crate) cluster_count: usize,
}

impl Snapshot {
    /// Memory held, roughly.
    pub fn bytes(&self) -> usize {
        let links: usize = self
            .links
            .iter()
            .map(|link| {
                size_of::<Link>()
                    + link.figures.bytes()
                    + size_of_val(link.rows.as_slice())
                    + size_of_val(link.tcp_rows.as_slice())
                    + size_of_val(link.own_rows.as_slice())
            })
            .sum();
        let places = self.places.all.len() * 2 * size_of::<place::Known>();
        size_of::<Self>() + self.symbols.bytes() + links + places
    }

    pub fn window(&self) -> Window {
        self.window
    }

    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        self.symbols.text(symbol)
    }

    pub(crate) fn window_s(&self) -> f64 {
        self.window.window_s as f64
    }
}

/// What came back, as one thing to look at from all sides. The warnings stand in the snapshot too, and `view` hands
/// them on.
pub fn snapshot(answers: &Answers) -> (Snapshot, Vec<Warning>) {
    let Flows { mut channels, flows, intents, custom, notes, common_bounds_ms, exponential, not_numbers } =
        answers.origin.dialect.flows(answers);
    let mut symbols = answers.symbols.clone();
    let cluster_count = name_clusters(&mut channels);
    let mut places = Places::default();
    let ends = find_places(&channels, &mut places, &mut symbols);
    let half_built =
        flows.iter().filter(|flow| ends[flow.channel as usize].is_none() && is_counted(flow)).count();
    mark_reporting(&channels, &ends, &flows, &mut places);
    let identities: Vec<Place> = places.all.iter().map(|known| known.place).collect();
    let reading = Reading {
        symbols: &symbols,
        places: &identities,
        window_s: answers.window.window_s as f64,
        min_requests: COMPARABLE_REQUESTS,
    };
    let mut choice = reporter::choose(&channels, &ends, &flows, &reading);
    let hops = hops::leave_out(&mut choice.chosen, &places);
    let [grid, sizes] = grids(&flows, exponential);
    let answered = answered(answers, None);
    let stores = Stores::new(answers, answered, &symbols);
    let mut links = links(choice.chosen, &places, &mut symbols, [&grid, &sizes], &stores);
    let answering = answering(&links, &places);
    let known = custom::Known { places: &places, symbols: &symbols, answering: &answering };
    let unplaced = custom::attach(&mut links, &custom, &answers.origin.metrics, &known);
    let counted = quality::Counted {
        half_built,
        hops,
        reporters: reporters(&channels, &flows),
        unreported: &choice.unreported,
        unstated_rows: choice.unstated_rows,
        notes,
        unplaced,
    };
    let warnings = quality::warnings(answers, &not_numbers);
    let mut snapshot = Snapshot {
        origin: answers.origin.clone(),
        window: answers.window,
        answering,
        symbols,
        places,
        links,
        intents,
        own_rows: custom,
        grid,
        common_bounds_ms,
        sizes,
        answered,
        buckets_asked: answers.outcomes.contains_key(&QueryKind::DurationBucket),
        quality: Quality::default(),
        warnings: warnings.clone(),
        cluster_count,
    };
    snapshot.quality = quality::quality(&snapshot, answers, counted);
    (snapshot, warnings)
}

/// A mesh that knows one cluster has one cluster. Where there are more, a destination without one is in its caller's,
/// if its service is known (istio#29373). Gives how many clusters are known.
fn name_clusters(channels: &mut [Channel]) -> usize {
    let known: FxHashSet<Symbol> = channels
        .iter()
        .flat_map(|channel| [channel.source.cluster, channel.destination.cluster])
        .filter(|cluster| !cluster.is_empty())
        .collect();
    let only = known.iter().next().copied().filter(|_| known.len() == 1);
    for channel in channels {
        if channel.destination.cluster.is_empty() && !channel.asked.namespace.is_empty() {
            channel.destination.cluster = channel.source.cluster;
        }
        for cluster in [&mut channel.source.cluster, &mut channel.destination.cluster] {
            if let (Some(only), true) = (only, cluster.is_empty()) {
                *cluster = only;
            }
        }
    }
    known.len()
}

/// None for half-built telemetry.
fn find_places(
    channels: &[Channel],
    places: &mut Places,
    symbols: &mut Symbols,
) -> Vec<Option<(PlaceId, PlaceId)>> {
    let elsewhere = Namespaces::new(channels, symbols);
    let mut ends = Vec::with_capacity(channels.len());
    for channel in channels {
        if place::is_half_built(channel, symbols) {
            ends.push(None);
            continue;
        }
        let source = place::source_place(channel, &elsewhere);
        let destination = place::destination_place(channel, &elsewhere, symbols);
        ends.push(Some((
            places.intern(source, channel.source, End::Source, symbols),
            places.intern(destination, channel.destination, End::Destination, symbols),
        )));
    }
    for known in &mut places.all {
        if known.is_workload() {
            let names = [known.party.workload, known.party.app].map(|symbol| symbols.text(symbol));
            known.is_waypoint = names.into_iter().any(place::is_waypoint_name);
            known.is_gateway = !known.is_waypoint && names.into_iter().any(place::is_gateway_name);
        }
    }
    ends
}

fn mark_reporting(
    channels: &[Channel],
    ends: &[Option<(PlaceId, PlaceId)>],
    flows: &[Flow],
    places: &mut Places,
) {
    let mut spoke = vec![false; channels.len()];
    for flow in flows {
        spoke[flow.channel as usize] = true;
    }
    for ((channel, ends), spoke) in channels.iter().zip(ends).zip(spoke) {
        let Some((source, destination)) = *ends else { continue };
        if !spoke {
            continue;
        }
        let (by_source, by_destination) = match channel.reporter {
            Reporter::Source => (true, false),
            Reporter::Destination | Reporter::Waypoint => (false, true),
            Reporter::Unstated => (true, true),
        };
        places.all[source as usize].reports |= by_source;
        places.all[destination as usize].reports |= by_destination;
    }
}

fn is_counted(flow: &Flow) -> bool {
    matches!(flow.measure, Measure::Requests(_) | Measure::TcpSent(_) | Measure::TcpReceived(_))
}

/// Sorted, so that the order of rows means nothing.
fn links(
    chosen: Vec<Chosen>,
    places: &Places,
    symbols: &mut Symbols,
    [grid, sizes]: [&Grid; 2],
    stores: &Stores,
) -> Vec<Link> {
    let service =
        |chosen: &Chosen| service_of(&places.get(chosen.destination).place, &chosen.heard.asked, symbols);
    let services: Vec<Option<Service>> = chosen.iter().map(service).collect();
    let linked = chosen.into_iter().zip(services).map(|(chosen, service)| {
        let [source, destination] =
            [chosen.source, chosen.destination].map(|end| stores.answered(places.get(end)));
        let by_source = chosen.heard.reporter == Reporter::Source;
        let (answered, by_other) = if by_source { (source, destination) } else { (destination, source) };
        Summing { symbols, grid, sizes, answered, by_other }.link(chosen, service)
    });
    let mut links: Vec<Link> = linked.collect();
    links.sort_by_cached_key(|link| sort_key(link, places, symbols));
    links
}

/// Of latency, and of sizes.
fn grids(flows: &[Flow], exponential: [bool; 2]) -> [Grid; 2] {
    let [latency, sizes] = exponential.map(|is| if is { Rise::Exponential } else { Rise::Even });
    [
        Grid::new(flows.iter().filter_map(bucket_bound).collect(), latency),
        Grid::new(flows.iter().filter_map(size_bound).collect(), sizes),
    ]
}

fn bucket_bound(flow: &Flow) -> Option<f64> {
    match flow.measure {
        Measure::Bucket { le_ms, .. } => Some(le_ms),
        _ => None,
    }
}

fn size_bound(flow: &Flow) -> Option<f64> {
    match flow.measure {
        Measure::SizeBucket { le_bytes, .. } => Some(le_bytes),
        _ => None,
    }
}

/// Which columns the store of a place has, where there are several.
struct Stores {
    whole: Answered,
    /// Of the clusters whose store lacks some.
    lacking: FxHashMap<Symbol, Answered>,
}

impl Stores {
    fn new(answers: &Answers, whole: Answered, symbols: &Symbols) -> Self {
        let clusters = answers.lacking.values().flatten();
        let of = |cluster: &String| Some((symbols.find(cluster)?, answered(answers, Some(cluster))));
        Self { whole, lacking: clusters.filter_map(of).collect() }
    }

    fn answered(&self, place: &place::Known) -> Answered {
        self.lacking.get(&place.cluster()).copied().unwrap_or(self.whole)
    }
}

/// By any store, or by the one of this cluster.
fn answered(answers: &Answers, cluster: Option<&String>) -> Answered {
    let lacks = |kind: &QueryKind| {
        cluster.is_some_and(|cluster| answers.lacking.get(kind).is_some_and(|all| all.contains(cluster)))
    };
    let has = |kind| matches!(answers.outcomes.get(&kind), Some((Outcome::Answered(_), _))) && !lacks(&kind);
    // A sum without its count would be added to others' with theirs.
    let means = [QueryKind::DurationSum, QueryKind::DurationCount].map(has);
    let timed = cluster.is_none() || means == [true; 2];
    Answered {
        requests: has(QueryKind::Requests),
        tcp_sent: has(QueryKind::TcpSent),
        tcp_received: has(QueryKind::TcpReceived),
        tcp_opened: has(QueryKind::TcpOpened),
        tcp_closed: has(QueryKind::TcpClosed),
        duration_sum: means[0] && timed,
        duration_count: means[1] && timed,
        buckets: has(QueryKind::DurationBucket),
        successful_buckets: has(QueryKind::SuccessfulBucket),
        bytes: [has(QueryKind::RequestBytes), has(QueryKind::ResponseBytes)],
        sizes: [has(QueryKind::RequestSize), has(QueryKind::ResponseSize)],
        messages: has(QueryKind::Messages),
        tcp_open: has(QueryKind::TcpOpen),
    }
}

fn service_of(destination: &Place, asked: &crate::flow::Asked, symbols: &mut Symbols) -> Option<Service> {
    match destination {
        Place::Service(service) => Some(*service),
        Place::Workload { cluster, .. } => place::service_asked(asked, *cluster, symbols),
        _ => None,
    }
}

fn sort_key(link: &Link, places: &Places, symbols: &Symbols) -> Vec<String> {
    let mut key = Vec::with_capacity(16);
    for id in [link.source, link.destination] {
        let known = places.get(id);
        let (kind, parts) = match known.place {
            Place::Workload { cluster, namespace, workload, app, version } => {
                ("w", [cluster, namespace, workload, app, version])
            }
            Place::Service(s) => ("s", [s.cluster, s.namespace, s.name, Symbol::EMPTY, Symbol::EMPTY]),
            Place::External { cluster, host } => {
                ("x", [cluster, host, Symbol::EMPTY, Symbol::EMPTY, Symbol::EMPTY])
            }
            Place::Egress { cluster, name } => {
                ("e", [cluster, name, Symbol::EMPTY, Symbol::EMPTY, Symbol::EMPTY])
            }
            Place::Callers { cluster, namespace } => {
                ("c", [cluster, namespace, Symbol::EMPTY, Symbol::EMPTY, Symbol::EMPTY])
            }
            Place::NoRoute { cluster } => {
                ("n", [cluster, Symbol::EMPTY, Symbol::EMPTY, Symbol::EMPTY, Symbol::EMPTY])
            }
        };
        key.push(kind.to_owned());
        key.extend(parts.iter().map(|symbol| symbols.text(*symbol).to_owned()));
    }
    key.push(format!("{:?}", link.protocol));
    let asked = [link.asked.host, link.asked.name, link.asked.namespace, link.asked.operation];
    key.extend(asked.iter().map(|symbol| symbols.text(*symbol).to_owned()));
    key
}

fn answering(links: &[Link], places: &Places) -> FxHashMap<Service, Vec<PlaceId>> {
    let mut answering: FxHashMap<Service, Vec<PlaceId>> = FxHashMap::default();
    for link in links {
        if let Some(service) = link.service.filter(|_| places.get(link.destination).is_workload()) {
            let workloads = answering.entry(service).or_default();
            if !workloads.contains(&link.destination) {
                workloads.push(link.destination);
            }
        }
    }
    answering
}

fn reporters(channels: &[Channel], flows: &[Flow]) -> Vec<Reporter> {
    let mut seen: Vec<Reporter> = flows
        .iter()
        .filter(|flow| is_counted(flow))
        .map(|flow| channels[flow.channel as usize].reporter)
        .collect();
    seen.sort_unstable();
    seen.dedup();
    seen
}
