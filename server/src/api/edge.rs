//! `GET /api/v1/edge`: one edge in depth, for the panel.

use super::ask::GraphAsk;
use crate::app::App;
use crate::error::ApiError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use graph::SubjectId;
use model::EdgeDetail;

/// One edge in depth
///
/// What the panel shows: its breakdown by code, flag, host and version, with the PromQL of each figure.
/// `id` comes from a graph with the same parameters.
#[utoipa::path(
    get,
    path = "/api/v1/edge",
    params(("id" = String, Query, description = "The edge's id"), super::openapi::GraphQuery),
    responses(
        (status = 200, description = "The edge", body = EdgeDetail),
        (status = 404, description = "No such edge in this view", body = model::Problem, content_type = "application/problem+json"),
        super::responses::Refusals
    )
)]
pub(super) async fn edge(
    State(app): State<App>,
    mut ask: GraphAsk,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = ask.required("id", "is missing: give the id of an edge of the graph");
    let found = ask.found().await?;
    let view = ask.view(&app);
    let operations = ask.collector.operations(&found.collected, &view, SubjectId::Edge(&id)).await;
    let name = format!("edge?{}#{id}", ask.canonical());
    let body = app
        .0
        .bodies
        .of(&found, name, move |collected| {
            let detail = graph::edge_detail(&collected.snapshot, &view, &id).map(|detail| EdgeDetail { operations, ..detail });
            detail.ok_or_else(|| {
                ApiError::not_found(format!(
                    "There is no edge `{id}` in this view. It may have had no traffic in the window, or belong to another graph type."
                ))
            })
        })
        .await?;
    Ok(body.answer_timed(&headers, &found.collected))
}
