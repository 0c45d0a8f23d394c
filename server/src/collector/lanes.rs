//! How many queries may run at once, so that a mesh-wide view never crowds out others at Prometheus.

use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Two at once for snapshots, of which at most one is a dear one: traffic never waits for buckets.
#[derive(Debug, Clone)]
pub(super) struct Lanes {
    all: Arc<Semaphore>,
    dear: Arc<Semaphore>,
    /// Small queries about one node or edge, apart from the refresh.
    detail: Arc<Semaphore>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Traffic,
    Dear,
    Detail,
}

/// The right to have one query in flight.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    _dear: Option<SemaphorePermit<'a>>,
    _any: SemaphorePermit<'a>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(2)),
            dear: Arc::new(Semaphore::new(1)),
            detail: Arc::new(Semaphore::new(3)),
        }
    }
}

impl Lanes {
    pub(super) async fn turn(&self, lane: Lane) -> Turn<'_> {
        let dear = match lane {
            Lane::Dear => Some(permit(&self.dear).await),
            Lane::Traffic | Lane::Detail => None,
        };
        let any = match lane {
            Lane::Detail => permit(&self.detail).await,
            Lane::Traffic | Lane::Dear => permit(&self.all).await,
        };
        Turn { _dear: dear, _any: any }
    }
}

async fn permit(lane: &Semaphore) -> SemaphorePermit<'_> {
    lane.acquire().await.expect("the lanes are never closed")
}
