//! Properties that every series of a mesh must have, whatever the scenario says.

use std::collections::{BTreeMap, BTreeSet};

use meshsim::store::MatchOp::{Equal, NotEqual, NotRegex, Regex};
use meshsim::store::{Labels, Matcher, Series, Store, label};
use meshsim::truth::TruthEdge;
use meshsim::{BUCKETS, Mesh};

/// 2026-03-04T10:00:00Z: a cycle of the ramp begins.
const NOON_MS: i64 = 1_772_618_400_000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

fn all(mesh: &Mesh, name: &str, from_ms: i64, to_ms: i64) -> Vec<Series> {
    mesh.select(&[Matcher::equal("__name__", name)], from_ms, to_ms)
}

fn get<'a>(labels: &'a Labels, name: &str) -> &'a str {
    label(labels, name).unwrap_or("")
}

/// All labels but some, as one text.
fn identity(labels: &Labels, without: &[&str]) -> String {
    let kept = labels.iter().filter(|(name, _)| !without.contains(&&**name));
    kept.map(|(name, value)| [name, "=", value, ";"].concat()).collect()
}

/// What a counter gained, resets minded.
fn gain(series: &Series) -> f64 {
    let steps = series.points.windows(2).map(|pair| {
        if pair[1].value < pair[0].value { pair[1].value } else { pair[1].value - pair[0].value }
    });
    steps.sum()
}

const COUNTERS: [&str; 11] = [
    "istio_requests_total",
    "istio_request_duration_milliseconds_bucket",
    "istio_request_duration_milliseconds_sum",
    "istio_request_duration_milliseconds_count",
    "istio_request_bytes_bucket",
    "istio_request_bytes_sum",
    "istio_response_bytes_count",
    "istio_tcp_sent_bytes_total",
    "istio_tcp_received_bytes_total",
    "istio_tcp_connections_opened_total",
    "istio_tcp_connections_closed_total",
];

#[test]
fn counters_are_whole_and_rise_between_restarts() {
    let mesh = Mesh::ramp();
    let ups = all(&mesh, "up", NOON_MS - HOUR_MS, NOON_MS + 2 * HOUR_MS);
    let downs: BTreeMap<&str, Vec<i64>> = ups
        .iter()
        .map(|up| {
            let failed = up.points.iter().filter(|point| point.value < 1.0).map(|point| point.t_ms);
            (get(&up.labels, "pod"), failed.collect())
        })
        .collect();
    let mut resets = 0;
    for name in COUNTERS {
        let found = all(&mesh, name, NOON_MS - HOUR_MS, NOON_MS + 2 * HOUR_MS);
        assert!(!found.is_empty(), "{name}");
        for series in &found {
            let pod_downs = &downs[get(&series.labels, "pod")];
            for pair in series.points.windows(2) {
                assert!(pair[0].value.fract() == 0.0 && pair[1].value >= 0.0, "{series:?}");
                if pair[1].value < pair[0].value {
                    resets += 1;
                    let between = |t_ms: &i64| pair[0].t_ms < *t_ms && *t_ms < pair[1].t_ms;
                    assert!(
                        pod_downs.iter().any(between),
                        "{name} fell without a restart: {:?} {pair:?}",
                        series.labels
                    );
                }
            }
        }
    }
    assert!(resets > 0, "the ramp restarts pods");
}

#[test]
fn counters_do_not_step_back_when_the_period_begins_anew() {
    for mesh in [Mesh::shop(), Mesh::scaled(60)] {
        for day in 0..20 {
            let midnight_ms = NOON_MS - 10 * HOUR_MS - day * 24 * HOUR_MS;
            for name in COUNTERS {
                for series in all(&mesh, name, midnight_ms - 30_000, midnight_ms + 30_000) {
                    assert!(
                        series.points.windows(2).all(|pair| pair[0].value <= pair[1].value),
                        "{series:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_series_begins_with_its_first_event() {
    let mesh = Mesh::ramp();
    let requests = all(&mesh, "istio_requests_total", NOON_MS, NOON_MS + 2 * HOUR_MS);
    assert!(requests.iter().all(|series| series.points[0].value >= 1.0));
    let canary = |from, to| {
        let found = all(&mesh, "istio_requests_total", NOON_MS + from, NOON_MS + to);
        found.iter().any(|series| {
            get(&series.labels, "destination_workload") == "reviews-v2"
                && get(&series.labels, "reporter") == "destination"
        })
    };
    assert!(!canary(MINUTE_MS, 20 * MINUTE_MS), "no canary before its first request");
    assert!(canary(21 * MINUTE_MS, 22 * MINUTE_MS));
}

#[test]
fn buckets_rise_with_their_bound_and_end_at_the_count() {
    let mesh = Mesh::ramp();
    let (from_ms, to_ms) = (NOON_MS + 50 * MINUTE_MS, NOON_MS + 60 * MINUTE_MS);
    for base in ["istio_request_duration_milliseconds", "istio_request_bytes", "istio_response_bytes"] {
        let mut counts: BTreeMap<String, Series> = BTreeMap::new();
        for series in all(&mesh, &format!("{base}_count"), from_ms, to_ms) {
            counts.insert(identity(&series.labels, &["__name__"]), series);
        }
        let mut buckets: BTreeMap<String, Vec<(f64, Series)>> = BTreeMap::new();
        for series in all(&mesh, &format!("{base}_bucket"), from_ms, to_ms) {
            let le = get(&series.labels, "le").parse().unwrap();
            buckets.entry(identity(&series.labels, &["__name__", "le"])).or_default().push((le, series));
        }
        assert_eq!(buckets.len(), counts.len());
        for (key, mut row) in buckets {
            row.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert_eq!(row.len(), BUCKETS);
            for pair in row.windows(2) {
                assert!(
                    pair[0].1.points.iter().zip(&pair[1].1.points).all(|(low, high)| low.value <= high.value)
                );
            }
            assert_eq!(row[BUCKETS - 1].1.points, counts[&key].points, "{key}");
        }
    }
}

#[test]
fn a_histograms_sum_lies_where_its_buckets_allow() {
    let mesh = Mesh::shop();
    let (from_ms, to_ms) = (NOON_MS, NOON_MS + 10 * MINUTE_MS);
    let base = "istio_request_duration_milliseconds";
    let mut counts: BTreeMap<String, f64> = BTreeMap::new();
    for series in all(&mesh, &format!("{base}_count"), from_ms, to_ms) {
        counts.insert(identity(&series.labels, &["__name__"]), gain(&series));
    }
    let truth = mesh.truth(from_ms, to_ms);
    for series in all(&mesh, &format!("{base}_sum"), from_ms, to_ms) {
        let count = counts[&identity(&series.labels, &["__name__"])];
        let (code, flag) = (get(&series.labels, "response_code"), get(&series.labels, "response_flags"));
        let is_plain = code == "200" && get(&series.labels, "reporter") == "destination";
        if count < 500.0 || !is_plain || flag != "-" {
            continue;
        }
        let edge = truth.iter().find(|edge| {
            edge.dest.workload.as_deref() == label(&series.labels, "destination_workload")
                && edge.source.workload.as_deref().unwrap_or("unknown")
                    == get(&series.labels, "source_workload")
                && edge.protocol.label() == get(&series.labels, "request_protocol")
        });
        let wanted = edge.unwrap().mean_ms.unwrap();
        let mean = gain(&series) / count;
        assert!((mean / wanted - 1.0).abs() < 0.05, "{mean} {wanted} {:?}", series.labels);
    }
}

#[test]
fn both_reporters_tell_of_the_same_requests() {
    let mesh = Mesh::shop();
    let mut sides: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for series in all(&mesh, "istio_requests_total", NOON_MS, NOON_MS + 10 * MINUTE_MS) {
        let known = get(&series.labels, "source_workload") != "unknown"
            && get(&series.labels, "destination_workload") != "unknown";
        if known {
            let pod = ["pod", "namespace", "instance", "job", "reporter", "connection_security_policy"];
            let sums = sides.entry(identity(&series.labels, &pod)).or_default();
            let side = if get(&series.labels, "reporter") == "source" { &mut sums.0 } else { &mut sums.1 };
            *side += gain(&series);
        }
    }
    assert!(sides.len() > 30);
    for (key, (source, destination)) in sides {
        // Each pod rounds down, and is scraped at another second.
        let slack = 3.0 + 0.04 * source;
        assert!((source - destination).abs() <= slack, "{source} {destination} {key}");
    }
}

/// The labels that say who talked to whom, as truth names them.
fn edge_of(labels: &Labels) -> String {
    let of = |name| match get(labels, name) {
        "" => "unknown",
        value => value,
    };
    format!(
        "{}/{} -> {}/{} {} {}",
        of("source_workload_namespace"),
        of("source_workload"),
        of("destination_workload_namespace"),
        of("destination_workload"),
        of("destination_service"),
        of("request_protocol")
    )
}

fn edge_of_truth(edge: &TruthEdge) -> String {
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
    format!(
        "{}/{} -> {}/{} {} {}",
        or(&edge.source.namespace),
        or(&edge.source.workload),
        or(&edge.dest.namespace),
        or(&edge.dest.workload),
        edge.host,
        edge.protocol.label()
    )
}

#[test]
fn samples_have_the_edges_and_rates_of_the_truth() {
    for (mesh, at_ms) in
        [(Mesh::shop(), NOON_MS), (Mesh::ramp(), NOON_MS + 90 * MINUTE_MS), (Mesh::scaled(60), NOON_MS)]
    {
        let (from_ms, to_ms) = (at_ms, at_ms + 10 * MINUTE_MS);
        let mut seen: BTreeMap<(String, String), f64> = BTreeMap::new();
        for name in ["istio_requests_total", "istio_tcp_connections_opened_total"] {
            // One scrape more, so that the gains span the whole window.
            for series in all(&mesh, name, from_ms - 15_000, to_ms).iter().filter(|series| gain(series) > 0.0)
            {
                let reporter = get(&series.labels, "reporter").to_owned();
                *seen.entry((edge_of(&series.labels), reporter)).or_default() += gain(series);
            }
        }
        let truth = mesh.truth(from_ms, to_ms);
        let wanted: BTreeSet<String> =
            truth.iter().filter(|edge| edge.requests >= 10.0).map(edge_of_truth).collect();
        let got: BTreeSet<String> = seen.keys().map(|(edge, _)| edge.clone()).collect();
        let known: BTreeSet<String> = truth.iter().map(edge_of_truth).collect();
        assert_eq!(
            wanted.difference(&got).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{}",
            mesh.scenario().name
        );
        assert_eq!(
            got.difference(&known).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{}",
            mesh.scenario().name
        );
        for edge in truth.iter().filter(|edge| edge.requests > 200.0) {
            let count = seen[&(edge_of_truth(edge), edge.reporter.to_owned())];
            let slack = 0.06 * edge.requests + 10.0;
            assert!(
                (count - edge.requests).abs() < slack,
                "{count} {} {}",
                edge.requests,
                edge_of_truth(edge)
            );
        }
    }
}

#[test]
fn who_reports_what() {
    let mesh = Mesh::ramp();
    let found = all(&mesh, "istio_requests_total", NOON_MS + 100 * MINUTE_MS, NOON_MS + 110 * MINUTE_MS);
    let rows = |test: &dyn Fn(&Labels) -> bool| -> BTreeSet<String> {
        let names = [
            "reporter",
            "source_workload",
            "destination_workload",
            "response_code",
            "response_flags",
            "connection_security_policy",
        ];
        let row = |labels: &Labels| names.map(|name| get(labels, name)).join(" ");
        found.iter().map(|series| &series.labels).filter(|labels| test(labels)).map(row).collect()
    };
    let to =
        |service: &'static str| move |labels: &Labels| get(labels, "destination_service_name") == service;
    insta::assert_snapshot!(
        "mailer_without_sidecar",
        rows(&to("mailer")).into_iter().collect::<Vec<_>>().join("\n")
    );
    insta::assert_snapshot!("reviews", rows(&to("reviews")).into_iter().collect::<Vec<_>>().join("\n"));
    insta::assert_snapshot!(
        "search_unreached",
        rows(&to("search")).into_iter().collect::<Vec<_>>().join("\n")
    );
    insta::assert_snapshot!("stock_plaintext", rows(&to("stock")).into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn any_instant_of_the_last_month_answers_the_same_however_asked() {
    let mesh = Mesh::shop();
    let day_ms = 24 * HOUR_MS;
    for day in [0, 7, 29] {
        let at_ms = NOON_MS - day * day_ms;
        let short = all(&mesh, "istio_requests_total", at_ms, at_ms + MINUTE_MS);
        let long = all(&mesh, "istio_requests_total", at_ms - HOUR_MS, at_ms + MINUTE_MS);
        assert!(short.len() > 100);
        for series in short {
            let same = long.iter().find(|other| other.labels == series.labels).unwrap();
            assert_eq!(same.points[same.points.len() - series.points.len()..], series.points);
        }
    }
}

#[test]
fn samples_lie_on_a_grid_with_a_phase_a_pod() {
    let mesh = Mesh::shop();
    let ups = all(&mesh, "up", NOON_MS, NOON_MS + 5 * MINUTE_MS);
    let phases: BTreeSet<i64> = ups.iter().map(|series| series.points[0].t_ms % 15_000).collect();
    assert!(phases.len() > 30, "pods are scraped at different instants");
    for series in ups {
        assert!(series.points.windows(2).all(|pair| pair[1].t_ms - pair[0].t_ms == 15_000));
        assert_eq!(series.points.len(), 20);
    }
}

#[test]
fn matchers_narrow_what_is_told() {
    let mesh = Mesh::shop();
    let ask = |matchers: &[Matcher]| mesh.select(matchers, NOON_MS, NOON_MS + MINUTE_MS);
    let everything = ask(&[]);
    let cases = [
        ("__name__", Regex, "istio_tcp_.*"),
        ("le", Equal, "250"),
        ("le", Equal, ""),
        ("pod", Regex, "reviews-v2-.*"),
        ("namespace", NotEqual, "shop"),
        ("response_code", Regex, "5.."),
        ("nonsense", Equal, ""),
        ("nonsense", NotEqual, ""),
        ("job", NotRegex, "kubernetes-.*"),
    ];
    for (name, op, value) in cases {
        let matcher = Matcher::new(name, op, value).unwrap();
        let wanted = everything.iter().filter(|series| matcher.accepts_labels(&series.labels)).count();
        assert_eq!(ask(&[matcher]).len(), wanted, "{name} {value}");
    }
}

#[test]
fn no_two_series_have_the_same_labels() {
    for mesh in [Mesh::shop(), Mesh::ramp(), Mesh::scaled(80)] {
        let found = mesh.select(&[], NOON_MS + 100 * MINUTE_MS, NOON_MS + 101 * MINUTE_MS);
        let distinct: BTreeSet<&Labels> = found.iter().map(|series| &series.labels).collect();
        assert_eq!(distinct.len(), found.len());
        assert!(found.iter().all(|series| series.labels.is_sorted()));
    }
}

#[test]
fn promo_is_silent_at_most_instants() {
    let mesh = Mesh::shop();
    let gained = |from_ms, to_ms| -> f64 {
        let matchers = [
            Matcher::equal("__name__", "istio_requests_total"),
            Matcher::equal("destination_workload", "promo"),
        ];
        mesh.select(&matchers, from_ms, to_ms).iter().map(gain).sum()
    };
    let silent = (0..100).filter(|step| {
        let at_ms = NOON_MS + step * 53_000;
        gained(at_ms - 15 * MINUTE_MS, at_ms) > 0.0 && gained(at_ms - 2 * MINUTE_MS, at_ms) <= 0.0
    });
    assert!(silent.count() > 70);
}

#[test]
fn the_intended_weights_follow_the_ramp() {
    let weights = |mesh: &Mesh, at_ms| -> BTreeMap<String, f64> {
        let found = all(mesh, "flagger_canary_weight", at_ms - 15_000, at_ms);
        found.iter().map(|s| (get(&s.labels, "workload").to_owned(), s.points[0].value)).collect()
    };
    let of = |v1, v2| BTreeMap::from([("reviews-v1".to_owned(), v1), ("reviews-v2".to_owned(), v2)]);
    assert_eq!(weights(&Mesh::shop(), NOON_MS), of(90.0, 10.0));
    let ramp = Mesh::ramp();
    assert_eq!(weights(&ramp, NOON_MS + 10 * MINUTE_MS), of(100.0, 0.0));
    assert_eq!(weights(&ramp, NOON_MS + 40 * MINUTE_MS), of(90.0, 10.0));
    assert_eq!(weights(&ramp, NOON_MS + 80 * MINUTE_MS), of(50.0, 50.0));
}

/// What tells of the labels alone must not miss a series that lived in the span, nor name one that did not.
#[test]
fn labels_are_told_without_working_out_the_samples() {
    for (mesh, from_ms, to_ms) in [
        (Mesh::ramp(), 1_779_998_400_000, 1_779_998_400_000 + 7_200_000),
        (Mesh::ramp(), 1_779_998_400_000 + 3_900_000, 1_779_998_400_000 + 4_100_000),
        (Mesh::shop(), 1_772_618_400_000, 1_772_618_400_000 + 20_000),
        (Mesh::shop(), 1_772_618_400_000, 1_772_618_400_000 + 5_000),
    ] {
        let selected: BTreeSet<_> =
            mesh.select(&[], from_ms, to_ms).into_iter().map(|series| series.labels).collect();
        let mut told = BTreeSet::new();
        mesh.visit_labels(&[], from_ms, to_ms, &mut |labels| {
            told.insert(labels.clone());
        });
        assert!(!selected.is_empty() && told == selected, "{} and {}", told.len(), selected.len());
    }
}

#[test]
fn no_scenario_has_a_label_set_twice() {
    for (name, _) in meshsim::SCENARIOS {
        let mesh = Mesh::named(name).unwrap();
        let all = mesh.select(&[], NOON_MS, NOON_MS + 20_000);
        let sets: BTreeSet<&Labels> = all.iter().map(|series| &series.labels).collect();
        assert!(all.len() > 500 && sets.len() == all.len(), "{name}: {} of {}", sets.len(), all.len());
        assert!(sets.iter().all(|set| set.is_sorted()), "{name}");
    }
}
