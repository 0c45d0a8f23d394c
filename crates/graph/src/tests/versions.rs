//! Versions beside each other: intended and observed share, and evidence that one is worse.

use crate::testing::{both, graph, node_lines};
use model::{GraphType, Status};

fn reviews(v1_failing: f64, v2_failing: f64) -> String {
    let failing = "response_code=\"503\",response_flags=\"UC\"";
    both("web-v1.shop", "reviews-v1.shop", "", 90.0 - v1_failing)
        + &both("web-v1.shop", "reviews-v1.shop", failing, v1_failing)
        + &both("web-v1.shop", "reviews-v2.shop", "", 10.0 - v2_failing)
        + &both("web-v1.shop", "reviews-v2.shop", failing, v2_failing)
}

#[test]
fn the_worse_version_degrades_its_app_and_is_named() {
    let graph = graph(&reviews(0.45, 0.4), GraphType::VersionedApp);
    let reviews = graph.nodes.iter().find(|node| node.name == "reviews").expect("drawn");
    assert_eq!(reviews.health.status, Status::Degraded);
    assert_eq!(
        reviews.health.reasons[0].sentence.replace('\u{a0}', " "),
        "v2 fails 8.00 times as often as v1 in this window (4.00 % against 0.50 %)."
    );
    let evidence = reviews.versions[1].comparison.as_ref().and_then(|found| found.evidence).expect("counted");
    assert!(evidence > 20.0, "{evidence}");
    assert!(node_lines(&graph).contains("v2: Degraded, share 10.0 %, Worse"), "{}", node_lines(&graph));
}

#[test]
fn a_failing_version_never_fails_its_app() {
    let graph = graph(&reviews(0.0, 5.0), GraphType::App);
    let reviews = graph.nodes.iter().find(|node| node.name == "reviews").expect("drawn");
    assert_eq!(reviews.health.status, Status::Degraded, "5 % of the whole, and its v2 fails half");
}

#[test]
fn two_percentages_are_no_evidence() {
    // 0.9 % against 0.5 %, on few requests: nothing can be said.
    let samples = both("web-v1.shop", "reviews-v1.shop", "", 1.99)
        + &both("web-v1.shop", "reviews-v1.shop", "response_code=\"500\"", 0.01)
        + &both("web-v1.shop", "reviews-v2.shop", "", 0.19)
        + &both("web-v1.shop", "reviews-v2.shop", "response_code=\"500\"", 0.002);
    assert!(node_lines(&graph(&samples, GraphType::VersionedApp)).contains("NoDifferenceSeen"));
}

#[test]
fn few_requests_are_said_to_be_few() {
    let samples = both("web-v1.shop", "reviews-v1.shop", "", 2.0)
        + &both("web-v1.shop", "reviews-v2.shop", "response_code=\"500\"", 0.015);
    let lines = node_lines(&graph(&samples, GraphType::VersionedApp));
    assert!(lines.contains("v2: TooFewRequests, share 0.74 %, TooFewRequests"), "{lines}");
}

#[test]
fn callers_that_differ_do_not_make_a_version_worse() {
    // The batch job fails on both alike, and sends only to v2 what web sends to v1.
    let fail = "response_code=\"500\"";
    let samples = both("web-v1.shop", "reviews-v1.shop", "", 50.0)
        + &both("batch-v1.shop", "reviews-v2.shop", "", 4.0)
        + &both("batch-v1.shop", "reviews-v2.shop", fail, 1.0);
    let lines = node_lines(&graph(&samples, GraphType::VersionedApp));
    assert!(!lines.contains("Worse"), "{lines}");
}

#[test]
fn the_intended_split_is_told_and_the_rest_follows() {
    let told = "flagger_canary_weight{workload=\"reviews-v2\",namespace=\"shop\"} 10\n";
    let lines = node_lines(&graph(&(reviews(0.0, 0.0) + told), GraphType::VersionedApp));
    assert!(lines.contains("v1: Healthy, share 90.0 %, intended 90.0 %"), "{lines}");
    assert!(lines.contains("v2: Healthy, share 10.0 %, intended 10.0 %"), "{lines}");
    let elsewhere = told.replace("\"shop\"", "\"other\"");
    assert!(
        !node_lines(&graph(&(reviews(0.0, 0.0) + &elsewhere), GraphType::VersionedApp)).contains("intended")
    );
    let renamed = told.replace("namespace=\"shop\"", "namespace=\"flagger\",exported_namespace=\"shop\"");
    assert!(
        node_lines(&graph(&(reviews(0.0, 0.0) + &renamed), GraphType::VersionedApp))
            .contains("intended 10.0 %")
    );
}
