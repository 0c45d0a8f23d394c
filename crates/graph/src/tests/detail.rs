//! One node or edge in depth, and the queries that give its figures.

use crate::{
    QueryKind, Signals, SubjectId, Window, edge_detail, node_detail, plan,
    query::Origin,
    series_queries,
    testing::{AT_S, a_view, both, labels, req, sample, snap},
};
use model::{GraphType, series::Metric};

fn shop() -> String {
    let failing = "response_code=\"503\",response_flags=\"UC\"";
    both("web-v1.edge", "reviews-v1.shop", "", 9.0)
        + &both("web-v1.edge", "reviews-v2.shop", "", 0.9)
        + &both("web-v1.edge", "reviews-v2.shop", failing, 0.1)
        + &req(
            "source",
            "web-v1.edge",
            "reviews-v1.shop",
            "response_code=\"503\",response_flags=\"UF,URX\"",
            0.5,
        )
        + &both("reviews-v2.shop", "ratings-v1.shop", "", 4.0)
}

#[test]
fn a_node_tells_both_directions_and_every_kind_of_answer() {
    let detail =
        node_detail(&snap(&shop()), &a_view(GraphType::VersionedApp), "app/shop/reviews@c1").expect("drawn");
    let classes: Vec<(&str, f64)> =
        detail.inbound[0].classes.iter().map(|c| (c.class.as_str(), c.rate_rps)).collect();
    assert_eq!(classes, [("2xx", 9.9), ("5xx", 0.6)]);
    let rows: Vec<String> = detail
        .breakdown
        .iter()
        .map(|row| {
            let version = row.version.as_deref().unwrap_or("?");
            format!("{} {} {version} {} {}", row.code, row.flags, row.rate_rps, row.unreached)
        })
        .collect();
    assert_eq!(
        rows,
        ["200 - v1 9 false", "200 - v2 0.9 false", "503 UF,URX v1 0.5 true", "503 UC v2 0.1 false"]
    );
    assert_eq!(
        detail.breakdown[2].flags_meaning.as_deref(),
        Some("connection to the upstream failed; retry or connect limit reached")
    );
    let callers: Vec<&str> = detail.callers.iter().map(|caller| caller.name.as_str()).collect();
    assert_eq!(callers, ["web", "web"], "one edge a row");
    assert_eq!(detail.callees[0].name, "ratings");
}

#[test]
fn queries_select_the_side_that_is_believed() {
    let detail =
        node_detail(&snap(&shop()), &a_view(GraphType::VersionedApp), "app/shop/reviews@c1").expect("drawn");
    let rate = &detail.queries.iter().find(|query| query.name == "rate").expect("it has requests").promql;
    assert_eq!(
        rate,
        "sum(rate(istio_requests_total{reporter=\"destination\",destination_workload_namespace=\"shop\",\
         destination_workload=~\"reviews-v1|reviews-v2\"}[600s]) or rate(istio_requests_total{reporter=\"source\",\
         source_workload_namespace=\"edge\",source_workload=\"web-v1\",destination_workload_namespace=\"shop\",\
         destination_workload=\"reviews-v1\",response_flags=\"UF,URX\"}[600s]))"
    );
    let names: Vec<&str> = detail.queries.iter().map(|query| query.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "rate",
            "error_share",
            "p50",
            "p90",
            "p95",
            "p99",
            "mean",
            "mtls",
            "request_bytes",
            "response_bytes"
        ]
    );
}

#[test]
fn an_edge_of_tcp_asks_for_bytes_alone() {
    let labels = labels("destination", "web-v1.edge", "db-v1.data", "");
    let snapshot = snap(&sample("istio_tcp_received_bytes_total", &labels, 5.0));
    let id = "app/edge/web@c1>app/data/db@c1/tcp";
    let detail = edge_detail(&snapshot, &a_view(GraphType::VersionedApp), id).expect("drawn");
    assert_eq!(detail.queries[0].name, "tcp_sent");
    assert_eq!(
        detail.queries[0].promql,
        "sum(rate(istio_tcp_received_bytes_total{reporter=\"destination\",source_workload_namespace=\"edge\",\
         source_workload=\"web-v1\",destination_workload_namespace=\"data\",destination_workload=\"db-v1\"}[600s]))"
    );
}

#[test]
fn hosts_outside_are_asked_for_by_host() {
    let more = "destination_service=\"pay.acme.example\",destination_service_name=\"pay.acme.example\",\
                destination_service_namespace=\"unknown\"";
    let snapshot = snap(&req("source", "web-v1.shop", "unknown", more, 1.0));
    let detail = node_detail(&snapshot, &a_view(GraphType::App), "host/pay.acme.example@c1").expect("drawn");
    assert_eq!(
        detail.queries[0].promql,
        "sum(rate(istio_requests_total{reporter=\"source\",destination_service=\"pay.acme.example\",\
         destination_workload=~\"unknown|\"}[600s]))"
    );
}

#[test]
fn charts_have_a_line_for_the_whole_and_one_a_version() {
    let lines = series_queries(
        &snap(&shop()),
        &a_view(GraphType::VersionedApp),
        SubjectId::Node("app/shop/reviews@c1"),
        &[Metric::P95Ms, Metric::SentBytesPerS],
    )
    .expect("drawn");
    let rows: Vec<Option<&str>> = lines.iter().map(|line| line.row.as_deref()).collect();
    assert_eq!(rows, [None, Some("reviews-v1"), Some("reviews-v2")], "and no line of bytes");
    assert_eq!(
        lines[2].promql,
        "histogram_quantile(0.95, sum by (le) (rate(istio_request_duration_milliseconds_bucket{reporter=\"destination\",\
         destination_workload_namespace=\"shop\",destination_workload=\"reviews-v2\"}[60s])))"
    );
    let none = series_queries(
        &snap(&shop()),
        &a_view(GraphType::App),
        SubjectId::Edge("nothing"),
        &[Metric::RateRps],
    );
    assert_eq!(none, None);
}

#[test]
fn hostile_label_values_stay_inside_their_quotes() {
    let more = "destination_service=\"x\\\",destination_service_name=\"evil.example\",destination_service_namespace=\"unknown\"";
    let host = "a\\.b.example";
    let snapshot = snap(&req("source", "web-v1.shop", "unknown", &more.replace("x\\", host), 1.0));
    let queries = series_queries(
        &snapshot,
        &a_view(GraphType::App),
        SubjectId::Node("host/a%5C.b.example@c1"),
        &[Metric::RateRps],
    )
    .expect("drawn");
    assert!(queries[0].promql.contains("destination_service=\"a\\\\.b.example\""), "{}", queries[0].promql);
}

#[test]
fn a_refresh_asks_seven_queries_eight_with_percentiles_and_four_in_the_slow_lane() {
    let window = Window { at_s: AT_S, window_s: 300, scrape_interval_s: Some(15.0) };
    let origin = Origin { extra_matcher: Some("tenant=\"a\"".into()), ..Origin::default() };
    let asked = |percentiles, slow_lane| {
        plan(&origin, Signals { percentiles, slow_lane, ..Signals::default() }, &window)
    };
    assert_eq!(asked(false, false).len(), 7);
    assert_eq!(asked(true, false).len(), 8);
    let all = asked(true, true);
    assert_eq!(all.len(), 12);
    assert!(
        all.iter().all(|query| query.promql.contains("{tenant=\"a\"}")),
        "the extra matcher stands in each"
    );
    let buckets = all.iter().find(|query| query.kind == QueryKind::DurationBucket).expect("asked");
    assert!(
        buckets.bucketed && buckets.promql.contains(", le) (rate(istio_request_duration_milliseconds_bucket")
    );
    let presence = all.iter().find(|query| query.kind == QueryKind::PresenceRequests).expect("asked");
    assert!(presence.range.is_some() && presence.promql.contains("[120s]"));
    let sent = all.iter().find(|query| query.kind == QueryKind::TcpSent).expect("asked");
    assert!(
        sent.promql.contains("istio_tcp_received_bytes_total"),
        "with the request is `received` in Istio's words"
    );
}

#[test]
fn the_preflight_tells_units_histograms_and_copies() {
    use crate::{Form, dialect::DurationUnit};
    let dialect = crate::dialect::ALL[0];
    let [ms, s] = ["istio_request_duration_milliseconds_count", "istio_request_duration_seconds_count"];
    let words: Vec<&str> = dialect.probe_queries(None).iter().map(|probe| probe.word).collect();
    let native = "istio_request_duration_milliseconds";
    let recorded = ["recorded_1m", "recorded_5m", "recorded_10m"];
    let bytes = [
        "istio_request_bytes_count",
        "istio_request_bytes",
        "istio_response_bytes_count",
        "istio_response_bytes",
    ];
    assert_eq!(words[..4], [ms, native, s, "istio_request_duration_seconds"]);
    assert_eq!(words[4..8], bytes);
    assert_eq!(words[8..10], ["copies", "newest_age"]);
    assert_eq!(words[10..], recorded);
    let alone = &dialect.probe_queries(Some("a=\"b\""))[0].promql;
    assert_eq!(*alone, format!("count({ms}{{a=\"b\"}} unless {native}{{a=\"b\"}})"));
    let unit = |answers: &[(&'static str, f64)]| dialect.probe(answers).duration;
    assert_eq!(unit(&[(s, 12.0)]), DurationUnit::Seconds);
    assert_eq!(unit(&[(ms, 3.0), (s, 12.0)]), DurationUnit::Both);
    assert_eq!(unit(&[]), DurationUnit::Ms);
    let forms = |answers: &[(&'static str, f64)]| {
        let probe = dialect.probe(answers);
        (probe.durations, probe.sizes)
    };
    assert_eq!(forms(&[(ms, 12.0), (bytes[2], 12.0)]), (Form::Classic, Form::Classic));
    assert_eq!(forms(&[(native, 12.0), (bytes[1], 3.0)]), (Form::Native, Form::Native));
    assert_eq!(forms(&[(native, 3.0), (s, 12.0)]), (Form::Mixed, Form::Classic));
    assert_eq!(forms(&[(bytes[0], 3.0), (bytes[3], 1.0)]), (Form::Classic, Form::Mixed));
    assert_eq!(dialect.probe(&[("copies", 2.0)]).copies, Some(2.0));
    assert_eq!(dialect.probe(&[("newest_age", 52.5)]).newest_age_s, Some(52.5));
}

#[test]
fn extras_are_asked_only_while_somebody_looks() {
    use model::Extras;
    let window = Window { at_s: AT_S, window_s: 300, scrape_interval_s: Some(15.0) };
    let asked = |percentiles, extras| {
        plan(&Origin::default(), Signals { percentiles, extras, ..Signals::default() }, &window)
    };
    assert_eq!(
        asked(false, Extras::BYTES.and(Extras::MESSAGES).and(Extras::SIZES).and(Extras::OPEN)).len(),
        7 + 6
    );
    assert_eq!(asked(false, Extras::SUCCESSFUL).len(), 7, "nobody looks at percentiles");
    let successful = asked(true, Extras::SUCCESSFUL);
    assert_eq!(successful.len(), 9);
    let of_successful = &successful.last().expect("asked").promql;
    assert!(of_successful.contains("response_code!~\"0|5..\""), "{of_successful}");
    assert_eq!(asked(false, Extras::IDLE).len(), 9);
}
