//! Frames of the map beside an SVG of the same scene, and long tasks while it refreshes, in headless Chromium.
//! `cargo run --release -p tests --example frames` repeats the figures in BENCHMARKS.md.

use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use tests::browser::Browser;
use tests::map::{SOON, at_rest, painted};
use tests::product::Product;
use tests::waiting::until;

/// Services of the made-up mesh: about 100, 1,000 and 5,000 lines in one picture with all namespaces open.
const SCALES: [usize; 3] = [28, 270, 1_330];
const MEASURED_MS: u32 = 3_000;
const REFRESHES: u32 = 7;

/// Counts frames while `turn` is called before each; the callback gets their intervals in milliseconds.
const FRAMES: &str = "
const [kind, lasting, done] = arguments;
const svg = document.querySelector('#rival');
const target = svg ?? document.querySelector('.map');
const box = target.getBoundingClientRect();
const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
const pointer = (type, dx, buttons) => target.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true,
  pointerId: 1, pointerType: 'touch', button: type === 'pointermove' ? -1 : 0, buttons, clientX: x + dx, clientY: y }));
const wheel = dy => target.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, deltaY: dy, clientX: x, clientY: y }));
let view = svg && svg.viewBox.baseVal;
const turn = {
  still: () => {},
  pan: at => svg ? (view.x += Math.sin(at / 20) * 6) : pointer('pointermove', Math.sin(at / 20) * 120, 1),
  zoom: at => svg ? (view.width *= 1 + Math.sin(at / 15) * 0.02) : wheel(Math.sin(at / 15) * 12),
}[kind];
if (kind === 'pan' && !svg) { try { target.setPointerCapture = () => {}; } catch {} pointer('pointerdown', 0, 1); }
const times = [];
let at = 0;
(function frame(now) {
  if (now !== undefined) times.push(now);
  turn(at++);
  if (times.length > 1 && now - times[0] > lasting) {
    if (kind === 'pan' && !svg) pointer('pointerup', 0, 0);
    done(times.slice(1).map((time, index) => time - times[index]));
  } else requestAnimationFrame(frame);
})();";

/// The drawing as SVG with its particles moved by SMIL, as a page without a canvas would do it.
const RIVAL: &str = "
const done = arguments[0];
fetch('api/v1/graph.svg' + location.search.replace('?', '?')).then(answer => answer.text()).then(text => {
  const holder = document.querySelector('.map-area');
  holder.replaceChildren();
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  const svg = document.importNode(parsed, true);
  svg.id = 'rival';
  if (!svg.getAttribute('viewBox')) svg.setAttribute('viewBox', `0 0 ${svg.getAttribute('width')} ${svg.getAttribute('height')}`);
  svg.setAttribute('width', holder.clientWidth); svg.setAttribute('height', holder.clientHeight);
  holder.append(svg);
  const lines = [...svg.querySelectorAll('path')].filter(path => path.getAttribute('fill') === 'none' && path.getTotalLength() > 60);
  const moving = [];
  for (const line of lines) for (let i = 0; i < 2; i++) {
    const dot = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    dot.setAttribute('r', 2); line.after(dot);
    moving.push([dot, line, line.getTotalLength(), i / 2]);
  }
  (function step(now) {
    for (const [dot, line, length, phase] of moving) {
      const at = line.getPointAtLength(((now / 4000 + phase) % 1) * length);
      dot.setAttribute('cx', at.x); dot.setAttribute('cy', at.y);
    }
    requestAnimationFrame(step);
  })(performance.now());
  done([lines.length, moving.length]);
}).catch(error => done(String(error)));";

/// Kept from the page's start on: tasks of 50 ms and more.
const LONG_TASKS: &str = "window.__long = [];
new PerformanceObserver(list => window.__long.push(...list.getEntries().map(entry => [entry.startTime, entry.duration])))
  .observe({ type: 'longtask', buffered: true });";

#[tokio::main]
async fn main() -> Result<()> {
    println!("| lines (cards) | what | map: frames/s, slowest | SVG: frames/s, slowest |\n|---|---|---|---|");
    for scale in SCALES {
        frames(scale).await?;
    }
    refresh().await
}

async fn frames(scale: usize) -> Result<()> {
    let product = Product::start(&["demo", "--demo-scale", &scale.to_string(), "--test-hook"])?;
    let browser = Browser::start().await?;
    let now_s = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    browser.open(&format!("{}/graph?at={}", product.url, now_s / 60 * 60 - 120)).await?;
    painted(&browser).await?;
    open_all(&browser).await?;
    let size = "const s = window.__portolan.scene(); return [Object.keys(window.__portolan.departures()).length, Object.keys(s.nodes).length]";
    let size = browser.execute(size, &[]).await?;
    near(&browser).await?;
    let mut ours = Vec::new();
    for kind in ["still", "pan", "zoom"] {
        ours.push(measured(&browser, kind).await?);
    }
    let made = browser.execute_async(RIVAL, &[]).await?;
    made.as_array().with_context(|| format!("no SVG: {made}"))?;
    for (kind, ours) in ["still", "pan", "zoom"].into_iter().zip(ours) {
        let theirs = measured(&browser, kind).await?;
        println!("| {} ({}) | {kind} | {ours} | {theirs} |", size[0], size[1]);
    }
    Ok(())
}

/// A picture with folded namespaces has few lines: all are opened by the keyboard.
async fn open_all(browser: &Browser) -> Result<()> {
    browser.execute("window.__portolan.open_all()", &[]).await?;
    let open = "!document.querySelector('.placing')
        && Object.keys(window.__portolan.scene().nodes).every(key => !key.startsWith('namespace/'))";
    browser.wait_until(open, SOON * 2).await?;
    at_rest(browser).await
}

/// Near enough that particles run.
async fn near(browser: &Browser) -> Result<()> {
    browser.execute("document.querySelector('.map').focus()", &[]).await?;
    until(SOON, "the level `near`", async || {
        let level = browser.execute("return window.__portolan.viewport().level", &[]).await?;
        if level == "near" {
            return Ok(Some(()));
        }
        browser.press("+").await?;
        Ok(None)
    })
    .await?;
    at_rest(browser).await
}

async fn measured(browser: &Browser, kind: &str) -> Result<String> {
    let intervals = browser.execute_async(FRAMES, &[kind.into(), MEASURED_MS.into()]).await?;
    let mut intervals: Vec<f64> = intervals
        .as_array()
        .ok_or_else(|| anyhow!("no intervals in {intervals}"))?
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    intervals.sort_by(f64::total_cmp);
    let mean = intervals.iter().sum::<f64>() / intervals.len().max(1) as f64;
    let slow = intervals.get(intervals.len() * 95 / 100).copied().unwrap_or_default();
    Ok(format!("{:.0}, {slow:.0} ms", 1_000.0 / mean))
}

/// Long tasks while a map of 1,000 services refreshes, folded as it opens and with a namespace open.
async fn refresh() -> Result<()> {
    let product = Product::start(&["demo", "--demo-scale", "1000", "--test-hook"])?;
    let browser = Browser::start().await?;
    browser.before_every_page(LONG_TASKS).await?;
    browser.open(&format!("{}/graph?refresh=5s", product.url)).await?;
    painted(&browser).await?;
    // What loading costs is another matter: counted is from the first refresh on.
    answered(&browser, 2).await?;
    browser.pass_frames(10).await?;
    browser.execute("window.__long.length = 0; performance.clearResourceTimings()", &[]).await?;
    let asked = answered(&browser, REFRESHES).await?;
    browser.pass_frames(10).await?;
    let long = browser.execute("return window.__long.map(task => Math.round(task[1]))", &[]).await?;
    println!("\n{asked} refreshes at 1,000 services: tasks of 50 ms and more: {long} ms");
    Ok(())
}

/// Waits until the page has had so many answers, and gives how many it was.
async fn answered(browser: &Browser, count: u32) -> Result<Value> {
    let answers = "performance.getEntriesByType('resource').filter(entry => entry.name.includes('/api/v1/graph?')).length";
    browser.wait_until(&format!("{answers} >= {count} && {answers}"), SOON * count).await
}
