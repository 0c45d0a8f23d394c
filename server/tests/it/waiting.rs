//! What is told to those who wait for a first picture or look at an empty one, and who counts as looking.

use crate::support::{Hold, Prometheus};
use graph::QueryKind;
use serde_json::json;

#[tokio::test]
async fn the_status_counts_what_is_still_asked() {
    let prometheus = Prometheus::start().await;
    let product = prometheus.product();
    assert_eq!(product.get("/api/v1/status").await.json().get("asking"), None);
    prometheus.hold(Hold::Only(QueryKind::DurationCount));
    let waiting = tokio::spawn({
        let product = product.clone();
        async move { product.get("/api/v1/graph").await }
    });
    prometheus.until_asked(QueryKind::DurationCount).await;
    let status = product.get("/api/v1/status").await.json();
    assert_eq!(status["asking"]["of"], 7, "{status}");
    let answered = status["asking"]["answered"].as_u64().unwrap();
    assert!((4..7).contains(&answered), "all but the held one and its neighbour: {status}");
    prometheus.release();
    assert!(waiting.await.unwrap().status.is_success());
    assert_eq!(product.get("/api/v1/status").await.json().get("asking"), None);
}

#[tokio::test]
async fn an_empty_view_learns_when_there_was_traffic() {
    let product = Prometheus::start().await.product();
    let at_s = 1_772_618_400;
    let seen =
        product.get(&format!("/api/v1/last-traffic?at={at_s}&window=24h&namespaces=shop")).await.json();
    let seen_s = seen["seen_s"].as_i64().unwrap_or_else(|| panic!("{seen}"));
    assert!((at_s - 60..=at_s).contains(&seen_s), "the shop is busy: {seen}");
    let none =
        product.get(&format!("/api/v1/last-traffic?at={at_s}&window=1h&namespaces=nowhere")).await.json();
    assert_eq!(none, json!({ "at_s": at_s, "window_s": 3_600 }));
    assert_eq!(product.get("/api/v1/last-traffic?window=soon").await.problem(400)["field"], "window");
}

#[tokio::test]
async fn two_tabs_of_one_browser_are_two_viewers() {
    let product = Prometheus::start().await.product();
    let viewers = async || {
        let text = product.get("/metrics").await.text();
        let line = text.lines().find(|line| line.starts_with("portolan_viewers ")).unwrap().to_owned();
        line.rsplit(' ').next().unwrap().to_owned()
    };
    let graph = "/api/v1/graph?at=1772618400";
    let tab = |name: &'static str| [("user-agent", "a browser"), ("x-portolan-tab", name)];
    for name in ["one", "two", "one"] {
        product.get_with(graph, &tab(name)).await;
    }
    assert_eq!(viewers().await, "2");
    product.get_with(graph, &[("user-agent", "a script")]).await;
    product.get_with(graph, &[("user-agent", "a script")]).await;
    assert_eq!(viewers().await, "3", "who gives no name goes by the program's");
}
