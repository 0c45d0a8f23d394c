//! `GET /api/v1/labels`: by which labels requests can be told apart, for the picker of `operations`.

use super::ask::GraphAsk;
use super::bodies::HeldBody;
use crate::error::ApiError;
use axum::http::HeaderMap;
use axum::response::Response;
use model::status::Labels;

/// Labels to tell requests apart by
///
/// What may stand in `operations`: the labels of the store's requests beside those that every mesh has and those that
/// the scrape put on. Looked up every ten minutes at most. Empty, with a note, where the store does not list its labels.
#[utoipa::path(
    get,
    path = "/api/v1/labels",
    params(super::openapi::SourceQuery),
    responses(
        (status = 200, description = "The labels", body = Labels),
        super::responses::Refusals
    )
)]
pub(super) async fn labels(ask: GraphAsk, headers: HeaderMap) -> Result<Response, ApiError> {
    ask.checked()?;
    let labels = ask.collector.labels().await?;
    Ok(HeldBody::new(&*labels).answer(&headers))
}
