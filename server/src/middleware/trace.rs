//! A request id, a span around everything inside it, and the one line that is logged at the edge.

use crate::error::Told;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tracing::Instrument as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn spanned(request: Request, next: Next) -> Response {
    let id = given_id(&request).unwrap_or_else(new_id);
    let span = tracing::info_span!(
        "request",
        id = id.to_str().unwrap_or_default(),
        method = %request.method(),
        path = request.uri().path(),
    );
    let started = Instant::now();
    async move {
        let mut response = next.run(request).await;
        log(&response, started);
        response.headers_mut().insert(REQUEST_ID, id);
        response
    }
    .instrument(span)
    .await
}

fn log(response: &Response, started: Instant) {
    let status = response.status().as_u16();
    let duration_ms = started.elapsed().as_millis();
    let detail = response.extensions().get::<Told>().map_or("", |told| told.0.as_str());
    match status {
        500.. => tracing::warn!(status, duration_ms, detail, "answered"),
        400.. => tracing::info!(status, duration_ms, detail, "answered"),
        _ => tracing::debug!(status, duration_ms, "answered"),
    }
}

/// A caller's own id, if it is short and plain enough for a log.
fn given_id(request: &Request) -> Option<HeaderValue> {
    let given = request.headers().get(REQUEST_ID)?;
    let plain = given.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    (plain && (1..=64).contains(&given.len())).then(|| given.clone())
}

/// Unique in this process and, by the seed, among replicas.
fn new_id() -> HeaderValue {
    static SEED: OnceLock<u64> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let seed = SEED.get_or_init(|| RandomState::new().hash_one(0_u8));
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    HeaderValue::from_str(&format!("{:08x}-{number:x}", seed >> 32))
        .expect("hexadecimal digits are plain text")
}
