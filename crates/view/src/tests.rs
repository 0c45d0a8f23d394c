//! Laws of the whole picture on the shop, and a snapshot of what is drawn.

use crate::{ApproximateMeasure, Drawing, Level, Mark, Shape, cards, label, overlay};
use layout::Scene;
use model::Graph;

pub(crate) fn shop() -> Graph {
    serde_json::from_str(include_str!("../tests/fixture/shop.json"))
        .expect("the fixture is an answer of the API")
}

pub(crate) fn placed(graph: &Graph) -> Scene {
    let options = cards::Options { labels: label::by_words(&["rate", "errors"]), pins: vec![], aspect: 1.5 };
    layout::place(&cards::input(graph, &options, &ApproximateMeasure))
}

pub(crate) fn drawing<'a>(graph: &'a Graph, scene: &'a Scene) -> Drawing<'a> {
    Drawing {
        graph,
        scene,
        overlay: &overlay::ALL[0],
        labels: &[],
        selection: None,
        hover: None,
        matched: None,
        hide: false,
        reach: None,
        pinned: &[],
        level: Level::Near,
        zoom: 1.0,
        now_s: graph.meta.at_s,
        measure: &ApproximateMeasure,
        clip: None,
    }
}

#[test]
fn draws() {
    let graph = shop();
    let scene = placed(&graph);
    let marks: Vec<Mark> = crate::marks(&drawing(&graph, &scene));
    assert!(marks.iter().any(|mark| matches!(&mark.shape, Shape::Text(text) if text.text == "reviews")));
}
