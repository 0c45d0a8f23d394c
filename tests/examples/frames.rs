//! Frames of the map beside an SVG of the same scene, what a hover, a repaint and a refresh cost, in headless Chromium.
//! `cargo run --release -p tests --example frames` repeats the figures in BENCHMARKS.md.

use anyhow::{Context, Result};
use serde_json::Value;
use tests::browser::Browser;
use tests::map::{SOON, at_rest, painted};
use tests::product::Product;
use tests::waiting::until;

/// Services of the made-up mesh: about 100, 1,000 and 5,000 lines in one picture with all namespaces open.
const SCALES: [usize; 3] = [28, 270, 1_330];
const MEASURED_MS: u32 = 3_000;
const REFRESHES: usize = 7;
const HOVERS_A_LEVEL: u32 = 12;

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

/// Kept from the page's start on: tasks of 50 ms and more; and of what streams tell, timers and frames do, how long each
/// took with all that it set off at once.
const TASKS: &str = "
window.__long = [];
new PerformanceObserver(list => window.__long.push(...list.getEntries().map(entry => entry.duration)))
  .observe({ type: 'longtask', buffered: true });
const tasks = (window.__tasks = []);
const timed = (kind, act) => function (...args) {
  const start = performance.now();
  const record = () => tasks.push([kind, start, performance.now() - start]);
  try { return act.apply(this, args); } finally {
    if (kind === 'frame') record();
    else { const { port1, port2 } = new MessageChannel(); port1.onmessage = record; port2.postMessage(0); }
  }
};
for (const [name, kind] of [['requestAnimationFrame', 'frame'], ['setTimeout', 'timer']]) {
  const real = window[name].bind(window);
  window[name] = (act, ...more) => real(typeof act === 'function' ? timed(kind, act) : act, ...more);
}
const listen = EventSource.prototype.addEventListener;
EventSource.prototype.addEventListener = function (kind, act, ...more) {
  return listen.call(this, kind, timed(kind, act), ...more);
};";

/// What refreshes by a stream have cost so far: reading each change, holding it, and the dearest frame soon after.
const REFRESHED: &str = "
return window.__tasks.filter(task => task[0] === 'change').map(([, start, reading]) => {
  const soon = kind => window.__tasks.filter(task => task[0] === kind && task[1] > start && task[1] < start + 400);
  return [reading, soon('timer')[0]?.[2] ?? 0, Math.max(0, ...soon('frame').map(task => task[2]))];
});";

/// Goes over so many cards in sight, and then has the picture painted anew so many times: milliseconds of script for each
/// hover, each hover that is held, and each repaint, and the milliseconds until the second frame after a repaint.
const HOVERS: &str = "
const [count, done] = arguments;
const map = document.querySelector('.map'), box = map.getBoundingClientRect();
const frame = act => new Promise(next => {
  let start;
  requestAnimationFrame(() => { start = performance.now(); });
  const before = performance.now();
  act();
  const acted = performance.now() - before;
  requestAnimationFrame(() => {
    const drawn = performance.now() - start;
    requestAnimationFrame(() => requestAnimationFrame(() => next([acted + drawn, performance.now() - before])));
  });
});
const point = (x, y) => map.dispatchEvent(new PointerEvent('pointermove',
  { bubbles: true, pointerId: 1, pointerType: 'mouse', button: -1, clientX: box.x + x, clientY: box.y + y }));
const inside = r => r.x > 0 && r.y > 0 && r.x + r.width < box.width && r.y + r.height < box.height;
const cards = Object.values(window.__portolan.scene().nodes).map(node => node.screen).filter(inside);
(async () => {
  const told = { hover: [], held: [], repaint: [], shown: [] };
  const before = window.__portolan.scene().generation;
  for (let i = 0; i < count && cards.length; i++) {
    const card = cards[Math.floor(i * cards.length / count)];
    told.hover.push((await frame(() => point(card.x + card.width / 2, card.y + card.height / 2)))[0]);
  }
  told.painted = window.__portolan.scene().generation - before;
  if (cards.length) {
    const start = window.__tasks.length;
    await new Promise(next => setTimeout(next, 1000));
    told.held = window.__tasks.slice(start).filter(task => task[0] === 'frame').map(task => task[2]).sort((a, b) => b - a).slice(0, 1);
  }
  point(-5, -5);
  for (let i = 0; i < count; i++) {
    const [script, shown] = await frame(() => document.querySelector('canvas.scene').dispatchEvent(new Event('contextrestored')));
    told.repaint.push(script); told.shown.push(shown);
  }
  done(told);
})();";

/// All of it, or of the parts `frames`, `hovers` and `refreshes` those that are named. A part that fails says so and is passed over.
#[tokio::main]
async fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    let tell = |outcome: Result<()>| {
        if let Err(error) = outcome {
            println!("failed: {error:#}");
        }
    };
    if wanted("frames") {
        println!(
            "| lines (cards) | what | map: frames/s, slowest | SVG: frames/s, slowest |\n|---|---|---|---|"
        );
        for scale in SCALES {
            tell(frames(scale).await);
        }
    }
    if wanted("hovers") {
        println!(
            "\n| lines (cards) | level | a hover, median and most | a held hover | a repaint of the picture | until shown |"
        );
        println!("|---|---|---|---|---|---|");
        for scale in SCALES {
            tell(hovers(scale).await);
        }
    }
    if wanted("refreshes") {
        for open in [false, true] {
            tell(refresh(open).await);
        }
    }
}

/// A map of so many services with all namespaces open, of a moment that has passed, and paused, with all that a level of
/// detail may ask for asked for at once: nothing refreshes.
async fn opened(scale: usize) -> Result<(Product, Browser, Value)> {
    let product = Product::start(&["demo", "--demo-scale", &scale.to_string(), "--test-hook"])?;
    let browser = Browser::start().await?;
    browser.let_scripts_take(SOON * 4).await?;
    browser.before_every_page(TASKS).await?;
    let now_s = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    browser
        .open(&format!("{}/graph?paused=true&percentiles=true&at={}", product.url, now_s / 60 * 60 - 120))
        .await?;
    painted(&browser).await?;
    open_all(&browser).await?;
    let size = "const s = window.__portolan.scene(); return [Object.keys(window.__portolan.departures()).length, Object.keys(s.nodes).length]";
    let size = browser.execute(size, &[]).await?;
    Ok((product, browser, size))
}

async fn frames(scale: usize) -> Result<()> {
    let (_product, browser, size) = opened(scale).await?;
    zoomed(&browser, "near").await?;
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

/// As far or near as that.
async fn zoomed(browser: &Browser, wanted: &str) -> Result<()> {
    browser.execute("document.querySelector('.map').focus()", &[]).await?;
    let order = ["far", "middle", "near"];
    let place = |level: &str| order.iter().position(|other| *other == level);
    until(SOON * 4, wanted, async || {
        let level = browser.execute("return window.__portolan.viewport().level", &[]).await?;
        let key = match place(level.as_str().unwrap_or_default()).cmp(&place(wanted)) {
            std::cmp::Ordering::Equal => return Ok(Some(())),
            std::cmp::Ordering::Less => "+",
            std::cmp::Ordering::Greater => "-",
        };
        browser.press(key).await?;
        Ok(None)
    })
    .await?;
    at_rest(browser).await
}

async fn hovers(scale: usize) -> Result<()> {
    let (_product, browser, size) = opened(scale).await?;
    for level in ["near", "middle", "far"] {
        zoomed(&browser, level).await?;
        let told = browser.execute_async(HOVERS, &[HOVERS_A_LEVEL.into()]).await?;
        let of = |what: &str| middle_and_most(&told[what]);
        let (hover, held, repaint, shown) = (of("hover"), of("held"), of("repaint"), of("shown"));
        println!("| {} ({}) | {level} | {hover} | {held} | {repaint} | {shown} |", size[0], size[1]);
        anyhow::ensure!(told["painted"] == 0, "a hover painted the picture: {}", told["painted"]);
    }
    Ok(())
}

fn sorted(list: &Value) -> Vec<f64> {
    let mut numbers: Vec<f64> = list.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

/// "1.2, 3.4 ms"
fn middle_and_most(list: &Value) -> String {
    let numbers = sorted(list);
    let at = |place: usize| numbers.get(place).copied().unwrap_or(f64::NAN);
    format!("{:.1}, {:.1} ms", at(numbers.len() / 2), at(numbers.len().saturating_sub(1)))
}

async fn measured(browser: &Browser, kind: &str) -> Result<String> {
    let intervals = browser.execute_async(FRAMES, &[kind.into(), MEASURED_MS.into()]).await?;
    anyhow::ensure!(intervals.is_array(), "no intervals in {intervals}");
    let intervals = sorted(&intervals);
    let mean = intervals.iter().sum::<f64>() / intervals.len().max(1) as f64;
    let slow = intervals.get(intervals.len() * 95 / 100).copied().unwrap_or_default();
    Ok(format!("{:.0}, {slow:.0} ms", 1_000.0 / mean))
}

/// Long tasks while a map of 1,000 services refreshes, folded as it opens and with all namespaces open.
async fn refresh(open: bool) -> Result<()> {
    let product = Product::start(&["demo", "--demo-scale", "1000", "--test-hook"])?;
    let browser = Browser::start().await?;
    browser.let_scripts_take(SOON * 4).await?;
    browser.before_every_page(TASKS).await?;
    browser.open(&format!("{}/graph?refresh=5s", product.url)).await?;
    painted(&browser).await?;
    if open {
        open_all(&browser).await?;
    }
    // What loading and opening cost is another matter: counted is from the next refresh on.
    refreshed(&browser, 1).await?;
    browser.pass_frames(60).await?;
    browser.execute("window.__long.length = window.__tasks.length = 0", &[]).await?;
    let changes = refreshed(&browser, REFRESHES).await?;
    let long = browser.execute("return window.__long.map(Math.round)", &[]).await?;
    let part = |at: usize| {
        let parts = changes.as_array().into_iter().flatten().map(|change| change[at].clone());
        middle_and_most(&parts.collect())
    };
    let words = if open { "all namespaces open" } else { "folded" };
    println!("\n{REFRESHES} refreshes at 1,000 services, {words}: tasks of 50 ms and more: {long} ms;");
    println!("reading {}, holding {}, the dearest frame {} (median, most)", part(0), part(1), part(2));
    Ok(())
}

/// Waits until so many changes have come through the stream and been painted, and gives what they cost.
async fn refreshed(browser: &Browser, count: usize) -> Result<Value> {
    until(SOON * (count as u32 + 1), "changes", async || {
        let changes = browser.execute(REFRESHED, &[]).await?;
        Ok((changes.as_array().map_or(0, Vec::len) >= count).then_some(()))
    })
    .await?;
    browser.pass_frames(30).await?;
    browser.execute(REFRESHED, &[]).await
}
