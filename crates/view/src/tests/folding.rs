//! Namespaces as cards.

use super::{drawing, node, placed, shop};
use crate::{
    ApproximateMeasure,
    find::{Find, matched},
    fold,
};
use model::{BoxBy, Graph, NodeKind, Subject};

fn all(graph: &Graph) -> fold::Folded {
    fold::fold(graph, &|by, _| by == BoxBy::Namespace)
}

/// The id of the namespace that a node stands in.
fn home(graph: &Graph, id: &str) -> Option<String> {
    let at = graph.nodes.iter().position(|node| node.id == id)?;
    fold::homes(graph)[at][1].clone()
}

fn total_rps(graph: &Graph, between: impl Fn(&str, &str) -> bool) -> f64 {
    let edges = graph.edges.iter().filter(|edge| between(&edge.source, &edge.target));
    edges.filter_map(|edge| edge.requests.as_ref()).map(|requests| requests.rate_rps).sum()
}

#[test]
fn nothing_closed_is_the_graph_itself() {
    let graph = shop();
    assert_eq!(*fold::fold(&graph, &|_, _| false).graph, graph);
}

#[test]
fn rates_between_namespaces_are_sums_and_quantiles_are_not_known() {
    let graph = shop();
    let folded = all(&graph).graph;
    let home = |id: &str| home(&graph, id).unwrap_or_else(|| id.to_owned());
    let homes = fold::homes(&graph);
    assert!(folded.nodes.len() < graph.nodes.len());
    assert!(folded.nodes.windows(2).all(|pair| pair[0].id < pair[1].id), "sorted, as the page expects");
    assert!(folded.edges.windows(2).all(|pair| pair[0].id < pair[1].id));
    for edge in folded.edges.iter().filter(|edge| edge.requests.is_some()) {
        let whole: f64 = total_rps(&graph, |source, target| {
            let of = |id: &str| folded.nodes.iter().any(|node| node.id == id);
            let end = |id: &str| if of(id) { id.to_owned() } else { home(id) };
            end(source) == edge.source && end(target) == edge.target
        });
        let summed = total_rps(&folded, |source, target| source == edge.source && target == edge.target);
        assert!((whole - summed).abs() < 1e-9, "{}: {summed} for {whole}", edge.id);
    }
    for card in folded.nodes.iter().filter(|node| node.kind == NodeKind::Namespace) {
        assert!(card.latency.is_none() && card.version.is_some(), "{card:?}");
        let members = graph.nodes.iter().zip(&homes).filter(|(_, home)| home[1].as_ref() == Some(&card.id));
        let worst = members.map(|(node, _)| node.health.status).max().unwrap();
        assert!(worst < model::Status::Degraded || card.health.status == worst, "{}", card.name);
    }
}

#[test]
fn bytes_of_requests_are_summed_and_sizes_are_not_known() {
    let mut graph = shop();
    let size = model::traffic::Size::default();
    for edge in &mut graph.edges {
        edge.volume = edge.requests.as_ref().map(|requests| model::traffic::Volume {
            request_bytes_per_s: Some(requests.rate_rps * 100.0),
            request_size: Some(size),
            ..model::traffic::Volume::default()
        });
    }
    let folded = all(&graph).graph;
    let merged = folded.edges.iter().filter(|edge| graph.edges.iter().all(|whole| whole.id != edge.id));
    let mut summed = 0;
    for edge in merged.filter(|edge| edge.requests.is_some()) {
        let (requests, volume) = (edge.requests.as_ref().unwrap(), edge.volume.as_ref().unwrap());
        assert!(
            (volume.request_bytes_per_s.unwrap() - requests.rate_rps * 100.0).abs() < 1e-6,
            "{}",
            edge.id
        );
        summed += usize::from(volume.request_size.is_none());
    }
    assert!(summed > 0, "some line is a sum");
}

#[test]
fn a_namespace_is_new_only_where_all_of_it_is_and_counts_all_alerts() {
    use model::{Change, Presence};
    let mut graph = shop();
    for node in &mut graph.nodes {
        node.alerts = Some(1);
        node.change = Some(Change { rate_rps: Some(2.0), ..Change::default() });
    }
    // The first one of each namespace has come.
    let mut seen = std::collections::BTreeSet::new();
    for node in &mut graph.nodes {
        if seen.insert(node.namespace.clone()) {
            node.change = Some(Change { presence: Presence::Came, ..Change::default() });
        }
    }
    let folded = all(&graph).graph;
    let cards: Vec<_> = folded.nodes.iter().filter(|node| node.kind == NodeKind::Namespace).collect();
    assert!(!cards.is_empty());
    for card in cards {
        let members = fold::homes(&graph).iter().filter(|home| home[1].as_ref() == Some(&card.id)).count();
        assert_eq!(card.alerts, Some(members), "{}", card.name);
        let change = card.change.as_ref().unwrap();
        assert_eq!(change.presence, Presence::Both, "{}", card.name);
        assert!(change.rate_rps.is_some_and(|rps| rps >= 2.0), "{change:?}");
    }
}

#[test]
fn an_open_namespace_shows_its_cards_and_keeps_its_band() {
    let mut graph = shop();
    // As the server names them.
    graph.boxes.iter_mut().for_each(|land| land.id = format!("namespace/{}", land.name));
    let own = home(&graph, &node(&graph, "cart").id).unwrap();
    let folded = fold::fold(&graph, &|by, id| by == BoxBy::Namespace && id != own);
    assert!(folded.graph.nodes.iter().any(|node| node.name == "cart"));
    let bands: Vec<&str> = folded.graph.boxes.iter().map(|land| land.id.as_str()).collect();
    assert_eq!(bands, [own.as_str()], "only an open namespace is land, and its id is its card's");
    let inner = |part: &Graph| {
        let mine = |id: &str| home(&graph, id).as_ref() == Some(&own);
        part.edges.iter().filter(|edge| mine(&edge.source) && mine(&edge.target)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(inner(&folded.graph), inner(&graph), "its own lines are as they were");
}

#[test]
fn what_is_found_or_selected_within_is_shown_by_the_card() {
    let graph = shop();
    let folded = all(&graph);
    let cart = node(&graph, "cart");
    let home = home(&graph, &cart.id).unwrap();
    let whole = matched(&Find::parse("name=cart").unwrap().unwrap(), &graph);
    let lit_cards = folded.matched(&whole);
    let lit: Vec<&str> = folded
        .graph
        .nodes
        .iter()
        .zip(&lit_cards.nodes)
        .filter(|pair| *pair.1)
        .map(|pair| &*pair.0.id)
        .collect();
    assert_eq!(lit, [home.as_str()]);
    let shown = folded.subject(&graph, &Subject::Node { id: cart.id.clone() });
    assert_eq!(shown, Subject::Node { id: home.clone() });
    let itself = Subject::Node { id: home };
    assert_eq!(folded.subject(&graph, &itself), itself);
    for edge in &graph.edges {
        let shown = folded.subject(&graph, &Subject::Edge { id: edge.id.clone() });
        let there = match &shown {
            Subject::Edge { id } => folded.graph.edges.iter().any(|edge| edge.id == *id),
            Subject::Node { id } | Subject::Row { node: id, .. } => {
                folded.graph.nodes.iter().any(|node| node.id == *id)
            }
        };
        assert!(there, "{shown:?}");
    }
}

#[test]
fn of_too_many_lines_the_busiest_and_those_in_trouble_stay() {
    let mut graph = shop();
    // Twenty namespaces of two services each, that all call one another.
    let sample = graph.nodes[0].clone();
    let service = |land: usize, at: usize| model::Node {
        id: format!("app/n{land:02}/s{at}"),
        name: format!("s{at}"),
        namespace: Some(format!("n{land:02}")),
        cluster: None,
        ..sample.clone()
    };
    let line = graph.edges.iter().find(|edge| edge.requests.is_some()).unwrap().clone();
    graph.nodes = (0..20).flat_map(|land| [service(land, 0), service(land, 1)]).collect();
    let pairs = (0..20).flat_map(|a| (0..20).filter(move |b| *b != a).map(move |b| (a, b)));
    graph.edges = pairs
        .map(|(a, b)| {
            let mut edge = line.clone();
            (edge.source, edge.target) = (format!("app/n{a:02}/s0"), format!("app/n{b:02}/s1"));
            edge.id = format!("{}>{}/http", edge.source, edge.target);
            edge.requests.as_mut().unwrap().rate_rps = 1.0 + f64::from(a * 20 + b);
            edge.health.status =
                if (a, b) == (0, 1) { model::Status::Failing } else { model::Status::Healthy };
            edge
        })
        .collect();
    let folded = all(&graph);
    assert_eq!(folded.graph.nodes.len(), 20);
    assert!(folded.graph.edges.len() <= 80, "{} lines for 20 cards", folded.graph.edges.len());
    assert_eq!(folded.graph.edges.len() + folded.left_out, 20 * 19);
    let has = |a: &str, b: &str| {
        folded.graph.edges.iter().any(|edge| edge.source.ends_with(a) && edge.target.ends_with(b))
    };
    assert!(has("n00", "n01"), "what fails stays, small as it is");
    assert!(has("n19", "n18"), "the busiest stays");
    for node in &folded.graph.nodes {
        assert!(folded.graph.edges.iter().any(|edge| edge.source == node.id), "{} calls somebody", node.id);
        assert!(folded.graph.edges.iter().any(|edge| edge.target == node.id), "{} is called", node.id);
    }
    let others = |folded: &fold::Folded| -> Vec<String> {
        let edges = folded.graph.edges.iter().filter(|edge| !edge.id.contains("n05"));
        edges.map(|edge| edge.id.clone()).collect()
    };
    let one = fold::fold(&graph, &|by, id| by == BoxBy::Namespace && !id.contains("n05"));
    let (before, after) = (others(&folded), others(&one));
    assert!(before.iter().all(|id| after.contains(id)), "what was drawn between the others still is");
    assert!(after.len() <= before.len() + 2, "{} lines instead of {}", after.len(), before.len());
    let open = fold::fold(&graph, &|_, _| false);
    assert_eq!(
        (open.graph.edges.len(), open.left_out),
        (380, 0),
        "nothing is left out of what is not folded"
    );
}

#[test]
fn from_afar_no_name_covers_a_dot_or_another_name_and_trouble_is_named_first() {
    let mut graph = shop();
    graph.nodes.iter_mut().for_each(|node| node.kind = model::NodeKind::Namespace);
    graph.boxes.clear();
    let scene = placed(&graph);
    for zoom in [0.05, 0.1, 0.2] {
        let far = crate::Drawing { level: crate::Level::Far, zoom, ..drawing(&graph, &scene) };
        let marks = crate::marks(&far);
        let of = |role: &str| -> Vec<_> { marks.iter().filter(|mark| mark.role == role).collect() };
        let names = of("name");
        let rects: Vec<_> = names
            .iter()
            .map(|mark| match &mark.shape {
                crate::Shape::Text(text) => text.bounds(&ApproximateMeasure),
                _ => panic!("a name is text"),
            })
            .collect();
        for (at, name) in rects.iter().enumerate() {
            assert!(rects[..at].iter().all(|other| !other.overlaps(name)), "at {zoom}");
            let dots = of("dot");
            assert!(dots.iter().all(|dot| !dot.bounds(&ApproximateMeasure).overlaps(name)), "at {zoom}");
        }
        let failing =
            graph.nodes.iter().position(|node| node.health.status == model::Status::Failing).unwrap();
        assert!(names.iter().any(|name| name.owner == crate::Owner::Node(failing)), "at {zoom}");
    }
}
