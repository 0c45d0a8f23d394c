//! One picture for several moments, and groups that fold up and unfold.

mod common;

use common::assert_lawful;
use layout::{Edge, Input, Node, Rect, Scene, Size, generate, place, restrict, union, update};

fn rect(scene: &Scene, key: &str) -> Rect {
    scene.nodes.iter().find(|node| node.key == key).expect("the card is in the scene").rect
}

/// The shop with a band folded up to one card, its lines summed.
fn folded(band: &str) -> Input {
    let mut input = generate::shop();
    let is_member = |key: &str| key.starts_with(&format!("{band}/"));
    input.nodes.retain(|node| !is_member(&node.key));
    let mut edges: Vec<Edge> = Vec::new();
    for edge in input.edges {
        let end = |key: &str| if is_member(key) { band.to_owned() } else { key.to_owned() };
        let (source, target) = (end(&edge.source), end(&edge.target));
        let key = if is_member(&edge.source) || is_member(&edge.target) {
            format!("{source}>{target}")
        } else {
            edge.key.clone()
        };
        match edges.iter_mut().find(|known| known.key == key) {
            Some(known) => known.weight += edge.weight,
            None if source != target => {
                edges.push(Edge { key, source, target, source_port: None, target_port: None, ..edge });
            }
            None => {}
        }
    }
    input.edges = edges;
    let size = Size::new(150.0, 46.0);
    input.nodes.push(Node { key: band.to_owned(), size, ..Node::default() });
    input
}

#[test]
fn a_band_that_folds_up_moves_nobody() {
    for band in ["edge", "shop", "data"] {
        let scene = place(&generate::shop());
        let input = folded(band);
        let next = update(&scene, &input);
        assert_lawful(&next.scene, &input);
        assert!(next.moved.is_empty(), "{band}: {:?}", next.moved);
        let land = scene.groups.iter().find(|group| group.key == band).expect("the band stood").rect;
        assert!(land.contains(rect(&next.scene, band).centre()), "{band} comes where its cards stood");
    }
}

#[test]
fn a_band_unfolds_where_its_card_stood() {
    for band in ["edge", "shop", "data"] {
        let scene = place(&folded(band));
        let input = generate::shop();
        let next = update(&scene, &input);
        assert_lawful(&next.scene, &input);
        let land = next.scene.groups.iter().find(|group| group.key == band).expect("the band is back").rect;
        let old = rect(&scene, band);
        assert!(land.y <= old.centre().y && land.bottom() >= old.centre().y, "{band}: {land:?} {old:?}");
        assert!(land.x <= old.right() && land.right() >= old.x, "{band}: {land:?} {old:?}");
        assert!(next.scene.edges.iter().all(|edge| !edge.back), "{band}: calls still go to the right");
        let back = update(&next.scene, &folded(band));
        assert!(back.moved.is_empty(), "folding it up again moves nobody: {:?}", back.moved);
    }
}

#[test]
fn what_stands_keeps_its_order_round_a_band_that_unfolds() {
    let old =
        ["in -> a 9", "in -> b 9", "a -> out 9", "b -> out 9", "in -> out 9", "in -> end 9", "in -> land 9"];
    let scene = place(&generate::sketch(&["in", "a", "b", "land", "out", "end"], &old));
    let cards: Vec<String> = (0..20).map(|n| format!("land/{n}")).collect();
    let calls: Vec<String> = cards.iter().map(|card| format!("in -> {card} 3")).collect();
    let cards = ["in", "a", "b", "out", "end"].into_iter().chain(cards.iter().map(String::as_str));
    let lines: Vec<&str> = old[..6].iter().copied().chain(calls.iter().map(String::as_str)).collect();
    let input = generate::sketch(&cards.collect::<Vec<_>>(), &lines);
    let next = update(&scene, &input);
    assert_lawful(&next.scene, &input);
    let land = next.scene.groups[0].rect;
    assert!(land.height < 1_400.0, "more than one column: {land:?}");
    for edge in next.scene.edges.iter().filter(|edge| !edge.target.starts_with("land")) {
        let inside = |step: usize, cubic: &layout::Cubic| land.contains(cubic.at(step as f64 / 8.0));
        let meets = edge.path.iter().any(|cubic| (0..=8).any(|step| inside(step, cubic)));
        assert!(!meets, "{} runs through what unfolded", edge.key);
    }
    for (a, b) in ["in", "a", "b", "out", "end"].iter().flat_map(|a| ["a", "b"].map(|b| (*a, b))) {
        let beside = |scene: &Scene| rect(scene, a).right() < rect(scene, b).x;
        let above = |scene: &Scene| rect(scene, a).y < rect(scene, b).y;
        assert_eq!(beside(&scene), beside(&next.scene), "{a} and {b}");
        assert!(a != "a" || above(&scene) == above(&next.scene), "{a} and {b}");
    }
}

#[test]
fn folding_up_and_unfolding_keeps_the_room() {
    let scene = place(&generate::shop());
    let up = update(&scene, &folded("data"));
    let out = update(&up.scene, &generate::shop());
    assert_lawful(&out.scene, &generate::shop());
    assert!(out.moved.len() <= 2, "the hole is still there: {:?}", out.moved);
}

#[test]
fn nothing_moves_along_the_time_line() {
    let whole = generate::shop();
    let frames: Vec<Input> = (0..4)
        .map(|frame| {
            let mut input = whole.clone();
            input.nodes.retain(|node| node.key.len() % 4 != frame);
            let there = |key: &String| input.nodes.iter().any(|node| node.key == *key);
            input.edges.retain(|edge| there(&edge.source) && there(&edge.target));
            input.nodes.iter_mut().for_each(|node| node.size.height += frame as f64);
            input
        })
        .collect();
    let all = union(&frames);
    assert!(all.nodes.len() > frames.iter().map(|frame| frame.nodes.len()).max().unwrap_or(0));
    for frame in &frames {
        let part = restrict(&all, frame);
        assert_eq!(part.nodes.len(), frame.nodes.len());
        assert_eq!(part.edges.len(), frame.edges.len());
        assert!(part.nodes.iter().all(|node| node.rect == rect(&all, &node.key)));
        let keys = |scene: &Scene| scene.groups.iter().map(|group| group.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&part), keys(&place(frame)), "a box without a card is left out");
    }
    assert_eq!(union(std::slice::from_ref(&whole)), place(&whole));
    assert_eq!(union(&[]), Scene::default());
}
