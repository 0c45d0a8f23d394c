//! The legend: only marks in use, drawn by the same functions as the picture.

use crate::{
    bundles, cards, format,
    mark::{Mark, Owner, Shape, Stroke, Text},
    measure::{ApproximateMeasure, Font},
    overlay::Overlay,
    padlock,
    paint::{
        self, Drawing, far,
        glyph::{self, Glyph, Place},
        pen::{Pen, lines, polygon, rounded},
        rows,
    },
    palette::Token,
    viewport::Level,
};
use layout::{Cubic, Point, Rect, Route, Scene};
use layout::{index::Index, sorting::Keyed as _};
use model::{BoxBy, Edge, Graph, Health, Node, Presence, Protocol, Requests, Status, Tcp, graph::EdgeFlags};

const SIGN: f64 = 12.0;
const LINE_WIDTH: f64 = 30.0;

#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub title: String,
    pub entries: Vec<Entry>,
}

/// A sample of `width` × `height` at the origin, and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub sample: Vec<Mark>,
    pub width: f64,
    pub height: f64,
    pub text: String,
}

/// What the picture uses at this level, and the scale.
pub fn sections(graph: &Graph, overlay: &Overlay, level: Level) -> Vec<Section> {
    let mut sections = vec![
        section("Health", health(graph, overlay, level)),
        section(overlay.name, swatches(graph, overlay)),
        section("Traffic", traffic(graph, level)),
        section("Rate, requests a second", scale(graph, level)),
        section("Versions", split(graph, level)),
    ];
    sections.retain(|section| !section.entries.is_empty());
    sections
}

fn section(title: &str, entries: Vec<Entry>) -> Section {
    Section { title: title.into(), entries }
}

/// Draws with the painter's own tools on an empty picture.
fn sample(text: impl Into<String>, width: f64, draw: impl FnOnce(&mut Pen)) -> Entry {
    let mut draw = Some(draw);
    drawn(text.into(), width, &mut |pen| draw.take().into_iter().for_each(|draw| draw(pen)))
}

/// Once for all samples: there are many, and this is the larger part.
#[inline(never)]
fn drawn(text: String, width: f64, draw: &mut dyn FnMut(&mut Pen)) -> Entry {
    let (graph, scene) = (blank(), Scene::default());
    let drawing = Drawing::plain(&graph, &scene, &ApproximateMeasure);
    let mut pen = Pen::new(&drawing);
    pen.owner(Owner::None);
    draw(&mut pen);
    Entry { sample: pen.finish(), width, height: SIGN, text }
}

fn blank() -> Graph {
    Graph {
        meta: model::Meta {
            graph_type: model::GraphType::App,
            window_s: 0,
            at_s: 0,
            scrape_interval_s: None,
            engine: None,
            percentiles: model::graph::Percentiles::NotAsked,
            queries: vec![],
            warnings: vec![],
            quality: model::graph::Quality::default(),
            stale: None,
            clusters: vec![],
        },
        nodes: vec![],
        edges: vec![],
        boxes: vec![],
        findings: vec![],
        namespaces: vec![],
        totals: model::graph::Totals::default(),
    }
}

fn health(graph: &Graph, overlay: &Overlay, level: Level) -> Vec<Entry> {
    let far = level == Level::Far;
    let signs = [
        (Status::Failing, Glyph::Octagon, "Failing"),
        (Status::Degraded, Glyph::Triangle, "Degraded"),
        (Status::Idle, Glyph::Dash, "Idle"),
        (Status::TooFewRequests, Glyph::Question, "Too few requests"),
    ];
    let mut entries: Vec<Entry> = signs
        .into_iter()
        .filter(|(status, ..)| *status >= Status::Degraded || !far)
        .filter(|(status, ..)| *status != Status::Idle || level == Level::Near)
        .filter(|(status, ..)| has_status(graph, *status))
        .map(|(status, sign, text)| {
            let from = bound(graph, status).map(|share| format!("{text} ≥\u{a0}{}", whole_share(share)));
            sign_entry(sign, &from.unwrap_or_else(|| text.to_owned()))
        })
        .collect();
    let shown = |sign: Glyph| graph.nodes.iter().any(|node| glyph::of_node(node) == Some(sign));
    if shown(Glyph::Question) && !has_status(graph, Status::TooFewRequests) {
        entries.push(if far {
            dot("Unknown", Token::Unknown)
        } else {
            sign_entry(Glyph::Question, "Unknown")
        });
    }
    if level == Level::Near && shown(Glyph::Cylinder) {
        entries.push(sign_entry(Glyph::Cylinder, "Only TCP"));
    }
    // Under another overlay bars and dots say something else.
    let is_calm = |node: &Node| node.health.status == Status::Healthy && !node.flags.silent;
    if overlay.legend.is_empty() && graph.nodes.iter().any(is_calm) {
        let bar = Rect::new(1.0, 1.0, 3.5, 10.0);
        let calm = |pen: &mut Pen| pen.fill(rounded(bar, 1.5), Token::LineStrong, "legend");
        entries.push(if far { dot("Healthy", Token::LineStrong) } else { sample("Healthy", SIGN, calm) });
    }
    entries.extend(if far { vec![] } else { badges(graph) });
    if graph.nodes.iter().any(|node| node.flags.silent) {
        let outline = Stroke::new(Token::EdgeGhost, 1.0).dashed(2.0, 2.0);
        let card = rounded(Rect::new(0.7, 1.5, 10.6, 9.0), 2.0);
        let ghost = |pen: &mut Pen| pen.stroke(card, outline, "legend");
        entries.push(if far { dot("Silent", Token::EdgeGhost) } else { sample("Silent", SIGN, ghost) });
    }
    entries
}

fn dot(text: &str, bar: Token) -> Entry {
    let circle = Shape::Circle { centre: Point::new(6.0, 6.0), radius: 3.0 };
    sample(text, SIGN, |pen| far::mark(pen, circle, bar))
}

/// What sits on the corners of cards.
fn badges(graph: &Graph) -> Vec<Entry> {
    let mut entries = Vec::new();
    if graph.nodes.iter().any(|node| node.alerts.is_some_and(|count| count > 0)) {
        entries.push(sample("Alerts fire", SIGN, |pen| glyph::bell(pen, Point::new(6.0, 6.0), 1)));
    }
    for (presence, text) in [(Presence::Came, "New"), (Presence::Went, "Gone")] {
        let is = |node: &Node| node.change.as_ref().is_some_and(|change| change.presence == presence);
        if graph.nodes.iter().any(is) {
            let draw = |pen: &mut Pen| glyph::change(pen, Point::new(6.0, 6.0), presence == Presence::Came);
            entries.push(sample(text, SIGN, draw));
        }
    }
    entries
}

/// The share of errors from which a status holds, where all that have it agree.
fn bound(graph: &Graph, status: Status) -> Option<f64> {
    let nodes = graph.nodes.iter().map(|node| &node.health);
    let healths = nodes.chain(graph.edges.iter().map(|edge| &edge.health));
    let reasons = healths.flat_map(|health| &health.reasons).filter(|reason| reason.status == status);
    let mut bounds = reasons.filter_map(|reason| reason.bound_share);
    let first = bounds.next()?;
    bounds.all(|bound| (bound - first).abs() < 1e-9).then_some(first)
}

/// `10 %`: what somebody has set is told as it was set.
fn whole_share(share: f64) -> String {
    let percent = share * 100.0;
    let is_whole = (percent - percent.round()).abs() < 1e-9;
    if is_whole { format!("{}\u{a0}%", format::count(percent)) } else { format::share(share) }
}

fn has_status(graph: &Graph, status: Status) -> bool {
    graph.nodes.iter().any(|node: &Node| node.health.status == status && !node.flags.silent)
        || graph.edges.iter().any(|edge| edge.health.status == status && status >= Status::Degraded)
}

fn sign_entry(sign: Glyph, text: &str) -> Entry {
    sample(text, SIGN, |pen| glyph::draw(pen, sign, Place { x: 0.0, y: 0.0, scale: 1.0 }))
}

/// The overlay's colours that are on some line or card.
fn swatches(graph: &Graph, overlay: &Overlay) -> Vec<Entry> {
    let told = |silent: bool, change: &Option<model::Change>| !silent || change.is_some();
    let nodes = graph.nodes.iter().filter(|node| told(node.flags.silent, &node.change));
    let edges = graph.edges.iter().filter(|edge| told(edge.flags.silent, &edge.change));
    let (on_nodes, on_edges) =
        (nodes.map(|node| (overlay.node)(node).bar), edges.map(|edge| (overlay.edge)(edge).ink));
    let used: std::collections::BTreeSet<Token> = on_nodes.chain(on_edges).distinct();
    let mut entries: Vec<Entry> = overlay
        .legend
        .iter()
        .filter(|swatch| used.contains(&swatch.token))
        .map(|swatch| swatch_entry(swatch.token, swatch.text))
        .collect();
    if !overlay.legend.is_empty() && used.contains(&Token::Unknown) {
        entries.push(sample("not known", SIGN, |pen| {
            rows::unknown_bar(pen, Rect::new(0.0, 2.0, SIGN, 8.0));
        }));
    }
    entries
}

fn swatch_entry(token: Token, text: &str) -> Entry {
    sample(text, SIGN, |pen| pen.fill(rounded(Rect::new(1.0, 1.0, 10.0, 10.0), 2.0), token, "legend"))
}

fn traffic(graph: &Graph, level: Level) -> Vec<Entry> {
    let near = level == Level::Near;
    let alive = || graph.edges.iter().filter(|edge| !edge.flags.silent);
    let mut entries = Vec::new();
    let protocols = [(Protocol::Http, "HTTP"), (Protocol::Grpc, "gRPC"), (Protocol::Tcp, "TCP")];
    if level == Level::Far && alive().next().is_some() {
        entries.push(line("All calls between two", edge(Protocol::Http, 30.0)));
        if has_hairlines(graph) {
            let across = lines(&[(0.0, 6.0), (LINE_WIDTH, 6.0)]);
            entries.push(sample("A call within one", LINE_WIDTH, |pen| {
                paint::hairline(pen, across, Token::Edge);
            }));
        }
    }
    for (protocol, text) in protocols.into_iter().filter(|_| level != Level::Far) {
        if alive().any(|edge| edge.protocol == protocol) {
            entries.push(line(text, edge(protocol, 30.0)));
        }
    }
    if alive().any(|edge| edge.health.status == Status::Failing) {
        let failing = Health { status: Status::Failing, reasons: vec![] };
        entries.push(line("Failing", Edge { health: failing, ..edge(Protocol::Http, 20.0) }));
    }
    let fails =
        |edge: &Edge| edge.requests.as_ref().and_then(|r| r.error_share).is_some_and(|share| share > 0.0);
    if near && alive().any(fails) {
        entries.push(sample("Failed, answered", LINE_WIDTH, particles));
    }
    if alive().any(|edge| edge.flags.unreached) {
        let flags = EdgeFlags { unreached: true, ..EdgeFlags::default() };
        entries.push(line("Never arrived", Edge { flags, ..edge(Protocol::Http, 5.0) }));
    }
    if near && alive().any(padlock::is_plaintext) {
        let mut lock = sample("Not encrypted", LINE_WIDTH, |pen| glyph::padlock(pen, Point::new(15.0, 9.5)));
        lock.height = 19.0;
        entries.push(lock);
    }
    entries
}

/// Whether a quiet call stays on one of several bands.
fn has_hairlines(graph: &Graph) -> bool {
    let bands = graph.boxes.iter().filter(|land| land.by != BoxBy::Cluster);
    let members: Vec<(&str, &String)> = bands
        .flat_map(|land| {
            let outer = land.parent.as_ref().filter(|_| land.by == BoxBy::App);
            land.members.iter().map(move |id| (id.as_str(), outer.unwrap_or(&land.id)))
        })
        .collect();
    let index = Index::new(&mut members.iter().map(|(id, _)| *id));
    let home = |id: &str| index.get(id).map(|at| members[at].1);
    let is_quiet = |edge: &&Edge| !edge.flags.silent && edge.health.status < Status::Degraded;
    let is_inner = |edge: &&Edge| home(&edge.source).is_some() && home(&edge.source) == home(&edge.target);
    let inner = graph.edges.iter().filter(is_quiet).filter(is_inner).count();
    let several = members.iter().any(|(_, land)| *land != members[0].1);
    several && (1..=bundles::HAIRLINES).contains(&inner)
}

/// One edge through the painter, straight across.
fn line(text: &str, edge: Edge) -> Entry {
    let across = Cubic::line(Point::new(0.0, 6.0), Point::new(LINE_WIDTH, 6.0));
    let mut graph = blank();
    graph.nodes = ["a", "b"].map(|id| Node::blank(id, model::NodeKind::App)).to_vec();
    let scene = Scene {
        edges: vec![Route { key: edge.id.clone(), path: vec![across], ..Route::default() }.into()],
        ..Scene::default()
    };
    graph.edges = vec![edge];
    Entry {
        sample: paint::marks(&Drawing::plain(&graph, &scene, &ApproximateMeasure)),
        width: LINE_WIDTH,
        height: SIGN,
        text: text.into(),
    }
}

fn edge(protocol: Protocol, rate_rps: f64) -> Edge {
    let tcp = Tcp { sent_bytes_per_s: Some(rate_rps * 30_000.0), ..Tcp::default() };
    let requests = Requests { rate_rps, ..Requests::default() };
    let is_tcp = protocol == Protocol::Tcp;
    Edge {
        requests: (!is_tcp).then_some(requests),
        tcp: is_tcp.then_some(tcp),
        health: Health { status: Status::Healthy, reasons: vec![] },
        ..Edge::blank("sample", ["a", "b"], protocol)
    }
}

fn particles(pen: &mut Pen) {
    let diamond = polygon(&[(6.0, 1.4), (10.6, 6.0), (6.0, 10.6), (1.4, 6.0)]);
    pen.both(diamond, Token::Surface, Stroke::new(Token::Failing, 1.4), "legend");
    let centre = Point::new(22.0, 6.0);
    pen.fill(Shape::Circle { centre, radius: 1.9 }, Token::Particle, "legend");
}

fn scale(graph: &Graph, level: Level) -> Vec<Entry> {
    let times = if level == Level::Far { paint::FAR_STROKES } else { 1.0 };
    if !graph.edges.iter().any(|edge| !edge.flags.silent) {
        return vec![];
    }
    [(1.0, "1"), (10.0, "10"), (100.0, "100"), (1_000.0, "1,000")]
        .map(|(rps, text)| {
            let stroke = Stroke::new(Token::Edge, times * cards::width_of_rate(rps));
            sample(text, 34.0, |pen| pen.stroke(lines(&[(0.0, 6.0), (34.0, 6.0)]), stroke, "legend"))
        })
        .to_vec()
}

fn split(graph: &Graph, level: Level) -> Vec<Entry> {
    let near = level == Level::Near;
    let rows = || graph.nodes.iter().flat_map(|node| &node.versions);
    if level == Level::Far || rows().next().is_none() {
        return vec![];
    }
    let intended = near && rows().any(|row| row.intended_share.is_some());
    let text = if intended { "Split; tick: intended" } else { "Split over versions" };
    let mut entries = vec![sample(text, 58.0, |pen| {
        pen.fill(rounded(Rect::new(0.0, 2.5, 44.0, 7.0), 2.0), Token::V1, "legend");
        pen.fill(rounded(Rect::new(45.5, 2.5, 12.0, 7.0), 2.0), Token::V2, "legend");
        if intended {
            let tick = lines(&[(41.0, 0.0), (41.0, 12.0)]);
            pen.stroke(tick.clone(), Stroke::new(Token::Surface, 4.0), "legend");
            pen.stroke(tick, Stroke::new(Token::Text, 1.5), "legend");
        }
    })];
    if near && rows().any(crate::figures::is_worse) {
        entries.push(sample("Worse, by evidence", 40.0, |pen| {
            pen.fill(rounded(Rect::new(0.0, -1.5, 40.0, 15.0), 3.0), Token::DegradedSoft, "legend");
            let text = Text::new(Point::new(20.0, 9.6), "worse", Font::new(10.5, 600)).middle();
            pen.text(text, Token::DegradedText, "legend");
        }));
    }
    entries
}
