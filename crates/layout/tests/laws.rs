//! What holds for every picture, whatever is thrown at the engine.

mod common;
#[path = "common/tangle.rs"]
mod tangle;

use common::assert_lawful;
use layout::{Edge, Input, Node, Scene, Size, generate, place, update};
use proptest::prelude::*;
use tangle::{tangle, tangle_of_regions};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn every_tangle_is_lawful(n in 1_usize..40, seed in 0_u64..100_000) {
        let input = tangle(n, seed);
        let scene = place(&input);
        assert_lawful(&scene, &input);
        assert_no_empty_column(&scene);
    }

    #[test]
    fn every_tangle_of_regions_is_lawful(n in 1_usize..40, seed in 0_u64..100_000) {
        let input = tangle_of_regions(n, seed);
        let scene = place(&input);
        assert_lawful(&scene, &input);
        assert_no_empty_column(&scene);
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(n in 1_usize..30, seed in 0_u64..100_000) {
        let input = if seed % 2 == 0 { tangle(n, seed) } else { tangle_of_regions(n, seed) };
        let mut other = input.clone();
        other.nodes.reverse();
        other.groups.reverse();
        let turn = n / 2;
        other.nodes.rotate_left(turn);
        other.edges.reverse();
        let (one, two) = (place(&input), place(&other));
        prop_assert_eq!(&one, &place(&input), "the same input twice");
        for node in &one.nodes {
            prop_assert_eq!(node, two.nodes.iter().find(|other| other.key == node.key).unwrap());
        }
        for edge in &one.edges {
            prop_assert_eq!(edge, two.edges.iter().find(|other| other.key == edge.key).unwrap());
        }
    }
}

fn assert_no_empty_column(scene: &Scene) {
    let columns = scene.nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0);
    let empty = (0..columns).find(|&column| scene.nodes.iter().all(|node| node.layer != column));
    assert_eq!(empty, None, "a column holds no card");
}

#[test]
fn meshes_are_lawful() {
    for (n, seed) in [(50, 3), (100, 5), (300, 2)] {
        for regions in [0, 3] {
            let input = generate::in_regions(generate::mesh(n, seed), regions);
            let scene = place(&input);
            assert_lawful(&scene, &input);
            assert_no_empty_column(&scene);
        }
    }
}

#[test]
fn folds_of_bands_shorter_than_the_folds_leave_no_column_empty() {
    for (n, seed) in [(18, 340), (13, 603)] {
        let input = tangle(n, seed);
        let scene = place(&input);
        assert_lawful(&scene, &input);
        assert_no_empty_column(&scene);
    }
}

#[test]
fn bad_input_is_left_out() {
    let bad = |key: &str, w: f64, h: f64| Node {
        key: key.into(),
        size: Size::new(w, h),
        group: Some("no such".into()),
        ..Node::default()
    };
    let input = Input {
        nodes: vec![
            bad("a", f64::NAN, -4.0),
            bad("a", 10.0, 10.0),
            bad("b", f64::INFINITY, 40.0),
            bad("", 0.0, 0.0),
        ],
        edges: vec![
            Edge { key: "1".into(), source: "a".into(), target: "nobody".into(), ..Edge::default() },
            Edge {
                key: "2".into(),
                source: "a".into(),
                target: "b".into(),
                weight: f64::NAN,
                width: -1.0,
                ..Edge::default()
            },
            Edge { key: "2".into(), source: "b".into(), target: "a".into(), ..Edge::default() },
        ],
        aspect: f64::NAN,
        ..Input::default()
    };
    let scene = place(&input);
    assert_eq!(scene.nodes.len(), 3);
    assert_eq!(scene.edges.len(), 1);
    assert_lawful(&scene, &input);
    assert_eq!(place(&Input::default()), Scene::default());
    assert!(update(&scene, &Input::default()).scene.nodes.is_empty());
    assert_eq!(update(&Scene::default(), &input).scene, scene);
}

#[test]
fn nothing_changes_when_nothing_changes() {
    for input in [generate::shop(), generate::versions(), generate::mesh(60, 4)] {
        let scene = place(&input);
        let next = update(&scene, &input);
        assert_eq!(next.scene.nodes, scene.nodes);
        assert_eq!(next.scene.edges, scene.edges);
        assert_eq!(next.scene.groups, scene.groups);
        assert!(
            next.moved.is_empty()
                && next.added.is_empty()
                && next.removed.is_empty()
                && next.rerouted.is_empty()
        );
    }
}
