//! Labels that a mesh lacks, from Istio 1.3 to one that drops them to save series.

use crate::testing::{both, edge_lines, edges, graph, node_lines, req};
use model::GraphType;

/// Empty values are what an absent label reads as.
fn without(labels: &[&str]) -> String {
    let pairs: Vec<String> = labels.iter().map(|label| format!("{label}=\"\"")).collect();
    pairs.join(",")
}

fn notes(samples: &str) -> Vec<String> {
    graph(samples, GraphType::App).meta.quality.notes.into_iter().map(|note| note.sentence).collect()
}

#[test]
fn either_of_app_and_canonical_service_is_enough() {
    let old = without(&[
        "source_canonical_service",
        "source_canonical_revision",
        "destination_canonical_service",
        "destination_canonical_revision",
    ]);
    let lean = without(&["source_app", "source_version", "destination_app", "destination_version"]);
    for more in [old, lean] {
        let samples = both("web-v1.shop", "cart-v1.shop", &more, 3.0)
            + &both("web-v1.shop", "cart-v2.shop", &more, 1.0);
        assert_eq!(
            edges(&samples),
            "web → cart[cart-v1]  http 3.00/s  mtls 100 %\nweb → cart[cart-v2]  http 1.00/s  mtls 100 %"
        );
        assert_eq!(notes(&samples), Vec::<String>::new());
    }
}

#[test]
fn without_any_app_label_a_workload_is_its_own_app() {
    let more = without(&[
        "source_app",
        "source_canonical_service",
        "destination_app",
        "destination_canonical_service",
    ]);
    let samples = both("web-v1.shop", "cart-v1.shop", &more, 3.0);
    assert_eq!(edges(&samples), "web-v1 → cart-v1  http 3.00/s  mtls 100 %");
    assert_eq!(
        notes(&samples),
        [
            "source_canonical_service or source_app is missing on every row. Callers are named after their workload.",
            "destination_canonical_service or destination_app is missing on every row. Targets are named after their workload."
        ]
    );
}

#[test]
fn without_workloads_versions_are_told_by_their_label() {
    let more = without(&["source_workload", "destination_workload"]);
    let samples =
        both("web-v1.shop", "cart-v1.shop", &more, 3.0) + &both("web-v1.shop", "cart-v2.shop", &more, 1.0);
    assert_eq!(
        edges(&samples),
        "web → cart[v1]  http 3.00/s  mtls 100 %\nweb → cart[v2]  http 1.00/s  mtls 100 %"
    );
    assert_eq!(
        node_lines(&graph(&samples, GraphType::Workload)),
        "Workload cart v1 in shop: Healthy\nWorkload cart v2 in shop: Healthy\nWorkload web v1 in shop: Healthy, root"
    );
}

#[test]
fn without_versions_rows_are_named_after_their_workload() {
    let more = without(&[
        "source_version",
        "source_canonical_revision",
        "destination_version",
        "destination_canonical_revision",
    ]);
    let samples =
        both("web-v1.shop", "cart-v1.shop", &more, 3.0) + &both("web-v1.shop", "cart-v2.shop", &more, 1.0);
    assert!(
        node_lines(&graph(&samples, GraphType::VersionedApp)).contains("\n  cart-v2: Healthy, share 25.0 %")
    );
}

#[test]
fn with_hardly_any_label_there_is_still_a_graph() {
    let more = without(&[
        "source_workload",
        "source_workload_namespace",
        "source_app",
        "source_canonical_service",
        "source_version",
        "source_canonical_revision",
        "source_cluster",
        "destination_workload",
        "destination_workload_namespace",
        "destination_app",
        "destination_canonical_service",
        "destination_version",
        "destination_canonical_revision",
        "destination_cluster",
        "destination_service_namespace",
        "destination_service_name",
        "response_flags",
    ]);
    let samples = both("web-v1.shop", "cart-v1.shop", &more, 3.0);
    assert_eq!(edges(&samples), "Unknown callers → cart  http 3.00/s  mtls 100 %");
    assert!(notes(&samples).len() >= 8, "{:?}", notes(&samples));
}

#[test]
fn without_namespaces_nothing_is_hidden() {
    let more = without(&[
        "source_workload_namespace",
        "destination_workload_namespace",
        "destination_service_namespace",
    ]);
    let samples = both("web-v1.shop", "cart-v1.shop", &more, 3.0);
    assert_eq!(edges(&samples), "web → cart  http 3.00/s  mtls 100 %");
}

#[test]
fn a_destination_without_namespace_takes_its_services() {
    let more = without(&["destination_workload_namespace"]);
    let graph = graph(&both("web-v1.shop", "cart-v1.shop", &more, 3.0), GraphType::App);
    assert_eq!(node_lines(&graph), "App cart in shop: Healthy\nApp web in shop: Healthy, root");
}

#[test]
fn a_partly_missing_label_is_counted() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 3.0)
        + &req("destination", "web-v1.shop", "api-v1.shop", &without(&["source_workload"]), 1.0);
    assert_eq!(
        notes(&samples),
        ["source_workload is missing on 1 of 3 rows. Callers are told apart by their app's name."]
    );
    assert!(edge_lines(&graph(&samples, GraphType::App)).contains("web → api  http 1.00/s"));
}

#[test]
fn hostile_names_pass_through_as_text() {
    let more = "destination_app=\"<script>alert(1)</script>\",destination_canonical_service=\"<script>alert(1)</script>\"";
    let graph = graph(&both("web-v1.shop", "cart-v1.shop", more, 1.0), GraphType::App);
    assert!(graph.nodes.iter().any(|node| node.name == "<script>alert(1)</script>"));
    assert!(graph.nodes.iter().all(|node| !node.id.contains('<')));
}
