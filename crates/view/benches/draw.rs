//! What the page does in a frame, on meshes of about 100 and 1,000 services: the display list whole and in a window,
//! a refresh of figures, a step of the particles, a look under the pointer.

use criterion::{Criterion, criterion_group, criterion_main};
use layout::{Point, Rect};
use model::Graph;
use std::hint::black_box;
use view::{
    ApproximateMeasure, Drawing, Level, cards,
    hit::{Aim, SceneIndex},
    label,
    particles::Particles,
};

const SHOP: &str = include_str!("../tests/fixture/shop.json");

/// So many shops side by side: each has 17 nodes and 22 edges.
fn shops(copies: usize) -> Graph {
    let shop: Graph = serde_json::from_str(SHOP).expect("the fixture is an answer of the API");
    let mut graph = Graph { nodes: vec![], edges: vec![], boxes: vec![], ..shop.clone() };
    for copy in 0..copies {
        let named = |id: &String| format!("{copy}/{id}");
        for node in &shop.nodes {
            graph.nodes.push(model::Node { id: named(&node.id), ..node.clone() });
        }
        for edge in &shop.edges {
            let (id, source, target) = (named(&edge.id), named(&edge.source), named(&edge.target));
            graph.edges.push(model::Edge { id, source, target, ..edge.clone() });
        }
        for inner in &shop.boxes {
            let members = inner.members.iter().map(named).collect();
            graph.boxes.push(model::GraphBox { id: named(&inner.id), members, ..inner.clone() });
        }
    }
    graph
}

fn draw(criterion: &mut Criterion) {
    let labels = label::by_words(&["rate", "errors"]);
    for copies in [6, 59] {
        let graph = shops(copies);
        let options = cards::Options { labels: labels.clone(), pins: vec![], aspect: 1.6 };
        let scene = layout::place(&cards::input(&graph, &options, &ApproximateMeasure));
        let mut group = criterion.benchmark_group(format!("{} nodes", graph.nodes.len()));
        let near = Drawing { labels: &labels, ..Drawing::plain(&graph, &scene, &ApproximateMeasure) };
        let window = Rect::new(scene.bounds.x, scene.bounds.y, 1_440.0, 900.0);
        let middle = Drawing { level: Level::Middle, zoom: 0.5, ..near };
        group.bench_function("marks in a window", |b| {
            b.iter(|| view::marks(black_box(&Drawing { clip: Some(window), ..near })));
        });
        group.bench_function("all marks, near", |b| b.iter(|| view::marks(black_box(&near))));
        group.bench_function("all marks, middle", |b| b.iter(|| view::marks(black_box(&middle))));
        let far = Drawing { level: Level::Far, zoom: 0.2, ..near };
        group.bench_function("all marks, far", |b| b.iter(|| view::marks(black_box(&far))));
        group.bench_function("layout input", |b| {
            b.iter(|| cards::input(black_box(&graph), &options, &ApproximateMeasure));
        });
        group.bench_function("diff of figures", |b| b.iter(|| view::diff::diff(black_box(&graph), &graph)));
        let mut particles = Particles::new(&graph, &scene);
        particles.settle();
        group.bench_function("particles, one frame", |b| b.iter(|| particles.step(black_box(0.016))));
        let index = SceneIndex::new(&graph, &scene);
        let aim = Aim { tolerance: 6.0, details: true, bundled: false, ..Aim::default() };
        let at = Point::new(scene.bounds.centre().x, scene.bounds.centre().y);
        group.bench_function("hit", |b| b.iter(|| index.hit(&graph, &scene, black_box(at), aim)));
        group.finish();
    }
}

criterion_group!(benches, draw);
criterion_main!(benches);
