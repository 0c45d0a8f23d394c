//! The product on a real Prometheus that holds the simulated shop: its graph must be what the scenario says is there.
//! Knows the API and the simulator's truth; must not know how the product asks.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use meshsim::Mesh;
use meshsim::scenario::Protocol as Spoken;
use meshsim::store::{MatchOp, Matcher, Store};
use meshsim::truth::TruthEdge;
use model::{Graph, NodeKind, Protocol};
use tests::product::Product;
use tests::prometheus::Prometheus;

const WINDOW_S: i64 = 600;
/// 2026-03-04 12:00 UTC: any instant would do.
const END_S: i64 = 1_772_625_600;
/// Rates may differ by this share, or by two requests in the window.
const RATE_SHARE: f64 = 0.02;
const ERROR_SHARE: f64 = 0.01;
const ERROR_REQUESTS: f64 = 200.0;

type Key = (String, String, Protocol);

#[derive(Debug, Default)]
struct Expected {
    requests: f64,
    errors: f64,
    /// Known where one truth edge stands behind the drawn one.
    p95_ms: Option<f64>,
    parts: usize,
    bytes_per_s: (f64, f64),
    mutual_tls: Option<bool>,
}

#[tokio::test]
async fn the_graph_on_a_real_prometheus_is_what_the_scenario_says() -> Result<()> {
    agrees(&Mesh::shop()).await
}

#[tokio::test]
async fn the_graph_of_istios_example_is_what_the_scenario_says() -> Result<()> {
    agrees(&Mesh::named("bookinfo").context("it is a scenario")?).await
}

#[tokio::test]
async fn the_graph_of_thirty_services_is_what_the_scenario_says() -> Result<()> {
    agrees(&Mesh::scaled(30)).await
}

#[tokio::test]
async fn the_graph_of_three_hundred_services_is_what_the_scenario_says() -> Result<()> {
    agrees(&Mesh::scaled(300)).await
}

async fn agrees(mesh: &Mesh) -> Result<()> {
    let prometheus = Prometheus::start().await?;
    prometheus.write(&samples(mesh)?).await?;
    let product = Product::on(&prometheus.url())?;
    let graph = graph(&product, "type=workload&percentiles=true").await?;

    let expected = expected(mesh);
    let drawn = drawn(&graph);
    let missing: Vec<&Key> = expected.keys().filter(|key| !drawn.contains_key(*key)).collect();
    let invented: Vec<&Key> = drawn.keys().filter(|key| !expected.contains_key(*key)).collect();
    ensure!(missing.is_empty() && invented.is_empty(), "missing {missing:?}\ninvented {invented:?}");
    ensure!(graph.meta.warnings.is_empty(), "{:?}", graph.meta.warnings);

    let mut wrong = Vec::new();
    for (key, truth) in &expected {
        wrong.extend(compare(truth, drawn[key]).into_iter().map(|what| format!("{key:?}: {what}")));
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn seven_queries_draw_the_mesh_and_an_eighth_its_percentiles() -> Result<()> {
    let mesh = Mesh::shop();
    let prometheus = Prometheus::start().await?;
    prometheus.write(&samples(&mesh)?).await?;
    let product = Product::on(&prometheus.url())?;
    let slow_lane = ["presence_requests", "presence_tcp", "intended_weight", "new_series"];
    for (percentiles, queries) in [("false", 7), ("true", 8)] {
        let graph = graph(&product, &format!("percentiles={percentiles}")).await?;
        let lane: Vec<&str> = graph
            .meta
            .queries
            .iter()
            .map(|q| q.kind.as_str())
            .filter(|kind| !slow_lane.contains(kind))
            .collect();
        ensure!(lane.len() == queries, "percentiles={percentiles}: {lane:?}");
        for query in &graph.meta.queries {
            ensure!(query.error.is_none(), "{query:?}");
        }
    }
    Ok(())
}

/// All that a scrape of the mesh brings, with enough before the window for the slow lane.
fn samples(mesh: &Mesh) -> Result<Vec<meshsim::store::Series>> {
    let everything = Matcher::new("__name__", MatchOp::Regex, "istio_.*|flagger_.*")?;
    Ok(mesh.select(&[everything], (END_S - 1_200) * 1_000, END_S * 1_000))
}

async fn graph(product: &Product, query: &str) -> Result<Graph> {
    let url = format!("{}/api/v1/graph?window={WINDOW_S}s&at={END_S}&{query}", product.url);
    let answer = tests::http::client(std::time::Duration::from_mins(1))?.get(&url).send().await?;
    let status = answer.status();
    let body = answer.text().await?;
    ensure!(status.is_success(), "{status}: {body}");
    serde_json::from_str(&body).context("the graph is not the model's")
}

fn expected(mesh: &Mesh) -> BTreeMap<Key, Expected> {
    let mut edges: BTreeMap<Key, Expected> = BTreeMap::new();
    for truth in mesh.truth((END_S - WINDOW_S) * 1_000, END_S * 1_000) {
        let edge = edges.entry(key(&truth)).or_default();
        edge.requests += truth.requests;
        edge.errors += truth.endings.iter().filter(|e| e.is_error).map(|e| e.requests).sum::<f64>();
        edge.p95_ms = truth.p95_ms.filter(|_| edge.parts == 0);
        edge.parts += 1;
        edge.bytes_per_s.0 += truth.request_bytes_per_s;
        edge.bytes_per_s.1 += truth.response_bytes_per_s;
        edge.mutual_tls = truth.mutual_tls;
    }
    edges
}

fn key(truth: &TruthEdge) -> Key {
    let protocol = match truth.protocol {
        Spoken::Http => Protocol::Http,
        Spoken::Grpc => Protocol::Grpc,
        Spoken::Tcp => Protocol::Tcp,
    };
    let source = truth.source.workload.clone().unwrap_or_else(|| "unknown".to_owned());
    let target = truth.dest.workload.clone().unwrap_or_else(|| truth.host.clone());
    (source, target, protocol)
}

fn drawn(graph: &Graph) -> BTreeMap<Key, &model::Edge> {
    let names: BTreeMap<&str, String> = graph
        .nodes
        .iter()
        .map(|node| {
            let unknown = node.kind == NodeKind::UnknownCallers;
            let name = if unknown { "unknown" } else { node.workload.as_deref().unwrap_or(&node.name) };
            (node.id.as_str(), name.to_owned())
        })
        .collect();
    let with_traffic = graph.edges.iter().filter(|edge| !edge.flags.silent);
    with_traffic
        .map(|edge| {
            ((names[edge.source.as_str()].clone(), names[edge.target.as_str()].clone(), edge.protocol), edge)
        })
        .collect()
}

fn compare(truth: &Expected, edge: &model::Edge) -> Vec<String> {
    if edge.protocol == Protocol::Tcp {
        return compare_tcp(truth, edge);
    }
    let Some(requests) = &edge.requests else { return vec!["no requests".to_owned()] };
    let window_s = WINDOW_S as f64;
    let mut wrong = Vec::new();
    let allowed_rps = (truth.requests / window_s * RATE_SHARE).max(2.0 / window_s);
    let rate_rps = truth.requests / window_s;
    if (requests.rate_rps - rate_rps).abs() > allowed_rps {
        wrong.push(format!("{} rps, truly {rate_rps}", requests.rate_rps));
    }
    if truth.requests >= ERROR_REQUESTS {
        let (share, true_share) = (requests.error_share.unwrap_or(f64::NAN), truth.errors / truth.requests);
        if share.is_nan() || (share - true_share).abs() > ERROR_SHARE {
            wrong.push(format!("error share {share}, truly {true_share}"));
        }
    }
    if let Some(true_ms) = truth.p95_ms.filter(|_| truth.parts == 1 && truth.requests >= ERROR_REQUESTS) {
        let p95 = edge.latency.as_ref().and_then(|latency| latency.p95).map(|quantile| quantile.ms);
        if p95.is_none_or(|ms| bucket(ms).abs_diff(bucket(true_ms)) > 1) {
            wrong.push(format!("p95 {p95:?} ms, truly {true_ms}"));
        }
    }
    if let Some(mutual) = truth.mutual_tls
        && edge.mtls_share != Some(if mutual { 1.0 } else { 0.0 })
    {
        wrong.push(format!("mTLS share {:?}, truly {mutual}", edge.mtls_share));
    }
    wrong
}

fn compare_tcp(truth: &Expected, edge: &model::Edge) -> Vec<String> {
    let sent = edge.tcp.as_ref().and_then(|tcp| tcp.sent_bytes_per_s);
    let received = edge.tcp.as_ref().and_then(|tcp| tcp.received_bytes_per_s);
    let near =
        |drawn: Option<f64>, truth: f64| drawn.is_some_and(|drawn| (drawn - truth).abs() <= truth * 0.05);
    let mut wrong = Vec::new();
    if !near(sent, truth.bytes_per_s.0) || !near(received, truth.bytes_per_s.1) {
        wrong.push(format!("{sent:?} and {received:?} bytes/s, truly {:?}", truth.bytes_per_s));
    }
    wrong
}

/// Which of the default buckets a latency falls in.
fn bucket(ms: f64) -> usize {
    meshsim::BOUNDS.iter().take_while(|bound| **bound < ms).count()
}
