//! What an end of a flow is drawn as.

use crate::testing::{both, edges, graph, labels, node_lines, req, sample};
use model::GraphType;

#[test]
fn callers_without_identity_are_one_node_a_cluster() {
    let samples = req("destination", "unknown", "cart-v1.shop", "", 3.0)
        + &req("destination", "unknown", "web-v1.edge", "", 1.0)
        + &req("destination", "unknown", "api-v1.edge", "destination_cluster=\"c2\"", 2.0)
        + &both("web-v1.edge", "cart-v1.shop", "", 1.0);
    let nodes = node_lines(&graph(&samples, GraphType::App));
    assert_eq!(nodes.lines().filter(|line| line.starts_with("UnknownCallers")).count(), 2, "{nodes}");
}

#[test]
fn half_built_telemetry_is_left_out_and_counted() {
    let starting = "source_workload=\"unknown\",source_app=\"unknown\",source_canonical_service=\"unknown\"";
    let by_address = "destination_service=\"10.0.0.7:8080\",destination_service_name=\"10.0.0.7:8080\"";
    let v6 = "destination_service=\"[fd00::7]:80\",destination_service_name=\"[fd00::7]:80\"";
    let samples = both("web-v1.shop", "cart-v1.shop", "", 3.0)
        + &req("source", "web-v1.shop", "cart-v1.shop", starting, 1.0)
        + &req("source", "web-v1.shop", "unknown", by_address, 1.0)
        + &req("source", "web-v1.shop", "unknown", v6, 1.0);
    assert_eq!(edges(&samples), "web → cart  http 3.00/s  mtls 100 %");
    assert_eq!(graph(&samples, GraphType::App).meta.quality.dropped_rows, 3);
}

#[test]
fn absent_labels_are_no_half_built_telemetry() {
    let absent = "source_workload=\"\",source_app=\"\",source_canonical_service=\"\"";
    let samples = req("destination", "web-v1.shop", "cart-v1.shop", absent, 2.0);
    assert_eq!(edges(&samples), "Unknown callers → cart  http 2.00/s  mtls 100 %");
}

#[test]
fn hosts_outside_and_egress_are_nodes_of_their_own() {
    let host = |name: &str, host: &str| {
        let more = format!(
            "destination_service=\"{host}\",destination_service_name=\"{name}\",destination_service_namespace=\"unknown\""
        );
        req("source", "web-v1.shop", "unknown", &more, 1.0)
    };
    let samples = host("pay.acme.example", "pay.acme.example")
        + &host("PassthroughCluster", "203.0.113.9:443")
        + &host("PassthroughCluster", "api.example:443")
        + &host("BlackHoleCluster", "198.51.100.1")
        + &host("unknown", "unknown");
    assert_eq!(
        node_lines(&graph(&samples, GraphType::App)),
        "App web in shop: Healthy, root\n\
         Egress BlackHoleCluster: Healthy\n\
         Egress PassthroughCluster: Healthy\n\
         External pay.acme.example: Healthy\n\
         NoRoute No route: Healthy"
    );
    assert!(edges(&samples).contains("web → PassthroughCluster  http 2.00/s"));
}

#[test]
fn requests_that_nobody_received_go_to_who_usually_answers() {
    let nobody = "destination_service=\"cart.shop.svc.cluster.local\",destination_service_name=\"cart\",\
                  destination_service_namespace=\"shop\",response_code=\"503\",response_flags=\"UH\"";
    let failed = req("source", "web-v1.shop", "unknown", nobody, 1.0);
    assert_eq!(
        edges(&(both("web-v1.shop", "cart-v1.shop", "", 3.0) + &failed)),
        "web → cart  http 4.00/s  err 25.0 %  unreached 1.00/s  mtls 100 %"
    );
    // No version of it received them.
    let two = both("web-v1.shop", "cart-v1.shop", "", 3.0) + &both("web-v1.shop", "cart-v2.shop", "", 1.0);
    assert_eq!(
        edges(&(two + &failed)),
        "web → cart  http 1.00/s  err 100 %  unreached 1.00/s  never arrived\n\
         web → cart[cart-v1]  http 3.00/s  mtls 100 %\n\
         web → cart[cart-v2]  http 1.00/s  mtls 100 %"
    );
    // Nobody is known to answer: the service itself is drawn.
    assert_eq!(
        node_lines(&graph(&failed, GraphType::App)),
        "App web in shop: Failing, root\nService cart in shop: Failing"
    );
}

#[test]
fn a_destination_without_cluster_is_in_its_callers_cluster() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 3.0)
        + &both("a-v1.other", "b-v1.other", "source_cluster=\"c2\",destination_cluster=\"c2\"", 1.0)
        + &req(
            "source",
            "web-v1.shop",
            "cart-v1.shop",
            "destination_cluster=\"unknown\",response_code=\"503\",response_flags=\"UF\"",
            1.0,
        );
    assert!(
        edges(&samples).contains("web → cart  http 4.00/s  err 25.0 %  unreached 1.00/s"),
        "{}",
        edges(&samples)
    );
}

#[test]
fn the_same_name_in_two_clusters_is_two_nodes() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 3.0)
        + &both("web-v1.shop", "cart-v1.shop", "destination_cluster=\"c2\"", 1.0);
    let graph = graph(&samples, GraphType::App);
    let ids: Vec<&str> = graph.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["app/shop/cart@c1", "app/shop/cart@c2", "app/shop/web@c1"]);
}

#[test]
fn tcp_directions_are_those_of_the_request() {
    let tcp = |metric: &str, more: &str, rate: f64| {
        sample(metric, &labels("destination", "web-v1.shop", "db-v1.data", more), rate)
    };
    // Istio names them as the server sees them: what it received was sent by the client.
    let samples = tcp("istio_tcp_received_bytes_total", "", 1_000.0)
        + &tcp("istio_tcp_sent_bytes_total", "", 50_000.0)
        + &tcp("istio_tcp_connections_opened_total", "", 2.0)
        + &tcp("istio_tcp_connections_closed_total", "", 1.5)
        + &tcp("istio_tcp_connections_closed_total", "response_flags=\"UF\"", 0.5);
    assert_eq!(edges(&samples), "web → db  tcp 1.00 kB/s up, 50.0 kB/s down  flagged 0.500/s  mtls 100 %");
    let graph = graph(&samples, GraphType::App);
    assert!(graph.nodes.iter().all(|node| node.requests.is_none()), "no requests were counted, not zero");
    assert_eq!(graph.edges[0].tcp.as_ref().and_then(|tcp| tcp.closed_per_s), Some(2.0));
}
