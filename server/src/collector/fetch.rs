//! Sends a plan and reads what comes back: two queries at a time, traffic first, a failure costs one column.
//! Must not know who asked, nor what is held.

use super::collected::{Collected, Keep};
use super::columns::Columns;
use super::cost::Costs;
use super::landed;
use super::lanes::{Lane, Lanes};
use super::pace::Pace;
use super::parts::{self, Parts};
use super::progress::Progress;
use super::slow_lane::SlowLane;
use crate::metrics::Queries;
use crate::prometheus::{At, Client, Form, PrometheusError, RangeSpan, Told};
use futures::StreamExt as _;
use graph::{Answers, Origin, Query, QueryKind, Signals, Window};
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
    pub(super) told: Result<Arc<Told>, PrometheusError>,
    pub(super) took: Option<Duration>,
}

impl Reply {
    /// What it cost the store: by its own word, else all the time until it was here.
    pub(super) fn cost(&self) -> Option<Duration> {
        let told = self.told.as_ref().ok().and_then(|told| told.busy);
        self.took.map(|took| told.unwrap_or(took))
    }
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
        let columns = Columns {
            answers: Answers { earlier_s: paced.earlier_s, ..Answers::new(origin.clone(), window) },
            sent: BTreeMap::new(),
            said: cost.into_iter().collect(),
        };
        let columns = columns.with(replies);
        if let Some(error) = columns.nothing_came() {
            tracing::warn!(window_s = window.window_s, at_s = window.at_s, %error, "no traffic came");
            return Err(error);
        }
        let slow = self.slow_lane.replies(self, &origin, &window).await;
        let prometheus = started.elapsed();
        let collected = computed(move || {
            let Columns { answers, sent, said } = columns.with(slow.iter().cloned());
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
        let keep = self.keep;
        let columns = Columns { answers, sent: traffic.sent.clone(), said };
        let replies = paced.replies;
        let collected = computed(move || {
            let Columns { answers, sent, said } = columns.with(replies);
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
            let told = Err(PrometheusError::Unreachable {
                at: self.client.address().to_owned(),
                reason: "an earlier query of the same snapshot could not be sent either".to_owned(),
            });
            return Reply { query, told, took: None };
        }
        let started = Instant::now();
        let told = match self.whole(&query, at).await {
            Ok(told) => told.map(Arc::new),
            Err(error) => {
                gone.fetch_or(error.is_about_the_source(), Ordering::Relaxed);
                Err(error)
            }
        };
        Reply { query, told, took: Some(started.elapsed()) }
    }

    /// In one piece, or in parts where it is too much for one. Inside is what became of an answer that came.
    async fn whole(
        &self,
        query: &Query,
        at: (&Origin, &Window),
    ) -> Result<Result<Told, PrometheusError>, PrometheusError> {
        if self.parts.known(query.kind).is_some() {
            return self.in_parts(query, at, None).await.map(Ok);
        }
        match self.sent(query, at.1.at_s).await {
            Ok(Err(error)) | Err(error) if parts::is_too_much(&error) => {
                self.in_parts(query, at, Some(error)).await.map(Ok)
            }
            sent => sent,
        }
    }

    pub(super) async fn sent(
        &self,
        query: &Query,
        at_s: i64,
    ) -> Result<Result<Told, PrometheusError>, PrometheusError> {
        let at = match query.range {
            None => At::Instant(at_s),
            Some(range) => {
                let span_s = i64::try_from(range.span_s).unwrap_or(i64::MAX);
                let step_s = i64::try_from(range.step_s).unwrap_or(i64::MAX);
                At::Range(RangeSpan { start_s: at_s.saturating_sub(span_s), end_s: at_s, step_s })
            }
        };
        let form = Form { labels: query.by, buckets: query.bucketed, range: query.range.is_some() };
        let arrived =
            self.queries.noted(query.kind.word(), self.client.read(&query.promql, at, form)).await?;
        Ok(arrived.told)
    }
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
