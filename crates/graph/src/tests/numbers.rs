//! Latency, mTLS and health on the way from samples to nodes.

use crate::testing::{both, edges, graph, labels, node_lines, req, sample};
use model::{GraphType, Status};

fn timed(reporter: &str, from: &str, to: &str, buckets: &[(&str, f64)]) -> String {
    let total = buckets.last().map_or(0.0, |(_, rate)| *rate);
    let mut text = req(reporter, from, to, "", total);
    let labels = labels(reporter, from, to, "");
    text += &sample("istio_request_duration_milliseconds_sum", &labels, total * 20.0);
    text += &sample("istio_request_duration_milliseconds_count", &labels, total);
    for (le, rate) in buckets {
        text += &sample("istio_request_duration_milliseconds_bucket", &format!("le=\"{le}\",{labels}"), rate);
    }
    text
}

#[test]
fn quantiles_come_from_buckets_summed_at_what_is_drawn() {
    let fast = [("5", 1.0), ("10.0", 8.0), ("25", 8.0), ("+Inf", 8.0)];
    let slow = [("25", 1.0), ("1e+02", 2.0), ("+Inf", 2.0)];
    let samples = timed("destination", "web-v1.shop", "reviews-v1.shop", &fast)
        + &timed("destination", "web-v1.shop", "reviews-v2.shop", &slow);
    let merged = graph(&samples, GraphType::App);
    let p95 = |graph: &model::Graph| {
        graph.edges[0].latency.as_ref().and_then(|latency| latency.p95).map(|p95| p95.ms)
    };
    // Rank 9.5 of 10 lies half way through the bucket from 25 to 100, which holds the last request.
    assert_eq!(p95(&merged), Some(62.5));
    assert_eq!(merged.edges[0].latency.as_ref().and_then(|latency| latency.mean_ms), Some(20.0));
    assert_eq!(
        edges(&samples),
        "web → reviews[reviews-v1]  http 8.00/s  mean 20.0 ms  p95 9.71 ms  mtls 100 %\n\
         web → reviews[reviews-v2]  http 2.00/s  mean 20.0 ms  p95 92.5 ms  mtls 100 %"
    );
}

#[test]
fn beyond_the_last_bound_only_a_least_is_known() {
    let samples =
        timed("destination", "web-v1.shop", "cart-v1.shop", &[("10", 1.0), ("25", 5.0), ("+Inf", 10.0)]);
    assert!(edges(&samples).contains("p95 ≥ 25.0 ms"), "{}", edges(&samples));
}

#[test]
fn latency_is_that_of_the_side_that_is_believed() {
    let samples = timed("destination", "web-v1.shop", "cart-v1.shop", &[("10", 4.0), ("+Inf", 4.0)])
        + &timed("source", "web-v1.shop", "cart-v1.shop", &[("1000", 4.0), ("+Inf", 4.0)]);
    assert!(edges(&samples).contains("p95 9.50 ms"), "{}", edges(&samples));
}

#[test]
fn mtls_is_weighed_by_rate_and_never_rounded_up() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 99.6)
        + &req("destination", "web-v1.shop", "cart-v1.shop", "connection_security_policy=\"none\"", 0.4);
    let graph = graph(&samples, GraphType::App);
    let share = graph.edges[0].mtls_share.expect("the server said");
    assert!((share - 0.996).abs() < 1e-12);
}

#[test]
fn a_caller_knows_mtls_only_by_a_certificate() {
    let named = "destination_principal=\"spiffe://cluster.local/ns/shop/sa/legacy\"";
    assert_eq!(
        edges(&req("source", "web-v1.shop", "legacy-v1.shop", named, 1.0)),
        "web → legacy  http 1.00/s  mtls 100 %"
    );
    let plain = "connection_security_policy=\"none\"";
    assert_eq!(
        edges(&req("source", "web-v1.shop", "legacy-v1.shop", plain, 1.0)),
        "web → legacy  http 1.00/s"
    );
}

#[test]
fn a_node_is_judged_by_what_it_answers_and_a_root_by_what_it_sends() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 8.0)
        + &both("web-v1.shop", "cart-v1.shop", "response_code=\"500\"", 2.0)
        + &both("cart-v1.shop", "db-v1.shop", "", 5.0);
    assert_eq!(
        node_lines(&graph(&samples, GraphType::App)),
        "App cart in shop: Failing\nApp db in shop: Healthy\nApp web in shop: Failing, root"
    );
    let graph = graph(&samples, GraphType::App);
    let cart = &graph.nodes.iter().find(|node| node.name == "cart").expect("drawn").health;
    assert_eq!(
        cart.reasons[0].sentence.replace('\u{a0}', " "),
        "5xx answers are 20.0 % of 6,000 requests; failing from 10 %"
    );
    let edge = graph.edges.iter().find(|edge| edge.target.contains("db")).expect("drawn");
    assert_eq!(edge.health.status, Status::Healthy, "by its own traffic");
}

#[test]
fn grpc_fails_by_status_and_4xx_is_no_error_of_http() {
    let grpc = |status: &str, rate| {
        let more = format!("request_protocol=\"grpc\",grpc_response_status=\"{status}\"");
        both("web-v1.shop", "ads-v1.shop", &more, rate)
    };
    let samples = grpc("0", 9.0)
        + &grpc("14", 1.0)
        + &both("web-v1.shop", "cart-v1.shop", "response_code=\"404\"", 1.0);
    assert_eq!(
        edges(&samples),
        "web → ads  grpc 10.0/s  err 10.0 %  mtls 100 %\nweb → cart  http 1.00/s  mtls 100 %"
    );
}
