//! How many different labels requests may be told apart by within a minute: each is a set of queries of its own, and whoever
//! can reach the page can write any name into its address. Must not know what is asked.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Different labels at once; more than anybody looks at.
pub(crate) const MOST: usize = 6;
const WITHIN: Duration = Duration::from_mins(1);

#[derive(Debug, Default)]
pub(super) struct Ration(Mutex<BTreeMap<String, Instant>>);

impl Ration {
    /// Notes that this label is looked at. An error is how long it takes until another may be.
    pub(super) fn take(&self, label: &str) -> Result<(), Duration> {
        let now = Instant::now();
        let mut lately = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lately.retain(|_, last| now.duration_since(*last) < WITHIN);
        if lately.len() >= MOST && !lately.contains_key(label) {
            let oldest = lately.values().min().copied().unwrap_or(now);
            return Err(WITHIN.saturating_sub(now.duration_since(oldest)));
        }
        lately.insert(label.to_owned(), now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn as_many_as_are_looked_at_stay_and_another_has_to_wait() {
        let ration = Ration::default();
        for label in 0..MOST {
            assert_eq!(ration.take(&format!("label_{label}")), Ok(()));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert_eq!(ration.take("another"), Err(Duration::from_secs(54)), "until the first is a minute ago");
        assert_eq!(ration.take("label_0"), Ok(()));
        assert_eq!(ration.take("another"), Err(Duration::from_secs(55)));
        tokio::time::advance(Duration::from_secs(55)).await;
        assert_eq!(ration.take("another"), Ok(()));
        assert_eq!(ration.take("label_0"), Ok(()));
    }
}
