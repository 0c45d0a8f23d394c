//! `GET /api/v1/status`: what the server says of itself and of its Prometheus.

use super::ask::GraphAsk;
use super::bodies::HeldBody;
use crate::app::App;
use crate::error::ApiError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::status::ServerStatus;

/// The server and its source
#[utoipa::path(
    get,
    path = "/api/v1/status",
    params(super::openapi::SourceQuery),
    responses(
        (status = 200, description = "The status", body = ServerStatus),
        (status = 400, description = "A parameter cannot be read", body = model::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn status(
    State(app): State<App>,
    ask: GraphAsk,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    ask.checked()?;
    let (snapshots_held, snapshots_bytes) = ask.collector.held().await;
    let status = ServerStatus {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        open_to_all: true,
        listen: app.config().bind.listen.to_string(),
        cautions: app.config().cautions(),
        asking: ask.collector.asking(),
        prometheus: ask.collector.status().await,
        snapshots_held,
        snapshots_bytes,
    };
    Ok(HeldBody::new(&status).answer(&headers))
}
