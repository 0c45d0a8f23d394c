//! One open stream: waits for what is new to this viewer, and gives it out piece by piece. A viewer who reads slowly skips
//! what has been overtaken. Must not know how graphs are made.

use super::channel::{Channel, News};
use super::frame::{Frame, Wrapping};
use crate::error::ApiError;
use crate::metrics::Streaming;
use bytes::Bytes;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// Proxies give up connections that are silent for a minute or less.
const HEART_BEAT: Duration = Duration::from_secs(15);
const RETRY_MS: u32 = 3_000;

static HEART: LazyLock<Frame> = LazyLock::new(Frame::heart_beat);
static RETRY: LazyLock<Frame> = LazyLock::new(|| Frame::retry(RETRY_MS));

#[derive(Debug)]
pub(super) struct Viewer {
    channel: Arc<Channel>,
    news: watch::Receiver<News>,
    stopping: watch::Receiver<bool>,
    /// Number of the graph that it holds.
    holds: Option<u64>,
    wrapping: Wrapping,
    stage: Stage,
    _counted: (Streaming, OwnedSemaphorePermit),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Open,
    Closing,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Woken {
    Stop,
    News,
    Silence,
}

/// Everything that a viewer brings along.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) counted: (Streaming, OwnedSemaphorePermit),
}

impl Viewer {
    pub(super) fn new(channel: Arc<Channel>, news: watch::Receiver<News>, seat: Seat, gzip: bool) -> Self {
        Self {
            channel,
            news,
            stopping: seat.stopping,
            holds: None,
            wrapping: Wrapping::new(gzip),
            stage: Stage::New,
            _counted: seat.counted,
        }
    }

    /// Goes on behind the event with this id, if the channel still has that graph.
    pub(super) fn resume(&mut self, last_event_id: &str) {
        self.holds = self.channel.seq_of(last_event_id);
    }

    /// Waits for a first answer, so that a failure is an answer in words and not a stream of nothing.
    pub(super) async fn settled(&mut self) -> Result<(), Arc<ApiError>> {
        let news = self.news.wait_for(|news| !matches!(news, News::None)).await;
        match news.as_deref() {
            Ok(News::Problem(error) | News::End(error)) => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// The next piece; None at the end.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        match self.stage {
            Stage::New => {
                self.stage = Stage::Open;
                self.news.mark_changed();
                let head = self.wrapping.begin();
                return Some([head, self.wrapping.wrap(&RETRY)].concat().into());
            }
            Stage::Open => {}
            Stage::Closing => {
                self.stage = Stage::Closed;
                return Some(self.wrapping.end()).filter(|end| !end.is_empty());
            }
            Stage::Closed => return None,
        }
        loop {
            let piece = match self.woken().await {
                Woken::Stop => return Some(self.bid_farewell()),
                Woken::Silence => return Some(self.wrapping.wrap(&HEART)),
                Woken::News => self.due().await,
            };
            if piece.is_some() {
                return piece;
            }
        }
    }

    async fn woken(&mut self) -> Woken {
        let stopped = async { drop(self.stopping.wait_for(|stop| *stop).await) };
        tokio::select! {
            biased;
            () = stopped => Woken::Stop,
            _ = self.news.changed() => Woken::News,
            () = tokio::time::sleep(HEART_BEAT) => Woken::Silence,
        }
    }

    /// A piece more, and behind it the end.
    fn bid_farewell(&mut self) -> Bytes {
        self.stage = Stage::Closing;
        self.wrapping.wrap(&HEART)
    }

    /// What is new to this viewer.
    async fn due(&mut self) -> Option<Bytes> {
        let news = self.news.borrow_and_update().clone();
        match news {
            News::None => None,
            News::Graph(moment) if self.holds == Some(moment.seq) => None,
            News::Graph(moment) => {
                let event = self.channel.event(self.holds, &moment).await;
                self.holds = Some(moment.seq);
                event.get().map(|frame| self.wrapping.wrap(frame))
            }
            News::Problem(error) => Some(self.wrapping.wrap(&told(&error))),
            News::End(error) => {
                self.stage = Stage::Closing;
                Some(self.wrapping.wrap(&told(&error)))
            }
        }
    }
}

fn told(error: &ApiError) -> Frame {
    Frame::event("problem", None, &error.json())
}
