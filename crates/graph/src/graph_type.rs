//! Which node and which row a place is drawn as, for each graph type.
//! It must not know edges, rates shown or health.

use crate::{
    link::Link,
    place::{Place, PlaceId, Service},
    sample::Symbol,
    snapshot::Snapshot,
};
use model::GraphType;
use rustc_hash::FxHashMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NodeKey {
    App { cluster: Symbol, namespace: Symbol, app: Symbol },
    Service(Service),
    Place(PlaceId),
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
}

impl<'a> Seating<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, graph_type: GraphType) -> Self {
        let answers_for =
            if graph_type == GraphType::Service { answers_for(snapshot) } else { FxHashMap::default() };
        Self { snapshot, graph_type, answers_for }
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
