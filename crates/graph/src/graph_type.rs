//! Which node and which row a place is drawn as, for each graph type.
//! It must not know edges, rates shown or health.

use crate::{
    link::Link,
    place::{Place, PlaceId, Service},
    sample::Symbol,
    snapshot::Snapshot,
};
use model::GraphType;
use rustc_hash::{FxHashMap, FxHashSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NodeKey {
    App {
        cluster: Symbol,
        namespace: Symbol,
        app: Symbol,
    },
    Service(Service),
    Place(PlaceId),
    /// Requests of one kind, on their way to who answers them.
    Operation {
        cluster: Symbol,
        namespace: Symbol,
        owner: Symbol,
        value: Symbol,
    },
    /// Hosts outside the mesh that are too many to be drawn one by one.
    MoreHosts {
        cluster: Symbol,
    },
}

/// Where nodes for the kinds of requests are drawn: before who answers them.
pub(crate) fn operation(link: &Link, snapshot: &Snapshot) -> Option<NodeKey> {
    let value = link.asked.operation;
    if value.is_empty() {
        return None;
    }
    let known = snapshot.places.get(link.destination);
    let (cluster, namespace, owner) = match link.service {
        Some(service) => (service.cluster, service.namespace, service.name),
        None if link.asked.name.is_empty() => (known.party.cluster, known.namespace(), link.asked.host),
        None => (known.party.cluster, known.namespace(), link.asked.name),
    };
    Some(NodeKey::Operation { cluster, namespace, owner, value })
}

/// Where one end of a link is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Seat {
    pub(crate) node: NodeKey,
    /// The workload within an app's card.
    pub(crate) row: Option<PlaceId>,
    /// Part of the link's traffic that belongs here.
    pub(crate) weight: f64,
}

/// The seating of one graph type.
#[derive(Debug)]
pub(crate) struct Seating<'a> {
    snapshot: &'a Snapshot,
    graph_type: GraphType,
    /// Service graph: what each workload answers for, with the part of its traffic that this is.
    answers_for: FxHashMap<PlaceId, Vec<(Service, f64)>>,
    /// Hosts outside that are drawn together.
    lesser_hosts: FxHashSet<PlaceId>,
}

impl<'a> Seating<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, graph_type: GraphType, max_hosts: usize) -> Self {
        let answers_for =
            if graph_type == GraphType::Service { answers_for(snapshot) } else { FxHashMap::default() };
        Self { snapshot, graph_type, answers_for, lesser_hosts: lesser_hosts(snapshot, max_hosts) }
    }

    /// A place as an app, a workload or itself.
    fn own(&self, id: PlaceId) -> Seat {
        let known = self.snapshot.places.get(id);
        let by_app = matches!(self.graph_type, GraphType::App | GraphType::VersionedApp);
        match known.place {
            Place::Workload { cluster, namespace, .. } if by_app => Seat {
                node: NodeKey::App { cluster, namespace, app: known.party.app },
                row: Some(id),
                weight: 1.0,
            },
            Place::Service(service) => Seat { node: NodeKey::Service(service), row: None, weight: 1.0 },
            Place::External { cluster, .. } if self.lesser_hosts.contains(&id) => {
                Seat { node: NodeKey::MoreHosts { cluster }, row: None, weight: 1.0 }
            }
            _ => Seat { node: NodeKey::Place(id), row: None, weight: 1.0 },
        }
    }

    /// More than one seat only in the service graph, where a workload's calls belong to none of its services alone:
    /// they are shared out by inbound traffic.
    pub(crate) fn source(&self, link: &Link) -> Vec<Seat> {
        match self.answers_for.get(&link.source) {
            Some(services) => services
                .iter()
                .map(|(service, weight)| Seat {
                    node: NodeKey::Service(*service),
                    row: None,
                    weight: *weight,
                })
                .collect(),
            None => vec![self.own(link.source)],
        }
    }

    /// Requests that nobody received belong to whoever answers for that service otherwise, but to no version of it;
    /// where that is nobody or several, the service itself is drawn.
    pub(crate) fn destination(&self, link: &Link) -> Seat {
        let own = self.own(link.destination);
        let Some(service) = link.service else { return own };
        let as_service = Seat { node: NodeKey::Service(service), row: None, weight: 1.0 };
        if self.graph_type == GraphType::Service {
            return as_service;
        }
        if self.snapshot.places.get(link.destination).is_workload() {
            return own;
        }
        let workloads = self.snapshot.answering.get(&service).map_or(&[][..], Vec::as_slice);
        let mut nodes = workloads.iter().map(|id| self.own(*id).node);
        match nodes.next() {
            Some(first) if nodes.all(|node| node == first) => Seat { node: first, row: None, weight: 1.0 },
            _ => as_service,
        }
    }
}

/// Hosts are chosen by whoever sends requests: the busiest of each cluster are drawn, by requests, then by bytes.
fn lesser_hosts(snapshot: &Snapshot, max_hosts: usize) -> FxHashSet<PlaceId> {
    let mut amounts: FxHashMap<PlaceId, (f64, f64)> = FxHashMap::default();
    for link in &snapshot.links {
        if let Place::External { .. } = snapshot.places.get(link.destination).place {
            let sums = amounts.entry(link.destination).or_default();
            sums.0 += link.figures.requests.map_or(0.0, |requests| requests.rate);
            sums.1 += link.figures.tcp.and_then(|tcp| tcp.bytes()).unwrap_or(0.0);
        }
    }
    if amounts.len() <= max_hosts {
        return FxHashSet::default();
    }
    let mut hosts: Vec<(&str, &str, PlaceId)> = Vec::with_capacity(amounts.len());
    for id in amounts.keys() {
        if let Place::External { cluster, host } = snapshot.places.get(*id).place {
            hosts.push((snapshot.text(cluster), snapshot.text(host), *id));
        }
    }
    hosts.sort_by(|a, b| {
        let (more, less) = (amounts[&b.2], amounts[&a.2]);
        a.0.cmp(b.0).then(more.0.total_cmp(&less.0)).then(more.1.total_cmp(&less.1)).then(a.1.cmp(b.1))
    });
    let of_cluster = hosts.chunk_by(|a, b| a.0 == b.0);
    of_cluster.flat_map(|hosts| hosts.iter().skip(max_hosts)).map(|(.., id)| *id).collect()
}

fn answers_for(snapshot: &Snapshot) -> FxHashMap<PlaceId, Vec<(Service, f64)>> {
    let mut inbound: FxHashMap<PlaceId, Vec<(Service, f64, f64)>> = FxHashMap::default();
    for link in snapshot.links.iter().filter(|link| snapshot.places.get(link.destination).is_workload()) {
        let Some(service) = link.service else { continue };
        let rate = link.figures.requests.map_or(0.0, |requests| requests.rate);
        let bytes = link.figures.tcp.and_then(|tcp| tcp.bytes()).unwrap_or(0.0);
        let services = inbound.entry(link.destination).or_default();
        match services.iter_mut().find(|(known, ..)| *known == service) {
            Some((_, rates, all_bytes)) => {
                *rates += rate;
                *all_bytes += bytes;
            }
            None => services.push((service, rate, bytes)),
        }
    }
    inbound.into_iter().map(|(place, services)| (place, weights(&services))).collect()
}

/// By requests; by bytes where there are none; else evenly.
fn weights(services: &[(Service, f64, f64)]) -> Vec<(Service, f64)> {
    let rates: f64 = services.iter().map(|(_, rate, _)| rate).sum();
    let bytes: f64 = services.iter().map(|(_, _, bytes)| bytes).sum();
    let even = 1.0 / services.len() as f64;
    services
        .iter()
        .map(|(service, rate, byte)| {
            let weight = if rates > 0.0 {
                rate / rates
            } else if bytes > 0.0 {
                byte / bytes
            } else {
                even
            };
            (*service, weight)
        })
        .filter(|(_, weight)| *weight > 0.0)
        .collect()
}
