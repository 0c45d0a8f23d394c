//! Measures how long a browser takes from navigation to the first drawn map: the demo on loopback, with an empty
//! cache. `cargo run --release -p tests --example first_drawing` repeats the figure in BENCHMARKS.md.

use anyhow::{Result, anyhow};
use tests::browser::Browser;
use tests::map::SOON;
use tests::product::Product;

const ROUNDS: usize = 11;

/// Looks once a frame, and notes the time since navigation when the painter has drawn its first marks.
const STOPWATCH: &str = "
(function look() {
  const hook = window.__portolan;
  if (hook?.ready && hook.marks().length > 0) window.__firstDrawingMs = performance.now();
  else requestAnimationFrame(look);
})();";

#[tokio::main]
async fn main() -> Result<()> {
    let product = Product::start(&["demo", "--test-hook"])?;
    let browser = Browser::start().await?;
    browser.before_every_page(STOPWATCH).await?;
    let mut times_ms = Vec::new();
    for _ in 0..ROUNDS {
        browser.clear_cache().await?;
        browser.open(&format!("{}/graph", product.url)).await?;
        let time_ms = browser.wait_until("window.__firstDrawingMs", SOON).await?;
        times_ms.push(time_ms.as_f64().ok_or_else(|| anyhow!("no time in {time_ms}"))?);
    }
    // The very first also starts the snapshot and the browser's own engine, so it is told apart.
    let first = times_ms.remove(0);
    times_ms.sort_by(f64::total_cmp);
    let median = times_ms[times_ms.len() / 2];
    println!(
        "first {first:.0} ms; then median {median:.0} ms, worst {:.0} ms of {}",
        times_ms[times_ms.len() - 1],
        times_ms.len()
    );
    browser.screenshot("first-drawing").await?;
    Ok(())
}
