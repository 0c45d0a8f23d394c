//! One edge of the wire. It must not know nodes' figures or findings.

use crate::{figures::Figures, picture::Picture, place::PlaceId};
use model::{
    Edge,
    graph::EdgeFlags,
    traffic::{Custom, CustomPart},
};
use petgraph::stable_graph::EdgeIndex;

/// Values of a label that a figure is told by, one by one.
const PARTS: usize = 8;

/// A sum of parts may miss its whole by this much.
const ALL_OF_IT: f64 = 1.0 - 1e-9;

pub(super) fn edge(picture: &Picture<'_>, index: EdgeIndex, id: String) -> Edge {
    let map_edge = picture.edge(index);
    let (source, target) = picture.ends(index);
    let figures = &map_edge.figures;
    let row = |place: Option<PlaceId>| {
        place.map(|place| picture.snapshot.text(picture.snapshot.places.get(place).row_key()).to_owned())
    };
    let silent = picture.is_silent(figures);
    Edge {
        id,
        source: picture.id(source).to_owned(),
        source_row: row(map_edge.source_row),
        target: picture.id(target).to_owned(),
        target_row: row(map_edge.target_row),
        protocol: map_edge.protocol,
        requests: figures.model_requests(picture.snapshot.window_s()),
        tcp: figures.model_tcp(),
        latency: picture.latency(figures),
        mtls_share: figures.mtls_share(),
        source_share: picture.source_share(index),
        other_side: figures.side_gap(),
        health: picture.edge_health(index),
        change: None,
        flags: EdgeFlags {
            cycle: map_edge.cycle,
            silent,
            unreached: figures
                .requests
                .is_some_and(|sums| sums.rate > 0.0 && sums.unreached >= sums.rate * ALL_OF_IT),
            estimated: map_edge.estimated,
            idle: figures.is_idle(),
        },
        last_seen_s: figures.last_seen_s.filter(|_| silent).map(|seen_s| seen_s as i64),
        volume: figures.model_volume(&picture.snapshot.sizes),
        custom: custom(picture, figures),
    }
}

fn custom(picture: &Picture<'_>, figures: &Figures) -> Vec<Custom> {
    let Some(own) = &figures.custom else { return Vec::new() };
    let metrics = picture.snapshot.origin.metrics.iter().zip(own.whole).enumerate();
    metrics
        .filter_map(|(at, (metric, per_s))| {
            let parts = own.parts.iter().filter(|part| part.0 == at);
            let parts = parts.map(|(_, value, per_s)| (picture.snapshot.text(*value), *per_s)).collect();
            let (name, unit) = (metric.name.clone(), metric.unit.clone());
            Some(Custom { name, unit, per_s: per_s?, parts: told(parts) })
        })
        .collect()
}

/// The most first; the rest as one.
fn told(mut parts: Vec<(&str, f64)>) -> Vec<CustomPart> {
    parts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let rest = parts.split_off(parts.len().min(PARTS));
    let named = |(value, per_s): (&str, f64)| {
        let value = if value.is_empty() { "none" } else { value }.to_owned();
        CustomPart { value, per_s }
    };
    let mut told: Vec<CustomPart> = parts.into_iter().map(named).collect();
    if !rest.is_empty() {
        let per_s = rest.iter().map(|(_, per_s)| per_s).sum();
        told.push(CustomPart { value: format!("{} more", rest.len()), per_s });
    }
    told
}
