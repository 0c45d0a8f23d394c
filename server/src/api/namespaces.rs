//! `GET /api/v1/namespaces`: every namespace of the window, for the picker.

use super::ask::GraphAsk;
use crate::app::App;
use crate::error::ApiError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::status::Namespaces;

/// All namespaces with traffic
///
/// Whatever is chosen in `namespaces`, all of them are listed, with their worst status and how many nodes have it.
#[utoipa::path(
    get,
    path = "/api/v1/namespaces",
    params(super::openapi::GraphQuery),
    responses(
        (status = 200, description = "The namespaces", body = Namespaces),
        super::responses::Refusals
    )
)]
pub(super) async fn namespaces(
    State(app): State<App>,
    ask: GraphAsk,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = ask.found().await?;
    let view = ask.view(&app);
    let body = app
        .0
        .bodies
        .of(&found, format!("namespaces?{}", ask.canonical()), move |collected| {
            Ok(Namespaces {
                at_s: collected.window.at_s,
                window_s: collected.window.window_s,
                namespaces: graph::namespaces(&collected.snapshot, &view),
            })
        })
        .await?;
    Ok(body.answer_timed(&headers, &found.collected))
}
