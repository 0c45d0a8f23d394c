//! What the table says of the shop, in which order, and what it leaves out.

use super::*;
use crate::{
    find::{Find, matched},
    tests::shop,
};

fn names(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.cells[0].as_str()).collect()
}

fn row<'a>(rows: &'a [Row], name: &str) -> &'a Row {
    rows.iter().find(|row| row.cells[0] == name).expect("a row of this name")
}

#[test]
fn every_card_and_line_has_a_row_with_a_cell_for_each_column() {
    let graph = shop();
    for of in [Of::Nodes, Of::Edges] {
        let rows = rows(&graph, of, None, None, of.first_sort());
        let wanted = if of == Of::Nodes {
            graph.nodes.len() + graph.nodes.iter().map(|node| node.versions.len()).sum::<usize>()
        } else {
            graph.edges.len()
        };
        assert_eq!(rows.len(), wanted);
        assert!(rows.iter().all(|row| row.cells.len() == of.columns().len()));
        assert!(rows.iter().flat_map(|row| &row.cells).all(|cell| !cell.is_empty()));
    }
}

#[test]
fn the_figures_are_those_of_the_cards() {
    let graph = shop();
    let rows = rows(&graph, Of::Nodes, None, None, Of::Nodes.first_sort());
    for node in graph.nodes.iter().filter(|node| node.requests.is_some() && !node.flags.silent) {
        let cells = &row(&rows, &node.name).cells;
        if node.health.status == Status::Healthy {
            assert_eq!(cells[3], figures::left(node).text, "{}", node.name);
        }
        if let Some(errors) = figures::errors(node.requests.as_ref(), node.health.status) {
            assert_eq!(cells[4], errors.text, "{}", node.name);
        }
        if node.latency.is_some() {
            assert_eq!(cells[5], figures::slowness(node.latency.as_ref())[0].text, "{}", node.name);
        }
    }
}

#[test]
fn the_worst_comes_first_and_versions_stay_with_their_card() {
    let graph = shop();
    let rows = rows(&graph, Of::Nodes, None, None, Of::Nodes.first_sort());
    let ranks: Vec<Status> = rows.iter().filter(|row| !row.nested).map(|row| row.status).collect();
    assert_eq!(ranks[0], Status::Failing);
    let at = names(&rows).iter().position(|name| *name == "reviews").unwrap();
    assert_eq!(names(&rows)[at..at + 3], ["reviews", "reviews v1", "reviews v2"]);
    assert!(rows[at + 1].nested && matches!(rows[at + 1].subject, Subject::Row { .. }));
}

#[test]
fn what_is_not_known_comes_last_whichever_way_round() {
    let graph = shop();
    for descending in [false, true] {
        let rows = rows(&graph, Of::Edges, None, None, Sort { column: 4, descending });
        let known: Vec<bool> = rows.iter().map(|row| row.cells[4].contains("rps")).collect();
        let first_unknown = known.iter().position(|known| !known).expect("TCP has no rate of requests");
        assert!(known[first_unknown..].iter().all(|known| !known), "{known:?}");
    }
}

#[test]
fn a_second_choice_turns_the_order_round() {
    let graph = shop();
    let by_name = Of::Nodes.first_sort().chosen(Of::Nodes, 0);
    assert_eq!((by_name.aria(0), by_name.aria(1)), ("ascending", "none"));
    let up = rows(&graph, Of::Edges, None, None, by_name);
    let mut down = rows(&graph, Of::Edges, None, None, by_name.chosen(Of::Nodes, 0));
    assert_eq!(up.len(), down.len());
    assert_eq!(names(&up)[0], *names(&down).last().unwrap());
    down.reverse();
    assert_eq!(names(&up), names(&down));
    assert!(Of::Nodes.first_sort().chosen(Of::Nodes, 3).descending, "the busiest first");
    assert!(Of::Nodes.caption(&up, by_name).ends_with("by Name, A to Z"));
}

#[test]
fn find_lights_rows_or_leaves_out_the_others_as_on_the_map() {
    let graph = shop();
    let matched = matched(&Find::parse("checkout").unwrap().unwrap(), &graph);
    let sort = Of::Nodes.first_sort();
    let lit = rows(&graph, Of::Nodes, Some(&matched), None, sort);
    assert_eq!(
        lit.iter().filter(|row| row.lit).map(|row| row.cells[0].as_str()).collect::<Vec<_>>(),
        ["checkout"]
    );
    let shown = crate::find::shown(&graph, Some(&matched), None);
    let left = rows(&graph, Of::Nodes, None, Some(&shown), sort);
    assert_eq!(names(&left), ["checkout"]);
    assert!(rows(&graph, Of::Edges, None, Some(&shown), sort).is_empty(), "no line between two of one card");
}

#[test]
fn silence_and_tcp_have_no_rate_rather_than_none() {
    let mut graph = shop();
    let busy =
        graph.nodes.iter().find(|node| node.mtls_share.is_some() && node.latency.is_some()).unwrap().clone();
    let silent = graph.nodes.iter_mut().find(|node| node.flags.silent).expect("a silent node of the shop");
    // It fell silent only just now: the window still holds what it did before.
    (silent.requests, silent.latency, silent.mtls_share) = (busy.requests, busy.latency, busy.mtls_share);
    let name = silent.name.clone();
    let rows = rows(&graph, Of::Nodes, None, None, Of::Nodes.first_sort());
    let cells = &row(&rows, &name).cells;
    assert!(cells[2].starts_with("silent"), "{cells:?}");
    assert!(
        cells[3..].iter().all(|cell| cell == NOT_APPLICABLE),
        "its card says no figures either: {cells:?}"
    );
    let tcp = graph.nodes.iter().find(|node| node.requests.is_none() && node.tcp.is_some()).unwrap();
    let cells = &row(&rows, &tcp.name).cells;
    assert_eq!(cells[3], NOT_APPLICABLE);
    assert!(cells[6].ends_with("/s"), "{cells:?}");
}
