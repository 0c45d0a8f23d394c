//! The last answer and how the asking goes. It must not know the network.

use model::{Extras, Graph, GraphParams, Problem};
use std::sync::Arc;

/// Everything the page knows about the graph's arrival.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feed {
    pub(crate) graph: Option<Arc<Graph>>,
    pub(crate) etag: Option<String>,
    /// Address the graph came from: another address makes its tag worthless.
    pub(crate) address: String,
    /// Milliseconds since 1970 of the last good answer, changed or not.
    pub(crate) good_ms: Option<f64>,
    /// Why the newest attempt failed, until one succeeds.
    pub(crate) problem: Option<Problem>,
    /// Attempts that failed in a row.
    pub(crate) failures: u32,
    /// When the next attempt is due, in milliseconds since 1970.
    pub(crate) next_ms: Option<f64>,
    pub(crate) asking: bool,
}

/// How fresh the picture is, in the words the page draws by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Standing {
    Live,
    /// What is drawn is old: why, since when, and when it is tried again.
    Lost {
        reason: String,
        seen_ms: f64,
        next_ms: Option<f64>,
    },
}

impl Feed {
    /// A picture that can be looked at: something is in it.
    pub(crate) fn has_picture(&self) -> bool {
        self.graph.as_ref().is_some_and(|graph| !graph.nodes.is_empty())
    }

    /// What the graph that is held answers, as far as it decides on what is drawn; not when, nor with which figures.
    pub(crate) fn question(&self) -> String {
        question_of(self.asked())
    }

    /// The parameters that the graph that is held answers.
    pub(crate) fn asked(&self) -> GraphParams {
        let query = self.address.split_once('?').map_or("", |(_, query)| query);
        GraphParams::from_query(query).0
    }

    pub(crate) fn standing(&self) -> Standing {
        let Some(graph) = &self.graph else { return Standing::Live };
        let seen_ms = graph.meta.at_s as f64 * 1_000.0;
        if let Some(problem) = &self.problem {
            return Standing::Lost { reason: problem.detail.clone(), seen_ms, next_ms: self.next_ms };
        }
        match &graph.meta.stale {
            Some(stale) => {
                let retry_ms = self.good_ms.map(|good| good + stale.retry_in_s * 1_000.0);
                Standing::Lost { reason: stale.reason.clone(), seen_ms, next_ms: retry_ms.or(self.next_ms) }
            }
            None => Standing::Live,
        }
    }
}

/// What decides on places, without instant and figures.
pub(crate) fn question_of(params: GraphParams) -> String {
    let standard = GraphParams::default();
    // Of what may be asked for besides, only this brings cards of its own.
    let extras = if params.extras.has(Extras::IDLE) { Extras::IDLE } else { Extras::NONE };
    GraphParams { window_s: standard.window_s, at_s: None, percentiles: false, extras, ..params }.to_query()
}
