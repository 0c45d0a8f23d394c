//! The JSON API: one file a resource. Handlers read parameters, ask the collector for a snapshot and the core for a view.
//! Must not make PromQL, and takes none from outside.

mod ask;
mod bodies;
mod edge;
mod graph;
mod graph_svg;
mod labels;
mod last_traffic;
mod metrics;
mod namespaces;
mod node;
mod openapi;
mod probes;
mod responses;
mod series;
mod sources;
mod status;
mod stream;

pub(crate) use bodies::Bodies;
pub(crate) use stream::Channels;

use crate::app::App;
use axum::Router;
use axum::routing::get;

/// Everything under `/api/v1`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/graph", get(graph::graph))
        .route("/graph/stream", get(stream::stream))
        .route("/graph.svg", get(graph_svg::graph_svg))
        .route("/labels", get(labels::labels))
        .route("/last-traffic", get(last_traffic::last_traffic))
        .route("/namespaces", get(namespaces::namespaces))
        .route("/node", get(node::node))
        .route("/edge", get(edge::edge))
        .route("/series", get(series::series))
        .route("/sources", get(sources::sources))
        .route("/status", get(status::status))
        .route("/openapi.json", get(openapi::document))
}

/// What a platform asks: probes, and a scrape.
pub(crate) fn probes() -> Router<App> {
    Router::new()
        .route("/healthz", get(probes::healthz))
        .route("/readyz", get(probes::readyz))
        .route("/metrics", get(metrics::metrics))
}
