//! Shapes everybody knows, and shapes as plain as can be: each must come out as a careful hand would draw it.

mod common;

use common::{assert_lawful, figures};
use layout::{Input, Scene, generate, place};

fn drawn(input: &Input) -> Scene {
    let scene = place(input);
    assert_lawful(&scene, input);
    scene
}

#[test]
fn a_star_has_its_gateway_in_the_middle_and_no_crossing() {
    let input = generate::star(12);
    let scene = drawn(&input);
    let figures = figures(&scene, &input);
    assert_eq!((figures.crossings, figures.backward), (0, 0));
    let middle = |key: &str| {
        let rect = scene.nodes.iter().find(|node| node.key == key).expect("the card is placed").rect;
        rect.y + rect.height / 2.0
    };
    let leaves: Vec<f64> = (0..12).map(|leaf| middle(&format!("leaf-{leaf:02}"))).collect();
    let (top, foot) = leaves.iter().fold((f64::MAX, f64::MIN), |range, &y| (range.0.min(y), range.1.max(y)));
    let share = (middle("gateway") - top) / (foot - top);
    assert!((0.3..0.7).contains(&share), "{share}");
}

#[test]
fn a_chain_is_one_level_line() {
    let input = generate::chain(30);
    let scene = drawn(&input);
    let figures = figures(&scene, &input);
    assert_eq!((figures.crossings, figures.bends, figures.backward), (0, 0, 0));
    assert!(scene.edges.iter().all(|edge| edge.path.len() == 1));
}

#[test]
fn a_circle_has_one_line_back_over_its_cards() {
    let input = generate::ring(12);
    let scene = drawn(&input);
    let figures = figures(&scene, &input);
    assert_eq!((figures.crossings, figures.backward), (0, 1));
    let back = scene.edges.iter().find(|edge| edge.back).expect("one line runs back");
    assert_eq!((back.source.as_str(), back.target.as_str()), ("link-11", "link-00"), "the lightest");
    let highest = scene.nodes.iter().map(|node| node.rect.y).fold(f64::MAX, f64::min);
    assert!(back.path.iter().any(|piece| piece.to.y < highest), "it goes over the top");
}

#[test]
fn halves_stand_apart_and_alike() {
    let input = generate::halves();
    let scene = drawn(&input);
    assert_eq!(figures(&scene, &input).crossings, 0);
    let size = |key: &str| {
        let rect = scene.groups.iter().find(|group| group.key == key).expect("the band is placed").rect;
        (rect.width, rect.height)
    };
    assert_eq!(size("east"), size("west"));
}

#[test]
fn a_hub_with_three_hundred_callers_keeps_the_windows_shape() {
    let input = generate::hub(300);
    let scene = drawn(&input);
    let figures = figures(&scene, &input);
    assert_eq!((figures.crossings, figures.backward), (0, 0));
    assert!((0.5..2.6).contains(&figures.aspect), "{}", figures.aspect);
}

#[test]
fn well_known_systems_are_lawful_and_calm() {
    for (name, input, most) in
        [("socks", generate::sock_shop(), 2), ("boutique", generate::online_boutique(), 2)]
    {
        let found = figures(&drawn(&input), &input).crossings;
        assert!(found <= most, "{name}: {found}");
    }
    let tickets = generate::train_ticket();
    assert!(tickets.nodes.len() >= 41, "{}", tickets.nodes.len());
    let found = figures(&drawn(&tickets), &tickets);
    assert!((0.9..2.6).contains(&found.aspect), "{found:?}");
}

#[test]
fn a_mesh_has_all_that_meshes_have() {
    for seed in 0..5 {
        let input = generate::mesh(300, seed);
        let linked = |key: &String| input.edges.iter().any(|edge| edge.source == *key || edge.target == *key);
        assert!(input.nodes.iter().any(|node| !linked(&node.key)), "cards that nobody calls");
        assert!(input.nodes.iter().any(|node| !node.ports.is_empty()), "rows");
        assert!(input.groups.iter().any(|group| group.kind == layout::GroupKind::App), "boxes");
        assert!(place(&input).edges.iter().any(|edge| edge.back), "circles");
        let called = |key: &String| input.edges.iter().filter(|edge| edge.target == *key).count();
        assert!(input.nodes.iter().any(|node| called(&node.key) >= 8), "hubs");
        assert_eq!(input, generate::mesh(300, seed), "the same seed, the same mesh");
    }
}
