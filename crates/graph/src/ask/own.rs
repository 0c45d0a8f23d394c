//! Counters of the installation's own, as PromQL over the rows that name an edge. It must not know how rows were placed.

use super::{Asking, Scope, Term};
use crate::{
    custom::{CustomFlow, CustomMetric},
    picture::Picture,
    query::Matcher,
    union::Member,
};
use rustc_hash::FxHashMap;

/// More rows than this make a query that nobody can read.
const MOST_ROWS: usize = 40;

/// A share that misses its whole by less is all of it.
const ALL_OF_IT: f64 = 1.0 - 1e-9;

/// By the name of each metric that has a figure. None for one that has but a share of a row: no query gives that.
pub(super) fn queries(
    picture: &Picture<'_>,
    scope: &Scope,
    home: Option<&Member>,
    asking: &Asking<'_>,
) -> Vec<(String, String)> {
    let snapshot = picture.snapshot;
    let mut shares: FxHashMap<usize, f64> = FxHashMap::default();
    for part in &scope.parts {
        for (row, weight) in &snapshot.links[part.link as usize].own_rows {
            *shares.entry(*row).or_default() += weight * part.weight;
        }
    }
    let in_store = |row: &CustomFlow| {
        home.is_none_or(|home| home.clusters.iter().any(|cluster| cluster == snapshot.text(row.store)))
    };
    let mut rows: Vec<(usize, f64)> = shares.into_iter().collect();
    rows.sort_unstable_by_key(|(row, _)| *row);
    let of_metric = |(at, metric): (usize, &CustomMetric)| {
        let own: Vec<(&CustomFlow, f64)> = rows
            .iter()
            .map(|(row, share)| (&snapshot.own_rows[*row], *share))
            .filter(|(row, _)| row.metric == at && in_store(row))
            .collect();
        let whole = own.iter().all(|(_, share)| *share >= ALL_OF_IT);
        let mut terms: Vec<Term> = own.iter().map(|(row, _)| term(picture, metric, row)).collect();
        terms.sort();
        terms.dedup();
        let usable = whole && (1..=MOST_ROWS).contains(&terms.len());
        usable.then(|| (metric.name.clone(), asking.sum(&metric.metric, &terms)))
    };
    snapshot.origin.metrics.iter().enumerate().filter_map(of_metric).collect()
}

/// The labels of a row's ends, as they stand in the store; what it is split by belongs to the whole.
fn term(picture: &Picture<'_>, metric: &CustomMetric, row: &CustomFlow) -> Term {
    let ends = metric.labels().into_iter().zip(row.cells).take(6);
    ends.filter_map(|(label, cell)| {
        Some(Matcher::Named(label?.to_owned(), picture.snapshot.text(cell).to_owned()))
    })
    .collect()
}
