//! Boxes within boxes: clusters drawn as regions, clusters and apps as cards, and cards that lose their rows.

use super::{drawing, node, placed, shop};
use crate::{
    Level, Mark, Shape,
    find::{Find, matched},
    fold::{self, Folded},
    hit::{Aim, Hit, SceneIndex},
    speak,
};
use layout::{GroupKind, Point, Scene};
use model::{BoxBy, Graph, GraphBox, GraphType, NodeKind, Status, Subject};

fn land(by: BoxBy, id: &str, parent: Option<&str>, members: &[&str]) -> GraphBox {
    GraphBox {
        id: id.into(),
        by,
        name: id.split(['/', '@']).nth(1).unwrap_or_default().into(),
        parent: parent.map(str::to_owned),
        members: members.iter().map(|member| (*member).to_owned()).collect(),
        health: None,
        requests: None,
        latency: None,
    }
}

/// The workload graph of two clusters: web in the one calls cart v1 and v2 in the other, cart its store.
fn two_clusters() -> Graph {
    let mut graph = shop();
    let (card, line) = (node(&graph, "cart").clone(), graph.edges[0].clone());
    let workload = |name: &str, app: &str, namespace: &str, cluster: &str| model::Node {
        id: format!("workload/{namespace}/{name}@{cluster}"),
        kind: NodeKind::Workload,
        name: name.into(),
        app: Some(app.into()),
        namespace: Some(namespace.into()),
        cluster: Some(cluster.into()),
        ..card.clone()
    };
    graph.meta.graph_type = GraphType::Workload;
    graph.meta.clusters = vec!["east".into(), "west".into()];
    graph.nodes = vec![
        workload("cart-v1", "cart", "shop", "east"),
        workload("cart-v2", "cart", "shop", "east"),
        workload("store", "store", "shop", "east"),
        workload("sole", "sole", "edge", "west"),
        workload("ads", "ads", "shop", "west"),
        workload("web", "web", "shop", "west"),
    ];
    graph.nodes.sort_by(|a, b| a.id.cmp(&b.id));
    let call = |source: &str, target: &str, rate_rps: f64| {
        let mut edge = line.clone();
        (edge.source, edge.target) = (source.into(), target.into());
        (edge.source_row, edge.target_row) = (None, None);
        edge.id = format!("{source}>{target}/http");
        edge.requests.as_mut().unwrap().rate_rps = rate_rps;
        edge.health.status = Status::Healthy;
        edge
    };
    let (web, v1, v2) =
        ("workload/shop/web@west", "workload/shop/cart-v1@east", "workload/shop/cart-v2@east");
    let store = "workload/shop/store@east";
    graph.edges = vec![
        call(v1, store, 3.0),
        call(v2, store, 4.0),
        call("workload/edge/sole@west", web, 10.0),
        call(web, v1, 5.0),
        call(web, v2, 6.0),
    ];
    graph.boxes = vec![
        land(BoxBy::Cluster, "cluster/east", None, &[]),
        land(BoxBy::Namespace, "namespace/shop@east", Some("cluster/east"), &[store]),
        land(BoxBy::App, "app/cart/shop@east", Some("namespace/shop@east"), &[v1, v2]),
        land(BoxBy::Cluster, "cluster/west", None, &["workload/edge/sole@west"]),
        land(BoxBy::Namespace, "namespace/shop@west", Some("cluster/west"), &["workload/shop/ads@west", web]),
    ];
    graph
}

fn folded(graph: &Graph, ids: &[&str]) -> Folded {
    fold::fold(graph, &|_, id| ids.contains(&id))
}

fn ids(folded: &Folded) -> Vec<&str> {
    folded.graph.nodes.iter().map(|node| node.id.as_str()).collect()
}

fn rate(folded: &Folded, source: &str, target: &str) -> Option<f64> {
    let edge = folded.graph.edges.iter().find(|edge| edge.source == source && edge.target == target)?;
    edge.requests.as_ref().map(|requests| requests.rate_rps)
}

/// "cluster/west: namespace/shop@west, workload/edge/sole@west".
fn boxes(folded: &Folded) -> Vec<String> {
    let boxes = folded.graph.boxes.iter();
    boxes.map(|land| format!("{}: {}", land.id, land.members.join(", "))).collect()
}

#[test]
fn a_cluster_folds_to_one_card_with_all_calls_into_it_summed() {
    let graph = two_clusters();
    let one = folded(&graph, &["cluster/east"]);
    assert_eq!(
        ids(&one),
        ["cluster/east", "workload/edge/sole@west", "workload/shop/ads@west", "workload/shop/web@west"]
    );
    let card = &one.graph.nodes[0];
    assert_eq!((card.kind, card.name.as_str(), card.flags.folded), (NodeKind::Cluster, "east", true));
    assert_eq!(card.version.as_deref(), Some("3\u{a0}workloads"));
    assert_eq!(card.latency, None);
    assert_eq!(rate(&one, "workload/shop/web@west", "cluster/east"), Some(11.0));
    assert_eq!(one.graph.edges.len(), 2, "what stays within it is not drawn");
    assert!(one.graph.boxes.iter().all(|land| land.id.contains("west")), "{:?}", boxes(&one));
    let words = speak::node(card, 0);
    assert!(words.starts_with("east, cluster, 3\u{a0}workloads, "), "{words}");
}

#[test]
fn an_app_folds_to_one_card_in_the_band_it_stood_in() {
    let graph = two_clusters();
    let one = folded(&graph, &["app/cart/shop@east"]);
    assert_eq!(ids(&one)[0], "app/cart/shop@east");
    let card = &one.graph.nodes[0];
    assert_eq!((card.kind, card.name.as_str(), card.flags.folded), (NodeKind::App, "cart", true));
    assert_eq!(card.namespace.as_deref(), Some("shop"));
    assert_eq!(rate(&one, "workload/shop/web@west", "app/cart/shop@east"), Some(11.0));
    assert_eq!(rate(&one, "app/cart/shop@east", "workload/shop/store@east"), Some(7.0));
    assert!(
        boxes(&one).contains(&"namespace/shop@east: app/cart/shop@east, workload/shop/store@east".into())
    );
    assert!(!boxes(&one).iter().any(|land| land.starts_with("app/")));
    assert_eq!(one.left_out, 0, "an app is no land: no line to it is left out");
}

#[test]
fn what_is_folded_within_a_folded_box_waits_until_that_is_opened() {
    let graph = two_clusters();
    let inner = folded(&graph, &["app/cart/shop@east", "namespace/shop@east"]);
    assert_eq!(ids(&inner)[0], "namespace/shop@east");
    assert_eq!(
        boxes(&inner)[0],
        "cluster/east: namespace/shop@east",
        "a folded namespace stands in its cluster"
    );
    let all = folded(&graph, &["app/cart/shop@east", "namespace/shop@east", "cluster/east"]);
    assert_eq!(ids(&all)[0], "cluster/east");
    assert_eq!(all.graph.nodes.len(), 4);
    assert!(boxes(&all)[0].starts_with("cluster/west"));
}

#[test]
fn a_box_with_one_node_is_that_node_and_a_mesh_of_one_cluster_has_none_to_fold() {
    let graph = two_clusters();
    let edge = folded(&graph, &["namespace/edge@west"]);
    assert!(ids(&edge).contains(&"workload/edge/sole@west"));
    let mut alone = graph.clone();
    alone.meta.clusters.clear();
    assert_eq!(folded(&alone, &["cluster/east", "cluster/west"]).graph.nodes.len(), 6);
}

#[test]
fn find_and_selection_reach_through_clusters_and_apps() {
    let graph = two_clusters();
    let v2 = Subject::Node { id: "workload/shop/cart-v2@east".into() };
    for id in ["cluster/east", "app/cart/shop@east"] {
        let one = folded(&graph, &[id]);
        let lit = one.matched(&matched(&Find::parse("name=cart-v2").unwrap().unwrap(), &graph));
        let found = one.graph.nodes.iter().zip(&lit.nodes).filter(|(_, lit)| **lit);
        assert_eq!(found.map(|(node, _)| node.id.as_str()).collect::<Vec<_>>(), [id]);
        assert_eq!(one.subject(&graph, &v2), Subject::Node { id: id.into() });
    }
    let one = folded(&graph, &["cluster/east"]);
    let sum = one.graph.edges.iter().find(|edge| edge.target == "cluster/east").unwrap();
    assert!(fold::is_sum(sum));
    let calls: Vec<&str> = one.calls(&sum.id).into_iter().map(|at| graph.edges[at].target.as_str()).collect();
    assert_eq!(calls, ["workload/shop/cart-v1@east", "workload/shop/cart-v2@east"]);
}

#[test]
fn a_card_without_its_rows_keeps_its_figures_and_its_trouble() {
    let mut graph = shop();
    let at = super::node_index(&graph, "reviews");
    graph.nodes[at].health = model::Health { status: Status::Healthy, reasons: Vec::new() };
    let reviews = node(&graph, "reviews");
    assert!(reviews.versions.len() > 1, "a canary");
    let bare = folded(&graph, &[&reviews.id]);
    let card = node(&bare.graph, "reviews");
    assert!(card.versions.is_empty() && card.flags.folded);
    assert_eq!((&card.requests, &card.latency), (&reviews.requests, &reviews.latency));
    assert_eq!(card.version.as_deref(), Some("2\u{a0}versions"));
    assert!(card.health.status >= Status::Degraded, "one of them is worse: {:?}", card.health);
    assert!(card.health.reasons[0].sentence.starts_with("v2 fails 7.8 times"), "{:?}", card.health.reasons);
    let to = |graph: &Graph| -> f64 {
        let edges = graph.edges.iter().filter(|edge| edge.target == reviews.id);
        edges.filter_map(|edge| edge.requests.as_ref()).map(|requests| requests.rate_rps).sum()
    };
    assert!((to(&bare.graph) - to(&graph)).abs() < 1e-9);
    assert!(bare.graph.edges.iter().all(|edge| edge.target != reviews.id || edge.target_row.is_none()));
    let row = Subject::Row { node: reviews.id.clone(), row: reviews.versions[1].key.clone() };
    assert_eq!(bare.subject(&graph, &row), Subject::Node { id: reviews.id.clone() });
    assert_eq!(bare.graph.boxes, graph.boxes, "no box has changed");
}

fn marks_of(graph: &Graph, level: Level, zoom: f64) -> (Scene, Vec<Mark>) {
    let scene = placed(graph);
    let marks = crate::marks(&crate::Drawing { level, zoom, ..drawing(graph, &scene) });
    (scene, marks)
}

fn texts(marks: &[Mark], role: &str) -> Vec<String> {
    let texts = marks.iter().filter(|mark| mark.role == role).filter_map(|mark| match &mark.shape {
        Shape::Text(text) => Some(text.text.clone()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn a_region_is_an_outline_round_bands_and_says_their_cluster() {
    let graph = two_clusters();
    for (level, zoom) in [(Level::Near, 1.0), (Level::Middle, 0.6), (Level::Far, 0.25)] {
        let (scene, marks) = marks_of(&graph, level, zoom);
        let regions: Vec<&Mark> = marks.iter().filter(|mark| mark.role == "region").collect();
        assert_eq!(regions.len(), 2, "{level:?}");
        assert!(regions.iter().all(|mark| mark.fill.is_none()), "sea between its bands");
        let at = |key: &str| scene.groups.iter().find(|group| group.key == key).unwrap();
        assert_eq!(at("cluster/east").kind, GroupKind::Region);
        let (outer, inner) = (at("cluster/east").rect, at("namespace/shop@east").rect);
        assert_eq!(outer.union(&inner), outer, "its land lies inside");
        let names = texts(&marks, "group-name");
        for name in ["east", "west", "shop"] {
            assert!(names.iter().any(|text| text == name), "{name} at {level:?}: {names:?}");
        }
        let counts = texts(&marks, "group-count");
        assert!(!names.iter().chain(&counts).any(|text| text.contains(" in ")), "{names:?} {counts:?}");
    }
    let (_, near) = marks_of(&graph, Level::Near, 1.0);
    assert_eq!(texts(&near, "group-count").iter().filter(|text| *text == "cluster").count(), 2);
    let named: Vec<String> = texts(&near, "namespace");
    assert_eq!(named, ["edge"], "a card without a band says its namespace itself");
}

#[test]
fn without_regions_a_band_says_its_cluster_itself() {
    let mut graph = two_clusters();
    graph.boxes.retain(|land| land.by != BoxBy::Cluster);
    graph
        .boxes
        .iter_mut()
        .for_each(|land| land.parent = land.parent.take().filter(|id| !id.starts_with("cluster/")));
    let (_, far) = marks_of(&graph, Level::Far, 0.25);
    let names = texts(&far, "group-name");
    assert!(
        ["shop in east", "shop in west"].iter().all(|name| names.iter().any(|text| text == name)),
        "{names:?}"
    );
}

#[test]
fn a_region_is_drawn_while_any_card_deep_within_it_is_shown() {
    let graph = two_clusters();
    let scene = placed(&graph);
    let only = |id: &str| crate::find::Matched {
        nodes: graph.nodes.iter().map(|node| node.id == id).collect(),
        edges: vec![false; graph.edges.len()],
    };
    let regions = |id: &str| {
        let shown = only(id);
        let drawing = crate::Drawing { shown: Some(&shown), ..drawing(&graph, &scene) };
        let marks = crate::marks(&drawing);
        marks.iter().filter(|mark| mark.role == "region").count()
    };
    assert_eq!(regions("workload/shop/cart-v2@east"), 1, "an app in a namespace in it");
    assert_eq!(regions("workload/edge/sole@west"), 1);
    assert_eq!(regions(""), 0);
}

#[test]
fn land_is_hit_from_the_inside_out() {
    let graph = two_clusters();
    let scene = placed(&graph);
    let index = SceneIndex::new(&graph, &scene);
    let corner = |key: &str| {
        let rect = scene.groups.iter().find(|group| group.key == key).unwrap().rect;
        Point::new(rect.x + 3.0, rect.y + 3.0)
    };
    let aim = Aim { tolerance: 1.0, ..Aim::default() };
    for key in ["cluster/east", "namespace/shop@east", "app/cart/shop@east"] {
        match index.hit(&graph, &scene, corner(key), aim) {
            Some(Hit::Group(at)) => assert_eq!(scene.groups[at].key, key),
            other => panic!("{key}: {other:?}"),
        }
    }
}
