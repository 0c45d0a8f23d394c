//! What holds for every picture, whatever is thrown at the engine.

mod common;
#[path = "common/tangle.rs"]
mod tangle;

use common::assert_lawful;
use layout::{Edge, Input, Node, Point, Scene, Size, generate, place, update};
use proptest::prelude::*;
use tangle::{Chance, tangle};

fn rect_of(scene: &Scene, key: &str) -> layout::Rect {
    scene.nodes.iter().find(|node| node.key == key).expect("the card is in the scene").rect
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn every_tangle_is_lawful(n in 1_usize..40, seed in 0_u64..100_000) {
        let input = tangle(n, seed);
        assert_lawful(&place(&input), &input);
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(n in 1_usize..30, seed in 0_u64..100_000) {
        let input = tangle(n, seed);
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

    #[test]
    fn changes_keep_the_laws_and_the_places(n in 4_usize..30, seed in 0_u64..100_000) {
        let mut input = tangle(n, seed);
        let mut scene = place(&input);
        let mut chance = Chance(seed);
        for step in 0..20 {
            change(&mut input, &mut chance, step);
            let next = update(&scene, &input);
            assert_lawful(&next.scene, &input);
            for node in &scene.nodes {
                let Some(now) = next.scene.nodes.iter().find(|now| now.key == node.key) else {
                    prop_assert!(next.removed.contains(&node.key));
                    continue;
                };
                let same = |a: f64, b: f64| a.total_cmp(&b).is_eq();
                let stayed = same(now.rect.x, node.rect.x) && same(now.rect.y, node.rect.y);
                prop_assert_eq!(stayed, !next.moved.contains(&node.key), "{}", node.key);
            }
            for edge in &scene.edges {
                if let Some(now) = next.scene.edges.iter().find(|now| now.key == edge.key) {
                    prop_assert_eq!(now.path == edge.path, !next.rerouted.contains(&edge.key));
                }
            }
            scene = next.scene;
        }
    }
}

/// One change as a mesh makes them: a card more or less, a line more or less, a version row.
fn change(input: &mut Input, chance: &mut Chance, step: usize) {
    let n = input.nodes.len();
    match chance.below(5) {
        0 => {
            let mut card = input.nodes[chance.below(n)].clone();
            card.key = format!("new-{step}");
            card.size = Size::new(130.0, 46.0);
            card.ports.clear();
            input.nodes.push(card);
            connect(input, chance, n, step);
        }
        1 if n > 3 => {
            let gone = input.nodes.remove(chance.below(n)).key;
            input.edges.retain(|edge| edge.source != gone && edge.target != gone);
        }
        2 if !input.edges.is_empty() => {
            let gone = chance.below(input.edges.len());
            input.edges.remove(gone);
        }
        3 => input.nodes[chance.below(n)].size.height += 26.0,
        _ => connect(input, chance, chance.0 as usize % n, step),
    }
}

fn connect(input: &mut Input, chance: &mut Chance, from: usize, step: usize) {
    let to = chance.below(input.nodes.len());
    input.edges.push(Edge {
        key: format!("line-{step}"),
        source: input.nodes[from].key.clone(),
        target: input.nodes[to].key.clone(),
        weight: 10.0,
        width: 2.5,
        label: Some(Size::new(40.0, 13.0)),
        ..Edge::default()
    });
}

#[test]
fn meshes_are_lawful() {
    for (n, seed) in [(50, 3), (100, 5), (300, 2)] {
        let input = generate::mesh(n, seed);
        assert_lawful(&place(&input), &input);
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

#[test]
fn a_pinned_card_stands_where_the_hand_put_it() {
    let mut input = generate::shop();
    let scene = place(&input);
    let under = rect_of(&scene, "shop/cart");
    for node in &mut input.nodes {
        if node.key == "edge/web" {
            node.pin = Some(Point::new(under.x + 10.0, under.y + 10.0));
        }
    }
    let next = update(&scene, &input);
    let web = rect_of(&next.scene, "edge/web");
    assert_eq!((web.x, web.y), (under.x + 10.0, under.y + 10.0));
    assert!(next.moved.contains(&"edge/web".to_owned()) && next.moved.contains(&"shop/cart".to_owned()));
    assert!(next.moved.len() == 2, "{:?}", next.moved);
    assert_eq!(common::figures(&next.scene, &input).overlaps, 0);
    assert_eq!(rect_of(&place(&input), "edge/web"), web);
}
