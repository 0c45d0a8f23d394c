//! The product on a real Prometheus that holds the simulated shop: its graph must be what the scenario says is there.
//! Knows the API and the simulator's truth; must not know how the product asks.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use meshsim::Mesh;
use meshsim::scenario::Protocol as Spoken;
use meshsim::store::{MatchOp, Matcher, Store};
use meshsim::truth::{Peer, TruthEdge};
use model::{Graph, NodeKind, Protocol};
use tests::product::Product;
use tests::prometheus::Prometheus;

const WINDOW_S: i64 = 600;
/// 2026-03-04 12:00 UTC: any instant would do, where the product need not look at the present first.
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
    p95_bytes: Option<[f64; 2]>,
    mutual_tls: Option<bool>,
    messages_per_s: Option<(f64, f64)>,
}

#[tokio::test]
async fn the_graph_on_a_real_prometheus_is_what_the_scenario_says() -> Result<()> {
    agrees(&Mesh::shop(), END_S, RATE_SHARE).await
}

/// Istio's example, two clusters, no sidecars, streams of messages; and stores that keep something else than pods show.
#[tokio::test]
async fn the_graphs_of_other_meshes_and_stores_are_what_their_scenarios_say() -> Result<()> {
    // A whole minute that has just passed: what a store does to series the product finds out at present.
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let end_s = i64::try_from(now_s)? / 60 * 60 - 60;
    // What a container counted between its last scrape and its end nobody knows. Of two who scrape at different moments
    // the one that has seen more is believed, series by series.
    let lost = [("resets", 0.15), ("uneven-replicas", 0.04)];
    for (name, _) in
        meshsim::SCENARIOS.iter().filter(|(name, _)| !["shop", "ramp", "late-samples"].contains(name))
    {
        let mesh = Mesh::named(name).context("it is a scenario")?;
        let share = lost.iter().find(|(lossy, _)| lossy == name).map_or(RATE_SHARE, |(_, share)| *share);
        agrees(&mesh, end_s, share).await.with_context(|| format!("in {name}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn the_graph_of_thirty_services_is_what_the_scenario_says() -> Result<()> {
    agrees(&Mesh::scaled(30), END_S, RATE_SHARE).await
}

#[tokio::test]
async fn the_graph_of_three_hundred_services_is_what_the_scenario_says() -> Result<()> {
    agrees(&Mesh::scaled(300), END_S, RATE_SHARE).await
}

async fn agrees(mesh: &Mesh, end_s: i64, rate_share: f64) -> Result<()> {
    let prometheus = Prometheus::start().await?;
    prometheus.write(&samples(mesh, end_s)?).await?;
    let product = Product::on(&prometheus.url())?;
    let graph = graph(&product, "type=workload&percentiles=true&with=messages,bytes,sizes", end_s).await?;

    let kept = |label: &str| {
        let keeping = mesh.scenario().keeping.as_ref();
        keeping.is_none_or(|keeping| keeping.dropped.iter().all(|dropped| dropped != label))
    };
    let expected = expected(mesh, end_s, &kept);
    let drawn = drawn(&graph);
    let missing: Vec<&Key> = expected.keys().filter(|key| !drawn.contains_key(*key)).collect();
    let invented: Vec<&Key> = drawn.keys().filter(|key| !expected.contains_key(*key)).collect();
    ensure!(missing.is_empty() && invented.is_empty(), "missing {missing:?}\ninvented {invented:?}");
    ensure!(graph.meta.warnings.is_empty(), "{:?}", graph.meta.warnings);

    let mut wrong = Vec::new();
    for (key, truth) in &expected {
        wrong.extend(
            compare(truth, drawn[key], rate_share).into_iter().map(|what| format!("{key:?}: {what}")),
        );
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn seven_queries_draw_the_mesh_and_an_eighth_its_percentiles() -> Result<()> {
    let mesh = Mesh::shop();
    let prometheus = Prometheus::start().await?;
    prometheus.write(&samples(&mesh, END_S)?).await?;
    let product = Product::on(&prometheus.url())?;
    let slow_lane = ["presence_requests", "presence_tcp", "intended_weight", "new_series"];
    for (percentiles, queries) in [("false", 7), ("true", 8)] {
        let graph = graph(&product, &format!("percentiles={percentiles}"), END_S).await?;
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
fn samples(mesh: &Mesh, end_s: i64) -> Result<Vec<meshsim::store::Series>> {
    let everything = Matcher::new("__name__", MatchOp::Regex, "istio_.*|flagger_.*")?;
    Ok(mesh.select(&[everything], (end_s - 1_200) * 1_000, end_s * 1_000))
}

async fn graph(product: &Product, query: &str, end_s: i64) -> Result<Graph> {
    let url = format!("{}/api/v1/graph?window={WINDOW_S}s&at={end_s}&{query}", product.url);
    let answer = tests::http::client(std::time::Duration::from_mins(1))?.get(&url).send().await?;
    let status = answer.status();
    let body = answer.text().await?;
    ensure!(status.is_success(), "{status}: {body}");
    serde_json::from_str(&body).context("the graph is not the model's")
}

fn expected(mesh: &Mesh, end_s: i64, kept: &dyn Fn(&str) -> bool) -> BTreeMap<Key, Expected> {
    let mut edges: BTreeMap<Key, Expected> = BTreeMap::new();
    for truth in mesh.truth((end_s - WINDOW_S) * 1_000, end_s * 1_000) {
        let edge = edges.entry(key(&truth, kept("source_cluster"))).or_default();
        edge.requests += truth.requests;
        edge.errors += truth.endings.iter().filter(|e| e.is_error).map(|e| e.requests).sum::<f64>();
        edge.p95_ms = truth.p95_ms.filter(|_| edge.parts == 0);
        edge.parts += 1;
        edge.bytes_per_s.0 += truth.request_bytes_per_s;
        edge.bytes_per_s.1 += truth.response_bytes_per_s;
        edge.p95_bytes = truth.p95_bytes;
        edge.mutual_tls = truth.mutual_tls.filter(|_| kept("connection_security_policy"));
        edge.messages_per_s = truth.messages_per_s;
    }
    edges
}

fn key(truth: &TruthEdge, with_cluster: bool) -> Key {
    let protocol = match truth.protocol {
        Spoken::Http => Protocol::Http,
        Spoken::Grpc => Protocol::Grpc,
        Spoken::Tcp => Protocol::Tcp,
    };
    let name = |peer: &Peer| {
        let cluster = peer.cluster.as_deref().filter(|_| with_cluster);
        peer.workload.as_deref().map(|workload| in_cluster(workload, cluster))
    };
    let source = name(&truth.source).unwrap_or_else(|| "unknown".to_owned());
    let target = name(&truth.dest).unwrap_or_else(|| truth.host.clone());
    (source, target, protocol)
}

fn in_cluster(workload: &str, cluster: Option<&str>) -> String {
    cluster.map_or_else(|| workload.to_owned(), |cluster| format!("{workload} in {cluster}"))
}

fn drawn(graph: &Graph) -> BTreeMap<Key, &model::Edge> {
    let names: BTreeMap<&str, String> = graph
        .nodes
        .iter()
        .map(|node| {
            let unknown = node.kind == NodeKind::UnknownCallers;
            let name = match &node.workload {
                Some(workload) => in_cluster(workload, node.cluster.as_deref()),
                None if unknown => "unknown".to_owned(),
                None => node.name.clone(),
            };
            (node.id.as_str(), name)
        })
        .collect();
    let with_traffic = graph.edges.iter().filter(|edge| !edge.flags.silent);
    with_traffic
        .map(|edge| {
            ((names[edge.source.as_str()].clone(), names[edge.target.as_str()].clone(), edge.protocol), edge)
        })
        .collect()
}

fn compare(truth: &Expected, edge: &model::Edge, rate_share: f64) -> Vec<String> {
    if edge.protocol == Protocol::Tcp {
        return compare_tcp(truth, edge, rate_share);
    }
    let Some(requests) = &edge.requests else { return vec!["no requests".to_owned()] };
    let window_s = WINDOW_S as f64;
    let mut wrong = Vec::new();
    let allowed_rps = (truth.requests / window_s * rate_share).max(2.0 / window_s);
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
    wrong.extend(compare_volume(truth, edge, rate_share));
    if let Some((there, back)) = truth.messages_per_s {
        let told = edge
            .volume
            .as_ref()
            .and_then(|volume| volume.sent_messages_per_s.zip(volume.received_messages_per_s));
        let near = |drawn: f64, truth: f64| (drawn - truth).abs() <= (truth * 0.03).max(3.0 / window_s);
        if !told.is_some_and(|(sent, received)| near(sent, there) && near(received, back)) {
            wrong.push(format!("{told:?} messages/s, truly {there} and {back}"));
        }
    }
    if let Some(mutual) = truth.mutual_tls
        && edge.mtls_share != Some(if mutual { 1.0 } else { 0.0 })
    {
        wrong.push(format!("mTLS share {:?}, truly {mutual}", edge.mtls_share));
    }
    wrong
}

/// Bytes a second, and how large requests and responses are.
fn compare_volume(truth: &Expected, edge: &model::Edge, rate_share: f64) -> Vec<String> {
    let volume = edge.volume.clone().unwrap_or_default();
    let mut wrong = Vec::new();
    let ways = [
        (volume.request_bytes_per_s, truth.bytes_per_s.0, volume.request_size),
        (volume.response_bytes_per_s, truth.bytes_per_s.1, volume.response_size),
    ];
    for (way, (drawn, bytes_per_s, size)) in ways.into_iter().enumerate() {
        // As requests: or those of two requests.
        let allowed = rate_share.max(2.0 / truth.requests);
        if drawn.is_none_or(|drawn| (drawn / bytes_per_s - 1.0).abs() > allowed) {
            wrong.push(format!("{drawn:?} bytes/s of way {way}, truly {bytes_per_s}"));
        }
        if truth.parts == 1 && truth.requests >= ERROR_REQUESTS {
            let p95 = size.and_then(|size| size.p95_bytes);
            let true_bytes = truth.p95_bytes.map_or(f64::NAN, |both| both[way]);
            if p95.is_none_or(|bytes| bucket(bytes).abs_diff(bucket(true_bytes)) > 1) {
                wrong.push(format!("p95 {p95:?} bytes of way {way}, truly {true_bytes}"));
            }
        }
    }
    wrong
}

fn compare_tcp(truth: &Expected, edge: &model::Edge, rate_share: f64) -> Vec<String> {
    let sent = edge.tcp.as_ref().and_then(|tcp| tcp.sent_bytes_per_s);
    let received = edge.tcp.as_ref().and_then(|tcp| tcp.received_bytes_per_s);
    let near = |drawn: Option<f64>, truth: f64| {
        drawn.is_some_and(|drawn| (drawn - truth).abs() <= truth * rate_share.max(0.05))
    };
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
