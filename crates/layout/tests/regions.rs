//! Land round bands: a region, e.g. a cluster, holds its bands and the cards that stand in it without one. It, its bands
//! and apps fold up to a card and unfold in place.

mod common;

use std::collections::BTreeSet;

use common::assert_lawful;
use layout::{Edge, Group, GroupKind, Input, Node, Rect, Scene, Size, generate, place, update};

fn land(scene: &Scene, key: &str) -> Rect {
    scene.groups.iter().find(|group| group.key == key).expect("the box is in the scene").rect
}

fn card(scene: &Scene, key: &str) -> Rect {
    scene.nodes.iter().find(|node| node.key == key).expect("the card is in the scene").rect
}

/// The shop's bands in one region.
fn shop() -> Input {
    let mut input = generate::shop();
    let title = Size::new(80.0, 22.0);
    input.groups.iter_mut().for_each(|group| group.parent = Some("west".to_owned()));
    input.groups.push(Group { key: "west".to_owned(), kind: GroupKind::Region, title, ..Group::default() });
    input
}

/// A mesh in three regions.
fn mesh(n: usize, seed: u64) -> Input {
    generate::in_regions(generate::mesh(n, seed), 3)
}

/// The input with all that stands in a box as one card, its lines summed.
fn folded(input: &Input, key: &str) -> Input {
    let parent = |own: &String| input.groups.iter().find(|group| group.key == *own)?.parent.clone();
    let within = |own: Option<String>| std::iter::successors(own, parent).take(3).any(|own| own == key);
    let members: BTreeSet<&String> =
        input.nodes.iter().filter(|node| within(node.group.clone())).map(|node| &node.key).collect();
    let mut less = input.clone();
    less.nodes.retain(|node| !members.contains(&node.key));
    less.groups.retain(|group| !within(Some(group.key.clone())));
    let mut edges: Vec<Edge> = Vec::new();
    for edge in &input.edges {
        let end = |end: &String| if members.contains(end) { key.to_owned() } else { end.clone() };
        let (source, target) = (end(&edge.source), end(&edge.target));
        let sums = source == key || target == key;
        let name = if sums { format!("{source}>{target}") } else { edge.key.clone() };
        if source == target && sums || edges.iter().any(|known| known.key == name) {
            continue;
        }
        edges.push(if sums {
            Edge { key: name, source, target, source_port: None, target_port: None, ..edge.clone() }
        } else {
            edge.clone()
        });
    }
    less.edges = edges;
    let group = parent(&key.to_owned());
    less.nodes.push(Node { key: key.to_owned(), size: Size::new(150.0, 46.0), group, ..Node::default() });
    less
}

fn boxes(input: &Input, kind: GroupKind) -> Vec<String> {
    let of_kind = input.groups.iter().filter(|group| group.kind == kind);
    of_kind.map(|group| group.key.clone()).collect()
}

/// What has moved, by comparing.
fn moved(before: &Scene, after: &Scene) -> Vec<String> {
    let stood = |key: &String| before.nodes.iter().find(|node| node.key == *key).map(|node| node.rect);
    let has_moved = |node: &&layout::PlacedNode| {
        stood(&node.key).is_some_and(|old| (old.x, old.y) != (node.rect.x, node.rect.y))
    };
    after.nodes.iter().filter(has_moved).map(|node| node.key.clone()).collect()
}

#[test]
fn a_region_lies_round_its_bands() {
    let input = shop();
    let scene = place(&input);
    assert_lawful(&scene, &input);
    let west = land(&scene, "west");
    for band in ["edge", "shop", "data"] {
        let band = land(&scene, band);
        assert!(band.x - west.x >= 12.0 && west.right() - band.right() >= 12.0, "{west:?} {band:?}");
        assert!(west.bottom() - band.bottom() >= 12.0, "{west:?} {band:?}");
        assert!(band.y - west.y >= 12.0 + 22.0, "the title has room");
    }
}

#[test]
fn whatever_folds_up_moves_nobody() {
    let mut folds = 0;
    for seed in 0..6 {
        let input = mesh(60, seed);
        let scene = place(&input);
        for kind in [GroupKind::Region, GroupKind::Band, GroupKind::App] {
            for key in boxes(&input, kind) {
                let Some(group) = scene.groups.iter().find(|group| group.key == key) else { continue };
                let less = folded(&input, &key);
                let next = update(&scene, &less);
                assert_lawful(&next.scene, &less);
                assert_eq!(next.moved, Vec::<String>::new(), "{key} of {seed}");
                assert!(group.rect.contains(card(&next.scene, &key).centre()), "{key} comes where it stood");
                folds += 1;
            }
        }
    }
    assert!(folds > 60, "{folds}");
}

#[test]
fn whatever_unfolds_does_so_where_its_card_stood() {
    for seed in 0..6 {
        let input = mesh(60, seed);
        for kind in [GroupKind::Region, GroupKind::Band, GroupKind::App] {
            for key in boxes(&input, kind).into_iter().take(4) {
                let less = folded(&input, &key);
                let scene = place(&less);
                let next = update(&scene, &input);
                assert_lawful(&next.scene, &input);
                assert_eq!(next.moved, moved(&scene, &next.scene), "what moved is told");
                let Some(group) = next.scene.groups.iter().find(|group| group.key == key) else { continue };
                let old = card(&scene, &key);
                assert!(group.rect.x <= old.right(), "{key} of {seed}: {:?} {old:?}", group.rect);
                assert!(
                    group.rect.y <= old.bottom() && group.rect.bottom() >= old.y,
                    "{:?} {old:?}",
                    group.rect
                );
            }
        }
    }
}

#[test]
fn an_app_that_folds_up_and_unfolds_is_where_it_was() {
    let (mut apps, mut still) = (0, 0);
    for seed in 0..12 {
        let input = mesh(100, seed);
        let scene = place(&input);
        for key in boxes(&input, GroupKind::App) {
            let less = folded(&input, &key);
            let up = update(&scene, &less);
            let back = update(&up.scene, &input);
            assert_lawful(&back.scene, &input);
            assert_eq!(back.scene.nodes, scene.nodes, "{key} of {seed}");
            assert_eq!(back.scene.groups, scene.groups, "{key} of {seed}");
            // And the other way round, where nobody had to give way.
            let open = update(&up.scene, &input);
            if open.moved.is_empty() {
                let again = update(&open.scene, &less);
                assert_eq!(again.scene.nodes, up.scene.nodes, "{key} of {seed}");
            }
            let fresh = place(&less);
            apps += 1;
            still += usize::from(update(&fresh, &input).moved.len() <= 3);
        }
    }
    assert!(apps > 20 && still * 4 > apps * 3, "{still} of {apps} apps pushed three cards at most");
}

#[test]
fn a_region_that_folds_up_and_unfolds_has_its_room() {
    for seed in 0..6 {
        let input = mesh(40, seed);
        let scene = place(&input);
        for key in boxes(&input, GroupKind::Region) {
            let up = update(&scene, &folded(&input, &key));
            let out = update(&up.scene, &input);
            assert_lawful(&out.scene, &input);
            assert_eq!(out.moved, moved(&up.scene, &out.scene));
        }
    }
}

#[test]
fn folding_again_gives_back_what_had_given_way() {
    let mut pushed = 0;
    for seed in 0..6 {
        let input = mesh(60, seed);
        for kind in [GroupKind::Region, GroupKind::Band, GroupKind::App] {
            for key in boxes(&input, kind).into_iter().take(3) {
                let less = folded(&input, &key);
                let before = place(&less);
                let open = update(&before, &input);
                pushed += open.moved.len();
                // Over the picture from before the opening, which whoever folds has kept.
                assert_eq!(update(&before, &less).scene, before, "{key} of {seed}");
            }
        }
    }
    assert!(pushed > 100, "{pushed}");
}
