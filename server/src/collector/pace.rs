//! Which plan each kind of dear answer of a live window is on, and the last answers, which do while the next is not due.
//! Must not know what a bucket is.

use super::align;
use super::fetch::Reply;
use super::plans::{self, LATENCY, LESSER, Limits, Measured, Plan};
use graph::thrift::CHOSEN_BOUNDS;
use graph::{QueryKind, Window};
use model::Warning;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is asked for seldom is so at every fourth refresh, but at least twice a window.
const SELDOM: i64 = 4;
/// What is not asked for at all is tried after so many refreshes.
const TRIED: i64 = 20;
/// Latencies move: after this long the bounds are chosen anew.
const CHOSEN_FOR_S: i64 = 3_600;
/// Courses that are remembered: answers are large.
const KEPT: usize = 20;

/// What is asked for and decided on together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// Latency's sums and counts.
    Means,
    /// Of TCP what is not the bytes of requests, by which connections are drawn.
    Connections,
    /// Bytes, sizes, messages.
    Volumes,
    /// Latency's buckets.
    Latency,
}

impl Group {
    /// None: it is asked for at each refresh, whatever it takes.
    pub(super) fn of(kind: QueryKind) -> Option<Self> {
        use QueryKind as Q;
        Some(match kind {
            Q::DurationSum | Q::DurationCount => Self::Means,
            Q::TcpReceived | Q::TcpOpened | Q::TcpClosed => Self::Connections,
            Q::RequestBytes | Q::ResponseBytes | Q::RequestSize | Q::ResponseSize | Q::Messages => {
                Self::Volumes
            }
            Q::DurationBucket | Q::SuccessfulBucket => Self::Latency,
            _ => return None,
        })
    }

    fn limits(self) -> &'static Limits {
        if self == Self::Latency { &LATENCY } else { &LESSER }
    }
}

/// Who may share an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) window_s: u64,
    pub(super) operations: Option<Arc<str>>,
    pub(super) group: Group,
}

/// What is to be done at a moment.
#[derive(Debug)]
pub(super) enum Turn {
    Ask,
    /// These have to do, of so many seconds before.
    Again(Vec<Reply>, i64),
    /// A sentence that says why not.
    Spare(String),
}

/// What came when it was asked.
#[derive(Debug)]
pub(super) struct Came<'a> {
    pub(super) replies: &'a [Reply],
    pub(super) rows: usize,
    /// The bounds that tell most in an answer with all of them, and how many those are.
    pub(super) telling_ms: Option<(Vec<f64>, usize)>,
}

#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<BTreeMap<Place, Course>>);

#[derive(Debug, Default)]
struct Course {
    plan: Plan,
    /// When it was asked for last.
    at_s: i64,
    /// None before anything came.
    measured: Option<Measured>,
    replies: Vec<Reply>,
    bounds: Option<Bounds>,
}

/// The bounds that tell most, of how many, as seen when.
#[derive(Debug)]
struct Bounds {
    chosen_ms: Vec<f64>,
    of: usize,
    at_s: i64,
}

impl Bounds {
    fn are_fresh(&self, at_s: i64) -> bool {
        (at_s - self.at_s).abs() < CHOSEN_FOR_S
    }

    fn part(&self) -> f64 {
        if self.chosen_ms.is_empty() { 1.0 } else { CHOSEN_BOUNDS as f64 / self.of.max(CHOSEN_BOUNDS) as f64 }
    }
}

impl Pace {
    fn all(&self) -> MutexGuard<'_, BTreeMap<Place, Course>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn turn(&self, place: &Place, kinds: &[QueryKind], window: &Window) -> Turn {
        let all = self.all();
        let Some(course) = all.get(place) else { return Turn::Ask };
        let every_s = align::refresh_s(window.window_s, window.scrape_interval_s);
        let age_s = window.at_s - course.at_s;
        let has = |kind: &QueryKind| course.replies.iter().any(|reply| reply.query.kind == *kind);
        match course.plan {
            Plan::Seldom if (0..every(window) * every_s).contains(&age_s) && kinds.iter().all(has) => {
                Turn::Again(course.replies.clone(), age_s)
            }
            Plan::NotAtAll if (0..TRIED * every_s).contains(&age_s) => Turn::Spare(course.why_not(every_s)),
            _ => Turn::Ask,
        }
    }

    /// The bounds to ask for; none: all.
    pub(super) fn bounds_ms(&self, place: &Place, at_s: i64) -> Vec<f64> {
        let all = self.all();
        let thrifty = all.get(place).filter(|course| course.plan > Plan::Whole);
        let bounds = thrifty.and_then(|course| course.bounds.as_ref());
        let fresh = bounds.filter(|bounds| bounds.are_fresh(at_s));
        fresh.map(|bounds| bounds.chosen_ms.clone()).unwrap_or_default()
    }

    /// Decides anew after these answers came.
    pub(super) fn note(&self, place: &Place, came: Came<'_>, window: &Window) {
        let Came { replies, rows, telling_ms } = came;
        let mut all = self.all();
        let course = all.entry(place.clone()).or_default();
        let part = match (telling_ms, &course.bounds) {
            (Some((chosen_ms, of)), _) => {
                course.bounds = Some(Bounds { chosen_ms, of, at_s: window.at_s });
                1.0
            }
            (None, Some(bounds)) => bounds.part(),
            (None, None) => 1.0,
        };
        let every_s = align::refresh_s(window.window_s, window.scrape_interval_s);
        let took_s: f64 = replies.iter().filter_map(Reply::cost).map(|cost| cost.as_secs_f64()).sum();
        let failed = |reply: &&Reply| reply.told.is_err();
        let timed_out = replies
            .iter()
            .any(|reply| reply.told.as_ref().is_err_and(crate::prometheus::PrometheusError::is_timeout));
        // A failure tells nothing about what it takes, unless it is that.
        if replies.iter().find(failed).is_none() || timed_out {
            let measured = Measured {
                share: took_s / every_s as f64 / part,
                rows: rows as f64 / part,
                fewer: course.bounds.as_ref().map_or(1.0, Bounds::part),
                every: every(window),
            };
            course.plan = plans::choose(course.plan, &measured, place.group.limits());
            course.measured = Some(measured);
        }
        course.at_s = window.at_s;
        course.replies.clear();
        if course.plan == Plan::Seldom && replies.iter().find(failed).is_none() {
            // What is not sent again was not sent.
            course.replies.extend(replies.iter().map(|reply| Reply { took: None, ..reply.clone() }));
        }
        forget(&mut all);
    }

    /// What is to be said of latency's plan; `age_s` is of answers that are used again.
    pub(super) fn said(&self, place: &Place, age_s: Option<i64>, window: &Window) -> Option<Warning> {
        let all = self.all();
        let course = all.get(place).filter(|course| course.plan > Plan::Whole)?;
        let sentence = course.sentence(age_s, window)?;
        let column = Some(QueryKind::DurationBucket.word().to_owned());
        Some(Warning { code: "latency_plan".to_owned(), column, sentence })
    }
}

impl Course {
    fn sentence(&self, age_s: Option<i64>, window: &Window) -> Option<String> {
        let measured = self.measured?;
        let every_s = align::refresh_s(window.window_s, window.scrape_interval_s);
        let mut parts = Vec::new();
        let fresh = |bounds: &&Bounds| !bounds.chosen_ms.is_empty() && bounds.are_fresh(window.at_s);
        if let Some(bounds) = self.bounds.as_ref().filter(fresh) {
            parts.push(format!("rest on the {CHOSEN_BOUNDS} of {} bucket bounds that tell most", bounds.of));
        }
        if self.plan == Plan::Seldom {
            let age =
                age_s.filter(|age_s| *age_s > 0).map(|age_s| format!(" (these are of {age_s} s before)"));
            let age = age.unwrap_or_default();
            parts.push(format!("are asked for at every {} refreshes only{age}", every(window)));
        }
        (!parts.is_empty()).then(|| {
            format!(
                "Latency percentiles {}: all buckets at each refresh would be {:.0} rows and take Prometheus {} of the {every_s} s between two. A shorter window or recording rules would help.",
                parts.join(", and "),
                measured.rows,
                seconds(measured.share * every_s as f64),
            )
        })
    }

    fn why_not(&self, every_s: i64) -> String {
        let took_s = self.measured.map_or(0.0, |measured| measured.share * measured.fewer * every_s as f64);
        format!(
            "Prometheus takes {} for latency buckets, too much for a refresh of {every_s} s, so only means are asked for, and percentiles are tried again every {} s. A shorter window, fewer buckets or recording rules would help",
            seconds(took_s),
            TRIED * every_s
        )
    }
}

fn seconds(s: f64) -> String {
    if s < 1.0 { format!("{s:.2} s") } else { format!("{s:.1} s") }
}

/// At every how many refreshes what is seldom is asked for.
fn every(window: &Window) -> i64 {
    let every_s = align::refresh_s(window.window_s, window.scrape_interval_s);
    let half_s = i64::try_from(window.window_s / 2).unwrap_or(i64::MAX);
    SELDOM.min(half_s / every_s).max(1)
}

fn forget(all: &mut BTreeMap<Place, Course>) {
    while all.len() > KEPT {
        let oldest = all.iter().min_by_key(|(_, course)| course.at_s).map(|(place, _)| place.clone());
        let Some(oldest) = oldest else { break };
        all.remove(&oldest);
    }
}

#[cfg(test)]
mod tests;
