//! Several Prometheus servers by name: each is asked for itself alone, and nobody is shown another's graph.

use crate::support::{Fault, Product, Prometheus};
use axum::http::StatusCode;
use portolan::Config;
use portolan::config::Source;
use serde_json::Value;

const GRAPH: &str = "/api/v1/graph?at=1772618400";

async fn two() -> (Prometheus, Prometheus, Product) {
    let (first, second) = (Prometheus::start().await, Prometheus::start().await);
    let prometheus = Config::for_prometheus(&second.url).unwrap().prometheus.unwrap();
    let product = first.product_with(|config| {
        config.others.push(Source { name: "eu".to_owned(), cluster: None, prometheus });
    });
    (first, second, product)
}

#[tokio::test]
async fn each_source_is_asked_for_itself_alone() {
    let (first, second, product) = two().await;
    let of_first = product.get(GRAPH).await;
    assert_eq!((of_first.status, second.asked_in_all()), (StatusCode::OK, 0));
    let asked = first.asked_in_all();
    assert_eq!(product.get(&format!("{GRAPH}&source=eu")).await.status, StatusCode::OK);
    assert_eq!((first.asked_in_all(), second.asked_in_all()), (asked, asked));
    // Named or not, the first is the same.
    assert_eq!(product.get(&format!("{GRAPH}&source=127.0.0.1")).await.status, StatusCode::OK);
    assert_eq!(first.asked_in_all(), asked);
    let node = of_first.json()["nodes"][0]["id"].as_str().unwrap().to_owned();
    let node = url::form_urlencoded::byte_serialize(node.as_bytes()).collect::<String>();
    for resource in ["namespaces?", &format!("node?id={node}&"), "graph.svg?"] {
        let path = format!("/api/v1/{resource}at=1772618400&source=eu");
        assert_eq!(product.get(&path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!((first.asked_in_all(), second.asked_in_all()), (asked, asked));
}

#[tokio::test]
async fn one_that_fails_leaves_the_other_alone() {
    let (_first, second, product) = two().await;
    second.break_all(Fault::Status500);
    assert_eq!(product.get("/api/v1/graph").await.status, StatusCode::OK);
    product.get("/api/v1/graph?source=eu").await.problem(502);
    let stale = product.get("/api/v1/graph").await.json()["meta"]["stale"].clone();
    assert_eq!(stale, Value::Null);
    let mut stream = product.stream("/api/v1/graph/stream", &[]).await;
    assert_eq!(stream.event().await.unwrap().name, "graph");
    product.get("/api/v1/graph/stream?source=eu").await.problem(502);
    let status = |path: &'static str| async { product.get(path).await.json()["prometheus"]["url"].clone() };
    assert_eq!(status("/api/v1/status?source=eu").await, second.url);
    assert_ne!(status("/api/v1/status").await, second.url);
}

#[tokio::test]
async fn the_sources_are_listed_and_an_unknown_one_is_refused() {
    let (first, second, product) = two().await;
    let sources = product.get("/api/v1/sources").await.json();
    let names: Vec<_> = sources["sources"].as_array().unwrap().iter().map(|source| &source["name"]).collect();
    assert_eq!(names, ["127.0.0.1", "eu"]);
    assert_eq!(
        (&sources["sources"][0]["url"], &sources["sources"][1]["url"]),
        (&first.url.into(), &second.url.into())
    );
    for resource in ["graph", "graph/stream", "graph.svg", "namespaces", "labels", "status", "last-traffic"] {
        let problem = product.get(&format!("/api/v1/{resource}?source=asia")).await.problem(400);
        assert_eq!(problem["field"], "source", "{resource}");
        assert!(problem["detail"].as_str().unwrap().contains("it can be 127.0.0.1, eu"), "{problem}");
    }
}
