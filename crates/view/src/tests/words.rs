//! Finding, telling apart, and saying in words.

use super::{edge, node, shop};
use crate::{
    diff::diff,
    find::{Find, matched},
    format::NBSP,
    speak,
};
use model::{Graph, Status, Subject};

fn found(graph: &Graph, text: &str) -> (Vec<String>, usize) {
    let matched = matched(&Find::parse(text).unwrap().unwrap(), graph);
    let names =
        graph.nodes.iter().zip(&matched.nodes).filter(|(_, lit)| **lit).map(|(node, _)| node.name.clone());
    (names.collect(), matched.edges.iter().filter(|lit| **lit).count())
}

#[test]
fn names_and_keys_are_found() {
    let graph = shop();
    assert_eq!(found(&graph, "SEARCH"), (vec!["search-index".into(), "search".into()], 0));
    assert_eq!(found(&graph, "ns=shop rev").0, ["reviews"]);
    assert_eq!(found(&graph, "version=v2").0, ["reviews"]);
    assert_eq!(found(&graph, "health=failing"), (vec!["pay.acme.example".into()], 1));
    assert_eq!(found(&graph, "health=silent"), (vec!["promo".into()], 1));
    assert_eq!(found(&graph, "protocol=grpc"), (vec![], 3));
    assert_eq!(found(&graph, "protocol=grpc inventory").1, 2, "words beside a line's key are about its ends");
    assert_eq!(found(&graph, "mtls=no"), (vec![], 1));
    assert_eq!(found(&graph, "kind=gateway").0, ["ingress"]);
    assert!(Find::parse("<script>").is_err(), "a sign needs something before it");
    assert_eq!(found(&graph, "\"<script>\""), (vec![], 0));
}

#[test]
fn what_was_found_is_counted() {
    let graph = shop();
    let sentence =
        |text: &str| matched(&Find::parse(text).unwrap().unwrap(), &graph).sentence().replace(NBSP, " ");
    assert_eq!(sentence("ns=data"), "5 nodes match.");
    assert_eq!(sentence("health=failing"), "1 node and 1 edge match.");
    assert_eq!(sentence("reviews"), "1 node matches.");
    assert_eq!(sentence("zzz"), "Nothing matches.");
}

#[test]
fn new_figures_do_not_move_the_picture() {
    let old = shop();
    assert_eq!(diff(&old, &old), crate::diff::Diff::default());
    let mut figures = old.clone();
    figures.nodes[0].requests = None;
    figures.edges[0].health.status = Status::Degraded;
    let change = diff(&old, &figures);
    assert!(change.figures && !change.topology);
}

#[test]
fn what_came_and_went_is_told_by_key() {
    let old = shop();
    let mut new = old.clone();
    let gone = new.nodes.pop().unwrap();
    new.nodes.iter_mut().for_each(|node| {
        if node.name == "cart" {
            node.health.status = Status::Failing;
        }
    });
    new.nodes.reverse();
    let change = diff(&old, &new);
    assert!(change.topology);
    assert_eq!(change.removed_nodes, [gone.id]);
    assert!(change.added_nodes.is_empty());
    assert_eq!(change.sentence(&new).replace(NBSP, " "), "1 node went. cart is failing now.");
    let mut row = old.clone();
    row.nodes.iter_mut().for_each(|node| node.versions.truncate(1));
    assert!(diff(&old, &row).topology, "a row that went changes the card");
}

#[test]
fn the_picture_is_told_in_sentences() {
    let graph = shop();
    let now_s = graph.meta.at_s;
    let plain = |text: String| text.replace(NBSP, " ");
    assert_eq!(
        plain(speak::summary(&graph)),
        "Service graph of data, edge and shop: 17 nodes, 22 edges; failing: 1 node and 1 edge, degraded: 2 nodes and 2 edges."
    );
    assert_eq!(
        plain(speak::node(node(&graph, "reviews"), now_s)),
        "reviews in shop, degraded: 235 rps, 0.86 % errors, p95 104 ms. \
         v2 fails 7.8 times as often as v1 in this window (4.07 % against 0.52 %). \
         2 versions: v1 90.4 %, v2 9.63 %."
    );
    assert_eq!(
        plain(speak::node(node(&graph, "promo"), now_s)),
        "promo in shop, silent, last seen 4 min ago."
    );
    assert_eq!(
        plain(speak::edge(edge(&graph, "Unknown callers", "cart"), &graph, now_s)),
        "Unknown callers calls cart by HTTP, healthy: 4.31 rps, no errors, p95 72 ms. Not encrypted."
    );
    assert_eq!(
        plain(speak::edge(edge(&graph, "cart", "session-cache"), &graph, now_s)),
        "cart calls session-cache by TCP: 1.42 MB/s over TCP."
    );
    let row = Subject::Row { node: node(&graph, "reviews").id.clone(), row: "reviews-v2".into() };
    assert_eq!(
        plain(speak::subject(&row, &graph, now_s).unwrap()),
        "reviews v2, 9.63 % of requests (10.0 % intended): 22.6 rps, 4.07 % errors, p95 312 ms. \
         v2 fails 7.8 times as often as v1 in this window (4.07 % against 0.52 %)."
    );
    assert_eq!(speak::subject(&Subject::Edge { id: "gone".into() }, &graph, now_s), None);
}
