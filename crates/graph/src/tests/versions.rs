//! Versions beside each other: intended and observed share, and evidence that one is worse.

use crate::{
    IntendedSplit,
    testing::{a_view, both, graph, node_lines, snap},
    view,
};
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

/// The card of reviews with a split from the configuration.
fn configured(samples: &str, service: &str, weights: &[(&str, f64)]) -> String {
    let mut wanted = a_view(GraphType::VersionedApp);
    wanted.config.intended_splits = vec![IntendedSplit {
        namespace: "shop".into(),
        service: service.into(),
        weights: weights.iter().map(|(version, weight)| ((*version).to_owned(), *weight)).collect(),
    }];
    node_lines(&view(&snap(samples), &wanted))
}

#[test]
fn a_configured_split_wins_over_the_telemetry() {
    let told = "flagger_canary_weight{workload=\"reviews-v2\",namespace=\"shop\"} 10\n";
    let samples = reviews(0.0, 0.0) + told;
    let lines = configured(&samples, "reviews", &[("v1", 3.0), ("v2", 1.0)]);
    assert!(lines.contains("v1: Healthy, share 90.0 %, intended 75.0 %"), "{lines}");
    assert!(lines.contains("v2: Healthy, share 10.0 %, intended 25.0 %"), "{lines}");
    let elsewhere = configured(&samples, "ratings", &[("v1", 3.0), ("v2", 1.0)]);
    assert!(elsewhere.contains("v2: Healthy, share 10.0 %, intended 10.0 %"), "{elsewhere}");
}

#[test]
fn a_split_may_name_the_service_that_was_asked_for_and_the_workloads() {
    let more = "destination_service=\"stars.shop.svc.cluster.local\",destination_service_name=\"stars\"";
    let samples = both("web-v1.shop", "reviews-v1.shop", more, 90.0)
        + &both("web-v1.shop", "reviews-v2.shop", more, 10.0);
    let lines = configured(&samples, "stars", &[("reviews-v1", 80.0), ("reviews-v2", 20.0)]);
    assert!(lines.contains("v1: Healthy, share 90.0 %, intended 80.0 %"), "{lines}");
}

#[test]
fn a_version_that_the_split_leaves_out_is_meant_to_get_nothing() {
    let lines = configured(&reviews(0.0, 0.0), "reviews", &[("v1", 90.0), ("v3", 10.0)]);
    assert!(lines.contains("v1: Healthy, share 90.0 %, intended 90.0 %"), "{lines}");
    assert!(lines.contains("v2: Healthy, share 10.0 %, intended 0 %"), "{lines}");
}

#[test]
fn workloads_of_one_version_share_its_weight() {
    let blue = "destination_workload=\"reviews-v1-blue\"";
    let samples = reviews(0.0, 0.0) + &both("web-v1.shop", "reviews-v1.shop", blue, 90.0);
    let lines = configured(&samples, "reviews", &[("v1", 90.0), ("v2", 10.0)]);
    assert_eq!(lines.matches("intended 45.0 %").count(), 2, "{lines}");
}

#[test]
fn a_split_that_says_nothing_is_left_aside() {
    for weights in [
        &[("v7", 1.0)][..],
        &[("v1", 0.0), ("v2", 0.0)],
        &[("v1", f64::NAN), ("v2", 1.0)],
        &[("v1", -1.0), ("v2", 3.0)],
    ] {
        let lines = configured(&reviews(0.0, 0.0), "reviews", weights);
        assert!(!lines.contains("intended"), "{weights:?} {lines}");
    }
}
