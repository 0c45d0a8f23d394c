//! What a window costs does not grow with what lies outside of it.

use super::{drawing, placed, shop};
use crate::{Drawing, Level, Owner, Segment, Shape, label};
use layout::{Cubic, Point, Rect};

#[test]
fn of_a_long_line_only_what_is_in_sight_is_drawn() {
    let graph = shop();
    let mut scene = placed(&graph);
    let from = scene.edges[0].path[0].from;
    let at = |i: u32| {
        Point::new(from.x + 100.0 * f64::from(i), from.y + if i.is_multiple_of(2) { 0.0 } else { 30.0 })
    };
    std::sync::Arc::make_mut(&mut scene.edges[0]).path =
        (0..200).map(|i| Cubic::horizontal(at(i), at(i + 1))).collect();
    let edge = graph.edges.iter().position(|edge| edge.id == scene.edges[0].key).unwrap();
    let window = Rect::new(from.x + 9_000.0, from.y - 200.0, 400.0, 400.0);
    let marks = crate::marks(&Drawing { clip: Some(window), ..drawing(&graph, &scene) });
    let line = marks.iter().find(|mark| mark.owner == Owner::Edge(edge) && mark.role == "edge");
    let Some(Shape::Path(segments)) = line.map(|line| &line.shape) else { panic!("it passes through") };
    assert!((5..=9).contains(&segments.len()), "{segments:?}");
    assert!(matches!(segments[0], Segment::Move(_)));
    let beside = Rect { y: from.y + 200.0, ..window };
    let marks = crate::marks(&Drawing { clip: Some(beside), ..drawing(&graph, &scene) });
    assert!(marks.iter().all(|mark| mark.owner != Owner::Edge(edge)), "it does not pass there");
}

#[test]
fn figures_out_of_sight_are_not_drawn_and_those_in_sight_stay() {
    let graph = shop();
    let scene = placed(&graph);
    let labels = label::by_words(&["rate", "errors"]);
    let near = Drawing { labels: &labels, ..drawing(&graph, &scene) };
    let figures = |drawing: &Drawing| -> Vec<(Owner, Rect)> {
        let marks = crate::marks(drawing);
        let figures = marks.iter().filter(|mark| mark.role == "edge-label");
        figures.map(|mark| (mark.owner, mark.bounds(drawing.measure))).collect()
    };
    let all = figures(&near);
    let window = Rect { width: scene.bounds.width / 2.0, ..scene.bounds };
    let seen = figures(&Drawing { clip: Some(window), ..near });
    assert!(!seen.is_empty() && seen.len() < all.len());
    for (owner, rect) in &seen {
        assert!(rect.overlaps(&window.grown(20.0)), "{owner:?} at {rect:?}");
    }
    let kept = scene.edges.iter().filter_map(|route| Some((&route.key, route.label?)));
    for (key, room) in kept.filter(|(_, room)| window.union(room) == window) {
        let edge = graph.edges.iter().position(|edge| edge.id == *key).unwrap();
        let of = |figures: &[(Owner, Rect)]| {
            figures.iter().find(|(owner, _)| *owner == Owner::Edge(edge)).map(|(_, rect)| *rect)
        };
        assert_eq!(of(&seen), of(&all), "{key} in {room:?}");
    }
}

#[test]
fn from_afar_a_band_s_name_comes_out_from_under_a_sheet() {
    let graph = shop();
    let scene = placed(&graph);
    let names = |covered: &[Rect]| -> Vec<Rect> {
        let far = Drawing { level: Level::Far, zoom: 0.2, covered, ..drawing(&graph, &scene) };
        let marks = crate::marks(&far);
        marks.iter().filter(|mark| mark.role == "group-name").map(|mark| mark.bounds(far.measure)).collect()
    };
    let all = names(&[]);
    assert_eq!(all.len(), 3);
    for sheet in &all {
        let clear = names(std::slice::from_ref(sheet));
        assert_eq!(clear.len(), all.len());
        assert!(clear.iter().all(|name| !name.overlaps(sheet)), "{clear:?} under {sheet:?}");
    }
    assert_eq!(names(&[scene.bounds.grown(900.0)]), all, "where all is covered they stand where they did");
}

#[test]
fn from_afar_names_beside_dots_stay_within_the_window_and_keep_clear_of_sheets() {
    let mut graph = shop();
    graph.nodes.truncate(1);
    graph.edges.clear();
    graph.boxes.clear();
    let scene = placed(&graph);
    let name = |clip: Option<Rect>, covered: &[Rect]| -> Option<Rect> {
        let far = Drawing { level: Level::Far, zoom: 0.2, clip, covered, ..drawing(&graph, &scene) };
        let marks = crate::marks(&far);
        marks.iter().find(|mark| mark.role == "name").map(|mark| mark.bounds(far.measure))
    };
    let dot = scene.nodes[0].rect.centre();
    let below = name(None, &[]).expect("it has its name");
    assert!(below.y > dot.y && below.x < dot.x && below.right() > dot.x, "{below:?}");
    let window = Rect::new(dot.x - 900.0, dot.y - 900.0, 901.0, 1_800.0);
    let beside = name(Some(window), &[]).expect("there is room");
    assert_eq!(window.union(&beside), window, "{beside:?} lies whole in {window:?}");
    let clear = name(None, &[below]).expect("there is room elsewhere");
    assert!(!clear.overlaps(&below));
    let over_dot = Rect::new(dot.x, dot.y, 0.0, 0.0).grown(5.0);
    assert_eq!(name(None, &[over_dot]), None, "what is hidden has no name in sight");
}
