//! The evaluator against a real Prometheus: the same samples, the same queries, the same answers to one in a thousand million.
//! Needs Debian's Prometheus, which `tests/run` unpacks.

mod fixed;
mod generate;
mod lists;
mod panels;
mod samples;
mod shop;

use anyhow::{Result, ensure};
use generate::Generator;
use meshsim::promql::{Options, Steps, instant, range};
use meshsim::store::{MemoryStore, Store};
use tests::prometheus::answer::Answer;
use tests::prometheus::{Prometheus, Setup, load};

const TOLERANCE: f64 = 1e-9;
const GENERATED: usize = 240;
const SEED: u64 = 42;

/// One Prometheus and one store that hold the same samples.
struct Twins<'a> {
    prometheus: Prometheus,
    store: &'a dyn Store,
    options: Options,
    /// What differed, in words.
    differences: Vec<String>,
    answers: usize,
    /// How many answers had at least one sample.
    filled: usize,
}

impl<'a> Twins<'a> {
    fn new(prometheus: Prometheus, store: &'a dyn Store) -> Self {
        let options = Options::default();
        Self { prometheus, store, options, differences: Vec::new(), answers: 0, filled: 0 }
    }

    async fn ask(&mut self, query: &str, t_ms: i64) -> Result<()> {
        let theirs = self.prometheus.query(query, t_ms).await?;
        let ours = Answer::from_value(instant(self.store, query, t_ms, &self.options));
        self.compare(&format!("{query} at {t_ms}"), &ours, &theirs);
        Ok(())
    }

    async fn ask_range(&mut self, query: &str, steps: Steps) -> Result<()> {
        let theirs = self.prometheus.query_range(query, steps).await?;
        let ours = Answer::from_series(range(self.store, query, steps, &self.options));
        self.compare(&format!("{query} over {steps:?}"), &ours, &theirs);
        Ok(())
    }

    fn compare(&mut self, asked: &str, ours: &Answer, theirs: &Answer) {
        self.answers += 1;
        self.filled += usize::from(!theirs.is_empty());
        if let Some(difference) = ours.difference(theirs, TOLERANCE) {
            self.differences.push(format!("{asked}\n    ours and Prometheus': {difference}"));
        }
    }

    /// Fails if anything differed, or if so few answers had samples that agreement means little.
    fn verdict(&self, least_filled: f64) -> Result<()> {
        let (answers, filled) = (self.answers, self.filled);
        ensure!(
            self.differences.is_empty(),
            "{} of {answers} answers differ:\n{}",
            self.differences.len(),
            self.differences.join("\n")
        );
        let share = filled as f64 / answers as f64;
        ensure!(share >= least_filled, "only {filled} of {answers} answers had samples");
        Ok(())
    }
}

/// At scrapes, between them, and where the windows reach over births, gaps and ends.
fn instants() -> [i64; 4] {
    [600_000, 1_203_437, 1_800_000, 2_398_761].map(|after_ms| samples::START_MS + after_ms)
}

fn spans() -> [Steps; 3] {
    let start_ms = samples::START_MS;
    [
        Steps { start_ms: start_ms + 300_000, end_ms: start_ms + 2_400_000, step_ms: 60_000 },
        Steps { start_ms: start_ms + 900_123, end_ms: start_ms + 1_500_000, step_ms: 7_000 },
        Steps { start_ms: start_ms - 60_000, end_ms: start_ms + 200_000, step_ms: 15_000 },
    ]
}

/// Its samples come from blocks that promtool makes.
async fn twins(store: &MemoryStore) -> Result<Twins<'_>> {
    let openmetrics = load::openmetrics(&store.series);
    let prometheus = Prometheus::start_with(Setup { openmetrics, ..Setup::default() }).await?;
    Ok(Twins::new(prometheus, store))
}

#[tokio::test]
async fn a_fixed_list_of_queries_agrees() -> Result<()> {
    let store = samples::store();
    let mut twins = twins(&store).await?;
    for query in fixed::QUERIES {
        for t_ms in instants() {
            twins.ask(query, t_ms).await?;
        }
        for steps in spans() {
            twins.ask_range(query, steps).await?;
        }
    }
    twins.verdict(0.8)
}

#[tokio::test]
async fn generated_queries_agree() -> Result<()> {
    let store = samples::store();
    let mut twins = twins(&store).await?;
    let mut generator = Generator::new(SEED);
    for number in 0..GENERATED {
        let query = generator.query();
        twins.ask(&query, instants()[number % 4]).await?;
        twins.ask(&query, instants()[(number + 1) % 4]).await?;
        twins.ask_range(&query, spans()[number % 3]).await?;
    }
    twins.verdict(0.7)
}

#[tokio::test]
async fn end_of_series_markers_agree() -> Result<()> {
    let store = samples::with_markers();
    let prometheus = Prometheus::start().await?;
    prometheus.write(&store.series).await?;
    let mut twins = Twins::new(prometheus, &store);
    for query in ["ended", "count_over_time(ended[1m])", "rate(ended[2m])", "timestamp(ended)", "ended[2m]"] {
        for after_ms in [0, 60_000, 149_999, 150_000, 151_000, 300_000] {
            twins.ask(query, samples::START_MS + after_ms).await?;
        }
    }
    twins.verdict(0.5)
}

#[tokio::test]
async fn a_prometheus_can_be_frozen_and_started_again() -> Result<()> {
    let store = samples::store();
    let mut prometheus = Prometheus::start().await?;
    prometheus.write(&store.series).await?;
    let (url, t_ms) = (prometheus.url(), samples::START_MS + 600_000);
    let before = prometheus.query("sum(temp)", t_ms).await?;
    ensure!(before.len() == 1, "{before:?}");

    prometheus.pause()?;
    let client = tests::http::client(std::time::Duration::from_millis(300))?;
    let frozen = client.get(format!("{url}/-/ready")).send().await;
    prometheus.resume()?;
    ensure!(frozen.is_err_and(|error| error.is_timeout()), "a frozen Prometheus answered");

    prometheus.stop().await?;
    let gone = client.get(format!("{url}/-/ready")).send().await;
    ensure!(gone.is_err_and(|error| error.is_connect()), "a stopped Prometheus answered");
    prometheus.start_again().await?;
    ensure!(prometheus.url() == url, "it moved");
    let after = prometheus.query("sum(temp)", t_ms).await?;
    ensure!(after.difference(&before, TOLERANCE).is_none(), "{before:?} became {after:?}");
    Ok(())
}
