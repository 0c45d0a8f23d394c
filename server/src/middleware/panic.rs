//! A panic costs one request, never the process.

use crate::error::ApiError;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use std::any::Any;

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(super) fn answer(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message");
    tracing::error!(message, "a handler panicked");
    let detail = "Something went wrong inside Portolan; this is a mistake of ours. Its log holds the details under this answer's x-request-id.";
    ApiError::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Something went wrong inside",
        detail.to_owned(),
    )
    .into_response()
}
