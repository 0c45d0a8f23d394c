//! Limits on time, on callers at once and on what a request may carry. Each refusal says so.

use crate::config::Limits;
use crate::error::ApiError;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

pub(super) async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(
            StatusCode::GATEWAY_TIMEOUT,
            "too-slow",
            "It took too long",
            format!(
                "No answer within {} s. What was begun goes on: try again in a moment, or take a shorter window.",
                limit.as_secs()
            ),
        )
        .into_response(),
    }
}

/// Places for requests that run at once.
#[derive(Debug, Clone)]
pub(super) struct Places {
    free: Arc<Semaphore>,
    request_bytes: usize,
}

impl Places {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { free: Arc::new(Semaphore::new(limits.concurrency)), request_bytes: limits.request_bytes }
    }
}

pub(super) async fn within_limits(State(places): State<Places>, request: Request, next: Next) -> Response {
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes: usize| bytes > places.request_bytes) {
        let detail = format!(
            "The request carries more than {} bytes. Portolan only reads: send none.",
            places.request_bytes
        );
        let refused =
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request is too large", detail);
        let mut response = refused.into_response();
        // The body is not read, so nothing that follows it on this connection could be.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return response;
    }
    let Ok(_place) = places.free.try_acquire() else {
        let detail = "Too many requests are being answered at once. Try again in a moment.".to_owned();
        return ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too many at once", detail)
            .retry_after(1)
            .into_response();
    };
    next.run(request).await
}
