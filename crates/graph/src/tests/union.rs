//! Several stores, each with one cluster's reports, read as one.

use crate::{
    Answers, Origin, Outcome, Part, QueryKind, Signals,
    dialect::{DurationUnit, Probe},
    edge_detail, snapshot,
    testing::{AT_S, a_view, all_extras, answers, answers_of, edge_lines, graph, labels, req, sample},
    union, view,
};
use model::{Graph, GraphType};

fn clusters(source: &str, destination: &str) -> String {
    format!("source_cluster=\"{source}\",destination_cluster=\"{destination}\"")
}

/// `web` in the west calls `cart` in both clusters; each cluster's store has what its own proxies say.
fn west() -> String {
    req("source", "web-v1.shop", "cart-v1.shop", &clusters("west", "west"), 4.0)
        + &req("destination", "web-v1.shop", "cart-v1.shop", &clusters("west", "west"), 4.0)
        + &req("source", "web-v1.shop", "cart-v1.shop", &clusters("west", "east"), 2.5)
}

fn east() -> String {
    req("destination", "web-v1.shop", "cart-v1.shop", &clusters("west", "east"), 2.0)
        + &req("source", "cart-v1.shop", "db-v1.data", &clusters("east", "east"), 1.0)
        + &req("destination", "cart-v1.shop", "db-v1.data", &clusters("east", "east"), 1.0)
}

fn is(rate_rps: f64, expected: f64) -> bool {
    (rate_rps - expected).abs() < 1e-9
}

fn part<'a>(name: &'a str, answers: &'a Answers) -> Part<'a> {
    Part { name, cluster: name, answers }
}

fn all() -> Signals {
    Signals { percentiles: true, slow_lane: true, extras: all_extras() }
}

fn together(west: &Answers, east: &Answers) -> Answers {
    let (whole, warnings) = union(&[part("west", west), part("east", east)], all(), west.window);
    assert_eq!(warnings, []);
    whole
}

fn drawn(answers: &Answers) -> Graph {
    view(&snapshot(answers).0, &a_view(GraphType::Workload))
}

#[test]
fn two_stores_draw_what_one_with_both_draws() {
    let whole = drawn(&together(&answers(&west()), &answers(&east())));
    let one = graph(&(west() + &east()), GraphType::Workload);
    assert_eq!((&whole.nodes, &whole.edges), (&one.nodes, &one.edges));
    assert_eq!(whole.edges.len(), 3, "{}", edge_lines(&whole));
    let crossing =
        whole.edges.iter().find(|edge| edge.other_side.as_ref().is_some_and(|side| is(side.rate_rps, 2.5)));
    assert!(crossing.is_some(), "both sides of what crosses: {:?}", whole.edges);
}

#[test]
fn copies_of_another_clusters_reports_count_once() {
    // The east's store holds all of the west's too, as one that federates does.
    let whole = drawn(&together(&answers(&west()), &answers(&(east() + &west()))));
    let one = graph(&(west() + &east()), GraphType::Workload);
    assert_eq!((whole.nodes, whole.edges), (one.nodes, one.edges));
}

#[test]
fn a_proxy_that_names_no_cluster_is_in_that_of_its_store() {
    let silent = |samples: String| {
        let emptied = |end: &str, with: &str| format!("{end}_cluster=\"{with}\"");
        ["west", "east"].iter().fold(samples, |samples, cluster| {
            samples
                .replace(&emptied("source", cluster), &emptied("source", ""))
                .replace(&emptied("destination", cluster), &emptied("destination", "unknown"))
        })
    };
    // Of the reporter's own end only: the caller in the west is known to the east by its label.
    let own_end = |samples: String| {
        samples
            .lines()
            .map(|line| {
                let end = if line.contains("reporter=\"source\"") { "source" } else { "destination" };
                ["west", "east"].iter().fold(format!("{line}\n"), |line, cluster| {
                    line.replacen(&format!("{end}_cluster=\"{cluster}\""), &format!("{end}_cluster=\"\""), 1)
                })
            })
            .collect::<String>()
    };
    let one = graph(&(west() + &east()), GraphType::Workload);
    let whole = drawn(&together(&answers(&own_end(west())), &answers(&own_end(east()))));
    assert_eq!((whole.nodes, whole.edges), (one.nodes, one.edges));
    // Where no row names any cluster, each store is a cluster by itself.
    let local = req("source", "web-v1.shop", "cart-v1.shop", &clusters("west", "west"), 4.0)
        + &req("destination", "web-v1.shop", "cart-v1.shop", &clusters("west", "west"), 4.0);
    let there = req("destination", "cart-v1.shop", "db-v1.data", &clusters("east", "east"), 1.0);
    let one = graph(&(local.clone() + &there), GraphType::Workload);
    let whole = drawn(&together(&answers(&silent(local)), &answers(&silent(there))));
    assert_eq!((whole.nodes, whole.edges), (one.nodes, one.edges));
}

#[test]
fn a_cluster_without_a_store_belongs_to_the_first_that_has_it() {
    let north = req("destination", "jobs-v1.ops", "mail-v1.ops", &clusters("north", "north"), 3.0);
    let whole = together(&answers(&(west() + &north)), &answers(&(east() + &north)));
    let one = graph(&(west() + &east() + &north), GraphType::Workload);
    assert_eq!(drawn(&whole).edges, one.edges);
    assert_eq!(whole.origin.members[0].clusters, ["north", "west"]);
}

#[test]
fn a_store_whose_proxies_name_another_stores_cluster_is_told_of() {
    let (west, east) = (answers(&west()), answers(&west()));
    let (_, warnings) = union(&[part("west", &west), part("east", &east)], all(), west.window);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].sentence.contains("source east") && warnings[0].sentence.contains("“west”"),
        "{warnings:?}"
    );
}

#[test]
fn a_column_is_missing_only_where_nobody_answered_it() {
    let (west, mut east) = (answers(&west()), answers(&east()));
    let failed = || (Outcome::Failed("gone".into()), Vec::new());
    east.outcomes.insert(QueryKind::Requests, failed());
    let whole = together(&west, &east);
    assert!(whole.table(QueryKind::Requests).is_some_and(|table| table.rows() == 3));
    let mut west = west;
    west.outcomes.insert(QueryKind::Requests, failed());
    assert!(together(&west, &east).table(QueryKind::Requests).is_none());
}

#[test]
fn bounds_in_seconds_join_those_in_milliseconds() {
    let bucket = |cluster: &str, le: &str| {
        sample(
            "istio_request_duration_milliseconds_bucket",
            &(labels("destination", "web-v1.shop", "cart-v1.shop", &clusters(cluster, cluster))
                + &format!(",le=\"{le}\"")),
            1.0,
        )
    };
    let seconds =
        Origin { probe: Probe { duration: DurationUnit::Seconds, ..Probe::default() }, ..Origin::default() };
    let whole = together(&answers(&bucket("west", "250")), &answers_of(seconds, &bucket("east", "0.25")));
    assert_eq!(whole.table(QueryKind::DurationBucket).expect("answered").le, [250.0, 250.0]);
}

#[test]
fn an_older_answer_lets_nobody_fall_silent() {
    let presence = |samples: String| {
        let lines = samples.lines().map(|line| format!("{line} @ -870..0\n"));
        samples.clone() + &lines.collect::<String>()
    };
    let (west, mut east) = (answers(&presence(west())), answers(&presence(east())));
    east.window.at_s = AT_S - 300;
    for (outcome, _) in east.outcomes.values_mut() {
        if let Outcome::Series(series) = outcome {
            series.points.iter_mut().flatten().for_each(|(at_s, _)| *at_s -= 300.0);
        }
    }
    let graph = drawn(&together(&west, &east));
    assert!(graph.edges.iter().all(|edge| !edge.flags.silent), "{}", edge_lines(&graph));
}

#[test]
fn each_query_names_the_store_that_has_its_series() {
    let whole = snapshot(&together(&answers(&west()), &answers(&east()))).0;
    let graph = view(&whole, &a_view(GraphType::Workload));
    let sources = |edge: &model::Edge| -> Vec<String> {
        let detail = edge_detail(&whole, &a_view(GraphType::Workload), &edge.id).expect("drawn");
        let rates = detail.queries.into_iter().filter(|query| query.name == "rate");
        rates.filter_map(|query| query.source).collect()
    };
    for edge in &graph.edges {
        let crossing = edge.other_side.as_ref().is_some_and(|side| is(side.rate_rps, 2.5));
        let local = edge.requests.as_ref().is_some_and(|requests| is(requests.rate_rps, 4.0));
        assert_eq!(sources(edge), [if local && !crossing { "west" } else { "east" }], "{}", edge.id);
    }
}

#[test]
fn a_column_that_only_one_store_was_asked_for_is_left_out() {
    let (west, mut east) = (answers(&west()), answers(&east()));
    east.outcomes.remove(&QueryKind::DurationBucket);
    let parts = [part("west", &west), part("east", &east)];
    let (whole, _) = union(&parts, Signals { slow_lane: true, ..Signals::default() }, west.window);
    assert!(
        whole.table(QueryKind::DurationBucket).is_none() && whole.table(QueryKind::DurationSum).is_some()
    );
}
