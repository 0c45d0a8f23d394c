//! `GET /api/v1/node`: one node in depth, for the panel.

use super::ask::GraphAsk;
use crate::app::App;
use crate::error::ApiError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use graph::SubjectId;
use model::NodeDetail;

/// One node in depth
///
/// What the panel shows: callers, callees, in- and outbound by protocol and code, with the PromQL of each figure.
/// `id` comes from a graph with the same parameters.
#[utoipa::path(
    get,
    path = "/api/v1/node",
    params(("id" = String, Query, description = "The node's id"), super::openapi::GraphQuery),
    responses(
        (status = 200, description = "The node", body = NodeDetail),
        (status = 404, description = "No such node in this view", body = model::Problem, content_type = "application/problem+json"),
        super::responses::Refusals
    )
)]
pub(super) async fn node(
    State(app): State<App>,
    mut ask: GraphAsk,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = ask.required("id", "is missing: give the id of a node of the graph");
    let found = ask.found().await?;
    let view = ask.view(&app);
    let operations = ask.collector.operations(&found.collected, &view, SubjectId::Node(&id)).await;
    let name = format!("node?{}#{id}", ask.canonical());
    let body = app
        .0
        .bodies
        .of(&found, name, move |collected| {
            let detail = graph::node_detail(&collected.snapshot, &view, &id).map(|detail| NodeDetail { operations, ..detail });
            detail.ok_or_else(|| {
                ApiError::not_found(format!(
                    "There is no node `{id}` in this view. It may have had no traffic in the window, or belong to another graph type."
                ))
            })
        })
        .await?;
    Ok(body.answer_timed(&headers, &found.collected))
}
