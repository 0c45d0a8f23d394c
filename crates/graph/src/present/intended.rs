//! How a card's requests are meant to be shared out among its rows: by the configuration, else by the telemetry.
//! It must not know observed shares.

use crate::{
    graph_type::NodeKey,
    picture::Picture,
    place::{Known, Place},
    sample::Symbol,
    traffic_map::{MapNode, MapRow},
    view::IntendedSplit,
};

/// One a row, in the order of the rows.
pub(super) fn shares(picture: &Picture<'_>, node: &MapNode) -> Vec<Option<f64>> {
    let configured = picture.view.config.intended_splits.iter().find(|split| is_about(picture, node, split));
    match configured.and_then(|split| by_configuration(picture, &node.rows, split)) {
        Some(shares) => shares,
        None => by_telemetry(picture, &node.rows),
    }
}

/// The card is the split's app, or answers for its service.
fn is_about(picture: &Picture<'_>, node: &MapNode, split: &IntendedSplit) -> bool {
    let snapshot = picture.snapshot;
    let is = |symbol: Symbol, text: &str| snapshot.text(symbol) == text;
    let NodeKey::App { namespace, app, .. } = node.key else { return false };
    if is(namespace, &split.namespace) && is(app, &split.service) {
        return true;
    }
    let mut asked_for = snapshot
        .answering
        .iter()
        .filter(|(service, _)| is(service.namespace, &split.namespace) && is(service.name, &split.service));
    asked_for.any(|(_, answering)| node.rows.iter().any(|row| answering.contains(&row.place)))
}

/// None where the weights are no shares of anything, or none of the rows is named.
fn by_configuration(
    picture: &Picture<'_>,
    rows: &[MapRow],
    split: &IntendedSplit,
) -> Option<Vec<Option<f64>>> {
    let sound = split.weights.values().all(|weight| weight.is_finite() && *weight >= 0.0);
    let sum: f64 = split.weights.values().sum();
    let named: Vec<Option<(Symbol, f64)>> =
        rows.iter().map(|row| weight(picture, picture.snapshot.places.get(row.place), split)).collect();
    // Workloads of one version share its weight.
    let of_version = |name: Symbol| named.iter().flatten().filter(|(other, _)| *other == name).count() as f64;
    let applies = sound && sum > 0.0 && sum.is_finite() && named.iter().any(Option::is_some);
    let share =
        |weight: &Option<(Symbol, f64)>| weight.map_or(0.0, |(name, weight)| weight / sum / of_version(name));
    applies.then(|| named.iter().map(|weight| Some(share(weight))).collect())
}

/// With the name it goes by.
fn weight(picture: &Picture<'_>, known: &Known, split: &IntendedSplit) -> Option<(Symbol, f64)> {
    [known.party.version, known.party.workload]
        .into_iter()
        .filter(|symbol| !symbol.is_empty())
        .find_map(|symbol| Some((symbol, *split.weights.get(picture.snapshot.text(symbol))?)))
}

/// As told for each workload; where all but one are told, that one is meant to get the rest.
fn by_telemetry(picture: &Picture<'_>, rows: &[MapRow]) -> Vec<Option<f64>> {
    let told = |row: &MapRow| {
        let known = picture.snapshot.places.get(row.place);
        let Place::Workload { cluster, namespace, .. } = known.place else { return None };
        let mut intents = picture.snapshot.intents.iter();
        intents
            .find(|intent| {
                intent.workload == known.party.workload
                    && (intent.namespace == namespace || intent.namespace.is_empty())
                    && (intent.cluster == cluster || intent.cluster.is_empty())
            })
            .map(|intent| intent.share)
    };
    let mut shares: Vec<Option<f64>> = rows.iter().map(told).collect();
    let sum: f64 = shares.iter().flatten().sum();
    let untold: Vec<usize> = (0..shares.len()).filter(|at| shares[*at].is_none()).collect();
    if let [last] = untold.as_slice()
        && shares.len() > 1
        && sum <= 1.0
    {
        shares[*last] = Some(1.0 - sum);
    }
    shares
}
