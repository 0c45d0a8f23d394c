//! Reads a request's parameters once, all mistakes at once, and finds the snapshot they ask for.

use crate::app::App;
use crate::collector::{Ask, Collector, Found, MOST_LABELS};
use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use graph::View;
use model::GraphParams;
use std::convert::Infallible;
use std::sync::Arc;

/// The graph's own parameters, and whatever else stands in the address.
#[derive(Debug, Clone)]
pub(super) struct GraphAsk {
    pub(super) params: GraphParams,
    /// Keeps the snapshots of the source that is asked for.
    pub(super) collector: Arc<Collector>,
    mistakes: Vec<model::params::BadParam>,
    pairs: Vec<(String, String)>,
}

impl FromRequestParts<App> for GraphAsk {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let (params, mistakes) = GraphParams::from_query(query);
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let sources = app.sources();
        let named = params.source.as_deref().map(|name| sources.named(name));
        let collector = named.flatten().unwrap_or(sources.first()).collector.clone();
        let mut ask = Self { params, collector, mistakes, pairs };
        if matches!(named, Some(None)) {
            ask.mistake("source", &format!("is not known; it can be {}", sources.names().join(", ")));
        }
        Ok(ask)
    }
}

impl GraphAsk {
    /// A parameter beside the graph's own; empty counts as absent.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
            .filter(|v| !v.is_empty())
    }

    /// A parameter that cannot be done without.
    pub(super) fn required(&mut self, key: &str, fix: &str) -> String {
        if self.value(key).is_none() {
            self.mistake(key, fix);
        }
        self.value(key).unwrap_or_default().to_owned()
    }

    pub(super) fn mistake(&mut self, field: &str, fix: &str) {
        self.mistakes.push(model::params::BadParam { field: field.to_owned(), fix: fix.to_owned() });
    }

    /// Refuses a request with mistakes; else says what to ask the collector.
    pub(super) fn checked(&self) -> Result<Ask, ApiError> {
        if let Some(error) = ApiError::bad_params(&self.mistakes) {
            return Err(error);
        }
        if let Some(label) = &self.params.operations {
            self.collector.may_tell_apart_by(label).map_err(|wait| too_many_labels(wait.as_secs()))?;
        }
        Ok(Ask {
            window_s: self.params.window_s,
            at_s: self.params.at_s,
            percentiles: self.params.percentiles,
            extras: self.params.extras,
            operations: self.params.operations.as_deref().map(Into::into),
        })
    }

    /// Finds what a request without mistakes is about.
    pub(super) async fn found(&self) -> Result<Found, ApiError> {
        Ok(self.collector.snapshot(self.checked()?).await?)
    }

    pub(super) fn view(&self, app: &App) -> View {
        View::resolve(&self.params, &app.0.view_config)
    }

    /// The same for all who ask for the same: parameters in one order, defaults left out.
    pub(super) fn canonical(&self) -> String {
        self.params.to_query()
    }
}

fn too_many_labels(wait_s: u64) -> ApiError {
    let detail = format!(
        "{MOST_LABELS} other labels are looked at as `operations` of this source: each is asked for by itself, so there may be no more. Choose one of them, or try again later."
    );
    let title = "Too many labels are looked at";
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too-many-labels", title, detail).retry_after(wait_s + 1)
}
