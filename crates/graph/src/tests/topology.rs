//! What is drawn beside plain nodes and edges: operations, ways between two nodes, clusters, idle things, hosts outside.

use crate::{
    Origin, edge_detail, node_detail, snapshot,
    testing::{a_view, answers_of, both, edge_lines, graph, labels, node_lines, req, sample, snap},
    view,
};
use model::{BoxBy, Extras, Graph, GraphType};
use std::fmt::Write as _;

fn names(graph: &Graph) -> Vec<&str> {
    graph.nodes.iter().map(|node| node.name.as_str()).collect()
}

#[test]
fn operations_are_nodes_on_the_way_to_who_answers_them() {
    let told = |operation: &str| format!("portolan_operation=\"{operation}\"");
    let samples = both("web-v1.shop", "cart-v1.shop", &told("Buy"), 3.0)
        + &both("web-v1.shop", "cart-v1.shop", &format!("{},response_code=\"503\"", told("List")), 2.0)
        + &both("web-v1.shop", "cart-v1.shop", "", 1.0);
    let origin = Origin { operations: Some("request_operation".into()), ..Origin::default() };
    let snapshot = snapshot(&answers_of(origin, &samples)).0;
    let mut wanted = a_view(GraphType::App);
    let merged = view(&snapshot, &wanted);
    assert_eq!(edge_lines(&merged), "web → cart  http 6.00/s  err 33.3 %  mtls 100 %");
    wanted.operations = Some("request_operation".into());
    let graph = view(&snapshot, &wanted);
    assert_eq!(
        edge_lines(&graph),
        "Buy → cart  http 3.00/s  mtls 100 %\nList → cart  http 2.00/s  err 100 %  mtls 100 %\n\
         web → Buy  http 3.00/s  mtls 100 %\nweb → List  http 2.00/s  err 100 %  mtls 100 %\nweb → cart  http 1.00/s  mtls 100 %"
    );
    assert!(
        node_lines(&graph).contains("Operation Buy in shop: Healthy, injected"),
        "{}",
        node_lines(&graph)
    );
    assert_eq!(graph.totals.rate_rps, Some(6.0), "each request once");
    let list = graph.nodes.iter().find(|node| node.name == "List").expect("drawn");
    let detail = node_detail(&snapshot, &wanted, &list.id).expect("drawn");
    let rate = &detail.queries.iter().find(|query| query.name == "rate").expect("asked").promql;
    assert!(rate.contains("request_operation=\"List\""), "{rate}");
}

#[test]
fn the_query_tells_requests_apart_by_the_chosen_label() {
    let origin = Origin { operations: Some("request_operation".into()), ..Origin::default() };
    let asked = crate::plan(&origin, crate::Signals::default(), &snap("").window());
    let requests = &asked[0].promql;
    assert!(
        requests.contains("\"portolan_operation\", \"$1\", \"request_operation\", \"(.*)\")")
            && requests.contains(", portolan_operation) ("),
        "{requests}"
    );
    let plain = crate::plan(&Origin::default(), crate::Signals::default(), &snap("").window());
    assert!(plain.iter().all(|query| !query.promql.contains("portolan_")));
}

fn chain() -> String {
    [
        ("a-v1.x", "b-v1.x"),
        ("b-v1.x", "d-v1.x"),
        ("a-v1.x", "c-v1.x"),
        ("c-v1.x", "d-v1.x"),
        ("c-v1.x", "e-v1.x"),
        ("d-v1.x", "b-v1.x"),
    ]
    .map(|(from, to)| both(from, to, "", 1.0))
    .concat()
}

#[test]
fn ways_between_two_nodes_are_all_that_lies_on_any() {
    let snapshot = snap(&chain());
    let mut wanted = a_view(GraphType::App);
    let whole = view(&snapshot, &wanted);
    let id = |name: &str| whole.nodes.iter().find(|node| node.name == name).map(|node| node.id.clone());
    wanted.focus = id("a");
    wanted.to = id("d");
    let there = view(&snapshot, &wanted);
    assert_eq!(names(&there), ["a", "b", "c", "d"], "e leads nowhere; the circle of b and d is kept");
    assert_eq!(there.edges.len(), 5);
    std::mem::swap(&mut wanted.focus, &mut wanted.to);
    assert_eq!(names(&view(&snapshot, &wanted)), ["a", "b", "c", "d"], "the other way round");
    wanted.focus = id("b");
    wanted.to = id("e");
    let none = view(&snapshot, &wanted);
    assert_eq!(names(&none), ["b", "e"]);
    assert_eq!(none.meta.warnings[0].code, "no_way");
}

fn in_cluster(end: &str, cluster: &str) -> String {
    format!("{end}_cluster=\"{cluster}\"")
}

#[test]
fn clusters_frame_namespaces_and_can_be_chosen() {
    let at =
        |cluster: &str| format!("{},{}", in_cluster("source", cluster), in_cluster("destination", cluster));
    let samples = both("web-v1.shop", "cart-v1.shop", &at("east"), 1.0)
        + &both("web-v1.shop", "cart-v1.shop", &at("west"), 2.0)
        + &both("cart-v1.shop", "pay-v1.bank", &at("west"), 3.0);
    let snapshot = snap(&samples);
    let mut wanted = a_view(GraphType::App);
    wanted.boxes = vec![BoxBy::Cluster, BoxBy::Namespace];
    let graph = view(&snapshot, &wanted);
    let frames: Vec<String> = graph
        .boxes
        .iter()
        .map(|frame| {
            format!("{} in {}: {}", frame.id, frame.parent.as_deref().unwrap_or("-"), frame.members.len())
        })
        .collect();
    assert_eq!(
        frames,
        [
            "cluster/east in -: 0",
            "namespace/shop@east in cluster/east: 2",
            "cluster/west in -: 1",
            "namespace/shop@west in cluster/west: 2"
        ]
    );
    wanted.clusters = Some(vec!["east".into()]);
    let east = view(&snapshot, &wanted);
    assert_eq!(names(&east), ["cart", "web"]);
    assert_eq!(east.meta.clusters, ["east", "west"], "the other can be chosen again");
    assert!(east.nodes.iter().all(|node| node.cluster.as_deref() == Some("east")));
}

#[test]
fn frames_are_judged_by_what_comes_in() {
    let samples = both("web-v1.edge", "cart-v1.shop", "response_code=\"503\"", 2.0)
        + &both("web-v1.edge", "cart-v1.shop", "", 8.0)
        + &both("cart-v1.shop", "db-v1.shop", "", 90.0);
    let graph = graph(&samples, GraphType::App);
    let shop = graph.boxes.iter().find(|frame| frame.name == "shop").expect("two members");
    let health = shop.health.as_ref().expect("judged");
    assert_eq!(
        shop.requests.as_ref().map(|requests| requests.rate_rps),
        Some(10.0),
        "calls within are not counted"
    );
    assert_eq!(health.status, model::Status::Failing);
    let namespace =
        graph.namespaces.iter().find(|one| one.name == "shop").and_then(|one| one.health.as_ref());
    assert_eq!(
        namespace.map(|health| health.status),
        Some(model::Status::Degraded),
        "2 % of all that it answers"
    );
    assert_eq!(graph.totals.health.as_ref().map(|health| health.status), Some(model::Status::Degraded));
}

#[test]
fn what_only_has_counters_is_idle_and_drawn_on_wish() {
    let known = sample("known", &labels("destination", "web-v1.shop", "old-v1.shop", ""), 1.0);
    let snapshot = snap(&(both("web-v1.shop", "cart-v1.shop", "", 1.0) + &known));
    let mut wanted = a_view(GraphType::App);
    assert_eq!(names(&view(&snapshot, &wanted)), ["cart", "web"]);
    wanted.extras = Extras::IDLE;
    let graph = view(&snapshot, &wanted);
    assert!(edge_lines(&graph).contains("web → old  http 0.00/s  idle"), "{}", edge_lines(&graph));
    assert!(node_lines(&graph).contains("App old in shop: Idle, idle"), "{}", node_lines(&graph));
    assert_eq!(graph.findings, []);
}

#[test]
fn the_busiest_hosts_outside_are_drawn_and_the_rest_as_one() {
    let host = |number: usize| {
        format!(
            "destination_service=\"h{number:02}.example\",destination_service_name=\"h{number:02}.example\",\
             destination_service_namespace=\"unknown\",connection_security_policy=\"unknown\""
        )
    };
    let mut samples = String::new();
    for number in 0..30 {
        let rate = 1.0 + number as f64;
        write!(samples, "{}", req("source", "web-v1.shop", "unknown", &host(number), rate)).expect("text");
    }
    let snapshot = snap(&samples);
    let mut wanted = a_view(GraphType::App);
    wanted.config.max_hosts = 2;
    let graph = view(&snapshot, &wanted);
    assert_eq!(
        edge_lines(&graph),
        "web → 28 more hosts  http 406/s\nweb → h28.example  http 29.0/s\nweb → h29.example  http 30.0/s"
    );
    let rest = graph.edges.iter().find(|edge| edge.target.starts_with("hosts")).expect("drawn");
    let detail = edge_detail(&snapshot, &wanted, &rest.id).expect("drawn");
    assert_eq!(detail.hosts.len(), 21);
    assert_eq!(
        (detail.hosts[0].host.as_str(), detail.hosts[20].host.as_str()),
        ("h27.example", "8 more hosts")
    );
    let rate =
        |host: &model::detail::HostTraffic| host.requests.as_ref().map_or(0.0, |requests| requests.rate_rps);
    let sum: f64 = detail.hosts.iter().map(rate).sum();
    assert!((sum - 406.0).abs() < 1e-9);
    assert_eq!(detail.breakdown.len(), 21, "and so is the breakdown");
    wanted.config.max_hosts = 60;
    assert_eq!(view(&snapshot, &wanted).nodes.len(), 31);
}

#[test]
fn tunnels_below_a_waypoint_are_not_drawn_beside_its_requests() {
    let tcp = |reporter: &str, from: &str, to: &str| {
        let labels = labels(reporter, from, to, "request_protocol=\"tcp\"");
        sample("istio_tcp_received_bytes_total", &labels, 100.0)
            + &sample("istio_tcp_sent_bytes_total", &labels, 50.0)
    };
    let hops =
        tcp("source", "web-v1.shop", "waypoint.shop") + &tcp("destination", "waypoint.shop", "cart-v1.shop");
    let whole = req("waypoint", "web-v1.shop", "cart-v1.shop", "", 5.0);
    let graph_of = |samples: &str| graph(samples, GraphType::App);
    let drawn = graph_of(&(whole + &hops + &tcp("source", "web-v1.shop", "cart-v1.shop")));
    assert_eq!(edge_lines(&drawn), "web → cart  http 5.00/s  mtls 100 %");
    let note = drawn.meta.quality.notes.iter().find(|note| note.code == "waypoint_hops");
    assert_eq!(note.and_then(|note| note.number), Some(3.0));
    let alone = graph_of(&hops);
    assert_eq!(alone.edges.len(), 2, "without requests the hops are all there is");
    assert!(node_lines(&alone).contains("waypoint in shop: Unknown, waypoint"), "{}", node_lines(&alone));
}

#[test]
fn services_are_put_between_where_the_viewer_wants_them() {
    let snapshot = snap(&both("web-v1.shop", "cart-v1.shop", "", 1.0));
    let mut wanted = a_view(GraphType::App);
    wanted.services = true;
    assert_eq!(view(&snapshot, &wanted).edges.len(), 2);
}
