//! Answers in the JSON that Prometheus speaks, written row by row without a tree in between. Knows no query.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use meshsim::exposition::number;
use meshsim::promql::{EvalError, Value};
use meshsim::store::{Labels, Point, Series};

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

/// The `data` of a query's answer; a scalar or text is told with the instant it was asked for.
pub(super) fn value(value: &Value, at_ms: i64) -> String {
    match value {
        Value::Scalar(scalar) => result("scalar", |text| pair(text, at_ms, &number(*scalar))),
        Value::String(word) => result("string", |text| pair(text, at_ms, word)),
        Value::Vector(samples) => result("vector", |text| {
            list(text, samples, |text, sample| {
                metric(text, &sample.labels);
                text.push_str(",\"value\":");
                pair(text, sample.t_ms, &number(sample.value));
                text.push('}');
            });
        }),
        Value::Matrix(series) => matrix(series),
    }
}

pub(super) fn matrix(series: &[Series]) -> String {
    result("matrix", |text| {
        list(text, series, |text, series| {
            metric(text, &series.labels);
            text.push_str(",\"values\":");
            list(text, &series.points, |text, point: &Point| pair(text, point.t_ms, &number(point.value)));
            text.push('}');
        });
    })
}

fn result(kind: &str, write: impl FnOnce(&mut String)) -> String {
    let mut text = format!("{{\"resultType\":\"{kind}\",\"result\":");
    write(&mut text);
    text.push('}');
    text
}

fn list<T>(text: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(text, item);
    }
    text.push(']');
}

/// A row's beginning: its labels.
fn metric(text: &mut String, labels: &Labels) {
    text.push_str("{\"metric\":{");
    for (index, (name, value)) in labels.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        quoted(text, name);
        text.push(':');
        quoted(text, value);
    }
    text.push('}');
}

fn pair(text: &mut String, t_ms: i64, value: &str) {
    text.push('[');
    text.push_str(&(t_ms as f64 / 1_000.0).to_string());
    text.push(',');
    quoted(text, value);
    text.push(']');
}

fn quoted(text: &mut String, value: &str) {
    // Nearly all labels are plain; only the others need the care.
    if value.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        text.push('"');
        text.push_str(value);
        text.push('"');
    } else {
        text.push_str(&serde_json::Value::from(value).to_string());
    }
}
