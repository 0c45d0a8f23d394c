//! What the process tells Prometheus of itself: `portolan_*`, in base units. Names and meanings stand in the README too.
//! Must not know HTTP handlers or the collector: they hand in what happened.

mod queries;
mod requests;
mod viewers;

pub(crate) use queries::Queries;
pub(crate) use viewers::Streaming;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;
use requests::Requests;
use std::time::{Duration, Instant};
use viewers::Viewers;

pub(crate) use prometheus_text::CONTENT_TYPE;

/// All that is counted. What can be looked up is not: a scrape hands it in as a `Moment`.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) requests: Requests,
    pub(crate) queries: Queries,
    pub(crate) viewers: Viewers,
}

/// What holds at the moment of a scrape.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moment {
    pub(crate) snapshots: usize,
    pub(crate) snapshots_bytes: u64,
    /// Live windows that are kept fresh.
    pub(crate) observers: usize,
    /// None: there has been no good answer yet.
    pub(crate) last_good_age: Option<Duration>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("portolan");
        let (requests, queries) = (Requests::default(), Queries::default());
        requests.register(&mut registry);
        queries.register(&mut registry);
        let build: Family<[(&'static str, &'static str); 1], Gauge> = Family::default();
        build.get_or_create(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
        registry.register("build_info", "Always 1; which release this is", build);
        Self { registry, requests, queries, viewers: Viewers::default() }
    }
}

impl Metrics {
    /// Everything in the text format that every Prometheus reads.
    pub(crate) fn text(&self, moment: Moment) -> String {
        let mut text = String::new();
        for registry in [&self.registry, &self.of_the_moment(moment)] {
            prometheus_text::encode(&mut text, registry).expect("a String takes all text");
        }
        text
    }

    /// Made anew for each scrape, so that what is not known is absent rather than old.
    fn of_the_moment(&self, moment: Moment) -> Registry {
        let mut registry = Registry::with_prefix("portolan");
        let count = |count: usize| ConstGauge::new(i64::try_from(count).unwrap_or(i64::MAX));
        registry.register("snapshots", "Snapshots held in memory", count(moment.snapshots));
        let bytes = ConstGauge::new(moment.snapshots_bytes as f64);
        registry.register("snapshots_bytes", "Memory that the held snapshots take, roughly", bytes);
        registry.register(
            "viewers",
            "Browser tabs that hold a stream of the graph, wait for a graph or asked for one in the last 90 seconds",
            count(self.viewers.count(Instant::now())),
        );
        registry.register(
            "observers",
            "Live windows that are kept fresh because somebody watches",
            count(moment.observers),
        );
        if let Some(age) = moment.last_good_age {
            registry.register(
                "last_good_answer_age_seconds",
                "Time since Prometheus last gave a usable answer; grows while nobody looks, for then nobody asks",
                ConstGauge::new(age.as_secs_f64()),
            );
        }
        registry
    }
}

/// Time buckets in seconds: from an answer that was held to one that ran into the limit.
const TIME_BUCKETS_S: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0];
