//! The ends of flows as places: workloads, services, hosts outside, callers without a name.
//! It must not know reporters, rates or views.

use crate::{
    flow::{Asked, Channel, End, Field, Party},
    sample::{Symbol, Symbols},
};
use rustc_hash::FxHashMap;
use std::net::{IpAddr, SocketAddr};

pub(crate) type PlaceId = u32;

/// Identity of a place. A workload without a name is told apart by app and version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Workload {
        cluster: Symbol,
        namespace: Symbol,
        workload: Symbol,
        app: Symbol,
        version: Symbol,
    },
    /// A service of the cluster that no workload is known to have answered for.
    Service(Service),
    /// A host outside the mesh.
    External {
        cluster: Symbol,
        host: Symbol,
    },
    /// `PassthroughCluster` or `BlackHoleCluster`.
    Egress {
        cluster: Symbol,
        name: Symbol,
    },
    Callers {
        cluster: Symbol,
        namespace: Symbol,
    },
    NoRoute {
        cluster: Symbol,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Service {
    pub(crate) cluster: Symbol,
    pub(crate) namespace: Symbol,
    pub(crate) name: Symbol,
}

/// What is known of a place beyond its identity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) place: Place,
    /// App and version, for workloads.
    pub(crate) party: Party,
    /// How rows name it as a source, and as a destination: labels that are there at one end may lack at the other.
    said: [Said; 2],
    /// It counted traffic itself, at either end.
    pub(crate) reports: bool,
    pub(crate) is_gateway: bool,
    pub(crate) is_waypoint: bool,
}

/// Which labels told of a place at one end of its rows.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said {
    pub(crate) namespace: bool,
    /// Some rows left the namespace out, and it was taken from elsewhere.
    pub(crate) no_namespace: bool,
    pub(crate) app_from: Option<Field>,
    pub(crate) version_from: Option<Field>,
}

impl Said {
    fn take(&mut self, party: &Party) {
        let first = |mine: Option<Field>, theirs: Option<Field>| mine.into_iter().chain(theirs).min();
        self.namespace |= !party.namespace.is_empty();
        self.no_namespace |= party.namespace.is_empty();
        self.app_from = first(self.app_from, party.app_from);
        self.version_from = first(self.version_from, party.version_from);
    }
}

impl Known {
    pub(crate) fn said(&self, end: End) -> Said {
        self.said[usize::from(end == End::Destination)]
    }

    /// The namespace it belongs to; empty outside of namespaces.
    pub(crate) fn namespace(&self) -> Symbol {
        match self.place {
            Place::Workload { namespace, .. } | Place::Callers { namespace, .. } => namespace,
            Place::Service(service) => service.namespace,
            Place::External { .. } | Place::Egress { .. } | Place::NoRoute { .. } => Symbol::EMPTY,
        }
    }

    pub(crate) fn cluster(&self) -> Symbol {
        match self.place {
            Place::Service(service) => service.cluster,
            Place::Workload { cluster, .. }
            | Place::External { cluster, .. }
            | Place::Egress { cluster, .. }
            | Place::Callers { cluster, .. }
            | Place::NoRoute { cluster } => cluster,
        }
    }

    pub(crate) fn is_workload(&self) -> bool {
        matches!(self.place, Place::Workload { .. })
    }

    /// What tells its row from the others of a card: the workload, or what stands in for it.
    pub(crate) fn row_key(&self) -> Symbol {
        [self.party.workload, self.party.version, self.party.app]
            .into_iter()
            .find(|symbol| !symbol.is_empty())
            .unwrap_or(Symbol::EMPTY)
    }

    pub(crate) fn row_name(&self) -> Symbol {
        if self.party.version.is_empty() { self.row_key() } else { self.party.version }
    }
}

/// Every place, each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    pub(crate) all: Vec<Known>,
    by_place: FxHashMap<Place, PlaceId>,
}

impl Places {
    pub(crate) fn get(&self, id: PlaceId) -> &Known {
        &self.all[id as usize]
    }

    /// A workload is described by whatever row knows most; between equals the smaller text wins, so that the order of
    /// rows does not matter.
    pub(crate) fn intern(&mut self, place: Place, party: Party, end: End, symbols: &Symbols) -> PlaceId {
        let all = &mut self.all;
        let id = *self.by_place.entry(place).or_insert_with(|| {
            all.push(Known {
                place,
                party,
                said: <[Said; 2]>::default(),
                reports: false,
                is_gateway: false,
                is_waypoint: false,
            });
            PlaceId::try_from(all.len() - 1).expect("fewer than four billion places")
        });
        self.all[id as usize].said[usize::from(end == End::Destination)].take(&party);
        let known = &mut self.all[id as usize].party;
        let rank = |from: Option<_>, symbol: Symbol| (from.is_none(), from, symbols.text(symbol).to_owned());
        if known.app != party.app && rank(party.app_from, party.app) < rank(known.app_from, known.app) {
            (known.app, known.app_from) = (party.app, party.app_from);
        }
        if known.version != party.version
            && rank(party.version_from, party.version) < rank(known.version_from, known.version)
        {
            (known.version, known.version_from) = (party.version, party.version_from);
        }
        id
    }
}

/// A source whose namespace is known but which says of its workload and app that they are unknown, or a destination
/// that is nothing but the address it was asked by: telemetry of a pod that is still starting.
pub(crate) fn is_half_built(channel: &Channel, symbols: &Symbols) -> bool {
    let source = &channel.source;
    let destination = &channel.destination;
    let asked = &channel.asked;
    (source.stated_unknown && !source.namespace.is_empty())
        || (destination.stated_unknown && asked.host == asked.name && is_address(symbols.text(asked.host)))
}

fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
        || host.parse::<SocketAddr>().is_ok()
        || host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|ip| ip.parse::<IpAddr>().is_ok())
}

pub(crate) fn source_place(channel: &Channel, elsewhere: &Namespaces) -> Place {
    let source = &channel.source;
    if source.app.is_empty() && source.workload.is_empty() {
        // Callers come into the cluster of whoever answered them.
        let cluster = if source.cluster.is_empty() { channel.destination.cluster } else { source.cluster };
        return Place::Callers { cluster, namespace: source.namespace };
    }
    workload(source, elsewhere.of(source, source.namespace))
}

fn workload(party: &Party, namespace: Symbol) -> Place {
    let named = !party.workload.is_empty();
    let unless_named = |symbol: Symbol| if named { Symbol::EMPTY } else { symbol };
    Place::Workload {
        cluster: party.cluster,
        namespace,
        workload: party.workload,
        app: unless_named(party.app),
        version: unless_named(party.version),
    }
}

pub(crate) fn destination_place(channel: &Channel, elsewhere: &Namespaces, symbols: &mut Symbols) -> Place {
    let destination = &channel.destination;
    let asked = &channel.asked;
    if !destination.workload.is_empty() || !destination.app.is_empty() {
        let stated = destination_namespace(channel, symbols);
        return workload(destination, elsewhere.of(destination, stated));
    }
    let cluster = if destination.cluster.is_empty() { channel.source.cluster } else { destination.cluster };
    if is_egress(symbols.text(asked.name)) {
        return Place::Egress { cluster, name: asked.name };
    }
    if asked.host.is_empty() && asked.name.is_empty() {
        return Place::NoRoute { cluster };
    }
    match service_asked(asked, cluster, symbols) {
        Some(service) => Place::Service(service),
        None => Place::External { cluster, host: asked.host },
    }
}

/// The workload's if known, else the service's, which may stand in the host alone.
fn destination_namespace(channel: &Channel, symbols: &mut Symbols) -> Symbol {
    let stated = channel.destination.namespace;
    if !stated.is_empty() {
        return stated;
    }
    let service = service_asked(&channel.asked, Symbol::EMPTY, symbols);
    service.map_or(channel.asked.namespace, |service| service.namespace)
}

/// Where workloads live that some rows name without a namespace: in the only one that other rows know for that name.
#[derive(Debug, Default)]
pub(crate) struct Namespaces(FxHashMap<Name, Option<Symbol>>);

/// Cluster, workload; and app and version where it has no workload's name.
type Name = [Symbol; 4];

impl Namespaces {
    /// Empty unless some row lacks one: then nothing has to be looked up.
    pub(crate) fn new(channels: &[Channel], symbols: &mut Symbols) -> Self {
        let lacks = |party: &Party| party.namespace.is_empty() && !party.app.is_empty();
        if !channels.iter().any(|channel| lacks(&channel.source) || lacks(&channel.destination)) {
            return Self::default();
        }
        let mut known = Self::default();
        for channel in channels {
            known.learn(&channel.source, channel.source.namespace);
            let namespace = destination_namespace(channel, symbols);
            known.learn(&channel.destination, namespace);
        }
        known
    }

    fn learn(&mut self, party: &Party, namespace: Symbol) {
        if namespace.is_empty() || party.app.is_empty() {
            return;
        }
        let only = self.0.entry(name(party)).or_insert(Some(namespace));
        *only = only.filter(|only| *only == namespace);
    }

    fn of(&self, party: &Party, stated: Symbol) -> Symbol {
        if !stated.is_empty() {
            return stated;
        }
        self.0.get(&name(party)).copied().flatten().unwrap_or(Symbol::EMPTY)
    }
}

fn name(party: &Party) -> Name {
    if party.workload.is_empty() {
        [party.cluster, Symbol::EMPTY, party.app, party.version]
    } else {
        [party.cluster, party.workload, Symbol::EMPTY, Symbol::EMPTY]
    }
}

pub(crate) fn is_egress(service_name: &str) -> bool {
    matches!(service_name, "PassthroughCluster" | "BlackHoleCluster")
}

/// The service of the cluster that was asked for; none where the host lies outside.
///
/// Inside are hosts with `.svc` after the namespace, hosts made of the service's own name and namespace, and short names.
pub(crate) fn service_asked(asked: &Asked, cluster: Symbol, symbols: &mut Symbols) -> Option<Service> {
    let name_text = symbols.text(asked.name).to_owned();
    if is_egress(&name_text) || (asked.host.is_empty() && asked.name.is_empty()) {
        return None;
    }
    let host = symbols.text(asked.host).to_owned();
    let bare = host.split(':').next().unwrap_or_default();
    let mut labels = bare.split('.');
    let (first, second, third) = (labels.next().unwrap_or_default(), labels.next(), labels.next());
    let by_svc = third == Some("svc");
    let by_name = !name_text.is_empty()
        && first == name_text
        && !asked.namespace.is_empty()
        && second == Some(symbols.text(asked.namespace));
    let short = second.is_none();
    if !(by_svc || by_name || short) {
        return None;
    }
    let name = if asked.name.is_empty() || name_text == host { symbols.intern(first) } else { asked.name };
    let name = if name.is_empty() { asked.host } else { name };
    let namespace = match second {
        Some(second) if asked.namespace.is_empty() && by_svc => symbols.intern(second),
        _ => asked.namespace,
    };
    Some(Service { cluster, namespace, name })
}

/// Told by name alone: telemetry has no other evidence of a gateway. Istio's own are called
/// `istio-ingressgateway` and `istio-egressgateway`, those of the Gateway API `<name>-istio` with a gateway's name.
pub(crate) fn is_gateway_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("gateway")
        || name
            .split(['-', '.', '_'])
            .any(|word| matches!(word, "ingress" | "egress" | "ingressgw" | "egressgw"))
}

/// By name alone too: Istio calls them `waypoint` unless told otherwise.
pub(crate) fn is_waypoint_name(name: &str) -> bool {
    name.to_ascii_lowercase().split(['-', '.', '_']).any(|word| word == "waypoint")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_in_the_cluster_are_told_from_hosts_outside() {
        let mut symbols = Symbols::default();
        let mut service = |host: &str, name: &str, namespace: &str| {
            let asked = Asked {
                host: symbols.intern(host),
                name: symbols.intern(name),
                namespace: symbols.intern(namespace),
                operation: Symbol::EMPTY,
            };
            let found = service_asked(&asked, Symbol::EMPTY, &mut symbols)?;
            Some(format!("{}/{}", symbols.text(found.namespace), symbols.text(found.name)))
        };
        assert_eq!(service("reviews.shop.svc.cluster.local", "reviews", "shop"), Some("shop/reviews".into()));
        assert_eq!(service("reviews.shop.svc.corp.example", "", ""), Some("shop/reviews".into()));
        assert_eq!(service("reviews.shop", "reviews", "shop"), Some("shop/reviews".into()));
        assert_eq!(service("reviews:9080", "reviews", "shop"), Some("shop/reviews".into()));
        assert_eq!(service("", "reviews", ""), Some("/reviews".into()));
        assert_eq!(service("pay.acme.example", "pay.acme.example", "shop"), None);
        assert_eq!(service("10.0.0.1:80", "PassthroughCluster", ""), None);
    }

    #[test]
    fn addresses_are_v4_or_v6_with_or_without_a_port() {
        for text in ["10.1.2.3", "10.1.2.3:80", "fd00::1", "[fd00::1]:80", "[fd00::1]"] {
            assert!(is_address(text), "{text}");
        }
        for text in ["reviews", "10.1.2", "pay.example:80", ""] {
            assert!(!is_address(text), "{text}");
        }
    }

    #[test]
    fn gateways_are_told_by_name() {
        for name in ["istio-ingressgateway", "eu-gateway-istio", "ingress", "shop-egress"] {
            assert!(is_gateway_name(name), "{name}");
        }
        assert!(!is_gateway_name("progress"));
    }
}
