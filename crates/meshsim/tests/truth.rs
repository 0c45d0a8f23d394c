//! What the evaluator says of a mesh must be what the scenario meant.

use meshsim::Mesh;
use meshsim::promql::{Options, Value, instant};
use meshsim::scenario::Protocol;
use meshsim::truth::TruthEdge;

/// 2026-03-04T10:00:00Z: a cycle of the ramp begins.
const NOON_MS: i64 = 1_772_618_400_000;
const WINDOW_MS: i64 = 600_000;

fn number(mesh: &Mesh, query: &str, at_ms: i64) -> f64 {
    match instant(mesh, query, at_ms, &Options::default()).expect("the query is supported") {
        Value::Vector(samples) if samples.is_empty() => 0.0,
        Value::Vector(samples) => samples.iter().map(|sample| sample.value).sum(),
        other => panic!("{query}: {other:?}"),
    }
}

fn selector(edge: &TruthEdge, more: &str) -> String {
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
    format!(
        "{{reporter=\"{}\",source_workload=\"{}\",destination_workload=\"{}\",destination_service=\"{}\",request_protocol=\"{}\"{more}}}",
        edge.reporter,
        or(&edge.source.workload),
        or(&edge.dest.workload),
        edge.host,
        edge.protocol.label()
    )
}

/// Edges with enough traffic to be measured, at several times of day.
fn each_edge(test: impl Fn(&Mesh, &TruthEdge, i64)) {
    let cases =
        [(Mesh::shop(), NOON_MS), (Mesh::shop(), NOON_MS + 11 * 3_600_000), (Mesh::scaled(40), NOON_MS)];
    for (mesh, at_ms) in cases {
        let truth = mesh.truth(at_ms - WINDOW_MS, at_ms);
        assert!(truth.len() > 20, "{}", truth.len());
        for edge in truth.iter().filter(|edge| edge.requests > 200.0) {
            test(&mesh, edge, at_ms);
        }
    }
}

#[test]
fn rates_are_the_truths() {
    each_edge(|mesh, edge, at_ms| {
        let metric = match edge.protocol {
            Protocol::Tcp => "istio_tcp_connections_opened_total",
            _ => "istio_requests_total",
        };
        let rate = number(mesh, &format!("sum(rate({metric}{}[10m]))", selector(edge, "")), at_ms);
        let slack = 0.02 * edge.rate_rps + 2.0 / 600.0;
        // A burst within the window is extrapolated by what lies around it.
        let is_burst = edge.dest.app.as_deref() == Some("promo");
        assert!(is_burst || (rate - edge.rate_rps).abs() < slack, "{rate} {edge:?}");
    });
}

#[test]
fn error_shares_are_the_truths() {
    each_edge(|mesh, edge, at_ms| {
        let Some(wanted) = edge.error_share.filter(|_| edge.protocol == Protocol::Http) else { return };
        let all = number(mesh, &format!("sum(rate(istio_requests_total{}[10m]))", selector(edge, "")), at_ms);
        let failed = selector(edge, ",response_code=~\"5..|0\"");
        let failed = number(mesh, &format!("sum(rate(istio_requests_total{failed}[10m]))"), at_ms);
        assert!((failed / all - wanted).abs() < 0.01, "{} {edge:?}", failed / all);
    });
}

#[test]
fn quantiles_are_the_truths_to_a_bucket() {
    each_edge(|mesh, edge, at_ms| {
        let Some(wanted) = edge.p95_ms else { return };
        let buckets = format!("istio_request_duration_milliseconds_bucket{}", selector(edge, ""));
        let p95 =
            number(mesh, &format!("histogram_quantile(0.95, sum by (le) (rate({buckets}[10m])))"), at_ms);
        let bucket = |value: f64| meshsim::BOUNDS.partition_point(|bound| *bound < value);
        assert!(bucket(p95).abs_diff(bucket(wanted)) <= 1, "{p95} {edge:?}");
        let (sum, count) =
            ("istio_request_duration_milliseconds_sum", "istio_request_duration_milliseconds_count");
        let of = |metric: &str| format!("sum(rate({metric}{}[10m]))", selector(edge, ""));
        let mean = number(mesh, &format!("{} / {}", of(sum), of(count)), at_ms);
        assert!((mean / edge.mean_ms.unwrap() - 1.0).abs() < 0.04, "{mean} {edge:?}");
    });
}

#[test]
fn bytes_flow_in_the_directions_that_the_servers_see() {
    let mesh = Mesh::shop();
    let truth = mesh.truth(NOON_MS - WINDOW_MS, NOON_MS);
    let cache = truth.iter().find(|edge| edge.dest.app.as_deref() == Some("session-cache")).unwrap();
    let rate =
        |metric: &str| number(&mesh, &format!("sum(rate({metric}{}[10m]))", selector(cache, "")), NOON_MS);
    let (received, sent) = (rate("istio_tcp_received_bytes_total"), rate("istio_tcp_sent_bytes_total"));
    assert!((received / cache.request_bytes_per_s - 1.0).abs() < 0.02, "{received}");
    assert!((sent / cache.response_bytes_per_s - 1.0).abs() < 0.02, "{sent}");
    assert!(sent > 3.0 * received, "a cache answers more than it is asked");
}

#[test]
fn the_shop_tells_the_story_it_was_made_for() {
    let mesh = Mesh::shop();
    let truth = mesh.truth(NOON_MS - WINDOW_MS, NOON_MS);
    let find = |source: &str, dest: &str| {
        let is = |peer: &Option<String>, name: &str| peer.as_deref() == Some(name);
        truth.iter().find(|edge| {
            is(&edge.source.workload, source)
                && (is(&edge.dest.workload, dest) || edge.dest.workload.is_none() && edge.host == dest)
        })
    };
    let (v1, v2) = (find("catalog", "reviews-v1").unwrap(), find("catalog", "reviews-v2").unwrap());
    let share = v2.requests / (v1.requests + v2.requests);
    assert!((share - 0.1).abs() < 1e-6, "{share}");
    assert!(v2.error_share.unwrap() > 0.04 && v1.error_share.unwrap() < 0.006);
    assert!(v2.p95_ms.unwrap() > 290.0 && v1.p95_ms.unwrap() < 100.0);
    let pay = find("checkout", "pay.acme.example").unwrap();
    assert!((pay.error_share.unwrap() - 0.118).abs() < 1e-3);
    assert_eq!((pay.reporter, pay.mutual_tls), ("source", None));
    let unknown = truth.iter().find(|edge| edge.source.workload.is_none()).unwrap();
    assert_eq!((unknown.dest.workload.as_deref(), unknown.mutual_tls), (Some("cart"), Some(false)));
    assert_eq!(find("web", "reviews-v1").map(|edge| edge.rate_rps > 7.0), Some(true));
    assert_eq!(find("web", "reviews-v2"), None);
    assert_eq!(mesh.targets(NOON_MS).len(), 37);
}

#[test]
fn a_mesh_of_a_thousand_services_has_a_meshs_shape() {
    let mesh = Mesh::scaled(1_000);
    let truth = mesh.truth(NOON_MS - WINDOW_MS, NOON_MS);
    assert!((2_500..6_000).contains(&truth.len()), "{} edges", truth.len());
    let named: std::collections::BTreeSet<_> = truth
        .iter()
        .flat_map(|edge| [&edge.source, &edge.dest])
        .filter_map(|peer| peer.app.clone())
        .collect();
    assert!(named.len() >= 990, "{} services carry traffic", named.len());
    let fastest = truth.iter().map(|edge| edge.rate_rps).fold(0.0, f64::max);
    assert!((10.0..20_000.0).contains(&fastest), "{fastest}");
    let again = Mesh::scaled(1_000).truth(NOON_MS - WINDOW_MS, NOON_MS);
    assert_eq!(again, truth, "the same size gives the same mesh");
}

#[test]
fn meshes_of_any_size_can_be_made() {
    for services in [0, 1, 2, 3, 4, 5, 7, 10, 23, 50, 101, 300, 2_500] {
        let mesh = Mesh::scaled(services);
        let edges = mesh.truth(NOON_MS - WINDOW_MS, NOON_MS).len();
        assert!(edges + 1 >= services.max(2), "{services} services have {edges} edges");
    }
}

/// The ramp's edges into an app over two minutes, some minutes into the cycle.
fn ramp_into(app: &str, minute: i64) -> Vec<TruthEdge> {
    let at_ms = NOON_MS + minute * 60_000;
    let mut edges = Mesh::ramp().truth(at_ms, at_ms + 120_000);
    edges.retain(|edge| edge.dest.app.as_deref() == Some(app));
    edges
}

#[test]
fn the_ramps_events_take_place_when_the_file_says() {
    let canary = |minute| {
        let edges = ramp_into("reviews", minute);
        let of = |version: &str| -> f64 {
            let mine = edges.iter().filter(|edge| edge.dest.version.as_deref() == Some(version));
            mine.map(|edge| edge.requests).sum()
        };
        (100.0 * of("v2") / (of("v1") + of("v2"))).round() as u32
    };
    assert_eq!([10, 25, 40, 60, 80, 118].map(canary), [0, 5, 10, 25, 50, 50]);

    let errors = |minute| ramp_into("checkout", minute)[0].error_share.unwrap();
    assert!(errors(30) < 0.01 && (errors(42) - 0.202).abs() < 0.001 && errors(50) < 0.01);

    let slow = |minute| ramp_into("search", minute)[0].p95_ms.unwrap();
    assert!((slow(60) / slow(30) - 4.0).abs() < 0.01, "{} {}", slow(60), slow(30));

    assert!(!ramp_into("ratings", 70).is_empty() && ramp_into("ratings", 84).is_empty());
    let new_edge =
        |minute| ramp_into("stock", minute).iter().any(|edge| edge.source.app.as_deref() == Some("checkout"));
    assert_eq!([30, 58, 60, 90].map(new_edge), [false, false, true, true]);
}

#[test]
fn what_a_silent_service_would_have_called_is_silent_too() {
    let text = meshsim::SHOP.to_owned()
        + "[[event]]\nkind = \"rate\"\napp = \"search\"\nfactor = 0\nat = \"10h\"\nfor = \"1h\"\n";
    let mesh = Mesh::from_toml(&text, meshsim::SEED).unwrap();
    let called = |app: &str, at_ms: i64| {
        mesh.truth(at_ms, at_ms + 60_000).iter().any(|edge| edge.dest.app.as_deref() == Some(app))
    };
    let (before, during) = (NOON_MS - 600_000, NOON_MS + 600_000);
    assert!(called("search", before) && called("search-index", before));
    assert!(!called("search", during) && !called("search-index", during) && called("catalog", during));
}

/// Buckets a tenth wide tell of a quantile to within that; sums and counts are what the classic ones are.
#[test]
fn native_histograms_tell_what_classic_ones_do() {
    let of = |name: &str| Mesh::named(name).unwrap();
    let (classic, native) = (of("bookinfo"), of("native-histograms"));
    let duration = "istio_request_duration_milliseconds";
    let mut compared = 0;
    for edge in classic.truth(NOON_MS - 600_000, NOON_MS) {
        let Some(p95_ms) = edge.p95_ms.filter(|_| edge.requests > 2_000.0) else { continue };
        let selected = selector(&edge, "");
        let mean = |parts: [String; 2]| format!("sum({}) / sum({})", parts[0], parts[1]);
        let parts = ["sum", "count"].map(|part| format!("rate({duration}_{part}{selected}[10m])"));
        let whole = format!("rate({duration}{selected}[10m])");
        let of_whole = ["sum", "count"].map(|part| format!("histogram_{part}({whole})"));
        let (theirs, ours) =
            (number(&classic, &mean(parts), NOON_MS), number(&native, &mean(of_whole), NOON_MS));
        assert!((ours / theirs - 1.0).abs() < 0.01, "{selected}: mean {ours}, {theirs}");
        let p95 = number(&native, &format!("histogram_quantile(0.95, sum({whole}))"), NOON_MS);
        let step = meshsim::native::upper(1);
        assert!((1.0 / step..step).contains(&(p95 / p95_ms)), "{selected}: p95 {p95}, {p95_ms}");
        compared += 1;
    }
    assert!(compared >= 4, "{compared} edges are busy enough");
    assert!(number(&native, &format!("count({duration}_count) or vector(0)"), NOON_MS).abs() < 0.5);
}
