//! What the collector knows of its source and of itself, for the status resource.

use super::Collector;
use crate::prometheus::PrometheusError;
use model::status::{Asking, PrometheusStatus};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How long the status waits for a source that nothing is known of yet.
const FIRST_SIGHT: Duration = Duration::from_secs(1);

impl Collector {
    pub(crate) async fn status(self: &Arc<Self>) -> PrometheusStatus {
        if !self.members.is_empty() {
            return Box::pin(self.status_of_all()).await;
        }
        let mut status = PrometheusStatus {
            url: None,
            reachable: None,
            engine: None,
            scrape_interval_s: self.assumed_interval_s,
            notes: Vec::new(),
            last_good_s: self.last_good_s(),
        };
        let Some(fetcher) = &self.fetcher else {
            status.notes.push(PrometheusError::NotConfigured.to_string());
            return status;
        };
        status.url = Some(fetcher.client.address().to_owned());
        let Ok(seen) = tokio::time::timeout(FIRST_SIGHT, self.lookout.seen(fetcher)).await else {
            // It is neither reachable nor gone yet, and who asks for the status shall not have to wait for that.
            status
                .notes
                .push("Prometheus is being asked for the first time and has not answered yet.".to_owned());
            return status;
        };
        let gone = match seen {
            Ok(seen) => {
                status.engine.clone_from(&seen.engine.name);
                status.scrape_interval_s = status.scrape_interval_s.or(seen.engine.scrape_interval_s);
                status.notes.clone_from(&seen.engine.notes);
                seen.engine.unreachable.is_some()
            }
            Err(error) => {
                status.notes.push(error.to_string());
                true
            }
        };
        // The lookout looks once a minute; a fetch that failed since knows better.
        let failing = self.lives.lost_lately();
        status.reachable = Some(!gone && failing.is_none());
        if let Some(sentence) = failing.map(|error| error.to_string()).filter(|s| !status.notes.contains(s)) {
            status.notes.insert(0, sentence);
        }
        status
    }

    /// How far the fetches under way have come; None while nothing is asked.
    pub(crate) fn asking(&self) -> Option<Asking> {
        let of_members = self.members.iter().filter_map(|member| member.collector.asking());
        let together = of_members.reduce(|sum, one| Asking {
            answered: sum.answered + one.answered,
            of: sum.of + one.of,
            about_s: sum.about_s.max(one.about_s),
        });
        together.or_else(|| self.own_asking())
    }

    fn own_asking(&self) -> Option<Asking> {
        self.fetcher.as_ref().and_then(|fetcher| fetcher.progress.now())
    }

    /// Where it asks, as it may be shown; None while no Prometheus is set.
    pub(crate) fn address(&self) -> Option<&str> {
        self.fetcher.as_ref().map(|fetcher| fetcher.client.address())
    }

    /// The engine's name, where it is known by now.
    pub(crate) fn engine_name(&self) -> Option<String> {
        if !self.members.is_empty() {
            let names = self.members.iter().filter_map(|member| member.collector.engine_name());
            let names: BTreeSet<String> = names.collect();
            return (!names.is_empty()).then(|| names.into_iter().collect::<Vec<_>>().join(", "));
        }
        self.lookout.last().and_then(|seen| seen.engine.name.clone())
    }

    /// How the store is asked, as far as it is known by now.
    pub(crate) fn origin(&self) -> graph::Origin {
        self.lookout.origin()
    }

    /// How many snapshots are held, and their bytes.
    pub(crate) async fn held(&self) -> (usize, u64) {
        self.held.run_pending_tasks().await;
        (usize::try_from(self.held.entry_count()).unwrap_or(usize::MAX), self.held.weighted_size())
    }

    /// How long ago the newest answer came that had traffic; None while there is none.
    pub(crate) fn last_good_age(&self) -> Option<Duration> {
        self.lives.all_good().iter().map(|good| good.made_at.elapsed()).min()
    }

    /// How many windows are kept fresh because somebody watches.
    pub(crate) fn observers(&self) -> usize {
        self.observers.count()
    }

    pub(super) fn last_good_s(&self) -> Option<i64> {
        self.lives.all_good().iter().map(|good| good.window.at_s).max()
    }
}
