//! Windows, scrapes, what numbers look like on the wire, and copies.

use crate::{
    Form, Origin, Outcome, Query, QueryKind, Signals,
    dialect::Probe,
    plan,
    query::{Matcher, escape, selector},
    snapshot,
    testing::{
        a_view, all_extras, answers, answers_of, both, edge_lines, edges, graph, labels, sample, snap,
    },
    view,
};
use model::GraphType;

/// Whatever can be asked.
fn everything(origin: &Origin) -> Vec<Query> {
    let signals = Signals { percentiles: true, slow_lane: true, extras: all_extras() };
    plan(origin, signals, &snap("").window())
}

#[test]
fn p01_a_window_needs_four_scrapes() {
    let mut answers = answers(&both("web-v1.shop", "cart-v1.shop", "", 1.0));
    answers.window.window_s = 45;
    let (snapshot, warnings) = snapshot(&answers);
    assert_eq!(warnings[0].code, "short_window");
    let graph = view(&snapshot, &a_view(GraphType::App));
    let note = graph.meta.quality.notes.iter().find(|note| note.code == "window_against_scrape");
    assert_eq!(note.and_then(|note| note.number), Some(3.0));
}

#[test]
fn p02_rates_never_look_back_over_less_than_two_scrapes() {
    let mut answers = answers("");
    for (window_s, scrape_s, range) in [(30, 30.0, "[61s]"), (60, 30.0, "[61s]"), (60, 15.0, "[60s]")] {
        answers.window.window_s = window_s;
        answers.window.scrape_interval_s = Some(scrape_s);
        for query in plan(&Origin::default(), Signals::default(), &answers.window) {
            assert!(query.promql.contains(range), "{window_s} of {scrape_s}: {}", query.promql);
        }
    }
    (answers.window.window_s, answers.window.scrape_interval_s) = (30, Some(30.0));
    let sentence = &snapshot(&answers).1[0].sentence;
    assert!(sentence.contains("so rates are taken over 61 s instead"), "{sentence}");
}

#[test]
fn p03_series_that_have_just_begun_are_said_to_lack_their_first_value() {
    let graph = graph(&(both("web-v1.shop", "cart-v1.shop", "", 1.0) + "new_series{} 37\n"), GraphType::App);
    let note = graph.meta.quality.notes.iter().find(|note| note.code == "new_series").expect("said");
    assert_eq!(note.number, Some(37.0));
    assert!(note.sentence.starts_with("37 series of requests began"), "{}", note.sentence);
    // A rate would be 0 for a series with one value. That it is there at all is what tells.
    let asked = everything(&Origin::default());
    let begun = asked.iter().find(|query| query.kind == QueryKind::NewSeries).expect("asked");
    assert_eq!(begun.promql, "count(istio_requests_total unless istio_requests_total offset 900s)");
}

/// What is said of a window of five minutes by a store whose samples are so old, and for how long is waited for them.
fn said_of_late(age_s: f64, delay_s: u64, at_s: i64) -> Option<(f64, String, String)> {
    let mut answers = answers(&both("web-v1.shop", "cart-v1.shop", "", 1.0));
    (answers.window.at_s, answers.window.window_s, answers.window.scrape_interval_s) =
        (at_s, 300, Some(15.0));
    answers.origin.probe =
        Probe { newest_age_s: Some(age_s), probed_at_s: 100_000, delay_s, ..Probe::default() };
    let graph = view(&snapshot(&answers).0, &a_view(GraphType::App));
    let mut notes = graph.meta.quality.notes.into_iter();
    let note = notes.find(|note| note.code == "late_samples")?;
    Some((note.number?, note.sentence, note.fix))
}

#[test]
fn p33_samples_that_come_late_are_found_out_and_said_with_the_cure() {
    let (late_s, sentence, fix) = said_of_late(52.0, 0, 99_990).expect("it is said");
    assert!((late_s - 45.0).abs() < 1e-9, "{late_s}");
    assert!(
        sentence.contains("The last 45 s of the window") && sentence.contains("up to 15.0"),
        "{sentence}"
    );
    assert!(fix.contains("--ingestion-delay=45s"), "{fix}");
    assert_eq!(said_of_late(52.0, 45, 99_945), None, "they are waited for");
    let (_, sentence, fix) = said_of_late(82.0, 45, 99_960).expect("not for long enough");
    assert!(sentence.contains("The last 30 s") && fix.contains("--ingestion-delay=75s"), "{sentence} {fix}");
    assert_eq!(said_of_late(15.0, 0, 99_990), None, "all were scraped at one moment, an interval ago");
    assert_eq!(said_of_late(52.0, 0, 99_900), None, "of the past all samples have come");
}

#[test]
fn p04_no_result_is_unknown_and_not_zero() {
    let of = |metric: &str, to: &str| sample(metric, &labels("destination", "web-v1.shop", to, ""), 2.0);
    let mut answers = answers(
        &(both("web-v1.shop", "cart-v1.shop", "", 1.0)
            + &of("istio_request_duration_milliseconds_count", "cart-v1.shop")
            + &of("istio_tcp_sent_bytes_total", "db-v1.shop")),
    );
    for kind in [QueryKind::Requests, QueryKind::DurationSum, QueryKind::TcpSent] {
        answers.outcomes.insert(kind, (Outcome::Failed("gone".into()), vec![]));
    }
    let edges = view(&snapshot(&answers).0, &a_view(GraphType::App)).edges;
    let to = |name: &str| edges.iter().find(|edge| edge.target.contains(name)).expect("drawn");
    assert_eq!((&to("cart").requests, &to("cart").latency), (&None, &None));
    let tcp = to("db").tcp.as_ref().expect("half of it came");
    assert_eq!((tcp.sent_bytes_per_s, tcp.received_bytes_per_s), (None, Some(2.0)));
}

#[test]
fn p05_counters_are_rated_before_they_are_summed() {
    // A sum over pods of which one restarts falls, and its rate would take that for a reset of all.
    for query in everything(&Origin::default()) {
        let mut rates = query.promql.split("rate(").skip(1);
        assert!(rates.all(|rated| rated.starts_with("istio_")), "{}", query.promql);
    }
}

#[test]
fn p06_ghosts_are_told_by_when_they_were_last_seen() {
    let labels = labels("destination", "web-v1.shop", "old-v1.shop", "");
    let samples = format!(
        "{}istio_requests_total{{{labels}}} 5 @ -900..-300\n",
        both("web-v1.shop", "cart-v1.shop", "", 1.0)
    );
    let graph = graph(&samples, GraphType::App);
    let ghost = graph.nodes.iter().find(|node| node.name == "old").expect("kept for a while");
    assert!(ghost.flags.silent && ghost.last_seen_s.is_some());
}

#[test]
fn p07_a_gap_up_to_the_end_is_told_from_rates_that_go_on() {
    let of = |to: &str, span: &str| {
        let labels = labels("destination", "web-v1.shop", to, "");
        format!("istio_requests_total{{{labels}}} 5 @ {span}\n")
    };
    let gone = both("web-v1.shop", "cart-v1.shop", "", 1.0) + &of("cart-v1.shop", "-900..-300");
    let note = |samples: &str| {
        let notes = graph(samples, GraphType::App).meta.quality.notes;
        notes.into_iter().find(|note| note.code == "nothing_lately")
    };
    let told = note(&gone).expect("said");
    assert_eq!(told.number, Some(420.0));
    assert!(told.sentence.starts_with("Nothing has moved anywhere for about 7"), "{}", told.sentence);
    assert_eq!(note(&(gone + &of("db-v1.shop", "-900..0"))), None, "one that moves is enough");
}

#[test]
fn p08_nothing_is_rounded_away() {
    assert_eq!(
        edges(&both("web-v1.shop", "cart-v1.shop", "", 0.0004)),
        "web → cart  http 0.0004/s  mtls 100 %"
    );
    let window = snap("").window();
    assert!(
        plan(&Origin::default(), Signals::default(), &window)
            .iter()
            .all(|query| !query.promql.contains("round"))
    );
}

#[test]
fn p17_what_is_no_number_never_poisons_a_sum() {
    let mut answers = answers(
        &(both("web-v1.shop", "cart-v1.shop", "", 1.0)
            + &both("web-v1.shop", "cart-v1.shop", "response_code=\"404\"", 2.0)),
    );
    let Some((Outcome::Answered(table), _)) = answers.outcomes.get_mut(&QueryKind::Requests) else {
        panic!("asked")
    };
    table.values[3] = f64::NAN;
    table.values[2] = f64::INFINITY;
    let (snapshot, warnings) = snapshot(&answers);
    assert_eq!(warnings[0].code, "not_numbers");
    assert_eq!(view(&snapshot, &a_view(GraphType::App)).totals.rate_rps, Some(1.0));
}

#[test]
fn p18_the_order_of_rows_means_nothing() {
    // Sums in another order differ in their last digit, and so would ETags.
    let coded =
        |code: &str, rate| both("web-v1.shop", "cart-v1.shop", &format!("response_code=\"{code}\""), rate);
    let mut rows: Vec<String> = [("200", 0.1), ("302", 0.2), ("404", 0.3), ("503", 0.7)]
        .map(|(code, rate)| coded(code, rate))
        .into_iter()
        .chain(["db", "ads", "mail"].map(|to| both("cart-v1.shop", &format!("{to}-v1.shop"), "", 0.1)))
        .collect();
    let forwards = graph(&rows.concat(), GraphType::VersionedApp);
    rows.reverse();
    assert_eq!(forwards, graph(&rows.concat(), GraphType::VersionedApp));
}

#[test]
fn p19_what_the_store_says_beside_its_answer_is_shown() {
    let mut answers = answers(&both("web-v1.shop", "cart-v1.shop", "", 1.0));
    answers.outcomes.get_mut(&QueryKind::Requests).expect("asked").1.push("one store is missing".into());
    let (_, warnings) = snapshot(&answers);
    assert!(warnings[0].code == "partial_answer" && warnings[0].sentence.contains("one store is missing"));
}

#[test]
fn p20_a_missing_label_is_an_empty_one() {
    let samples =
        "istio_requests_total{reporter=\"destination\",source_app=\"web\",destination_app=\"cart\"} 2\n";
    let drawn = edge_lines(&graph(samples, GraphType::App));
    assert!(drawn.starts_with("web → cart  http 2.00/s"), "{drawn}");
}

#[test]
fn p29_pods_are_summed_whatever_their_number() {
    let signals = Signals { percentiles: true, ..Signals::default() };
    for query in plan(&Origin::default(), signals, &snap("").window()) {
        assert!(query.promql.contains("sum by (") && !query.promql.contains("pod"), "{}", query.promql);
    }
}

#[test]
fn p31_copies_of_a_series_count_once_and_are_said() {
    let origin = Origin { probe: Probe { copies: Some(2.0), ..Probe::default() }, ..Origin::default() };
    let samples = both("web-v1.shop", "cart-v1.shop", "", 1.0);
    let answers = answers_of(origin.clone(), &samples);
    let native = Probe { durations: Form::Native, sizes: Form::Native, ..origin.probe };
    let native = Origin { probe: native, ..origin.clone() };
    for query in everything(&origin).into_iter().chain(everything(&native)) {
        let adds = query.promql.contains("sum by");
        // Of whole histograms there is no maximum, and on 2.42 no mean.
        let once = ["max", "topk"].map(|one| format!("{one} without (prometheus_replica, replica, "));
        assert_eq!(adds, once.iter().any(|once| query.promql.contains(once)), "{}", query.promql);
    }
    let graph = view(&snapshot(&answers).0, &a_view(GraphType::App));
    let note = graph.meta.quality.notes.iter().find(|note| note.code == "copies").expect("said");
    assert_eq!(note.number, Some(2.0));
    let dialect = Origin::default().dialect;
    let probe = dialect.probe_queries(None).into_iter().find(|probe| probe.promql.contains("group without"));
    assert_eq!(dialect.probe(&[(probe.expect("asked").word, 2.0)]).copies, Some(2.0));
}

#[test]
fn p31_a_store_of_several_meshes_is_asked_about_one() {
    let origin = Origin { extra_matcher: Some("mesh=\"eu\"".into()), ..Origin::default() };
    for query in everything(&origin) {
        let selected = ["istio_", "flagger_"].map(|prefix| query.promql.matches(prefix).count());
        assert_eq!(
            query.promql.matches("mesh=\"eu\"").count(),
            selected[0] + selected[1],
            "{}",
            query.promql
        );
    }
}

#[test]
fn p32_metrics_are_named_exactly() {
    for query in everything(&Origin::default()) {
        assert!(!query.promql.contains("__name__"), "{}", query.promql);
    }
}

#[test]
fn p33_no_query_has_a_time_of_its_own() {
    let mut later = snap("").window();
    later.at_s += 12_345;
    let signals = Signals { percentiles: true, slow_lane: true, extras: all_extras() };
    for (query, then) in
        everything(&Origin::default()).into_iter().zip(plan(&Origin::default(), signals, &later))
    {
        assert_eq!(query, then, "the moment is the plan's, not the query's");
        let compares = query.kind == QueryKind::NewSeries;
        assert!(!query.promql.contains('@') && query.promql.contains(" offset ") == compares, "{query:?}");
    }
}

#[test]
fn p35_what_is_younger_than_a_long_window_is_said_to_be_counted_low() {
    let sentence = |window_s| {
        let mut answers = answers(&(both("web-v1.shop", "cart-v1.shop", "", 1.0) + "new_series{} 37\n"));
        answers.window.window_s = window_s;
        let notes = view(&snapshot(&answers).0, &a_view(GraphType::App)).meta.quality.notes;
        notes.into_iter().find(|note| note.code == "new_series").expect("said").sentence
    };
    assert!(sentence(3_600).ends_with("they are spread over all of it."), "{}", sentence(3_600));
    assert!(!sentence(600).contains("too low"), "as long as is looked back for them");
}

#[test]
fn p36_label_values_stay_in_their_quotes() {
    assert_eq!(escape("a\"} or up{x=\"\\\n"), "a\\\"} or up{x=\\\"\\\\\\n");
    let either = Matcher::OneOf("host", vec!["a.b|c\"".into(), "d".into()]);
    assert_eq!(selector("m", &[either], None), r#"m{host=~"a\\.b\\|c\"|d"}"#);
    let evil = "destination_canonical_service=\"<script>\",destination_app=\"<script>\"";
    let line =
        sample("istio_requests_total", &labels("destination", "web-v1.shop", "cart-v1.shop", evil), 1.0);
    assert_eq!(graph(&line, GraphType::App).nodes[0].name, "<script>");
}
