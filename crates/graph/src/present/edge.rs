//! One edge of the wire. It must not know nodes' figures or findings.

use crate::{figures::Figures, picture::Picture, place::PlaceId};
use model::{Edge, graph::EdgeFlags, traffic::Custom};
use petgraph::stable_graph::EdgeIndex;

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
    let told = figures.custom.iter().flat_map(|custom| picture.snapshot.origin.metrics.iter().zip(**custom));
    told.filter_map(|(metric, per_s)| {
        Some(Custom { name: metric.name.clone(), unit: metric.unit.clone(), per_s: per_s? })
    })
    .collect()
}
