//! Sizes, widths and groups as the layout sees them.

use super::*;
use crate::{
    ApproximateMeasure, label,
    tests::{edge, node, shop},
};
use model::{Graph, VersionRow};

fn options() -> Options {
    Options { labels: label::by_words(&["rate"]), pins: vec![], aspect: 1.6 }
}

#[test]
fn figures_may_change_under_a_card() {
    let graph = shop();
    let mut other = graph.clone();
    for node in &mut other.nodes {
        node.requests = None;
        node.latency = None;
        node.health = model::Health::default();
        node.versions.iter_mut().for_each(|row| row.share = None);
    }
    for (a, b) in graph.nodes.iter().zip(&other.nodes) {
        assert_eq!(size(a, &ApproximateMeasure), size(b, &ApproximateMeasure), "{}", a.name);
    }
}

#[test]
fn bands_say_their_cluster_only_where_there_are_several() {
    let mut graph = shop();
    let land = |graph: &Graph| graph.boxes.iter().find(|land| land.name == "shop").unwrap().clone();
    let plain = title_count(&land(&graph), &graph);
    assert!(!plain.contains(" in "), "{plain}");
    graph.nodes.iter_mut().for_each(|node| node.cluster = Some("west".into()));
    assert_eq!(title_count(&land(&graph), &graph), plain);
    graph.meta.clusters = vec!["east".into(), "west".into()];
    assert_eq!(title_count(&land(&graph), &graph), plain + " in west");
}

#[test]
fn cards_have_the_measures_of_the_design() {
    let graph = shop();
    let of = |name| size(node(&graph, name), &ApproximateMeasure);
    assert_eq!(of("web"), Size::new(126.0, 46.0));
    assert_eq!(of("ingress"), Size::new(112.0, 46.0));
    assert_eq!(of("reviews"), Size::new(198.0, 118.0));
    let mut long = node(&graph, "web").clone();
    long.name = "x".repeat(300);
    assert!(size(&long, &ApproximateMeasure).width <= CARD_WIDTH_MAX);
}

#[test]
fn widths_follow_the_log_of_the_rate() {
    let widths = [0.01, 1.0, 10.0, 100.0, 1_000.0, 1e9].map(width_of_rate);
    let wanted = [1.2, 1.2, 2.55, 4.1, 5.65, 7.0];
    for (width, wanted) in widths.into_iter().zip(wanted) {
        assert!((width - wanted).abs() < 1e-9, "{width} {wanted}");
    }
    let graph = shop();
    let tcp = edge_width(edge(&graph, "cart", "session-cache"));
    assert!((tcp - 3.6).abs() < 0.05, "{tcp}");
    assert!((edge_width(edge(&graph, "cart", "promo")) - 1.2).abs() < 1e-9);
}

#[test]
fn rows_are_ports_and_many_rows_share_the_last_line() {
    let mut graph = shop();
    let placed = input(&graph, &options(), &ApproximateMeasure);
    let reviews = placed.nodes.iter().find(|n| n.key.ends_with("reviews")).unwrap();
    assert_eq!(
        reviews.ports.iter().map(|port| (port.key.as_str(), port.y)).collect::<Vec<_>>(),
        [("reviews-v1", 77.0), ("reviews-v2", 103.0)]
    );
    let card = graph.nodes.iter_mut().find(|node| node.name == "reviews").unwrap();
    let row = card.versions[0].clone();
    card.versions = (0..12).map(|i| VersionRow { key: format!("w{i}"), ..row.clone() }).collect();
    assert_eq!((shown_rows(card), hidden_rows(card)), (7, 5));
    let ports = ports(card);
    assert!((ports[7].y - ports[11].y).abs() < 1e-9);
    assert!(ports[11].y < size(card, &ApproximateMeasure).height);
}

#[test]
fn no_box_is_drawn_round_a_single_card() {
    let mut graph = shop();
    let members = |names: &[&str]| names.iter().map(|name| node(&graph, name).id.clone()).collect::<Vec<_>>();
    let boxed = |id: &str, members| GraphBox {
        id: id.into(),
        by: BoxBy::App,
        name: id.into(),
        parent: Some("ns:shop".into()),
        members,
        health: None,
        requests: None,
        latency: None,
    };
    let (one, two) = (boxed("one", members(&["cart"])), boxed("two", members(&["search", "catalog"])));
    let inner: Vec<String> = one.members.iter().chain(&two.members).cloned().collect();
    let shop = graph.boxes.iter_mut().find(|b| b.id == "ns:shop").unwrap();
    shop.members.retain(|id| !inner.contains(id));
    graph.boxes.extend([one, two]);
    let placed = input(&graph, &options(), &ApproximateMeasure);
    let keys: Vec<&str> = placed.groups.iter().map(|group| group.key.as_str()).collect();
    assert_eq!(keys, ["ns:data", "ns:edge", "ns:shop", "two"]);
    let group =
        |name: &str| placed.nodes.iter().find(|n| n.key == node(&graph, name).id).unwrap().group.clone();
    assert_eq!(group("cart").as_deref(), Some("ns:shop"), "the band takes what the single box held");
    assert_eq!(group("search").as_deref(), Some("two"));
    assert_eq!(group("pay.acme.example"), None);
}

#[test]
fn titles_count_what_is_inside() {
    let graph = shop();
    let counts: Vec<String> =
        graph.boxes.iter().map(|b| title_count(b, &graph).replace('\u{a0}', " ")).collect();
    assert_eq!(counts, ["5 apps", "2 apps, 1 gateway", "7 apps"]);
}
