//! Scenes on their way to others, and cards in the hand.

use super::{drawing, node, node_index, placed, shop};
use crate::{
    mark::Owner,
    marks,
    particles::Particles,
    tween::{self, Tween},
};
use layout::{Point, Scene};
use model::Graph;

/// The shop without one of its cards, and the shop, which keeps the places of the first.
fn grown() -> (Graph, Scene, Graph, Scene) {
    let after = shop();
    let mut before = after.clone();
    let gone = node(&after, "search-index").id.clone();
    before.nodes.retain(|node| node.id != gone);
    before.edges.retain(|edge| edge.source != gone && edge.target != gone);
    before.boxes.iter_mut().for_each(|land| land.members.retain(|member| *member != gone));
    let (from, to) = (placed(&before), placed(&after));
    (before, from, after, to)
}

#[test]
fn nothing_to_do_is_no_tween() {
    let graph = shop();
    let scene = placed(&graph);
    assert!(Tween::new(&scene, &scene.clone(), &graph).is_none());
}

#[test]
fn it_begins_where_things_stood_and_ends_exactly_where_they_shall() {
    let (_, from, graph, to) = grown();
    let tween = Tween::new(&from, &to, &graph).unwrap();
    let mut scene = to.clone();
    tween.step(&mut scene, 0.0);
    for node in &from.nodes {
        let now = scene.nodes.iter().find(|now| now.key == node.key).unwrap();
        assert_eq!(now.rect, node.rect, "{}", node.key);
    }
    for route in &from.edges {
        let now = scene.edges.iter().find(|now| now.key == route.key).unwrap();
        let ends = |path: &[layout::Cubic]| (path[0].from, path[path.len() - 1].to);
        assert_eq!(ends(&now.path), ends(&route.path), "{}", route.key);
    }
    tween.step(&mut scene, 0.4);
    assert_ne!(scene, to);
    for route in &scene.edges {
        let card = scene.nodes.iter().find(|node| node.key == route.source).unwrap().rect;
        let from = route.path[0].from;
        assert!(card.grown(0.01).contains(from) || route.looped, "{} holds on to its card", route.key);
    }
    tween.step(&mut scene, 1.0);
    assert_eq!(scene, to);
}

#[test]
fn what_is_new_comes_in_and_what_went_goes_out() {
    let (before, from, after, to) = grown();
    let coming = Tween::new(&from, &to, &after).unwrap();
    let drawing_after = drawing(&after, &to);
    let (mut faded, plain) = (marks(&drawing_after), marks(&drawing_after));
    coming.fade_in(&mut faded, 0.25);
    let fresh = Owner::Node(node_index(&after, "search-index"));
    let strength = |mark: &crate::Mark| mark.fill.map_or(0.0, |fill| fill.opacity);
    let mut seen = 0;
    for (faded, plain) in faded.iter().zip(&plain) {
        let factor = if faded.owner == fresh { 0.25 } else { 1.0 };
        if matches!(faded.owner, Owner::Node(_)) {
            assert!((strength(faded) - factor * strength(plain)).abs() < 1e-9, "{faded:?}");
            seen += usize::from(faded.owner == fresh);
        }
    }
    assert!(seen > 1, "the newcomer has marks");
    let going = Tween::new(&to, &from, &before).unwrap();
    assert_eq!(going.left.nodes.len(), 1);
    let mut leaving = marks(&drawing(&after, &going.left));
    assert!(leaving.iter().any(|mark| mark.owner == fresh), "what went is still drawn");
    tween::fade_out(&mut leaving, 1.0);
    assert!(leaving.iter().all(|mark| strength(mark) == 0.0 && mark.owner == Owner::None));
}

#[test]
fn a_card_in_the_hand_takes_the_ends_of_its_lines_along() {
    let graph = shop();
    let before = placed(&graph);
    let cart = node(&graph, "cart").id.clone();
    let mut scene = before.clone();
    tween::carry(&mut scene, &cart, Point::new(30.0, -12.0));
    for (now, was) in scene.nodes.iter().zip(&before.nodes) {
        let by = if now.key == cart { (30.0, -12.0) } else { (0.0, 0.0) };
        assert_eq!((now.rect.x, now.rect.y), (was.rect.x + by.0, was.rect.y + by.1));
    }
    for (now, was) in scene.edges.iter().zip(&before.edges) {
        let (start, end) = (now.path[0].from, now.path[now.path.len() - 1].to);
        let (old_start, old_end) = (was.path[0].from, was.path[was.path.len() - 1].to);
        let by = |mine: bool| if mine { 30.0 } else { 0.0 };
        assert!((start.x - old_start.x - by(now.source == cart)).abs() < 1e-9, "{}", now.key);
        assert!((end.x - old_end.x - by(now.target == cart)).abs() < 1e-9, "{}", now.key);
    }
}

#[test]
fn particles_stay_on_a_line_that_swings() {
    let (_, from, graph, to) = grown();
    let tween = Tween::new(&from, &to, &graph).unwrap();
    let mut particles = Particles::new(&graph, &to);
    particles.settle();
    let count = particles.all().len();
    let mut scene = to.clone();
    tween.step(&mut scene, 0.5);
    particles.bend(tween.bent(&scene));
    assert_eq!(particles.all().len(), count, "none is lost");
    for particle in particles.all() {
        let id = &graph.edges[particle.edge].id;
        let route = scene.edges.iter().find(|route| route.key == *id).unwrap();
        let arc = crate::curve::Arc::new(&route.path);
        assert!(arc.distance_to(Point::new(particle.x, particle.y)) < 1e-6, "{id}");
    }
}
