//! Each query kind fails in turn, in each way: the graph stays, and the answer names the missing column.

use crate::support::{Fault, Prometheus};
use axum::http::StatusCode;
use graph::QueryKind;
use serde_json::Value;
use std::time::Duration;

/// Long enough for a true answer on a busy machine; a silence costs it once a kind, all kinds side by side.
const PATIENCE: Duration = Duration::from_secs(3);

/// A question that needs every kind of query.
const EVERYTHING: &str =
    "/api/v1/graph?at=1772618400&percentiles=true&with=bytes,messages,sizes,open,successful,idle";

async fn graph_with(kind: QueryKind, fault: Fault) -> Value {
    let prometheus = Prometheus::start().await;
    prometheus.break_kind(kind, fault);
    let product = prometheus.product_with(|config| {
        config.prometheus.as_mut().unwrap().timeout = PATIENCE;
    });
    let answer = product.get(EVERYTHING).await;
    assert_eq!(answer.status, StatusCode::OK, "{kind:?} {fault:?}: {}", answer.text());
    let graph = answer.json();
    assert!(!graph["nodes"].as_array().unwrap().is_empty(), "{kind:?} {fault:?}: the graph is gone");
    assert!(!graph["edges"].as_array().unwrap().is_empty(), "{kind:?} {fault:?}: the edges are gone");
    graph
}

fn query(graph: &Value, kind: QueryKind) -> &Value {
    let queries = graph["meta"]["queries"].as_array().unwrap();
    queries
        .iter()
        .find(|query| query["kind"] == kind.word())
        .unwrap_or_else(|| panic!("{kind:?} is not named"))
}

fn warning_about(graph: &Value, kind: QueryKind) -> Option<&Value> {
    graph["meta"]["warnings"].as_array().unwrap().iter().find(|warning| warning["column"] == kind.word())
}

async fn check(kind: QueryKind, fault: Fault, part: &str) {
    let graph = graph_with(kind, fault).await;
    let error =
        query(&graph, kind)["error"].as_str().unwrap_or_else(|| panic!("{kind:?} {fault:?}: no error"));
    assert!(error.contains(part), "{kind:?} {fault:?}: {error}");
    let warning = warning_about(&graph, kind);
    assert!(warning.is_some(), "{kind:?} {fault:?}: {}", graph["meta"]["warnings"]);
    for other in QueryKind::ALL.into_iter().filter(|other| *other != kind) {
        assert!(query(&graph, other)["error"].is_null(), "{kind:?} {fault:?} broke {other:?} too");
    }
}

async fn check_all(fault: Fault, part: &'static str) {
    let checks: Vec<_> =
        QueryKind::ALL.into_iter().map(|kind| tokio::spawn(check(kind, fault, part))).collect();
    for check in checks {
        check.await.unwrap();
    }
}

#[tokio::test]
async fn what_a_long_window_costs_is_found_out_first_and_said() {
    let product = Prometheus::start().await.product();
    let costs = "portolan_prometheus_queries_total{source=\"127.0.0.1\",kind=\"cost\",outcome=\"answered\"}";
    let said = async |window: &str| {
        let graph = product.get(&format!("/api/v1/graph?at=1772618400&window={window}")).await.json();
        let warnings = graph["meta"]["warnings"].as_array().unwrap().clone();
        let cost = warnings.iter().find(|warning| warning["code"] == "costly_window");
        cost.map(|warning| warning["sentence"].as_str().unwrap().to_owned())
    };
    assert_eq!((said("6h").await, product.figure(costs).await), (None, 0));
    let cost = said("6h5m").await.expect("it is said");
    assert!(
        cost.contains("A window of 6h5m makes Prometheus read about ") && cost.contains("1460 of each"),
        "{cost}"
    );
    assert_eq!(product.figure(costs).await, 4);
    let with_buckets = said("6h5m&percentiles=true").await.expect("it is said");
    assert_ne!(cost, with_buckets, "buckets cost more");
    assert_eq!(product.figure(costs).await, 4, "series are counted now and then");
}

#[tokio::test]
async fn half_a_minute_is_a_window_with_a_warning() {
    let product = Prometheus::start().await.product();
    let graph = product.get("/api/v1/graph?at=1772618400&window=30s").await.json();
    let warnings = graph["meta"]["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|warning| warning["code"] == "short_window"), "{warnings:?}");
    for window in ["29s", "31d"] {
        let refused = product.get(&format!("/api/v1/graph?window={window}")).await.problem(400);
        assert!(refused["detail"].as_str().unwrap().contains("between 30s and 30d"), "{refused}");
    }
}

#[tokio::test]
async fn a_failure_of_the_server_costs_one_column() {
    check_all(Fault::Status500, "HTTP 500").await;
}

#[tokio::test]
async fn a_login_page_costs_one_column() {
    check_all(Fault::Html, "a web page instead of JSON").await;
}

#[tokio::test]
async fn an_answer_cut_off_costs_one_column() {
    check_all(Fault::Truncated, "broke off in the middle").await;
}

#[tokio::test]
async fn silence_costs_one_column() {
    check_all(Fault::Silence, "did not answer within").await;
}

#[tokio::test]
async fn a_warning_beside_an_answer_is_handed_on() {
    for kind in QueryKind::ALL {
        let graph = graph_with(kind, Fault::Warnings).await;
        assert!(query(&graph, kind)["error"].is_null());
        let warning = warning_about(&graph, kind).unwrap_or_else(|| panic!("{kind:?}: nothing is said"));
        assert!(warning["sentence"].as_str().unwrap().contains("one store did not answer"), "{warning}");
    }
}
