//! The versions of one app beside each other: cells from links, and the sentence a person would say.
//! It must not know how evidence is computed.

use super::{Cell, Tally, evidence_worse, risk_ratio};
use crate::{flow::Asked, place::PlaceId, snapshot::Snapshot, traffic_map::MapRow, view::ViewConfig, words};
use model::{
    Protocol,
    graph::{Comparison, Verdict},
};
use rustc_hash::FxHashMap;

/// One caller, asking for one service by one protocol.
type Stratum = (PlaceId, Asked, Protocol);

/// Links by destination, of the workloads that share a card.
pub(crate) type Inbound = FxHashMap<PlaceId, Vec<u32>>;

/// One a row, in the order of the rows; none where there is nothing to compare.
pub(crate) fn compare(
    snapshot: &Snapshot,
    rows: &[MapRow],
    inbound: &Inbound,
    config: &ViewConfig,
) -> Vec<Option<Comparison>> {
    let rate = |row: &MapRow| row.figures.requests.map_or(0.0, |requests| requests.rate);
    // The busiest; of equals the one whose name comes first, since rows are sorted by name.
    let baseline = (0..rows.len()).rev().max_by(|a, b| rate(&rows[*a]).total_cmp(&rate(&rows[*b])));
    let Some(baseline) = baseline.filter(|at| rows.len() > 1 && rate(&rows[*at]) > 0.0) else {
        return vec![None; rows.len()];
    };
    let known_strata = strata(snapshot, rows[baseline].place, inbound);
    let mut compared: Vec<Option<Comparison>> = rows
        .iter()
        .map(|row| {
            let cells = cells(&strata(snapshot, row.place, inbound), &known_strata);
            comparison(snapshot, row, &rows[baseline], &cells, config)
        })
        .collect();
    let anything = compared.iter().enumerate().any(|(at, found)| at != baseline && found.is_some());
    compared[baseline] = anything.then(|| Comparison {
        verdict: Verdict::Baseline,
        baseline: key(snapshot, &rows[baseline]),
        evidence: None,
        sentence: format!(
            "{} answered most requests in this window; the others are compared with it.",
            name(snapshot, &rows[baseline])
        ),
    });
    compared
}

fn key(snapshot: &Snapshot, row: &MapRow) -> String {
    snapshot.text(snapshot.places.get(row.place).row_key()).to_owned()
}

fn name(snapshot: &Snapshot, row: &MapRow) -> String {
    snapshot.text(snapshot.places.get(row.place).row_name()).to_owned()
}

fn strata(snapshot: &Snapshot, place: PlaceId, inbound: &Inbound) -> FxHashMap<Stratum, Tally> {
    let mut strata: FxHashMap<Stratum, Tally> = FxHashMap::default();
    for index in inbound.get(&place).into_iter().flatten() {
        let link = &snapshot.links[*index as usize];
        let Some(requests) = link.figures.requests else { continue };
        let tally = strata.entry((link.source, link.asked, link.protocol)).or_default();
        tally.requests += requests.rate * snapshot.window_s();
        tally.errors += requests.errors * snapshot.window_s();
    }
    strata
}

/// Sorted, so that the sum does not depend on a hash.
fn cells(candidate: &FxHashMap<Stratum, Tally>, baseline: &FxHashMap<Stratum, Tally>) -> Vec<Cell> {
    let mut strata: Vec<(&Stratum, Cell)> = candidate
        .iter()
        .filter_map(|(stratum, tally)| {
            let cell = Cell { candidate: *tally, baseline: *baseline.get(stratum)? };
            cell.compares().then_some((stratum, cell))
        })
        .collect();
    strata.sort_by_key(|(stratum, _)| **stratum);
    strata.into_iter().map(|(_, cell)| cell).collect()
}

fn comparison(
    snapshot: &Snapshot,
    row: &MapRow,
    baseline: &MapRow,
    cells: &[Cell],
    config: &ViewConfig,
) -> Option<Comparison> {
    let told = |row: &MapRow| row.figures.requests.is_some_and(|requests| requests.told > 0.0);
    if !(told(row) && told(baseline)) {
        return None;
    }
    let (own, other) = (name(snapshot, row), name(snapshot, baseline));
    let counted = |side: fn(&Cell) -> Tally| cells.iter().map(|cell| side(cell).requests).sum::<f64>();
    let fewest = counted(|cell| cell.candidate).min(counted(|cell| cell.baseline));
    let answer = |verdict, evidence, sentence| {
        Some(Comparison { verdict, baseline: key(snapshot, baseline), evidence, sentence })
    };
    if fewest < config.health.min_requests {
        let sentence = format!(
            "Too few requests in this window to compare {own} with {other}: {} from callers of both, compared from {} on.",
            words::count(fewest),
            words::count(config.health.min_requests)
        );
        return answer(Verdict::TooFewRequests, None, sentence);
    }
    let evidence = evidence_worse(cells);
    let share = |row: &MapRow| {
        words::share(row.figures.requests.and_then(|requests| requests.error_share()).unwrap_or(0.0))
    };
    let shares = format!("({} against {})", share(row), share(baseline));
    if evidence < config.worse_at_evidence {
        let sentence = format!("No difference between {own} and {other} seen in this window {shares}.");
        return answer(Verdict::NoDifferenceSeen, Some(evidence), sentence);
    }
    let sentence = match risk_ratio(cells) {
        Some(ratio) => {
            let times = words::three_digits(ratio);
            format!("{own} fails {times} times as often as {other} in this window {shares}.")
        }
        None => format!("{own} fails and {other} does not in this window {shares}."),
    };
    answer(Verdict::Worse, Some(evidence), sentence)
}
