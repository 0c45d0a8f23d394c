//! Buckets: bounds, ends, merging, units.

use crate::{
    Origin, QueryKind, Signals, Thrift, View,
    dialect::{DurationUnit, Probe},
    plan,
    sample::{Symbols, Table},
    snapshot,
    testing::{a_view, answers_of, both, graph, labels, sample, snap},
    view,
};
use model::{Extras, GraphType, QuantileMs};

fn timed(to: &str, buckets: &[(&str, f64)]) -> String {
    let of = |(le, rate): &(&str, f64)| {
        let more = format!("le=\"{le}\"");
        sample(
            "istio_request_duration_milliseconds_bucket",
            &labels("destination", "web-v1.shop", to, &more),
            *rate,
        )
    };
    both("web-v1.shop", to, "", 10.0) + &buckets.iter().map(of).collect::<String>()
}

fn of_percentiles() -> Signals {
    Signals { percentiles: true, ..Signals::default() }
}

fn quantiles(samples: &str) -> [Option<QuantileMs>; 2] {
    let graph = graph(samples, GraphType::App);
    let latency = graph.edges[0].latency.clone().unwrap_or_default();
    [latency.p50, latency.p95]
}

fn ms(quantile: Option<QuantileMs>) -> Option<f64> {
    quantile.map(|quantile| quantile.ms)
}

#[test]
fn p09_and_p10_bounds_are_numbers_and_one_written_twice_adds_up() {
    let buckets = [("10", 40.0), ("10.0", 40.0), ("25", 79.0), ("+Inf", 80.0)];
    assert_eq!(ms(quantiles(&timed("cart-v1.shop", &buckets))[1]), Some(9.5));
    // Scraped a moment apart, all may be fewer than some.
    let falling = [("10", 80.0), ("25", 100.0), ("+Inf", 99.0)];
    assert_eq!(ms(quantiles(&timed("cart-v1.shop", &falling))[1]), Some(21.25));
    let thrift = Thrift { bounds_ms: vec![10.0, 1.8e6, f64::INFINITY], ..Thrift::default() };
    let asked = plan(&Origin { thrift, ..Origin::default() }, of_percentiles(), &snap("").window());
    let bucket = asked.iter().find(|query| query.kind == QueryKind::DurationBucket).expect("asked");
    assert!(
        bucket.promql.contains(r#"le=~"10([.]0)?|1800000([.]0)?|1[.]8e[+]06|[+]Inf""#),
        "{}",
        bucket.promql
    );
}

#[test]
fn p11_beyond_the_last_bound_only_a_least_is_known_and_idle_is_unknown() {
    let beyond = quantiles(&timed("cart-v1.shop", &[("10", 0.0), ("+Inf", 5.0)]));
    assert_eq!(beyond[0], Some(QuantileMs { ms: 10.0, at_least: true }));
    assert_eq!(quantiles(&timed("cart-v1.shop", &[("10", 0.0), ("+Inf", 0.0)])), [None, None]);
    let endless = graph(&timed("cart-v1.shop", &[("10", 4.0), ("20", 8.0)]), GraphType::App);
    assert!(endless.meta.quality.notes.iter().any(|note| note.code == "no_infinite_bucket"));
}

#[test]
fn p12_empty_buckets_that_are_not_sent_still_bound_the_next() {
    let samples = timed("cart-v1.shop", &[("10", 8.0), ("+Inf", 8.0)])
        + &timed("db-v1.shop", &[("5", 1.0), ("10", 1.0), ("+Inf", 1.0)]);
    let graph = graph(&samples, GraphType::App);
    let cart = graph.edges.iter().find(|edge| edge.target.contains("cart")).expect("drawn");
    assert_eq!(ms(cart.latency.as_ref().and_then(|latency| latency.p50)), Some(7.5), "from 5, not from 0");
}

#[test]
fn p13_quantiles_are_read_from_summed_buckets() {
    let samples = timed("cart-v1.shop", &[("10", 99.0), ("100", 99.0), ("+Inf", 99.0)])
        + &timed("cart-v2.shop", &[("10", 0.0), ("100", 1.0), ("+Inf", 1.0)]);
    let p95 = ms(quantiles(&samples)[1]);
    assert!(
        p95.is_some_and(|p95| (p95 - 950.0 / 99.0).abs() < 1e-9),
        "the mean of both would be about 52: {p95:?}"
    );
}

#[test]
fn p14_latency_of_successful_requests_is_a_column_of_its_own() {
    let signals = Signals { extras: Extras::SUCCESSFUL, ..of_percentiles() };
    let asked = plan(&Origin::default(), signals, &snap("").window());
    let of_successful = asked.iter().find(|query| query.kind.word() == "successful_bucket").expect("asked");
    assert!(of_successful.promql.contains("response_code!~\"0|5..\""));
    let of = |metric: &str, more: &str, value| {
        sample(metric, &labels("destination", "web-v1.shop", "cart-v1.shop", more), value)
    };
    let mut samples = timed("cart-v1.shop", &[("10", 5.0), ("100", 10.0), ("+Inf", 10.0)]);
    for (le, rate) in [("10", 0.0), ("100", 5.0), ("+Inf", 5.0)] {
        samples += &of("istio_request_duration_bucket:successful", &format!("le=\"{le}\""), rate);
    }
    for (code, sum) in [("200", 400.0), ("503", 10.0)] {
        let more = format!("response_code=\"{code}\"");
        samples += &of("istio_request_duration_milliseconds_sum", &more, sum);
        samples += &of("istio_request_duration_milliseconds_count", &more, 5.0);
    }
    let successful = View { extras: Extras::SUCCESSFUL, ..a_view(GraphType::App) };
    let latency = view(&snap(&samples), &successful).edges.remove(0).latency.expect("timed");
    assert_eq!((latency.mean_ms, ms(latency.p50)), (Some(80.0), Some(55.0)), "fast failures do not count");
}

#[test]
fn p15_native_histograms_are_read_as_buckets() {
    let mut table = Table { labels: vec!["a"], ..Table::default() };
    table.push_histogram(&[Symbols::default().intern("x")], &[(1.0, 2.0, 3.0), (2.0, 4.0, 1.0)]);
    assert_eq!((table.le, table.values), (vec![1.0, 2.0, 4.0, f64::INFINITY], vec![0.0, 3.0, 4.0, 4.0]));
}

#[test]
fn p16_seconds_and_bounds_of_any_kind_come_from_the_data() {
    let probe = Probe { duration: DurationUnit::Seconds, ..Probe::default() };
    let samples = timed("cart-v1.shop", &[("0.3", 5.0), ("0.7", 10.0), ("+Inf", 10.0)]);
    let answers = answers_of(Origin { probe, ..Origin::default() }, &samples);
    let graph = view(&snapshot(&answers).0, &a_view(GraphType::App));
    let p50 = ms(graph.edges[0].latency.as_ref().and_then(|latency| latency.p50));
    assert!(p50.is_some_and(|p50| (p50 - 300.0).abs() < 1e-9), "{p50:?}");
    for query in plan(&answers.origin, of_percentiles(), &answers.window) {
        assert!(!query.promql.contains("milliseconds"), "{}", query.promql);
    }
}

#[test]
fn callers_buckets_count_only_where_no_other_tells_and_asking_for_no_others_changes_nothing() {
    let bucket = |reporter: &str, to: &str, le: &str, rate: f64| {
        let labels = labels(reporter, "web-v1.shop", to, &format!("le=\"{le}\""));
        sample("istio_request_duration_milliseconds_bucket", &labels, rate)
    };
    let of = |reporter: &str, to: &str, low: f64| {
        bucket(reporter, to, "10", low) + &bucket(reporter, to, "+Inf", 10.0)
    };
    let alone = crate::testing::req("source", "web-v1.shop", "db-v1.shop", "", 10.0);
    let told =
        both("web-v1.shop", "cart-v1.shop", "", 10.0) + &alone + &of("destination", "cart-v1.shop", 9.0);
    let from_callers = of("source", "db-v1.shop", 8.0);
    let all = snap(&(told.clone() + &from_callers + &of("source", "cart-v1.shop", 1.0)));
    let hosts = all.hosts_told_by_callers().expect("few");
    assert_eq!(hosts, ["db.shop.svc.cluster.local"]);
    let fewer = snap(&(told + &from_callers));
    let drawn = |snapshot| view(snapshot, &a_view(GraphType::VersionedApp)).edges;
    assert_eq!(drawn(&all), drawn(&fewer));
}
