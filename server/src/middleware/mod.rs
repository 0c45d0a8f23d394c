//! What surrounds every handler, outermost first: counting, request id and span, panics, time, limits, compression, security headers,
//! host check. Must not know what any route does.

mod count;
mod host;
mod limits;
mod nonce;
mod panic;
mod security;
mod trace;

pub(crate) use count::Peer;
pub(crate) use nonce::Nonce;
pub(crate) use security::Framers;

use crate::app::App;
use axum::Router;
use axum::middleware::from_fn_with_state;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

pub(crate) fn around(routes: Router<App>, app: &App) -> Router<App> {
    let limits = &app.config().limits;
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest);
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(app.clone(), count::counted))
            .layer(axum::middleware::from_fn(trace::spanned))
            .layer(CatchPanicLayer::custom(panic::answer))
            .layer(from_fn_with_state(limits.request_timeout, limits::in_time))
            .layer(from_fn_with_state(limits::Places::new(limits), limits::within_limits))
            .layer(compression)
            .layer(axum::middleware::from_fn(security::headers))
            .layer(from_fn_with_state(app.clone(), host::checked)),
    )
}
