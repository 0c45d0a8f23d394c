//! Counters of the installation's own: whom their labels name, and the links that they belong to.
//! It must not know any mesh's labels, nor how rows are read.

use crate::{
    figures::add_some,
    link::Link,
    place::{PlaceId, Places, Service},
    sample::{Symbol, Symbols},
};
use rustc_hash::FxHashMap;

/// Each is a query of every refresh.
pub const MOST: usize = 4;

/// A counter named in the settings, which becomes a figure on edges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomMetric {
    /// What people call it.
    pub name: String,
    /// The counter's name in the store: a valid one.
    pub metric: String,
    /// What it counts, in the plural.
    pub unit: String,
    pub source: EndLabels,
    pub destination: EndLabels,
    /// A label whose values the figure is told by, beside the whole.
    pub split: Option<String>,
}

impl CustomMetric {
    /// The labels that its rows are read by, in the order of `Cells`; none where the settings name none.
    pub(crate) fn labels(&self) -> [Option<&str>; 7] {
        let [source, destination] = [&self.source, &self.destination];
        [
            Some(source.name.as_str()),
            source.namespace.as_deref(),
            source.cluster.as_deref(),
            Some(destination.name.as_str()),
            destination.namespace.as_deref(),
            destination.cluster.as_deref(),
            self.split.as_deref(),
        ]
    }
}

/// The labels that name one end; valid ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndLabels {
    pub by: NamedBy,
    pub name: String,
    /// None: the name has it too (`cart.shop`), or is a host outside.
    pub namespace: Option<String>,
    /// None: a name is the same in all clusters.
    pub cluster: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    Workload,
    Service,
}

/// What a row has of each of `CustomMetric::labels`.
pub type Cells = [Symbol; 7];

/// One row: whom it names, and how much a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CustomFlow {
    /// Index into the origin's metrics.
    pub metric: usize,
    pub source: EndName,
    pub destination: EndName,
    /// As they stand in the store.
    pub cells: Cells,
    /// The cluster of the store that has it, of several; else empty.
    pub store: Symbol,
    pub value: f64,
}

impl CustomFlow {
    fn part(&self) -> Symbol {
        self.cells[6]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EndName {
    pub name: Symbol,
    pub namespace: Symbol,
    /// Empty: whichever.
    pub cluster: Symbol,
}

/// What a link has of each metric; none where no row spoke of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) whole: [Option<f64>; MOST],
    /// By metric and by the value of the label that it is split by.
    pub(crate) parts: Vec<(usize, Symbol, f64)>,
}

impl Figures {
    pub(crate) fn add(&mut self, more: &Self, weight: f64) {
        self.whole.iter_mut().zip(more.whole).for_each(|(mine, theirs)| add_some(mine, theirs, weight));
        for (metric, part, value) in &more.parts {
            self.add_part(*metric, *part, value * weight);
        }
    }

    fn add_part(&mut self, metric: usize, part: Symbol, value: f64) {
        match self.parts.iter_mut().find(|known| (known.0, known.1) == (metric, part)) {
            Some(known) => known.2 += value,
            None => self.parts.push((metric, part, value)),
        }
    }
}

/// Puts rows on the links that they name, and gives of each metric how many named none. Where several links fit (protocols,
/// services, the workloads behind one service), a row is shared out among them by their requests, else by their bytes.
pub(crate) fn attach(
    links: &mut [Link],
    flows: &[CustomFlow],
    metrics: &[CustomMetric],
    known: &Known<'_>,
) -> [usize; MOST] {
    let mut nowhere = [0; MOST];
    for (at, metric) in metrics.iter().enumerate() {
        let of_metric = || flows.iter().enumerate().filter(|(_, flow)| flow.metric == at);
        if of_metric().next().is_none() {
            continue;
        }
        let by_source = by_source(links, metric.source.by, known);
        for (row, flow) in of_metric() {
            let (from, to) = (known.whole(flow.source), known.whole(flow.destination));
            let clusters = [from.cluster, to.cluster];
            let from =
                by_source.get(&EndName { cluster: Symbol::EMPTY, ..from }).map_or(&[][..], Vec::as_slice);
            let fits = |link: &u32| {
                let link = &links[*link as usize];
                known.ends_at(link, metric.destination.by, to) && known.lies_in(link, clusters, flow.store)
            };
            let found: Vec<u32> = from.iter().copied().filter(fits).collect();
            if found.is_empty() {
                nowhere[at] += 1;
            }
            for (link, weight) in weights(links, &found) {
                let link = &mut links[link as usize];
                let figures = link.figures.custom.get_or_insert_default();
                *figures.whole[at].get_or_insert(0.0) += flow.value * weight;
                if metric.split.is_some() {
                    figures.add_part(at, flow.part(), flow.value * weight);
                }
                link.own_rows.push((row, weight));
            }
        }
    }
    nowhere
}

/// What names are looked up in.
pub(crate) struct Known<'a> {
    pub(crate) places: &'a Places,
    pub(crate) symbols: &'a Symbols,
    /// The workloads that answer for each service.
    pub(crate) answering: &'a FxHashMap<Service, Vec<PlaceId>>,
}

impl Known<'_> {
    /// `cart.shop` and `cart.shop.svc.cluster.local`, without a namespace beside them, are cart in shop.
    fn whole(&self, end: EndName) -> EndName {
        let parted = || {
            let mut parts = self.symbols.text(end.name).split('.');
            let (name, namespace) = (parts.next()?, parts.next()?);
            let local = matches!(parts.next(), None | Some("svc"));
            let found = self.symbols.find(name).zip(self.symbols.find(namespace)).filter(|_| local)?;
            Some(EndName { name: found.0, namespace: found.1, ..end })
        };
        if end.namespace.is_empty() { parted().unwrap_or(end) } else { end }
    }

    fn workload(&self, place: PlaceId) -> EndName {
        let known = self.places.get(place);
        EndName { name: known.party.workload, namespace: known.namespace(), cluster: Symbol::EMPTY }
    }

    /// In the clusters that a row names; where it names none, at one end in that of its store.
    fn lies_in(&self, link: &Link, clusters: [Symbol; 2], store: Symbol) -> bool {
        let is_in = |place: PlaceId, cluster: Symbol| {
            let known = self.places.get(place).cluster();
            known.is_empty() || cluster.is_empty() || known == cluster
        };
        let ends = [link.source, link.destination];
        if clusters.iter().all(|cluster| cluster.is_empty()) {
            return ends.into_iter().any(|end| is_in(end, store));
        }
        ends.into_iter().zip(clusters).all(|(end, cluster)| is_in(end, cluster))
    }

    fn ends_at(&self, link: &Link, by: NamedBy, to: EndName) -> bool {
        let to = EndName { cluster: Symbol::EMPTY, ..to };
        match by {
            NamedBy::Workload => self.workload(link.destination) == to,
            NamedBy::Service => {
                let asked = EndName { name: link.asked.name, namespace: link.asked.namespace, ..to };
                link.service.is_some_and(|service| named(&service) == to)
                    || asked == to
                    || (to.namespace.is_empty() && link.asked.host == to.name)
            }
        }
    }
}

fn named(service: &Service) -> EndName {
    EndName { name: service.name, namespace: service.namespace, cluster: Symbol::EMPTY }
}

fn by_source(links: &[Link], by: NamedBy, known: &Known<'_>) -> FxHashMap<EndName, Vec<u32>> {
    let mut names: FxHashMap<PlaceId, Vec<EndName>> = FxHashMap::default();
    if by == NamedBy::Service {
        for (service, workloads) in known.answering {
            for place in workloads {
                names.entry(*place).or_default().push(named(service));
            }
        }
    }
    let mut found: FxHashMap<EndName, Vec<u32>> = FxHashMap::default();
    for (index, link) in links.iter().enumerate() {
        let index = u32::try_from(index).expect("fewer than four billion links");
        if by == NamedBy::Workload {
            found.entry(known.workload(link.source)).or_default().push(index);
        }
        for name in names.get(&link.source).into_iter().flatten() {
            found.entry(*name).or_default().push(index);
        }
    }
    found
}

/// Parts of one, by requests, by bytes where there are none, else even.
fn weights(links: &[Link], found: &[u32]) -> Vec<(u32, f64)> {
    let amounts = |of: fn(&Link) -> Option<f64>| -> Vec<f64> {
        found.iter().map(|link| of(&links[*link as usize]).unwrap_or(0.0)).collect()
    };
    let requests = amounts(|link| link.figures.requests.map(|requests| requests.rate));
    let bytes = amounts(|link| link.figures.tcp.and_then(|tcp| tcp.bytes()));
    let even = vec![1.0; found.len()];
    let parts = [requests, bytes, even].into_iter().find(|parts| parts.iter().sum::<f64>() > 0.0);
    let parts = parts.unwrap_or_default();
    let whole: f64 = parts.iter().sum();
    found
        .iter()
        .copied()
        .zip(parts)
        .filter(|(_, part)| *part > 0.0)
        .map(|(link, part)| (link, part / whole))
        .collect()
}
