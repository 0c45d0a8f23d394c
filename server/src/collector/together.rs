//! Several sources, each with what one cluster's proxies report, looked at as one: all are asked for the same moment, each once
//! for all viewers, and read together. One that fails costs its cluster, never the graph. Must not know how a source is asked.

use super::collected::{Collected, Keep};
use super::fetch::computed;
use super::joined::Joined;
use super::{Ask, Collector, Failure, Found, landed};
use crate::prometheus::PrometheusError;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use graph::{Answers, Part, Signals, Window};
use model::graph::{QueryUse, Stale};
use model::{Warning, duration};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long the others wait for a source that failed lately.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long for one that has never answered, once the others have.
const GRACE: Duration = Duration::from_secs(3);

/// Of a warning: a source did not answer, so that the picture lacks what it has.
const LOST: &str = "source_lost";
/// The same of one that has not answered yet.
const AWAITED: &str = "source_awaited";

const AWAITED_STILL: Failure = Failure { error: PrometheusError::Awaited, retry_in_s: None };

/// One of several.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// As its proxies name it.
    pub(crate) cluster: String,
    pub(crate) collector: Arc<Collector>,
    /// While it has never answered: what it is being asked for a live window. One at a time is enough.
    pub(crate) first: Joined<Result<Found, Failure>>,
}

impl Member {
    /// Nothing has ever come of it, and nothing has failed either.
    fn is_strange(&self, ask: &Ask) -> bool {
        self.failing(ask).is_none() && self.collector.last_good_s().is_none()
    }

    /// How this source fails, if it does: the others wait for it no longer than a moment then.
    fn failing(&self, ask: &Ask) -> Option<PrometheusError> {
        let lives = &self.collector.lives;
        if ask.at_s.is_none() { lives.failing(&ask.place()) } else { lives.lost_lately() }
    }

    /// The scrape interval, where it is known. How it fails is noted also where nobody waits for it any more.
    async fn interval_s(&self, ask: &Ask) -> Result<Option<f64>, PrometheusError> {
        let collector = self.collector.clone();
        let fetcher = collector.fetcher.clone().ok_or(PrometheusError::NotConfigured)?;
        let (looking, wanted) = (collector.clone(), ask.clone());
        let seen = tokio::spawn(async move {
            let seen = looking.lookout.seen(&fetcher).await;
            if let Err(error) = &seen {
                drop(looking.failed(error.clone(), &wanted, looking.now_s()));
            }
            seen
        });
        let seen = match self.failing(ask) {
            None => landed(seen.await),
            Some(error) => tokio::time::timeout(PATIENCE, seen).await.map_or(Err(error), landed),
        };
        Ok(collector.assumed_interval_s.or(seen?.engine.scrape_interval_s))
    }

    /// What it says of this window. Its flight goes on where nobody waits for it any more.
    async fn asked(&self, window: Window, ask: &Ask) -> Result<Found, Failure> {
        let collector = &self.collector;
        if let Some(waiting) = collector.lives.waiting(&ask.place()).filter(|_| ask.at_s.is_none()) {
            return waiting;
        }
        let flight = || {
            let (flying, wanted) = (collector.clone(), ask.clone());
            async move { flying.at(window, &wanted).await }
        };
        if self.is_strange(ask) {
            if collector.lookout.last().is_none() {
                return Err(AWAITED_STILL);
            }
            if ask.at_s.is_none() {
                let first = self.first.or_begin(flight()).await;
                // It may have been begun for a window or a label that somebody else looks at.
                let is_another = |found: &Found| {
                    let asked = found.collected.answers.as_ref().map(|answers| &answers.origin.operations);
                    found.collected.window.window_s != window.window_s
                        || asked.is_none_or(|label| label.as_deref() != ask.operations.as_deref())
                };
                if !first.as_ref().is_ok_and(is_another) {
                    return first;
                }
            }
        } else {
            self.first.forget();
        }
        let flight = tokio::spawn(flight());
        let Some(error) = self.failing(ask) else { return landed(flight.await) };
        match tokio::time::timeout(PATIENCE, flight).await {
            Ok(outcome) => landed(outcome),
            Err(_) => collector.failed(error, ask, window.at_s),
        }
    }
}

impl Collector {
    /// The scrape interval of the slowest; fails only where no source is known.
    pub(super) async fn interval_of_all(&self, ask: &Ask) -> Result<Option<f64>, PrometheusError> {
        let seen = self.of_each(|member| {
            let strange = member.collector.lookout.last().is_none() && member.is_strange(ask);
            (strange, member.interval_s(ask))
        });
        let seen = seen.await;
        if seen.iter().flatten().all(Result::is_err) {
            let failed = |(member, seen): (&Member, Option<Result<_, PrometheusError>>)| {
                Some((member.name.clone(), seen?.err()?))
            };
            return Err(PrometheusError::Each(self.members.iter().zip(seen).filter_map(failed).collect()));
        }
        Ok(seen.into_iter().flatten().flatten().flatten().reduce(f64::max))
    }

    /// What each says. Who is strange is not waited for longer than all others take, and a moment; none of these.
    async fn of_each<'a, T, E, F>(
        &'a self,
        asked: impl Fn(&'a Member) -> (bool, F),
    ) -> Vec<Option<Result<T, E>>>
    where
        F: Future<Output = Result<T, E>> + Send + 'a,
    {
        let mut told: Vec<Option<Result<T, E>>> = self.members.iter().map(|_| None).collect();
        let mut known = 0;
        let mut under_way = FuturesUnordered::new();
        for (at, member) in self.members.iter().enumerate() {
            let (strange, future) = asked(member);
            known += usize::from(!strange);
            under_way.push(async move { (at, strange, future.await) });
        }
        loop {
            let enough = known == 0 && told.iter().flatten().any(Result::is_ok);
            let next = if enough {
                tokio::time::timeout(GRACE, under_way.next()).await.unwrap_or_default()
            } else {
                under_way.next().await
            };
            let Some((at, strange, said)) = next else { return told };
            known -= usize::from(!strange);
            told[at] = Some(said);
        }
    }

    /// One snapshot of what all say of a window. Fails only where nobody answers. Boxed, since members are asked as this was.
    pub(super) fn of_all(
        self: Arc<Self>,
        window: Window,
        ask: Ask,
    ) -> BoxFuture<'static, Result<Arc<Collected>, PrometheusError>> {
        Box::pin(async move {
            let started = Instant::now();
            let given = self.of_each(|member| (member.is_strange(&ask), member.asked(window, &ask))).await;
            let given: Vec<_> = given.into_iter().map(|given| given.unwrap_or(Err(AWAITED_STILL))).collect();
            if let Some(error) = self.nobody(&given, &ask) {
                return Err(error);
            }
            let prometheus = started.elapsed();
            let signals = Signals { percentiles: ask.percentiles, slow_lane: true, extras: ask.extras };
            Ok(computed(move || Arc::new(read((&self.members, &given), signals, window, prometheus))).await)
        })
    }

    /// Why there is nothing new, where there is not.
    fn nobody(&self, given: &[Result<Found, Failure>], ask: &Ask) -> Option<PrometheusError> {
        let fresh = |found: &Result<Found, Failure>| found.as_ref().is_ok_and(|found| found.stale.is_none());
        if given.iter().any(fresh) {
            return None;
        }
        let why = |(member, found): (&Member, &Result<Found, Failure>)| {
            let error = found.as_ref().err().map(|failure| failure.error.clone());
            Some((member.name.clone(), error.or_else(|| member.failing(ask))?))
        };
        Some(PrometheusError::Each(self.members.iter().zip(given).filter_map(why).collect()))
    }
}

/// Reads all answers as those of one store, and says which source lacks, is old, or has something to say.
fn read(
    (members, given): (&[Member], &[Result<Found, Failure>]),
    signals: Signals,
    window: Window,
    prometheus: Duration,
) -> Collected {
    let usable = |found: &Found| {
        let age_s = window.at_s - found.collected.window.at_s;
        found.stale.is_none() || age_s < i64::try_from(window.window_s).unwrap_or(i64::MAX)
    };
    let parts: Vec<Part<'_>> = members
        .iter()
        .zip(given)
        .filter_map(|(member, found)| {
            let found = found.as_ref().ok().filter(|found| usable(found))?;
            let answers = found.collected.answers.as_ref()?;
            Some(Part { name: &member.name, cluster: &member.cluster, answers })
        })
        .collect();
    let (answers, mut said) = graph::union(&parts, signals, window);
    for (member, found) in members.iter().zip(given) {
        said.extend(lost(member, found, window));
        let found = found.as_ref().ok().filter(|found| usable(found));
        said.extend(found.into_iter().flat_map(|found| warnings(member, &found.collected, &answers)));
    }
    let kinds: Vec<&str> = answers.outcomes.keys().map(|kind| kind.word()).collect();
    let mut collected = Collected::new(answers, BTreeMap::new(), prometheus, Keep::SnapshotOnly, said);
    let found =
        || members.iter().zip(given).filter_map(|(member, found)| Some((member, found.as_ref().ok()?)));
    let kinds = &kinds;
    let queries = found().flat_map(|(member, found)| {
        let source = || Some(member.name.clone());
        let used = found.collected.queries.iter().filter(move |query| kinds.contains(&query.kind.as_str()));
        used.map(move |query| QueryUse { source: source(), ..query.clone() })
    });
    collected.queries = queries.collect();
    collected
}

/// What the picture lacks by a source that does not answer.
fn lost(member: &Member, found: &Result<Found, Failure>, window: Window) -> Option<Warning> {
    let name = &member.name;
    let sentence = match found {
        Ok(Found { stale: None, .. }) => return None,
        Ok(Found { collected, stale: Some(Stale { reason, .. }) }) => {
            let age_s = (window.at_s - collected.window.at_s).unsigned_abs();
            let lacks = if age_s < window.window_s { "is of then" } else { "is left out" };
            let age = if age_s == 0 { "a moment".to_owned() } else { duration::format_s(age_s) };
            format!("The source {name} answered {age} before, and what its proxies report {lacks}. {reason}")
        }
        Err(Failure { error: error @ PrometheusError::Awaited, .. }) => {
            let sentence = format!("What the proxies of the source {name} report is missing. {error}");
            return Some(Warning { code: AWAITED.to_owned(), column: None, sentence });
        }
        Err(Failure { error, .. }) => {
            format!("The source {name} does not answer, so what its proxies report is missing. {error}")
        }
    };
    Some(Warning { code: LOST.to_owned(), column: None, sentence })
}

/// What was said of one source's answer, but for what the whole says of itself.
fn warnings<'a>(
    member: &'a Member,
    collected: &'a Collected,
    whole: &'a Answers,
) -> impl Iterator<Item = Warning> + 'a {
    let failed = |column: &str| {
        whole
            .outcomes
            .iter()
            .any(|(kind, (outcome, _))| kind.word() == column && matches!(outcome, graph::Outcome::Failed(_)))
    };
    let told = move |warning: &&Warning| match warning.code.as_str() {
        "short_window" | "not_numbers" => false,
        "query_failed" => !warning.column.as_deref().is_some_and(failed),
        _ => true,
    };
    collected.warnings.iter().filter(told).map(|warning| Warning {
        sentence: format!("Of the source {}: {}", member.name, warning.sentence),
        ..warning.clone()
    })
}

impl Collected {
    /// It lacks neither a column nor a source.
    pub(super) fn is_whole(&self) -> bool {
        self.queries.iter().all(|query| query.error.is_none())
            && self.warnings.iter().all(|warning| ![LOST, AWAITED].contains(&warning.code.as_str()))
    }

    /// A source that it lacks is still being asked.
    pub(super) fn awaits(&self) -> bool {
        self.warnings.iter().any(|warning| warning.code == AWAITED)
    }
}
