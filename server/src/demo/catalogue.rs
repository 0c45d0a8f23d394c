//! Which series, labels and values there are, and the exemplars that there are not: the lists of Prometheus' API. Knows no
//! metric.

use axum::extract::{Path, State};
use axum::response::Response;
use meshsim::catalogue::Asked;
use meshsim::{json, promql};

use super::Source;
use super::answer::{self, Failure};
use super::params::Fields;
use super::query::evaluate;

/// As far back as is looked without a `start`: a Prometheus would look through all that it keeps.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

fn asked(source: &Source, fields: &Fields) -> Result<Asked, Failure> {
    let selectors = fields.all("match[]").map(promql::selector).collect::<Result<_, _>>()?;
    let to_ms = fields.time("end")?.unwrap_or_else(source.now_ms);
    let from_ms = fields.time("start")?.unwrap_or(to_ms - KEPT_MS);
    if to_ms < from_ms {
        return Err(Failure::bad_data("\"end\" lies before \"start\""));
    }
    Ok(Asked { selectors, from_ms, to_ms })
}

pub(super) async fn series(State(source): State<Source>, fields: Fields) -> Result<Response, Failure> {
    fields.needed("match[]")?;
    let asked = asked(&source, &fields)?;
    let data = evaluate(&source, fields.timeout()?, move |mesh| Ok(json::label_sets(&asked.series(mesh))));
    Ok(answer::success(&data.await?))
}

pub(super) async fn labels(State(source): State<Source>, fields: Fields) -> Result<Response, Failure> {
    let asked = asked(&source, &fields)?;
    let data = evaluate(&source, fields.timeout()?, move |mesh| Ok(json::texts(&asked.names(mesh))));
    Ok(answer::success(&data.await?))
}

pub(super) async fn values(
    State(source): State<Source>,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    if !is_label_name(&name) {
        return Err(Failure::bad_data(format!("{name:?} is no name of a label")));
    }
    let asked = asked(&source, &fields)?;
    let data = evaluate(&source, fields.timeout()?, move |mesh| Ok(json::texts(&asked.values(mesh, &name))));
    Ok(answer::success(&data.await?))
}

/// A simulated request leaves no trace behind, so there is none to point at; the question is read all the same.
pub(super) async fn exemplars(State(source): State<Source>, fields: Fields) -> Result<Response, Failure> {
    promql::check(fields.needed("query")?)?;
    asked(&source, &fields)?;
    Ok(answer::success("[]"))
}

fn is_label_name(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(word) && name.starts_with(|c: char| !c.is_ascii_digit())
}
