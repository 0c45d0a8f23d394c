//! One question that any number of viewers have: its last graphs, and the events between them, each made once for all.
//! Must not know HTTP requests or who the viewers are.

use super::frame::Frame;
use super::question::Question;
use crate::collector::{Failure, Found, landed};
use crate::error::ApiError;
use model::Graph;
use model::graph::Stale;
use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OnceCell, watch};

/// Graphs that are remembered, so that who was away for a moment gets a difference.
const KEPT: usize = 3;
/// What a node and an edge weigh in memory, roughly.
const NODE_BYTES: usize = 1_500;
const EDGE_BYTES: usize = 1_000;

#[derive(Debug)]
pub(super) struct Channel {
    /// Tells this channel's ids from those of any other, of an earlier process too.
    epoch: String,
    states: Mutex<VecDeque<Arc<Moment>>>,
    /// Events towards the newest graph, by the graph that the viewer holds.
    ways: Mutex<Ways>,
    newest: watch::Sender<News>,
    /// Rung when a viewer comes.
    pub(super) bell: Notify,
    bytes: AtomicUsize,
}

/// From the graph that a viewer holds, if any, to another.
type Ways = HashMap<(Option<u64>, u64), Arc<OnceCell<Frame>>>;

/// What holds for all viewers of a question.
#[derive(Debug, Clone, Default)]
pub(super) enum News {
    /// It is being asked.
    #[default]
    None,
    Graph(Arc<Moment>),
    /// There is nothing to show at all; it may heal.
    Problem(Arc<ApiError>),
    /// Nothing will come any more.
    End(Arc<ApiError>),
}

/// A graph with its number.
#[derive(Debug)]
pub(super) struct Moment {
    pub(super) seq: u64,
    graph: Graph,
    snapshot: u64,
    stale: Option<Stale>,
}

impl Channel {
    pub(super) fn new(epoch: String) -> Self {
        Self {
            epoch,
            states: Mutex::default(),
            ways: Mutex::default(),
            newest: watch::Sender::default(),
            bell: Notify::new(),
            bytes: AtomicUsize::new(0),
        }
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<News> {
        self.newest.subscribe()
    }

    pub(super) fn has_viewers(&self) -> bool {
        self.newest.receiver_count() > 0
    }

    /// Memory that its graphs take, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    fn states(&self) -> MutexGuard<'_, VecDeque<Arc<Moment>>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number in an event's id, if this channel gave it.
    pub(super) fn seq_of(&self, id: &str) -> Option<u64> {
        id.strip_prefix(self.epoch.as_str())?.strip_prefix('-')?.parse().ok()
    }

    /// Keeps its viewers up to date until the last has gone.
    pub(super) async fn serve(&self, question: &Question) -> Result<(), ()> {
        let mut watching =
            question.collector.watch(question.ask.clone(), question.pace_s).map_err(|full| {
                self.newest.send_replace(News::End(Arc::new(super::no_room(full))));
            })?;
        loop {
            match question.collector.newest(question.ask.clone()).await {
                Ok(found) => self.take(question, found).await,
                Err(failure) => self.fail(failure),
            }
            tokio::select! {
                () = watching.news() => {}
                () = self.newest.closed() => break,
            }
        }
        // The next viewer waits for what is true then.
        self.newest.send_replace(News::None);
        Ok(())
    }

    fn fail(&self, failure: Failure) {
        self.newest.send_replace(News::Problem(Arc::new(failure.into())));
    }

    async fn take(&self, question: &Question, found: Found) {
        let last = self.states().back().cloned();
        let same = |last: &Moment| {
            last.snapshot == found.collected.id && last.stale.is_none() && found.stale.is_none()
        };
        let moment = if let Some(last) = last.as_ref().filter(|last| same(last)) {
            last.clone()
        } else {
            let seq = last.as_ref().map_or(1, |last| last.seq + 1);
            let moment = Arc::new(made(question, found, seq).await);
            self.keep(&moment);
            if let Some(last) = last {
                // Before it is announced: then nobody has to wait for it.
                self.event(Some(last.seq), &moment).await;
            }
            moment
        };
        self.newest.send_replace(News::Graph(moment));
    }

    fn keep(&self, moment: &Arc<Moment>) {
        let mut states = self.states();
        while states.len() >= KEPT {
            states.pop_front();
        }
        states.push_back(moment.clone());
        let bytes = |moment: &Arc<Moment>| {
            moment.graph.nodes.len() * NODE_BYTES + moment.graph.edges.len() * EDGE_BYTES
        };
        self.bytes.store(states.iter().map(bytes).sum(), Ordering::Relaxed);
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        ways.retain(|(_, to), _| *to == moment.seq);
    }

    /// What leads a viewer who holds the graph `since` to this one: a difference, or the whole where that graph is not
    /// remembered.
    pub(super) async fn event(&self, since: Option<u64>, to: &Arc<Moment>) -> Arc<OnceCell<Frame>> {
        let from = self.states().iter().find(|held| Some(held.seq) == since && held.seq < to.seq).cloned();
        let key = (from.as_ref().map(|from| from.seq), to.seq);
        let cell = {
            let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
            ways.entry(key).or_default().clone()
        };
        let (to, epoch) = (to.clone(), self.epoch.clone());
        cell.get_or_init(|| async move {
            landed(tokio::task::spawn_blocking(move || frame(&epoch, from.as_deref(), &to)).await)
        })
        .await;
        cell
    }
}

async fn made(question: &Question, found: Found, seq: u64) -> Moment {
    let (view, engine) = (question.view.clone(), question.collector.engine_name());
    let making = move || {
        let graph = graph::view(&found.collected.snapshot, &view);
        let graph = crate::api::graph::with_meta(graph, &found, engine);
        Moment { seq, graph, snapshot: found.collected.id, stale: found.stale }
    };
    landed(tokio::task::spawn_blocking(making).await)
}

fn frame(epoch: &str, from: Option<&Moment>, to: &Moment) -> Frame {
    let id = format!("{epoch}-{}", to.seq);
    let json = match from {
        Some(from) => serde_json::to_string(&graph::difference(&from.graph, &to.graph, to.seq)),
        None => serde_json::to_string(&to.graph),
    };
    let json = plain(json.expect("wire types hold finite numbers and text"));
    Frame::event(if from.is_some() { "change" } else { "graph" }, Some(&id), &json)
}

/// With other signs than ASCII's escaped: a browser keeps a text without them in half the room, and hands it to the
/// page in a quarter of the time.
fn plain(json: String) -> String {
    if json.is_ascii() {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for sign in json.chars() {
        if sign.is_ascii() {
            out.push(sign);
        } else {
            for unit in sign.encode_utf16(&mut units) {
                // Writing to a string never fails.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}
