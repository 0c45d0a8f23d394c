//! What each overlay makes of wire data, and when it is offered.

use super::*;
use crate::{
    label, legend,
    tests::{drawing, edge, edge_index, node, node_index, placed, shop},
};
use model::{Change, Presence, traffic::SideGap};

fn edge_mut<'a>(graph: &'a mut Graph, source: &str, target: &str) -> &'a mut Edge {
    let at = edge_index(graph, source, target);
    &mut graph.edges[at]
}

fn style(word: &str, edge: &Edge) -> EdgeStyle {
    (by_word(word).edge)(edge)
}

fn offered(graph: &Graph) -> Vec<&'static str> {
    ALL.iter().filter(|overlay| (overlay.has)(graph)).map(|overlay| overlay.word).collect()
}

fn text(word: &str, edge: &Edge) -> Option<String> {
    (label::by_words(&[word])[0].text)(edge).map(|text| text.replace('\u{a0}', " "))
}

#[test]
fn words_are_unique_and_an_unknown_one_falls_to_health() {
    let words: Vec<&str> = ALL.iter().map(|overlay| overlay.word).collect();
    assert_eq!(
        words,
        ["health", "rate", "latency", "mtls", "errors", "throughput", "gap", "change", "alerts"]
    );
    assert_eq!(by_word("latency").name, "Latency");
    assert_eq!(by_word("<b>").word, "health");
}

#[test]
fn steps_begin_at_their_bound() {
    let bounds = [1.0, 10.0, 100.0, 1_000.0];
    let steps = [0.5, 1.0, 99.0, 1e9].map(|value| step(value, bounds));
    assert_eq!(steps, [Token::Ramp1, Token::Ramp2, Token::Ramp3, Token::Ramp5]);
}

#[test]
fn what_compares_is_offered_only_where_there_is_something_to_compare() {
    let mut graph = shop();
    for edge in &mut graph.edges {
        edge.other_side = None;
    }
    let always = ["health", "rate", "latency", "mtls", "errors", "throughput"];
    assert_eq!(offered(&graph), always);
    graph.edges.retain(|edge| edge.tcp.is_none());
    // Bytes of requests are asked for once it is chosen.
    assert_eq!(offered(&graph), always);
    graph.nodes[0].alerts = Some(0);
    graph.nodes[0].change = Some(Change::default());
    assert_eq!(offered(&graph)[6..], ["change", "alerts"]);
}

#[test]
fn every_overlay_explains_each_colour_it_gives() {
    let mut graph = shop();
    for (i, node) in graph.nodes.iter_mut().enumerate() {
        node.alerts = Some(i % 3);
        node.change = Some(Change { rate_rps: Some(10.0 * i as f64), ..Change::default() });
    }
    for overlay in ALL.iter().filter(|overlay| !overlay.legend.is_empty()) {
        let explained: Vec<Token> = overlay.legend.iter().map(|swatch| swatch.token).collect();
        let neutral = [Token::Unknown, Token::Edge, Token::EdgeTcp, Token::EdgeGhost, Token::LineStrong];
        let inks = graph.edges.iter().map(|edge| (overlay.edge)(edge).ink);
        let bars = graph.nodes.iter().map(|node| (overlay.node)(node).bar);
        for token in inks.chain(bars) {
            assert!(explained.contains(&token) || neutral.contains(&token), "{} {token:?}", overlay.word);
        }
        let mut words: Vec<&str> = overlay.legend.iter().map(|swatch| swatch.text).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), overlay.legend.len(), "{}: one colour, one meaning", overlay.word);
    }
}

#[test]
fn errors_are_warm_only_where_something_failed() {
    let graph = shop();
    let mut edge = edge(&graph, "web", "search").clone();
    let mut ink = |share: Option<f64>| {
        edge.requests.as_mut().unwrap().error_share = share;
        style("errors", &edge)
    };
    assert_eq!(ink(Some(0.0)).ink, Token::Edge);
    assert_eq!(ink(Some(0.004)).ink, Token::DegradedLine);
    assert_eq!(ink(Some(0.01)).ink, Token::Degraded);
    assert_eq!(ink(Some(0.5)).ink, Token::Failing);
    let unknown = ink(None);
    assert_eq!((unknown.ink, unknown.hatch), (Token::Unknown, Some(Token::Unknown)), "unknown is not none");
    let tcp = style("errors", super::tests::edge(&graph, "cart", "session-cache"));
    assert_eq!((tcp.ink, tcp.hatch), (Token::EdgeTcp, None), "does not apply");
}

#[test]
fn throughput_is_about_bytes_and_what_has_none_is_not_known() {
    let graph = shop();
    assert_eq!(style("throughput", edge(&graph, "cart", "session-cache")).ink, Token::Ramp4);
    assert_eq!(style("throughput", edge(&graph, "web", "search")).hatch, Some(Token::Unknown));
}

#[test]
fn the_bytes_of_requests_count_where_they_were_asked_for() {
    let mut graph = shop();
    let line = edge_mut(&mut graph, "web", "search");
    line.volume = Some(model::traffic::Volume {
        request_bytes_per_s: Some(4e5),
        response_bytes_per_s: Some(8e5),
        ..model::traffic::Volume::default()
    });
    assert_eq!(style("throughput", line).ink, Token::Ramp4, "both ways together");
    assert_eq!(text("throughput", line).as_deref(), Some("1.20 MB/s"));
    assert_eq!(text("throughput", edge(&graph, "web", "catalog")), None, "nothing where nothing is known");
}

#[test]
fn the_gap_is_what_the_client_saw_less_what_the_server_saw() {
    let mut graph = shop();
    let edge = edge_mut(&mut graph, "web", "search");
    let here = edge.requests.as_ref().unwrap().rate_rps;
    let mean_ms = edge.latency.as_ref().unwrap().mean_ms.unwrap();
    let side = |rate_rps: f64, mean_ms: f64, reporter: &str| SideGap {
        reporter: reporter.into(),
        rate_rps,
        error_share: None,
        mean_ms: Some(mean_ms),
    };
    edge.other_side = Some(side(here, mean_ms + 7.0, "source"));
    let gap = between(edge).unwrap();
    assert!(gap.lost_share.abs() < 1e-9 && (gap.way_ms.unwrap() - 7.0).abs() < 1e-9);
    assert_eq!(style("gap", edge).ink, Token::Ramp3);
    assert_eq!(text("gap", edge).unwrap(), "+7 ms");
    edge.other_side = Some(side(here * 1.25, mean_ms, "source"));
    assert!((between(edge).unwrap().lost_share - 0.2).abs() < 1e-9, "a fifth never arrived");
    assert_eq!(style("gap", edge).ink, Token::Degraded);
    assert_eq!(text("gap", edge).unwrap(), "+20.0 %");
    edge.other_side = Some(side(here * 1.25, mean_ms - 2.0, "destination"));
    let gap = between(edge).unwrap();
    assert!(gap.lost_share < 0.0 && gap.way_ms.unwrap() > 0.0, "the other way round: here is the client");
    edge.other_side = None;
    assert_eq!(style("gap", edge).hatch, Some(Token::Unknown), "one side alone has no gap");
    assert_eq!(text("gap", edge), None);
}

#[test]
fn change_is_told_in_colour_ratio_and_marks() {
    let mut graph = shop();
    let edge = edge_mut(&mut graph, "web", "search");
    let now = edge.requests.as_ref().unwrap().rate_rps;
    let mut told = |presence: Presence, before: Option<f64>| {
        edge.change = Some(Change { presence, rate_rps: before, ..Change::default() });
        (style("change", edge).ink, text("change", edge))
    };
    assert_eq!(told(Presence::Both, Some(now / 2.5)), (Token::Slower, Some("2.50×".into())));
    assert_eq!(told(Presence::Both, Some(now * 2.0)), (Token::Faster, Some("0.500×".into())));
    assert_eq!(told(Presence::Both, Some(now)), (Token::Edge, Some("1.00×".into())));
    assert_eq!(told(Presence::Both, None), (Token::Unknown, None), "unknown before");
    assert_eq!(told(Presence::Both, Some(0.0)), (Token::Unknown, None), "no ratio to nothing");
    assert_eq!(told(Presence::Came, None), (Token::Particle, Some("+ new".into())));
    let [came, went] = ["reviews", "cart"].map(|name| node_index(&graph, name));
    for (at, presence) in [(came, Presence::Came), (went, Presence::Went)] {
        graph.nodes[at].change = Some(Change { presence, ..Change::default() });
    }
    let scene = placed(&graph);
    let marks = crate::marks(&crate::Drawing { overlay: by_word("change"), ..drawing(&graph, &scene) });
    let marked: Vec<crate::Owner> =
        marks.iter().filter(|mark| mark.role == "change").map(|mark| mark.owner).collect();
    assert!([came, went].iter().all(|at| marked.contains(&crate::Owner::Node(*at))));
    let written = |text: &str| {
        marks.iter().any(|mark| matches!(&mark.shape, crate::Shape::Text(t) if t.text.contains(text)))
    };
    assert!(written("new"), "the overlay that compares writes its figure unasked");
}

#[test]
fn an_alert_rings_at_its_card_under_every_overlay() {
    let mut graph = shop();
    let at = node_index(&graph, "inventory");
    graph.nodes[at].alerts = Some(3);
    assert_eq!((by_word("alerts").node)(&graph.nodes[at]).bar, Token::Failing);
    assert_eq!((by_word("alerts").node)(node(&graph, "cart")).bar, Token::Unknown, "none asked is not none");
    assert!(crate::speak::node(&graph.nodes[at], 0).contains("3\u{a0}alerts fire."));
    let scene = placed(&graph);
    for overlay in &ALL {
        let marks = crate::marks(&crate::Drawing { overlay, ..drawing(&graph, &scene) });
        let rings = marks.iter().filter(|mark| mark.role == "alerts");
        let owners: Vec<crate::Owner> = rings.map(|mark| mark.owner).collect();
        assert!(!owners.is_empty() && owners.iter().all(|owner| *owner == crate::Owner::Node(at)));
    }
    let entries = legend::sections(&graph, by_word("health"), crate::Level::Near)
        .into_iter()
        .flat_map(|section| section.entries);
    assert!(entries.into_iter().any(|entry| entry.text == "Alerts fire"));
}
