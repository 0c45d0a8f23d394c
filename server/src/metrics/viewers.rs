//! How many tabs look: those that hold a stream, those that wait for a graph, and those that asked for one not long ago.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longer than the slowest refresh of a page that is looked at.
const LATELY: Duration = Duration::from_secs(90);
/// Nobody has that many; who makes names up must not fill the memory.
const MOST: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Viewers {
    asking: Mutex<HashMap<u64, Seen>>,
    /// Held once more for each open stream.
    streams: Arc<()>,
}

/// One viewer, for as long as its stream is open.
#[derive(Debug)]
pub(crate) struct Streaming {
    _counted: Arc<()>,
}

#[derive(Debug)]
struct Seen {
    waiting: usize,
    last: Instant,
}

/// One viewer, for as long as its request runs.
#[derive(Debug)]
pub(crate) struct Looking<'a> {
    viewers: &'a Viewers,
    who: u64,
}

impl Viewers {
    pub(crate) fn streaming(&self) -> Streaming {
        Streaming { _counted: self.streams.clone() }
    }

    pub(crate) fn looking(&self, who: u64) -> Looking<'_> {
        let mut seen = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if seen.len() >= MOST {
            seen.retain(|_, seen| seen.is_looking(now));
        }
        if seen.len() < MOST || seen.contains_key(&who) {
            let seen = seen.entry(who).or_insert(Seen { waiting: 0, last: now });
            seen.waiting += 1;
            seen.last = now;
        }
        Looking { viewers: self, who }
    }

    /// Forgets who has gone, and counts the others.
    pub(super) fn count(&self, now: Instant) -> usize {
        let mut seen = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, seen| seen.is_looking(now));
        seen.len() + Arc::strong_count(&self.streams) - 1
    }
}

impl Seen {
    fn is_looking(&self, now: Instant) -> bool {
        self.waiting > 0 || now.saturating_duration_since(self.last) < LATELY
    }
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        let mut seen = self.viewers.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = seen.get_mut(&self.who) {
            seen.waiting = seen.waiting.saturating_sub(1);
            seen.last = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_counts_once_and_until_a_while_after_its_last_request() {
        let viewers = Viewers::default();
        let (first, again, other) = (viewers.looking(1), viewers.looking(1), viewers.looking(2));
        assert_eq!(viewers.count(Instant::now()), 2);
        drop((first, other));
        let later = Instant::now() + LATELY + Duration::from_secs(1);
        assert_eq!(viewers.count(later), 1, "who waits is looking, however long");
        drop(again);
        assert_eq!(viewers.count(Instant::now()), 1, "who has just been answered is looking");
        assert_eq!(viewers.count(Instant::now() + LATELY + Duration::from_secs(1)), 0);
    }

    #[test]
    fn a_stream_counts_for_as_long_as_it_is_open() {
        let viewers = Viewers::default();
        let (one, _two) = (viewers.streaming(), viewers.streaming());
        drop(viewers.looking(1));
        assert_eq!(viewers.count(Instant::now()), 3);
        drop(one);
        assert_eq!(viewers.count(Instant::now()), 2);
    }

    #[test]
    fn made_up_names_do_not_fill_the_memory() {
        let viewers = Viewers::default();
        for who in 0..2 * MOST as u64 {
            drop(viewers.looking(who));
        }
        assert_eq!(viewers.count(Instant::now()), MOST);
    }
}
