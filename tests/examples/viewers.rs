//! Measures what many viewers of one live window cost: streams on the demo over loopback, queries a refresh, the server's
//! share of a core and its memory. `cargo run --release -p tests --example viewers` repeats the figures in BENCHMARKS.md.
//! The mesh is simulated by a process of its own, so that its work does not count. Needs Linux.

use anyhow::{Result, ensure};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tests::cost::{self, Figures};
use tests::product::Product;
use tests::waiting::until;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const VIEWERS: usize = 1_000;
const REFRESHES: u32 = 8;
const REFRESH: Duration = Duration::from_secs(15);
const PATIENCE: Duration = Duration::from_mins(5);

#[tokio::main]
async fn main() -> Result<()> {
    let mesh = Product::start(&["demo"])?;
    let product = Product::on(&mesh.simulated_prometheus()?)?;
    let (id, figures) = (product.process_id(), Figures::of(&product.url)?);
    let address = product.url.trim_start_matches("http://").to_owned();
    let heard = Arc::new(AtomicUsize::new(0));
    for _ in 0..VIEWERS {
        tokio::spawn(view(address.clone(), heard.clone()));
    }
    let all = until(PATIENCE, "all viewers", async || {
        let viewers = figures.sum("portolan_viewers", &[]).await?;
        Ok((viewers >= VIEWERS as f64 - 0.5).then_some(viewers))
    });
    ensure!(all.await? <= VIEWERS as f64 + 0.5, "nobody else looks");
    // From right after one refresh to right after another.
    let asked = refreshed(&figures, asked(&figures).await? + 1.0).await?;
    let (busy_s, bytes, begun) = (cost::busy_s(id)?, heard.load(Ordering::Relaxed), Instant::now());
    let queries = refreshed(&figures, asked + f64::from(REFRESHES)).await? - asked;
    let passed_s = begun.elapsed().as_secs_f64();
    let refreshes = (passed_s / REFRESH.as_secs_f64()).round();
    println!(
        "{VIEWERS} viewers over {refreshes} refreshes: {:.1} snapshots a refresh, {:.1} % of a core, {:.0} MB resident, {:.1} kB a viewer and refresh",
        queries / refreshes,
        (cost::busy_s(id)? - busy_s) / passed_s * 100.0,
        cost::memory_mb(id, "VmRSS")?,
        (heard.load(Ordering::Relaxed) - bytes) as f64 / VIEWERS as f64 / refreshes / 1_000.0,
    );
    Ok(())
}

/// Traffic queries answered so far: one for each snapshot.
async fn asked(figures: &Figures) -> Result<f64> {
    figures.sum("portolan_prometheus_queries_total", &["kind=\"requests\"", "outcome=\"answered\""]).await
}

/// Waits until so many are answered. The looking costs the server something too: its figures, twenty times a second.
async fn refreshed(figures: &Figures, count: f64) -> Result<f64> {
    until(PATIENCE, "a refresh", async || {
        let asked = asked(figures).await?;
        Ok((asked >= count - 0.5).then_some(asked))
    })
    .await
}

/// One who takes packed answers and reads whatever comes.
async fn view(address: String, heard: Arc<AtomicUsize>) -> Result<()> {
    let mut stream = TcpStream::connect(&address).await?;
    let head = "GET /api/v1/graph/stream HTTP/1.1\r\nhost: 127.0.0.1\r\naccept-encoding: gzip\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    let mut buffer = vec![0; 4_096];
    loop {
        let read = stream.read(&mut buffer).await?;
        ensure!(read > 0, "the stream ended");
        heard.fetch_add(read, Ordering::Relaxed);
    }
}
