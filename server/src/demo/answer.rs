//! Successes and failures in the form that Prometheus gives them. Knows no query.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use meshsim::promql::EvalError;

/// A request that got no answer, in Prometheus' words.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    kind: &'static str,
    text: String,
}

impl Failure {
    pub(super) fn bad_data(text: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, kind: "bad_data", text: text.into() }
    }

    pub(super) fn not_found(text: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, kind: "not_found", text: text.into() }
    }

    pub(super) fn timeout() -> Self {
        let text = "the query was not answered within its timeout".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, kind: "timeout", text }
    }

    pub(super) fn internal(text: impl Into<String>) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, kind: "internal", text: text.into() }
    }
}

impl From<EvalError> for Failure {
    fn from(error: EvalError) -> Self {
        let kind = error.error_type();
        let status =
            if kind == "execution" { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        Self { status, kind, text: error.to_string() }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "status": "error", "errorType": self.kind, "error": self.text });
        (self.status, axum::Json(body)).into_response()
    }
}

/// A success whose `data` is JSON already.
pub(super) fn success(data: &str) -> Response {
    let body = format!("{{\"status\":\"success\",\"data\":{data}}}");
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
