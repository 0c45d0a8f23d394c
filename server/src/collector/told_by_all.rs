//! What several sources that are looked at together tell beside their snapshots: their state, their labels, when each had
//! traffic last. Must not know how snapshots are made.

use super::fetch::Fetcher;
use super::{Ask, Collector, Failure};
use crate::prometheus::PrometheusError;
use futures::future::join_all;
use graph::View;
use model::status::{Labels, LastTraffic, PrometheusStatus};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Collector {
    /// Who asks this source, or the one of this name.
    pub(super) fn fetcher_of(&self, source: Option<&str>) -> Option<Arc<Fetcher>> {
        match source {
            None => self.fetcher.clone(),
            Some(name) => self.members.iter().find(|member| member.name == name)?.collector.fetcher.clone(),
        }
    }

    /// Reachable while any is; each note with its source.
    pub(super) async fn status_of_all(&self) -> PrometheusStatus {
        let all = join_all(self.members.iter().map(|member| member.collector.status())).await;
        let urls: Vec<&str> = all.iter().filter_map(|status| status.url.as_deref()).collect();
        let notes = self.members.iter().zip(&all).flat_map(|(member, status)| {
            status.notes.iter().map(|note| format!("Of the source {}: {note}", member.name))
        });
        PrometheusStatus {
            url: (!urls.is_empty()).then(|| urls.join(", ")),
            reachable: all.iter().filter_map(|status| status.reachable).reduce(|a, b| a || b),
            engine: self.engine_name(),
            scrape_interval_s: self.interval_s(),
            notes: notes.collect(),
            last_good_s: self.last_good_s(),
        }
    }

    /// All that any has.
    pub(super) async fn labels_of_all(&self) -> Result<Arc<Labels>, Failure> {
        let told = join_all(self.members.iter().map(|member| member.collector.labels())).await;
        let mut labels = BTreeSet::new();
        let mut notes = Vec::new();
        for (member, told) in self.members.iter().zip(&told) {
            let note = |note: &dyn std::fmt::Display| format!("Of the source {}: {note}", member.name);
            match told {
                Ok(of_one) => {
                    labels.extend(of_one.labels.iter().cloned());
                    notes.extend(of_one.notes.iter().map(|text| note(text)));
                }
                Err(failure) => notes.push(note(&failure.error)),
            }
        }
        some_of(told)?;
        Ok(Arc::new(Labels { labels: labels.into_iter().collect(), notes }))
    }

    /// The latest that any has seen.
    pub(super) async fn last_traffic_of_all(&self, view: View, ask: Ask) -> Result<LastTraffic, Failure> {
        let asked = |collector: &Arc<Self>| {
            let (collector, view, ask) = (collector.clone(), view.clone(), ask.clone());
            async move { collector.last_traffic(view, ask).await }
        };
        let told = some_of(join_all(self.members.iter().map(|member| asked(&member.collector))).await)?;
        Ok(LastTraffic {
            at_s: told.iter().map(|told| told.at_s).max().unwrap_or_default(),
            window_s: ask.window_s,
            seen_s: told.iter().filter_map(|told| told.seen_s).max(),
        })
    }
}

/// What was told; where nothing was, why.
fn some_of<T>(told: Vec<Result<T, Failure>>) -> Result<Vec<T>, Failure> {
    let (told, failed): (Vec<_>, Vec<_>) = told.into_iter().partition(Result::is_ok);
    let told: Vec<T> = told.into_iter().flatten().collect();
    match failed.into_iter().find_map(Result::err) {
        Some(failure) if told.is_empty() => Err(failure),
        None if told.is_empty() => Err(Failure { error: PrometheusError::NotConfigured, retry_in_s: None }),
        _ => Ok(told),
    }
}
