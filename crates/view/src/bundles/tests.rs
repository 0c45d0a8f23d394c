//! One line a pair of bands, with the sum of what it stands for.

use super::*;
use crate::{
    Level, Owner, Shape, label,
    tests::{drawing, edge_index, node_index, placed, shop},
};

fn all(_: usize) -> bool {
    true
}

fn bundles(graph: &Graph) -> Vec<Bundle> {
    let scene = placed(graph);
    of(graph, &scene, &Places::new(graph, &scene), &all, 4.0).unwrap()
}

/// The bundle that holds an edge.
fn with(bundles: &[Bundle], edge: usize) -> &Bundle {
    bundles.iter().find(|bundle| bundle.members.contains(&edge)).unwrap()
}

#[test]
fn a_bundle_is_the_sum_of_the_calls_between_two_bands() {
    let graph = shop();
    let bundles = bundles(&graph);
    let bundle = with(&bundles, edge_index(&graph, "web", "search"));
    let namespace = |id: &str| graph.nodes.iter().find(|node| node.id == id).unwrap().namespace.as_deref();
    let between =
        |edge: &&Edge| namespace(&edge.source) == Some("edge") && namespace(&edge.target) == Some("shop");
    let calls: Vec<&Edge> = graph.edges.iter().filter(between).collect();
    assert_eq!(bundle.members.len(), calls.len());
    let rate: f64 = calls.iter().map(|edge| edge.requests.as_ref().unwrap().rate_rps).sum();
    let requests = bundle.edge.requests.as_ref().unwrap();
    assert!((requests.rate_rps - rate).abs() < 1e-6);
    assert!((requests.error_share.unwrap() - requests.error_rate_rps / rate).abs() < 1e-9);
    let mean_ms = bundle.edge.latency.as_ref().unwrap().mean_ms.unwrap();
    let means = calls.iter().filter_map(|edge| edge.latency.as_ref()?.mean_ms);
    let (low, high) = means.fold((f64::MAX, 0.0_f64), |(low, high), ms| (low.min(ms), high.max(ms)));
    assert!(low < mean_ms && mean_ms < high, "a mean lies between its parts");
    assert!(!bundle.both_ways);
    let [from, to] = [bundle.path[0].from, bundle.path[0].to];
    assert!(from.x < to.x, "calls go to the right");
}

#[test]
fn failing_calls_and_calls_within_a_band_are_in_no_bundle() {
    let graph = shop();
    let bundles = bundles(&graph);
    let held: Vec<usize> = bundles.iter().flat_map(|bundle| bundle.members.clone()).collect();
    assert!(!held.contains(&edge_index(&graph, "checkout", "pay.acme.example")));
    assert!(!held.contains(&edge_index(&graph, "catalog", "reviews")));
    let mut once = held.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), held.len());
}

#[test]
fn calls_both_ways_are_one_line_with_two_heads() {
    let mut graph = shop();
    let at = edge_index(&graph, "web", "search");
    let (source, target) = (graph.edges[at].source.clone(), graph.edges[at].target.clone());
    let mut back = graph.edges[at].clone();
    (back.id, back.source, back.target) = ("back".into(), target, source);
    graph.edges.push(back);
    let bundles = bundles(&graph);
    assert!(with(&bundles, at).both_ways);
    assert_eq!(bundles.iter().filter(|bundle| bundle.members.contains(&at)).count(), 1);
}

#[test]
fn what_is_known_of_a_part_only_is_not_told_of_the_whole() {
    let mut graph = shop();
    let at = edge_index(&graph, "web", "search");
    for edge in &mut graph.edges {
        edge.other_side = edge.requests.as_ref().map(|requests| SideGap {
            reporter: "source".into(),
            rate_rps: requests.rate_rps,
            error_share: None,
            mean_ms: None,
        });
    }
    assert!(with(&bundles(&graph), at).edge.other_side.is_some());
    graph.edges[at].other_side = None;
    assert!(with(&bundles(&graph), at).edge.other_side.is_none());
}

#[test]
fn far_away_there_are_dots_signs_names_and_few_lines() {
    let graph = shop();
    let scene = placed(&graph);
    let labels = label::by_words(&["rate", "errors"]);
    let far = crate::Drawing { level: Level::Far, zoom: 0.25, labels: &labels, ..drawing(&graph, &scene) };
    let marks = crate::marks(&far);
    let owners = |role: &str| -> Vec<Owner> {
        marks.iter().filter(|mark| mark.role == role).map(|mark| mark.owner).collect()
    };
    let failing = Owner::Edge(edge_index(&graph, "checkout", "pay.acme.example"));
    let lines: Vec<Owner> = owners("edge").into_iter().filter(|owner| *owner != Owner::None).collect();
    let bad = |owner: &Owner| matches!(owner, Owner::Edge(at) if graph.edges[*at].health.status >= Status::Degraded);
    assert!(
        lines.contains(&failing) && lines.iter().all(bad),
        "all others are bundled, or hairlines: {lines:?}"
    );
    assert!(owners("edge-hatch").contains(&failing) && owners("edge-label").contains(&failing));
    assert_eq!(owners("group-name").len(), 3);
    assert!(owners("card").is_empty());
    assert!(owners("hairline").iter().all(|line| *line != failing), "what fails is no hairline");
    assert!(owners("hairline").contains(&Owner::Edge(edge_index(&graph, "ingress", "web"))));
    assert!(
        !owners("hairline").contains(&Owner::Edge(edge_index(&graph, "web", "search"))),
        "it is in a bundle"
    );
    let signs = owners("glyph-degraded").len() + owners("glyph-failing").len();
    assert_eq!(owners("dot").len() + signs / 2, graph.nodes.len(), "two marks a sign");
    for mark in &marks {
        if let Shape::Text(text) = &mark.shape {
            assert!(text.font.size * 0.25 >= 9.0, "{}", text.text);
        }
    }
    let checkout = crate::hit::Hit::Node(node_index(&graph, "cart"));
    let lit = crate::lit(&crate::Drawing { hover: Some(checkout), ..far }, None, &marks);
    let own = Owner::Edge(edge_index(&graph, "cart", "checkout"));
    assert!(lit.iter().any(|mark| mark.owner == own && mark.role == "edge"), "a lit dot shows its calls");
}

#[test]
fn far_names_of_cards_keep_clear_of_dots_and_of_each_other() {
    let graph = shop();
    let scene = placed(&graph);
    for zoom in [0.3, 0.2] {
        let far = crate::Drawing { level: Level::Far, zoom, ..drawing(&graph, &scene) };
        let marks = crate::marks(&far);
        let mut names: Vec<Rect> = Vec::new();
        for mark in marks.iter().filter(|mark| mark.role == "name") {
            let Shape::Text(text) = &mark.shape else { panic!("{mark:?}") };
            let width = far.measure.width(&text.text, text.font);
            // Without what a letter may reach below its line, which the painter keeps free but the text need not fill.
            let rect = Rect::new(text.at.x, text.at.y - 0.7 * text.font.size, width, 0.7 * text.font.size);
            assert!(names.iter().all(|other| !other.overlaps(&rect)), "{} at {zoom}", text.text);
            for mark in marks.iter().filter(|mark| mark.role == "dot") {
                let Shape::Circle { centre, radius } = mark.shape else { panic!("{mark:?}") };
                let dot = Rect::new(centre.x, centre.y, 0.0, 0.0).grown(radius);
                assert!(!dot.overlaps(&rect), "{} at {zoom}", text.text);
            }
            names.push(rect);
        }
        assert!(names.len() * 2 > graph.nodes.len(), "{} names at {zoom}", names.len());
    }
}

#[test]
fn one_band_alone_keeps_its_lines() {
    let mut graph = shop();
    graph.boxes.retain(|b| b.name == "shop");
    let scene = placed(&graph);
    assert!(of(&graph, &scene, &Places::new(&graph, &scene), &all, 4.0).is_none());
    let marks = crate::marks(&crate::Drawing { level: Level::Far, zoom: 0.2, ..drawing(&graph, &scene) });
    let lines = marks.iter().filter(|mark| mark.role == "edge" && mark.owner != Owner::None).count();
    assert_eq!(lines, graph.edges.len());
}

#[test]
fn lines_between_stacked_bands_run_upright_and_side_by_side() {
    let band = |y: f64, width: f64| Rect::new(0.0, y, width, 100.0);
    let (a, b, c) = (band(0.0, 600.0), band(200.0, 600.0), band(400.0, 300.0));
    let mut lines = vec![Line::new(a, b), Line::new(b, c), Line::new(a, c)];
    spread(&mut lines);
    for line in &lines {
        let cubic = line.cubic();
        assert!((cubic.from.x - cubic.to.x).abs() < 1e-9 && cubic.from.y < cubic.to.y);
    }
    let across: Vec<f64> = lines.iter().map(|line| line.across.0).collect();
    assert!((across[0] - across[2]).abs() > 20.0 && (across[1] - across[2]).abs() > 20.0, "{across:?}");
    let back = Line::new(c, a).cubic();
    assert!(back.from.y > back.to.y, "upwards, from border to border");
}

#[test]
fn what_is_bundled_cannot_be_hit_but_what_fails_and_hairlines_can() {
    let graph = shop();
    let scene = placed(&graph);
    let index = crate::hit::SceneIndex::new(&graph, &scene);
    let hit = |source: &str, target: &str, bundled: bool| {
        let edge = edge_index(&graph, source, target);
        let aim = crate::hit::Aim { tolerance: 2.0, bundled, ..crate::hit::Aim::default() };
        index.hit(&graph, &scene, index.middle_of(edge).unwrap(), aim) == Some(crate::hit::Hit::Edge(edge))
    };
    assert!(hit("web", "search", false) && !hit("web", "search", true));
    assert!(hit("checkout", "pay.acme.example", true));
    assert!(hit("ingress", "web", true), "a hairline");
    let hairline = edge_index(&graph, "ingress", "web");
    let mut shown = vec![true; graph.edges.len()];
    let (far, near_by) = (index.middle_of(hairline).unwrap(), 4.0);
    let at = |dy: f64, shown: &[bool]| {
        let aim = crate::hit::Aim {
            tolerance: 6.0,
            bundled: true,
            shown: Some(shown),
            ..crate::hit::Aim::default()
        };
        index.hit(&graph, &scene, Point::new(far.x, far.y + dy), aim)
    };
    assert_eq!(at(0.0, &shown), Some(crate::hit::Hit::Edge(hairline)));
    assert!(matches!(at(near_by, &shown), Some(crate::hit::Hit::Group(_))), "the land stays within reach");
    shown[hairline] = false;
    assert!(matches!(at(0.0, &shown), Some(crate::hit::Hit::Group(_))), "what is not drawn is not hit");
}

#[test]
fn too_many_calls_within_bands_are_neither_drawn_nor_hit() {
    let mut graph = shop();
    let hairline = edge_index(&graph, "ingress", "web");
    let one = graph.edges[hairline].clone();
    graph.edges.extend((0..HAIRLINES).map(|at| Edge { id: format!("{}/{at}", one.id), ..one.clone() }));
    let scene = placed(&graph);
    let far = crate::Drawing { level: Level::Far, zoom: 0.25, ..drawing(&graph, &scene) };
    assert!(crate::marks(&far).iter().all(|mark| mark.role != "hairline"));
    let index = crate::hit::SceneIndex::new(&graph, &scene);
    let aim = crate::hit::Aim { tolerance: 6.0, bundled: true, ..crate::hit::Aim::default() };
    let hit = index.hit(&graph, &scene, index.middle_of(hairline).unwrap(), aim);
    assert!(!matches!(hit, Some(crate::hit::Hit::Edge(_))), "{hit:?}");
}
