//! `GET /api/v1/last-traffic`: when there was any, for a view that is empty now.

use super::ask::GraphAsk;
use super::bodies::HeldBody;
use crate::app::App;
use crate::error::ApiError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::status::LastTraffic;

/// When traffic was last seen
///
/// Of the chosen namespaces within the window, to a minute or four scrapes. `seen_s` is absent where there was none.
#[utoipa::path(
    get,
    path = "/api/v1/last-traffic",
    params(super::openapi::GraphQuery),
    responses(
        (status = 200, description = "The moment", body = LastTraffic),
        super::responses::Refusals
    )
)]
pub(super) async fn last_traffic(
    State(app): State<App>,
    ask: GraphAsk,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let wanted = ask.checked()?;
    let answer = ask.collector.last_traffic(ask.view(&app), wanted).await?;
    Ok(HeldBody::new(&answer).answer(&headers))
}
