//! What Istio's series mean, and what they only seem to.

use crate::{
    Origin, QueryKind, Signals, plan,
    testing::{both, edges, graph, labels, req, sample, snap},
};
use model::{Extras, GraphType};

#[test]
fn p21_two_reporters_of_one_request_count_once() {
    assert_eq!(edges(&both("web-v1.shop", "cart-v1.shop", "", 5.0)), "web → cart  http 5.00/s  mtls 100 %");
}

#[test]
fn p22_one_failure_under_two_codes_is_one() {
    let samples =
        req("source", "web-v1.shop", "cart-v1.shop", "response_code=\"504\",response_flags=\"UT\"", 5.0)
            + &req(
                "destination",
                "web-v1.shop",
                "cart-v1.shop",
                "response_code=\"0\",response_flags=\"DC\"",
                5.0,
            );
    assert_eq!(edges(&samples), "web → cart  http 5.00/s  err 100 %  mtls 100 %");
}

#[test]
fn p23_mutual_tls_is_told_by_who_received() {
    let samples = req("source", "web-v1.shop", "cart-v1.shop", "connection_security_policy=\"unknown\"", 4.0)
        + &req("destination", "web-v1.shop", "cart-v1.shop", "", 3.0)
        + &req("destination", "web-v1.shop", "cart-v1.shop", "connection_security_policy=\"none\"", 1.0);
    assert_eq!(edges(&samples), "web → cart  http 4.00/s  mtls 75.0 %");
    let caller = |more: &str| edges(&req("source", "web-v1.shop", "cart-v1.shop", more, 4.0));
    assert_eq!(caller(""), "web → cart  http 4.00/s", "a caller alone does not know");
    let certified = "destination_principal=\"spiffe://cluster.local/ns/shop/sa/cart\"";
    assert_eq!(caller(certified), "web → cart  http 4.00/s  mtls 100 %");
}

#[test]
fn p24_what_is_unknown_has_its_place_and_addresses_are_bounded() {
    let host = |host: &str| {
        format!(
            "destination_service=\"{host}\",destination_service_name=\"PassthroughCluster\",destination_service_namespace=\"unknown\""
        )
    };
    let mut samples = req("destination", "unknown", "cart-v1.shop", "", 1.0);
    for number in 0..300 {
        samples += &req("source", "web-v1.shop", "unknown", &host(&format!("10.0.0.{number}:443")), 1.0);
    }
    let snapshot = snap(&samples);
    let wanted = crate::testing::a_view(GraphType::App);
    let graph = crate::view(&snapshot, &wanted);
    let names: Vec<&str> = graph.nodes.iter().map(|node| node.name.as_str()).collect();
    assert!(names.len() == 4 && names.contains(&"Unknown callers"), "{names:?}");
    let egress = graph.nodes.iter().find(|node| node.name == "PassthroughCluster").expect("drawn");
    let detail = crate::node_detail(&snapshot, &wanted, &egress.id).expect("drawn");
    assert_eq!((detail.hosts.len(), detail.hosts[20].host.as_str()), (21, "280 more hosts"));
    let address = "destination_service=\"10.0.0.7\",destination_service_name=\"10.0.0.7\"";
    let outside = |number| {
        let host = format!("api-{number}.example");
        let more = format!("destination_service=\"{host}\",destination_service_name=\"{host}\"");
        req("source", "web-v1.shop", "unknown", &more, 1.0)
    };
    let many: String = (0..300).map(outside).collect();
    let most = crate::view(&snap(&many), &wanted).nodes.len();
    assert_eq!(most, 62, "the caller, the busiest sixty, and the rest as one");
    let starting =
        crate::testing::graph(&req("source", "web-v1.shop", "unknown", address, 1.0), GraphType::App);
    assert_eq!((starting.edges.len(), starting.meta.quality.dropped_rows), (0, 1));
}

#[test]
fn p25_no_response_grpc_statuses_and_lists_of_flags() {
    let grpc = "request_protocol=\"grpc\",grpc_response_status=\"14\"";
    assert!(edges(&both("a-v1.x", "b-v1.x", grpc, 1.0)).contains("grpc 1.00/s  err 100 %"));
    assert!(edges(&both("a-v1.x", "b-v1.x", "response_code=\"0\"", 1.0)).contains("err 100 %"));
    let list = "response_code=\"503\",response_flags=\"UF,URX\"";
    let samples = both("a-v1.x", "b-v1.x", "", 1.0) + &req("source", "a-v1.x", "b-v1.x", list, 1.0);
    assert!(edges(&samples).contains("http 2.00/s  err 50.0 %  unreached 1.00/s"), "{}", edges(&samples));
}

#[test]
fn p26_bytes_are_named_from_the_servers_side_and_open_is_a_difference_of_sums() {
    let tcp = |metric: &str, value| {
        sample(metric, &labels("destination", "web-v1.shop", "db-v1.shop", "request_protocol=\"tcp\""), value)
    };
    let samples = tcp("istio_tcp_received_bytes_total", 700.0) + &tcp("istio_tcp_sent_bytes_total", 3.0);
    assert_eq!(edges(&samples), "web → db  tcp 700 B/s up, 3.00 B/s down  mtls 100 %");
    let named = |kind| {
        let asked = plan(&Origin::default(), Signals::default(), &snap("").window());
        asked.into_iter().find(|query| query.kind == kind).expect("asked").promql
    };
    assert!(named(QueryKind::TcpSent).contains("rate(istio_tcp_received_bytes_total["));
    assert!(named(QueryKind::TcpReceived).contains("rate(istio_tcp_sent_bytes_total["));
    let asked =
        plan(&Origin::default(), Signals { extras: Extras::OPEN, ..Signals::default() }, &snap("").window());
    let open = &asked.last().expect("asked").promql;
    assert!(
        open.starts_with("sum by (") && open.contains(") - (sum by (") && open.contains("* 0)"),
        "{open}"
    );
}

#[test]
fn p27_a_waypoint_is_believed_and_its_hops_are_not_counted_again() {
    let hop = |from: &str, to: &str| {
        sample("istio_tcp_sent_bytes_total", &labels("source", from, to, "request_protocol=\"tcp\""), 9.0)
    };
    let samples = req("waypoint", "web-v1.shop", "cart-v1.shop", "", 5.0)
        + &hop("web-v1.shop", "shop-waypoint.shop")
        + &hop("shop-waypoint.shop", "cart-v1.shop");
    assert_eq!(edges(&samples), "web → cart  http 5.00/s  mtls 100 %");
}

#[test]
fn p28_names_are_told_apart_by_cluster_and_namespace() {
    let at = |cluster: &str| format!("source_cluster=\"{cluster}\",destination_cluster=\"{cluster}\"");
    let samples = both("web-v1.shop", "cart-v1.shop", &at("east"), 1.0)
        + &both("web-v1.shop", "cart-v1.shop", &at("west"), 1.0)
        + &both("web-v1.bank", "cart-v1.bank", &at("west"), 1.0);
    assert_eq!(graph(&samples, GraphType::App).nodes.len(), 6);
}

#[test]
fn p30_the_split_is_of_all_that_the_service_answers() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 9.0)
        + &both("web-v1.shop", "cart-v2.shop", "", 0.5)
        + &both("ads-v1.shop", "cart-v2.shop", "", 0.5);
    let graph = graph(&samples, GraphType::VersionedApp);
    let cart = graph.nodes.iter().find(|node| node.name == "cart").expect("drawn");
    let shares: Vec<Option<f64>> = cart.versions.iter().map(|row| row.share).collect();
    assert_eq!(shares, [Some(0.9), Some(0.1)]);
}
