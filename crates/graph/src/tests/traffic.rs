//! Figures beyond rate and errors: bytes, messages, sizes, connections, and latency in all its forms.

use crate::{
    Form, Origin, Outcome, Signals,
    dialect::{DurationUnit, Probe},
    plan,
    query::QueryKind,
    sample::Symbol,
    snapshot,
    testing::{a_view, answers_of, both, edges, graph, labels, req, sample, snap},
    view,
};
use model::{Extras, GraphType, Volume};

fn grpc() -> &'static str {
    "request_protocol=\"grpc\",grpc_response_status=\"0\""
}

fn of(metric: &str, more: &str, value: f64) -> String {
    ["source", "destination"]
        .map(|reporter| sample(metric, &labels(reporter, "web-v1.shop", "cart-v1.shop", more), value))
        .concat()
}

fn volume(samples: &str) -> Volume {
    graph(samples, GraphType::App).edges[0].volume.clone().expect("asked for")
}

#[test]
fn messages_of_streams_are_counted_both_ways_by_one_side() {
    let sent = format!("portolan_direction=\"sent\",{}", grpc());
    let received = format!("portolan_direction=\"received\",{}", grpc());
    let samples = both("web-v1.shop", "cart-v1.shop", grpc(), 1.0)
        + &of("messages", &sent, 40.0)
        + &of("messages", &received, 7.0);
    let volume = volume(&samples);
    assert_eq!((volume.sent_messages_per_s, volume.received_messages_per_s), (Some(40.0), Some(7.0)));
    let unary = graph(&both("web-v1.shop", "cart-v1.shop", grpc(), 1.0), GraphType::App);
    assert_eq!(
        unary.edges[0].volume.as_ref().and_then(|volume| volume.sent_messages_per_s),
        None,
        "nobody counted any: unknown, not zero"
    );
    let http = graph(&both("web-v1.shop", "cart-v1.shop", "", 1.0), GraphType::App);
    assert_eq!(
        http.edges[0].volume.as_ref().and_then(|volume| volume.sent_messages_per_s),
        None,
        "HTTP has no messages: unknown, not zero"
    );
}

#[test]
fn bytes_and_sizes_come_from_sums_and_summed_buckets() {
    let mut samples = both("web-v1.shop", "cart-v1.shop", "", 10.0)
        + &of("istio_request_bytes_sum", "", 5_000.0)
        + &of("istio_response_bytes_sum", "", 80_000.0);
    for (le, rate) in [("100", 0.0), ("1000", 9.0), ("10000", 10.0), ("+Inf", 10.0)] {
        samples += &of("istio_request_bytes_bucket", &format!("le=\"{le}\""), rate);
    }
    let volume = volume(&samples);
    assert_eq!((volume.request_bytes_per_s, volume.response_bytes_per_s), (Some(5_000.0), Some(80_000.0)));
    let size = volume.request_size.expect("buckets were there");
    assert_eq!((size.mean_bytes, size.p50_bytes, size.p95_bytes), (Some(500.0), Some(600.0), Some(5_500.0)));
    assert_eq!(volume.response_size.and_then(|size| size.p95_bytes), None, "no buckets of responses");
}

#[test]
fn what_was_not_asked_for_is_unknown() {
    let mut answers = answers_of(Origin::default(), &both("web-v1.shop", "cart-v1.shop", "", 10.0));
    for kind in QueryKind::ALL.into_iter().filter(|kind| kind.asked_for().is_some()) {
        answers.outcomes.remove(&kind);
    }
    let graph = view(&snapshot(&answers).0, &a_view(GraphType::App));
    assert_eq!(graph.edges[0].volume, None);
}

#[test]
fn open_connections_are_those_of_the_side_that_counts() {
    let tcp = |metric: &str, value| of(metric, "response_flags=\"-\"", value);
    let samples = tcp("istio_tcp_received_bytes_total", 10.0)
        + &tcp("istio_tcp_connections_opened_total", 0.5)
        + &tcp("open", 12.0);
    let graph = graph(&samples, GraphType::App);
    let tcp = graph.edges[0].tcp.as_ref().expect("TCP");
    assert_eq!((tcp.open, tcp.opened_per_s, tcp.closed_per_s), (Some(12.0), Some(0.5), Some(0.0)));
}

#[test]
fn latency_of_successful_requests_leaves_failures_out() {
    let failed = "response_code=\"503\"";
    let time = |code: &str, rate: f64, ms: f64| {
        of("istio_request_duration_milliseconds_count", code, rate)
            + &of("istio_request_duration_milliseconds_sum", code, rate * ms)
    };
    let mut samples = both("web-v1.shop", "cart-v1.shop", "", 8.0)
        + &both("web-v1.shop", "cart-v1.shop", failed, 2.0)
        + &time("", 8.0, 100.0)
        + &time(failed, 2.0, 5.0);
    for (le, all, successful) in
        [("10", 2.0, 0.0), ("100", 6.0, 4.0), ("250", 10.0, 8.0), ("+Inf", 10.0, 8.0)]
    {
        let le = format!("le=\"{le}\"");
        samples += &of("istio_request_duration_milliseconds_bucket", &le, all);
        samples += &of("istio_request_duration_bucket:successful", &le, successful);
    }
    assert!(edges(&samples).contains("mean 81.0 ms  p95 231 ms"), "{}", edges(&samples));
    let mut wanted = a_view(GraphType::App);
    wanted.extras = Extras::SUCCESSFUL;
    let graph = view(&snap(&samples), &wanted);
    let latency = graph.edges[0].latency.as_ref().expect("timed");
    assert_eq!((latency.mean_ms, latency.p50.map(|p50| p50.ms)), (Some(100.0), Some(100.0)));
}

#[test]
fn proxies_of_both_units_are_read_together() {
    let origin =
        Origin { probe: Probe { duration: DurationUnit::Both, ..Probe::default() }, ..Origin::default() };
    let old = "portolan_unit=\"s\"";
    let bucket = |more: &str, le: &str, rate| {
        of("istio_request_duration_milliseconds_bucket", &format!("{more}le=\"{le}\""), rate)
    };
    let samples = both("web-v1.shop", "cart-v1.shop", "", 20.0)
        + &bucket("", "10", 10.0)
        + &bucket("", "+Inf", 10.0)
        + &bucket(&format!("{old},"), "0.01", 0.0)
        + &bucket(&format!("{old},"), "0.02", 10.0)
        + &bucket(&format!("{old},"), "+Inf", 10.0);
    let graph = view(&snapshot(&answers_of(origin.clone(), &samples)).0, &a_view(GraphType::App));
    let p50 = graph.edges[0].latency.as_ref().and_then(|latency| latency.p50).expect("timed");
    assert!((p50.ms - 10.0).abs() < 1e-9, "{p50:?}: half took up to 10 ms, half up to 0.02 s");
    let asked = plan(&origin, Signals { percentiles: true, ..Signals::default() }, &snap(&samples).window());
    for query in asked.iter().filter(|query| query.kind.word().starts_with("duration")) {
        assert!(
            query.promql.contains("_milliseconds_") && query.promql.contains("_seconds_"),
            "{}",
            query.promql
        );
    }
    let sum = asked.iter().find(|query| query.kind == QueryKind::DurationSum).expect("asked");
    assert!(sum.promql.contains(" * 1000"), "{}", sum.promql);
}

#[test]
fn native_histograms_are_whole_series() {
    let probe = Probe { durations: Form::Native, ..Probe::default() };
    let origin = Origin { probe, ..Origin::default() };
    let window = snap("").window();
    let asked = plan(&origin, Signals { percentiles: true, ..Signals::default() }, &window);
    let promql = |kind| &asked.iter().find(|query| query.kind == kind).expect("asked").promql;
    assert!(promql(QueryKind::DurationSum).starts_with("histogram_sum(sum by ("));
    assert!(promql(QueryKind::DurationCount).starts_with("histogram_count(sum by ("));
    let buckets = promql(QueryKind::DurationBucket);
    assert!(
        !buckets.contains("_bucket") && !buckets.contains(" le)") && !buckets.contains("> 0"),
        "{buckets}"
    );
}

#[test]
fn native_histograms_of_both_units_are_told_apart_and_their_means_brought_together() {
    let probe = Probe {
        durations: Form::Native,
        duration: DurationUnit::Both,
        copies: Some(2.0),
        ..Probe::default()
    };
    let origin = Origin { probe, ..Origin::default() };
    let asked = plan(&origin, Signals { percentiles: true, ..Signals::default() }, &snap("").window());
    let promql = |kind| &asked.iter().find(|query| query.kind == kind).expect("asked").promql;
    let copies = "without (prometheus_replica, replica, __replica__, prometheus) (";
    let rate = |unit: &str| format!("rate(istio_request_duration_{unit}[600s])");
    let (ms, seconds) = (rate("milliseconds"), rate("seconds"));
    let ends = |kind, end: String| assert!(promql(kind).ends_with(&end), "{}", promql(kind));
    for (kind, read, scale) in
        [(QueryKind::DurationSum, "sum", " * 1000"), (QueryKind::DurationCount, "count", "")]
    {
        let once = |rate: &str| format!("max {copies}histogram_{read}({rate}))");
        ends(kind, format!(") ({} or ({}){scale}) > 0", once(&ms), once(&seconds)));
    }
    let one = |rate: &str| format!("({rate} and topk {copies}1, histogram_count({rate})))");
    let told = format!("label_replace({}, \"portolan_unit\", \"s\", \"reporter\", \".*\")", one(&seconds));
    ends(QueryKind::DurationBucket, format!(", portolan_unit) ({} or {told})", one(&ms)));
}

#[test]
fn where_both_forms_are_kept_each_series_is_asked_for_in_one() {
    let probe = Probe { durations: Form::Mixed, sizes: Form::Mixed, ..Probe::default() };
    let origin = Origin { probe, ..Origin::default() };
    let signals =
        Signals { percentiles: true, extras: Extras::BYTES.and(Extras::SIZES), ..Signals::default() };
    let asked = plan(&origin, signals, &snap("").window());
    assert_eq!(asked.len(), plan(&Origin::default(), signals, &snap("").window()).len(), "no query more");
    for (kind, metric) in [
        (QueryKind::DurationSum, "istio_request_duration_milliseconds"),
        (QueryKind::RequestBytes, "istio_request_bytes"),
        (QueryKind::ResponseBytes, "istio_response_bytes"),
    ] {
        let promql = &asked.iter().find(|query| query.kind == kind).expect("asked").promql;
        let end = format!(") (rate({metric}_sum[600s]) or histogram_sum(rate({metric}[600s]))) > 0");
        assert!(promql.ends_with(&end), "{promql}");
    }
    for (kind, metric) in [
        (QueryKind::DurationBucket, "istio_request_duration_milliseconds"),
        (QueryKind::RequestSize, "istio_request_bytes"),
        (QueryKind::ResponseSize, "istio_response_bytes"),
    ] {
        let promql = &asked.iter().find(|query| query.kind == kind).expect("asked").promql;
        assert!(promql.contains(&format!(", le) (rate({metric}_bucket[600s])) > 0 or sum by (")), "{promql}");
        let alone = format!(
            ") ((rate({metric}[600s])) unless ignoring (le) (rate({metric}_bucket{{le=\"+Inf\"}}[600s])))"
        );
        assert!(promql.ends_with(&alone), "{promql}");
    }
}

/// The same edge told by some pods in one form and by others in the other.
fn told_in_both_forms(probe: Probe) -> crate::Answers {
    let classic = |metric: &str, le: &str, rate| of(metric, &format!("le=\"{le}\""), rate);
    let mut samples = both("web-v1.shop", "cart-v1.shop", "", 20.0);
    for (metric, low, high) in [
        ("istio_request_duration_milliseconds_bucket", "10", "20"),
        ("istio_request_bytes_bucket", "1000", "2000"),
    ] {
        samples +=
            &(classic(metric, low, 0.0) + &classic(metric, high, 10.0) + &classic(metric, "+Inf", 10.0));
    }
    let mut answers = answers_of(Origin { probe, ..Origin::default() }, &samples);
    for (kind, scale) in [(QueryKind::DurationBucket, 1.0), (QueryKind::RequestSize, 64.0)] {
        let cells = cells_as_requests(&answers, kind);
        let Some((Outcome::Answered(table), _)) = answers.outcomes.get_mut(&kind) else { panic!("asked") };
        table.push_histogram(&cells, &[(4.0 * scale, 8.0 * scale, 10.0)]);
    }
    answers
}

#[test]
fn buckets_of_either_form_are_read_by_themselves_and_then_added() {
    let probe = Probe { durations: Form::Mixed, sizes: Form::Mixed, ..Probe::default() };
    let graph = view(&snapshot(&told_in_both_forms(probe)).0, &a_view(GraphType::App));
    let edge = &graph.edges[0];
    let latency = edge.latency.as_ref().expect("timed");
    let ms = |quantile: Option<model::QuantileMs>| quantile.expect("known").ms;
    assert!((ms(latency.p50) - 8.0).abs() < 1e-9, "half lies below 8 ms: {latency:?}");
    assert!((ms(latency.p95) - 19.0).abs() < 1e-9, "and half between 10 and 20: {latency:?}");
    let size = edge.volume.as_ref().and_then(|volume| volume.request_size).expect("sized");
    assert!(size.p50_bytes.is_some_and(|bytes| (bytes - 512.0).abs() < 1e-9), "{size:?}");
    assert!(size.p95_bytes.is_some_and(|bytes| (bytes - 1_900.0).abs() < 1e-9), "{size:?}");
    let note = graph.meta.quality.notes.iter().find(|note| note.code == "mixed_histograms").expect("said");
    assert!(note.sentence.contains("latency and sizes"), "{}", note.sentence);
}

#[test]
fn figures_of_both_units_are_pasted_for_both_or_not_at_all() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 5.0);
    for durations in [Form::Classic, Form::Native, Form::Mixed] {
        let probe = Probe { durations, duration: DurationUnit::Both, ..Probe::default() };
        let snapshot = snapshot(&answers_of(Origin { probe, ..Origin::default() }, &samples)).0;
        let wanted = a_view(GraphType::App);
        let edge = &view(&snapshot, &wanted).edges[0].id;
        let queries = crate::edge_detail(&snapshot, &wanted, edge).expect("drawn").queries;
        let named = |name: &str| queries.iter().find(|query| query.name == name).map(|query| &query.promql);
        assert_eq!((named("p50"), named("p95")), (None, None), "no bounds are known that both have");
        let mean = named("mean").expect("told");
        let parts = mean.split(" / ").collect::<Vec<_>>();
        for part in &parts {
            assert!(part.contains("_milliseconds") && part.contains("_seconds"), "{part}");
        }
        assert_eq!(
            (parts.len(), parts[0].contains(" or 1000 * ("), parts[1].contains("1000")),
            (2, true, false)
        );
        assert_eq!(mean.contains("histogram_sum("), durations != Form::Classic, "{mean}");
    }
}

#[test]
fn percentiles_of_both_units_are_pasted_over_the_bounds_that_both_have() {
    let origin =
        Origin { probe: Probe { duration: DurationUnit::Both, ..Probe::default() }, ..Origin::default() };
    let bucket = |more: &str| of("istio_request_duration_milliseconds_bucket", more, 10.0);
    let old = "portolan_unit=\"s\"";
    let samples = both("web-v1.shop", "cart-v1.shop", "", 20.0)
        + &["1", "5", "10", "+Inf"].map(|le| bucket(&format!("le=\"{le}\""))).concat()
        + &["0.005", "0.01", "0.02", "+Inf"].map(|le| bucket(&format!("{old},le=\"{le}\""))).concat();
    let snapshot = snapshot(&answers_of(origin, &samples)).0;
    let wanted = a_view(GraphType::App);
    let edge = &view(&snapshot, &wanted).edges[0].id;
    let queries = crate::edge_detail(&snapshot, &wanted, edge).expect("drawn").queries;
    let p50 = queries.iter().find(|query| query.name == "p50").map(|query| &query.promql).expect("told");
    assert!(p50.contains("le=~\"5([.]0)?|10([.]0)?|[+]Inf\"}[600s]) or label_replace("), "{p50}");
    assert!(p50.contains("le=~\"0[.]005|0[.]01|[+]Inf\"}[600s])"), "{p50}");
    let end = ", \"unit\", \"s\", \"le\", \".*\"), \"le\", \"10\", \"le\", \"0[.]01\"), \"le\", \"5\", \"le\", \"0[.]005\")))";
    assert!(p50.ends_with(end), "{p50}");
}

/// A row of this kind, with the labels of the one that the server told of requests.
fn cells_as_requests(answers: &crate::Answers, kind: QueryKind) -> Vec<Symbol> {
    let from = answers.table(QueryKind::Requests).expect("asked");
    let to = answers.table(kind).expect("asked");
    let at = |label: &&str| from.labels.iter().position(|other| other == label);
    to.labels.iter().map(|label| at(label).map_or(Symbol::EMPTY, |at| from.row(1)[at])).collect()
}

#[test]
fn a_native_histogram_is_read_exponentially_unless_its_bounds_are_its_own() {
    let p50 = |own: bool| {
        let probe = Probe { durations: Form::Native, ..Probe::default() };
        let samples = both("web-v1.shop", "cart-v1.shop", "", 8.0);
        let mut answers = answers_of(Origin { probe, ..Origin::default() }, &samples);
        let cells = cells_as_requests(&answers, QueryKind::DurationBucket);
        let Some((Outcome::Answered(table), _)) = answers.outcomes.get_mut(&QueryKind::DurationBucket) else {
            panic!("asked")
        };
        let last = if own { (16.0, 50.0, 1.0) } else { (16.0, 32.0, 1.0) };
        table.push_histogram(&cells, &[(4.0, 8.0, 1.0), (8.0, 16.0, 6.0), last]);
        let graph = view(&snapshot(&answers).0, &a_view(GraphType::App));
        graph.edges[0].latency.as_ref().and_then(|latency| latency.p50).expect("timed").ms
    };
    assert!((p50(false) - 8.0 * 2_f64.sqrt()).abs() < 1e-9, "{}", p50(false));
    assert!((p50(true) - 12.0).abs() < 1e-9, "{}", p50(true));
}

#[test]
fn flags_are_told_in_words_and_what_never_arrived_is_drawn_so() {
    let samples = req(
        "source",
        "web-v1.shop",
        "unknown",
        "response_code=\"503\",response_flags=\"UH,URX\",destination_service=\"cart.shop.svc.cluster.local\",destination_service_name=\"cart\",destination_service_namespace=\"shop\"",
        2.0,
    );
    let snapshot = snap(&samples);
    let view_ = a_view(GraphType::App);
    let graph = view(&snapshot, &view_);
    assert!(graph.edges[0].flags.unreached);
    let detail = crate::edge_detail(&snapshot, &view_, &graph.edges[0].id).expect("drawn");
    assert_eq!(
        detail.breakdown[0].flags_meaning.as_deref(),
        Some("no healthy upstream; retry or connect limit reached")
    );
}

#[test]
fn both_sides_tell_rate_errors_and_mean_and_so_their_gap() {
    let from_client = "response_code=\"504\",response_flags=\"UT\"";
    let timed = |reporter: &str, ms: f64| {
        let labels = labels(reporter, "web-v1.shop", "cart-v1.shop", "");
        sample("istio_request_duration_milliseconds_count", &labels, 10.0)
            + &sample("istio_request_duration_milliseconds_sum", &labels, 10.0 * ms)
    };
    let samples = req("destination", "web-v1.shop", "cart-v1.shop", "", 10.0)
        + &req("source", "web-v1.shop", "cart-v1.shop", "", 9.0)
        + &req("source", "web-v1.shop", "cart-v1.shop", from_client, 1.0)
        + &timed("destination", 20.0)
        + &timed("source", 35.0);
    let graph = graph(&samples, GraphType::App);
    let edge = &graph.edges[0];
    let (own, other) =
        (edge.requests.as_ref().expect("http"), edge.other_side.as_ref().expect("callers too"));
    assert_eq!((own.rate_rps, own.error_share), (10.0, Some(0.0)));
    assert_eq!((other.reporter.as_str(), other.rate_rps, other.error_share), ("source", 10.0, Some(0.1)));
    assert_eq!((edge.latency.as_ref().and_then(|l| l.mean_ms), other.mean_ms), (Some(20.0), Some(35.0)));
}
