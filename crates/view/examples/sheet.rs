//! Draws a graph as SVG, to be looked at: `cargo run -p view --example sheet -- out.svg [dark] [zoom] [overlay] [graph.json]`.
//! A tool for whoever works on the drawing; the product's own export is elsewhere.

use layout::{Point, Rect};
use model::{Graph, Subject};
use view::{
    ApproximateMeasure, Drawing, Ink, Level, Mark, Owner, Shape, Stroke, Theme, Token, cards, label, overlay,
    particles::Particles, speak, svg,
};

const SHOP: &str = include_str!("../tests/fixture/shop.json");

#[expect(
    clippy::disallowed_methods,
    reason = "an example is a shell of its own: it writes the picture it drew"
)]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |i: usize| arguments.get(i).map(String::as_str);
    let path = argument(0).expect("the first argument is the file to write");
    let theme = if argument(1) == Some("dark") { Theme::Dark } else { Theme::Light };
    let zoom: f64 = argument(2).and_then(|zoom| zoom.parse().ok()).unwrap_or(1.0);
    let text = argument(4)
        .map_or_else(|| SHOP.to_owned(), |path| std::fs::read_to_string(path).expect("a readable file"));
    let graph: Graph = serde_json::from_str(&text).expect("an answer of the API");
    let labels = label::by_words(&["rate", "errors"]);
    let options = cards::Options { labels: labels.clone(), pins: vec![], aspect: 1.5 };
    let scene = layout::place(&cards::input(&graph, &options, &ApproximateMeasure));
    let selection =
        graph.nodes.iter().find(|node| !node.versions.is_empty()).map(|n| Subject::Node { id: n.id.clone() });
    let drawing = Drawing {
        overlay: overlay::by_word(argument(3).unwrap_or("health")),
        labels: &labels,
        selection: selection.as_ref(),
        level: Level::at(zoom, None),
        zoom,
        ..Drawing::plain(&graph, &scene, &ApproximateMeasure)
    };
    let mut marks = view::marks(&drawing);
    if drawing.level == Level::Near {
        marks.extend(travelling(&graph, &scene));
    }
    let bounds =
        Rect::new(scene.bounds.x, scene.bounds.y, scene.bounds.width, scene.bounds.height).grown(14.0);
    let document =
        svg::document(&marks, bounds, svg::Colours::Fixed(theme), &speak::summary(&graph), &|_| None);
    let (w, h) = (bounds.width * zoom, bounds.height * zoom);
    let sized = document.replacen(
        &format!("width=\"{}\" height=\"{}\"", two(bounds.width), two(bounds.height)),
        &format!("width=\"{w}\" height=\"{h}\""),
        1,
    );
    std::fs::write(path, sized).expect("a file that can be written");
    println!("{path}: {w:.0} × {h:.0}, {} marks", marks.len());
}

fn two(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn travelling(graph: &Graph, scene: &layout::Scene) -> Vec<Mark> {
    let mut particles = Particles::new(graph, scene);
    particles.settle();
    particles
        .all()
        .iter()
        .map(|p| {
            let owner = Owner::Edge(p.edge);
            if p.diamond {
                let at = |dx: f64, dy: f64| Point::new(p.x + dx * p.size, p.y + dy * p.size);
                let path = vec![
                    view::Segment::Move(at(0.0, -1.0)),
                    view::Segment::Line(at(1.0, 0.0)),
                    view::Segment::Line(at(0.0, 1.0)),
                    view::Segment::Line(at(-1.0, 0.0)),
                    view::Segment::Close,
                ];
                let stroke = Some(Stroke::new(Token::Failing, 1.4));
                return Mark {
                    shape: Shape::Path(path),
                    fill: Some(Token::Surface.into()),
                    stroke,
                    owner,
                    role: "diamond",
                };
            }
            let shape = Shape::Circle { centre: Point::new(p.x, p.y), radius: p.size };
            Mark { shape, fill: Some(Ink::from(Token::Particle)), stroke: None, owner, role: "particle" }
        })
        .collect()
}
