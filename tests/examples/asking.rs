//! Measures what one refresh costs a Prometheus: our handful of queries for the whole mesh, beside the way of asking
//! namespace by namespace, in the same run on the same samples. Needs Linux and Debian's Prometheus.
//! `cargo run --release -p tests --example asking` repeats the figures in BENCHMARKS.md.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use meshsim::Mesh;
use meshsim::store::{MatchOp, Matcher, Store as _};
use tests::cost::{self, Figures};
use tests::product::Product;
use tests::prometheus::Prometheus;

const SERVICES: [usize; 2] = [300, 1_000];
const WINDOW_S: i64 = 300;
/// 2026-03-04 12:00 UTC: any instant would do.
const END_S: i64 = 1_772_625_600;
/// A minute's refreshes, of which one also asks what is asked once a minute.
const REFRESHES: i64 = 4;
const SCRAPE_S: i64 = 15;

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

/// What refreshes cost the Prometheus, and how long they took.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    queries: f64,
    busy_s: f64,
    passed_s: f64,
}

#[tokio::main]
async fn main() -> Result<()> {
    println!(
        "| services (namespaces) | what | ours: queries, CPU, time | by namespace: queries, CPU, time | CPU |"
    );
    println!("|---|---|---|---|---|");
    for services in SERVICES {
        let mesh = Mesh::scaled(services);
        let prometheus = filled(&mesh).await?;
        let url = prometheus.url();
        let source =
            ["serve", "--prometheus", &url, "--scrape-interval", "15s", "--prometheus-timeout", "2m"];
        let product = Product::start(&source)?;
        let scenario = mesh.scenario();
        // Those in which something is deployed.
        let namespaces: BTreeSet<&str> =
            (0..scenario.apps.len()).filter_map(|app| scenario.namespace_of(app)).collect();
        let namespaces: Vec<&str> = namespaces.into_iter().collect();
        // What the product asks when it meets a source is asked here.
        ours(&product, &prometheus, "percentiles=true", END_S - 20 * SCRAPE_S).await?;
        for (minute, what, query, all) in
            [(1, "the plain graph", "percentiles=false", false), (2, "p95, mTLS, throughput", FULL, true)]
        {
            let (mut by_us, mut by_them) = (Cost::default(), Cost::default());
            for refresh in 0..REFRESHES {
                // Each at another scrape, so that nobody has the answer yet.
                let at_s = END_S - 60 * minute + refresh * SCRAPE_S;
                by_us.add(ours(&product, &prometheus, query, at_s).await?);
                by_them.add(theirs(&prometheus, &namespaces, all, at_s).await?);
            }
            println!(
                "| {services} ({}) | {what} | {} | {} | 1 : {:.1} |",
                namespaces.len(),
                told(by_us),
                told(by_them),
                by_them.busy_s / by_us.busy_s
            );
        }
    }
    Ok(())
}

/// With the same of everything.
const FULL: &str = "percentiles=true&with=bytes";

/// A Prometheus that holds what scrapes of the mesh bring in a window and the asked instants before it.
async fn filled(mesh: &Mesh) -> Result<Prometheus> {
    let prometheus = Prometheus::start().await?;
    let from_ms = (END_S - WINDOW_S - 30 * SCRAPE_S) * 1_000;
    for metric in METRICS {
        let chosen = Matcher::new("__name__", MatchOp::Regex, metric)?;
        prometheus.write(&mesh.select(&[chosen], from_ms, END_S * 1_000)).await?;
    }
    Ok(prometheus)
}

async fn ours(product: &Product, prometheus: &Prometheus, query: &str, at_s: i64) -> Result<Cost> {
    let (figures, id) = (Figures::of(&product.url)?, prometheus.process_id()?);
    let client = tests::http::client(Duration::from_mins(2))?;
    let sent = async || figures.sum("portolan_prometheus_queries_total", &[]).await;
    let (before, busy_s, begun) = (sent().await?, cost::busy_s(id)?, Instant::now());
    let url = format!("{}/api/v1/graph?window={WINDOW_S}s&at={at_s}&{query}", product.url);
    let graph: model::Graph = client.get(&url).send().await?.error_for_status()?.json().await?;
    let passed_s = begun.elapsed().as_secs_f64();
    ensure!(graph.edges.len() > 300 && graph.meta.warnings.is_empty(), "{:?}", graph.meta.warnings);
    Ok(Cost { queries: sent().await? - before, busy_s: cost::busy_s(id)? - busy_s, passed_s })
}

/// One namespace after the other, one query after the other.
async fn theirs(prometheus: &Prometheus, namespaces: &[&str], all: bool, at_s: i64) -> Result<Cost> {
    let id = prometheus.process_id()?;
    let (busy_s, begun) = (cost::busy_s(id)?, Instant::now());
    let mut queries = 0;
    for namespace in namespaces {
        for query in of_namespace(namespace, all) {
            let answer = prometheus.query(&query, at_s * 1_000).await?;
            ensure!(!matches!(answer, tests::prometheus::answer::Answer::Refused(_)), "{query}: {answer:?}");
            queries += 1;
        }
    }
    Ok(Cost {
        queries: f64::from(queries),
        busy_s: cost::busy_s(id)? - busy_s,
        passed_s: begun.elapsed().as_secs_f64(),
    })
}

/// Six queries for a namespace's edges: into it from callers without a proxy, into it from elsewhere, and out of it, for
/// requests and for bytes of TCP; and six more for p95, mTLS and throughput, in and out.
fn of_namespace(namespace: &str, all: bool) -> Vec<String> {
    let from_nobody = format!(
        "reporter=\"destination\",source_workload=\"unknown\",destination_workload_namespace=\"{namespace}\""
    );
    let into = format!(
        "reporter=\"source\",source_workload_namespace!=\"{namespace}\",destination_service_namespace=\"{namespace}\""
    );
    let out = format!("reporter=\"source\",source_workload_namespace=\"{namespace}\"");
    let rate = |metric: &str, selector: &str, more: &str| {
        format!("sum by ({EDGE}, {more}) (rate({metric}{{{selector}}}[{WINDOW_S}s])) > 0")
    };
    let ends = "request_protocol, response_code, grpc_response_status, response_flags";
    let mut queries = Vec::new();
    for selector in [&from_nobody, &into, &out] {
        queries.push(rate("istio_requests_total", selector, ends));
        queries.push(rate("istio_tcp_sent_bytes_total", selector, "response_flags"));
    }
    if all {
        let into = format!("reporter=\"destination\",destination_workload_namespace=\"{namespace}\"");
        for selector in [&into, &out] {
            let buckets =
                rate("istio_request_duration_milliseconds_bucket", selector, "request_protocol, le");
            queries.push(format!("histogram_quantile(0.95, {buckets})"));
            queries.push(rate("istio_requests_total", selector, "connection_security_policy"));
            queries.push(rate("istio_request_bytes_sum", selector, "request_protocol"));
        }
    }
    queries
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.queries += other.queries;
        self.busy_s += other.busy_s;
        self.passed_s += other.passed_s;
    }
}

/// A refresh's share.
fn told(sum: Cost) -> String {
    let each = |sum: f64| sum / REFRESHES as f64;
    format!("{:.1}, {:.2} s, {:.2} s", each(sum.queries), each(sum.busy_s), each(sum.passed_s))
}
