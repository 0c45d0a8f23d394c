//! What holds for any mesh.

use crate::{
    ViewConfig, snapshot,
    testing::{a_view, answers, edge_lines, labels, node_lines, snap},
    view,
};
use model::GraphType;
use proptest::prelude::*;

/// Samples of a small mesh: any of six workloads call each other, both sides report, some fail, some never arrive.
pub(super) fn any_samples() -> impl Strategy<Value = Vec<String>> {
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

pub(super) fn everything(graph_type: GraphType, inject_services: bool) -> crate::View {
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

/// Every label that requests are grouped by, with its stand-in: one of a group is enough.
const GROUPS: [&[&str]; 21] = [
    &["reporter"],
    &["source_cluster"],
    &["source_workload_namespace"],
    &["source_workload"],
    &["source_canonical_service", "source_app"],
    &["source_canonical_revision", "source_version"],
    &["destination_cluster"],
    &["destination_workload_namespace"],
    &["destination_workload"],
    &["destination_canonical_service", "destination_app"],
    &["destination_canonical_revision", "destination_version"],
    &["destination_service"],
    &["destination_service_name"],
    &["destination_service_namespace"],
    &["request_protocol"],
    &["response_code"],
    &["grpc_response_status"],
    &["response_flags"],
    &["connection_security_policy"],
    &["source_principal"],
    &["destination_principal"],
];

fn all_labels() -> Vec<&'static str> {
    GROUPS.concat()
}

fn rate(sample: &str) -> f64 {
    sample
        .rsplit_once(' ')
        .and_then(|(_, rate)| rate.trim().parse().ok())
        .expect("a sample ends with a number")
}

/// A pod that is still starting: nothing names it but its namespace.
fn half_built(rate: f64) -> String {
    let more = "source_workload=\"unknown\",source_app=\"unknown\",source_canonical_service=\"unknown\",\
                source_workload_namespace=\"edge\"";
    format!("istio_requests_total{{{}}} {rate}\n", labels("destination", "unknown", "cart-v1.shop", more))
}

/// What a graph shows, and whether rows were left out and told.
fn shown(text: &str) -> (f64, usize) {
    let graph = view(&snap(text), &everything(GraphType::VersionedApp, false));
    (graph.totals.rate_rps.unwrap_or(0.0), graph.meta.quality.dropped_rows)
}

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
        starting in 0_u32..3,
        dropped in proptest::sample::subsequence(all_labels(), 0..=25),
    ) {
        // One reporter only: which side is believed may change with the edges that labels tell apart.
        let mut samples: Vec<String> =
            samples.into_iter().filter(|sample| sample.contains("reporter=\"destination\"")).collect();
        let all: f64 = samples.iter().map(|sample| rate(sample)).sum();
        samples.extend((0..starting).map(|_| half_built(7.0)));
        let (drawn, left_out) = shown(&drop_labels(&samples, &dropped));
        // Whatever is not drawn was left out as half built, and counted.
        prop_assert!(left_out == 0 || left_out == starting as usize, "{} of {}", left_out, starting);
        let expected = all + f64::from(starting) * 7.0 - left_out as f64 * 7.0;
        prop_assert!((expected - drawn).abs() < 1e-6, "{} {} without {:?}", expected, drawn, dropped);
    }

    #[test]
    fn without_reporters_every_row_counts(
        samples in any_samples(),
        dropped in proptest::sample::subsequence(all_labels(), 0..=25),
    ) {
        let all: f64 = samples.iter().map(|sample| rate(sample)).sum();
        let dropped: Vec<&str> = dropped.into_iter().chain(["reporter"]).collect();
        let (drawn, left_out) = shown(&drop_labels(&samples, &dropped));
        prop_assert_eq!(left_out, 0);
        prop_assert!((all - drawn).abs() < 1e-6, "{} {} without {:?}", all, drawn, dropped);
    }

    #[test]
    fn a_reporter_missing_here_and_there_is_told(
        samples in any_samples(),
        without in proptest::collection::vec(any::<bool>(), 24),
    ) {
        let samples: Vec<String> = samples
            .into_iter()
            .filter(|sample| sample.contains("reporter=\"destination\""))
            .zip(without)
            .map(|(sample, without)| {
                // Left-out rows can be told apart by their rate.
                if without { drop_labels(&[sample], &["reporter"]) } else { sample }
            })
            .map(|sample| sample.trim_end().to_owned() + "\n")
            .collect();
        let all: f64 = samples.iter().map(|sample| rate(sample)).sum();
        let (drawn, left_out) = shown(&samples.concat());
        prop_assert!(drawn <= all + 1e-6);
        prop_assert_eq!(left_out > 0, drawn < all - 1e-6, "{} of {}, {} left out", drawn, all, left_out);
    }

    #[test]
    fn every_label_that_was_taken_away_is_named(
        samples in any_samples(),
        dropped in proptest::sample::subsequence(all_labels(), 0..=25),
    ) {
        let text = drop_labels(&samples, &dropped);
        let quality = view(&snap(&text), &everything(GraphType::App, false)).meta.quality;
        for group in GROUPS {
            let missing = group.iter().all(|label| dropped.contains(label));
            // Calls that nobody can tell to be gRPC are not said to lack its status.
            let rightly_absent = group == ["grpc_response_status"] && !text.contains(",request_protocol=\"grpc\"") && !text.contains("{request_protocol=\"grpc\"");
            let name = group.join(" or ") + " is missing on every row";
            let named = quality.notes.iter().any(|note| note.sentence.starts_with(&name));
            if !rightly_absent {
                prop_assert_eq!(named, missing, "{}: {:?}", name, quality.notes);
            }
        }
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
