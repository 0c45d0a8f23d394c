//! Measures what serving costs: a warm answer, a hundred clients at once, memory, and a minute in which nobody looks.
//! `cargo run --release -p tests --example serving` repeats the figures in BENCHMARKS.md. The mesh is simulated by a
//! process of its own, so that its work does not count. Needs Linux.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use reqwest::{Client, Response, header};
use tests::cost::{self, Figures};
use tests::product::Product;

const SERVICES: [u32; 3] = [30, 300, 1_000];
const CLIENTS: usize = 100;
const ROUNDS: usize = 21;
const PATIENCE: Duration = Duration::from_mins(2);
/// Queries sent so far.
const QUERIES: &str = "portolan_prometheus_queries_total";

#[tokio::main]
async fn main() -> Result<()> {
    for services in SERVICES {
        let mesh = Product::start(&["demo", "--demo-scale", &services.to_string()])?;
        let product = Product::on(&mesh.simulated_prometheus()?)?;
        println!("{services} services:");
        warm(&product).await?;
        crowd(&product).await?;
        let memory_mb = |field| cost::memory_mb(product.process_id(), field);
        println!(
            "  memory, resident and at its peak: {:.0} and {:.0} MB",
            memory_mb("VmRSS")?,
            memory_mb("VmHWM")?
        );
        idle(&product).await?;
    }
    Ok(())
}

async fn graph(
    client: &Client,
    product: &Product,
    query: &str,
    more: &[(header::HeaderName, String)],
) -> Result<Response> {
    let mut request = client.get(format!("{}/api/v1/graph?{query}", product.url));
    for (name, value) in more {
        request = request.header(name, value);
    }
    Ok(request.send().await?.error_for_status()?)
}

/// The same question as just before: time and size, packed and not, and for who has it already.
async fn warm(product: &Product) -> Result<()> {
    // As it comes over the wire.
    let client = tests::http::builder(PATIENCE).no_gzip().build()?;
    // One moment for all, else a new scrape would make it another question.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let query = format!("percentiles=true&at={}", now.as_secs() - 60);
    let begun = Instant::now();
    let first = graph(&client, product, &query, &[]).await?;
    let tag = first.headers()[header::ETAG].to_str()?.to_owned();
    let whole = first.bytes().await?.len();
    println!("  first answer, queries and all: {:.0} ms", begun.elapsed().as_secs_f64() * 1_000.0);
    for (what, more) in [
        ("plain", vec![]),
        ("gzip", vec![(header::ACCEPT_ENCODING, "gzip".to_owned())]),
        ("not modified", vec![(header::IF_NONE_MATCH, tag)]),
    ] {
        let mut times_ms = Vec::new();
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            bytes = graph(&client, product, &query, &more).await?.bytes().await?.len();
            times_ms.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        times_ms.sort_by(f64::total_cmp);
        println!("  warm answer, {what}: median {:.2} ms, {bytes} of {whole} bytes", times_ms[ROUNDS / 2]);
    }
    Ok(())
}

/// All ask at the same moment for a window that nobody has asked for.
async fn crowd(product: &Product) -> Result<()> {
    let figures = Figures::of(&product.url)?;
    let before = figures.sum(QUERIES, &[]).await?;
    let begun = Instant::now();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        // A connection of its own for each, as browsers have.
        let client = tests::http::client(PATIENCE)?;
        let address = format!("{}/api/v1/graph?window=20m", product.url);
        asking.spawn(async move {
            let answer = client
                .get(address)
                .header(header::ACCEPT_ENCODING, "gzip")
                .send()
                .await?
                .error_for_status()?;
            anyhow::Ok(answer.bytes().await?.len())
        });
    }
    let answers = asking.join_all().await.into_iter().collect::<Result<Vec<usize>>>()?;
    ensure!(answers.iter().all(|bytes| *bytes > 0), "each gets a graph");
    println!(
        "  {CLIENTS} clients at once, unasked window: {:.0} ms for all, {} queries",
        begun.elapsed().as_secs_f64() * 1_000.0,
        figures.sum(QUERIES, &[]).await? - before
    );
    Ok(())
}

/// Processor time of a minute in which nobody asks anything, in ticks of a hundredth of a second. The minute itself is what
/// is measured, so it is slept through: whatever looked in between would be somebody who asks.
async fn idle(product: &Product) -> Result<()> {
    let before = cost::ticks(product.process_id())?;
    tokio::time::sleep(Duration::from_mins(1)).await;
    let spent = cost::ticks(product.process_id())? - before;
    println!("  a minute with nobody looking: {spent} ticks of the processor");
    Ok(())
}
