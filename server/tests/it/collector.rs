//! One snapshot for all: how often Prometheus is asked, and what viewers see while it fails.

use crate::support::{Fault, Hold, Product, Prometheus};
use axum::http::StatusCode;
use graph::QueryKind;
use portolan::Config;
use std::time::Duration;

const GRAPH: &str = "/api/v1/graph?at=1772618400";

/// A grid of one second, so that the live end moves on while a test looks.
fn quick(config: &mut Config) {
    let prometheus = config.prometheus.as_mut().unwrap();
    prometheus.scrape_interval_s = Some(1);
}

/// Asks for the live graph until its answer is as wanted.
async fn until(product: &Product, wanted: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
    loop {
        let answer = product.get("/api/v1/graph").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let graph = answer.json();
        if wanted(&graph) {
            return graph;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn all_columns_of_a_graph_are_asked_for_at_one_moment() {
    let prometheus = Prometheus::start().await;
    prometheus.product().get(&format!("{GRAPH}&percentiles=true")).await;
    assert!(prometheus.asked_in_all() > 8);
    assert_eq!(prometheus.ends(), ["1772618400".to_owned()].into());
}

#[tokio::test]
async fn a_hundred_viewers_cost_one_handful() {
    let prometheus = Prometheus::start().await;
    let product = prometheus.product();
    prometheus.hold(Hold::All);
    let viewers: Vec<_> = (0..100)
        .map(|viewer| {
            let product = product.clone();
            let namespaces = ["", "&namespaces=shop", "&type=service"][viewer % 3];
            tokio::spawn(async move { product.get(&format!("{GRAPH}{namespaces}")).await.status })
        })
        .collect();
    prometheus.until_asked(QueryKind::Requests).await;
    prometheus.release();
    for viewer in viewers {
        assert_eq!(viewer.await.unwrap(), StatusCode::OK);
    }
    for kind in QueryKind::ALL {
        let expected = usize::from(matches!(kind.asked_for(), None | Some(graph::query::Wish::SlowLane)));
        assert_eq!(prometheus.asked(kind), expected, "{kind:?}");
    }
    assert!(prometheus.most_in_flight() <= 2, "{}", prometheus.most_in_flight());
    // Buckets come on demand, and nothing else is asked again for them.
    let asked = prometheus.asked_in_all();
    product.get(&format!("{GRAPH}&percentiles=true")).await;
    assert_eq!((prometheus.asked(QueryKind::DurationBucket), prometheus.asked_in_all()), (1, asked + 1));
    // A snapshot with buckets serves those who did not ask for them.
    product.get(GRAPH).await;
    assert_eq!(prometheus.asked_in_all(), asked + 1);
}

#[tokio::test]
async fn who_goes_away_does_not_end_the_flight_for_the_others() {
    let prometheus = Prometheus::start().await;
    let product = prometheus.product();
    prometheus.hold(Hold::All);
    let first = tokio::spawn({
        let product = product.clone();
        async move { product.get(GRAPH).await.status }
    });
    prometheus.until_asked(QueryKind::Requests).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let second = tokio::spawn(async move { product.get(GRAPH).await.status });
    prometheus.release();
    assert_eq!(second.await.unwrap(), StatusCode::OK);
    assert_eq!(prometheus.asked(QueryKind::Requests), 1);
}

#[tokio::test]
async fn traffic_never_waits_for_buckets() {
    let prometheus = Prometheus::start().await;
    let product = prometheus.product();
    prometheus.hold(Hold::Only(QueryKind::DurationBucket));
    let patient = tokio::spawn({
        let product = product.clone();
        async move { product.get(&format!("{GRAPH}&percentiles=true")).await.status }
    });
    prometheus.until_asked(QueryKind::DurationBucket).await;
    assert_eq!(product.get(GRAPH).await.status, StatusCode::OK);
    // Another moment has to ask anew, beside the buckets that are still awaited.
    assert_eq!(product.get("/api/v1/graph?at=1772610000").await.status, StatusCode::OK);
    assert!(!patient.is_finished());
    prometheus.release();
    assert_eq!(patient.await.unwrap(), StatusCode::OK);
}

#[tokio::test]
async fn the_last_good_graph_stays_with_its_age_and_nobody_hammers() {
    let prometheus = Prometheus::start().await;
    let product = prometheus.product_with(quick);
    let good = until(&product, |_| true).await;
    assert!(good["meta"]["stale"].is_null());
    prometheus.break_all(Fault::Status500);
    let stale = until(&product, |graph| !graph["meta"]["stale"].is_null()).await;
    assert!(stale["meta"]["stale"]["reason"].as_str().unwrap().contains("HTTP 500"), "{}", stale["meta"]);
    assert!(stale["meta"]["stale"]["retry_in_s"].as_f64().unwrap() > 0.0);
    assert_eq!(stale["nodes"], good["nodes"]);
    let asked = prometheus.asked_in_all();
    for _ in 0..50 {
        assert!(!product.get("/api/v1/graph").await.json()["meta"]["stale"].is_null());
    }
    assert_eq!(prometheus.asked_in_all(), asked, "while it is given time, nobody asks");
    prometheus.mend();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(4)).await;
    tokio::time::resume();
    let healed = until(&product, |graph| graph["meta"]["stale"].is_null()).await;
    assert!(healed["meta"]["at_s"].as_i64() > stale["meta"]["at_s"].as_i64());
}

#[tokio::test]
async fn a_source_that_never_answered_is_a_problem_with_a_time_to_come_back() {
    let prometheus = Prometheus::start().await;
    prometheus.break_all(Fault::Html);
    let product = prometheus.product();
    let answer = product.get("/api/v1/graph").await;
    let problem = answer.problem(502);
    assert!(problem["detail"].as_str().unwrap().contains("a web page instead of JSON"), "{problem}");
    assert!(!answer.header("retry-after").is_empty());

    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let gone = Product::new(Config::for_prometheus(&format!("http://127.0.0.1:{port}")).unwrap());
    let problem = gone.get("/api/v1/graph").await.problem(502);
    assert!(problem["detail"].as_str().unwrap().contains("refused"), "{problem}");
    let status = gone.get("/api/v1/status").await.json();
    assert_eq!(status["prometheus"]["reachable"], false);
}

#[tokio::test]
async fn the_status_tells_of_the_source_and_of_what_is_held() {
    let prometheus = Prometheus::start().await;
    let product = prometheus.product();
    assert_eq!(product.get("/api/v1/graph").await.status, StatusCode::OK);
    let status = product.get("/api/v1/status").await.json();
    assert_eq!(status["prometheus"]["reachable"], true);
    assert_eq!(status["prometheus"]["engine"], "Prometheus 2.42.0");
    assert_eq!(status["prometheus"]["scrape_interval_s"], 15.0);
    assert_eq!(status["snapshots_held"], 1);
    assert!(status["snapshots_bytes"].as_u64().unwrap() > 10_000, "{status}");
    assert!(status["prometheus"]["last_good_s"].is_i64());
}

#[tokio::test]
async fn a_running_request_may_finish_after_the_signal() {
    let prometheus = Prometheus::start().await;
    let running = portolan::serve(Config::for_prometheus(&prometheus.url).unwrap()).await.unwrap();
    prometheus.hold(Hold::All);
    let url = format!("{}{GRAPH}", running.url());
    let request = tokio::spawn(async move { reqwest::get(url).await.unwrap().status().as_u16() });
    prometheus.until_asked(QueryKind::Requests).await;
    let stopping = tokio::spawn(running.shutdown());
    tokio::task::yield_now().await;
    assert!(!stopping.is_finished());
    prometheus.release();
    assert_eq!(request.await.unwrap(), 200);
    stopping.await.unwrap();
}

#[tokio::test]
async fn lines_lie_on_the_grid_and_are_asked_once_for_all() {
    let prometheus = Prometheus::start().await;
    let product = prometheus.product();
    let graph = product.get(GRAPH).await.json();
    let node = graph["nodes"].as_array().unwrap().iter().find(|node| node["name"] == "reviews").unwrap();
    let path = format!(
        "/api/v1/series?at=1772618400&node={}",
        url::form_urlencoded::byte_serialize(node["id"].as_str().unwrap().as_bytes()).collect::<String>()
    );
    let answer = product.get(&path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let series = answer.json();
    assert_eq!(series["step_s"], 15);
    assert!(series["lines"].as_array().unwrap().len() >= 3, "{series}");
    for line in series["lines"].as_array().unwrap() {
        assert_eq!(line["points"].as_array().unwrap().len(), 41, "{line}");
        assert!(line["points"].as_array().unwrap().iter().any(serde_json::Value::is_number), "{line}");
    }
    assert!(!series["queries"].as_array().unwrap().is_empty());
    assert_eq!(product.get(&path).await.header("etag"), answer.header("etag"));
}
