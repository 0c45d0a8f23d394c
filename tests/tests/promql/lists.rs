//! Series, labels, values and exemplars: the demo's HTTP API and a real Prometheus that holds the same mesh, asked alike.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meshsim::Mesh;
use meshsim::store::Store as _;
use serde_json::Value;
use tests::prometheus::Prometheus;

/// The ramp's two hours begin here; all its counters begin anew in the first minute.
const START_S: i64 = 1_779_998_400;
const LASTS_S: i64 = 1_500;

/// Path, and selectors.
const ASKED: &[(&str, &[&str])] = &[
    ("labels", &[]),
    ("labels", &["istio_requests_total"]),
    ("labels", &["up", "{__name__=~\"flagger_.*\"}"]),
    ("labels", &["{app=\"nobody\"}"]),
    ("label/__name__/values", &[]),
    ("label/destination_workload/values", &["istio_requests_total{reporter=\"destination\"}"]),
    ("label/response_flags/values", &["istio_requests_total", "istio_tcp_sent_bytes_total"]),
    ("label/le/values", &["istio_request_duration_milliseconds_bucket{le!~\"5|10\"}"]),
    ("label/nothing/values", &[]),
    ("label/bad-name/values", &[]),
    ("series", &["istio_requests_total{source_workload=\"unknown\"}"]),
    ("series", &["up", "istio_build{component!=\"pilot\"}", "up"]),
    ("series", &["{response_code=~\"5..\",__name__=\"istio_requests_total\"}"]),
    ("series", &["istio_tcp_connections_opened_total"]),
    ("series", &["nothing_total"]),
    ("series", &["{}"]),
    ("series", &["rate(up[5m])"]),
    ("series", &[]),
];

#[tokio::test]
async fn the_lists_of_the_demo_are_those_of_prometheus() -> Result<()> {
    let mesh = Arc::new(Mesh::ramp());
    let prometheus = Prometheus::start().await?;
    let (from_ms, to_ms) = (START_S * 1_000, (START_S + LASTS_S) * 1_000);
    prometheus.write(&mesh.select(&[], from_ms, to_ms)).await?;
    let demo = portolan::demo::start(mesh, "127.0.0.1:0".parse()?).await?;
    let client = tests::http::client(Duration::from_mins(1))?;
    let span = [("start", START_S.to_string()), ("end", (START_S + LASTS_S).to_string())];
    let mut filled = 0;
    for (path, selectors) in ASKED {
        let mut query = span.to_vec();
        query.extend(selectors.iter().map(|selector| ("match[]", (*selector).to_owned())));
        let theirs = ask(&client, &prometheus.url(), path, &query).await?;
        let ours = ask(&client, &demo.url(), path, &query).await?;
        ensure!(ours == theirs, "{path} {selectors:?}\nours {ours:#?}\nPrometheus' {theirs:#?}");
        filled += usize::from(theirs.1.len() > 1);
    }
    ensure!(filled >= 10, "only {filled} lists say anything");
    let exemplars = [span.to_vec(), vec![("query", "istio_requests_total".to_owned())]].concat();
    let theirs = ask(&client, &prometheus.url(), "query_exemplars", &exemplars).await?;
    let ours = ask(&client, &demo.url(), "query_exemplars", &exemplars).await?;
    ensure!(ours == theirs && ours.0 == "success", "{ours:?} {theirs:?}");
    Ok(demo.shutdown().await?)
}

/// Whether it succeeded, or how it failed, and what is in the list.
async fn ask(
    client: &reqwest::Client,
    url: &str,
    path: &str,
    query: &[(&str, String)],
) -> Result<(String, BTreeSet<String>)> {
    let body: Value = client.get(format!("{url}/api/v1/{path}")).query(query).send().await?.json().await?;
    let word = |name: &str| body[name].as_str().map(str::to_owned);
    let outcome = word("errorType").or_else(|| word("status")).with_context(|| format!("{path}: {body}"))?;
    let items: Vec<&Value> = body["data"].as_array().into_iter().flatten().collect();
    let list: BTreeSet<String> = items.iter().map(ToString::to_string).collect();
    ensure!(list.len() == items.len(), "{path}: something is listed twice");
    Ok((outcome, list))
}
