//! `GET /api/v1/series`: lines over the window for one node or edge. Metrics are named; no PromQL comes from outside.

use super::ask::GraphAsk;
use super::bodies::HeldBody;
use crate::app::App;
use crate::error::ApiError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use graph::SubjectId;
use model::series::{Metric, SeriesAnswer};

/// What the panel's charts show first.
const METRICS_DEFAULT: [Metric; 3] = [Metric::RateRps, Metric::ErrorShare, Metric::P95Ms];

/// Lines over time
///
/// At most 60 points a line over the window. A point that was not measured is null. What could not be had is named in
/// `missing`.
#[utoipa::path(
    get,
    path = "/api/v1/series",
    params(
        ("node" = Option<String>, Query, description = "The node's id; either this or `edge`"),
        ("edge" = Option<String>, Query, description = "The edge's id"),
        ("metrics" = Option<String>, Query, description = "Names separated by commas: rate_rps, error_share, p50_ms, p95_ms, p99_ms, sent_bytes_per_s, received_bytes_per_s; default: rate_rps,error_share,p95_ms"),
        super::openapi::GraphQuery
    ),
    responses(
        (status = 200, description = "The lines", body = SeriesAnswer),
        (status = 404, description = "No such node or edge in this view", body = model::Problem, content_type = "application/problem+json"),
        super::responses::Refusals
    )
)]
pub(super) async fn series(
    State(app): State<App>,
    mut ask: GraphAsk,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let metrics = metrics(&mut ask);
    let subject = subject(&mut ask);
    let found = ask.found().await?;
    let view = ask.view(&app);
    let collected = found.collected.clone();
    let queries = {
        let subject = match &subject {
            Subject::Node(id) => SubjectId::Node(id),
            Subject::Edge(id) => SubjectId::Edge(id),
        };
        graph::series_queries(&collected.snapshot, &view, subject, &metrics)
    };
    let queries = queries.ok_or_else(|| subject.not_found())?;
    let answer = ask.collector.series(queries, collected.window).await?;
    Ok(HeldBody::new(&*answer).answer_timed(&headers, &found.collected))
}

enum Subject {
    Node(String),
    Edge(String),
}

impl Subject {
    fn not_found(&self) -> ApiError {
        let (kind, id) = match self {
            Self::Node(id) => ("node", id),
            Self::Edge(id) => ("edge", id),
        };
        ApiError::not_found(format!("There is no {kind} `{id}` in this view, so it has no lines either."))
    }
}

fn metrics(ask: &mut GraphAsk) -> Vec<Metric> {
    let Some(words) = ask.value("metrics").map(str::to_owned) else { return METRICS_DEFAULT.to_vec() };
    let mut metrics = Vec::new();
    for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match Metric::parse(word) {
            Some(metric) if !metrics.contains(&metric) => metrics.push(metric),
            Some(_) => {}
            None => {
                let known: Vec<&str> = Metric::ALL.iter().map(|metric| metric.word()).collect();
                ask.mistake("metrics", &format!("holds `{word}`; known are {}", known.join(", ")));
            }
        }
    }
    metrics
}

fn subject(ask: &mut GraphAsk) -> Subject {
    match (ask.value("node").map(str::to_owned), ask.value("edge").map(str::to_owned)) {
        (Some(id), None) => Subject::Node(id),
        (None, Some(id)) => Subject::Edge(id),
        (Some(_), Some(_)) => {
            ask.mistake("edge", "cannot stand beside `node`: ask for one of them");
            Subject::Edge(String::new())
        }
        (None, None) => {
            ask.mistake("node", "is missing: give the id of a node, or of an edge as `edge`");
            Subject::Node(String::new())
        }
    }
}
