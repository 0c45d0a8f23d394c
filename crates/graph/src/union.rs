//! Answers of several stores, each of which holds what one cluster's proxies report, as the answers of one: a reporting
//! proxy that does not name its cluster is in its store's, and what was reported elsewhere is left to the store there.
//! It must not know how stores are asked, nor views.

use crate::{
    answers::{Answers, Outcome},
    dialect::{DurationUnit, Probe, Tag},
    flow::{End, Field, Reporter},
    form::Form,
    query::{Origin, QueryKind, Signals, Window},
    sample::{RangeTable, Symbol, Symbols, Table},
};
use model::Warning;
use std::collections::BTreeMap;

/// One store's answers.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// What people call the store.
    pub name: &'a str,
    /// As its proxies name their own cluster.
    pub cluster: &'a str,
    pub answers: &'a Answers,
}

/// A store that speaks for some clusters of a union.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub name: String,
    /// Its own, and those that have no store.
    pub clusters: Vec<String>,
    pub origin: Origin,
}

/// A column of our own making: in whose store a row lies that names no reporter.
pub(crate) const STORE_CLUSTER: &str = "portolan_store_cluster";

/// All parts as one, and what is odd about them. Parts come in the order of the stores. Columns that only some were asked
/// for, since others look at those stores too, are left out: `signals` says which are wanted.
pub fn union(parts: &[Part<'_>], signals: Signals, window: Window) -> (Answers, Vec<Warning>) {
    let first = parts.first().map(|part| part.answers.origin.clone()).unwrap_or_default();
    let origin = Origin { probe: probe(parts), extra_matcher: None, members: Vec::new(), ..first };
    let mut whole = Answers::new(origin, window);
    let mut owners: BTreeMap<String, usize> =
        parts.iter().enumerate().map(|(at, part)| (part.cluster.to_owned(), at)).collect();
    let mut warnings = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let symbols = whole.symbols.absorb(&part.answers.symbols);
        let own = whole.symbols.intern(part.cluster);
        let alone = names_one_cluster(part);
        let (texts, owners) = (&whole.symbols, &mut owners);
        let mut reader = Reader { part, at, symbols, own, alone, owners, texts, left_out: None };
        for (kind, age_s) in &part.answers.earlier_s {
            let oldest_s = whole.earlier_s.entry(*kind).or_default();
            *oldest_s = (*age_s).max(*oldest_s);
        }
        let mut kept = 0;
        for (kind, (outcome, _)) in part.answers.outcomes.iter().filter(|(kind, _)| signals.want(**kind)) {
            let outcome = reader.outcome(*kind, outcome, window);
            if let (QueryKind::Requests, Outcome::Answered(table)) = (kind, &outcome) {
                kept = table.rows();
            }
            join(&mut whole.outcomes, *kind, outcome);
        }
        let elsewhere = reader.left_out;
        warnings.extend(elsewhere.filter(|_| kept == 0).map(|cluster| foreign(part, &cluster)));
    }
    whole.origin.members = members(parts, &owners);
    whole.lacking = lacking(parts, &whole);
    (whole, warnings)
}

/// The clusters of stores that did not answer what others did.
fn lacking(parts: &[Part<'_>], whole: &Answers) -> BTreeMap<QueryKind, Vec<String>> {
    let answered = |outcome: Option<&(Outcome, Vec<String>)>| {
        outcome.is_some_and(|(outcome, _)| !matches!(outcome, Outcome::Failed(_)))
    };
    let of = |kind: &QueryKind| -> Vec<String> {
        let members = whole.origin.members.iter().zip(parts);
        let lacking = members.filter(|(_, part)| !answered(part.answers.outcomes.get(kind)));
        lacking.flat_map(|(member, _)| member.clusters.iter().cloned()).collect()
    };
    let kinds = whole.outcomes.iter().filter(|(_, outcome)| answered(Some(*outcome)));
    kinds.map(|(kind, _)| (*kind, of(kind))).filter(|(_, clusters)| !clusters.is_empty()).collect()
}

/// Figures come in one unit; what only the text of a query depends on stays with each member.
fn probe(parts: &[Part<'_>]) -> Probe {
    let probes = || parts.iter().map(|part| part.answers.origin.probe);
    let form = |of: fn(Probe) -> Form| probes().map(of).reduce(Form::and).unwrap_or_default();
    // The one whose samples come latest.
    let latest = probes()
        .max_by(|a, b| a.newest_age_s.unwrap_or(0.0).total_cmp(&b.newest_age_s.unwrap_or(0.0)))
        .unwrap_or_default();
    Probe {
        duration: DurationUnit::Ms,
        durations: form(|probe| probe.durations),
        sizes: form(|probe| probe.sizes),
        copies: probes().filter_map(|probe| probe.copies).reduce(f64::max),
        recorded: Probe::default().recorded,
        ..latest
    }
}

fn members(parts: &[Part<'_>], owners: &BTreeMap<String, usize>) -> Vec<Member> {
    let of =
        |at: usize| owners.iter().filter(move |(_, owner)| **owner == at).map(|(cluster, _)| cluster.clone());
    let member = |(at, part): (usize, &Part<'_>)| Member {
        name: part.name.to_owned(),
        clusters: of(at).collect(),
        origin: part.answers.origin.clone(),
    };
    parts.iter().enumerate().map(member).collect()
}

fn foreign(part: &Part<'_>, cluster: &str) -> Warning {
    Warning {
        code: "foreign_cluster".into(),
        column: None,
        sentence: format!(
            "Nothing in the source {} was reported in its cluster “{}”: its rows name “{cluster}”, which another source speaks for. Set `cluster` of each source to what its proxies call their cluster.",
            part.name, part.cluster
        ),
    }
}

/// What came of one kind, from one store after the other. Only where nobody answered it has failed.
fn join(outcomes: &mut BTreeMap<QueryKind, (Outcome, Vec<String>)>, kind: QueryKind, outcome: Outcome) {
    let Some((known, _)) = outcomes.get_mut(&kind) else {
        outcomes.insert(kind, (outcome, Vec::new()));
        return;
    };
    match (&mut *known, outcome) {
        (_, Outcome::Failed(_)) => {}
        (Outcome::Failed(_), outcome) => *known = outcome,
        (Outcome::Answered(whole), Outcome::Answered(part)) if whole.labels.is_empty() => {
            // One number, not rows.
            let sum: f64 = whole.values.iter().chain(&part.values).sum();
            whole.values = vec![sum];
        }
        (known, outcome) => known.append(outcome),
    }
}

/// Takes over one store's rows.
struct Reader<'a> {
    part: &'a Part<'a>,
    at: usize,
    /// The part's symbols as those of the whole.
    symbols: Vec<Symbol>,
    own: Symbol,
    /// No row names another cluster: whoever lacks one is in this.
    alone: bool,
    owners: &'a mut BTreeMap<String, usize>,
    texts: &'a Symbols,
    /// The cluster of a row that was left out.
    left_out: Option<String>,
}

/// Where a row says who reported it, and where.
struct Reported {
    reporter: usize,
    source: usize,
    destination: usize,
}

fn reported(origin: &Origin, labels: &[&'static str]) -> Option<Reported> {
    let at = |wanted: &str| labels.iter().position(|label| *label == wanted);
    Some(Reported {
        reporter: at(origin.dialect.tag(Tag::Reporter))?,
        source: at(origin.dialect.label(End::Source, Field::Cluster))?,
        destination: at(origin.dialect.label(End::Destination, Field::Cluster))?,
    })
}

fn names_one_cluster(part: &Part<'_>) -> bool {
    let Answers { origin, symbols, outcomes, .. } = part.answers;
    let mut tables = outcomes.values().filter_map(|(outcome, _)| match outcome {
        Outcome::Answered(table) => Some((&table.labels, &table.cells)),
        Outcome::Series(series) => Some((&series.labels, &series.cells)),
        Outcome::Failed(_) => None,
    });
    tables.all(|(labels, cells)| {
        let Some(reported) = reported(origin, labels) else { return true };
        cells.chunks_exact(labels.len()).all(|row| {
            [row[reported.source], row[reported.destination]]
                .into_iter()
                .all(|cluster| is_unknown(symbols.text(cluster)) || symbols.text(cluster) == part.cluster)
        })
    })
}

fn is_unknown(cluster: &str) -> bool {
    matches!(cluster, "" | "unknown")
}

impl Reader<'_> {
    fn outcome(&mut self, kind: QueryKind, outcome: &Outcome, window: Window) -> Outcome {
        match outcome {
            Outcome::Answered(table) => Outcome::Answered(self.table(kind, table)),
            Outcome::Series(series) => Outcome::Series(self.series(series, window)),
            Outcome::Failed(reason) => Outcome::Failed(reason.clone()),
        }
    }

    fn table(&mut self, kind: QueryKind, table: &Table) -> Table {
        let latency = matches!(kind, QueryKind::DurationBucket | QueryKind::SuccessfulBucket);
        let seconds = latency && self.part.answers.origin.probe.duration == DurationUnit::Seconds;
        let scale = if seconds { 1000.0 } else { 1.0 };
        let reported = reported(&self.part.answers.origin, &table.labels);
        let mut taken = Table {
            labels: labels(&table.labels, reported.as_ref()),
            not_numbers: table.not_numbers,
            custom_bounds: table.custom_bounds,
            ..Table::default()
        };
        for index in 0..table.rows() {
            if self.take(table.row(index), reported.as_ref(), &mut taken.cells) {
                taken.values.push(table.values[index]);
                taken.le.extend(table.le.get(index).map(|le| le * scale));
                taken.mark(table.is_whole(index));
            }
        }
        taken
    }

    /// An older answer is told as if it were of now: how old it is, its warning tells.
    fn series(&mut self, series: &RangeTable, window: Window) -> RangeTable {
        let later_s = (window.at_s - self.part.answers.window.at_s) as f64;
        let reported = reported(&self.part.answers.origin, &series.labels);
        let mut taken =
            RangeTable { labels: labels(&series.labels, reported.as_ref()), ..RangeTable::default() };
        for (index, points) in series.points.iter().enumerate() {
            if self.take(series.row(index), reported.as_ref(), &mut taken.cells) {
                taken.points.push(points.iter().map(|(at_s, value)| (at_s + later_s, *value)).collect());
            }
        }
        taken
    }

    /// Adds a row's cells, unless another store speaks for its cluster.
    fn take(&mut self, row: &[Symbol], reported: Option<&Reported>, cells: &mut Vec<Symbol>) -> bool {
        let start = cells.len();
        cells.extend(row.iter().map(|symbol| self.symbols[symbol.index()]));
        let Some(reported) = reported else {
            if !row.is_empty() {
                cells.push(self.own);
            }
            return true;
        };
        let by_source = self.texts.text(cells[start + reported.reporter]) == Reporter::Source.word();
        let own_end = if by_source { reported.source } else { reported.destination };
        for end in [reported.source, reported.destination] {
            if is_unknown(self.texts.text(cells[start + end])) && (self.alone || end == own_end) {
                cells[start + end] = self.own;
            }
        }
        let cluster = self.texts.text(cells[start + own_end]);
        // A cluster without a store of its own belongs to the first that has it.
        let owner = match self.owners.get(cluster) {
            Some(owner) => *owner,
            None => *self.owners.entry(cluster.to_owned()).or_insert(self.at),
        };
        let mine = owner == self.at;
        if !mine {
            self.left_out.get_or_insert_with(|| cluster.to_owned());
            cells.truncate(start);
        }
        mine
    }
}

fn labels(labels: &[&'static str], reported: Option<&Reported>) -> Vec<&'static str> {
    let told = reported.is_some() || labels.is_empty();
    labels.iter().copied().chain((!told).then_some(STORE_CLUSTER)).collect()
}
