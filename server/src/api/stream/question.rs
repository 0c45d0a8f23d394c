//! What a stream is asked for, read once; all whose questions are the same share a channel.

use crate::api::ask::GraphAsk;
use crate::app::App;
use crate::collector::{Ask, Collector};
use crate::error::ApiError;
use graph::View;
use std::sync::Arc;

/// Slower than this nobody needs a stream.
const SLOWEST_S: u64 = 3_600;

#[derive(Debug)]
pub(super) struct Question {
    pub(super) ask: Ask,
    pub(super) collector: Arc<Collector>,
    pub(super) view: View,
    /// Seconds that its viewers want between two answers; 0: each one there is.
    pub(super) pace_s: i64,
    /// The same for the same question.
    pub(super) name: String,
}

impl Question {
    pub(super) fn read(app: &App, mut asked: GraphAsk) -> Result<Self, ApiError> {
        if asked.value("at").is_some() {
            asked.mistake("at", "is the past, which stays as it is: ask /api/v1/graph for it");
        }
        let pace_s = asked.value("refresh").map(model::duration::parse_s);
        let pace_s = match pace_s {
            None => 0,
            Some(Some(pace_s)) if pace_s <= SLOWEST_S => pace_s,
            Some(_) => {
                asked.mistake("refresh", "must be a time of at most 1h, such as 15s");
                0
            }
        };
        let ask = asked.checked()?;
        let name = format!("{} every {pace_s}", asked.canonical());
        Ok(Self {
            ask,
            collector: asked.collector.clone(),
            view: asked.view(app),
            pace_s: pace_s.cast_signed(),
            name,
        })
    }
}
