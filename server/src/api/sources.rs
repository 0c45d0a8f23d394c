//! `GET /api/v1/sources`: which Prometheus servers may be chosen, for the picker. Asks none of them.

use super::bodies::HeldBody;
use crate::app::App;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::status::{Source, Sources};

/// The sources
///
/// What `source` may name, the first one first: it is meant where none is named. Where each has a cluster, `all` stands
/// last: their reports as those of one.
#[utoipa::path(
    get,
    path = "/api/v1/sources",
    responses((status = 200, description = "The sources", body = Sources))
)]
pub(super) async fn sources(State(app): State<App>, headers: HeaderMap) -> Response {
    let sources = app.sources().all().map(|source| Source {
        name: source.name.clone(),
        cluster: source.cluster.clone(),
        url: source.collector.address().map(str::to_owned),
        engine: source.collector.engine_name(),
    });
    HeldBody::new(&Sources { sources: sources.collect() }).answer(&headers)
}
