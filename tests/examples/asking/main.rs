//! Measures what a watched live window costs a Prometheus: our handful of queries for the whole mesh, beside the way of
//! asking namespace by namespace, in the same run on the same samples. Needs Linux and Debian's Prometheus; takes a
//! quarter of an hour, since it watches refreshes as they come.
//! `cargo run --release -p tests --example asking` repeats the figures in BENCHMARKS.md; a number after `--` is a size, and
//! `each` tells what each query takes by itself instead.

mod each;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};
use graph::Window;
use meshsim::Mesh;
use meshsim::store::{MatchOp, Matcher, Store as _};
use tests::cost::{self, Figures};
use tests::product::Product;
use tests::prometheus::{Prometheus, Setup};

const SERVICES: [usize; 2] = [300, 1_000];
const WINDOW_S: i64 = 300;
const SCRAPE_S: i64 = 15;
/// Before the present: what the first look at the last quarter of an hour reads.
const PAST_S: i64 = 1_080;
/// After the present, for as long as is watched.
const FUTURE_S: i64 = 900;
/// Until all is asked for as it will be from then on.
const SETTLING: usize = 4;
/// A minute, of which one also asks what is asked once a minute.
const REFRESHES: usize = 4;
/// How often the other way is measured.
const ROUNDS: u32 = 3;

/// What a drawn edge is made of.
const EDGE: &str = "source_cluster, source_workload_namespace, source_workload, source_canonical_service, \
    source_canonical_revision, destination_cluster, destination_service_namespace, destination_service, \
    destination_service_name, destination_workload_namespace, destination_workload, destination_canonical_service, \
    destination_canonical_revision";

/// The metrics that either way asks for.
const METRICS: [&str; 10] = [
    "istio_requests_total",
    "istio_request_duration_milliseconds_(sum|count)",
    "istio_request_duration_milliseconds_bucket",
    "istio_request_bytes_(sum|count)",
    "istio_response_bytes_(sum|count)",
    "istio_tcp_sent_bytes_total",
    "istio_tcp_received_bytes_total",
    "istio_tcp_connections_opened_total",
    "istio_tcp_connections_closed_total",
    "flagger_.*",
];

/// With the same of everything.
const FULL: &str = "percentiles=true&with=bytes";

/// A refresh's share.
#[derive(Debug, Clone, Copy)]
struct Cost {
    queries: f64,
    busy_s: f64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let chosen: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let by_itself = std::env::args().any(|word| word == "each");
    for services in if chosen.is_empty() { SERVICES.to_vec() } else { chosen } {
        if by_itself {
            let prometheus = filled(&Mesh::scaled(services), Setup::default()).await?;
            let at_s = now_s()?.div_euclid(SCRAPE_S) * SCRAPE_S;
            let window_s = WINDOW_S.unsigned_abs();
            println!("{services} services, each by itself:");
            each::print(&prometheus, Window { at_s, window_s, scrape_interval_s: Some(15.0) }).await?;
        } else {
            measure(services).await?;
        }
    }
    Ok(())
}

async fn measure(services: usize) -> Result<()> {
    let mesh = Mesh::scaled(services);
    let scenario = mesh.scenario();
    // Those in which something is deployed.
    let namespaces: BTreeSet<&str> =
        (0..scenario.apps.len()).filter_map(|app| scenario.namespace_of(app)).collect();
    let namespaces: Vec<&str> = namespaces.into_iter().collect();
    let prometheus = filled(&mesh, Setup::default()).await?;
    // What it does by itself, such as clearing up memory, is nobody's question.
    let idle_s = idle_s(&prometheus).await?;
    eprintln!("{services}: idle it takes {idle_s:.2} s between two refreshes");
    for (what, query, all) in [("plain", "percentiles=false", false), ("p95, mTLS, throughput", FULL, true)] {
        let by_us = ours(&prometheus, query).await?;
        let by_us = Cost { busy_s: (by_us.busy_s - idle_s).max(0.0), ..by_us };
        let by_them = theirs(&prometheus, &namespaces, all).await?;
        println!(
            "| {services} ({}) | {what} | {} | {} | 1 : {:.1} |",
            namespaces.len(),
            told(by_us),
            told(by_them),
            by_them.busy_s / by_us.busy_s
        );
    }
    drop(prometheus);
    if services == SERVICES[0] { recorded(services, &mesh).await } else { Ok(()) }
}

/// The same with recording rules, which cost something by themselves.
async fn recorded(services: usize, mesh: &Mesh) -> Result<()> {
    let rules = tests::workspace_root().join("deploy/prometheus/recording-rules.yaml");
    let text = std::fs::read_to_string(rules)?;
    let (head, groups) = text.split_once("  - name: portolan-1m").unwrap_or((&text, ""));
    let five = groups.split("  - name: ").find(|group| group.starts_with("portolan-5m")).unwrap_or_default();
    let file = std::env::temp_dir().join(format!("portolan-asking-{}.yaml", std::process::id()));
    std::fs::write(&file, format!("{head}  - name: {five}"))?;
    let config = format!("rule_files: [\"{}\"]\n", file.display());
    let prometheus = filled(mesh, Setup { config, ..Setup::default() }).await?;
    let rules_s = idle_s(&prometheus).await?;
    for (what, query) in [("plain", "percentiles=false"), ("p95, mTLS, throughput", FULL)] {
        let by_us = ours(&prometheus, query).await?;
        let asking_s = (by_us.busy_s - rules_s).max(0.0);
        println!(
            "| {services} | {what}, recorded | {:.1}, {asking_s:.2} s and the rules' {rules_s:.2} s | | |",
            by_us.queries
        );
    }
    drop(std::fs::remove_file(file));
    Ok(())
}

/// What it takes between two refreshes while nobody asks.
async fn idle_s(prometheus: &Prometheus) -> Result<f64> {
    let id = prometheus.process_id()?;
    let busy_s = cost::busy_s(id)?;
    pause(REFRESHES).await;
    Ok((cost::busy_s(id)? - busy_s) / REFRESHES as f64)
}

fn now_s() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?)
}

/// A Prometheus that holds what scrapes of the mesh bring, from some time before until some time after now.
async fn filled(mesh: &Mesh, setup: Setup) -> Result<Prometheus> {
    let prometheus = Prometheus::start_with(setup).await?;
    let now_s = now_s()?.div_euclid(SCRAPE_S) * SCRAPE_S;
    for metric in METRICS {
        let chosen = Matcher::new("__name__", MatchOp::Regex, metric)?;
        let samples = mesh.select(&[chosen], (now_s - PAST_S) * 1_000, (now_s + FUTURE_S) * 1_000);
        prometheus.write(&samples).await?;
    }
    Ok(prometheus)
}

async fn pause(refreshes: usize) {
    tokio::time::sleep(Duration::from_secs(SCRAPE_S.unsigned_abs()) * refreshes as u32).await;
}

/// A viewer looks at each refresh. Of the last one it is told which queries took how long.
async fn ours(prometheus: &Prometheus, query: &str) -> Result<Cost> {
    let url = prometheus.url();
    let source = ["serve", "--prometheus", &url, "--scrape-interval", "15s", "--prometheus-timeout", "2m"];
    let product = Product::start(&source)?;
    let (figures, id) = (Figures::of(&product.url)?, prometheus.process_id()?);
    let client = tests::http::client(Duration::from_mins(2))?;
    let url = format!("{}/api/v1/graph?window={WINDOW_S}s&{query}", product.url);
    let look = async || -> Result<model::Graph> {
        let graph: model::Graph = client.get(&url).send().await?.error_for_status()?.json().await?;
        ensure!(graph.edges.len() > 300, "{:?}", graph.meta.warnings);
        Ok(graph)
    };
    let sent = async || figures.sum("portolan_prometheus_queries_total", &[]).await;
    for _ in 0..SETTLING {
        look().await?;
        pause(1).await;
    }
    let (before, busy_s) = (sent().await?, cost::busy_s(id)?);
    let mut took_ms: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut said = BTreeSet::new();
    for _ in 0..REFRESHES {
        pause(1).await;
        let graph = look().await?;
        for query in graph.meta.queries {
            took_ms.entry(query.kind).or_default().extend(query.duration_ms);
        }
        said.extend(graph.meta.warnings.into_iter().map(|warning| warning.sentence));
    }
    let each = |sum: f64| sum / REFRESHES as f64;
    let cost = Cost { queries: each(sent().await? - before), busy_s: each(cost::busy_s(id)? - busy_s) };
    eprintln!("{query}: {said:#?}");
    for (kind, took_ms) in took_ms {
        eprintln!("  {kind}: asked {} times, {took_ms:.0?} ms", took_ms.len());
    }
    Ok(cost)
}

/// One namespace after the other, one query after the other; the mean of some rounds.
async fn theirs(prometheus: &Prometheus, namespaces: &[&str], all: bool) -> Result<Cost> {
    let id = prometheus.process_id()?;
    let busy_s = cost::busy_s(id)?;
    let mut queries = 0;
    for _ in 0..ROUNDS {
        let at_s = now_s()?.div_euclid(SCRAPE_S) * SCRAPE_S;
        for query in namespaces.iter().flat_map(|namespace| of_namespace(namespace, all)) {
            let answer = prometheus.query(&query, at_s * 1_000).await?;
            ensure!(!matches!(answer, tests::prometheus::answer::Answer::Refused(_)), "{query}: {answer:?}");
            queries += 1;
        }
    }
    let each = |sum: f64| sum / f64::from(ROUNDS);
    Ok(Cost { queries: each(f64::from(queries)), busy_s: each(cost::busy_s(id)? - busy_s) })
}

/// Six queries for a namespace's edges, for requests and for bytes of TCP: what callers elsewhere failed to reach in it,
/// what it received by its own word, and what it sent. And six more for p95, mTLS and throughput, in and out.
fn of_namespace(namespace: &str, all: bool) -> Vec<String> {
    let unreached = format!(
        "reporter=\"source\",source_workload_namespace!=\"{namespace}\",destination_workload_namespace=\"unknown\",\
         destination_workload=\"unknown\",destination_service=~\".+[.]{namespace}[.].+\""
    );
    let into = format!("reporter=\"destination\",destination_workload_namespace=\"{namespace}\"");
    let out = format!("reporter=\"source\",source_workload_namespace=\"{namespace}\"");
    let rate = |metric: &str, selector: &str, more: &str| {
        format!("sum by ({EDGE}, {more}) (rate({metric}{{{selector}}}[{WINDOW_S}s])) > 0")
    };
    let ends = "request_protocol, response_code, grpc_response_status, response_flags";
    let mut queries = Vec::new();
    for selector in [&unreached, &into, &out] {
        queries.push(rate("istio_requests_total", selector, ends));
        queries.push(rate("istio_tcp_sent_bytes_total", selector, "app, response_flags"));
    }
    for selector in [&into, &out].into_iter().filter(|_| all) {
        let buckets = rate("istio_request_duration_milliseconds_bucket", selector, "request_protocol, le");
        queries.push(format!("histogram_quantile(0.95, {buckets})"));
        let security = "source_principal, destination_principal, connection_security_policy";
        queries.push(rate("istio_requests_total", selector, security));
        queries.push(rate("istio_request_bytes_sum", selector, "request_protocol"));
    }
    queries
}

fn told(cost: Cost) -> String {
    format!("{:.1}, {:.2} s", cost.queries, cost.busy_s)
}
