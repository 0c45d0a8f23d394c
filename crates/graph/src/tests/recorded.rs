//! Recording rules: what is shipped is what would be asked, and it is asked for only where it gives the same.

use crate::{
    Form, Origin, Query, QueryKind, Signals, Window,
    dialect::{DurationUnit, Probe},
    plan,
    testing::AT_S,
};

const RULES: &str = include_str!("../../../../deploy/prometheus/recording-rules.yaml");

const WINDOWS: [(u64, &str); 3] = [(60, "1m"), (300, "5m"), (600, "10m")];

const KINDS: [(QueryKind, &str); 4] = [
    (QueryKind::Requests, "istio_requests"),
    (QueryKind::DurationSum, "istio_request_duration_milliseconds_sum"),
    (QueryKind::DurationCount, "istio_request_duration_milliseconds_count"),
    (QueryKind::DurationBucket, "istio_request_duration_milliseconds_bucket"),
];

fn window(window_s: u64) -> Window {
    Window { at_s: AT_S, window_s, scrape_interval_s: Some(15.0) }
}

fn asked(origin: &Origin, window: &Window) -> Vec<Query> {
    plan(origin, Signals { percentiles: true, ..Signals::default() }, window)
}

fn promql(queries: &[Query], kind: QueryKind) -> String {
    queries.iter().find(|query| query.kind == kind).expect("asked").promql.clone()
}

fn seen(recorded: [Option<i64>; 3]) -> Origin {
    Origin { probe: Probe { recorded, ..Probe::default() }, ..Origin::default() }
}

#[test]
fn the_shipped_rules_record_what_would_be_asked() {
    let mut expected: Vec<String> = Vec::new();
    for (window_s, word) in WINDOWS {
        let queries = asked(&Origin::default(), &window(window_s));
        for (kind, name) in KINDS {
            let expr = promql(&queries, kind).replace(&format!("[{window_s}s]"), &format!("[{word}]"));
            expected.extend([format!("- record: portolan:{name}:rate{word}"), format!("expr: {expr}")]);
        }
    }
    let is_rule = |line: &&str| line.starts_with("- record:") || line.starts_with("expr:");
    let rules: Vec<&str> = RULES.lines().map(str::trim).filter(is_rule).collect();
    assert!(rules == expected, "deploy/prometheus/recording-rules.yaml should have\n{}", expected.join("\n"));
}

#[test]
fn what_is_recorded_is_asked_for_where_the_window_fits() {
    let origin = seen([None, Some(AT_S - 7), None]);
    let queries = asked(&origin, &window(300));
    for (kind, name) in KINDS {
        assert_eq!(promql(&queries, kind), format!("portolan:{name}:rate5m"));
    }
    assert_eq!(queries.iter().filter(|query| query.promql.contains("portolan:")).count(), 4);
    for other_s in [60, 600, 299] {
        assert_eq!(asked(&origin, &window(other_s)), asked(&Origin::default(), &window(other_s)));
    }
}

#[test]
fn the_raw_counters_are_asked_where_rules_had_not_run_or_would_give_something_else() {
    let raw = |origin: Origin, at_s: i64| {
        let queries = asked(&origin, &Window { at_s, ..window(300) });
        queries.iter().all(|query| !query.promql.contains("portolan:istio"))
    };
    let recorded = seen([Some(AT_S); 3]);
    assert!(!raw(recorded.clone(), AT_S));
    assert!(raw(recorded.clone(), AT_S - 15), "before they are known to have run");
    let store = |probe: Probe| raw(Origin { probe, ..recorded.clone() }, AT_S);
    assert!(store(Probe { copies: Some(2.0), ..recorded.probe }));
    assert!(store(Probe { durations: Form::Native, ..recorded.probe }));
    assert!(store(Probe { duration: DurationUnit::Both, ..recorded.probe }));
    assert!(raw(Origin { extra_matcher: Some("mesh=\"a\"".into()), ..recorded.clone() }, AT_S));
    assert!(raw(Origin { operations: Some("request_operation".into()), ..recorded }, AT_S));
}

#[test]
fn the_preflight_tells_since_when_all_of_a_window_is_there() {
    let dialect = crate::dialect::ALL[0];
    let questions = dialect.probe_queries(None);
    let of_five = questions.iter().find(|question| question.word == "recorded_5m").expect("asked");
    assert!(KINDS.iter().all(|(_, name)| of_five.promql.contains(&format!("portolan:{name}:rate5m"))));
    assert_eq!(
        dialect.probe(&[("recorded_5m", 1_700_000_000.25)]).recorded,
        [None, Some(1_700_000_001), None]
    );
    let own = dialect.probe_queries(Some("mesh=\"a\""));
    assert!(own.iter().all(|question| !question.word.starts_with("recorded")), "they would not be used");
}
