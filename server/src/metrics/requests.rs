//! Requests by route and status, and their time by route.

use super::TIME_BUCKETS_S;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Instant;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    status: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Requests {
    answered: Family<Answered, Counter>,
    duration: Family<Route, Histogram>,
}

/// Counts when it is dropped, so that a caller who goes away is counted too.
#[derive(Debug)]
pub(crate) struct Counting<'a> {
    requests: &'a Requests,
    route: String,
    begun: Instant,
    status: Option<u16>,
}

impl Default for Requests {
    fn default() -> Self {
        let duration = Family::new_with_constructor(histogram as fn() -> Histogram);
        Self { answered: Family::default(), duration }
    }
}

fn histogram() -> Histogram {
    Histogram::new(TIME_BUCKETS_S)
}

impl Requests {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "http_requests",
            "Requests by route and status; `aborted` when the caller went away before the answer",
            self.answered.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "Time from a request's head to the answer's head, by route",
            self.duration.clone(),
        );
    }

    pub(crate) fn begun(&self, route: String, begun: Instant) -> Counting<'_> {
        Counting { requests: self, route, begun, status: None }
    }
}

impl Counting<'_> {
    pub(crate) fn answered(&mut self, status: u16) {
        self.status = Some(status);
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        let route = std::mem::take(&mut self.route);
        if self.status.is_some() {
            let took_s = self.begun.elapsed().as_secs_f64();
            self.requests.duration.get_or_create(&Route { route: route.clone() }).observe(took_s);
        }
        let status = self.status.map_or("aborted".to_owned(), |status| status.to_string());
        self.requests.answered.get_or_create(&Answered { route, status }).inc();
    }
}
