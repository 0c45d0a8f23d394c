//! Which kinds of requests ran over one node or edge: one query a store, and what its rows say.
//! It must not know which label tells them apart, nor how a query is sent.

use super::{Scope, SubjectId, expression::Asking, homes};
use crate::{
    picture::Picture,
    query::{Matcher, escape},
    snapshot::Snapshot,
    view::View,
};
use model::detail::{NamedQuery, Operation};

/// As many as one reads; the rest is summed.
const NAMED: usize = 12;

/// Labels of our own making.
const KIND: &str = "portolan_operation";
const PART: &str = "portolan_part";

/// An instant query whose rows are `OperationRow`s, by these labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationsQuery {
    pub promql: String,
    pub labels: [&'static str; 2],
    /// Of several stores, the one to be asked.
    pub source: Option<String>,
}

/// One number of one kind of requests, as a row told it.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationRow {
    pub kind: String,
    pub part: String,
    pub value: f64,
}

/// What to ask to tell a subject's requests apart by a label. Nothing where the view has no such subject, where it has no
/// requests, or where all of them are of one kind already.
pub fn operations_queries(
    snapshot: &Snapshot,
    view: &View,
    subject: SubjectId<'_>,
    label: &str,
) -> Vec<OperationsQuery> {
    let picture = Picture::new(snapshot, view);
    let Some(scope) = scope(&picture, subject).filter(|scope| !is_of_one_kind(&picture, scope)) else {
        return Vec::new();
    };
    let query = |home: Option<&crate::union::Member>| {
        let asking = Asking::new(&picture, &scope, snapshot.window.range_s(), home);
        Some(OperationsQuery {
            promql: by_kind(&asking, label)?,
            labels: [KIND, PART],
            source: home.map(|home| home.name.clone()),
        })
    };
    homes(&picture).into_iter().filter_map(query).collect()
}

/// Most first, each with its queries; empty where no request is of any kind.
pub fn operations(
    snapshot: &Snapshot,
    view: &View,
    subject: SubjectId<'_>,
    label: &str,
    rows: &[OperationRow],
) -> Vec<Operation> {
    let picture = Picture::new(snapshot, view);
    let Some(scope) = scope(&picture, subject).filter(|_| rows.iter().any(|row| !row.kind.is_empty())) else {
        return Vec::new();
    };
    let mut sums: Vec<Sums> = Vec::new();
    for row in rows {
        let at = sums.iter().position(|known| known.kind == row.kind).unwrap_or_else(|| {
            sums.push(Sums { kind: row.kind.clone(), ..Sums::default() });
            sums.len() - 1
        });
        sums[at].add(row);
    }
    sums.retain(|sums| sums.rate > 0.0);
    sums.sort_by(|a, b| b.rate.total_cmp(&a.rate).then_with(|| a.kind.cmp(&b.kind)));
    let rest = sums.split_off(sums.len().min(NAMED));
    let told = tells_failures(&picture, &scope);
    let named = sums.iter().map(|sums| sums.operation(told, queries(&picture, &scope, label, &sums.kind)));
    named.chain(together(&rest).map(|rest| rest.operation(told, Vec::new()))).collect()
}

#[derive(Debug, Default)]
struct Sums {
    kind: String,
    rate: f64,
    failed: f64,
    time_ms: f64,
    timed: f64,
}

impl Sums {
    fn add(&mut self, row: &OperationRow) {
        let slot = match row.part.as_str() {
            "rate" => &mut self.rate,
            "failed" => &mut self.failed,
            "time" => &mut self.time_ms,
            "timed" => &mut self.timed,
            _ => return,
        };
        if row.value.is_finite() {
            *slot += row.value;
        }
    }

    fn operation(&self, told: bool, queries: Vec<NamedQuery>) -> Operation {
        Operation {
            name: self.kind.clone(),
            rate_rps: self.rate,
            error_share: told.then(|| (self.failed / self.rate).min(1.0)),
            mean_ms: (self.timed > 0.0).then(|| self.time_ms / self.timed),
            queries,
        }
    }
}

fn together(rest: &[Sums]) -> Option<Sums> {
    let sum = |of: fn(&Sums) -> f64| rest.iter().map(of).sum();
    (!rest.is_empty()).then(|| Sums {
        kind: format!("{} more", rest.len()),
        rate: sum(|sums| sums.rate),
        failed: sum(|sums| sums.failed),
        time_ms: sum(|sums| sums.time_ms),
        timed: sum(|sums| sums.timed),
    })
}

fn scope(picture: &Picture<'_>, subject: SubjectId<'_>) -> Option<Scope> {
    match subject {
        SubjectId::Node(id) => Some(Scope::node(picture, picture.find_node(id)?)),
        SubjectId::Edge(id) => Some(Scope::edge(picture, picture.find_edge(id)?)),
    }
}

/// What is drawn at a kind of requests has no other.
fn is_of_one_kind(picture: &Picture<'_>, scope: &Scope) -> bool {
    let mut kinds = scope.parts.iter().map(|part| picture.snapshot.links[part.link as usize].asked.operation);
    kinds.next().is_some_and(|first| !first.is_empty() && kinds.all(|kind| kind == first))
}

fn tells_failures(picture: &Picture<'_>, scope: &Scope) -> bool {
    let told = |home| {
        let asking = Asking::new(picture, scope, picture.snapshot.window.range_s(), home);
        asking.outcomes().is_some_and(|(_, failed)| failed.is_some())
    };
    homes(picture).into_iter().any(told)
}

/// All figures in one query, each under a name.
fn by_kind(asking: &Asking<'_>, label: &str) -> Option<String> {
    let part = |name: &str, rates: &str, scale: &str| {
        let told = format!("label_replace({rates}, \"{KIND}\", \"$1\", \"{}\", \"(.*)\")", escape(label));
        format!(
            "label_replace(sum by ({KIND}) ({told}){scale} > 0, \"{PART}\", \"{name}\", \"{KIND}\", \".*\")"
        )
    };
    let (rates, failed) = asking.outcomes()?;
    let mut parts = vec![part("rate", &rates, "")];
    parts.extend(failed.map(|failed| part("failed", &failed, "")));
    if let Some((sum, count)) = asking.times() {
        let scale = if asking.words.ms_per_unit > 1.0 { " * 1000" } else { "" };
        parts.extend([part("time", &sum, scale), part("timed", &count, "")]);
    }
    Some(parts.join(" or "))
}

fn queries(picture: &Picture<'_>, scope: &Scope, label: &str, kind: &str) -> Vec<NamedQuery> {
    let mut queries = Vec::new();
    for home in homes(picture) {
        let mut asking = Asking::new(picture, scope, picture.snapshot.window.range_s(), home);
        asking.narrow(Matcher::Named(label.to_owned(), kind.to_owned()));
        let figures = [
            ("rate", asking.rate()),
            ("error_share", asking.error_share()),
            ("mean", asking.mean()),
            ("p95", asking.quantile(0.95)),
        ];
        let of = if kind.is_empty() { "others" } else { kind };
        queries.extend(figures.into_iter().filter_map(|(name, promql)| {
            let source = home.map(|home| home.name.clone());
            Some(NamedQuery { name: format!("{name} of {of}"), promql: promql?, source })
        }));
    }
    queries
}
