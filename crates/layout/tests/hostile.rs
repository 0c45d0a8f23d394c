//! That no input, however broken, brings the engine down: keys that come twice or name nothing, groups in circles,
//! lengths that are no lengths, everything pinned at once.

#[path = "common/remember.rs"]
mod remember;

use layout::{Edge, Group, GroupKind, Input, Node, Point, Port, Size, place, update};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use remember::config;

/// Few keys, so that they meet: as cards, as groups, as ends of lines.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-h]", 1 => "[a-h]/[a-c]", 1 => Just(String::new()), 1 => ".{0,3}"]
}

/// Mostly what a screen shows, else anything that a float can be.
fn length() -> impl Strategy<Value = f64> {
    let bad = [0.0, -0.0, -3.0, 1e-300, 1e7, 1e300, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    prop_oneof![6 => 0.0..300.0_f64, 2 => -2_000.0..2_000.0_f64, 1 => prop::sample::select(bad.to_vec()), 1 => any::<f64>()]
}

fn size() -> impl Strategy<Value = Size> {
    (length(), length()).prop_map(|(width, height)| Size::new(width, height))
}

fn node(pinned: f64) -> impl Strategy<Value = Node> {
    let port = (key(), length()).prop_map(|(key, y)| Port { key, y });
    let pin = option::weighted(pinned, (length(), length()).prop_map(|(x, y)| Point::new(x, y)));
    (key(), size(), option::of(key()), vec(port, 0..3), pin).prop_map(|(key, size, group, ports, pin)| Node {
        key,
        size,
        group,
        ports,
        pin,
    })
}

fn edge() -> impl Strategy<Value = Edge> {
    let end = || (key(), option::of(key()));
    (key(), end(), end(), length(), length(), option::of(size())).prop_map(
        |(key, (source, source_port), (target, target_port), weight, width, label)| Edge {
            key,
            source,
            source_port,
            target,
            target_port,
            weight,
            width,
            label,
        },
    )
}

fn group() -> impl Strategy<Value = Group> {
    let kind = prop_oneof![Just(GroupKind::Band), Just(GroupKind::App), Just(GroupKind::Region)];
    (key(), option::of(key()), kind, size()).prop_map(|(key, parent, kind, title)| Group {
        key,
        parent,
        kind,
        title,
    })
}

fn input() -> impl Strategy<Value = Input> {
    let pinned = prop_oneof![Just(0.01), Just(0.2), Just(0.99)];
    let nodes = pinned.prop_flat_map(|pinned| vec(node(pinned), 0..14));
    (nodes, vec(edge(), 0..30), vec(group(), 0..8), length())
        .prop_map(|(nodes, edges, groups, aspect)| Input { nodes, edges, groups, aspect })
}

proptest! {
    #![proptest_config(config(300, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostile.regressions")))]

    #[test]
    fn no_input_brings_it_down(inputs in vec(input(), 1..5)) {
        let mut scene = place(&inputs[0]);
        for input in &inputs {
            scene = update(&scene, input).scene;
            let cards = scene.nodes.iter().map(|node| node.rect);
            let boxes = scene.groups.iter().map(|group| group.rect);
            let labels = scene.edges.iter().filter_map(|edge| edge.label);
            for rect in cards.chain(boxes).chain(labels).chain([scene.bounds]) {
                let numbers = [rect.x, rect.y, rect.width, rect.height];
                prop_assert!(numbers.iter().all(|number| number.is_finite()), "{:?}", rect);
            }
            let pieces = scene.edges.iter().flat_map(|edge| &edge.path);
            for point in pieces.flat_map(|cubic| [cubic.from, cubic.c1, cubic.c2, cubic.to]) {
                prop_assert!(point.x.is_finite() && point.y.is_finite(), "{:?}", point);
            }
        }
    }
}
