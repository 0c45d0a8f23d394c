//! Courses over time: when the last answers do, what is said of them, and how plans come and go.

use super::*;
use crate::prometheus::{Notes, Told};
use graph::sample::{Symbols, Table};
use graph::{Origin, Outcome, Signals};
use std::time::Duration;

const BUCKETS: [QueryKind; 1] = [QueryKind::DurationBucket];

fn window(at_s: i64) -> Window {
    Window { at_s, window_s: 600, scrape_interval_s: Some(15.0) }
}

fn place(group: Group) -> Place {
    Place { window_s: 600, operations: None, group }
}

fn reply(kind: QueryKind, took_s: f64) -> Reply {
    let signals = Signals { percentiles: true, ..Signals::default() };
    let plan = graph::plan(&Origin::default(), signals, &window(0));
    let query = plan.into_iter().find(|query| query.kind == kind).unwrap();
    let told = Told::new(Outcome::Answered(Table::default()), Symbols::default(), Notes::default());
    Reply { query, told: Ok(Arc::new(told)), took: Some(Duration::from_secs_f64(took_s)) }
}

fn noted(pace: &Pace, took_s: f64, telling_ms: Option<(Vec<f64>, usize)>, at_s: i64) {
    let replies = [reply(BUCKETS[0], took_s)];
    pace.note(&place(Group::Latency), Came { replies: &replies, rows: 3_000, telling_ms }, &window(at_s));
}

fn twelve() -> (Vec<f64>, usize) {
    (vec![1.0; 12], 20)
}

#[test]
fn what_is_cheap_is_asked_for_at_each_refresh() {
    let pace = Pace::default();
    noted(&pace, 0.2, Some(twelve()), 1_000);
    assert!(matches!(pace.turn(&place(Group::Latency), &BUCKETS, &window(1_015)), Turn::Ask));
    assert!(pace.bounds_ms(&place(Group::Latency), 1_015).is_empty(), "all of them");
    assert_eq!(pace.said(&place(Group::Latency), None, &window(1_015)), None);
}

#[test]
fn the_last_answers_do_until_the_fourth_refresh_and_that_is_said() {
    let (pace, latency) = (Pace::default(), place(Group::Latency));
    noted(&pace, 7.0, Some(twelve()), 1_000);
    for at_s in [1_000, 1_015, 1_045] {
        let Turn::Again(replies, age_s) = pace.turn(&latency, &BUCKETS, &window(at_s)) else {
            panic!("not due at {at_s}")
        };
        assert_eq!((replies.len(), replies[0].took, age_s), (1, None, at_s - 1_000));
    }
    let said = pace.said(&latency, Some(45), &window(1_045)).unwrap().sentence;
    assert!(said.contains("12 of 20 bucket bounds") && said.contains("of 45 s before"), "{said}");
    assert!(said.contains("3000 rows") && said.contains("7.0 s of the 15 s"), "{said}");
    assert!(matches!(pace.turn(&latency, &BUCKETS, &window(1_060)), Turn::Ask), "due");
    assert!(matches!(pace.turn(&latency, &BUCKETS, &window(985)), Turn::Ask), "nothing of the future");
    let more = [QueryKind::DurationBucket, QueryKind::SuccessfulBucket];
    assert!(matches!(pace.turn(&latency, &more, &window(1_015)), Turn::Ask), "one of them is not held");
}

#[test]
fn what_takes_too_long_even_so_is_left_and_tried_again() {
    let (pace, latency) = (Pace::default(), place(Group::Latency));
    noted(&pace, 40.0, Some(twelve()), 1_000);
    let Turn::Spare(why) = pace.turn(&latency, &BUCKETS, &window(1_285)) else { panic!("not at all") };
    assert!(why.contains("takes 24.0 s") && why.contains("every 300 s"), "{why}");
    assert!(matches!(pace.turn(&latency, &BUCKETS, &window(1_300)), Turn::Ask), "a try");
    assert_eq!(pace.bounds_ms(&latency, 1_300).len(), 12, "of the thrifty kind");
    noted(&pace, 0.1, None, 1_300);
    assert!(matches!(pace.turn(&latency, &BUCKETS, &window(1_315)), Turn::Ask));
    assert!(pace.bounds_ms(&latency, 1_315).is_empty(), "it has become cheap");
}

#[test]
fn bounds_are_chosen_anew_after_an_hour() {
    let (pace, latency) = (Pace::default(), place(Group::Latency));
    noted(&pace, 1.0, Some(twelve()), 1_000);
    assert_eq!(pace.bounds_ms(&latency, 4_000).len(), 12);
    assert!(pace.bounds_ms(&latency, 4_600).is_empty());
}

#[test]
fn sums_and_counts_are_of_one_moment() {
    let (pace, means) = (Pace::default(), place(Group::Means));
    let both = [QueryKind::DurationSum, QueryKind::DurationCount];
    let replies = both.map(|kind| reply(kind, 0.5));
    pace.note(&means, Came { replies: &replies, rows: 0, telling_ms: None }, &window(1_000));
    assert!(
        matches!(pace.turn(&means, &both, &window(1_015)), Turn::Again(replies, 15) if replies.len() == 2)
    );
    let mut failed = replies.clone();
    failed[1].told = Err(crate::prometheus::PrometheusError::CutOff);
    pace.note(&means, Came { replies: &failed, rows: 0, telling_ms: None }, &window(1_060));
    assert!(matches!(pace.turn(&means, &both, &window(1_075)), Turn::Ask), "both, since one failed");
}

#[test]
fn short_windows_are_not_told_from_before_they_began() {
    assert_eq!(every(&Window { window_s: 60, ..window(0) }), 2);
    assert_eq!(every(&Window { window_s: 30, ..window(0) }), 1);
    assert_eq!(every(&window(0)), 4);
}
