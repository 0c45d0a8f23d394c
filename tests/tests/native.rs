//! Latency from native histograms, end to end: the graph of a mesh that a store keeps so is the graph from its classic
//! buckets. Knows the API; must not know how the product asks.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use model::{Graph, QuantileMs};
use tests::product::Product;

/// 2026-03-04 12:00 UTC.
const AT_S: i64 = 1_772_625_600;

async fn graph(scenario: &str) -> Result<Graph> {
    let product = Product::start(&["demo", "--scenario", scenario])?;
    let address = format!("{}/api/v1/graph?type=workload&percentiles=true&window=10m&at={AT_S}", product.url);
    let answer = tests::http::client(Duration::from_mins(1))?.get(address).send().await?;
    let graph: Graph = answer.error_for_status()?.json().await?;
    for query in &graph.meta.queries {
        ensure!(query.error.is_none(), "{query:?}");
    }
    ensure!(graph.meta.warnings.is_empty(), "{:?}", graph.meta.warnings);
    Ok(graph)
}

fn asks_natively(graph: &Graph) -> bool {
    graph.meta.queries.iter().any(|query| query.promql.contains("histogram_sum("))
}

/// Where a classic quantile may truly lie: in its bucket, and native buckets reach over its ends by one of theirs.
fn may_be(classic: QuantileMs, native: QuantileMs) -> bool {
    let bounds = meshsim::BOUNDS;
    let above = bounds.partition_point(|bound| *bound < classic.ms);
    let low = above.checked_sub(1).map_or(0.0, |below| bounds[below]);
    let step = meshsim::native::upper(1);
    (low / step..=bounds[above] * step).contains(&native.ms)
}

#[tokio::test]
async fn native_histograms_give_the_graph_that_classic_buckets_give() -> Result<()> {
    let (classic, native) = (graph("bookinfo").await?, graph("native-histograms").await?);
    ensure!(asks_natively(&native) && !asks_natively(&classic), "each store is asked for what it has");
    let classic: BTreeMap<&str, _> = classic.edges.iter().map(|edge| (edge.id.as_str(), edge)).collect();
    ensure!(classic.len() == native.edges.len(), "{} and {} edges", classic.len(), native.edges.len());
    let mut compared = 0;
    for edge in &native.edges {
        let theirs = classic.get(edge.id.as_str()).with_context(|| format!("{} is new", edge.id))?;
        ensure!(edge.requests == theirs.requests && edge.tcp == theirs.tcp, "{}: other traffic", edge.id);
        let (Some(ours), Some(theirs)) = (&edge.latency, &theirs.latency) else { continue };
        let (mean, wanted) = (ours.mean_ms.context("a mean")?, theirs.mean_ms.context("a mean")?);
        ensure!((mean / wanted - 1.0).abs() < 0.02, "{}: a mean of {mean} and {wanted} ms", edge.id);
        for (name, ours, theirs) in
            [("p50", ours.p50, theirs.p50), ("p90", ours.p90, theirs.p90), ("p95", ours.p95, theirs.p95)]
        {
            let (ours, theirs) = (ours.context(name)?, theirs.context(name)?);
            ensure!(may_be(theirs, ours), "{}: {name} of {ours:?} and {theirs:?}", edge.id);
            compared += 1;
        }
    }
    ensure!(compared >= 15, "{compared} quantiles");
    Ok(())
}
