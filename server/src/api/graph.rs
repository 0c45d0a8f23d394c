//! `GET /api/v1/graph`: the graph of a window, whole.

use super::ask::GraphAsk;
use crate::app::App;
use crate::collector::Found;
use crate::error::ApiError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::Graph;

/// The service graph
///
/// Nodes, edges, boxes and findings of one window, with the queries it rests on in `meta`. Poll it with `If-None-Match`.
/// When Prometheus fails, the last good graph is served with `meta.stale`.
#[utoipa::path(
    get,
    path = "/api/v1/graph",
    params(super::openapi::GraphQuery),
    responses(
        (status = 200, description = "The graph", body = Graph),
        (status = 304, description = "The caller has it already"),
        super::responses::Refusals
    )
)]
pub(super) async fn graph(
    State(app): State<App>,
    ask: GraphAsk,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = ask.found().await?;
    let view = ask.view(&app);
    let (engine, shown) = (ask.collector.engine_name(), found.clone());
    let body = app
        .0
        .bodies
        .of(&found, format!("graph?{}", ask.canonical()), move |collected| {
            let graph = graph::view(&collected.snapshot, &view);
            Ok(with_meta(graph, &shown, engine))
        })
        .await?;
    Ok(body.answer_timed(&headers, &found.collected))
}

/// Adds what only the shell knows: who answered, with which queries, and how fresh it is.
pub(super) fn with_meta(mut graph: Graph, found: &Found, engine: Option<String>) -> Graph {
    let meta = &mut graph.meta;
    meta.engine = engine;
    meta.queries.clone_from(&found.collected.queries);
    for warning in &found.collected.warnings {
        if !meta.warnings.contains(warning) {
            meta.warnings.push(warning.clone());
        }
    }
    meta.stale.clone_from(&found.stale);
    graph
}
