//! Which part of the mesh is drawn.

use crate::{
    testing::{a_view, both, edge_lines, graph, node_lines, req, snap},
    view,
};
use model::GraphType;

fn mesh() -> String {
    req("source", "istio-ingressgateway.istio-system", "web-v1.edge", "", 9.0)
        + &req("destination", "istio-ingressgateway.istio-system", "web-v1.edge", "", 9.0)
        + &both("web-v1.edge", "cart-v1.shop", "", 5.0)
        + &both("cart-v1.shop", "db-v1.data", "", 4.0)
        + &both("prometheus.istio-system", "istiod.istio-system", "", 1.0)
}

#[test]
fn system_namespaces_are_hidden_and_gateways_stay() {
    let graph = graph(&mesh(), GraphType::App);
    assert_eq!(
        node_lines(&graph),
        "App cart in shop: Healthy\n\
         App db in data: Healthy\n\
         App web in edge: Healthy\n\
         Gateway istio-ingressgateway in istio-system: Healthy, root"
    );
    let shown: Vec<(&str, bool, bool)> =
        graph.namespaces.iter().map(|ns| (ns.name.as_str(), ns.shown, ns.system)).collect();
    assert_eq!(
        shown,
        [("data", true, false), ("edge", true, false), ("istio-system", false, true), ("shop", true, false)]
    );
}

#[test]
fn the_switch_shows_system_namespaces() {
    let mut all = a_view(GraphType::App);
    all.system = true;
    assert!(edge_lines(&view(&snap(&mesh()), &all)).contains("prometheus → istiod"));
}

#[test]
fn neighbours_of_what_is_chosen_are_drawn_as_outside_with_their_whole_figures() {
    let mut shop = a_view(GraphType::App);
    shop.namespaces = Some(vec!["shop".into()]);
    let graph = view(&snap(&(mesh() + &both("x-v1.data", "db-v1.data", "", 6.0))), &shop);
    assert_eq!(
        node_lines(&graph),
        "App cart in shop: Healthy\nApp db in data: Healthy, outside\nApp web in edge: Healthy, outside"
    );
    let db = graph.nodes.iter().find(|node| node.name == "db").expect("drawn");
    assert_eq!(db.requests.as_ref().map(|requests| requests.rate_rps), Some(10.0));
    assert_eq!(graph.totals.rate_rps, Some(9.0));
}

#[test]
fn focus_keeps_what_is_within_hops_both_ways() {
    let mut near = a_view(GraphType::App);
    near.focus = Some("app/shop/cart@c1".into());
    let snapshot = snap(&(mesh() + &both("web-v1.edge", "ads-v1.shop", "", 1.0)));
    assert_eq!(
        edge_lines(&view(&snapshot, &near)),
        "cart → db  http 4.00/s  mtls 100 %\nweb → cart  http 5.00/s  mtls 100 %"
    );
    near.hops = 2;
    assert!(edge_lines(&view(&snapshot, &near)).contains("istio-ingressgateway → web"));
    assert!(
        !edge_lines(&view(&snapshot, &near)).contains("ads"),
        "a sibling is reached by turning back only"
    );
}

#[test]
fn a_focus_that_is_not_there_is_said_and_all_is_drawn() {
    let mut lost = a_view(GraphType::App);
    lost.focus = Some("app/shop/gone".into());
    let graph = view(&snap(&mesh()), &lost);
    assert_eq!(graph.edges.len(), 3);
    assert!(graph.meta.warnings.iter().any(|warning| warning.code == "focus_not_found"));
}
