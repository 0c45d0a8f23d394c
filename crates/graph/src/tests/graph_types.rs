//! The same traffic as apps, versions, workloads and services.

use crate::{
    ViewConfig,
    testing::{a_view, both, edge_lines, graph, node_lines, snap},
    view,
};
use model::{BoxBy, GraphType};

fn shop() -> String {
    both("web-v1.shop", "reviews-v1.shop", "", 9.0)
        + &both("web-v1.shop", "reviews-v2.shop", "", 1.0)
        + &both("reviews-v2.shop", "ratings-v1.shop", "", 4.0)
}

#[test]
fn versions_are_rows_of_one_card() {
    let graph = graph(&shop(), GraphType::VersionedApp);
    assert_eq!(
        edge_lines(&graph),
        "reviews[reviews-v2] → ratings  http 4.00/s  mtls 100 %\n\
         web → reviews[reviews-v1]  http 9.00/s  mtls 100 %\n\
         web → reviews[reviews-v2]  http 1.00/s  mtls 100 %"
    );
    assert_eq!(
        node_lines(&graph),
        "App ratings in shop: Healthy\n\
         App reviews in shop: Healthy\n  \
           v1: Healthy, share 90.0 %, Baseline\n  \
           v2: Healthy, share 10.0 %, NoDifferenceSeen\n\
         App web in shop: Healthy, root"
    );
}

#[test]
fn apps_merge_their_versions() {
    assert_eq!(
        edge_lines(&graph(&shop(), GraphType::App)),
        "reviews → ratings  http 4.00/s  mtls 100 %\nweb → reviews  http 10.0/s  mtls 100 %"
    );
}

#[test]
fn workloads_are_framed_by_app_and_namespace() {
    let graph = graph(&shop(), GraphType::Workload);
    assert_eq!(
        edge_lines(&graph),
        "reviews-v2 → ratings-v1  http 4.00/s  mtls 100 %\n\
         web-v1 → reviews-v1  http 9.00/s  mtls 100 %\n\
         web-v1 → reviews-v2  http 1.00/s  mtls 100 %"
    );
    let [namespace, app] = graph.boxes.as_slice() else { panic!("two frames: {:?}", graph.boxes) };
    assert_eq!((namespace.by, namespace.name.as_str()), (BoxBy::Namespace, "shop"));
    assert_eq!(namespace.members, ["workload/shop/ratings-v1@c1", "workload/shop/web-v1@c1"]);
    assert_eq!(
        (app.by, app.name.as_str(), app.parent.as_ref()),
        (BoxBy::App, "reviews", Some(&namespace.id))
    );
    assert_eq!(app.members, ["workload/shop/reviews-v1@c1", "workload/shop/reviews-v2@c1"]);
}

#[test]
fn a_frame_needs_two_members() {
    let graph = graph(&both("web-v1.edge", "cart-v1.shop", "", 1.0), GraphType::App);
    assert_eq!(graph.boxes, []);
}

#[test]
fn services_share_their_workloads_calls_by_inbound_rate() {
    // One workload answers for two services, three to one; its own call belongs to neither alone.
    let admin = "destination_service=\"admin.shop.svc.cluster.local\",destination_service_name=\"admin\"";
    let samples = both("web-v1.shop", "cart-v1.shop", "", 3.0)
        + &both("web-v1.shop", "cart-v1.shop", admin, 1.0)
        + &both("cart-v1.shop", "db-v1.shop", "", 8.0);
    let graph = graph(&samples, GraphType::Service);
    assert_eq!(
        edge_lines(&graph),
        "admin → db  http 2.00/s  mtls 100 %  estimated\n\
         cart → db  http 6.00/s  mtls 100 %  estimated\n\
         web-v1 → admin  http 1.00/s  mtls 100 %\n\
         web-v1 → cart  http 3.00/s  mtls 100 %"
    );
    assert_eq!(graph.totals.rate_rps, Some(12.0));
    assert!(node_lines(&graph).contains("Service db in shop: Healthy"));
}

#[test]
fn an_injected_service_passes_on_what_comes_in_and_counts_once() {
    let snapshot = snap(&shop());
    let mut with_services = a_view(GraphType::Workload);
    with_services.config = ViewConfig { inject_services: true, ..ViewConfig::default() };
    let graph = view(&snapshot, &with_services);
    assert_eq!(
        edge_lines(&graph),
        "ratings → ratings-v1  http 4.00/s  mtls 100 %\n\
         reviews → reviews-v1  http 9.00/s  mtls 100 %\n\
         reviews → reviews-v2  http 1.00/s  mtls 100 %\n\
         reviews-v2 → ratings  http 4.00/s  mtls 100 %\n\
         web-v1 → reviews  http 10.0/s  mtls 100 %"
    );
    assert_eq!(graph.totals.rate_rps, Some(14.0));
    assert!(node_lines(&graph).contains("Service reviews in shop: Healthy, injected"));
}

#[test]
fn cycles_are_marked_and_calls_to_oneself_are_real() {
    let samples = both("a-v1.shop", "b-v1.shop", "", 1.0)
        + &both("b-v1.shop", "a-v1.shop", "", 1.0)
        + &both("b-v1.shop", "c-v1.shop", "", 1.0)
        + &both("c-v1.shop", "c-v1.shop", "", 1.0);
    assert_eq!(
        edge_lines(&graph(&samples, GraphType::App)),
        "a → b  http 1.00/s  mtls 100 %  cycle\n\
         b → a  http 1.00/s  mtls 100 %  cycle\n\
         b → c  http 1.00/s  mtls 100 %\n\
         c → c  http 1.00/s  mtls 100 %  cycle"
    );
}

#[test]
fn shares_are_of_the_sources_traffic_of_one_protocol() {
    let graph = graph(&shop(), GraphType::VersionedApp);
    let share = |target: &str| {
        graph
            .edges
            .iter()
            .find(|edge| edge.target_row.as_deref() == Some(target))
            .and_then(|edge| edge.source_share)
    };
    assert_eq!((share("reviews-v1"), share("reviews-v2")), (Some(0.9), Some(0.1)));
}
