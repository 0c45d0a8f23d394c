//! What the side panel is told of a real Prometheus that holds what no scenario has: kinds of requests, and latency in two
//! units. Knows the API; must not know how the product asks.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use meshsim::Mesh;
use meshsim::store::{METRIC_NAME, MatchOp, Matcher, Series, Store as _, label, labels_of};
use model::detail::Operation;
use model::{EdgeDetail, Graph, NodeDetail, Protocol};
use serde::de::DeserializeOwned;
use tests::product::Product;
use tests::prometheus::Prometheus;
use tests::prometheus::answer::Answer;

const WINDOW_S: i64 = 600;

async fn get<T: DeserializeOwned>(product: &Product, resource: &str, query: &[(&str, String)]) -> Result<T> {
    let address = reqwest::Url::parse_with_params(&format!("{}/api/v1/{resource}", product.url), query)?;
    let answer = tests::http::client(Duration::from_mins(1))?.get(address).send().await?;
    answer.error_for_status()?.json().await.with_context(|| format!("{resource} is not the model's"))
}

/// A whole minute that has just passed: what a store has the product finds out at present.
fn a_minute_ago_s() -> Result<i64> {
    let now_s = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    Ok(now_s / 60 * 60 - 60)
}

fn samples(mesh: &Mesh, end_s: i64) -> Result<Vec<Series>> {
    let everything = Matcher::new(METRIC_NAME, MatchOp::Regex, "istio_.*")?;
    Ok(mesh.select(&[everything], (end_s - 1_200) * 1_000, end_s * 1_000))
}

/// The same with other labels, and with its values so many times as large.
fn changed(series: &Series, labels: &[(&str, String)], times: f64) -> Series {
    let mut all: BTreeMap<String, String> =
        series.labels.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    all.extend(labels.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let pairs: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut points = series.points.clone();
    for point in &mut points {
        point.value *= times;
    }
    Series { labels: labels_of(pairs), points }
}

/// The value of a query that gives one.
async fn value(prometheus: &Prometheus, promql: &str, at_s: i64) -> Result<f64> {
    let answer = prometheus.query(promql, at_s * 1_000).await?;
    match &answer {
        Answer::Series(series) if series.len() == 1 => series.values().next().and_then(|all| all.last()),
        _ => None,
    }
    .map(|(_, value)| *value)
    .with_context(|| format!("{promql} gives {answer:?}"))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// Every request is counted as a List, and once more in half as large numbers as a Buy.
#[tokio::test]
async fn kinds_of_requests_are_listed_with_figures_that_their_queries_give() -> Result<()> {
    let end_s = a_minute_ago_s()?;
    let mesh = Mesh::named("bookinfo").context("it is a scenario")?;
    let prometheus = Prometheus::start().await?;
    let told = |series: &Series| {
        let of = |kind: &str, times| changed(series, &[("request_operation", kind.to_owned())], times);
        [of("List", 1.0), of("Buy", 0.5)]
    };
    prometheus.write(&samples(&mesh, end_s)?.iter().flat_map(told).collect::<Vec<_>>()).await?;
    let product = Product::on(&prometheus.url())?;
    let (window, at) = (format!("{WINDOW_S}s"), end_s.to_string());
    let about = |id: &str| [("window", window.clone()), ("at", at.clone()), ("id", id.to_owned())];
    let graph: Graph = get(&product, "graph", &about("")[..2]).await?;
    let mut listed = 0;
    for edge in graph.edges.iter().filter(|edge| edge.protocol != Protocol::Tcp) {
        let detail: EdgeDetail = get(&product, "edge", &about(&edge.id)).await?;
        let requests = edge.requests.as_ref().context("requests")?;
        are_told(&prometheus, &detail.operations, (requests.rate_rps, requests.error_share), end_s)
            .await
            .with_context(|| edge.id.clone())?;
        listed += 1;
    }
    ensure!(listed >= 4, "{listed} edges have kinds of requests");
    let node = graph.nodes.iter().find(|node| node.name == "reviews").context("it is drawn")?;
    let detail: NodeDetail = get(&product, "node", &about(&node.id)).await?;
    let requests = node.requests.as_ref().context("requests")?;
    are_told(&prometheus, &detail.operations, (requests.rate_rps, requests.error_share), end_s).await
}

async fn are_told(
    prometheus: &Prometheus,
    operations: &[Operation],
    (rate_rps, error_share): (f64, Option<f64>),
    at_s: i64,
) -> Result<()> {
    let [list, buy] = operations else { anyhow::bail!("{operations:?}") };
    ensure!(list.name == "List" && buy.name == "Buy", "{operations:?}");
    ensure!(near(list.rate_rps + buy.rate_rps, rate_rps), "{operations:?} of {rate_rps} rps");
    ensure!((list.rate_rps / buy.rate_rps - 2.0).abs() < 1e-6, "{operations:?}");
    for operation in operations {
        let share = operation.error_share.zip(error_share);
        ensure!(share.is_some_and(|(one, all)| (one - all).abs() < 1e-9), "{operation:?}: {error_share:?}");
        ensure!(operation.queries.len() == 4, "{operation:?}");
        for query in &operation.queries {
            let value = value(prometheus, &query.promql, at_s).await?;
            let figure = match query.name.split(' ').next() {
                Some("rate") => Some(operation.rate_rps),
                Some("error_share") => operation.error_share,
                Some("mean") => operation.mean_ms,
                _ => Some(value),
            };
            ensure!(
                figure.is_some_and(|figure| near(figure, value)),
                "{query:?} gives {value}: {operation:?}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn nothing_is_said_of_kinds_where_the_store_has_no_label_for_them() -> Result<()> {
    let product = Product::start(&["demo", "--scenario", "bookinfo"])?;
    let graph: Graph = get(&product, "graph", &[]).await?;
    for edge in &graph.edges {
        let detail: EdgeDetail = get(&product, "edge", &[("id", edge.id.clone())]).await?;
        ensure!(detail.operations.is_empty(), "{:?}", detail.operations);
    }
    Ok(())
}

/// Of two pods one still times its requests in seconds, as Istio 1.4 did.
fn in_two_units(series: &Series) -> Series {
    let name = label(&series.labels, METRIC_NAME).unwrap_or_default();
    let host = label(&series.labels, "instance").and_then(|instance| instance.split(':').next());
    let is_odd = host.is_some_and(|host| host.ends_with(['1', '3', '5', '7', '9']));
    let Some(part) = name.strip_prefix("istio_request_duration_milliseconds_").filter(|_| is_odd) else {
        return series.clone();
    };
    let mut labels = vec![(METRIC_NAME, format!("istio_request_duration_seconds_{part}"))];
    let bound_ms = label(&series.labels, "le").and_then(|le| le.parse::<f64>().ok());
    labels.extend(
        bound_ms.filter(|bound| bound.is_finite()).map(|bound_ms| ("le", (bound_ms / 1000.0).to_string())),
    );
    changed(series, &labels, if part == "sum" { 0.001 } else { 1.0 })
}

#[tokio::test]
async fn percentiles_of_two_units_are_what_their_queries_give_and_the_scenario_says() -> Result<()> {
    let end_s = a_minute_ago_s()?;
    let mesh = Mesh::shop();
    let prometheus = Prometheus::start().await?;
    let series: Vec<Series> = samples(&mesh, end_s)?.iter().map(in_two_units).collect();
    prometheus.write(&series).await?;
    let product = Product::on(&prometheus.url())?;
    let asked = |id: &str| {
        let (window, at) = (format!("{WINDOW_S}s"), end_s.to_string());
        let fixed = [("type", "workload".to_owned()), ("percentiles", "true".to_owned())];
        fixed.into_iter().chain([("window", window), ("at", at), ("id", id.to_owned())]).collect::<Vec<_>>()
    };
    let graph: Graph = get(&product, "graph", &asked("")[..4]).await?;
    let truth: BTreeMap<(String, String), f64> = mesh
        .truth((end_s - WINDOW_S) * 1_000, end_s * 1_000)
        .into_iter()
        .filter(|edge| edge.requests >= 200.0)
        .filter_map(|edge| Some(((edge.source.workload?, edge.dest.workload?), edge.p95_ms?)))
        .collect();
    let workload = |id: &str| graph.nodes.iter().find(|node| node.id == id).and_then(|n| n.workload.clone());
    let (mut compared, mut held) = (0, 0);
    for edge in &graph.edges {
        let Some(latency) = &edge.latency else { continue };
        let detail: EdgeDetail = get(&product, "edge", &asked(&edge.id)).await?;
        for (name, quantile) in
            [("p50", latency.p50), ("p90", latency.p90), ("p95", latency.p95), ("p99", latency.p99)]
        {
            let query = detail.queries.iter().find(|query| query.name == name).context("a query")?;
            ensure!(
                query.promql.contains("_milliseconds_") && query.promql.contains("_seconds_"),
                "{query:?}"
            );
            let (value, drawn) =
                (value(&prometheus, &query.promql, end_s).await?, quantile.context("a quantile")?);
            ensure!((value / drawn.ms - 1.0).abs() < 1e-6, "{}: {name} {drawn:?}, {value}", edge.id);
            compared += 1;
        }
        let ends = workload(&edge.source).zip(workload(&edge.target));
        if let Some(true_ms) = ends.and_then(|ends| truth.get(&ends)) {
            let p95 = latency.p95.context("p95")?.ms;
            ensure!(bucket(p95).abs_diff(bucket(*true_ms)) <= 1, "{}: p95 {p95}, truly {true_ms}", edge.id);
            held += 1;
        }
    }
    ensure!(compared >= 60 && held >= 10, "{compared} quantiles, {held} held to the scenario");
    Ok(())
}

/// Which of the default buckets a latency falls in.
fn bucket(ms: f64) -> usize {
    meshsim::BOUNDS.iter().take_while(|bound| **bound < ms).count()
}
