//! From links back to label conditions: which series the chosen sides of these links were summed from.
//! It must not know expressions.

use super::{Scope, Term};
use crate::{
    dialect::Tag,
    figures::VolumeSums,
    flow::{End, Field, Reporter},
    link::Link,
    picture::Picture,
    place::{Known, Place, PlaceId},
    query::Matcher,
    sample::Symbol,
    union::Member,
};
use model::Protocol;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Constrain {
    Source,
    Destination,
    Both,
}

/// Links that one selector can describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey {
    reporter: Reporter,
    source: Kind,
    destination: Kind,
}

/// How an end is told in labels; places of one kind share a selector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Not part of the question.
    Any,
    Workload,
    /// Told by app and version; each has a selector of its own.
    Unnamed(PlaceId),
    /// A workload's place, but the service that was asked for is what counts.
    Service,
    /// Nobody answered; the service, the host or the cluster's name tells.
    Asked,
    Callers,
    NoRoute,
}

pub(super) struct Terms<'a> {
    picture: &'a Picture<'a>,
    links: Vec<&'a Link>,
    constrain: Constrain,
    protocol: Option<Protocol>,
    /// Set where all is of one kind of request.
    operation: Option<Matcher>,
    /// Of several stores, the one that is asked.
    home: Option<&'a Member>,
}

impl<'a> Terms<'a> {
    /// None where a figure is an estimate, which no query can give.
    pub(super) fn new(
        picture: &'a Picture<'a>,
        scope: &Scope,
        wants_tcp: bool,
        home: Option<&'a Member>,
    ) -> Option<Self> {
        let of_kind = |link: &&Link| {
            (link.protocol == Protocol::Tcp) == wants_tcp
                && reporters(link).any(|reporter| speaks(picture, home, link, reporter))
        };
        if scope.constrain != Constrain::Destination && scope.parts.iter().any(|part| part.weight < 1.0) {
            return None;
        }
        let mut indices: Vec<u32> = scope.parts.iter().map(|part| part.link).collect();
        indices.sort_unstable();
        indices.dedup();
        let links: Vec<&Link> =
            indices.iter().map(|index| &picture.snapshot.links[*index as usize]).filter(of_kind).collect();
        let moved = links.iter().any(|link| link.figures.moved() || link.figures.last_seen_s.is_some());
        moved.then_some(Self {
            picture,
            // A store may hold copies of what others report: then both ends tell what is its own.
            constrain: if home.is_some() { Constrain::Both } else { scope.constrain },
            home,
            operation: operation(picture, &links).filter(|_| !wants_tcp),
            links,
            protocol: scope.protocol.filter(|_| !wants_tcp),
        })
    }

    /// Of requests of this kind alone.
    pub(super) fn narrow(&mut self, operation: Matcher) {
        self.operation = Some(operation);
    }

    /// Series of the chosen sides.
    pub(super) fn chosen(&self) -> Vec<Term> {
        let spoken = |link: &&Link| spoke(link) && speaks(self.picture, self.home, link, link.reporter);
        let spoken: Vec<&Link> = self.links.iter().copied().filter(spoken).collect();
        let mut groups = self.grouped(&spoken, self.constrain);
        groups.sort_by_key(|(key, _)| *key);
        let most_trusted = groups.first().map(|(key, _)| key.reporter);
        groups
            .iter()
            .flat_map(|(key, links)| {
                // Who is less trusted also reports edges for which another was chosen: name the other ends too.
                let constrain =
                    if Some(key.reporter) == most_trusted { self.constrain } else { Constrain::Both };
                self.split(links, constrain)
            })
            .collect()
    }

    /// Whether any answer is known: without codes a share of errors is not zero but unknown.
    pub(super) fn told(&self) -> bool {
        self.links.iter().any(|link| link.figures.requests.is_some_and(|requests| requests.told > 0.0))
    }

    /// Series of requests that never arrived, which the caller alone reports for edges that another was chosen for.
    pub(super) fn never_arrived(&self) -> Vec<Term> {
        let flags_label = self.picture.snapshot.origin.dialect.tag(Tag::Flags);
        let mut terms = Vec::new();
        let by_callers = |link: &&&Link| speaks(self.picture, self.home, link, Reporter::Source);
        for link in self.links.iter().filter(by_callers) {
            let mut flags: Vec<String> = link
                .rows
                .iter()
                .filter(|row| row.reporter != link.reporter)
                .map(|row| self.text(row.tags.flags))
                .collect();
            flags.sort();
            flags.dedup();
            if !flags.is_empty() {
                let by_caller = GroupKey { reporter: Reporter::Source, ..self.key(link, Constrain::Both) };
                let mut term = self.term(by_caller, &[link]);
                term.push(Matcher::OneOf(flags_label, flags));
                terms.push(term);
            }
        }
        terms
    }

    pub(super) fn has_volume(&self) -> bool {
        self.any_volume(|_| true)
    }

    pub(super) fn any_volume(&self, test: impl Fn(&VolumeSums) -> bool) -> bool {
        self.links.iter().any(|link| link.figures.volume.as_deref().is_some_and(&test))
    }

    pub(super) fn any_open(&self) -> bool {
        self.links.iter().any(|link| link.figures.tcp.as_ref().is_some_and(|tcp| tcp.open.is_some()))
    }

    pub(super) fn reported_by_servers(&self) -> bool {
        self.links.iter().all(|link| link.reporter != Reporter::Source)
    }

    fn split(&self, links: &[&Link], constrain: Constrain) -> Vec<Term> {
        self.grouped(links, constrain).iter().map(|(key, links)| self.term(*key, links)).collect()
    }

    /// Links that one selector can describe, together.
    fn grouped<'l>(&self, links: &[&'l Link], constrain: Constrain) -> Vec<(GroupKey, Vec<&'l Link>)> {
        let mut groups: Vec<(GroupKey, Vec<&Link>)> = Vec::new();
        for link in links {
            let key = self.key(link, constrain);
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, links)) => links.push(link),
                None => groups.push((key, vec![link])),
            }
        }
        groups
    }

    fn key(&self, link: &Link, constrain: Constrain) -> GroupKey {
        let source = match constrain {
            Constrain::Destination => Kind::Any,
            _ => self.kind(link.source, End::Source),
        };
        let destination = match constrain {
            Constrain::Source => Kind::Any,
            _ => self.kind(link.destination, End::Destination),
        };
        GroupKey { reporter: link.reporter, source, destination }
    }

    fn kind(&self, place: PlaceId, end: End) -> Kind {
        let by_service = self.picture.view.graph_type == model::GraphType::Service && end == End::Destination;
        match self.picture.snapshot.places.get(place).place {
            Place::Workload { .. } if by_service => Kind::Service,
            Place::Workload { workload, .. } if workload.is_empty() => Kind::Unnamed(place),
            Place::Workload { .. } => Kind::Workload,
            Place::Service(_) | Place::External { .. } | Place::Egress { .. } => Kind::Asked,
            Place::Callers { .. } => Kind::Callers,
            Place::NoRoute { .. } => Kind::NoRoute,
        }
    }

    fn term(&self, key: GroupKey, links: &[&Link]) -> Term {
        let dialect = self.picture.snapshot.origin.dialect;
        let mut term = Vec::new();
        term.extend(self.reporter(key.reporter));
        term.extend(self.end(End::Source, key.source, links));
        term.extend(self.end(End::Destination, key.destination, links));
        match self.protocol {
            Some(Protocol::Grpc) => term.push(Matcher::Is(dialect.tag(Tag::Protocol), "grpc".into())),
            Some(Protocol::Http) => term.push(Matcher::IsNot(dialect.tag(Tag::Protocol), "grpc".into())),
            Some(Protocol::Tcp) | None => {}
        }
        term.extend(self.operation.clone());
        term
    }

    /// Nothing where no row names one; else who names none is told from all who do.
    fn reporter(&self, reporter: Reporter) -> Term {
        let label = self.picture.snapshot.origin.dialect.tag(Tag::Reporter);
        if reporter != Reporter::Unstated {
            return vec![Matcher::Is(label, reporter.word().into())];
        }
        let named = &self.picture.snapshot.quality.reporters;
        named.iter().map(|word| Matcher::IsNot(label, word.clone())).collect()
    }

    fn end(&self, end: End, kind: Kind, links: &[&Link]) -> Term {
        let place_of = |link: &&Link| if end == End::Source { link.source } else { link.destination };
        let places: Vec<PlaceId> = links.iter().map(place_of).collect();
        let label = |field| self.picture.snapshot.origin.dialect.label(end, field);
        let unknown = |field| Matcher::Like(label(field), UNKNOWN);
        let unnamed = [Field::Workload, Field::App, Field::CanonicalApp].map(unknown);
        match kind {
            Kind::Any => Vec::new(),
            Kind::Workload => {
                let mut term = self.namespace(end, &places, links);
                term.push(self.one_of(label(Field::Workload), &places, |known| known.party.workload));
                term.extend(self.cluster(end, &places));
                term
            }
            Kind::Unnamed(place) => self.unnamed(end, place, links),
            Kind::Service => self.asked(links),
            Kind::Asked | Kind::NoRoute => {
                let mut term = self.asked(links);
                // Where workloads have names, their label alone tells; else all that could name one.
                let tell = if self.has_unnamed() { unnamed.len() } else { 1 };
                term.extend(unnamed.into_iter().take(tell));
                term
            }
            Kind::Callers => {
                let tell = if self.has_unnamed() { unnamed.len() } else { 2 };
                let mut term: Term = unnamed.into_iter().take(tell).collect();
                term.push(self.one_of(label(Field::Namespace), &places, Known::namespace));
                term
            }
        }
    }

    /// Told by whichever label gave its app and its version.
    fn unnamed(&self, end: End, place: PlaceId, links: &[&Link]) -> Term {
        let known = self.picture.snapshot.places.get(place);
        let (party, said) = (&known.party, known.said(end));
        let label = |field| self.picture.snapshot.origin.dialect.label(end, field);
        let mut term = vec![Matcher::Like(label(Field::Workload), UNKNOWN)];
        term.extend(self.namespace(end, &[place], links));
        if let Some(field) = said.app_from {
            term.push(Matcher::Is(label(field), self.text(party.app)));
        }
        match said.version_from {
            Some(field) => term.push(Matcher::Is(label(field), self.text(party.version))),
            None => term.extend(
                [Field::CanonicalVersion, Field::Version]
                    .map(|field| Matcher::Like(label(field), VERSIONLESS)),
            ),
        }
        term.extend(self.cluster(end, &[place]));
        term
    }

    /// Where rows leave a destination's namespace out, the service that was asked for tells it.
    fn namespace(&self, end: End, places: &[PlaceId], links: &[&Link]) -> Term {
        let snapshot = self.picture.snapshot;
        let label = snapshot.origin.dialect.label(end, Field::Namespace);
        let said = |place: &PlaceId| snapshot.places.get(*place).said(end);
        let mut namespaces: Vec<Symbol> = Vec::new();
        for place in places {
            if said(place).namespace {
                namespaces.push(snapshot.places.get(*place).namespace());
            }
            if said(place).no_namespace {
                namespaces.push(Symbol::EMPTY);
            }
        }
        let mut term = vec![self.known(label, &namespaces)];
        if end == End::Destination && places.iter().any(|place| said(place).no_namespace) {
            term.extend(self.asked(links));
        }
        term
    }

    /// Some workload is told by its app alone.
    fn has_unnamed(&self) -> bool {
        let places = &self.picture.snapshot.places.all;
        places.iter().any(|known| known.is_workload() && known.party.workload.is_empty())
    }

    fn asked(&self, links: &[&Link]) -> Term {
        let dialect = self.picture.snapshot.origin.dialect;
        let texts = |of: fn(&Link) -> Symbol| -> Vec<Symbol> { links.iter().map(|link| of(link)).collect() };
        let named = |link: &&&Link| !link.asked.name.is_empty() && link.service.is_some();
        // A name without its namespace is one of many; the host says whose it is.
        let told =
            |link: &&&Link| named(link) && (!link.asked.namespace.is_empty() || link.asked.host.is_empty());
        let by_name = links.iter().all(|link| told(&link));
        let egress =
            links.iter().all(|link| crate::place::is_egress(self.picture.snapshot.text(link.asked.name)));
        if by_name || egress {
            let mut term = vec![self.known(dialect.tag(Tag::ServiceName), &texts(|link| link.asked.name))];
            if !egress {
                term.push(
                    self.known(dialect.tag(Tag::ServiceNamespace), &texts(|link| link.asked.namespace)),
                );
            }
            return term;
        }
        vec![self.known(dialect.tag(Tag::Host), &texts(|link| link.asked.host))]
    }

    /// Only where there are several: a label of one value selects nothing, and may be missing on some rows.
    fn cluster(&self, end: End, places: &[PlaceId]) -> Option<Matcher> {
        let label = self.picture.snapshot.origin.dialect.label(end, Field::Cluster);
        let mut clusters: Vec<String> = places
            .iter()
            .map(|place| self.text(self.picture.snapshot.places.get(*place).party.cluster))
            .collect();
        clusters.extend(["unknown".to_owned(), String::new()]);
        clusters.sort();
        clusters.dedup();
        (self.picture.snapshot.cluster_count > 1).then_some(Matcher::OneOf(label, clusters))
    }

    fn one_of(&self, label: &'static str, places: &[PlaceId], of: fn(&Known) -> Symbol) -> Matcher {
        let symbols: Vec<Symbol> =
            places.iter().map(|place| of(self.picture.snapshot.places.get(*place))).collect();
        self.known(label, &symbols)
    }

    /// One of these; what is not known is written in either way.
    fn known(&self, label: &'static str, symbols: &[Symbol]) -> Matcher {
        let mut texts: Vec<String> = symbols.iter().map(|symbol| self.text(*symbol)).collect();
        texts.sort();
        texts.dedup();
        if texts == [""] {
            return Matcher::Like(label, UNKNOWN);
        }
        if texts[0].is_empty() {
            texts.push("unknown".into());
        }
        Matcher::OneOf(label, texts)
    }

    fn text(&self, symbol: Symbol) -> String {
        self.picture.snapshot.text(symbol).to_owned()
    }
}

/// The label that requests are told apart by, where all of these links have one value of it.
fn operation(picture: &Picture<'_>, links: &[&Link]) -> Option<Matcher> {
    let label = picture.snapshot.origin.operations.as_ref()?;
    let value = links.first().map(|link| link.asked.operation).filter(|value| !value.is_empty())?;
    let one = links.iter().all(|link| link.asked.operation == value);
    one.then(|| Matcher::Named(label.clone(), picture.snapshot.text(value).to_owned()))
}

/// Absent, empty and `unknown` are one.
const UNKNOWN: &str = "unknown|";

/// What says of a version that there is none.
const VERSIONLESS: &str = "unknown|latest|";

/// Whose rows a link rests on.
fn reporters(link: &Link) -> impl Iterator<Item = Reporter> {
    std::iter::once(link.reporter).chain(link.rows.iter().map(|row| row.reporter))
}

/// Whether this store has what this reporter says of a link: it lies where the reporter is.
fn speaks(picture: &Picture<'_>, home: Option<&Member>, link: &Link, reporter: Reporter) -> bool {
    let end = if reporter == Reporter::Source { link.source } else { link.destination };
    let cluster = || picture.snapshot.text(picture.snapshot.places.get(end).cluster());
    home.is_none_or(|home| home.clusters.iter().any(|known| known == cluster()))
}

/// Not a link of nothing but requests that never arrived.
fn spoke(link: &Link) -> bool {
    let own_rows = link.rows.iter().any(|row| row.reporter == link.reporter);
    let timed = link.figures.latency.count.is_some_and(|count| count > 0.0);
    own_rows || timed || !link.tcp_rows.is_empty() || link.rows.is_empty()
}
