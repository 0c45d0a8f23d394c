//! What every handler shares, and the router around it. No socket: tests call the router directly.

use crate::config::Config;
use crate::metrics::Metrics;
use crate::sources::Sources;
use crate::{api, error::ApiError, middleware, page};
use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::routing::get;
use std::sync::Arc;

/// Cheap to clone; one a process.
#[derive(Debug, Clone)]
pub struct App(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) sources: Sources,
    pub(crate) view_config: graph::ViewConfig,
    pub(crate) bodies: api::Bodies,
    pub(crate) channels: api::Channels,
    pub(crate) metrics: Metrics,
}

impl App {
    pub fn new(config: Config) -> anyhow::Result<Self> {
        let metrics = Metrics::default();
        let sources = Sources::new(&config, &metrics.queries)?;
        let view_config = config.view_config();
        let (bodies, channels) = (api::Bodies::default(), api::Channels::new(config.limits.streams));
        Ok(Self(Arc::new(Inner { config, sources, view_config, bodies, channels, metrics })))
    }

    /// Ends all streams: they would go on for ever.
    pub fn end_streams(&self) {
        self.0.channels.end();
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.0.sources
    }
}

/// The whole service as a function from request to response.
pub fn router(app: App) -> Router {
    let base_path = app.config().bind.base_path.clone();
    let inner = Router::new()
        .merge(page::routes())
        .merge(api::probes())
        .nest("/api/v1", api::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(only_read);
    let routes = if base_path.is_empty() {
        inner
    } else {
        // Nesting takes `/x` but not `/x/`. Probes and scrapes come past the proxy, so they need not know its path.
        Router::new()
            .merge(api::probes())
            .route("/", get(page::home))
            .route(&format!("{base_path}/"), get(page::home))
            .nest(&base_path, inner)
            .fallback(not_found)
    };
    middleware::around(routes, &app).with_state(app)
}

async fn only_read(method: Method) -> ApiError {
    let detail = format!("Portolan only reads: use GET, not {method}.");
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Only reading is possible", detail)
}

async fn not_found(uri: Uri) -> ApiError {
    ApiError::not_found(format!(
        "Nothing lies at {}. The map is at /graph, the API's description at /api/v1/openapi.json.",
        uri.path()
    ))
}
