//! Measures what many viewers of one live window cost: streams on the demo over loopback, queries a refresh, the server's
//! share of a core and its memory. `cargo run --release -p tests --example viewers` repeats the figures in BENCHMARKS.md.

use anyhow::{Context, Result, ensure};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tests::product::Product;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const VIEWERS: usize = 1_000;
const REFRESHES: u32 = 8;
const REFRESH: Duration = Duration::from_secs(15);
/// Processor time is told in hundredths of a second.
const TICKS_A_SECOND: f64 = 100.0;

#[tokio::main]
async fn main() -> Result<()> {
    let product = Product::start(&["demo"])?;
    let address = product.url.trim_start_matches("http://").to_owned();
    let heard = Arc::new(AtomicUsize::new(0));
    for _ in 0..VIEWERS {
        tokio::spawn(view(address.clone(), heard.clone()));
    }
    // All are there, and the first refresh has passed.
    tokio::time::sleep(2 * REFRESH).await;
    let (asked, busy_s, bytes) = (asked(&product).await?, busy_s(&product)?, heard.load(Ordering::Relaxed));
    let begun = Instant::now();
    tokio::time::sleep(REFRESHES * REFRESH).await;
    let share = (self::busy_s(&product)? - busy_s) / begun.elapsed().as_secs_f64();
    let queries = self::asked(&product).await? - asked;
    let viewers = figure(&product, "portolan_viewers").await?;
    ensure!((viewers - VIEWERS as f64).abs() < 0.5, "{viewers} viewers are there");
    println!(
        "{VIEWERS} viewers: {:.1} traffic queries a refresh, {:.1} % of a core (the simulated Prometheus included), {:.0} MB resident, {:.1} kB a viewer and refresh",
        queries / f64::from(REFRESHES),
        share * 100.0,
        resident_mb(&product)?,
        (heard.load(Ordering::Relaxed) - bytes) as f64 / VIEWERS as f64 / f64::from(REFRESHES) / 1_000.0,
    );
    Ok(())
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

async fn figure(product: &Product, name: &str) -> Result<f64> {
    let client = tests::http::client(Duration::from_secs(30))?;
    let text = client.get(format!("{}/metrics", product.url)).send().await?.text().await?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    Ok(value.with_context(|| format!("no {name} in {text}"))?.parse()?)
}

async fn asked(product: &Product) -> Result<f64> {
    figure(product, "portolan_prometheus_queries_total{kind=\"requests\",outcome=\"answered\"}").await
}

/// Processor time of the product so far.
fn busy_s(product: &Product) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", product.process_id()))?;
    let behind_name = stat.rsplit_once(") ").context("a name in brackets")?.1;
    let fields: Vec<&str> = behind_name.split(' ').collect();
    let ticks = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks / TICKS_A_SECOND)
}

fn resident_mb(product: &Product) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", product.process_id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1_000.0)
}
