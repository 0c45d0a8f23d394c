//! Stores that are not quite today's Istio: latency in seconds, one store for several meshes, an intended split that only
//! the operator knows.

use crate::rewriting::{Rewriting, start};
use crate::support::{Product, Prometheus};
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::routing::get;
use graph::{CustomMetric, EndLabels, IntendedSplit, NamedBy, Origin, QueryKind, Signals, Window};
use portolan::Config;
use portolan::cli::Settings;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const GRAPH: &str = "/api/v1/graph?at=1772618400&percentiles=true";

fn product(url: &str) -> Product {
    Product::new(Config::for_prometheus(url).unwrap())
}

/// Istio up to 1.4: only `…_duration_seconds`, a thousandth of the figures and of the bounds.
fn in_seconds(query: &str) -> Option<String> {
    if query.contains("_duration_milliseconds") {
        return None;
    }
    let sum = "rate(istio_request_duration_seconds_sum[600s])";
    let scaled = "(rate(istio_request_duration_milliseconds_sum[600s]) / 1000)";
    Some(query.replace(sum, scaled).replace("_duration_seconds", "_duration_milliseconds"))
}

fn bounds_in_seconds(answer: &mut Value) {
    for row in answer["data"]["result"].as_array_mut().into_iter().flatten() {
        if let Some(bound_ms) = row["metric"]["le"].as_str().and_then(|le| le.parse::<f64>().ok())
            && bound_ms.is_finite()
        {
            row["metric"]["le"] = (bound_ms / 1000.0).to_string().into();
        }
    }
}

/// Equal but for the last digits of numbers.
pub(crate) fn assert_alike(one: &Value, two: &Value, at: &str) {
    match (one, two) {
        (Value::Object(one), Value::Object(two)) => {
            assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>(), "{at}");
            one.iter().for_each(|(key, value)| assert_alike(value, &two[key], &format!("{at}.{key}")));
        }
        (Value::Array(one), Value::Array(two)) => {
            assert_eq!(one.len(), two.len(), "{at}");
            one.iter().zip(two).for_each(|(one, two)| assert_alike(one, two, at));
        }
        (Value::Number(one), Value::Number(two)) => {
            let (one, two) = (one.as_f64().unwrap(), two.as_f64().unwrap());
            assert!((one - two).abs() <= 1e-9 * one.abs().max(1.0), "{at}: {one} {two}");
        }
        _ => assert_eq!(one, two, "{at}"),
    }
}

#[tokio::test]
async fn a_store_that_keeps_seconds_draws_the_same_graph() {
    let (seconds, asked) = start(Rewriting { query: in_seconds, answer: bounds_in_seconds }).await;
    let of_seconds = product(&seconds).get(GRAPH).await.json();
    let today = Prometheus::start().await.product().get(GRAPH).await.json();
    assert_eq!(of_seconds["meta"]["warnings"], today["meta"]["warnings"]);
    assert_alike(&of_seconds["nodes"], &today["nodes"], "nodes");
    assert_alike(&of_seconds["edges"], &today["edges"], "edges");
    let reviews =
        of_seconds["nodes"].as_array().unwrap().iter().find(|node| node["name"] == "reviews").unwrap();
    for figure in [&reviews["latency"]["p95"]["ms"], &reviews["latency"]["mean_ms"]] {
        assert!(figure.as_f64().unwrap() > 1.0, "{reviews}");
    }
    let asked = asked.lock().unwrap();
    // The preflight looks whether recorded ones exist; that reads none.
    let buckets = |unit: &str| asked.iter().any(|query| query.contains(&format!("duration_{unit}_bucket{{")));
    assert!(buckets("seconds") && !buckets("milliseconds"), "{asked:#?}");
}

/// Only what names this mesh is known.
fn of_one_mesh(query: &str) -> Option<String> {
    query.contains(r#"mesh="eu""#).then(|| query.replace(r#",mesh="eu""#, "").replace(r#"{mesh="eu"}"#, ""))
}

#[tokio::test]
async fn the_extra_matcher_stands_in_every_query() {
    let (url, asked) = start(Rewriting { query: of_one_mesh, answer: |_| {} }).await;
    let none = product(&url).get(GRAPH).await.json();
    assert_eq!(none["nodes"].as_array().unwrap().len(), 0);
    asked.lock().unwrap().clear();
    let settings = Settings {
        prometheus: Some(url),
        extra_matcher: Some("{mesh=\"eu\"}".to_owned()),
        ..Settings::default()
    };
    let product = Product::new(Config::from_settings(&settings, &|_| unreachable!()).unwrap());
    let graph = product.get(GRAPH).await.json();
    let today = Prometheus::start().await.product().get(GRAPH).await.json();
    assert_eq!(graph["nodes"], today["nodes"]);
    let node = url::form_urlencoded::byte_serialize(graph["nodes"][0]["id"].as_str().unwrap().as_bytes())
        .collect::<String>();
    assert_eq!(
        product.get(&format!("/api/v1/series?at=1772618400&node={node}")).await.status,
        StatusCode::OK
    );
    let asked = asked.lock().unwrap();
    assert!(asked.len() > 12, "{asked:#?}");
    for query in asked.iter() {
        let metrics = query.matches("istio_").count() + query.matches("flagger_").count();
        assert_eq!(query.matches(r#"mesh="eu""#).count(), metrics, "{query}");
    }
}

#[tokio::test]
async fn an_answer_too_large_to_come_whole_comes_by_namespace() {
    let prometheus = Prometheus::start().await;
    let path = "/api/v1/graph?at=1772618400";
    let whole = prometheus.product().get(path).await.json();
    let mut most_bytes = 400_000;
    let (product, in_parts) = loop {
        most_bytes = most_bytes * 9 / 10;
        let product = prometheus.product_with(|config| {
            config.prometheus.as_mut().unwrap().max_answer_bytes = most_bytes;
        });
        let graph = product.get(path).await.json();
        let warnings = graph["meta"]["warnings"].as_array().unwrap();
        assert!(warnings.iter().all(|warning| warning["code"] != "query_failed"), "{warnings:?}");
        if warnings.iter().any(|warning| warning["code"] == "asked_in_parts") {
            break (product, graph);
        }
    };
    assert_alike(&whole["nodes"], &in_parts["nodes"], "nodes");
    assert_alike(&whole["edges"], &in_parts["edges"], "edges");
    // What is known to be too large is not asked for whole again.
    let refused = async || {
        let text = product.get("/metrics").await.text();
        let of =
            |line: &&str| line.starts_with("portolan_prometheus_queries_total{") && line.contains("refused");
        text.lines().filter(of).map(str::to_owned).collect::<Vec<_>>()
    };
    let before = refused().await;
    assert!(!before.is_empty());
    let again = product.get("/api/v1/graph?at=1772618280").await.json();
    assert!(again["meta"]["warnings"].to_string().contains("asked_in_parts"), "{}", again["meta"]);
    assert_eq!(refused().await, before);
}

/// A Prometheus that lists its labels, or answers 404.
async fn listing(lists: bool) -> (Product, Arc<Mutex<Vec<String>>>) {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = asked.clone();
    let answer = move |RawQuery(query): RawQuery| async move {
        let query = query.unwrap_or_default();
        seen.lock().unwrap().push(query.clone());
        let own = if query.contains("istio_requests_total") {
            r#""reporter","source_workload","request_operation","x-dashed","tenant","__name__","#
        } else {
            ""
        };
        format!(r#"{{"status":"success","data":[{own}"instance","job"]}}"#)
    };
    let routes = Router::new();
    let routes = if lists { routes.route("/api/v1/labels", get(answer)) } else { routes };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = Settings {
        prometheus: Some(format!("http://{}", listener.local_addr().unwrap())),
        extra_matcher: Some("mesh=\"eu\"".to_owned()),
        ..Settings::default()
    };
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (Product::new(Config::from_settings(&settings, &|_| unreachable!()).unwrap()), asked)
}

#[tokio::test]
async fn labels_that_only_this_mesh_has_are_listed_and_looked_up_once() {
    let (product, asked) = listing(true).await;
    for _ in 0..3 {
        let labels = product.get("/api/v1/labels").await.json();
        assert_eq!(labels, json!({ "labels": ["request_operation", "tenant"] }));
    }
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2, "requests and scrapes: {asked:?}");
    let pairs: Vec<_> = url::form_urlencoded::parse(asked[0].as_bytes()).collect();
    assert_eq!(pairs[0], ("match[]".into(), "istio_requests_total{mesh=\"eu\"}".into()));
}

#[tokio::test]
async fn a_store_that_lists_no_labels_says_so() {
    let (product, _) = listing(false).await;
    let labels = product.get("/api/v1/labels").await.json();
    assert_eq!(labels["labels"], json!([]));
    assert!(labels["notes"][0].as_str().unwrap().contains("does not list its labels"), "{labels}");
}

#[tokio::test]
async fn a_configured_split_becomes_the_intended_shares() {
    let prometheus = Prometheus::start().await;
    let intended = |graph: Value| -> BTreeMap<String, f64> {
        let nodes = graph["nodes"].as_array().unwrap();
        let reviews = nodes.iter().find(|node| node["name"] == "reviews").unwrap();
        let rows = reviews["versions"].as_array().unwrap().iter();
        rows.map(|row| (row["name"].as_str().unwrap().to_owned(), row["intended_share"].as_f64().unwrap()))
            .collect()
    };
    let told = intended(prometheus.product().get(GRAPH).await.json());
    assert_eq!(told, BTreeMap::from([("v1".to_owned(), 0.9), ("v2".to_owned(), 0.1)]));
    let split = IntendedSplit {
        namespace: "shop".to_owned(),
        service: "reviews".to_owned(),
        weights: BTreeMap::from([("v1".to_owned(), 30.0), ("v2".to_owned(), 10.0)]),
    };
    let product = prometheus.product_with(|config| config.splits = vec![split]);
    let configured = intended(product.get(GRAPH).await.json());
    assert_eq!(configured, BTreeMap::from([("v1".to_owned(), 0.75), ("v2".to_owned(), 0.25)]));
}

/// As if proxies exported a counter of their own with other labels for the ends.
fn of_ones_own(query: &str) -> Option<String> {
    let known = !query.contains("flagger");
    known.then(|| {
        query
            .replace("shop_hits_total", "istio_requests_total{reporter=\"destination\"}")
            .replace(
                "sum by (client, client_ns, server)",
                "sum by (source_workload, source_workload_namespace, destination_service)",
            )
            .replace("\"client\"", "\"source_workload\"")
            .replace("\"client_ns\"", "\"source_workload_namespace\"")
            .replace("\"server\"", "\"destination_service\"")
    })
}

#[tokio::test]
async fn a_counter_of_the_settings_file_becomes_a_figure_on_edges() {
    let (url, asked) = start(Rewriting { query: of_ones_own, answer: |_| {} }).await;
    let mut config = Config::for_prometheus(&url).unwrap();
    let label = |label: &str| label.to_owned();
    config.metrics = vec![CustomMetric {
        name: "Hits".to_owned(),
        metric: "shop_hits_total".to_owned(),
        unit: "hits".to_owned(),
        source: EndLabels {
            by: NamedBy::Workload,
            name: label("client"),
            namespace: Some(label("client_ns")),
            cluster: None,
        },
        destination: EndLabels {
            by: NamedBy::Service,
            name: label("server"),
            namespace: None,
            cluster: None,
        },
        split: None,
    }];
    let graph = Product::new(config).get(GRAPH).await.json();
    let edges = graph["edges"].as_array().unwrap();
    let told: Vec<&Value> = edges.iter().filter(|edge| !edge["custom"].is_null()).collect();
    assert!(told.len() > 10, "{} of {}", told.len(), edges.len());
    for edge in told {
        let hits = &edge["custom"][0];
        assert_eq!((&hits["name"], &hits["unit"]), (&Value::from("Hits"), &Value::from("hits")));
        assert!(hits["per_s"].as_f64().unwrap() > 0.0);
    }
    let asked: Vec<String> = asked.lock().unwrap().clone();
    assert_eq!(asked.iter().filter(|query| query.contains("shop_hits_total")).count(), 1);
    let used = graph["meta"]["queries"].as_array().unwrap().iter().find(|query| query["kind"] == "custom_1");
    assert!(used.unwrap()["promql"].as_str().unwrap().contains("shop_hits_total"));
}

static RULES_ARE_GONE: AtomicBool = AtomicBool::new(false);

/// A store with recorded series, which give what their queries would; until the rules are removed.
fn with_rules(query: &str) -> Option<String> {
    if !query.contains("portolan:") {
        return Some(query.to_owned());
    }
    if RULES_ARE_GONE.load(Ordering::SeqCst) {
        return None;
    }
    if query.contains("timestamp(") {
        return Some("vector(1700000000)".to_owned());
    }
    let window = Window { at_s: 0, window_s: 600, scrape_interval_s: Some(15.0) };
    let signals = Signals { percentiles: true, ..Signals::default() };
    let kind = match query.rsplit_once(':').map_or(query, |(name, _)| name) {
        name if name.ends_with("_sum") => QueryKind::DurationSum,
        name if name.ends_with("_count") => QueryKind::DurationCount,
        name if name.ends_with("_bucket") => QueryKind::DurationBucket,
        _ => QueryKind::Requests,
    };
    let plan = graph::plan(&Origin::default(), signals, &window);
    plan.into_iter().find(|query| query.kind == kind).map(|query| query.promql)
}

#[tokio::test]
async fn rules_that_were_removed_empty_no_graph() {
    let (url, asked) = start(Rewriting { query: with_rules, answer: |_| {} }).await;
    let product = product(&url);
    let recorded = || asked.lock().unwrap().iter().filter(|query| query.starts_with("portolan:")).count();
    let with = product.get(GRAPH).await.json();
    assert_eq!(recorded(), 4);
    RULES_ARE_GONE.store(true, Ordering::SeqCst);
    let without = product.get("/api/v1/graph?at=1772618340&percentiles=true").await.json();
    assert_eq!(without["edges"].as_array().unwrap().len(), with["edges"].as_array().unwrap().len());
    assert!(without["edges"].to_string().contains("p95"), "buckets come from the counters too");
    assert_eq!(without["meta"]["warnings"], json!([]));
    let before = recorded();
    product.get("/api/v1/graph?at=1772618280&percentiles=true").await;
    assert_eq!(recorded(), before, "they are not asked for again until they are looked for");
}
