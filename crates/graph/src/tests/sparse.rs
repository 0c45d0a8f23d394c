//! Stores that lack labels wholesale, or speak as Istio did years ago.

use crate::{
    Origin, QueryKind, ViewConfig,
    dialect::{DurationUnit, Probe},
    edge_detail, node_detail, snapshot,
    testing::{a_view, answers_of, both, edge_lines, graph, labels, node_lines, req, sample, snap},
    view,
};
use model::{Graph, GraphType};

/// Leaves these labels out of every sample.
fn drop_labels(samples: &str, dropped: impl Fn(&str) -> bool) -> String {
    let line = |line: &str| {
        let (metric, rest) = line.split_once('{').expect("a sample has labels");
        let (labels, value) = rest.rsplit_once('}').expect("braces are closed");
        let kept: Vec<&str> = labels
            .split_inclusive("\",")
            .filter(|pair| !dropped(pair.split_once('=').expect("a pair").0))
            .collect();
        format!("{metric}{{{}}}{value}\n", kept.concat().trim_end_matches(','))
    };
    samples.lines().map(line).collect()
}

fn shop() -> String {
    both("web-v1.edge", "cart-v1.shop", "", 9.0)
        + &both("web-v1.edge", "cart-v2.shop", "", 1.0)
        + &both("cart-v1.shop", "db-v1.data", "response_code=\"503\",response_flags=\"UC\"", 2.0)
        + &both("cart-v2.shop", "db-v1.data", "", 2.0)
}

fn notes(graph: &Graph) -> Vec<&str> {
    graph.meta.quality.notes.iter().map(|note| note.sentence.as_str()).collect()
}

fn queries(samples: &str, graph_type: GraphType) -> Vec<String> {
    let (snapshot, wanted) = (snap(samples), a_view(graph_type));
    let graph = view(&snapshot, &wanted);
    let nodes = graph.nodes.iter().filter_map(|node| node_detail(&snapshot, &wanted, &node.id));
    let edges = graph.edges.iter().filter_map(|edge| edge_detail(&snapshot, &wanted, &edge.id));
    let all = nodes.flat_map(|detail| detail.queries).chain(edges.flat_map(|detail| detail.queries));
    all.filter(|query| query.name == "rate").map(|query| query.promql).collect()
}

#[test]
fn three_labels_draw_apps_and_the_services_they_ask_for() {
    let kept = ["source_app", "destination_service", "response_code"];
    let samples = drop_labels(&shop(), |label| !kept.contains(&label));
    let graph = graph(&samples, GraphType::VersionedApp);
    // Without a reporter each request is there twice.
    assert_eq!(edge_lines(&graph), "cart → db  http 8.00/s  err 50.0 %\nweb → cart  http 20.0/s");
    assert_eq!(
        node_lines(&graph),
        "App cart: Failing, root\nApp web: Healthy, root\nService cart in shop: Healthy\nService db in data: Failing"
    );
    assert_eq!(
        notes(&graph),
        [
            "reporter is missing on every row. Who counted is unknown, so requests seen by both sides may count twice.",
            "source_cluster is missing on every row. Callers of one name in several clusters are drawn as one.",
            "source_workload_namespace is missing on every row. Callers take the namespace that others know for their name, or none.",
            "source_workload is missing on every row. Callers are told apart by their app's name.",
            "source_canonical_revision or source_version is missing on every row. Callers' versions cannot be told apart.",
            "destination_cluster is missing on every row. Targets of one name in several clusters are drawn as one.",
            "destination_workload_namespace is missing on every row. Targets take their service's namespace.",
            "destination_workload is missing on every row. Targets are told apart by their app or service.",
            "destination_canonical_service or destination_app is missing on every row. Targets are drawn as the services that were asked for.",
            "destination_canonical_revision or destination_version is missing on every row. Versions cannot be told apart.",
            "destination_service_name is missing on every row. Services are named after the host that was asked for.",
            "destination_service_namespace is missing on every row. Services take the namespace in the host that was asked for.",
            "request_protocol is missing on every row. gRPC is drawn as HTTP.",
            "response_flags is missing on every row. Requests that never reached a server cannot be told.",
            "connection_security_policy is missing on every row. Whether traffic is encrypted is not known.",
            "source_principal is missing on every row. Who callers are by their certificates is not known.",
            "destination_principal is missing on every row. Who targets are by their certificates is not known.",
        ]
    );
    assert_eq!(graph.meta.quality.reporters, Vec::<String>::new());
    let queries = queries(&samples, GraphType::VersionedApp);
    assert!(
        queries.contains(
            &"sum(rate(istio_requests_total{source_workload=~\"unknown|\",source_workload_namespace=~\"unknown|\",\
              source_app=\"cart\",source_canonical_revision=~\"unknown|latest|\",source_version=~\"unknown|latest|\"}[600s]))"
                .to_owned()
        ),
        "{queries:#?}"
    );
}

#[test]
fn without_versions_the_rest_is_the_same() {
    let bare = |label: &str| label.ends_with("_version") || label.ends_with("_canonical_revision");
    let today = graph(&shop(), GraphType::App);
    let without = graph(&drop_labels(&shop(), bare), GraphType::App);
    assert_eq!(edge_lines(&without), edge_lines(&today));
    assert_eq!(node_lines(&without), node_lines(&today));
    assert_eq!(
        notes(&without),
        [
            "source_canonical_revision or source_version is missing on every row. Callers' versions are named after their workload.",
            "destination_canonical_revision or destination_version is missing on every row. Versions are named after their workload."
        ]
    );
}

#[test]
fn without_namespaces_names_keep_the_graph_together() {
    let workloads = drop_labels(&shop(), |label| label.ends_with("workload_namespace"));
    let all = drop_labels(&shop(), |label| label.ends_with("_namespace"));
    for samples in [workloads, all] {
        let graph = graph(&samples, GraphType::App);
        assert_eq!(
            edge_lines(&graph),
            "cart → db  http 4.00/s  err 50.0 %  mtls 100 %\nweb → cart  http 10.0/s  mtls 100 %"
        );
        // Targets live where their service does, and callers where the target of that name does.
        assert_eq!(
            node_lines(&graph),
            "App cart in shop: Healthy\nApp db in data: Failing\nApp web: Healthy, root"
        );
        assert!(notes(&graph)[0].starts_with("source_workload_namespace is missing on every row."));
    }
}

#[test]
fn a_name_in_two_namespaces_is_not_guessed() {
    let samples = drop_labels(&(shop() + &both("web-v1.edge", "cart-v1.outlet", "", 1.0)), |label| {
        label == "source_workload_namespace"
    });
    let lines = node_lines(&graph(&samples, GraphType::Workload));
    assert!(lines.contains("Workload cart-v1: Failing, root"), "{lines}");
    assert!(!lines.contains("Workload cart-v2: "), "{lines}");
}

#[test]
fn queries_find_workloads_by_their_service_where_they_have_no_namespace() {
    let samples = drop_labels(&shop(), |label| label.ends_with("_namespace"));
    let queries = queries(&samples, GraphType::App);
    assert!(
        queries.contains(
            &"sum(rate(istio_requests_total{reporter=\"destination\",destination_workload_namespace=~\"unknown|\",\
              destination_service=\"cart.shop.svc.cluster.local\",destination_workload=~\"cart-v1|cart-v2\"}[600s]))"
                .to_owned()
        ),
        "{queries:#?}"
    );
}

#[test]
fn without_a_reporter_there_is_one_side_and_it_may_count_twice() {
    let samples = drop_labels(&shop(), |label| label == "reporter");
    let graph = graph(&samples, GraphType::App);
    assert_eq!(
        edge_lines(&graph),
        "cart → db  http 8.00/s  err 50.0 %  mtls 100 %\nweb → cart  http 20.0/s  mtls 100 %"
    );
    assert_eq!(
        notes(&graph),
        [
            "reporter is missing on every row. Who counted is unknown, so requests seen by both sides may count twice."
        ]
    );
}

#[test]
fn rows_without_a_reporter_beside_others_are_counted_as_left_out() {
    let unstated =
        drop_labels(&req("source", "web-v1.edge", "cart-v1.shop", "", 9.0), |label| label == "reporter");
    let samples = req("destination", "web-v1.edge", "cart-v1.shop", "", 9.0) + &unstated;
    let graph = graph(&samples, GraphType::App);
    assert_eq!(edge_lines(&graph), "web → cart  http 9.00/s  mtls 100 %");
    assert_eq!(graph.meta.quality.dropped_rows, 1);
    assert_eq!(
        notes(&graph)[1],
        "1 rows without a reporter were left out, because a named reporter counted the same edges."
    );
    // An edge of which nobody else speaks is drawn from them, and its query leaves the others out.
    let alone = samples
        + &drop_labels(&req("source", "web-v1.edge", "api-v1.shop", "", 2.0), |label| label == "reporter");
    let queries = queries(&alone, GraphType::App);
    let unnamed = "sum(rate(istio_requests_total{reporter!=\"destination\",destination_workload_namespace=\"shop\",\
                   destination_workload=\"api-v1\"}[600s]))";
    assert!(queries.iter().any(|query| query == unnamed), "{queries:#?}");
}

#[test]
fn without_codes_errors_are_unknown_and_health_too() {
    let samples = drop_labels(&shop(), |label| label == "response_code");
    let graph = graph(&samples, GraphType::App);
    assert!(node_lines(&graph).contains("App db in data: Unknown"), "{}", node_lines(&graph));
    for edge in &graph.edges {
        assert_eq!(edge.requests.as_ref().expect("counted").error_share, None);
    }
    assert_eq!(graph.totals.error_share, None);
    let snapshot = snap(&samples);
    let detail = node_detail(&snapshot, &a_view(GraphType::App), "app/data/db@c1").expect("drawn");
    assert!(detail.queries.iter().all(|query| query.name != "error_share"), "a query would say 0");
}

#[test]
fn latency_that_lacks_labels_is_named_too() {
    let timed = sample(
        "istio_request_duration_milliseconds_count",
        &labels("destination", "web-v1.edge", "cart-v1.shop", ""),
        9.0,
    );
    let samples = shop() + &drop_labels(&timed, |label| label == "source_workload");
    assert_eq!(
        notes(&graph(&samples, GraphType::App)),
        ["source_workload is missing on every row of latency. Callers are told apart by their app's name."]
    );
}

/// Latency in buckets, as both sides time it; the unit of the bounds and of the sum is the metric's.
fn timed(metric: &str, per_ms: f64) -> String {
    let mut samples = String::new();
    for reporter in ["source", "destination"] {
        let labels = labels(reporter, "web-v1.edge", "cart-v1.shop", "");
        samples += &sample(&format!("{metric}_sum"), &labels, 180.0 * per_ms);
        samples += &sample(&format!("{metric}_count"), &labels, 9.0);
        for (le_ms, rate) in [(10.0, 2.0), (25.0, 6.0), (50.0, 9.0)] {
            let labels = format!("{labels},le=\"{}\"", le_ms * per_ms);
            samples += &sample(&format!("{metric}_bucket"), &labels, rate);
        }
        samples += &sample(&format!("{metric}_bucket"), &format!("{labels},le=\"+Inf\""), 9.0);
    }
    samples
}

#[test]
fn istio_1_3_draws_the_same_graph_as_today() {
    let today = shop() + &timed("istio_request_duration_milliseconds", 1.0);
    let old = drop_labels(&(shop() + &timed("istio_request_duration_seconds", 0.001)), |label| {
        label.contains("_canonical_") || label.ends_with("_cluster")
    });
    let origin =
        Origin { probe: Probe { duration: DurationUnit::Seconds, ..Probe::default() }, ..Origin::default() };
    for graph_type in GraphType::ALL {
        let mut wanted = a_view(graph_type);
        wanted.config = ViewConfig::default();
        let one = view(&snap(&today), &wanted);
        let other = view(&snapshot(&answers_of(origin.clone(), &old)).0, &wanted);
        assert!(edge_lines(&one).contains("mean 20.0 ms  p95"), "{}", edge_lines(&one));
        assert_eq!(edge_lines(&one), edge_lines(&other), "{graph_type:?}");
        assert_eq!(node_lines(&one), node_lines(&other), "{graph_type:?}");
        let told = notes(&other);
        assert!(told.len() == 2 && told.iter().all(|note| note.contains("_cluster is missing")), "{told:?}");
    }
    let asked = crate::plan(&origin, crate::Signals::default(), &snap(&today).window());
    let sum = asked.iter().find(|query| query.kind == QueryKind::DurationSum).expect("asked");
    assert!(sum.promql.contains("istio_request_duration_seconds_sum") && sum.promql.contains(" * 1000"));
}
