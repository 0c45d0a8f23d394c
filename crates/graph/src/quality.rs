//! What the answers lack, told in sentences: failed and partial queries, missing labels, rows left out.
//! It must not know views.

mod of_store;

use crate::{
    answers::{Answers, Outcome},
    custom::{self, CustomMetric},
    flow::Reporter,
    place::Place,
    query::QueryKind,
    reporter::Unreported,
    sample::Table,
    snapshot::Snapshot,
    words,
};
use model::{
    Warning,
    graph::{Quality, QualityNote},
};
use std::collections::BTreeMap;

/// A window of fewer scrapes gives rates from too few samples.
const SCRAPES_WANTED: f64 = 4.0;

/// How many workloads a note names before it only counts.
const NAMED: usize = 3;

pub(crate) struct Counted<'a> {
    pub(crate) half_built: usize,
    /// Links of tunnels that a waypoint reports whole.
    pub(crate) hops: usize,
    pub(crate) reporters: Vec<Reporter>,
    pub(crate) unreported: &'a [Unreported],
    pub(crate) unstated_rows: usize,
    pub(crate) notes: Vec<QualityNote>,
    /// Rows of each of the installation's own metrics that name no connection.
    pub(crate) unplaced: [usize; custom::MOST],
}

pub(crate) fn warnings(answers: &Answers, not_numbers: &BTreeMap<QueryKind, usize>) -> Vec<Warning> {
    let mut warnings = said_beside(answers);
    for (kind, (outcome, _)) in &answers.outcomes {
        let mut warn = |code: &str, sentence: String| {
            warnings.push(Warning { code: code.into(), column: Some(kind.word().into()), sentence });
        };
        if let Outcome::Failed(reason) = outcome {
            let reason = reason.trim_end_matches('.');
            warn("query_failed", format!("{reason}. So {} are missing.", kind.meaning()));
        }
        if let Some(rows) = not_numbers.get(kind) {
            let rows = words::count(*rows as f64);
            warn(
                "not_numbers",
                format!(
                    "{rows} rows of {} were NaN, infinite or negative and were left out.",
                    kind.meaning()
                ),
            );
        }
    }
    warnings.extend(short_window(answers));
    warnings
}

/// What the store put beside its answers, once for all columns that it says it of.
fn said_beside(answers: &Answers) -> Vec<Warning> {
    let mut by_text: BTreeMap<&str, Vec<QueryKind>> = BTreeMap::new();
    for (kind, (_, said)) in &answers.outcomes {
        for text in said {
            by_text.entry(text).or_default().push(*kind);
        }
    }
    let mut said: Vec<_> = by_text.into_iter().collect();
    said.sort_by_key(|(text, kinds)| (kinds[0], *text));
    let warning = |(text, kinds): (&str, Vec<QueryKind>)| {
        let mut meanings: Vec<&str> = kinds.iter().map(|kind| kind.meaning()).collect();
        meanings.dedup();
        let column = (kinds.len() == 1).then(|| kinds[0].word().to_owned());
        let sentence = format!("Prometheus says of {}: {text}", words::list(&meanings));
        Warning { code: "partial_answer".into(), column, sentence }
    };
    said.into_iter().map(warning).collect()
}

fn short_window(answers: &Answers) -> Option<Warning> {
    let window_s = answers.window.window_s as f64;
    let scrape_s = answers.window.scrape_interval_s.filter(|scrape_s| *scrape_s > 0.0)?;
    let scrapes = window_s / scrape_s;
    let rates = if scrapes < 2.0 {
        format!("rates are taken over {} s instead, and some may be missing", answers.window.range_s())
    } else {
        "rates are coarse and some may be missing".to_owned()
    };
    (scrapes < SCRAPES_WANTED).then(|| Warning {
        code: "short_window".into(),
        column: None,
        sentence: format!(
            "The window of {window_s} s spans only {} scrapes of {scrape_s} s, so {rates}. Choose at least {} s.",
            words::three_digits(scrapes),
            (SCRAPES_WANTED * scrape_s).ceil()
        ),
    })
}

pub(crate) fn quality(snapshot: &Snapshot, answers: &Answers, counted: Counted<'_>) -> Quality {
    let unknown_source_share = unknown_source_share(snapshot);
    let mut notes = counted.notes;
    notes.extend(left_out(counted.half_built, counted.unstated_rows, counted.hops));
    notes.extend(unreported_note(snapshot, counted.unreported));
    notes.extend(unknown_source_share.and_then(unknown_callers_note));
    notes.extend(of_store::notes(snapshot, answers));
    let own = answers.origin.metrics.iter().zip(counted.unplaced);
    notes.extend(own.filter(|(_, rows)| *rows > 0).map(|(metric, rows)| unplaced_note(metric, rows)));
    Quality {
        reporters: counted
            .reporters
            .iter()
            .map(|reporter| reporter.word().to_owned())
            .filter(|word| !word.is_empty())
            .collect(),
        rows: answers.table(QueryKind::Requests).map_or(0, Table::rows),
        unknown_source_share,
        dropped_rows: counted.half_built + counted.unstated_rows,
        notes,
    }
}

fn note(code: &str, number: f64, sentence: String, fix: &str) -> QualityNote {
    QualityNote { code: code.into(), sentence, fix: fix.into(), number: Some(number) }
}

fn unplaced_note(metric: &CustomMetric, rows: usize) -> QualityNote {
    let number = rows as f64;
    let names = if rows == 1 { "row" } else { "rows" };
    let verb = if rows == 1 { "names" } else { "name" };
    let sentence = format!(
        "{} {names} of “{}” {verb} no connection that the mesh reports, and so stand on no edge.",
        words::count(number),
        metric.name
    );
    note(
        "custom_metric",
        number,
        sentence,
        "Check which labels its [[metric]] in the settings file takes for the ends.",
    )
}

fn left_out(half_built: usize, unstated_rows: usize, hops: usize) -> Vec<QualityNote> {
    let told = |count: usize, code, rest: &str, fix| {
        let number = count as f64;
        (count > 0).then(|| note(code, number, format!("{} {rest}", words::count(number)), fix))
    };
    let notes = [
        told(
            half_built,
            "half_built_rows",
            "rows were left out: their pods were still starting, and name neither workload nor app.",
            "Nothing to do if it passes. If it stays, look for pods without app and version labels.",
        ),
        told(
            unstated_rows,
            "rows_without_reporter",
            "rows without a reporter were left out, because a named reporter counted the same edges.",
            "Keep the label reporter on every series of Istio's.",
        ),
        told(
            hops,
            "waypoint_hops",
            "connections of ambient tunnels are not drawn: they carry requests that a waypoint reports already.",
            "Nothing to do: this keeps one call from counting twice.",
        ),
    ];
    notes.into_iter().flatten().collect()
}

/// A few callers from outside are usual.
const MANY_UNKNOWN: f64 = 0.1;

fn unknown_callers_note(share: f64) -> Option<QualityNote> {
    (share >= MANY_UNKNOWN).then(|| {
        note(
            "unknown_callers",
            share,
            format!("{} of requests come from callers without identity.", words::share(share)),
            "Bring these callers into the mesh. If they come from outside of the cluster, let them in through a gateway.",
        )
    })
}

fn unknown_source_share(snapshot: &Snapshot) -> Option<f64> {
    let (mut all, mut unknown) = (0.0, 0.0);
    for link in &snapshot.links {
        let rate = link.figures.requests.map_or(0.0, |requests| requests.rate);
        all += rate;
        if matches!(snapshot.places.get(link.source).place, Place::Callers { .. }) {
            unknown += rate;
        }
    }
    (all > 0.0).then(|| unknown / all)
}

fn unreported_note(snapshot: &Snapshot, unreported: &[Unreported]) -> Option<QualityNote> {
    let mut by_name: BTreeMap<(String, Reporter), (f64, f64)> = BTreeMap::new();
    for found in unreported {
        let known = snapshot.places.get(found.destination);
        let name = snapshot.text(known.row_key());
        let place = match snapshot.text(known.namespace()) {
            "" => name.to_owned(),
            namespace => format!("{name} in {namespace}"),
        };
        let sums = by_name.entry((place, found.others)).or_default();
        sums.0 += found.counted;
        sums.1 += found.by_others;
    }
    if by_name.is_empty() {
        return None;
    }
    let named: Vec<String> = by_name
        .iter()
        .take(NAMED)
        .map(|((name, others), (counted, by_others))| {
            let (they, it) = match others {
                Reporter::Destination => ("its own proxies count", "its waypoint counts"),
                _ => ("callers count", "it counts"),
            };
            format!("{name} ({they} {}, {it} {})", words::rate(*by_others), words::rate(*counted))
        })
        .collect();
    let more = match by_name.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(note(
        "pods_not_reporting",
        by_name.len() as f64,
        format!("Some of this workload's pods do not report: {}{more}.", named.join(", ")),
        "Look for pods without a sidecar, or that Prometheus does not scrape.",
    ))
}
