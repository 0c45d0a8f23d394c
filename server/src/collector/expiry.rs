//! How long a snapshot is held. Must not know what is in it beyond its window.

use super::ask::Key;
use super::{Collected, align};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One that nobody asks for any more is let go after this long, or when its window's next is due.
const IDLE: Duration = Duration::from_mins(1);
/// One that lacks a column is asked anew after this long, even while somebody looks at it.
const OLDEST: Duration = Duration::from_mins(5);
/// And one that lacks a source of which the first answer is on its way, after this.
const SOON: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(super) struct Expiry;

impl moka::Expiry<Key, Arc<Collected>> for Expiry {
    fn expire_after_create(&self, _: &Key, held: &Arc<Collected>, _: Instant) -> Option<Duration> {
        Some(idle(held).min(oldest(held)))
    }

    fn expire_after_read(
        &self,
        _: &Key,
        held: &Arc<Collected>,
        read_at: Instant,
        _: Option<Duration>,
        last_modified_at: Instant,
    ) -> Option<Duration> {
        let age = read_at.saturating_duration_since(last_modified_at);
        Some(idle(held).min(oldest(held).saturating_sub(age)))
    }
}

fn refresh(held: &Collected) -> Duration {
    let refresh_s = align::refresh_s(held.window.window_s, held.window.scrape_interval_s);
    Duration::from_secs(refresh_s.cast_unsigned())
}

fn idle(held: &Collected) -> Duration {
    refresh(held).max(IDLE)
}

/// After this long it is asked anew.
pub(super) fn oldest(held: &Collected) -> Duration {
    match held {
        held if held.awaits() => SOON,
        held if held.is_whole() => refresh(held).max(OLDEST),
        _ => OLDEST,
    }
}
