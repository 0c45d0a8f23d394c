//! Latency and sizes from native histograms, end to end: the graph of a mesh that a store keeps so, in part or in copies, is
//! the graph from its classic buckets. Knows the API; must not know how the product asks.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use model::{Edge, Graph, QuantileMs};
use tests::product::Product;

/// 2026-03-04 12:00 UTC.
const AT_S: i64 = 1_772_625_600;

async fn graph(scenario: &str) -> Result<Graph> {
    let product = Product::start(&["demo", "--scenario", scenario])?;
    let address = format!(
        "{}/api/v1/graph?type=workload&percentiles=true&with=bytes,sizes&window=10m&at={AT_S}",
        product.url
    );
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
    let classic = graph("bookinfo").await?;
    ensure!(!asks_natively(&classic), "a store is asked for what it has");
    let edges: BTreeMap<&str, &Edge> = classic.edges.iter().map(|edge| (edge.id.as_str(), edge)).collect();
    for scenario in ["native-histograms", "mixed-histograms", "native-replicas"] {
        let native = graph(scenario).await?;
        ensure!(asks_natively(&native), "{scenario}: a store is asked for what it has");
        ensure!(edges.len() == native.edges.len(), "{} and {} edges", edges.len(), native.edges.len());
        ensure!(native.meta.queries.len() == classic.meta.queries.len(), "{scenario}: as many queries");
        let mut compared = 0;
        for edge in &native.edges {
            let theirs = edges.get(edge.id.as_str()).with_context(|| format!("{} is new", edge.id))?;
            compared += alike(theirs, edge).with_context(|| format!("{scenario}: {}", edge.id))?;
        }
        ensure!(compared >= 30, "{scenario}: {compared} quantiles");
    }
    Ok(())
}

/// How many quantiles were compared.
fn alike(classic: &Edge, native: &Edge) -> Result<usize> {
    ensure!(native.requests == classic.requests && native.tcp == classic.tcp, "other traffic");
    let (Some(theirs), Some(ours)) = (&classic.latency, &native.latency) else { return Ok(0) };
    let near = |what: &str, ours: Option<f64>, theirs: Option<f64>| {
        let (ours, theirs) = (ours.context("unknown")?, theirs.context("unknown")?);
        ensure!((ours / theirs - 1.0).abs() < 0.02, "{what} of {ours} and {theirs}");
        Ok(())
    };
    near("a mean", ours.mean_ms, theirs.mean_ms)?;
    let (volume, their_volume) =
        (native.volume.clone().context("bytes")?, classic.volume.clone().context("bytes")?);
    near("request bytes", volume.request_bytes_per_s, their_volume.request_bytes_per_s)?;
    near("response bytes", volume.response_bytes_per_s, their_volume.response_bytes_per_s)?;
    let bytes = |bytes: Option<f64>| bytes.map(|bytes| QuantileMs { ms: bytes, at_least: false });
    let mut pairs = vec![(ours.p50, theirs.p50), (ours.p90, theirs.p90), (ours.p95, theirs.p95)];
    for (ours, theirs) in
        [(volume.request_size, their_volume.request_size), (volume.response_size, their_volume.response_size)]
    {
        let (ours, theirs) = (ours.context("a size")?, theirs.context("a size")?);
        pairs.push((bytes(ours.p50_bytes), bytes(theirs.p50_bytes)));
        pairs.push((bytes(ours.p95_bytes), bytes(theirs.p95_bytes)));
    }
    for (ours, theirs) in &pairs {
        let (ours, theirs) = (ours.context("a quantile")?, theirs.context("a quantile")?);
        ensure!(may_be(theirs, ours), "{ours:?} and {theirs:?}");
    }
    Ok(pairs.len())
}
