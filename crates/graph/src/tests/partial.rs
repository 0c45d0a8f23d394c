//! Queries that failed, answers that were partial, windows that are short.

use crate::{
    Answers, Outcome, QueryKind, Window, snapshot,
    testing::{a_view, answers, both, edge_lines, labels, sample},
    view,
};
use model::{GraphType, graph::Percentiles};

fn timed() -> String {
    let labels = labels("destination", "web-v1.shop", "cart-v1.shop", "");
    both("web-v1.shop", "cart-v1.shop", "", 2.0)
        + &sample("istio_request_duration_milliseconds_sum", &labels, 40.0)
        + &sample("istio_request_duration_milliseconds_count", &labels, 2.0)
        + &sample("istio_request_duration_milliseconds_bucket", &format!("le=\"25\",{labels}"), 2.0)
        + &sample("istio_request_duration_milliseconds_bucket", &format!("le=\"+Inf\",{labels}"), 2.0)
        + &sample("istio_tcp_received_bytes_total", &labels, 10.0)
        + &sample("istio_tcp_sent_bytes_total", &labels, 20.0)
}

#[test]
fn a_failed_query_costs_its_column_only_and_is_named() {
    let cases = [
        (
            QueryKind::Requests,
            "web → cart  http  mean 20.0 ms  p95 23.8 ms",
            "request rates and errors are missing",
        ),
        (QueryKind::DurationSum, "web → cart  http 2.00/s  p95 23.8 ms", "mean latency are missing"),
        (
            QueryKind::DurationBucket,
            "web → cart  http 2.00/s  mean 20.0 ms",
            "latency percentiles are missing",
        ),
        (QueryKind::TcpSent, "web → cart  tcp ? up, 20.0 B/s down", "TCP bytes sent are missing"),
    ];
    for (kind, line, words) in cases {
        let mut answers = answers(&timed());
        answers.outcomes.insert(kind, (Outcome::Failed("Prometheus took over 10 s.".into()), Vec::new()));
        let (snapshot, warnings) = snapshot(&answers);
        let graph = view(&snapshot, &a_view(GraphType::App));
        assert!(edge_lines(&graph).contains(line), "{kind:?}: {}", edge_lines(&graph));
        assert_eq!(
            (warnings[0].code.as_str(), warnings[0].column.as_deref()),
            ("query_failed", Some(kind.word()))
        );
        assert!(warnings[0].sentence.contains("Prometheus took over 10 s. So"), "{}", warnings[0].sentence);
        assert!(warnings[0].sentence.contains(words), "{}", warnings[0].sentence);
        assert_eq!(graph.meta.warnings, warnings);
    }
}

#[test]
fn whether_percentiles_are_there_is_said() {
    let state = |change: fn(&mut crate::Answers), asked: bool| {
        let mut answers = answers(&timed());
        change(&mut answers);
        let mut view_of = a_view(GraphType::App);
        view_of.percentiles = asked;
        view(&snapshot(&answers).0, &view_of).meta.percentiles
    };
    let drop = |answers: &mut crate::Answers| {
        answers.outcomes.remove(&QueryKind::DurationBucket);
    };
    let fail = |answers: &mut crate::Answers| {
        answers.outcomes.insert(QueryKind::DurationBucket, (Outcome::Failed("no".into()), Vec::new()));
    };
    assert_eq!(state(|_| {}, true), Percentiles::Present);
    assert_eq!(state(drop, true), Percentiles::Pending);
    assert_eq!(state(drop, false), Percentiles::NotAsked);
    assert_eq!(state(fail, true), Percentiles::Missing);
}

#[test]
fn partial_answers_short_windows_and_odd_numbers_are_told() {
    let mut answers = answers(&timed());
    answers.window = Window { window_s: 60, scrape_interval_s: Some(30.0), ..answers.window };
    if let Some((Outcome::Answered(table), partial)) = answers.outcomes.get_mut(&QueryKind::Requests) {
        table.values[0] = f64::INFINITY;
        table.not_numbers = 2;
        partial.push("store gateway 3 did not answer".into());
    }
    let codes: Vec<(String, String)> =
        snapshot(&answers).1.into_iter().map(|w| (w.code, w.sentence)).collect();
    assert_eq!(
        codes,
        [
            ("partial_answer".into(), "Prometheus says of request rates and errors: store gateway 3 did not answer".into()),
            ("not_numbers".into(), "3 rows of request rates and errors were NaN, infinite or negative and were left out.".into()),
            (
                "short_window".into(),
                "The window of 60 s spans only 2.00 scrapes of 30 s, so rates are coarse and some may be missing. Choose at least 120 s."
                    .into()
            )
        ]
    );
}

#[test]
fn what_a_store_says_of_many_columns_is_told_once() {
    let mut answers = answers(&timed());
    for kind in [QueryKind::Requests, QueryKind::DurationSum, QueryKind::DurationCount, QueryKind::TcpSent] {
        answers.outcomes.get_mut(&kind).expect("asked").1.push("gateway 3 did not answer".into());
    }
    answers.outcomes.get_mut(&QueryKind::TcpSent).expect("asked").1.push("late".into());
    let told = snapshot(&answers).1;
    let sentences: Vec<&str> = told.iter().map(|warning| warning.sentence.as_str()).collect();
    assert_eq!(
        sentences,
        [
            "Prometheus says of request rates and errors, TCP bytes sent and mean latency: gateway 3 did not answer",
            "Prometheus says of TCP bytes sent: late",
        ]
    );
    assert_eq!((&told[0].column, told[1].column.as_deref()), (&None, Some("tcp_sent")));
}

#[test]
fn nothing_at_all_is_an_empty_graph() {
    let graph = view(&snapshot(&answers("")).0, &a_view(GraphType::VersionedApp));
    assert_eq!((graph.nodes.len(), graph.edges.len(), graph.totals.rate_rps), (0, 0, None));
    assert_eq!(graph.meta.quality.unknown_source_share, None);
}

#[test]
fn columns_of_a_while_ago_are_said_to_be_so_and_make_no_connection() {
    let samples = both("web-v1.shop", "cart-v1.shop", "", 5.0);
    let timed = |to: &str| {
        let labels = labels("destination", "web-v1.shop", to, "");
        sample("istio_request_duration_milliseconds_sum", &labels, 500.0)
            + &sample("istio_request_duration_milliseconds_count", &labels, 5.0)
    };
    let mut answers = answers(&(samples + &timed("cart-v1.shop") + &timed("gone-v1.shop")));
    let drawn = |answers: &Answers| view(&snapshot(answers).0, &a_view(GraphType::App));
    assert_eq!(drawn(&answers).edges.len(), 2, "what is timed now is there now");
    for kind in [QueryKind::DurationSum, QueryKind::DurationCount] {
        answers.earlier_s.insert(kind, 45);
    }
    let graph = drawn(&answers);
    assert_eq!(graph.edges.len(), 1, "it has gone since");
    assert_eq!(graph.edges[0].latency.as_ref().and_then(|latency| latency.mean_ms), Some(100.0));
    let note = graph.meta.quality.notes.iter().find(|note| note.code == "asked_seldom").expect("told");
    assert_eq!(note.number, Some(45.0));
    assert!(note.sentence.contains("45 s older than the rest: mean latency."), "{}", note.sentence);
}
