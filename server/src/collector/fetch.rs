//! Sends a plan and reads what comes back: two queries at a time, traffic first, a failure costs one column.
//! Must not know who asked, nor what is held.

use super::collected::{Collected, Keep, Sent};
use super::cost::Costs;
use super::landed;
use super::lanes::{Lane, Lanes};
use super::pace::Pace;
use super::parts::{self, Parts};
use super::progress::Progress;
use super::slow_lane::SlowLane;
use crate::metrics::Queries;
use crate::prometheus::{
    Answer, Body, Client, Notes, PrometheusError, RangeSpan, decode_instant, decode_range,
};
use futures::StreamExt as _;
use graph::sample::Symbols;
use graph::{Answers, Origin, Outcome, Query, QueryKind, Signals, Window};
use model::Warning;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Fetcher {
    pub(super) client: Client,
    pub(super) lanes: Lanes,
    pub(super) slow_lane: SlowLane,
    pub(super) costs: Costs,
    pub(super) parts: Parts,
    pub(super) pace: Pace,
    /// Notes every query sent.
    pub(super) queries: Queries,
    pub(super) progress: Progress,
    /// Whether answers are read again, beside those of other sources.
    pub(super) keep: Keep,
    /// Set where recorded series were found to be no longer made.
    pub(super) rules_gone: AtomicBool,
}

/// What came back for one query.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) query: Query,
    /// One, or as many as it was asked in.
    pub(super) body: Result<Vec<Body>, PrometheusError>,
    pub(super) took: Option<Duration>,
    /// Rows that were known already.
    pub(super) beside: Option<Body>,
}

impl Fetcher {
    pub(super) fn new(client: Client, queries: Queries, keep: Keep) -> Self {
        Self {
            client,
            lanes: Lanes::default(),
            slow_lane: SlowLane::default(),
            costs: Costs::default(),
            parts: Parts::default(),
            pace: Pace::default(),
            queries,
            progress: Progress::default(),
            keep,
            rules_gone: AtomicBool::new(false),
        }
    }

    /// Everything but buckets. Fails only when no traffic at all came.
    pub(super) async fn traffic(
        self: &Arc<Self>,
        origin: Origin,
        window: Window,
        live: bool,
    ) -> Result<Arc<Collected>, PrometheusError> {
        let started = Instant::now();
        let _flight = self.progress.flight();
        let plan = graph::plan(&origin, Signals::default(), &window);
        let kinds: Vec<QueryKind> = plan.iter().map(|query| query.kind).collect();
        let cost = self.costs.told(self, &origin, &kinds, &window).await;
        let mut paced = self.paced(plan, (&origin, &window), live, Lane::Traffic).await;
        let (recorded, replies) = (origin.probe.recorded, std::mem::take(&mut paced.replies));
        let (origin, replies) = self.unless_rules_are_gone(origin, replies, &window).await;
        // What came of rules that are gone tells nothing of what their counters take.
        let asked = paced.asked(&origin.thrift, origin.probe.recorded == recorded);
        let at = self.client.address().to_owned();
        let columns = Columns {
            answers: Answers { earlier_s: paced.earlier_s, ..Answers::new(origin.clone(), window) },
            sent: BTreeMap::new(),
            said: cost.into_iter().collect(),
        };
        let columns = computed(move || columns.with(replies, &at)).await;
        if let Some(error) = columns.nothing_came() {
            tracing::warn!(window_s = window.window_s, at_s = window.at_s, %error, "no traffic came");
            return Err(error);
        }
        let slow = self.slow_lane.replies(self, &origin, &window).await;
        let prometheus = started.elapsed();
        let at = self.client.address().to_owned();
        let collected = computed(move || {
            let Columns { answers, sent, said } = columns.with(slow.iter().cloned(), &at);
            Collected::new(answers, sent, prometheus, Keep::Answers, said)
        })
        .await;
        self.note(asked, &origin, &collected);
        log(&collected);
        Ok(Arc::new(collected))
    }

    /// The same snapshot with what only some look at: buckets, bytes and the like. A failure costs that alone.
    pub(super) async fn with_more(
        self: &Arc<Self>,
        traffic: Arc<Collected>,
        signals: Signals,
        live: bool,
    ) -> Result<Arc<Collected>, PrometheusError> {
        let Some(answers) = traffic.answers.clone() else { return Ok(traffic) };
        let started = Instant::now();
        let _flight = self.progress.flight();
        let window = answers.window;
        let thrift = self.thrift(&answers.origin, &traffic.snapshot);
        let origin = Origin { thrift, ..answers.origin.clone() };
        let mut plan = graph::plan(&origin, signals, &window);
        plan.retain(|query| query.kind.asked_for().is_some());
        let kinds: Vec<QueryKind> =
            traffic.sent.keys().copied().chain(plan.iter().map(|query| query.kind)).collect();
        // Of what the traffic alone was said to cost, this is the whole.
        let mut said: Vec<Warning> =
            traffic.said.iter().filter(|said| said.code != super::cost::CODE).cloned().collect();
        said.extend(self.costs.told(self, &origin, &kinds, &window).await);
        let mut paced = self.paced(plan, (&origin, &window), live, Lane::Dear).await;
        said.extend(self.latency_plan(&origin, &window, &paced));
        let asked = paced.asked(&origin.thrift, true);
        let mut answers = answers;
        answers.earlier_s.extend(paced.earlier_s);
        let prometheus = traffic.prometheus + started.elapsed();
        let (at, keep) = (self.client.address().to_owned(), self.keep);
        let columns = Columns { answers, sent: traffic.sent.clone(), said };
        let replies = paced.replies;
        let collected = computed(move || {
            let Columns { answers, sent, said } = columns.with(replies, &at);
            Collected::new(answers, sent, prometheus, keep, said)
        })
        .await;
        self.note(asked, &origin, &collected);
        log(&collected);
        Ok(Arc::new(collected))
    }

    /// Sends all of a plan in its order; answers in that order too.
    pub(super) async fn ask(&self, plan: Vec<Query>, at: (&Origin, &Window), lane: Lane) -> Vec<Reply> {
        let _flight = self.progress.flight();
        self.progress.planned(plan.len());
        let gone = AtomicBool::new(false);
        let gone = &gone;
        futures::stream::iter(plan)
            .map(|query| async move {
                let _turn = self.lanes.turn(lane).await;
                let reply = self.one(query, at, gone).await;
                self.progress.answered();
                reply
            })
            .buffered(2)
            .collect()
            .await
    }

    async fn one(&self, query: Query, at: (&Origin, &Window), gone: &AtomicBool) -> Reply {
        if gone.load(Ordering::Relaxed) {
            // Said of the first query already; repeating it costs a connection time-out each.
            let body = Err(PrometheusError::Unreachable {
                at: self.client.address().to_owned(),
                reason: "an earlier query of the same snapshot could not be sent either".to_owned(),
            });
            return Reply { query, body, took: None, beside: None };
        }
        let started = Instant::now();
        let body = self.whole(&query, at).await;
        if body.as_ref().is_err_and(PrometheusError::is_about_the_source) {
            gone.store(true, Ordering::Relaxed);
        }
        Reply { query, took: Some(started.elapsed()), body, beside: None }
    }

    /// In one piece, or in parts where it is too much for one.
    async fn whole(&self, query: &Query, at: (&Origin, &Window)) -> Result<Vec<Body>, PrometheusError> {
        if self.parts.known(query.kind).is_some() {
            return self.in_parts(query, at, None).await;
        }
        match self.sent(query, at.1.at_s).await {
            Ok(answer) => Ok(vec![answer.body]),
            Err(error) if parts::is_too_much(&error) => self.in_parts(query, at, Some(error)).await,
            Err(error) => Err(error),
        }
    }

    pub(super) async fn sent(&self, query: &Query, at_s: i64) -> Result<Answer, PrometheusError> {
        match query.range {
            None => self.queries.noted(query.kind.word(), self.client.instant(&query.promql, at_s)).await,
            Some(range) => {
                let span_s = i64::try_from(range.span_s).unwrap_or(i64::MAX);
                let step_s = i64::try_from(range.step_s).unwrap_or(i64::MAX);
                let span = RangeSpan { start_s: at_s.saturating_sub(span_s), end_s: at_s, step_s };
                self.queries.noted(query.kind.word(), self.client.range(&query.promql, span)).await
            }
        }
    }
}

/// Answers as they are read, beside how each query went.
struct Columns {
    answers: Answers,
    sent: BTreeMap<QueryKind, Sent>,
    /// What was found out by asking.
    said: Vec<Warning>,
}

impl Columns {
    /// Reads each reply into its column; what cannot be read costs that column only.
    fn with(mut self, replies: impl IntoIterator<Item = Reply>, at: &str) -> Self {
        for Reply { query, body, took, beside } in replies {
            let read = body.and_then(|mut bodies| {
                if bodies.len() > 1 {
                    self.said.push(parts::warning(&query, bodies.len()));
                }
                bodies.extend(beside);
                joined(&query, &bodies, &mut self.answers.symbols, at)
            });
            let (column, error) = match read {
                Ok((outcome, notes)) => ((outcome, sentences(notes)), None),
                Err(error) => ((Outcome::Failed(error.to_string()), Vec::new()), Some(error)),
            };
            self.answers.outcomes.insert(query.kind, column);
            self.sent.insert(query.kind, Sent { promql: query.promql, took, error });
        }
        self
    }

    /// The first failure, if there is nothing but failures and what had come before.
    fn nothing_came(&self) -> Option<PrometheusError> {
        let first = self.sent.values().find_map(|sent| sent.error.clone())?;
        let came = |sent: &Sent| sent.error.is_none() && sent.took.is_some();
        (!self.sent.values().any(came)).then_some(first)
    }
}

/// Parts share no row, so their rows stand one behind the other.
fn joined(
    query: &Query,
    bodies: &[Body],
    symbols: &mut Symbols,
    at: &str,
) -> Result<(Outcome, Notes), PrometheusError> {
    let mut whole: Option<(Outcome, Notes)> = None;
    for body in bodies {
        let body = body.unpacked()?;
        let part = decoded(query, &body, symbols)
            .map_err(|error| PrometheusError::from_decoding(error, &body, at))?;
        match (&mut whole, part) {
            (Some((outcome, notes)), (part, more)) => {
                outcome.append(part);
                notes.append(more);
            }
            (None, part) => whole = Some(part),
        }
    }
    Ok(whole.expect("an answer has a body at least"))
}

fn decoded(
    query: &Query,
    body: &[u8],
    symbols: &mut Symbols,
) -> Result<(Outcome, Notes), crate::prometheus::DecodeError> {
    if query.range.is_some() {
        decode_range(body, query.by, symbols).map(|(table, notes)| (Outcome::Series(table), notes))
    } else {
        decode_instant(body, query.by, query.bucketed, symbols)
            .map(|(table, notes)| (Outcome::Answered(table), notes))
    }
}

/// What Prometheus put beside the rows, and what we had to leave out.
fn sentences(notes: Notes) -> Vec<String> {
    let mut sentences = notes.warnings;
    sentences.extend(notes.infos);
    if notes.histograms > 0 {
        sentences.push(format!(
            "{} series are native histograms without buckets and were left out.",
            notes.histograms
        ));
    }
    if notes.without_bound > 0 {
        sentences.push(format!(
            "{} bucket rows have no readable bound (`le`) and were left out.",
            notes.without_bound
        ));
    }
    sentences
}

/// Runs what takes long without a pause where it does not hold up other requests.
pub(super) async fn computed<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    landed(tokio::task::spawn_blocking(work).await)
}

fn log(collected: &Collected) {
    let failed: Vec<&str> = collected
        .queries
        .iter()
        .filter(|query| query.error.is_some())
        .map(|query| query.kind.as_str())
        .collect();
    let (window_s, at_s) = (collected.window.window_s, collected.window.at_s);
    let (prometheus_ms, reading_ms) = (collected.prometheus.as_millis(), collected.reading.as_millis());
    if failed.is_empty() {
        tracing::debug!(window_s, at_s, prometheus_ms, reading_ms, bytes = collected.bytes, "snapshot");
    } else {
        let reason = collected.queries.iter().find_map(|query| query.error.as_deref()).unwrap_or_default();
        tracing::warn!(window_s, at_s, prometheus_ms, ?failed, reason, "snapshot with missing columns");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_before_are_no_answer_of_a_source_that_fails() {
        let sent = |took: Option<u64>, error: Option<PrometheusError>| Sent {
            promql: String::new(),
            took: took.map(Duration::from_millis),
            error,
        };
        let window = Window { at_s: 0, window_s: 600, scrape_interval_s: None };
        let mut columns = Columns {
            answers: Answers::new(Origin::default(), window),
            sent: BTreeMap::from([(QueryKind::Requests, sent(Some(3), Some(PrometheusError::CutOff)))]),
            said: Vec::new(),
        };
        assert_eq!(columns.nothing_came(), Some(PrometheusError::CutOff));
        columns.sent.insert(QueryKind::DurationSum, sent(None, None));
        assert_eq!(columns.nothing_came(), Some(PrometheusError::CutOff), "it was not asked for now");
        columns.sent.insert(QueryKind::TcpSent, sent(Some(4), None));
        assert_eq!(columns.nothing_came(), None);
    }
}
