//! What is drawn: a snapshot in words, and laws that hold for every picture.

use super::{drawing, edge_index, node_index, placed, shop};
use crate::{
    ApproximateMeasure, Drawing, Level, Mark, Owner, Shape, Token, find::Find, hit::Hit, label, legend,
    overlay, reach, svg,
};
use layout::{Point, Rect};
use model::{Graph, Status, Subject};
use proptest::prelude::*;

fn text_of(mark: &Mark) -> Option<&str> {
    match &mark.shape {
        Shape::Text(text) => Some(&text.text),
        _ => None,
    }
}

fn texts<'a>(marks: &'a [Mark], role: &str) -> Vec<&'a str> {
    marks.iter().filter(|mark| mark.role == role).filter_map(text_of).collect()
}

fn has(marks: &[Mark], owner: Owner, role: &str) -> bool {
    marks.iter().any(|mark| mark.owner == owner && mark.role == role)
}

/// A line a mark: role, owner, place, ink, text.
fn in_words(marks: &[Mark]) -> String {
    let line = |mark: &Mark| {
        let b = mark.bounds(&ApproximateMeasure);
        let ink = mark.fill.map(|ink| ink.token).or(mark.stroke.map(|stroke| stroke.ink.token));
        let text =
            text_of(mark).map(|text| format!(" “{}”", text.replace('\u{a0}', " "))).unwrap_or_default();
        let ink = ink.map(Token::word).unwrap_or_default();
        format!(
            "{} {:?} {:.0},{:.0} {:.0}×{:.0} {ink}{text}\n",
            mark.role, mark.owner, b.x, b.y, b.width, b.height
        )
    };
    marks.iter().map(line).collect()
}

/// Four cards at fixed places, so that the snapshot holds whatever the layout learns.
#[test]
fn a_small_picture_in_words() {
    let mut graph = shop();
    let keep = ["catalog", "reviews", "promo", "orders-db"];
    graph.nodes.retain(|node| keep.contains(&node.name.as_str()));
    let ids: Vec<String> = graph.nodes.iter().map(|node| node.id.clone()).collect();
    graph.edges.retain(|edge| ids.contains(&edge.source) && ids.contains(&edge.target));
    graph.boxes.clear();
    let corners =
        [("orders-db", 480.0, 0.0), ("catalog", 0.0, 40.0), ("reviews", 220.0, 0.0), ("promo", 0.0, 140.0)];
    let scene = layout::Scene {
        nodes: corners
            .into_iter()
            .map(|(name, x, y)| {
                let node = &graph.nodes[node_index(&graph, name)];
                let size = crate::cards::size(node, &ApproximateMeasure);
                let rect = Rect::new(x, y, size.width, size.height);
                layout::PlacedNode { key: node.id.clone(), rect, layer: 0, order: 0 }
            })
            .collect(),
        edges: graph
            .edges
            .iter()
            .enumerate()
            .map(|(i, edge)| layout::Route {
                key: edge.id.clone(),
                path: vec![layout::Cubic::horizontal(
                    Point::new(126.0, 60.0),
                    Point::new(220.0, 77.0 + 26.0 * i as f64),
                )],
                label: Some(Rect::new(150.0, 30.0 + 80.0 * i as f64, 60.0, 14.0)),
                ..layout::Route::default()
            })
            .map(std::sync::Arc::new)
            .collect(),
        ..layout::Scene::default()
    };
    let labels = label::by_words(&["rate", "errors"]);
    let marks = crate::marks(&Drawing { labels: &labels, ..drawing(&graph, &scene) });
    insta::assert_snapshot!(in_words(&marks));
}

#[test]
fn a_card_says_what_was_measured_and_a_row_what_is_worse() {
    let graph = shop();
    let scene = placed(&graph);
    let labels = label::by_words(&["rate", "errors"]);
    let marks = crate::marks(&Drawing { labels: &labels, ..drawing(&graph, &scene) });
    let mut names = texts(&marks, "name");
    names.sort_unstable();
    let mut wanted: Vec<&str> = graph.nodes.iter().map(|node| node.name.as_str()).collect();
    wanted.sort_unstable();
    assert_eq!(names, wanted, "every name is readable at first sight");
    assert_eq!(texts(&marks, "verdict"), ["v2 worse"]);
    assert_eq!(texts(&marks, "row-share"), ["90.4\u{a0}%", "9.63\u{a0}%"]);
    assert!(texts(&marks, "edge-label").contains(&"!\u{a0}11.8\u{a0}%"));
    let reviews = node_index(&graph, "reviews");
    let ground = marks.iter().find(|mark| mark.role == "row-ground").unwrap();
    assert_eq!((ground.owner, ground.fill.unwrap().token), (Owner::Row(reviews, 1), Token::DegradedSoft));
    assert_eq!(marks.iter().filter(|mark| mark.role == "intended").count(), 1);
}

#[test]
fn protocols_differ_in_form_and_plaintext_carries_a_lock() {
    let graph = shop();
    let scene = placed(&graph);
    let marks = crate::marks(&drawing(&graph, &scene));
    let grpc = Owner::Edge(edge_index(&graph, "catalog", "inventory"));
    let tcp = Owner::Edge(edge_index(&graph, "cart", "session-cache"));
    let silent = Owner::Edge(edge_index(&graph, "cart", "promo"));
    let plain = Owner::Edge(edge_index(&graph, "Unknown callers", "cart"));
    let failing = Owner::Edge(edge_index(&graph, "checkout", "pay.acme.example"));
    assert!(has(&marks, grpc, "edge-core") && !has(&marks, tcp, "edge-core"));
    let body =
        |owner| marks.iter().find(|mark| mark.owner == owner && mark.role == "edge").unwrap().stroke.unwrap();
    assert!(body(tcp).dash.is_some_and(|[on, _]| on == 0.0) && body(tcp).round);
    assert_eq!(body(silent).dash, Some([2.0, 4.0]));
    assert!(!has(&marks, silent, "edge-arrow"));
    assert!(has(&marks, failing, "edge-hatch") && !has(&marks, plain, "edge-hatch"));
    let locked: Vec<Owner> =
        marks.iter().filter(|mark| mark.role == "padlock").map(|mark| mark.owner).collect();
    assert!(!locked.is_empty() && locked.iter().all(|owner| *owner == plain));
}

#[test]
fn selecting_rings_the_card_strengthens_its_edges_and_fades_nothing() {
    let graph = shop();
    let scene = placed(&graph);
    let reviews = Subject::Node { id: graph.nodes[node_index(&graph, "reviews")].id.clone() };
    let marks = crate::marks(&Drawing { selection: Some(&reviews), ..drawing(&graph, &scene) });
    assert!(has(&marks, Owner::Node(node_index(&graph, "reviews")), "selection"));
    let strong = Owner::Edge(edge_index(&graph, "reviews", "ratings"));
    let ink =
        |owner| marks.iter().find(|m| m.owner == owner && m.role == "edge").unwrap().stroke.unwrap().ink;
    assert_eq!(ink(strong).token, Token::EdgeStrong);
    assert_eq!(ink(Owner::Edge(edge_index(&graph, "ingress", "web"))).token, Token::Edge);
    let faded = |mark: &&Mark| mark.fill.is_some_and(|ink| ink.opacity < 0.5);
    assert_eq!(marks.iter().filter(faded).count(), 0);
}

#[test]
fn a_chosen_row_is_marked_beside_its_tint() {
    let graph = shop();
    let scene = placed(&graph);
    let index = node_index(&graph, "reviews");
    let row = Subject::Row { node: graph.nodes[index].id.clone(), row: "reviews-v2".into() };
    let marks = crate::marks(&Drawing { selection: Some(&row), ..drawing(&graph, &scene) });
    assert!(
        has(&marks, Owner::Row(index, 1), "row-selection") && has(&marks, Owner::Node(index), "selection")
    );
    let ink = |edge: &model::Edge| {
        let owner = Owner::Edge(graph.edges.iter().position(|other| other.id == edge.id).unwrap());
        marks.iter().find(|m| m.owner == owner && m.role == "edge").unwrap().stroke.unwrap().ink.token
    };
    let out = graph.edges.iter().filter(|edge| edge.source == graph.nodes[index].id);
    for edge in out {
        let wanted =
            if edge.source_row.as_deref() == Some("reviews-v2") { Token::EdgeStrong } else { Token::Edge };
        assert_eq!(ink(edge), wanted, "{}", edge.id);
    }
}

#[test]
fn a_hover_draws_what_it_lights_and_nothing_else() {
    let graph = shop();
    let scene = placed(&graph);
    let hover = Hit::Node(node_index(&graph, "checkout"));
    let reach = reach::of_hit(&graph, hover, 1);
    let plain = drawing(&graph, &scene);
    let painted = crate::marks(&plain);
    let hovered = Drawing { hover: Some(hover), ..plain };
    assert_eq!(crate::marks(&hovered), painted, "the picture below stays as it is");
    let [own, strange] = ["cart", "web"].map(|source| {
        let target = if source == "cart" { "checkout" } else { "search" };
        Owner::Edge(edge_index(&graph, source, target))
    });
    let node = |name| Owner::Node(node_index(&graph, name));
    let within = |owner| matches!(owner, Owner::Edge(edge) if reach.as_ref().unwrap().edges[edge]);
    let labelled =
        painted.iter().find(|mark| mark.role == "edge-label" && !within(mark.owner)).unwrap().owner;
    for held in [None, reach.as_ref()] {
        let lit = crate::lit(&hovered, held, &painted);
        assert!(has(&lit, node("checkout"), "card-hover"));
        assert!(has(&lit, node("cart"), "name") && has(&lit, node("orders-db"), "name"));
        assert!(!has(&lit, node("search"), "card"));
        assert!(has(&lit, own, "edge") && !has(&lit, strange, "edge"));
        assert!(has(&lit, own, "edge-label"));
        // Another line's figure would be struck out by a lit line; where the rest fades, it fades too.
        assert_eq!(has(&lit, labelled, "edge-label"), held.is_none());
        let line = |marks: &[Mark]| marks.iter().find(|m| m.owner == own && m.role == "edge").unwrap().stroke;
        assert_ne!(line(&lit), line(&painted), "it is stronger, or has another ink");
    }
}

#[test]
fn hiding_leaves_only_what_matches() {
    let graph = shop();
    let scene = placed(&graph);
    let find = Find::parse("ns=data").unwrap().unwrap();
    let matched = crate::find::matched(&find, &graph);
    let shown = crate::find::shown(&graph, Some(&matched), None);
    let marks = crate::marks(&Drawing { shown: Some(&shown), ..drawing(&graph, &scene) });
    let mut names = texts(&marks, "name");
    names.sort_unstable();
    assert_eq!(names, ["inventory", "orders-db", "ratings", "search-index", "session-cache"]);
    let lit = crate::marks(&Drawing { matched: Some(&matched), ..drawing(&graph, &scene) });
    assert_eq!(lit.iter().filter(|mark| mark.role == "found").count(), 5);
}

#[test]
fn what_is_hidden_goes_with_the_lines_that_lead_there_and_nothing_else() {
    let graph = shop();
    let scene = placed(&graph);
    let of = |text: &str| crate::find::matched(&Find::parse(text).unwrap().unwrap(), &graph);
    let hidden = of("ns=data or protocol=grpc");
    let shown = crate::find::shown(&graph, None, Some(&hidden));
    let marks = crate::marks(&Drawing { shown: Some(&shown), ..drawing(&graph, &scene) });
    for (index, node) in graph.nodes.iter().enumerate() {
        let gone = node.namespace.as_deref() == Some("data");
        assert_eq!(has(&marks, Owner::Node(index), "name"), !gone, "{}", node.name);
    }
    let gone = |id: &str| {
        graph.nodes[graph.nodes.iter().position(|node| node.id == id).unwrap()].namespace.as_deref()
            == Some("data")
    };
    for (index, edge) in graph.edges.iter().enumerate() {
        let leads = gone(&edge.source) || gone(&edge.target);
        let stays = !leads && edge.protocol != model::Protocol::Grpc;
        assert_eq!(has(&marks, Owner::Edge(index), "edge"), stays, "{}", edge.id);
    }
    assert!(!texts(&marks, "group-name").contains(&"data"), "nor is the land on which nothing stands");
    // Found and hidden both: hidden wins.
    let both = crate::find::shown(&graph, Some(&of("ns=data")), Some(&hidden));
    assert!(both.nodes.iter().zip(&hidden.nodes).all(|(shown, hidden)| !(*shown && *hidden)));
}

#[test]
fn no_text_is_smaller_than_nine_pixels_on_the_screen() {
    let graph = shop();
    let scene = placed(&graph);
    let labels = label::by_words(&["rate", "errors"]);
    for zoom in [0.12, 0.34, 0.35, 0.5, 0.85, 0.86, 1.0, 2.5] {
        for previous in [None, Some(Level::Near), Some(Level::Far)] {
            let level = Level::at(zoom, previous);
            let marks = crate::marks(&Drawing { zoom, level, labels: &labels, ..drawing(&graph, &scene) });
            for mark in &marks {
                if let Shape::Text(text) = &mark.shape {
                    assert!(
                        text.font.size * zoom >= 9.0,
                        "“{}” at {zoom}: {}",
                        text.text,
                        text.font.size * zoom
                    );
                }
            }
        }
    }
}

#[test]
fn words_stay_inside_their_cards_and_clear_of_each_other() {
    let graph = shop();
    let scene = placed(&graph);
    let marks = crate::marks(&drawing(&graph, &scene));
    let cards: Vec<(Owner, Rect)> = graph
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(i, node)| {
            Some((Owner::Node(i), scene.nodes.iter().find(|placed| placed.key == node.id)?.rect.grown(0.6)))
        })
        .collect();
    for (owner, card) in cards {
        let words: Vec<(&str, Rect)> = marks
            .iter()
            .filter(|mark| mark.owner == owner)
            .filter_map(|mark| Some((text_of(mark)?, mark.bounds(&ApproximateMeasure))))
            .collect();
        for (i, (text, rect)) in words.iter().enumerate() {
            let corners = [Point::new(rect.x, rect.y), Point::new(rect.right(), rect.bottom())];
            assert!(corners.iter().all(|corner| card.contains(*corner)), "“{text}” leaves its card");
            for (other, place) in &words[i + 1..] {
                assert!(!rect.overlaps(place), "“{text}” over “{other}”");
            }
        }
    }
}

#[test]
fn labels_of_edges_keep_clear_of_cards_and_of_each_other() {
    let graph = shop();
    let scene = placed(&graph);
    let labels = label::by_words(&["rate", "errors"]);
    let marks = crate::marks(&Drawing { labels: &labels, ..drawing(&graph, &scene) });
    let rects: Vec<(&str, Rect)> = marks
        .iter()
        .filter(|mark| mark.role == "edge-label")
        .filter_map(|mark| match &mark.shape {
            Shape::Text(text) => Some((text.text.as_str(), text.bounds(&ApproximateMeasure))),
            _ => None,
        })
        .collect();
    assert!(
        rects.len() >= graph.edges.len() - 3,
        "{} of {} edges are labelled",
        rects.len(),
        graph.edges.len()
    );
    for (i, (text, rect)) in rects.iter().enumerate() {
        assert!(scene.nodes.iter().all(|node| !node.rect.overlaps(rect)), "“{text}” on a card");
        for (other, place) in &rects[i + 1..] {
            assert!(!rect.overlaps(place), "“{text}” over “{other}”");
        }
    }
}

#[test]
fn only_what_is_in_sight_is_drawn() {
    let graph = shop();
    let scene = placed(&graph);
    let card = scene.nodes[0].rect;
    let all = crate::marks(&drawing(&graph, &scene)).len();
    let some = crate::marks(&Drawing { clip: Some(card), ..drawing(&graph, &scene) });
    assert!(some.len() < all / 2);
    let index = graph.nodes.iter().position(|node| node.id == scene.nodes[0].key).unwrap();
    assert!(has(&some, Owner::Node(index), "name"));
}

#[test]
fn the_legend_lists_only_what_is_in_the_picture() {
    let graph = shop();
    let words = |graph, word: &str| -> Vec<String> {
        let sections = legend::sections(graph, overlay::by_word(word), Level::Near);
        sections.into_iter().flat_map(|section| section.entries).map(|entry| entry.text).collect()
    };
    let all = words(&graph, "health");
    for text in [
        "Failing",
        "Degraded",
        "Healthy",
        "Silent",
        "HTTP",
        "gRPC",
        "TCP",
        "Not encrypted",
        "Split; tick: intended",
    ] {
        assert!(all.iter().any(|entry| entry.starts_with(text)), "{text} is missing in {all:?}");
    }
    let words_at = |graph: &Graph, level| -> Vec<String> {
        let sections = legend::sections(graph, overlay::by_word("health"), level);
        sections.into_iter().flat_map(|section| section.entries).map(|entry| entry.text).collect()
    };
    let at = |level| words_at(&graph, level);
    let (middle, far) = (at(Level::Middle), at(Level::Far));
    let lists = |entries: &[String], text: &str| entries.iter().any(|entry| entry == text);
    assert!(lists(&middle, "gRPC") && lists(&middle, "Split over versions"));
    assert!(!lists(&middle, "Not encrypted") && !lists(&middle, "Failed, answered"), "{middle:?}");
    assert!(lists(&far, "All calls between two") && lists(&far, "Healthy") && lists(&far, "1,000"));
    assert!(lists(&far, "A call within one") && !lists(&middle, "A call within one"), "a hairline");
    assert!(!["gRPC", "Only TCP", "Split over versions"].iter().any(|text| lists(&far, text)), "{far:?}");
    assert!(!all.iter().any(|entry| ["Idle", "Unknown", "Never arrived"].contains(&entry.as_str())));
    let mut bare = graph.clone();
    bare.boxes.clear();
    assert!(!words_at(&bare, Level::Far).iter().any(|entry| entry == "A call within one"), "on no land");
    let mut calm = graph.clone();
    calm.nodes.retain(|node| node.health.status == Status::Healthy && !node.flags.silent);
    calm.edges.retain(|edge| edge.health.status == Status::Healthy && edge.mtls_share == Some(1.0));
    let calm = words(&calm, "latency");
    assert!(
        !calm
            .iter()
            .any(|entry| ["Failing", "TCP", "Not encrypted"].iter().any(|word| entry.starts_with(word))),
        "{calm:?}"
    );
    assert!(calm.iter().any(|entry| entry.starts_with("10 to 50")), "{calm:?}");
    for section in legend::sections(&graph, overlay::by_word("mtls"), Level::Near) {
        assert!(section.entries.iter().all(|entry| !entry.sample.is_empty()), "{}", section.title);
    }
}

#[test]
fn hostile_names_stay_text() {
    let mut graph = shop();
    graph.nodes[0].name = "<script>alert(\"1\")</script>".into();
    graph.nodes[1].name = "x".repeat(300);
    graph.nodes[2].name = "\u{202e}evil'&\u{0}".into();
    let scene = placed(&graph);
    let marks = crate::marks(&drawing(&graph, &scene));
    let document =
        svg::document(&marks, scene.bounds, svg::Colours::Variables, "<b>", &|_| Some("<b>".into()));
    assert!(!document.contains("<script") && !document.contains("<b>") && !document.contains('\u{0}'));
    let name = |i: usize| {
        let owned = |mark: &&Mark| mark.owner == Owner::Node(i) && mark.role == "name";
        marks.iter().find(owned).and_then(text_of).unwrap()
    };
    assert!(name(1).contains('…') && name(1).len() < 40);
}

fn numbers(mark: &Mark) -> Vec<f64> {
    let b = mark.bounds(&ApproximateMeasure);
    let mut numbers = vec![b.x, b.y, b.width, b.height];
    numbers.extend(mark.stroke.map(|stroke| stroke.width));
    numbers.extend(mark.fill.map(|ink| ink.opacity));
    numbers
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn nothing_measured_makes_a_picture_of_no_numbers(
        rates in proptest::collection::vec(proptest::option::of(0.0..1e7_f64), 22),
        share in proptest::option::of(0.0..=1.0_f64),
        zoom in 0.1..3.0_f64,
        overlay in 0..overlay::ALL.len(),
    ) {
        let mut graph = shop();
        let scene = placed(&graph);
        for (edge, rate) in graph.edges.iter_mut().zip(rates) {
            edge.requests = rate.map(|rate_rps| model::Requests { rate_rps, error_share: share, ..Default::default() });
            edge.mtls_share = share;
        }
        for row in graph.nodes.iter_mut().flat_map(|node| &mut node.versions) {
            row.share = share;
            row.intended_share = share;
        }
        let labels: Vec<&label::Label> = label::ALL.iter().collect();
        let overlay = &overlay::ALL[overlay];
        let level = Level::at(zoom, None);
        let marks = crate::marks(&Drawing { labels: &labels, overlay, zoom, level, ..drawing(&graph, &scene) });
        for mark in &marks {
            prop_assert!(numbers(mark).iter().all(|n| n.is_finite()), "{mark:?}");
            prop_assert!(numbers(mark)[2..].iter().all(|n| *n >= 0.0), "{mark:?}");
        }
    }
}
