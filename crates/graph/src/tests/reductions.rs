//! What every reduction of a mesh keeps: whatever is merged, split or left out, no request is lost or counted twice.

use crate::{
    Origin, Snapshot, View, snapshot,
    testing::{a_view, answers_of, edge_lines, labels, sample, snap},
    view,
};
use model::{Edge, Extras, Graph, GraphType};
use proptest::prelude::*;

/// Samples of a small mesh in two clusters, with kinds of requests, failures and hosts outside.
fn any_samples() -> impl Strategy<Value = Vec<String>> {
    let ends = ["web-v1.edge", "web-v2.edge", "cart-v1.shop", "cart-v2.shop", "db-v1.data", "unknown"];
    let kinds = ["", "portolan_operation=\"Buy\"", "portolan_operation=\"List\""];
    let answers = [
        "response_code=\"200\"",
        "response_code=\"503\"",
        "request_protocol=\"grpc\",grpc_response_status=\"14\"",
        "destination_service=\"a.example\",destination_service_name=\"a.example\",destination_service_namespace=\"unknown\"",
        "destination_service=\"b.example\",destination_service_name=\"b.example\",destination_service_namespace=\"unknown\"",
    ];
    let sample = (0..5_usize, 0..ends.len(), 0..kinds.len(), 0..answers.len(), (0..2_usize, 1_u32..1_000))
        .prop_map(move |(from, to, kind, answer, (cluster, rate))| {
            let cluster = ["east", "west"][cluster];
            // A host outside is nobody's workload.
            let to = if answers[answer].contains("example") { "unknown" } else { ends[to] };
            let reporter = if to == "unknown" { "source" } else { "destination" };
            let mut more =
                format!("source_cluster=\"{cluster}\",destination_cluster=\"{cluster}\",{}", answers[answer]);
            if !kinds[kind].is_empty() {
                more = format!("{},{more}", kinds[kind]);
            }
            sample("istio_requests_total", &labels(reporter, ends[from], to, &more), f64::from(rate) / 10.0)
        });
    proptest::collection::vec(sample, 1..30)
}

fn read(samples: &[String]) -> Snapshot {
    let origin = Origin { operations: Some("request_operation".into()), ..Origin::default() };
    snapshot(&answers_of(origin, &samples.concat())).0
}

fn everything(graph_type: GraphType) -> View {
    let mut view = a_view(graph_type);
    view.system = true;
    view.extras = Extras::IDLE;
    view
}

fn is_part<'a>(part: &'a Graph, whole: &Graph) -> Result<(), &'a Edge> {
    part.edges.iter().try_for_each(|edge| if whole.edges.contains(edge) { Ok(()) } else { Err(edge) })
}

proptest! {
    #[test]
    fn traffic_is_conserved_under_every_reduction(samples in any_samples()) {
        let snapshot = read(&samples);
        let mut totals = Vec::new();
        for graph_type in GraphType::ALL {
            for switches in 0..8_u8 {
                let mut wanted = everything(graph_type);
                wanted.services = switches & 1 != 0;
                wanted.operations = (switches & 2 != 0).then(|| "request_operation".into());
                wanted.config.max_hosts = if switches & 4 != 0 { 1 } else { 60 };
                let graph = view(&snapshot, &wanted);
                let rate = graph.totals.rate_rps.unwrap_or(0.0);
                totals.push((rate, graph.totals.error_share.unwrap_or(0.0) * rate, graph_type, switches));
            }
        }
        let (rate, errors, ..) = totals[0];
        for total in &totals {
            prop_assert!((total.0 - rate).abs() < 1e-6 && (total.1 - errors).abs() < 1e-6, "{:?} of {:?}", total, totals[0]);
        }
    }

    #[test]
    fn a_filter_yields_a_subset_with_the_same_figures(samples in any_samples(), from in 0_usize..30, to in 0_usize..30) {
        let snapshot = read(&samples);
        let whole = view(&snapshot, &everything(GraphType::VersionedApp));
        let id = |at: usize| whole.nodes[at % whole.nodes.len()].id.clone();
        let filters: [&dyn Fn(&mut View); 5] = [
            &|view| view.namespaces = Some(vec!["shop".into()]),
            &|view| view.clusters = Some(vec!["east".into()]),
            &|view| view.focus = Some(id(from)),
            &|view| (view.focus, view.to) = (Some(id(from)), Some(id(to))),
            &|view| view.extras = Extras::NONE,
        ];
        for filter in filters {
            let mut wanted = everything(GraphType::VersionedApp);
            filter(&mut wanted);
            let part = view(&snapshot, &wanted);
            prop_assert_eq!(is_part(&part, &whole), Ok(()));
            for node in &part.nodes {
                let known = whole.nodes.iter().find(|other| other.id == node.id);
                prop_assert_eq!(known.map(|other| (&other.requests, &other.health)), Some((&node.requests, &node.health)));
            }
        }
    }

    #[test]
    fn a_quantile_of_merged_edges_lies_between_those_of_its_parts(
        versions in proptest::collection::vec(proptest::collection::vec(0_u32..50, 6), 2..4),
    ) {
        let bounds = ["5", "10", "50", "100", "500", "+Inf"];
        let mut samples = String::new();
        for (at, counts) in versions.iter().enumerate() {
            let mut total = 0.0;
            for (bound, count) in bounds.iter().zip(counts) {
                total += f64::from(*count);
                let more = format!("le=\"{bound}\"");
                let labels = labels("destination", "web-v1.edge", &format!("cart-v{at}.shop"), &more);
                samples += &sample("istio_request_duration_milliseconds_bucket", &labels, total);
            }
        }
        let snapshot = snap(&samples);
        let p95 = |graph_type| -> Vec<f64> {
            let graph = view(&snapshot, &a_view(graph_type));
            graph.edges.iter().filter_map(|edge| edge.latency.as_ref()?.p95).map(|p95| p95.ms).collect()
        };
        let (merged, parts) = (p95(GraphType::App), p95(GraphType::Workload));
        prop_assert!(merged.len() <= 1, "one edge: {}", edge_lines(&view(&snapshot, &a_view(GraphType::App))));
        for ms in merged {
            let least = parts.iter().copied().fold(f64::INFINITY, f64::min);
            let most = parts.iter().copied().fold(0.0, f64::max);
            prop_assert!(least - 1e-6 <= ms && ms <= most + 1e-6, "{} of {:?}", ms, parts);
        }
    }
}
