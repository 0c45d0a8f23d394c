//! A real Prometheus that says it is slow with buckets, and then quick again: the product asks for less, tells of it, and goes
//! back. What it says is the test's, so that nothing depends on how fast anything is.
//! Knows the API; must not know how the product decides.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use meshsim::Mesh;
use meshsim::store::{MatchOp, Matcher, Store as _};
use model::Graph;
use tests::fake_store::{FakeStore, Quirk};
use tests::product::Product;
use tests::prometheus::Prometheus;
use tests::waiting::until;

const SCRAPE: &str = "10s";
/// A plan lasts four refreshes of ten seconds.
const DEADLINE: Duration = Duration::from_mins(3);
const FUTURE_S: i64 = 600;

/// How long buckets take, by its word.
static TAKES_MS: AtomicU64 = AtomicU64::new(0);

#[tokio::test]
async fn a_slow_store_is_asked_for_less_and_for_all_again_when_it_is_quick() -> Result<()> {
    let now_s = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let prometheus = Prometheus::start().await?;
    let everything = Matcher::new("__name__", MatchOp::Regex, "istio_.*")?;
    let mesh = Mesh::named("bookinfo").context("it is shipped")?;
    let samples = mesh.select(&[everything], (now_s - 1_200) * 1_000, (now_s + FUTURE_S) * 1_000);
    prometheus.write(&samples).await?;
    let store =
        FakeStore::start(prometheus.url(), Quirk::Says("duration_milliseconds_bucket", &TAKES_MS)).await?;
    let arguments = ["serve", "--prometheus", &store.url(), "--scrape-interval", SCRAPE];
    let product = Product::start(&arguments)?;

    TAKES_MS.store(2_000, Ordering::Relaxed);
    let slow =
        refreshed(&product, |graph| plan(graph).is_some_and(|plan| plan.contains("every 4 refreshes")))
            .await?;
    ensure!(plan(&slow).is_some_and(|plan| plan.contains("of the 10 s between two")), "{:?}", plan(&slow));
    let older =
        refreshed(&product, |graph| plan(graph).is_some_and(|plan| plan.contains("s before"))).await?;
    ensure!(has_percentiles(&older), "those of before are drawn");

    TAKES_MS.store(1, Ordering::Relaxed);
    let quick = refreshed(&product, |graph| plan(graph).is_none() && has_percentiles(graph)).await?;
    ensure!(quick.meta.at_s > older.meta.at_s);
    Ok(())
}

/// Looks until the live graph is so.
async fn refreshed(product: &Product, is_so: impl Fn(&Graph) -> bool) -> Result<Graph> {
    let client = tests::http::client(Duration::from_mins(1))?;
    let url = format!("{}/api/v1/graph?window=5m&percentiles=true", product.url);
    until(DEADLINE, "the plan to change", async || {
        let graph: Graph = client.get(&url).send().await?.error_for_status()?.json().await?;
        Ok(is_so(&graph).then_some(graph))
    })
    .await
}

fn plan(graph: &Graph) -> Option<&str> {
    let warnings = &graph.meta.warnings;
    warnings.iter().find(|warning| warning.code == "latency_plan").map(|warning| warning.sentence.as_str())
}

fn has_percentiles(graph: &Graph) -> bool {
    graph.edges.iter().any(|edge| edge.latency.as_ref().is_some_and(|latency| latency.p95.is_some()))
}
