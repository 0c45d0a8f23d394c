//! Pointing, walking, and what moves.

use super::{edge_index, node, node_index, placed, shop};
use crate::{
    hit::{self, Aim, Hit, SceneIndex},
    particles::{self, Particles},
    reach,
    walk::{self, Step},
};
use layout::Point;
use model::{Graph, Subject};
use proptest::prelude::*;

const AIM: Aim = Aim { tolerance: hit::MOUSE_PX, details: true, bundled: false, shown: None, pinned: &[] };

fn select(graph: &Graph, name: &str) -> Subject {
    Subject::Node { id: node(graph, name).id.clone() }
}

#[test]
fn rows_lines_locks_and_land_are_told_apart() {
    let graph = shop();
    let scene = placed(&graph);
    let index = SceneIndex::new(&graph, &scene);
    let reviews = node_index(&graph, "reviews");
    let card = index.card_of(reviews).unwrap();
    let at = |y: f64| index.hit(&graph, &scene, Point::new(card.x + 40.0, card.y + y), AIM);
    assert_eq!(at(20.0), Some(Hit::Node(reviews)));
    assert_eq!(at(75.0), Some(Hit::Row(reviews, 0)));
    assert_eq!(at(100.0), Some(Hit::Row(reviews, 1)));
    let coarse = Aim { details: false, ..AIM };
    assert_eq!(
        index.hit(&graph, &scene, Point::new(card.x + 40.0, card.y + 100.0), coarse),
        Some(Hit::Node(reviews))
    );
    let plain = edge_index(&graph, "Unknown callers", "cart");
    let lock = index.middle_of(plain).unwrap();
    assert_eq!(index.hit(&graph, &scene, lock, AIM), Some(Hit::Padlock(plain)));
    let line = edge_index(&graph, "search", "search-index");
    let middle = index.middle_of(line).unwrap();
    let beside = |dy: f64, tolerance: f64| {
        index.hit(&graph, &scene, Point::new(middle.x, middle.y + dy), Aim { tolerance, ..AIM })
    };
    assert_eq!(beside(7.0, hit::MOUSE_PX), Some(Hit::Edge(line)), "6 from a line 4 wide");
    assert_ne!(beside(12.0, hit::MOUSE_PX), Some(Hit::Edge(line)));
    assert_eq!(beside(12.0, hit::FINGER_PX), Some(Hit::Edge(line)));
    let land = &scene.groups[0].rect;
    assert_eq!(index.hit(&graph, &scene, Point::new(land.x + 3.0, land.y + 3.0), AIM), Some(Hit::Group(0)));
    assert_eq!(index.hit(&graph, &scene, Point::new(-1e6, 0.0), AIM), None);
}

#[test]
fn a_pin_is_freed_by_its_mark() {
    let graph = shop();
    let scene = placed(&graph);
    let index = SceneIndex::new(&graph, &scene);
    let cart = node_index(&graph, "cart");
    let corner = crate::paint::glyph::pin_place(index.card_of(cart).unwrap());
    let pinned = [graph.nodes[cart].id.clone()];
    assert_eq!(index.hit(&graph, &scene, corner, Aim { pinned: &pinned, ..AIM }), Some(Hit::Pin(cart)));
    assert_ne!(index.hit(&graph, &scene, corner, AIM), Some(Hit::Pin(cart)));
}

proptest! {
    #[test]
    fn what_is_hit_is_the_card_round_the_point(i in 0_usize..17, x in 0.02..0.98_f64, y in 0.02..0.98_f64) {
        let graph = shop();
        let scene = placed(&graph);
        let index = SceneIndex::new(&graph, &scene);
        let card = index.card_of(i).unwrap();
        let at = Point::new(card.x + card.width * x, card.y + card.height * y);
        match index.hit(&graph, &scene, at, AIM) {
            Some(Hit::Node(node) | Hit::Row(node, _)) => prop_assert_eq!(node, i),
            other => prop_assert!(false, "{:?}", other),
        }
        let (nodes, _) = index.within(card);
        prop_assert!(nodes.contains(&i));
    }

    #[test]
    fn more_traffic_never_means_fewer_departures(a in 0.0..1e6_f64, b in 0.0..1e6_f64) {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        prop_assert!(particles::departures_per_s(low) <= particles::departures_per_s(high));
        prop_assert!(particles::speed(Some(low)) >= particles::speed(Some(high)), "slower answers, slower travel");
    }
}

#[test]
fn departures_grow_with_the_rate_and_diamonds_with_the_failures() {
    let graph = shop();
    let scene = placed(&graph);
    let mut particles = Particles::new(&graph, &scene);
    for _ in 0..20_000 {
        particles.step(0.05);
    }
    let count = |a: &str, b: &str| particles.departures()[edge_index(&graph, a, b)];
    let (busy, quiet) = (count("ingress", "web"), count("Unknown callers", "cart"));
    assert!(busy.all > quiet.all * 2, "{busy:?} {quiet:?}");
    let wanted = particles::departures_per_s(312.0) * 1_000.0;
    assert!((busy.all as f64 - wanted).abs() <= 2.0, "{} against {wanted}", busy.all);
    assert_eq!(busy.failed, 0, "diamonds only where something failed");
    let failing = count("checkout", "pay.acme.example");
    let share = failing.failed as f64 / failing.all as f64;
    assert!((share - 0.118).abs() < 0.002, "{share}");
    assert_eq!(count("cart", "promo").all, 0, "silence does not move");
    assert!(!particles.is_still());
}

#[test]
fn particles_keep_their_place_when_figures_change_and_never_pass_the_cap() {
    let mut graph = shop();
    let scene = placed(&graph);
    let mut particles = Particles::new(&graph, &scene);
    particles.settle();
    assert!(particles.departures().iter().all(|departures| departures.all == 0), "settling is no traffic");
    let before = particles.all().to_vec();
    assert!(before.len() > 20);
    let firsts = before.iter().skip_while(|particle| !particle.diamond);
    assert!(firsts.clone().all(|particle| particle.diamond), "one batch of round ones, one of diamonds");
    particles.update(&graph, &scene);
    assert_eq!(particles.all(), before);
    for edge in &mut graph.edges {
        edge.latency = Some(model::Latency { mean_ms: Some(1e6), ..Default::default() });
    }
    let copies: Vec<model::Edge> = (0..100)
        .flat_map(|copy| {
            graph
                .edges
                .iter()
                .map(move |edge| model::Edge { id: format!("{}#{copy}", edge.id), ..edge.clone() })
        })
        .collect();
    let routes: Vec<std::sync::Arc<layout::Route>> = (0..100)
        .flat_map(|copy| {
            scene
                .edges
                .iter()
                .map(move |route| layout::Route { key: format!("{}#{copy}", route.key), ..(**route).clone() })
                .map(std::sync::Arc::new)
        })
        .collect();
    graph.edges = copies;
    let crowded = layout::Scene { edges: routes, ..scene };
    particles.update(&graph, &crowded);
    particles.settle();
    assert!(particles.all().len() <= particles::CAP && particles.all().len() > particles::CAP / 2);
}

#[test]
fn two_runs_are_alike() {
    let graph = shop();
    let scene = placed(&graph);
    let run = || {
        let mut particles = Particles::new(&graph, &scene);
        (0..500).for_each(|_| particles.step(0.016));
        particles.all().to_vec()
    };
    assert_eq!(run(), run());
}

#[test]
fn the_keyboard_walks_along_lines_and_between_siblings() {
    let graph = shop();
    let scene = placed(&graph);
    let go = |from: &Subject, step| walk::step(&graph, &scene, Some(from), step);
    let start = walk::step(&graph, &scene, None, Step::Right).unwrap();
    let Subject::Node { id } = &start else { panic!("{start:?}") };
    assert!(scene.nodes.iter().any(|placed| placed.key == *id && placed.layer == 0));
    let line = go(&select(&graph, "ingress"), Step::Right).unwrap();
    assert_eq!(
        line,
        Subject::Edge { id: graph.edges[edge_index(&graph, "ingress", "web")].id.clone() },
        "the busiest"
    );
    assert_eq!(go(&line, Step::Right), Some(select(&graph, "web")));
    assert_eq!(go(&line, Step::Left), Some(select(&graph, "ingress")));
    let next = go(&line, Step::Down).unwrap();
    assert_eq!(go(&next, Step::Right), Some(select(&graph, "partner-api")));
    assert_eq!(go(&next, Step::Up), Some(line));
    assert_eq!(go(&select(&graph, "orders-db"), Step::Right), None, "nothing beyond a leaf");
    let rows: usize = graph.nodes.iter().map(|node| node.versions.len()).sum();
    // Down and down again passes every card and every version once.
    let mut at = start;
    let mut passed = 1;
    while let Some(next) = go(&at, Step::Down) {
        assert_eq!(go(&next, Step::Up), Some(at));
        at = next;
        passed += 1;
    }
    assert_eq!(passed, scene.nodes.len() + rows);
}

#[test]
fn reach_follows_calls_and_not_strangers() {
    let graph = shop();
    let names = |hops| -> std::collections::BTreeSet<&str> {
        let reach = reach::of_hit(&graph, Hit::Node(node_index(&graph, "checkout")), hops).unwrap();
        graph
            .nodes
            .iter()
            .zip(reach.nodes)
            .filter(|(_, lit)| *lit)
            .map(|(node, _)| node.name.as_str())
            .collect()
    };
    assert_eq!(names(1), ["cart", "checkout", "inventory", "orders-db", "pay.acme.example"].into());
    assert!(!names(2).contains(&"catalog"), "another caller of inventory has nothing to do with checkout");
    assert_eq!(reach::of_hit(&graph, Hit::Node(graph.nodes.len()), 1), None);
}
