//! The error policy of the HTTP side.
//!
//! - Every failure a caller sees is a problem document (RFC 9457) made here: what happened, what to do, and the parameter
//!   at fault where there is one.
//! - 400: the request cannot be read; all mistakes are told at once. 404: no such thing. 429: as much of it is asked for as
//!   may be. 503: no Prometheus is set, or it is being given time to recover. 504: it took too long. 502: it is there but of
//!   no use.
//! - Whatever still has a last good answer is no error: it is served with its age.
//! - Logged once, in `middleware::trace`, by status; not here, and not in handlers.

use crate::collector::Failure;
use crate::prometheus::PrometheusError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::Problem;
use model::params::BadParam;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    problem: Problem,
    retry_after_s: Option<u64>,
}

impl ApiError {
    /// `kind` is a word for programs, `detail` a sentence or two for people.
    pub(crate) fn new(status: StatusCode, kind: &str, title: &str, detail: String) -> Self {
        let problem = Problem {
            kind: format!("/problems/{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail,
            field: None,
        };
        Self { problem, retry_after_s: None }
    }

    /// None when there is nothing wrong.
    pub(crate) fn bad_params(mistakes: &[BadParam]) -> Option<Self> {
        let first = mistakes.first()?;
        let sentences: Vec<String> = mistakes.iter().map(|mistake| format!("{mistake}.")).collect();
        let title = "A parameter cannot be read";
        let mut error = Self::new(StatusCode::BAD_REQUEST, "bad-parameter", title, sentences.join(" "));
        error.problem.field = Some(first.field.clone());
        Some(error)
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    pub(crate) fn not_found(detail: String) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing here", detail)
    }
}

/// What a failed answer says, for the log at the edge.
#[derive(Debug, Clone)]
pub(crate) struct Told(pub(crate) String);

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let (status, kind, title) = match &failure.error {
            PrometheusError::NotConfigured => {
                (StatusCode::SERVICE_UNAVAILABLE, "no-prometheus", "No Prometheus is set")
            }
            error if error.is_timeout() => {
                (StatusCode::GATEWAY_TIMEOUT, "prometheus-timeout", "Prometheus took too long")
            }
            error if error.is_about_the_source() => {
                (StatusCode::BAD_GATEWAY, "prometheus-unreachable", "Prometheus cannot be asked")
            }
            _ => (StatusCode::BAD_GATEWAY, "prometheus-failed", "Prometheus gave no usable answer"),
        };
        let mut error = Self::new(status, kind, title, failure.error.to_string());
        error.retry_after_s = failure.retry_in_s.map(|seconds| seconds.ceil() as u64);
        error
    }
}

impl ApiError {
    /// The problem document.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(&self.problem).expect("a problem is plain text and numbers")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, self.json()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(retry_after_s) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
        }
        response.extensions_mut().insert(Told(self.problem.detail));
        response
    }
}
