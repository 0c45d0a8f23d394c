//! Two stores, each with what one cluster's proxies report, looked at together: the graph of one store that has both.

use crate::rewriting::{Asked, Rewriting, start_of};
use crate::stores::assert_alike;
use crate::support::{Product, pass};
use axum::http::StatusCode;
use portolan::Config;
use portolan::config::Source;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};

const SCENARIO: Option<&str> = Some("multi-cluster");
const GRAPH: &str = "/api/v1/graph?at=1772618400&percentiles=true&with=bytes,sizes,idle";

/// Leaves the rows that a proxy of this cluster reported; rows that name no reporter stay.
fn only(cluster: &str, answer: &mut Value) {
    let Some(rows) = answer["data"]["result"].as_array_mut() else { return };
    rows.retain(|row| {
        let end = if row["metric"]["reporter"] == "source" { "source" } else { "destination" };
        row["metric"]["reporter"].is_null() || row["metric"][format!("{end}_cluster")] == cluster
    });
}

fn west(answer: &mut Value) {
    only("west", answer);
}

fn east(answer: &mut Value) {
    only("east", answer);
}

async fn store(answer: fn(&mut Value)) -> (String, Asked) {
    start_of(SCENARIO, Rewriting { query: |query| Some(query.to_owned()), answer }).await
}

fn of_both(west: &str, east: &str) -> Product {
    let mut config = Config::for_prometheus(west).unwrap();
    (config.source, config.cluster) = ("west-1".to_owned(), Some("west".to_owned()));
    let prometheus = Config::for_prometheus(east).unwrap().prometheus.unwrap();
    config.others.push(Source { name: "east-1".to_owned(), cluster: Some("east".to_owned()), prometheus });
    Product::new(config)
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn both_together_draw_what_one_store_with_both_draws() {
    let ((west, asked_west), (east, asked_east)) = (store(west).await, store(east).await);
    let product = of_both(&west, &east);
    let whole = product.get(&format!("{GRAPH}&source=all")).await.json();
    let one = Product::new(Config::for_prometheus(&store(|_| {}).await.0).unwrap()).get(GRAPH).await.json();
    assert_alike(&whole["nodes"], &one["nodes"], "nodes");
    assert_alike(&whole["edges"], &one["edges"], "edges");
    assert_eq!(
        (&whole["meta"]["warnings"], &one["meta"]["warnings"]),
        (&Value::Array(vec![]), &Value::Array(vec![]))
    );
    let crosses = |edge: &&Value| edge["other_side"].is_object() && edge["id"].to_string().contains("east");
    assert!(
        whole["edges"].as_array().unwrap().iter().any(|edge| crosses(&edge)),
        "both sides of what crosses"
    );

    // Each store alone knows less, and nobody asks either again for what all look at.
    let asked = || [&asked_west, &asked_east].map(|asked| asked.lock().unwrap().len());
    let before = asked();
    for _ in 0..3 {
        product.get(&format!("{GRAPH}&source=all&type=workload&boxes=none")).await;
    }
    assert_eq!(asked(), before);
    let alone = product.get(&format!("{GRAPH}&source=east-1")).await.json();
    assert!(alone["edges"].as_array().unwrap().len() < whole["edges"].as_array().unwrap().len());
    assert_eq!(asked(), before, "what was asked for all serves for one");
}

#[tokio::test]
async fn queries_name_the_source_to_paste_them_into_and_lines_come_from_there() {
    let ((west, _), (east, _)) = (store(west).await, store(east).await);
    let product = of_both(&west, &east);
    let whole = product.get(&format!("{GRAPH}&source=all")).await.json();
    let kinds: Vec<_> = whole["meta"]["queries"].as_array().unwrap().iter().collect();
    for source in ["west-1", "east-1"] {
        assert!(kinds.iter().any(|query| query["kind"] == "requests" && query["source"] == source));
    }
    let mut homes = std::collections::BTreeSet::new();
    for edge in whole["edges"].as_array().unwrap().iter().filter(|edge| edge["requests"].is_object()) {
        let id = encoded(edge["id"].as_str().unwrap());
        let detail = product.get(&format!("/api/v1/edge?at=1772618400&source=all&id={id}")).await.json();
        let queries = detail["queries"].as_array().unwrap();
        let rates: Vec<&Value> = queries.iter().filter(|query| query["name"] == "rate").collect();
        assert_eq!(rates.len(), 1, "{detail}");
        homes.insert(rates[0]["source"].as_str().unwrap().to_owned());
        let series = product.get(&format!("/api/v1/series?at=1772618400&source=all&edge={id}")).await.json();
        let points = series["lines"][0]["points"].as_array().unwrap();
        let mean = points.iter().filter_map(Value::as_f64).sum::<f64>() / points.len() as f64;
        let rate = edge["requests"]["rate_rps"].as_f64().unwrap();
        assert!((mean / rate - 1.0).abs() < 0.2, "{mean} {rate} {series}");
    }
    assert_eq!(homes.len(), 2, "{homes:?}");
}

#[tokio::test]
async fn they_are_offered_together_and_everything_follows() {
    let ((west, _), (east, _)) = (store(west).await, store(east).await);
    let product = of_both(&west, &east);
    let sources = product.get("/api/v1/sources").await.json();
    let names: Vec<_> = sources["sources"].as_array().unwrap().iter().map(|source| &source["name"]).collect();
    assert_eq!(names, ["west-1", "east-1", "all"]);
    assert_eq!(sources["sources"][1]["cluster"], "east");
    assert!(product.get("/graph").await.text().contains("\"sources\":[\"west-1\",\"east-1\",\"all\"]"));
    let mut stream = product.stream("/api/v1/graph/stream?source=all", &[]).await;
    let graph = stream.event().await.unwrap();
    let polled = product.get("/api/v1/graph?source=all").await.json();
    assert_eq!((graph.name.as_str(), &graph.data["edges"]), ("graph", &polled["edges"]));
    let status = product.get("/api/v1/status?source=all").await.json();
    assert_eq!(status["prometheus"]["reachable"], true);
    assert_eq!(status["prometheus"]["url"], format!("{west}, {east}"));
    let seen = product.get("/api/v1/last-traffic?source=all&at=1772618400").await.json();
    assert!(seen["seen_s"].as_i64().unwrap() > 1_772_618_000, "{seen}");
    let labels = product.get("/api/v1/labels?source=all").await;
    assert_eq!(labels.status, StatusCode::OK, "{}", labels.text());
}

#[tokio::test]
async fn a_source_that_is_gone_costs_its_cluster_and_is_named() {
    let (west, _) = store(west).await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let product = of_both(&west, &format!("http://127.0.0.1:{port}"));
    for path in ["/api/v1/graph?source=all", "/api/v1/graph?source=all&at=1772618400"] {
        let graph = product.get(path).await.json();
        assert!(!graph["edges"].as_array().unwrap().is_empty());
        assert!(graph["meta"]["stale"].is_null(), "{}", graph["meta"]);
        let warning = &graph["meta"]["warnings"][0];
        assert_eq!(warning["code"], "source_lost", "{warning}");
        let sentence = warning["sentence"].as_str().unwrap();
        assert!(sentence.starts_with("The source east-1 does not answer"), "{sentence}");
        assert!(sentence.contains("refused"), "{sentence}");
    }
}

static EAST_IS_ILL: AtomicBool = AtomicBool::new(false);

fn east_while_well(answer: &mut Value) {
    if EAST_IS_ILL.load(Ordering::SeqCst) {
        *answer = serde_json::json!({ "status": "error", "errorType": "internal", "error": "ill" });
    } else {
        east(answer);
    }
}

#[tokio::test]
async fn the_last_answer_of_a_source_that_fails_stays_with_its_age() {
    let ((west, _), (east, _)) = (store(west).await, store(east_while_well).await);
    let product = of_both(&west, &east);
    let path = "/api/v1/graph?source=all";
    let well = product.get(path).await.json();
    assert_eq!(well["meta"]["warnings"], Value::Array(vec![]));
    EAST_IS_ILL.store(true, Ordering::SeqCst);
    pass(15).await;
    let ill = product.get(path).await.json();
    let ids = |graph: &Value| -> Vec<String> {
        graph["edges"].as_array().unwrap().iter().map(|edge| edge["id"].to_string()).collect()
    };
    assert_eq!(ids(&ill), ids(&well));
    assert_ne!(ill["meta"]["at_s"], well["meta"]["at_s"]);
    let sentence = ill["meta"]["warnings"][0]["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("The source east-1 answered 15s before"), "{sentence}");
    EAST_IS_ILL.store(false, Ordering::SeqCst);
    pass(75).await;
    assert_eq!(product.get(path).await.json()["meta"]["warnings"], Value::Array(vec![]));
}

/// A store that can be reached and answers nothing at all until it is let.
async fn silent(cluster: &'static str) -> (String, tokio::sync::watch::Sender<bool>) {
    let upstream = store(if cluster == "east" { east } else { west }).await.0;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (lets, let_through) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        while let Ok((mut theirs, _)) = listener.accept().await {
            let (mut let_through, upstream) = (let_through.clone(), upstream.clone());
            tokio::spawn(async move {
                let_through.wait_for(|open| *open).await.unwrap();
                let address = upstream.trim_start_matches("http://");
                let mut ours = tokio::net::TcpStream::connect(address).await.unwrap();
                tokio::io::copy_bidirectional(&mut theirs, &mut ours).await.unwrap_or_default();
            });
        }
    });
    (url, lets)
}

#[tokio::test]
async fn a_source_that_hangs_at_first_sight_holds_nobody_up_and_joins_when_it_answers() {
    let ((west, _), (east, lets)) = (store(west).await, silent("east").await);
    let product = of_both(&west, &east);
    let asked = tokio::spawn({
        let product = product.clone();
        async move { product.get("/api/v1/graph?source=all").await.json() }
    });
    // Whatever the other needs has come; then the grace is over, long before anybody gives up on a connection.
    assert_eq!(product.get("/api/v1/graph?source=west-1").await.status, StatusCode::OK);
    pass(4).await;
    let without = asked.await.unwrap();
    let warnings = without["meta"]["warnings"].as_array().unwrap();
    let awaited = warnings.iter().find(|warning| warning["code"] == "source_awaited").expect("it is said");
    let sentence = awaited["sentence"].as_str().unwrap();
    assert!(sentence.contains("the source east-1 report is missing. It is still being asked"), "{sentence}");
    assert!(!without["edges"].as_array().unwrap().is_empty(), "the other's are drawn");

    lets.send_replace(true);
    // Its first sight comes to its end.
    assert_eq!(product.get("/api/v1/graph?source=east-1").await.status, StatusCode::OK);
    pass(30).await;
    let whole = product.get("/api/v1/graph?source=all").await.json();
    assert_eq!(whole["meta"]["warnings"], Value::Array(vec![]));
    assert!(whole["edges"].as_array().unwrap().len() > without["edges"].as_array().unwrap().len());
}

#[tokio::test]
async fn where_all_fail_each_is_told_with_its_reason() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let gone = format!("http://127.0.0.1:{port}");
    let (ill, _) = store(|answer| {
        *answer = serde_json::json!({ "status": "error", "errorType": "internal", "error": "ill" });
    })
    .await;
    let product = of_both(&ill, &gone);
    for path in ["/api/v1/graph?source=all", "/api/v1/graph?source=all&at=1772618400"] {
        let problem = product.get(path).await.problem(502);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.starts_with("No source answers. west-1: "), "{detail}");
        assert!(detail.contains("internal: ill") && detail.contains(" east-1: "), "{detail}");
        assert!(detail.contains("the connection was refused"), "{detail}");
    }
}

#[tokio::test]
async fn a_column_that_one_source_lacks_is_unknown_there_and_not_zero() {
    let (west, _) = store(west).await;
    let query = |query: &str| {
        let is_sum = query.contains("duration_milliseconds_sum");
        Some(if is_sum { "no query" } else { query }.to_owned())
    };
    let (east, _) = start_of(SCENARIO, Rewriting { query, answer: east }).await;
    let product = of_both(&west, &east);
    let graph = product.get("/api/v1/graph?source=all&at=1772618400&percentiles=true").await.json();
    let into = |cluster: &str, edge: &&Value| {
        edge["target"].as_str().unwrap().contains(cluster) && edge["requests"].is_object()
    };
    let edges = graph["edges"].as_array().unwrap();
    assert!(
        edges.iter().filter(|edge| into("west", edge)).any(|edge| edge["latency"]["mean_ms"].is_number())
    );
    let gap = |edge: &&Value| edge["source"].as_str().unwrap().contains("east") && into("west", edge);
    let mut crossing = edges.iter().filter(gap).filter(|edge| edge["other_side"].is_object());
    assert!(crossing.all(|edge| edge["other_side"]["mean_ms"].is_null()), "the caller's store has no sums");
    let mut eastern = edges.iter().filter(|edge| into("east", edge)).peekable();
    assert!(eastern.peek().is_some());
    for edge in eastern {
        assert!(edge["latency"]["mean_ms"].is_null(), "{edge}");
        assert!(edge["latency"]["p95"].is_object(), "its buckets came: {edge}");
    }
}
