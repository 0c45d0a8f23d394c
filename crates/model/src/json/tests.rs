//! Whatever the wire types are written as is read back alike, and refused where serde refuses it.

use super::{FromJson, read};
use crate::{
    Difference, EdgeDetail, Figure, Graph, NodeDetail, Problem, Subject,
    boot::Boot,
    series::SeriesAnswer,
    status::{LastTraffic, Namespaces, ServerStatus, Waiting},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::fmt::Debug;

/// All words that enums travel as; each is tried at the place of each text.
const WORDS: &str = "app versioned_app workload service namespace gateway external egress unknown_callers no_route \
    baseline worse no_difference_seen too_few_requests not_asked pending present missing healthy idle unknown degraded \
    failing http grpc tcp rate_rps error_share p50_ms p95_ms p99_ms sent_bytes_per_s received_bytes_per_s failing_edge \
    failing_node worse_version degraded_edge degraded_node plaintext silent node row edge bytes_per_s age_s cluster operation";

fn latency() -> Value {
    let quantile = json!({ "ms": 12.5, "at_least": true });
    json!({ "mean_ms": 3.25, "p50": { "ms": 1.0 }, "p90": quantile, "p95": quantile, "p99": quantile })
}

fn traffic() -> (Value, Value) {
    let requests = json!({ "rate_rps": 0.1, "error_rate_rps": 1e-7, "error_share": 1e21, "count": 12.0, "unreached_rps": 0.5 });
    let tcp = json!({ "sent_bytes_per_s": 1.0, "received_bytes_per_s": 2.5, "opened_per_s": 0.0, "closed_per_s": 4.0, "flagged_per_s": 5.0, "open": 6.0 });
    (requests, tcp)
}

fn volume() -> Value {
    let size = json!({ "mean_bytes": 1.0, "p50_bytes": 2.0, "p95_bytes": 3.0, "at_least": true });
    json!({
        "request_bytes_per_s": 1.0, "response_bytes_per_s": 2.0, "sent_messages_per_s": 3.0,
        "received_messages_per_s": 4.0, "request_size": size, "response_size": { "mean_bytes": 1.0 },
    })
}

fn health() -> Value {
    json!({ "status": "failing", "reasons": [
        { "status": "degraded", "rule": "5xx", "bound_share": 0.1, "measured_share": 0.2, "count": 3.0, "sentence": "Too \"many\" – größer 😀\n\u{7}" },
    ] })
}

fn node() -> Value {
    let (requests, tcp) = traffic();
    json!({
        "id": "n", "kind": "unknown_callers", "name": "reviews", "cluster": "c", "namespace": "shop", "app": "a",
        "workload": "w", "service": "s", "requests": requests, "tcp": tcp, "latency": latency(), "mtls_share": 0.75,
        "health": health(),
        "versions": [{
            "key": "k", "name": "v2", "workload": "w", "share": 0.5, "intended_share": 0.25, "requests": requests,
            "tcp": tcp, "latency": latency(), "health": health(),
            "comparison": { "verdict": "worse", "baseline": "v1", "evidence": 33.0, "sentence": "worse" },
        }],
        "version": "v1",
        "flags": { "root": true, "outside": true, "silent": true, "injected": true, "cycle": true, "out_of_mesh": true, "estimated": true, "idle": true, "waypoint": true },
        "last_seen_s": -12, "volume": volume(),
    })
}

fn edge() -> Value {
    let (requests, tcp) = traffic();
    json!({
        "id": "e", "source": "s", "source_row": "r", "target": "t", "target_row": "q", "protocol": "grpc",
        "requests": requests, "tcp": tcp, "latency": latency(), "mtls_share": 1.0, "source_share": 0.5,
        "other_side": { "reporter": "source", "rate_rps": 1.0, "error_share": 0.5, "mean_ms": 2.0 },
        "health": health(), "flags": { "cycle": true, "silent": true, "unreached": true, "estimated": true, "idle": true },
        "last_seen_s": 1_700_000_000, "volume": volume(), "custom": [{ "name": "n", "unit": "u", "per_s": 1.5, "parts": [{ "value": "v", "per_s": 0.5 }] }],
    })
}

fn finding(subject: &Value, figure: &Value) -> Value {
    json!({ "kind": "worse_version", "status": "idle", "subject": subject, "title": "t", "remark": "", "figure": figure, "sentence": "s" })
}

fn namespace() -> Value {
    json!({ "name": "shop", "shown": true, "system": true, "apps": 3, "rate_rps": 1.5, "error_share": 0.5, "status": "healthy", "degraded": 1, "failing": 2, "health": health() })
}

fn graph() -> Value {
    json!({
        "meta": {
            "graph_type": "workload", "window_s": 300, "at_s": 1_700_000_000, "scrape_interval_s": 15.0,
            "engine": "Prometheus 2.42", "percentiles": "present",
            "queries": [{ "kind": "requests", "promql": "sum(x)", "source": "west", "duration_ms": 1.5, "rows": 12, "error": "no" }],
            "warnings": [{ "code": "c", "column": "d", "sentence": "s" }],
            "quality": { "reporters": ["source"], "rows": 3, "unknown_source_share": 0.5, "dropped_rows": 1, "notes": [{ "code": "c", "sentence": "s", "fix": "f", "number": 2.5 }] },
            "stale": { "since_s": 5, "reason": "down", "retry_in_s": 2.5 },
        },
        "nodes": [node()], "edges": [edge()],
        "boxes": [{ "id": "b", "by": "app", "name": "n", "parent": "p", "members": ["m"], "health": health(), "requests": traffic().0, "latency": latency() }],
        "findings": [
            finding(&json!({ "node": { "id": "n" } }), &json!({ "error_share": 0.5 })),
            finding(&json!({ "row": { "node": "n", "row": "r" } }), &json!({ "rate_rps": 0.5 })),
            finding(&json!({ "edge": { "id": "e" } }), &json!({ "bytes_per_s": 0.5 })),
            finding(&json!({ "edge": { "id": "e" } }), &json!({ "age_s": 0.5 })),
        ],
        "namespaces": [namespace()],
        "totals": { "nodes": 1, "edges": 2, "rate_rps": 3.0, "error_share": 0.5, "health": health(), "latency": latency() },
    })
}

fn breakdown() -> Value {
    json!([{ "protocol": "http", "code": "503", "grpc_status": "14", "flags": "UF", "flags_meaning": "m", "host": "h", "version": "v", "rate_rps": 1.0, "count": 2.0, "error": true, "unreached": true }])
}

fn queries() -> Value {
    json!([{ "name": "rate", "promql": "sum(x)", "source": "west" }])
}

fn hosts() -> Value {
    let (requests, tcp) = traffic();
    json!([{ "host": "h", "count": 2, "requests": requests, "tcp": tcp }])
}

fn sides() -> Value {
    let (requests, tcp) = traffic();
    json!([{ "protocol": "tcp", "requests": requests, "tcp": tcp, "latency": latency(), "classes": [{ "class": "5xx", "rate_rps": 1.0, "error": true }] }])
}

/// Every field is there, goes out as it came, and comes back as serde reads it; then each part is spoilt in turn.
fn holds<T: FromJson + DeserializeOwned + Serialize + PartialEq + Debug>(sample: &Value) {
    let typed: T = serde_json::from_value(sample.clone()).expect("the sample is right");
    assert_eq!(serde_json::to_value(&typed).expect("it serialises"), *sample, "the sample has every field");
    assert_eq!(read::<T>(&serde_json::to_string(&typed).expect("it serialises")), Ok(typed));
    let mut spoilt = Vec::new();
    spoil(sample, &mut |changed| spoilt.push(changed));
    for changed in spoilt {
        agrees::<T>(&changed);
    }
}

/// What serde accepts is read alike. What it refuses is refused, but for lists and flags that are left out.
fn agrees<T: FromJson + DeserializeOwned + PartialEq + Debug>(changed: &Value) {
    let ours = read::<T>(&changed.to_string());
    match serde_json::from_value::<T>(changed.clone()) {
        Ok(theirs) => assert_eq!(ours, Ok(theirs), "{changed}"),
        Err(error) if error.to_string().starts_with("missing field") => {}
        Err(error) => assert!(ours.is_err(), "serde says {error} of {changed}"),
    }
}

/// Copies with one field left out, one value made null, a list, a number, or another word.
fn spoil(value: &Value, give: &mut dyn FnMut(Value)) {
    for other in [Value::Null, json!(["x"]), json!(-1.5)] {
        give(other);
    }
    match value {
        Value::String(_) => WORDS.split_whitespace().for_each(|word| give(json!(word))),
        Value::Array(values) => {
            for (at, inner) in values.iter().enumerate() {
                spoil(inner, &mut |changed| {
                    let mut copy = values.clone();
                    copy[at] = changed;
                    give(Value::Array(copy));
                });
            }
        }
        Value::Object(fields) => {
            for (name, inner) in fields {
                let mut copy = fields.clone();
                copy.remove(name);
                give(Value::Object(copy));
                spoil(inner, &mut |changed| {
                    let mut copy = fields.clone();
                    copy[name] = changed;
                    give(Value::Object(copy));
                });
            }
        }
        _ => {}
    }
}

#[test]
fn the_graph_comes_back() {
    // In parts, so that what is spoilt stays small.
    let mut sparse = graph();
    holds::<Graph>(&graph());
    for list in ["nodes", "edges", "boxes", "findings", "namespaces"] {
        sparse[list] = json!([]);
    }
    agrees::<Graph>(&sparse);
}

#[test]
fn a_difference_comes_back() {
    let mut whole = graph();
    let [nodes, edges, boxes, meta, findings, namespaces, totals] =
        ["nodes", "edges", "boxes", "meta", "findings", "namespaces", "totals"]
            .map(|list| whole[list].take());
    let parts = json!({ "nodes": nodes, "edges": edges, "boxes": boxes });
    let mut told = json!({
        "add": parts, "places": { "nodes": [3], "edges": [0], "boxes": [1] },
        "remove": { "nodes": ["a"], "edges": ["b"], "boxes": ["c"] },
    });
    holds::<crate::difference::Parts>(&told["add"]);
    holds::<crate::difference::Places>(&told["places"]);
    holds::<crate::difference::Gone>(&told["remove"]);
    told["seq"] = json!(7);
    told["update"] = parts;
    told["update"]["nodes"][0]["latency"] = Value::Null;
    for (name, value) in
        [("meta", meta), ("findings", findings), ("namespaces", namespaces), ("totals", totals)]
    {
        told[name] = value;
    }
    let typed: Difference = serde_json::from_value(told.clone()).expect("the sample is right");
    assert_eq!(serde_json::to_value(&typed).expect("it serialises"), told, "the sample has every field");
}

/// Each field of a part is told by itself, takes its place, and goes where it is null; what is spoilt is refused.
#[test]
fn a_change_takes_over_what_it_tells() {
    let held = graph();
    let typed: Graph = serde_json::from_value(held.clone()).expect("the sample is right");
    for list in ["nodes", "edges", "boxes"] {
        let part = held[list][0].as_object().expect("a part has fields");
        for (name, value) in part.iter().filter(|(name, _)| *name != "id") {
            spoil(value, &mut |changed| {
                let told = json!({ "seq": 1, "update": { list: [{ "id": part["id"], name: changed }] } });
                let mut next = held.clone();
                next[list][0][name] = changed;
                let ours = crate::difference::apply(&told.to_string(), &typed);
                match serde_json::from_value::<Graph>(next) {
                    Ok(theirs) => assert_eq!(ours, Ok(Some(theirs)), "{told}"),
                    Err(error) if error.to_string().starts_with("missing field") => {}
                    Err(error) => assert!(ours.is_err(), "serde says {error} of {told}"),
                }
            });
        }
        let other = json!({ "seq": 1, "update": { list: [{ "id": "other", "name": "x" }] } });
        assert_eq!(crate::difference::apply(&other.to_string(), &typed), Ok(None));
    }
    for (list, value) in [("meta", &held["meta"]), ("totals", &json!({ "nodes": 3, "edges": 4 }))] {
        let next = crate::difference::apply(&json!({ "seq": 1, list: value }).to_string(), &typed);
        let next = next.expect("it can be read").expect("it fits");
        assert_eq!(&serde_json::to_value(next).expect("it serialises")[list], value);
    }
}

#[test]
fn details_come_back() {
    let neighbours = json!([{ "edge": "e", "node": "n", "name": "x", "namespace": "y", "protocol": "http" }]);
    holds::<NodeDetail>(&json!({
        "node": node(), "inbound": sides(), "outbound": sides(), "breakdown": breakdown(),
        "callers": neighbours, "callees": neighbours, "queries": queries(), "hosts": hosts(),
    }));
    holds::<EdgeDetail>(&json!({
        "edge": edge(), "source_name": "a", "target_name": "b", "breakdown": breakdown(),
        "principals": [{ "source": "s", "destination": "d", "rate_rps": 1.0, "mutual_tls": true }],
        "queries": queries(), "hosts": hosts(),
    }));
    holds::<SeriesAnswer>(&json!({
        "start_s": 1, "step_s": 15, "lines": [{ "metric": "p50_ms", "row": "r", "points": [1.0, null, 2.5] }],
        "queries": queries(), "missing": [{ "metric": "rate_rps", "reason": "r" }],
    }));
}

#[test]
fn the_rest_comes_back() {
    holds::<Problem>(&json!({ "type": "t", "title": "u", "status": 503, "detail": "d", "field": "f" }));
    holds::<Boot>(
        &json!({ "base_path": "/x", "version": "1", "source": "s", "sources": ["s", "t"], "configured": true, "embed": true, "cautions": ["c"], "worker": "w.js", "test_hook": true }),
    );
    holds::<Namespaces>(&json!({ "at_s": 1, "window_s": 2, "namespaces": [namespace()] }));
    holds::<ServerStatus>(&json!({
        "version": "1", "open_to_all": true, "listen": "l", "cautions": ["c"], "asking": { "answered": 3, "of": 7 },
        "prometheus": { "url": "u", "reachable": true, "engine": "e", "scrape_interval_s": 1.5, "notes": ["n"], "last_good_s": 3 },
        "snapshots_held": 1, "snapshots_bytes": 2,
    }));
    holds::<Waiting>(&json!({ "asking": { "answered": 3, "of": 7 } }));
    holds::<LastTraffic>(&json!({ "at_s": 1_700_000_000, "window_s": 3_600, "seen_s": 1_699_999_000 }));
}

#[test]
fn what_is_missing_is_named() {
    let words = |text: &str| read::<Problem>(text).expect_err("it is not right").to_string();
    assert_eq!(words(r#"{"type":"a","title":"b","status":503}"#), "`detail` is no text");
    assert_eq!(
        words(r#"{"type":"a","title":"b","status":70000,"detail":""}"#),
        "`status` is no whole number of its range"
    );
    assert_eq!(words("[]"), "`the answer` is no object");
    assert_eq!(words(r#"{"type":"#), "there is no JSON from byte 8 on");
}

#[test]
fn what_is_no_json_is_refused() {
    for text in [
        "",
        "{",
        "[1,]",
        "tru",
        "\"\n\"",
        "\"\\ud800\"",
        "1 2",
        "{\"a\" 1}",
        "NaN",
        "1e999",
        "-",
        "\"\\x\"",
        "]",
    ] {
        assert!(super::text::Text::read(text).is_err(), "{text}");
    }
    assert!(super::text::Text::read(&"[".repeat(100_000)).is_err());
}

#[test]
fn a_figure_and_a_subject_of_unknown_kind_are_refused() {
    assert!(read::<Figure>(r#"{"miles":1}"#).is_err());
    assert!(read::<Subject>(r#"{"box":{"id":"x"}}"#).is_err());
}

proptest::proptest! {
    #[test]
    fn any_text_and_number_come_back(words in proptest::collection::vec(".*", 0..4), number in -1e18_f64..1e18) {
        let text = json!({ "s": words, "n": number }).to_string();
        let tape = super::text::Text::read(&text).expect("it is JSON");
        let mut mistakes = super::Mistakes::default();
        let (value, mut places) = (super::Value { tape: &tape, at: super::FIRST }, [0; 2]);
        let mut fields = super::Fields::of(value, &["s", "n"], &mut places, &mut mistakes);
        proptest::prop_assert_eq!(fields.take::<Vec<String>>(), words);
        proptest::prop_assert_eq!(fields.take::<f64>().to_bits(), number.to_bits());
    }
}
