//! How much one process may take: time, memory, callers at once.

use super::{bytes, seconds};
use crate::cli::Settings;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Limits {
    /// `--request-timeout`: how long a caller waits at most; default 60s. A fetch that takes longer goes on without it.
    pub request_timeout: Duration,
    /// Requests answered at once; the next one is told to come back. 512.
    pub concurrency: usize,
    /// Streams of the graph that may be open; further callers are told to poll. 2,000.
    pub streams: usize,
    /// Bytes of a request's body; we only read, so a few kilobytes are plenty. 64 kB.
    pub request_bytes: usize,
    /// How long a connection may take over the head of a request, and how long it may lie idle. Longer than any refresh:
    /// 75 s.
    pub head: Duration,
    /// `--snapshot-memory`: bytes that snapshots may hold together; default 256MB.
    pub snapshot_bytes: usize,
    /// How long running requests may finish after a signal. 10 s.
    pub drain: Duration,
}

impl Limits {
    pub(super) fn read(settings: &Settings, mistakes: &mut Vec<String>) -> Self {
        Self {
            request_timeout: seconds("--request-timeout", &settings.request_timeout, 60, mistakes),
            concurrency: 512,
            streams: 2_000,
            request_bytes: 64_000,
            head: Duration::from_secs(75),
            snapshot_bytes: bytes("--snapshot-memory", &settings.snapshot_memory, 256_000_000, mistakes),
            drain: Duration::from_secs(10),
        }
    }
}
