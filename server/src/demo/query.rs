//! The two query endpoints: fields in, evaluator away from the async threads, JSON out. Knows no metric.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use meshsim::Known;
use meshsim::json;
use meshsim::promql::{self, Steps};

use super::Source;
use super::answer::{self, Failure};
use super::params::Fields;

/// The most points a series may have in one answer, as with Prometheus.
const MOST_POINTS: i64 = 11_000;

pub(super) async fn instant(State(source): State<Source>, fields: Fields) -> Result<Response, Failure> {
    let query = fields.needed("query")?.to_owned();
    let at_ms = fields.time("time")?.unwrap_or_else(source.now_ms);
    let engine = source.engine;
    let data = evaluate(&source, fields.timeout()?, move |mesh| {
        let value = promql::instant(mesh, &query, at_ms, &engine)?;
        Ok(json::value(&value, at_ms))
    });
    Ok(answer::success(&data.await?))
}

pub(super) async fn range(State(source): State<Source>, fields: Fields) -> Result<Response, Failure> {
    let query = fields.needed("query")?.to_owned();
    let steps = steps(&fields)?;
    let engine = source.engine;
    let data = evaluate(&source, fields.timeout()?, move |mesh| {
        let series = promql::range(mesh, &query, steps, &engine)?;
        Ok(json::matrix(&series))
    });
    Ok(answer::success(&data.await?))
}

fn steps(fields: &Fields) -> Result<Steps, Failure> {
    for name in ["start", "end", "step"] {
        fields.needed(name)?;
    }
    let start_ms = fields.time("start")?.unwrap_or_default();
    let end_ms = fields.time("end")?.unwrap_or_default();
    let step_ms = fields.duration("step")?.unwrap_or_default();
    if end_ms < start_ms {
        return Err(Failure::bad_data("\"end\" lies before \"start\""));
    }
    if step_ms <= 0 {
        return Err(Failure::bad_data("\"step\" must be above zero"));
    }
    if (end_ms - start_ms) / step_ms > MOST_POINTS {
        return Err(Failure::bad_data(format!(
            "the range has over {MOST_POINTS} steps: take a longer \"step\" or a shorter range"
        )));
    }
    Ok(Steps { start_ms, end_ms, step_ms })
}

/// Works an answer out on a thread that may block, few at a time. One that takes too long goes on holding its place, or
/// impatient callers could pile up any number of them.
pub(super) async fn evaluate(
    source: &Source,
    patience: Duration,
    work: impl FnOnce(&Known<'_>) -> Result<String, Failure> + Send + 'static,
) -> Result<String, Failure> {
    if patience.is_zero() {
        return Err(Failure::timeout());
    }
    let permits = Arc::clone(&source.permits);
    let mesh = Arc::clone(&source.mesh);
    let now_ms = (source.now_ms)();
    let answer = async move {
        let permit = permits.acquire_owned().await.map_err(|_| Failure::internal("the demo is stopping"))?;
        let task = tokio::task::spawn_blocking(move || {
            let answer = work(&mesh.known_at(now_ms));
            drop(permit);
            answer
        });
        task.await.map_err(|error| Failure::internal(format!("the evaluation stopped: {error}")))?
    };
    tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| Err(Failure::timeout()))
}
