//! What holds for any mesh.

use crate::{
    ViewConfig, snapshot,
    testing::{a_view, answers, edge_lines, labels, node_lines, snap},
    view,
};
use model::GraphType;
use proptest::prelude::*;

/// Samples of a small mesh: any of six workloads call each other, both sides report, some fail, some never arrive.
fn any_samples() -> impl Strategy<Value = Vec<String>> {
    let ends = ["web-v1.edge", "web-v2.edge", "cart-v1.shop", "cart-v2.shop", "db-v1.data", "unknown"];
    let answers = [
        "",
        "response_code=\"503\",response_flags=\"UF\"",
        "response_code=\"0\",response_flags=\"DC\"",
        "request_protocol=\"grpc\",grpc_response_status=\"14\"",
        "destination_service=\"admin.shop.svc.cluster.local\",destination_service_name=\"admin\"",
    ];
    let sample = (0..ends.len(), 0..ends.len(), 0..answers.len(), 0..3_usize, 1_u32..1_000).prop_map(
        move |(from, to, answer, reporter, rate)| {
            let reporter = ["source", "destination", "waypoint"][reporter];
            let labels = labels(reporter, ends[from], ends[to], answers[answer]);
            format!("istio_requests_total{{{labels}}} {}\n", f64::from(rate) / 10.0)
        },
    );
    proptest::collection::vec(sample, 1..24)
}

fn everything(graph_type: GraphType, inject_services: bool) -> crate::View {
    let mut view = a_view(graph_type);
    view.system = true;
    view.config = ViewConfig { inject_services, ..ViewConfig::default() };
    view
}

/// Cells are as Prometheus gives them after a label was dropped: its column reads empty.
fn drop_labels(samples: &[String], dropped: &[&str]) -> String {
    let mut text = samples.concat();
    for label in dropped {
        text = text
            .lines()
            .map(|line| {
                let mut line = line.to_owned();
                for before in ["{", ","] {
                    let start = format!("{before}{label}=\"");
                    while let Some(at) = line.find(&start) {
                        let from = at + start.len();
                        let to = line[from..].find('"').map_or(line.len(), |end| from + end);
                        line.replace_range(at + before.len()..to, &format!("_{label}=\""));
                    }
                }
                line
            })
            .collect::<Vec<_>>()
            .join("\n");
    }
    text
}

const IDENTITY: [&str; 14] = [
    "source_cluster",
    "source_workload_namespace",
    "source_workload",
    "source_canonical_service",
    "source_app",
    "source_canonical_revision",
    "source_version",
    "destination_cluster",
    "destination_workload_namespace",
    "destination_workload",
    "destination_canonical_revision",
    "destination_version",
    "destination_service_name",
    "destination_service_namespace",
];

proptest! {
    #[test]
    fn every_graph_type_carries_the_same_traffic(samples in any_samples()) {
        let snapshot = snap(&samples.concat());
        let mut totals = Vec::new();
        for graph_type in GraphType::ALL {
            for inject in [false, true] {
                let graph = view(&snapshot, &everything(graph_type, inject));
                totals.push((graph_type, graph.totals.rate_rps, graph.totals.error_share));
            }
        }
        let (_, rate, errors) = totals[0];
        for (graph_type, other_rate, other_errors) in &totals {
            prop_assert!((rate.unwrap_or(0.0) - other_rate.unwrap_or(0.0)).abs() < 1e-6, "{:?} {:?}", graph_type, totals);
            prop_assert!((errors.unwrap_or(0.0) - other_errors.unwrap_or(0.0)).abs() < 1e-9, "{:?} {:?}", graph_type, totals);
        }
    }

    #[test]
    fn the_order_of_samples_does_not_matter(
        (samples, shuffled) in any_samples().prop_flat_map(|samples| (Just(samples.clone()), Just(samples).prop_shuffle()))
    ) {
        for graph_type in GraphType::ALL {
            let one = view(&snap(&samples.concat()), &everything(graph_type, false));
            let other = view(&snap(&shuffled.concat()), &everything(graph_type, false));
            prop_assert_eq!(edge_lines(&one), edge_lines(&other));
            prop_assert_eq!(node_lines(&one), node_lines(&other));
            let ids = |graph: &model::Graph| graph.edges.iter().map(|edge| edge.id.clone()).collect::<Vec<_>>();
            prop_assert_eq!(ids(&one), ids(&other));
        }
    }

    #[test]
    fn taking_labels_away_never_loses_what_servers_counted(
        samples in any_samples(),
        dropped in proptest::sample::subsequence(IDENTITY.to_vec(), 0..=IDENTITY.len()),
    ) {
        // One reporter only: which side is believed may change with the edges that labels tell apart.
        let samples: Vec<String> =
            samples.into_iter().filter(|sample| sample.contains("reporter=\"destination\"")).collect();
        let total = |text: &str| {
            view(&snap(text), &everything(GraphType::VersionedApp, false)).totals.rate_rps.unwrap_or(0.0)
        };
        let (before, after) = (total(&samples.concat()), total(&drop_labels(&samples, &dropped)));
        prop_assert!((before - after).abs() < 1e-6, "{} {} without {:?}", before, after, dropped);
    }

    #[test]
    fn any_columns_may_be_missing_and_nothing_panics(
        samples in any_samples(),
        kept in proptest::collection::vec(any::<bool>(), 25),
    ) {
        let mut answers = answers(&samples.concat());
        for (outcome, _) in answers.outcomes.values_mut() {
            let crate::Outcome::Answered(table) = outcome else { continue };
            let width = table.labels.len();
            let keep = |at: usize| kept.get(at).copied().unwrap_or(true);
            table.cells = std::mem::take(&mut table.cells)
                .into_iter().enumerate().filter(|(at, _)| keep(at % width)).map(|(_, cell)| cell).collect();
            table.labels = std::mem::take(&mut table.labels)
                .into_iter().enumerate().filter(|(at, _)| keep(*at)).map(|(_, label)| label).collect();
        }
        for graph_type in GraphType::ALL {
            let graph = view(&snapshot(&answers).0, &everything(graph_type, true));
            let nodes: Vec<&str> = graph.nodes.iter().map(|node| node.id.as_str()).collect();
            let mut unique = nodes.clone();
            unique.dedup();
            prop_assert_eq!(unique.len(), nodes.len(), "ids are unique");
            prop_assert!(graph.edges.iter().all(|edge| nodes.contains(&edge.source.as_str()) && nodes.contains(&edge.target.as_str())));
        }
    }
}
