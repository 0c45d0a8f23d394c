//! How often latency buckets are asked for: at each refresh, or more seldom where they take more than their share of time.
//! Then those of a little while ago are read into the newer snapshots. Must not know what a bucket is.

use super::align;
use super::fetch::Reply;
use graph::{QueryKind, Window};
use model::Warning;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The part of the time between two refreshes that Prometheus may spend on buckets.
const BUDGET: f64 = 0.2;
/// However long they take, they are asked for again after so many refreshes.
const SELDOMEST: i64 = 20;
/// Answers that are remembered: they are large.
const KEPT: usize = 8;

/// What is the same for all who may share an answer.
pub(super) type Place = (u64, Option<Arc<str>>, QueryKind);

#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<BTreeMap<Place, Held>>);

#[derive(Debug)]
struct Held {
    reply: Reply,
    at_s: i64,
    took: Duration,
}

impl Pace {
    fn all(&self) -> MutexGuard<'_, BTreeMap<Place, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An earlier answer that has to do for this moment, and what is to be said of it.
    pub(super) fn earlier(&self, place: &Place, window: &Window) -> Option<(Reply, Warning)> {
        let all = self.all();
        let held = all.get(place)?;
        let every_s = align::refresh_s(window.window_s, window.scrape_interval_s);
        let refreshes = refreshes(held.took, every_s);
        let age_s = window.at_s - held.at_s;
        (0..refreshes * every_s)
            .contains(&age_s)
            .then(|| (held.reply.clone(), warning(place.2, held.took, (every_s, refreshes, age_s))))
    }

    /// Remembers what was asked just now, if it took so long that it has to do for more than one refresh.
    pub(super) fn note(&self, place: Place, reply: &Reply, window: &Window) {
        let mut all = self.all();
        let every_s = align::refresh_s(window.window_s, window.scrape_interval_s);
        match reply.took {
            Some(took) if reply.body.is_ok() && refreshes(took, every_s) > 1 => {
                // What is not sent again was not sent.
                let reply = Reply { took: None, ..reply.clone() };
                all.insert(place, Held { reply, at_s: window.at_s, took });
            }
            _ => drop(all.remove(&place)),
        }
        while all.len() > KEPT {
            let oldest = all.iter().min_by_key(|(_, held)| held.at_s).map(|(place, _)| place.clone());
            let Some(oldest) = oldest else { break };
            all.remove(&oldest);
        }
    }
}

/// At each how many refreshes something that takes so long may be asked.
fn refreshes(took: Duration, every_s: i64) -> i64 {
    let share_s = BUDGET * every_s as f64;
    ((took.as_secs_f64() / share_s).ceil() as i64).clamp(1, SELDOMEST)
}

fn warning(kind: QueryKind, took: Duration, (every_s, refreshes, age_s): (i64, i64, i64)) -> Warning {
    Warning {
        code: "asked_seldom".to_owned(),
        column: Some(kind.word().to_owned()),
        sentence: format!(
            "The {} are of {age_s} s before: Prometheus takes {:.1} s for them, more than a fifth of the {every_s} s between two refreshes, so they are asked for every {refreshes} refreshes only. A shorter window, or fewer buckets, would help.",
            kind.meaning(),
            took.as_secs_f64(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use graph::{Origin, Signals};

    fn window(at_s: i64) -> Window {
        Window { at_s, window_s: 600, scrape_interval_s: Some(15.0) }
    }

    fn reply(took_s: f64) -> Reply {
        let signals = Signals { percentiles: true, ..Signals::default() };
        let query = graph::plan(&Origin::default(), signals, &window(0)).pop().unwrap();
        Reply { query, body: Ok(Vec::new()), took: Some(Duration::from_secs_f64(took_s)) }
    }

    #[test]
    fn what_takes_more_than_a_fifth_is_asked_more_seldom() {
        for (took_s, every) in [(0.0, 1), (3.0, 1), (3.1, 2), (7.0, 3), (20.0, 7), (600.0, 20)] {
            assert_eq!(refreshes(Duration::from_secs_f64(took_s), 15), every, "{took_s}");
        }
    }

    #[test]
    fn an_earlier_answer_does_until_it_is_due_again() {
        let (pace, place) = (Pace::default(), (600, None, QueryKind::DurationBucket));
        pace.note(place.clone(), &reply(1.0), &window(1_000));
        assert!(pace.earlier(&place, &window(1_015)).is_none(), "cheap enough for each refresh");
        pace.note(place.clone(), &reply(7.0), &window(1_000));
        for at_s in [1_015, 1_030] {
            let (reply, warning) = pace.earlier(&place, &window(at_s)).unwrap();
            assert_eq!(reply.took, None);
            assert!(
                warning.sentence.contains("takes 7.0 s") && warning.sentence.contains("every 3 refreshes")
            );
        }
        assert!(pace.earlier(&place, &window(1_045)).is_none());
        assert!(pace.earlier(&place, &window(985)).is_none(), "nothing of the future");
        assert!(pace.earlier(&(300, None, QueryKind::DurationBucket), &window(1_015)).is_none());
    }
}
