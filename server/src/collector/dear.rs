//! Asks for what is due, and takes again what is not: dear answers of live windows by the plan they are on.
//! Must not know how plans are chosen, nor what is held.

use super::collected::Collected;
use super::fetch::{Fetcher, Reply};
use super::lanes::Lane;
use super::pace::{Came, Group, Place, Turn};
use crate::prometheus::PrometheusError;
use graph::{Origin, Query, QueryKind, Snapshot, Thrift, Window};
use model::Warning;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What came of a plan.
#[derive(Debug, Default)]
pub(super) struct Paced {
    pub(super) replies: Vec<Reply>,
    /// Columns of some time before.
    pub(super) earlier_s: BTreeMap<QueryKind, i64>,
    /// What was asked for of each group, to be noted once its answers are read.
    asked: BTreeMap<Group, Vec<Reply>>,
}

pub(super) fn place(origin: &Origin, window: &Window, group: Group) -> Place {
    Place { window_s: window.window_s, operations: origin.operations.as_deref().map(Arc::from), group }
}

impl Fetcher {
    /// Which buckets to ask for, where this traffic is known.
    pub(super) fn thrift(&self, origin: &Origin, traffic: &Snapshot) -> Thrift {
        let window = traffic.window();
        Thrift {
            bounds_ms: self.pace.bounds_ms(&place(origin, &window, Group::Latency), window.at_s),
            callers_about: traffic.hosts_told_by_callers(),
        }
    }

    /// Sends of a plan what is due now. Of the past everything is.
    pub(super) async fn paced(
        &self,
        plan: Vec<Query>,
        at: (&Origin, &Window),
        live: bool,
        lane: Lane,
    ) -> Paced {
        let mut kinds: BTreeMap<Group, Vec<QueryKind>> = BTreeMap::new();
        for kind in plan.iter().map(|query| query.kind).filter(|_| live) {
            if let Some(group) = Group::of(kind) {
                kinds.entry(group).or_default().push(kind);
            }
        }
        let turns: BTreeMap<Group, Turn> = kinds
            .iter()
            .map(|(group, kinds)| (*group, self.pace.turn(&place(at.0, at.1, *group), kinds, at.1)))
            .collect();
        let mut paced = Paced::default();
        let mut due = Vec::new();
        for query in plan {
            match Group::of(query.kind).and_then(|group| turns.get(&group)) {
                Some(Turn::Again(replies, age_s)) => {
                    paced
                        .replies
                        .extend(replies.iter().find(|reply| reply.query.kind == query.kind).cloned());
                    paced.earlier_s.extend((*age_s > 0).then_some((query.kind, *age_s)));
                }
                Some(Turn::Spare(reason)) => {
                    let told = Err(PrometheusError::Spared { reason: reason.clone() });
                    paced.replies.push(Reply { query, told, took: None });
                }
                Some(Turn::Ask) | None => due.push(query),
            }
        }
        let asked = self.ask(due, at, lane).await;
        for reply in asked.iter().filter(|_| live) {
            if let Some(group) = Group::of(reply.query.kind) {
                paced.asked.entry(group).or_default().push(reply.clone());
            }
        }
        paced.replies.extend(asked);
        paced
    }

    /// Lets what these answers took decide how they are asked for next.
    pub(super) fn note(&self, asked: Asked, origin: &Origin, collected: &Collected) {
        let window = &collected.window;
        for (group, replies) in asked.groups {
            let rows = |reply: &Reply| {
                let word = reply.query.kind.word();
                collected.queries.iter().find(|query| query.kind == word).and_then(|query| query.rows)
            };
            let rows: usize = replies.iter().filter_map(rows).sum();
            let has_buckets = replies
                .iter()
                .any(|reply| reply.query.kind == QueryKind::DurationBucket && reply.told.is_ok());
            let telling_ms =
                (asked.all_bounds && has_buckets).then(|| collected.snapshot.telling_bounds_ms());
            let telling_ms = telling_ms.filter(|_| group == Group::Latency && rows > 0);
            self.pace.note(
                &place(origin, window, group),
                Came { replies: &replies, rows, telling_ms },
                window,
            );
        }
    }

    /// What a live window's percentiles rest on, where it is less than all.
    pub(super) fn latency_plan(&self, origin: &Origin, window: &Window, paced: &Paced) -> Option<Warning> {
        let age_s = paced.earlier_s.get(&QueryKind::DurationBucket).copied();
        let fresh = paced.asked.get(&Group::Latency);
        let has =
            age_s.is_some() || fresh.is_some_and(|replies| replies.iter().all(|reply| reply.told.is_ok()));
        self.pace.said(&place(origin, window, Group::Latency), age_s, window).filter(|_| has)
    }
}

/// What was asked for just now, whose answers are being read.
#[derive(Debug)]
pub(super) struct Asked {
    groups: BTreeMap<Group, Vec<Reply>>,
    all_bounds: bool,
}

impl Paced {
    /// `thrift` is by what the plan was made; nothing is noted of answers that are not telling.
    pub(super) fn asked(&mut self, thrift: &Thrift, telling: bool) -> Asked {
        let asked = std::mem::take(&mut self.asked);
        Asked {
            groups: if telling { asked } else { BTreeMap::new() },
            all_bounds: thrift.bounds_ms.is_empty(),
        }
    }
}
