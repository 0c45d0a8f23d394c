//! `GET /api/v1/status`: what the server says of itself and of its Prometheus.

use super::bodies::HeldBody;
use crate::app::App;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::status::ServerStatus;

/// The server and its source
#[utoipa::path(
    get,
    path = "/api/v1/status",
    responses((status = 200, description = "The status", body = ServerStatus))
)]
pub(super) async fn status(State(app): State<App>, headers: HeaderMap) -> Response {
    let (snapshots_held, snapshots_bytes) = app.collector().held().await;
    let status = ServerStatus {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        open_to_all: true,
        listen: app.config().bind.listen.to_string(),
        cautions: app.config().cautions(),
        asking: app.collector().asking(),
        prometheus: app.collector().status().await,
        snapshots_held,
        snapshots_bytes,
    };
    HeldBody::new(&status).answer(&headers)
}
