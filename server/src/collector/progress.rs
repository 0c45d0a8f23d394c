//! How far a fetch has come: queries planned and answered since nothing was under way. For who waits for a first picture.
//! Must not know what is asked.

use model::status::Asking;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    flights: usize,
    of: usize,
    answered: usize,
    about_s: Option<u64>,
}

/// One fetch under way. When none is left, counting begins anew; a fetch that is given up ends here too.
#[derive(Debug)]
pub(super) struct Flight(Progress);

impl Progress {
    pub(super) fn flight(&self) -> Flight {
        self.change(|counts| counts.flights += 1);
        Flight(self.clone())
    }

    /// None while nothing is asked.
    pub(super) fn now(&self) -> Option<Asking> {
        self.change(|counts| {
            let Counts { answered, of, about_s, .. } = *counts;
            (counts.flights > 0).then_some(Asking { answered, of, about_s })
        })
    }

    pub(super) fn planned(&self, queries: usize) {
        self.change(|counts| counts.of += queries);
    }

    /// All of a fetch that is under way will take about so long.
    pub(super) fn expect(&self, about: Duration) {
        let about_s = about.as_secs_f64().ceil() as u64;
        self.change(|counts| {
            counts.about_s = counts.about_s.max(Some(about_s)).filter(|_| counts.flights > 0);
        });
    }

    pub(super) fn answered(&self) {
        self.change(|counts| counts.answered += 1);
    }

    fn change<R>(&self, change: impl FnOnce(&mut Counts) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.change(|counts| {
            counts.flights -= 1;
            if counts.flights == 0 {
                *counts = Counts::default();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_last_as_long_as_anything_is_under_way() {
        let progress = Progress::default();
        assert_eq!(progress.now(), None);
        let (first, second) = (progress.flight(), progress.flight());
        progress.planned(7);
        progress.answered();
        drop(first);
        assert_eq!(progress.now(), Some(Asking { answered: 1, of: 7, about_s: None }));
        progress.planned(2);
        progress.expect(Duration::from_millis(3_200));
        progress.expect(Duration::from_secs(1));
        assert_eq!(progress.now(), Some(Asking { answered: 1, of: 9, about_s: Some(4) }));
        drop(second);
        assert_eq!(progress.now(), None);
        let _next = progress.flight();
        assert_eq!(progress.now(), Some(Asking { answered: 0, of: 0, about_s: None }));
    }
}
