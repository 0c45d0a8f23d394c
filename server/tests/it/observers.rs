//! Who looks at a live window has it kept fresh for all, at the price of one. Time passes only when a test says so.

use crate::support::{Fault, Hold, Product, Prometheus, pass};
use axum::http::StatusCode;
use graph::QueryKind;
use serde_json::Value;

const LIVE: &str = "/api/v1/graph";
const REQUESTS: &str =
    "portolan_prometheus_queries_total{source=\"127.0.0.1\",kind=\"requests\",outcome=\"answered\"}";
const OBSERVERS: &str = "portolan_observers";

async fn live(product: &Product) -> Value {
    let answer = product.get(LIVE).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn who_polls_has_the_next_answer_fetched_before_it_asks() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let first = live(&product).await;
    for _ in 0..20 {
        live(&product).await;
    }
    assert_eq!(product.figure(OBSERVERS).await, 0, "one page load is no viewer yet");
    pass(15).await;
    live(&product).await;
    assert_eq!(product.figure(OBSERVERS).await, 1);
    assert_eq!(prometheus.asked(QueryKind::Requests), 2);
    pass(15).await;
    prometheus.until_asked_times(QueryKind::Requests, 3).await;
    for _ in 0..20 {
        let graph = live(&product).await;
        assert_eq!(graph["meta"]["at_s"].as_i64(), first["meta"]["at_s"].as_i64().map(|at_s| at_s + 30));
    }
    assert_eq!(prometheus.asked(QueryKind::Requests), 3, "viewers ask for nothing themselves");
    pass(46).await;
    product.until_figure(OBSERVERS, 0).await;
    let asked = prometheus.asked_in_all();
    pass(300).await;
    assert_eq!(prometheus.asked_in_all(), asked, "nobody looks, so nobody asks");
}

#[tokio::test]
async fn one_who_polls_seldom_costs_what_he_asks_for() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    for times in 1..=4 {
        live(&product).await;
        assert_eq!(prometheus.asked(QueryKind::Requests), times);
        assert_eq!(product.figure(OBSERVERS).await, 0);
        pass(60).await;
    }
}

#[tokio::test]
async fn a_hundred_streams_cost_one_handful_a_refresh() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let mut streams = Vec::new();
    for viewer in 0..100 {
        let more = ["", "?namespaces=shop", "?type=service"][viewer % 3];
        streams.push(product.stream(&format!("{LIVE}/stream{more}"), &[]).await);
    }
    for stream in &mut streams {
        assert_eq!(stream.event().await.unwrap().name, "graph");
    }
    let handful = prometheus.asked_in_all();
    assert_eq!(prometheus.asked(QueryKind::Requests), 1);
    for round in 2..=4 {
        pass(15).await;
        for stream in &mut streams {
            assert_eq!(stream.event().await.unwrap().name, "change");
        }
        assert_eq!(prometheus.asked(QueryKind::Requests), round);
        assert!(prometheus.asked_in_all() <= round * handful);
    }
    assert_eq!(product.figure(OBSERVERS).await, 1);
    assert_eq!(product.figure("portolan_viewers").await, 100);
    assert!(product.figure("portolan_snapshots").await <= 2, "what was replaced is let go");
    drop(streams);
    product.until_figure(OBSERVERS, 0).await;
    assert_eq!(product.figure("portolan_viewers").await, 0);
    let asked = prometheus.asked_in_all();
    pass(300).await;
    assert_eq!(prometheus.asked_in_all(), asked);
}

#[tokio::test]
async fn a_fifth_window_is_asked_for_on_demand() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let mut streams = Vec::new();
    for window in ["5m", "10m", "15m", "20m"] {
        streams.push(product.stream(&format!("{LIVE}/stream?window={window}"), &[]).await);
    }
    let problem = product.get(&format!("{LIVE}/stream?window=25m")).await.problem(503);
    assert!(problem["detail"].as_str().unwrap().contains("Poll /api/v1/graph"), "{problem}");
    for times in 1..=3 {
        assert_eq!(product.get(&format!("{LIVE}?window=25m")).await.status, StatusCode::OK);
        assert_eq!(prometheus.asked_over(1_500), times);
        assert_eq!(product.figure(OBSERVERS).await, 4);
        pass(15).await;
        for stream in &mut streams {
            while stream.event().await.unwrap().name != "change" {}
        }
    }
    streams.pop();
    product.until_figure(OBSERVERS, 3).await;
    let mut fifth = product.stream(&format!("{LIVE}/stream?window=25m"), &[]).await;
    assert_eq!(fifth.event().await.unwrap().name, "graph");
}

#[tokio::test]
async fn a_long_window_is_refreshed_when_a_sixtieth_of_it_has_passed() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let address = format!("{LIVE}/stream?window=3h");
    let mut stream = product.stream(&address, &[]).await;
    let first = stream.event().await.unwrap();
    let at_s = first.data["meta"]["at_s"].as_i64().unwrap();
    for _ in 0..10 {
        pass(15).await;
        let polled = product.get(&format!("{LIVE}?window=3h")).await.json();
        assert_eq!(polled["meta"]["at_s"], at_s, "who polls shares what is held");
    }
    assert_eq!(product.figure(REQUESTS).await, 1);
    pass(30).await;
    let change = stream.event().await.unwrap();
    assert_eq!(change.name, "change");
    assert!((at_s + 165..=at_s + 195).contains(&change.data["meta"]["at_s"].as_i64().unwrap()));
    assert_eq!(product.figure(REQUESTS).await, 2);
}

#[tokio::test]
async fn buckets_that_take_long_are_asked_for_more_seldom_and_that_is_said() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let percentiles = format!("{LIVE}?percentiles=true");
    prometheus.hold(Hold::Only(QueryKind::DurationBucket));
    let waiting = tokio::spawn({
        let (product, path) = (product.clone(), percentiles.clone());
        async move { product.get(&path).await.json() }
    });
    prometheus.until_asked(QueryKind::DurationBucket).await;
    // Ten seconds of fifteen are too many for each refresh: they do for four.
    pass(10).await;
    prometheus.release();
    let first = waiting.await.unwrap();
    let said = |graph: &Value| graph["meta"]["warnings"].to_string().contains("latency_plan");
    assert!(!said(&first), "{}", first["meta"]["warnings"]);
    pass(15).await;
    let next = product.get(&percentiles).await.json();
    assert!(next["meta"]["at_s"].as_i64() > first["meta"]["at_s"].as_i64());
    assert!(said(&next), "{}", next["meta"]["warnings"]);
    assert_eq!(prometheus.asked(QueryKind::DurationBucket), 1);
    let p95 = |graph: &Value| {
        let nodes = graph["nodes"].as_array().unwrap();
        nodes.iter().filter(|node| node["latency"]["p95"]["ms"].is_number()).count()
    };
    assert_eq!(p95(&next), p95(&first), "percentiles stay");
    // A machine that is slow by itself may have to be waited for longer.
    while prometheus.asked(QueryKind::DurationBucket) < 2 {
        pass(15).await;
        product.get(&percentiles).await.json();
    }
}

#[tokio::test]
async fn where_samples_come_late_the_present_is_a_little_ago() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let prompt = prometheus.product();
    let late = prometheus.product_with(|config| {
        config.prometheus.as_mut().unwrap().ingestion_delay_s = 60;
    });
    // One after the other, so that the machine's slowness only adds to it.
    let late_s = live(&late).await["meta"]["at_s"].as_i64().unwrap();
    let prompt_s = live(&prompt).await["meta"]["at_s"].as_i64().unwrap();
    assert!(prompt_s - late_s >= 60, "{prompt_s} {late_s}");
    let mut stream = late.stream(&format!("{LIVE}/stream"), &[]).await;
    let first = stream.event().await.unwrap().data["meta"]["at_s"].as_i64();
    pass(15).await;
    let next = stream.event().await.unwrap().data["meta"]["at_s"].as_i64();
    assert_eq!(next, first.map(|at_s| at_s + 15), "each scrape is shown when it is whole");
}

#[tokio::test]
async fn the_present_is_that_of_the_store() {
    let (ours, ahead) = (Prometheus::start_at_a_scrape().await, Prometheus::start_at_a_scrape().await);
    ahead.set_ahead(40);
    let (ours, ahead) = (ours.product(), ahead.product());
    while !ahead.get("/api/v1/status").await.text().contains("ahead of this server's") {
        tokio::task::yield_now().await;
    }
    // One after the other, so that the machine's slowness only adds to it; both on a grid of 15 s.
    let at_s = live(&ours).await["meta"]["at_s"].as_i64().unwrap();
    let ahead_s = live(&ahead).await["meta"]["at_s"].as_i64().unwrap();
    assert!(ahead_s - at_s >= 30, "{at_s} {ahead_s}");
}

#[tokio::test]
async fn a_clock_that_is_put_right_takes_no_picture_back() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let sees = async |ahead: bool| loop {
        let status = product.get("/api/v1/status").await.text();
        if status.contains("ahead of this server's") == ahead {
            break;
        }
        tokio::task::yield_now().await;
    };
    prometheus.set_ahead(40);
    let mut last_s = live(&product).await["meta"]["at_s"].as_i64().unwrap();
    sees(true).await;
    prometheus.set_ahead(0);
    pass(61).await;
    for _ in 0..8 {
        let at_s = live(&product).await["meta"]["at_s"].as_i64().unwrap();
        assert!(at_s >= last_s, "{last_s} was shown already, and now {at_s}");
        last_s = at_s;
        sees(false).await;
        pass(8).await;
    }
}

#[tokio::test]
async fn nobody_waits_for_a_prometheus_that_hangs() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let first = live(&product).await;
    prometheus.hold(Hold::All);
    pass(16).await;
    let second = live(&product).await;
    // Who had waited for the time-out would be told of a failure.
    assert_eq!((&second["nodes"], &second["meta"]["stale"]), (&first["nodes"], &Value::Null));
    prometheus.release();
    pass(120).await;
    assert!(live(&product).await["meta"]["at_s"].as_i64() > first["meta"]["at_s"].as_i64());
}

#[tokio::test]
async fn those_who_stream_learn_of_a_failure_and_of_its_end() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let mut stream = product.stream(&format!("{LIVE}/stream"), &[]).await;
    assert!(stream.event().await.unwrap().data["meta"]["stale"].is_null());
    prometheus.break_all(Fault::Status500);
    pass(15).await;
    let lost = stream.event().await.unwrap();
    assert!(lost.data["meta"]["stale"]["reason"].as_str().unwrap().contains("HTTP 500"), "{lost:?}");
    assert!(lost.data["update"].is_null(), "the last good graph stays: {lost:?}");
    prometheus.mend();
    pass(4).await;
    let healed = stream.event().await.unwrap();
    assert!(healed.data["meta"].is_object() && healed.data["meta"]["stale"].is_null(), "{healed:?}");
}

#[tokio::test]
async fn while_prometheus_fails_nobody_is_shown_another_s_label() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let told_apart = format!("{LIVE}?operations=request_operation");
    let operations = |graph: &Value| {
        let nodes = graph["nodes"].as_array().unwrap();
        nodes.iter().filter(|node| node["kind"] == "operation").count()
    };
    let plain = live(&product).await;
    let by_label = product.get(&told_apart).await.json();
    assert_eq!(operations(&plain), 0);
    prometheus.break_all(Fault::Status500);
    pass(15).await;
    let (stale, stale_by_label) = (live(&product).await, product.get(&told_apart).await.json());
    assert!(!stale["meta"]["stale"].is_null() && !stale_by_label["meta"]["stale"].is_null());
    assert_eq!((&stale["nodes"], &stale["meta"]["queries"]), (&plain["nodes"], &plain["meta"]["queries"]));
    assert_eq!(stale_by_label["meta"]["queries"], by_label["meta"]["queries"]);
    assert_ne!(plain["meta"]["queries"], by_label["meta"]["queries"], "the label is asked for");
}

#[tokio::test]
async fn a_third_label_of_a_window_is_asked_for_on_demand() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let by = |label: &str| format!("{LIVE}?operations={label}");
    let mut stream = product.stream(&format!("{LIVE}/stream"), &[]).await;
    assert_eq!(stream.event().await.unwrap().name, "graph");
    let asked = product.figure(REQUESTS).await;
    for label in ["one", "two", "three", "four", "five", "one"] {
        assert_eq!(product.get(&by(label)).await.status, StatusCode::OK);
    }
    assert_eq!(product.figure(REQUESTS).await, asked + 5, "each on demand");
    pass(15).await;
    while stream.event().await.unwrap().name != "change" {}
    product.until_figure(REQUESTS, asked + 5 + 3).await;
    let refused = product.get(&format!("{LIVE}/stream?operations=three")).await.problem(503);
    assert!(refused["detail"].as_str().unwrap().contains("a third is asked for on demand"), "{refused}");
    let mut second = product.stream(&format!("{LIVE}/stream?operations=two"), &[]).await;
    assert_eq!(second.event().await.unwrap().name, "graph");
    assert_eq!(product.figure(REQUESTS).await, asked + 5 + 3, "the plain one and two labels");
}

#[tokio::test]
async fn a_viewer_cannot_have_any_number_of_labels_asked_for() {
    let prometheus = Prometheus::start_at_a_scrape().await;
    let product = prometheus.product();
    let path = |label: usize| format!("/api/v1/graph?at=1772618400&operations=label_{label}");
    for label in 0..6 {
        assert_eq!(product.get(&path(label)).await.status, StatusCode::OK);
    }
    let asked = prometheus.asked_in_all();
    let refused = product.get(&path(6)).await;
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 60);
    refused.problem(429);
    assert_eq!(prometheus.asked_in_all(), asked);
    assert_eq!(product.get(&path(0)).await.status, StatusCode::OK, "those that are looked at stay");
}
