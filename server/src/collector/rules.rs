//! Recording rules that were removed while their series were being read: those are empty from one moment to the next, and the
//! counters are asked instead, in the same refresh. Must not know which series are recorded: two plans that differ tell.

use super::fetch::{Fetcher, Reply};
use super::lanes::Lane;
use super::lookout::Lookout;
use graph::dialect::Probe;
use graph::{Origin, Query, Signals, Window};
use std::sync::atomic::Ordering;

impl Fetcher {
    /// Where a recorded series gives no rows, its counters are asked; where they have some, all counters are. Then what comes
    /// back is how the store is to be asked from now on.
    pub(super) async fn unless_rules_are_gone(
        &self,
        origin: Origin,
        mut replies: Vec<Reply>,
        window: &Window,
    ) -> (Origin, Vec<Reply>) {
        let unrecorded = without_rules(&origin);
        let counters = graph::plan(&unrecorded, Signals::default(), window);
        let recorded = |reply: &Reply| -> Option<Query> {
            let same = |query: &&Query| query.kind == reply.query.kind && query.promql != reply.query.promql;
            counters.iter().find(same).cloned()
        };
        let Some((at, query)) = replies
            .iter()
            .enumerate()
            .find_map(|(at, reply)| recorded(reply).filter(|_| is_empty(reply)).map(|query| (at, query)))
        else {
            return (origin, replies);
        };
        let asked = self.ask(vec![query], (&unrecorded, window), Lane::Traffic).await;
        let Some(reply) = asked.into_iter().next().filter(|reply| reply.told.is_ok() && !is_empty(reply))
        else {
            return (origin, replies);
        };
        tracing::warn!("recorded series are gone; the counters are asked again");
        self.rules_gone.store(true, Ordering::Relaxed);
        replies[at] = reply;
        let others: Vec<Query> = replies.iter().filter_map(recorded).collect();
        for reply in self.ask(others, (&unrecorded, window), Lane::Traffic).await {
            if let Some(known) = replies.iter_mut().find(|known| known.query.kind == reply.query.kind) {
                *known = reply;
            }
        }
        (unrecorded, replies)
    }
}

pub(super) fn without_rules(origin: &Origin) -> Origin {
    let recorded = Probe::default().recorded;
    Origin { probe: Probe { recorded, ..origin.probe }, ..origin.clone() }
}

/// It was answered, and holds no row.
fn is_empty(reply: &Reply) -> bool {
    reply.told.as_ref().is_ok_and(|told| told.outcome.rows() == 0)
}

impl Lookout {
    /// Recorded series are not read until they are looked for again.
    pub(super) fn distrust_rules(&self) {
        self.change(|origin| *origin = without_rules(origin));
    }
}
