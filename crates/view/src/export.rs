//! The picture as a file of its own: all of it at its natural size, near enough to read, with a line below that says what
//! it shows and of when. Knows no window, no canvas and no server.

use crate::{
    format,
    mark::{Ink, Mark, Owner, Shape, Text},
    measure::Font,
    paint::{self, Drawing},
    palette::{Theme, Token},
    speak, svg,
    viewport::Level,
};
use layout::{Point, Rect};
use model::{Graph, graph::Meta};

const MARGIN: f64 = 16.0;
const CAPTION: Font = Font::new(11.0, 400);
const CAPTION_HEIGHT: f64 = 24.0;

/// Marks and the frame that holds them all.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub marks: Vec<Mark>,
    pub frame: Rect,
}

/// "prometheus.example · last 10 min · 2026-11-24 14:05:10 UTC", or why it is not of now.
pub fn caption(source: &str, meta: &Meta) -> String {
    let date = format::date_clock(meta.at_s);
    let day = date.split(format::NBSP).next().unwrap_or_default();
    let text =
        format!("{source} · last {} · {day} {}", format::window(meta.window_s), format::instant(meta.at_s));
    meta.stale.as_ref().map_or(text.clone(), |stale| format!("{text} · Not up to date: {}", stale.reason))
}

/// Everything the drawing has, however the reader stands to it: nothing selected or out of sight.
pub fn sheet(drawing: &Drawing, caption: &str) -> Sheet {
    let whole = Drawing { selection: None, level: Level::Near, zoom: 1.0, clip: None, ..*drawing };
    let mut marks = paint::marks(&whole);
    let mut frame = drawing.scene.bounds;
    for mark in &marks {
        frame = frame.union(&mark.bounds(drawing.measure));
    }
    if drawing.graph.nodes.is_empty() {
        let words = format!("No traffic in the last {}", format::window(drawing.graph.meta.window_s));
        marks.push(words_at(Point::new(0.0, 0.0), words, Font::new(13.0, 600), Token::Text));
        frame = marks[marks.len() - 1].bounds(drawing.measure);
    }
    let at = Point::new(frame.x, frame.bottom() + CAPTION_HEIGHT);
    let line = words_at(at, caption.to_owned(), CAPTION, Token::Text2);
    frame = frame.union(&line.bounds(drawing.measure)).grown(MARGIN);
    marks.push(line);
    Sheet { marks, frame }
}

fn words_at(at: Point, words: String, font: Font, token: Token) -> Mark {
    Mark {
        shape: Shape::Text(Text::new(at, words, font)),
        fill: Some(Ink::from(token)),
        stroke: None,
        owner: Owner::None,
        role: "caption",
    }
}

/// The sheet as a document that needs nothing else; what belongs together is named by its sentence.
pub fn svg(drawing: &Drawing, caption: &str, theme: Theme) -> String {
    let sheet = sheet(drawing, caption);
    let title = |owner| sentence(owner, drawing);
    let heading = speak::summary(drawing.graph);
    svg::document(&sheet.marks, sheet.frame, svg::Colours::Fixed(theme), &heading, &title)
}

fn sentence(owner: Owner, drawing: &Drawing) -> Option<String> {
    let graph: &Graph = drawing.graph;
    match owner {
        Owner::None => None,
        Owner::Node(at) => graph.nodes.get(at).map(|node| speak::node(node, drawing.now_s)),
        Owner::Row(at, row) => {
            let node = graph.nodes.get(at)?;
            node.versions.get(row).map(|version| speak::row(node, version))
        }
        Owner::Edge(at) => graph.edges.get(at).map(|edge| speak::edge(edge, graph, drawing.now_s)),
        Owner::Group(at) => {
            let key = &drawing.scene.groups.get(at)?.key;
            graph.boxes.iter().find(|graph_box| graph_box.id == *key).map(|graph_box| graph_box.name.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{drawing, placed, shop};

    #[test]
    fn the_file_holds_every_card_and_line_named_once() {
        let graph = shop();
        let scene = placed(&graph);
        // What the window shows and what the reader does must not matter.
        let narrow =
            Drawing { clip: Some(Rect::new(0.0, 0.0, 1.0, 1.0)), zoom: 0.2, ..drawing(&graph, &scene) };
        let text = svg(&narrow, "demo · <now>", Theme::Dark);
        for node in &graph.nodes {
            let title = format!("<title>{}", node.name);
            assert!(text.contains(&title), "{} is not named", node.name);
        }
        let edges =
            graph.edges.iter().filter(|edge| text.contains(&speak::edge(edge, &graph, graph.meta.at_s)));
        assert_eq!(edges.count(), graph.edges.len());
        assert!(text.contains("demo · &lt;now&gt;</text>"), "the caption is part of the picture");
        assert_eq!(text.matches("<g>").count(), text.matches("</g>").count());
        assert!(text.contains(Token::Sea.css(Theme::Dark)) && !text.contains("var("));
    }

    #[test]
    fn all_of_it_lies_within_the_frame() {
        let graph = shop();
        let scene = placed(&graph);
        let drawing = drawing(&graph, &scene);
        let sheet =
            sheet(&drawing, "a caption that is longer than any picture of four cards could ever be wide");
        for mark in &sheet.marks {
            let bounds = mark.bounds(drawing.measure);
            assert_eq!(bounds.union(&sheet.frame), sheet.frame, "{mark:?}");
        }
    }

    #[test]
    fn without_traffic_it_says_so() {
        let mut graph = shop();
        (graph.nodes, graph.edges, graph.boxes) = (Vec::new(), Vec::new(), Vec::new());
        let scene = placed(&graph);
        let text = svg(&drawing(&graph, &scene), "", Theme::Light);
        assert!(text.contains("No traffic in the last"), "{text}");
    }

    #[test]
    fn a_picture_that_is_not_of_now_says_why() {
        let mut meta = shop().meta;
        let fresh = caption("prom", &meta);
        assert!(fresh.starts_with("prom · last ") && fresh.ends_with("UTC"), "{fresh}");
        meta.stale = Some(model::graph::Stale { since_s: 0, reason: "It is gone".into(), retry_in_s: 1.0 });
        assert_eq!(caption("prom", &meta), format!("{fresh} · Not up to date: It is gone"));
    }
}
