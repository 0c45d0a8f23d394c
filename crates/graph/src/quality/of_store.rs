//! What the store itself does to the numbers: copies, buckets that lack, series that have only just begun.
//! It must not know places or views.

use super::note;
use crate::{
    answers::Answers,
    form::Form,
    query::{PRESENCE_SPAN_S, QueryKind},
    snapshot::Snapshot,
    words,
};
use model::graph::QualityNote;

/// Copies that differ in nothing but the replica that wrote them, a hundredth apart from none.
const COPIED: f64 = 1.01;

/// Presence this old is as fresh as it can be.
const PRESENCE_AGE_S: f64 = 90.0;

pub(super) fn notes(snapshot: &Snapshot, answers: &Answers) -> Vec<QualityNote> {
    let notes = [
        copies(answers),
        forms(answers),
        without_buckets(snapshot, answers),
        without_end(snapshot),
        begun(answers),
        late(answers),
        gap(answers),
        below_scrape(answers),
        earlier(answers),
    ];
    notes.into_iter().flatten().collect()
}

fn copies(answers: &Answers) -> Option<QualityNote> {
    let copies = answers.origin.probe.copies.filter(|copies| *copies >= COPIED)?;
    Some(note(
        "copies",
        copies,
        format!(
            "The store holds each series {} times, written by replicas of one Prometheus; each is counted once.",
            words::three_digits(copies)
        ),
        "Let the store merge replicas (Thanos: --query.replica-label; Mimir: the HA tracker): that halves the cost.",
    ))
}

fn forms(answers: &Answers) -> Option<QualityNote> {
    let probe = &answers.origin.probe;
    let mixed = [(probe.durations, "latency"), (probe.sizes, "sizes")];
    let mixed: Vec<&str> =
        mixed.into_iter().filter(|(form, _)| *form == Form::Mixed).map(|(_, of)| of).collect();
    (!mixed.is_empty()).then(|| QualityNote {
        code: "mixed_histograms".into(),
        sentence: format!(
            "The store keeps {} of some proxies as native histograms and of others as classic buckets. Each series is read \
             by what it is, and one that is there in both forms counts once.",
            mixed.join(" and ")
        ),
        fix: "Nothing to do for the figures. Scrape all proxies alike: it costs less, and lets buckets be thinned out.".into(),
        number: None,
    })
}

fn without_buckets(snapshot: &Snapshot, answers: &Answers) -> Option<QualityNote> {
    // What is new has none in those of a while ago.
    if !snapshot.answered.buckets || answers.earlier_s.contains_key(&QueryKind::DurationBucket) {
        return None;
    }
    let timed = |link: &&crate::link::Link| link.figures.latency.count.is_some_and(|count| count > 0.0);
    let all = snapshot.links.iter().filter(timed).count();
    let lacking =
        snapshot.links.iter().filter(timed).filter(|link| link.figures.latency.buckets.is_empty()).count();
    // Without any at all the answer says so of the percentiles.
    (lacking > 0 && lacking < all).then(|| {
        note(
            "buckets_missing",
            lacking as f64,
            format!(
                "{} of {} connections with latency have no buckets, so their percentiles are unknown and those of groups leave them out.",
                words::count(lacking as f64),
                words::count(all as f64)
            ),
            "Keep istio_request_duration_milliseconds_bucket for all pods, or drop it for all.",
        )
    })
}

/// Without the bucket that has all, what lies above the highest bound is not seen.
fn without_end(snapshot: &Snapshot) -> Option<QualityNote> {
    let highest = snapshot.grid.bounds().last().filter(|bound| bound.is_finite())?;
    // Native histograms end at the highest value seen.
    (snapshot.origin.probe.durations == Form::Classic).then(|| {
        note(
            "no_infinite_bucket",
            *highest,
            format!(
                "No bucket is unbounded: what took longer than {} is missing from percentiles.",
                words::ms(*highest)
            ),
            "Keep the series with le=\"+Inf\".",
        )
    })
}

fn begun(answers: &Answers) -> Option<QualityNote> {
    let begun = answers.table(QueryKind::NewSeries)?.values.first().copied().filter(|count| *count > 0.0)?;
    // A rate is over the whole window, however young the series.
    let low = if answers.window.window_s > PRESENCE_SPAN_S {
        " Rates of what is younger than the window are too low: they are spread over all of it."
    } else {
        ""
    };
    Some(note(
        "new_series",
        begun,
        format!(
            "{} series of requests began in the last quarter of an hour. Prometheus cannot count the first value of each, \
             so a failure that happened once may be missing.{low}",
            words::count(begun)
        ),
        "Nothing to do: longer windows and repeated failures are counted rightly.",
    ))
}

/// Half of the series have samples older than a scrape and this: they come late.
const LATE_S: f64 = 5.0;

/// A window that ends before its samples have come has lower rates, and nothing else tells.
fn late(answers: &Answers) -> Option<QualityNote> {
    let (probe, window) = (&answers.origin.probe, answers.window);
    // Of copies the fresher one counts, and of both the age is that of neither.
    let age_s = probe.newest_age_s.filter(|_| probe.copies.is_none_or(|copies| copies < COPIED))?;
    let scrape_s = window.scrape_interval_s.unwrap_or(15.0);
    // Of what was looked at then, this window's end had not come.
    let ends_within = window.at_s as f64 > probe.probed_at_s as f64 - age_s;
    // Scrapes are spread over the interval, so half of the newest ones are older than half of it anyway.
    let late_s = ((age_s - scrape_s / 2.0) / LATE_S).round() * LATE_S;
    let missing_s = late_s - probe.delay_s as f64;
    (ends_within && age_s - probe.delay_s as f64 > scrape_s + LATE_S && missing_s > 0.0).then(|| {
        let part = (missing_s / window.range_s() as f64).min(1.0);
        note(
            "late_samples",
            late_s,
            format!(
                "Samples come into the store about {late_s} s after they were taken. The last {missing_s} s of the window have \
                 none yet, so rates are up to {} too low, and what has just begun is not seen.",
                words::share(part)
            ),
            &format!(
                "Start Portolan with --ingestion-delay={late_s}s, or set ingestion-delay of this source: windows then end where \
                 samples are complete. If they are not written remotely, see whether Prometheus still scrapes the proxies."
            ),
        )
    })
}

/// Rates go on over a gap as if it were not there. Where nothing at all has moved up to the window's end, it is rather the
/// scrapes that have stopped.
fn gap(answers: &Answers) -> Option<QualityNote> {
    let presence = [QueryKind::PresenceRequests, QueryKind::PresenceTcp];
    let points =
        presence.into_iter().filter_map(|kind| answers.series(kind)).flat_map(|series| &series.points);
    let moved = points.flatten().filter(|(_, rate)| *rate > 0.0).map(|(at_s, _)| *at_s);
    let still_s = answers.window.at_s as f64 - moved.reduce(f64::max)?;
    // A presence rate stays above zero until its range has passed; and it may be a minute old, in steps of half a one.
    let gap_s = still_s + answers.window.silence_s() as f64;
    (still_s > PRESENCE_AGE_S).then(|| {
        note(
            "nothing_lately",
            gap_s,
            format!(
                "Nothing has moved anywhere for about {}: what is drawn was measured before. Either the whole mesh stands \
                 still, or Prometheus no longer reaches the proxies.",
                words::age(gap_s)
            ),
            "Look for failing targets in Prometheus, under Status, Targets.",
        )
    })
}

/// What is dear is asked for at every few refreshes; of buckets the answer warns.
fn earlier(answers: &Answers) -> Option<QualityNote> {
    let columns: Vec<(&QueryKind, &i64)> =
        answers.earlier_s.iter().filter(|(kind, _)| !kind.is_bucketed()).collect();
    let oldest_s = columns.iter().map(|(_, age_s)| **age_s).max().filter(|age_s| *age_s > 0)?;
    let mut meanings: Vec<&str> = columns.iter().map(|(kind, _)| kind.meaning()).collect();
    meanings.dedup();
    Some(note(
        "asked_seldom",
        oldest_s as f64,
        format!(
            "To spare Prometheus, some figures are asked for at every few refreshes only; these are {oldest_s} s older than \
             the rest: {}.",
            meanings.join(", ")
        ),
        "Nothing to do. A faster Prometheus, a shorter window or recording rules make all of them fresh.",
    ))
}

/// With two scrapes in a window, a missed one empties it.
fn below_scrape(answers: &Answers) -> Option<QualityNote> {
    let scrape_s = answers.window.scrape_interval_s.filter(|scrape_s| *scrape_s > 0.0)?;
    let scrapes = answers.window.window_s as f64 / scrape_s;
    (scrapes < super::SCRAPES_WANTED).then(|| {
        note(
            "window_against_scrape",
            scrapes,
            format!(
                "The window spans {} scrapes; rates need at least two, and four to survive a missed one.",
                words::three_digits(scrapes)
            ),
            "Choose a longer window.",
        )
    })
}
