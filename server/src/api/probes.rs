//! `/healthz` and `/readyz`, for platforms. Neither asks Prometheus: a source that fails must not take the page away too.

use axum::http::{HeaderName, header};

type Plain = ([(HeaderName, &'static str); 1], &'static str);

/// The process lives.
pub(super) async fn healthz() -> Plain {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n")
}

/// It takes requests: it does from the moment on at which it listens.
pub(super) async fn readyz() -> Plain {
    ([(header::CACHE_CONTROL, "no-store")], "ready\n")
}
