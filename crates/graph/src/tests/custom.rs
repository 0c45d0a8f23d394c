//! Counters of the installation's own: their queries, and the edges that they come to.

use crate::{
    Answers, CustomMetric, EndLabels, NamedBy, Origin, Part, QueryKind, Signals, edge_detail, plan, snapshot,
    testing::{a_view, answers_of, both, labels, req, sample, snap},
    union, view,
};
use model::{Edge, Graph, GraphType};

fn end(by: NamedBy, name: &str, namespace: Option<&str>) -> EndLabels {
    EndLabels { by, name: name.into(), namespace: namespace.map(str::to_owned), cluster: None }
}

fn hits(source: EndLabels, destination: EndLabels) -> CustomMetric {
    CustomMetric {
        name: "Cache hits".into(),
        metric: "shop_hits_total".into(),
        unit: "hits".into(),
        source,
        destination,
        split: None,
    }
}

fn by_workload() -> CustomMetric {
    hits(
        end(NamedBy::Workload, "client", Some("client_ns")),
        end(NamedBy::Workload, "server", Some("server_ns")),
    )
}

fn by_service() -> CustomMetric {
    hits(end(NamedBy::Workload, "client", Some("client_ns")), end(NamedBy::Service, "service", None))
}

/// A row as the query gives it; ends are `web-v1.shop`.
fn row(from: &str, to: (&str, &str), value: f64) -> String {
    let (name, namespace) = from.split_once('.').expect("name.namespace");
    format!(
        "custom_1{{portolan_source=\"{name}\",portolan_source_namespace=\"{namespace}\",\
         portolan_destination=\"{}\",portolan_destination_namespace=\"{}\"}} {value}\n",
        to.0, to.1
    )
}

fn answered(metric: CustomMetric, samples: &str) -> Answers {
    answers_of(Origin { metrics: vec![metric], ..Origin::default() }, samples)
}

fn drawn(metric: CustomMetric, samples: &str, graph_type: GraphType) -> Graph {
    view(&snapshot(&answered(metric, samples)).0, &a_view(graph_type))
}

fn told(edge: &Edge) -> String {
    let custom = edge.custom.iter().map(|custom| format!("{} {} {}", custom.name, custom.per_s, custom.unit));
    format!("{} → {}: {}", edge.source, edge.target, custom.collect::<Vec<_>>().join(", "))
}

#[test]
fn a_metric_of_ones_own_is_one_query_more_in_names_of_our_own() {
    let origin = Origin {
        metrics: vec![by_workload()],
        extra_matcher: Some("mesh=\"a\"".into()),
        ..Origin::default()
    };
    let asked = plan(&origin, Signals::default(), &snap("").window());
    assert_eq!(asked.len(), 8);
    let query = asked.last().expect("asked");
    assert_eq!((query.kind, query.kind.asked_for()), (QueryKind::Custom(0), None));
    let sum = "sum by (client, client_ns, server, server_ns) (rate(shop_hits_total{mesh=\"a\"}[600s])) > 0";
    let name = |of: &str, ours: &str, label: &str| {
        format!("label_replace({of}, \"portolan_{ours}\", \"$1\", \"{label}\", \"(.*)\")")
    };
    let expected = name(
        &name(
            &name(&name(sum, "source", "client"), "source_namespace", "client_ns"),
            "destination",
            "server",
        ),
        "destination_namespace",
        "server_ns",
    );
    assert_eq!(query.promql, expected);
    assert_eq!(plan(&Origin::default(), Signals::default(), &snap("").window()).len(), 7);
}

#[test]
fn its_rows_come_to_the_edge_they_name_and_others_stay_unknown() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 5.0)
        + &both("web-v1.shop", "ads-v1.shop", "", 5.0)
        + &row("web-v1.shop", ("cart-v1", "shop"), 3.0)
        + &row("web-v1.shop", ("cart-v1", "shop"), 0.5)
        + &row("web-v1.shop", ("cart-v1", "outlet"), 7.0);
    let graph = drawn(by_workload(), &samples, GraphType::App);
    let told: Vec<String> = graph.edges.iter().map(told).collect();
    assert!(told[1].ends_with(": Cache hits 3.5 hits") && told[0].ends_with(": "), "{told:?}");
    let note = graph.meta.quality.notes.iter().find(|note| note.code == "custom_metric").expect("said");
    assert_eq!(note.number, Some(1.0));
    assert!(note.sentence.starts_with("1 row of “Cache hits” names"), "{}", note.sentence);
}

#[test]
fn a_service_shares_it_out_by_requests() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 9.0)
        + &both("web-v1.shop", "cart-v2.shop", "", 1.0)
        + &row("web-v1.shop", ("cart.shop.svc.cluster.local", ""), 20.0);
    let graph = drawn(by_service(), &samples, GraphType::Workload);
    let mut shares: Vec<f64> = graph.edges.iter().map(|edge| edge.custom[0].per_s).collect();
    shares.sort_by(f64::total_cmp);
    assert!((shares[0] - 2.0).abs() < 1e-9 && (shares[1] - 18.0).abs() < 1e-9, "{shares:?}");
}

#[test]
fn a_host_outside_and_a_caller_by_its_service_are_found() {
    let outside = "destination_service=\"api.pay.example\",destination_service_name=\"api.pay.example\",\
                   destination_service_namespace=\"unknown\"";
    let samples = both("web-v1.shop", "cart-v1.shop", "", 1.0)
        + &req("source", "cart-v1.shop", "unknown", outside, 2.0)
        + &row("cart.shop", ("api.pay.example", ""), 4.0);
    let metric = hits(end(NamedBy::Service, "client", Some("ns")), end(NamedBy::Service, "host", None));
    let graph = drawn(metric, &samples, GraphType::App);
    let figures: Vec<f64> =
        graph.edges.iter().flat_map(|edge| &edge.custom).map(|custom| custom.per_s).collect();
    assert_eq!(figures, [4.0]);
}

#[test]
fn nothing_is_lost_or_doubled_in_any_type_of_graph() {
    let tcp = |reporter: &str| {
        sample(
            "istio_tcp_sent_bytes_total",
            &labels(reporter, "web-v1.shop", "cart-v1.shop", "request_protocol=\"tcp\""),
            900.0,
        )
    };
    let samples = both("web-v1.shop", "cart-v1.shop", "", 9.0)
        + &both("web-v1.shop", "cart-v2.shop", "", 1.0)
        + &both("web-v2.shop", "cart-v2.shop", "request_protocol=\"grpc\"", 4.0)
        + &both("cart-v1.shop", "db-v1.data", "", 2.0)
        + &both(
            "cart-v1.shop",
            "db-v1.data",
            "destination_service=\"x\",destination_service_name=\"x\"",
            6.0,
        )
        + &tcp("source")
        + &tcp("destination")
        + &row("web-v1.shop", ("cart-v1", "shop"), 3.0)
        + &row("web-v2.shop", ("cart-v2", "shop"), 1.0)
        + &row("cart-v1.shop", ("db-v1", "data"), 8.0);
    for graph_type in GraphType::ALL {
        let graph = drawn(by_workload(), &samples, graph_type);
        let sum: f64 = graph.edges.iter().flat_map(|edge| &edge.custom).map(|custom| custom.per_s).sum();
        assert!((sum - 12.0).abs() < 1e-9, "{graph_type:?}: {sum}");
    }
}

#[test]
fn a_query_that_failed_leaves_the_figure_unknown_and_says_so() {
    let mut answers = answered(by_workload(), &both("web-v1.shop", "cart-v1.shop", "", 5.0));
    answers.outcomes.insert(QueryKind::Custom(0), (crate::Outcome::Failed("gone".into()), vec![]));
    let (snapshot, warnings) = snapshot(&answers);
    assert!(warnings[0].sentence.contains("a metric of the settings file"), "{}", warnings[0].sentence);
    assert!(view(&snapshot, &a_view(GraphType::App)).edges[0].custom.is_empty());
}

/// With the clusters of both ends and the value of a label beside them.
fn split_row(from: &str, to: (&str, &str), more: &str, value: f64) -> String {
    row(from, to, value).replace('}', &format!(",{more}}}"))
}

fn clusters(source: &str, destination: &str) -> String {
    format!("source_cluster=\"{source}\",destination_cluster=\"{destination}\"")
}

#[test]
fn it_is_told_by_the_values_of_a_label_when_asked() {
    let outcome = |value: &str| format!("portolan_part=\"{value}\"");
    let cart = ("cart-v1", "shop");
    let many: String =
        (0..12).map(|n| split_row("web-v1.shop", cart, &outcome(&format!("o{n:02}")), 0.1)).collect();
    let samples = both("web-v1.shop", "cart-v1.shop", "", 5.0)
        + &split_row("web-v1.shop", cart, &outcome("miss"), 3.0)
        + &split_row("web-v1.shop", cart, &outcome("hit"), 7.0)
        + &row("web-v1.shop", cart, 0.5)
        + &many;
    let metric = CustomMetric { split: Some("outcome".into()), ..by_workload() };
    let graph = drawn(metric.clone(), &samples, GraphType::App);
    let hits = &graph.edges[0].custom[0];
    assert!((hits.per_s - 11.7).abs() < 1e-9, "{hits:?}");
    let parts: Vec<String> =
        hits.parts.iter().map(|part| format!("{} {:.1}", part.value, part.per_s)).collect();
    assert_eq!(parts[..3], ["hit 7.0", "miss 3.0", "none 0.5"]);
    assert_eq!((parts.len(), parts[8].as_str()), (9, "7 more 0.7"));
    assert!(drawn(by_workload(), &samples, GraphType::App).edges[0].custom[0].parts.is_empty());
    let asked =
        plan(&Origin { metrics: vec![metric], ..Origin::default() }, Signals::default(), &snap("").window());
    assert!(
        asked[7].promql.contains("sum by (client, client_ns, server, server_ns, outcome)"),
        "{}",
        asked[7].promql
    );
}

#[test]
fn clusters_in_its_labels_tell_ends_of_one_name_apart() {
    let mut metric = by_workload();
    (metric.source.cluster, metric.destination.cluster) = (Some("from".into()), Some("to".into()));
    let to = |cluster: &str, value| {
        let more = format!("portolan_source_cluster=\"west\",portolan_destination_cluster=\"{cluster}\"");
        split_row("web-v1.shop", ("cart-v1", "shop"), &more, value)
    };
    let samples = both("web-v1.shop", "cart-v1.shop", &clusters("west", "west"), 5.0)
        + &both("web-v1.shop", "cart-v1.shop", &clusters("west", "east"), 5.0)
        + &to("west", 3.0)
        + &to("east", 4.0);
    let graph = drawn(metric, &samples, GraphType::Workload);
    let mut figures: Vec<f64> = graph.edges.iter().map(|edge| edge.custom[0].per_s).collect();
    figures.sort_by(f64::total_cmp);
    assert_eq!(figures, [3.0, 4.0]);
}

#[test]
fn of_several_stores_a_row_stays_in_its_own_cluster() {
    let local = |cluster: &str, value| {
        both("web-v1.shop", "cart-v1.shop", &clusters(cluster, cluster), 5.0)
            + &row("web-v1.shop", ("cart-v1", "shop"), value)
    };
    let parts = [answered(by_workload(), &local("west", 3.0)), answered(by_workload(), &local("east", 4.0))];
    let [west, east] = [("west", &parts[0]), ("east", &parts[1])].map(|(name, answers)| Part {
        name,
        cluster: name,
        answers,
    });
    let (whole, _) = union(&[west, east], Signals::default(), parts[0].window);
    let graph = view(&snapshot(&whole).0, &a_view(GraphType::Workload));
    let mut figures: Vec<f64> = graph.edges.iter().map(|edge| edge.custom[0].per_s).collect();
    figures.sort_by(f64::total_cmp);
    assert_eq!(figures, [3.0, 4.0]);
}

#[test]
fn its_figure_has_a_query_unless_it_is_but_a_share() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 9.0)
        + &both("web-v1.shop", "cart-v2.shop", "", 1.0)
        + &row("web-v1.shop", ("cart.shop.svc.cluster.local", ""), 20.0);
    let found = snapshot(&answered(by_service(), &samples)).0;
    let queries = |graph_type: GraphType| -> Vec<String> {
        let view_of = a_view(graph_type);
        let edges = view(&found, &view_of).edges;
        let details = edges.iter().filter_map(|edge| edge_detail(&found, &view_of, &edge.id));
        let own = details.flat_map(|detail| detail.queries).filter(|query| query.name == "Cache hits");
        own.map(|query| query.promql).collect()
    };
    let whole = "sum(rate(shop_hits_total{client=\"web-v1\",client_ns=\"shop\",\
                 service=\"cart.shop.svc.cluster.local\"}[600s]))";
    assert_eq!(queries(GraphType::App), [whole]);
    assert_eq!(queries(GraphType::Workload), Vec::<String>::new());
}
