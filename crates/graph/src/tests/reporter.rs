//! Who is believed about an edge, and what is kept of the others.

use crate::testing::{both, edge_lines, edges, graph, req};
use model::GraphType;

#[test]
fn requests_seen_by_both_sides_count_once() {
    assert_eq!(edges(&both("web-v1.shop", "cart-v1.shop", "", 12.5)), "web → cart  http 12.5/s  mtls 100 %");
}

#[test]
fn one_failure_under_two_codes_is_one_failure() {
    // 503 UC at the client, 0 DC at the server: the server is believed, and UC did reach it.
    let samples = both("web-v1.shop", "cart-v1.shop", "", 5.0)
        + &req("source", "web-v1.shop", "cart-v1.shop", "response_code=\"503\",response_flags=\"UC\"", 1.0)
        + &req(
            "destination",
            "web-v1.shop",
            "cart-v1.shop",
            "response_code=\"0\",response_flags=\"DC\"",
            1.0,
        );
    assert_eq!(edges(&samples), "web → cart  http 6.00/s  err 16.7 %  mtls 100 %");
}

#[test]
fn what_no_server_can_have_seen_is_added_from_the_caller() {
    let flagged = |flags: &str, rate| {
        let more = format!("response_code=\"503\",response_flags=\"{flags}\"");
        req("source", "web-v1.shop", "cart-v1.shop", &more, rate)
    };
    for flags in ["UH", "UF", "UO", "NR", "NC", "DF", "FI", "RL", "RLSE", "UAEX", "UF,URX"] {
        assert_eq!(
            edges(&(both("web-v1.shop", "cart-v1.shop", "", 3.0) + &flagged(flags, 1.0))),
            "web → cart  http 4.00/s  err 25.0 %  unreached 1.00/s  mtls 100 %",
            "{flags}"
        );
    }
    for flags in ["UT", "UC", "UR", "DC", "URX"] {
        assert_eq!(
            edges(&(both("web-v1.shop", "cart-v1.shop", "", 3.0) + &flagged(flags, 1.0))),
            "web → cart  http 3.00/s  mtls 100 %",
            "{flags}"
        );
    }
}

#[test]
fn a_flag_that_the_server_saw_too_is_not_added() {
    let aborted = "response_code=\"500\",response_flags=\"FI\"";
    let samples =
        both("web-v1.shop", "cart-v1.shop", "", 3.0) + &both("web-v1.shop", "cart-v1.shop", aborted, 1.0);
    assert_eq!(edges(&samples), "web → cart  http 4.00/s  err 25.0 %  mtls 100 %");
}

#[test]
fn a_waypoint_is_believed_first() {
    let samples = req("waypoint", "web-v1.shop", "cart-v1.shop", "", 4.0)
        + &req("destination", "web-v1.shop", "cart-v1.shop", "", 7.0)
        + &req("source", "web-v1.shop", "cart-v1.shop", "", 9.0);
    let graph = graph(&samples, GraphType::App);
    assert_eq!(edge_lines(&graph), "web → cart  http 4.00/s  mtls 100 %");
    let other = graph.edges[0].other_side.as_ref().expect("the caller spoke too");
    assert_eq!((other.reporter.as_str(), other.rate_rps), ("source", 9.0));
}

#[test]
fn a_server_without_proxy_is_known_by_its_callers() {
    let samples = req("source", "web-v1.shop", "legacy-v1.shop", "", 2.0);
    assert_eq!(edges(&samples), "web → legacy  http 2.00/s");
    let graph = graph(&samples, GraphType::App);
    let legacy = graph.nodes.iter().find(|node| node.name == "legacy").expect("it is drawn");
    assert!(legacy.flags.out_of_mesh);
    let web = graph.nodes.iter().find(|node| node.name == "web").expect("it is drawn");
    assert!(!web.flags.out_of_mesh, "it reports what it sends");
}

#[test]
fn the_other_side_is_kept_as_a_signal_of_its_own() {
    let samples = req("destination", "web-v1.shop", "cart-v1.shop", "", 9.0)
        + &req("source", "web-v1.shop", "cart-v1.shop", "", 9.0)
        + &req("source", "web-v1.shop", "cart-v1.shop", "response_code=\"504\",response_flags=\"UT\"", 1.0);
    let graph = graph(&samples, GraphType::App);
    let other = graph.edges[0].other_side.as_ref().expect("the caller spoke too");
    assert_eq!((other.rate_rps, other.error_share), (10.0, Some(0.1)));
    assert_eq!(graph.edges[0].requests.as_ref().map(|r| r.error_rate_rps), Some(0.0));
}

#[test]
fn callers_that_count_more_than_a_workload_tell_of_pods_that_do_not_report() {
    let note = |by_callers| {
        let samples = req("destination", "web-v1.shop", "cart-v1.shop", "", 10.0)
            + &req("source", "web-v1.shop", "cart-v1.shop", "", by_callers);
        let notes = graph(&samples, GraphType::App).meta.quality.notes;
        notes
            .into_iter()
            .find(|note| note.code == "pods_not_reporting")
            .map(|note| note.sentence.replace('\u{a0}', " "))
    };
    assert_eq!(note(10.4), None);
    assert_eq!(
        note(15.0).as_deref(),
        Some(
            "Some of this workload's pods do not report: cart-v1 in shop (callers count 15.0 rps, it counts 10.0 rps)."
        )
    );
}

#[test]
fn sides_are_chosen_for_each_protocol_apart() {
    let grpc = "request_protocol=\"grpc\",grpc_response_status=\"0\"";
    let samples = both("web-v1.shop", "cart-v1.shop", "", 1.0)
        + &req("source", "web-v1.shop", "cart-v1.shop", grpc, 2.0);
    assert_eq!(edges(&samples), "web → cart  grpc 2.00/s\nweb → cart  http 1.00/s  mtls 100 %");
}
