//! The product where somebody else decides on its surroundings: in another site's frame, under another site's folder,
//! and behind a port-forward that is easily upset.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::framer::Framer;
use tests::map::{Map, POLLED, SOON, STREAMED};
use tests::prefix_proxy::PrefixProxy;
use tests::product::Product;
use tests::tcp_proxy::TcpProxy;

const PAINTED: &str = "window.__portolan?.ready && window.__portolan.marks().length > 0";

/// A dashboard, and the demo that lets it frame the map.
async fn a_dashboard() -> Result<(Framer, Product)> {
    let framer = Framer::start().await?;
    let product = Product::start(&["demo", "--test-hook", "--embed-origins", &framer.origin()])?;
    Ok((framer, product))
}

fn frame(product: &Product, path: &str) -> String {
    format!(
        "<iframe src=\"{}{path}\" title=\"Service graph\" width=\"1200\" height=\"620\" \
         style=\"border: 0\" referrerpolicy=\"no-referrer\"></iframe>",
        product.url
    )
}

async fn theme(browser: &Browser) -> Result<Value> {
    let script = "return getComputedStyle(document.body).backgroundColor";
    browser.execute(script, &[]).await
}

#[tokio::test]
async fn an_allowed_site_may_frame_the_map() -> Result<()> {
    let (framer, product) = a_dashboard().await?;
    let browser = Browser::start().await?;
    let mut grounds = Vec::new();
    for look in ["light", "dark"] {
        framer.hold(&frame(&product, &format!("/embed/graph?namespaces=shop&window=10m&theme={look}")));
        browser.open(&framer.url()).await?;
        browser.enter_frame("iframe").await?;
        browser.wait_until(PAINTED, SOON).await?;
        let said = "document.querySelector('.caption')?.textContent.includes('last 10\u{a0}min')";
        browser.wait_until(said, SOON).await?;
        let chrome = "return document.querySelectorAll('header, .bars, #panel, .hurts').length";
        ensure!(browser.execute(chrome, &[]).await? == json!(0), "the map is framed without chrome");
        let kept = browser.execute("return document.cookie", &[]).await?;
        ensure!(kept == json!(""), "a framed map sets no cookie: {kept}");
        grounds.push(theme(&browser).await?);
        browser.leave_frame().await?;
        browser.screenshot(&format!("embed-{look}")).await?;
    }
    ensure!(grounds[0] != grounds[1], "light and dark have the ground {}", grounds[0]);
    browser.assert_clean_console().await
}

#[tokio::test]
async fn nobody_else_may_and_nothing_else_may_be_framed() -> Result<()> {
    let (framer, product) = a_dashboard().await?;
    let stranger = Framer::start().await?;
    for (site, path) in [(&stranger, "/embed/graph"), (&framer, "/graph"), (&framer, "/api/v1/status")] {
        let browser = Browser::start().await?;
        site.hold(&frame(&product, path));
        browser.open(&site.url()).await?;
        browser.wait_for_violation("frame-ancestors", SOON).await?;
        browser.enter_frame("iframe").await?;
        let ours = "return [location.protocol, !!window.__portolan, document.querySelectorAll('.map, #boot, pre').length]";
        let shown = browser.execute(ours, &[]).await?;
        ensure!(shown == json!(["chrome-error:", false, 0]), "{path} in a foreign frame shows {shown}");
        browser.leave_frame().await?;
        browser.screenshot(&format!("embed-refused{}", path.replace('/', "-"))).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_framed_map_needs_no_storage() -> Result<()> {
    let (framer, product) = a_dashboard().await?;
    let browser = Browser::start_without_storage().await?;
    framer.hold(&frame(&product, "/embed/graph?theme=dark"));
    browser.open(&framer.url()).await?;
    browser.enter_frame("iframe").await?;
    browser.wait_until(PAINTED, SOON).await?;
    let storage = "try { localStorage.length; return 'open' } catch (error) { return error.name }";
    let storage = browser.execute(storage, &[]).await?;
    ensure!(storage == json!("SecurityError"), "asking for storage throws: {storage}");
    let said = "document.querySelector('.caption')?.textContent.includes('ago')";
    browser.wait_until(said, SOON).await?;
    browser.leave_frame().await?;
    browser.screenshot("embed-without-storage").await?;
    browser.assert_clean_console().await?;

    // The whole page too remembers nothing, and works.
    browser.open(&format!("{}/graph", product.url)).await?;
    browser.wait_until(PAINTED, SOON).await?;
    browser.assert_clean_console().await
}

#[tokio::test]
async fn the_whole_product_lives_under_a_prefix() -> Result<()> {
    let mut product = Product::start(&["demo", "--base-path", "/x/y", "--test-hook"])?;
    let proxy = PrefixProxy::start(&product.url, "/x/y").await?;
    product.url = proxy.url();
    let map = Map { product, browser: Browser::start().await? };
    map.write_streams_down().await?;
    for door in ["", "/", "/?namespaces=shop"] {
        map.browser.open(&format!("{}{door}", proxy.url())).await?;
        map.ready().await?;
        let address = map.browser.address().await?;
        ensure!(address.starts_with(&format!("{}/graph", proxy.url())), "`{door}` leads to {address}");
    }
    ensure!(
        map.browser.address().await?.ends_with("?namespaces=shop"),
        "the question goes with the redirect"
    );

    let graph = map.graph("").await?;
    let reviews = graph.nodes.iter().find(|node| node.name == "reviews").expect("the shop has reviews");
    map.go_to("").await?;
    map.click_card(&reviews.id).await?;
    map.wait_for_panel("reviews").await?;
    let link = map.browser.address().await?;
    map.browser.open(&link).await?;
    map.ready().await?;
    map.wait_for_panel("reviews").await?;
    let detailed =
        "performance.getEntriesByType('resource').some(entry => entry.name.includes('/api/v1/node'))";
    map.browser.wait_until(detailed, SOON).await?;
    map.browser.screenshot("under-a-prefix").await?;

    let asked = "return performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname)";
    let asked: Vec<String> = serde_json::from_value(map.browser.execute(asked, &[]).await?)?;
    let streams = map.browser.execute("return window.__streams.opened", &[]).await?;
    let asked = [asked, serde_json::from_value(streams)?].concat();
    for kind in [".wasm", ".css", ".js", "/api/v1/graph/stream", "/api/v1/series"] {
        ensure!(asked.iter().any(|path| path.contains(kind)), "no {kind} among {asked:?}");
    }
    let astray: Vec<_> = asked.iter().filter(|path| !path.starts_with("/x/y/")).collect();
    ensure!(astray.is_empty(), "asked for outside the prefix: {astray:?}");
    map.browser.assert_clean_console().await?;

    map.browser.open(&format!("{}/embed/graph", proxy.url())).await?;
    map.ready().await?;
    let whole = map.browser.execute("return document.querySelector('.caption a').pathname", &[]).await?;
    ensure!(whole == json!("/x/y/graph"), "the way to the whole page is {whole}");
    map.browser.assert_clean_console().await
}

#[tokio::test]
async fn a_port_forward_outlives_reloads_aborted_requests_and_refreshes() -> Result<()> {
    let mut product = Product::start(&["demo", "--test-hook"])?;
    let proxy = TcpProxy::before(&product.url).await?;
    product.url = proxy.url();
    let map = Map { product, browser: Browser::start().await? };
    map.write_streams_down().await?;
    map.go_to("?refresh=5s").await?;
    for _ in 0..4 {
        map.browser.reload().await?;
        map.ready().await?;
    }
    // Gone again before the page is there.
    for _ in 0..3 {
        map.browser.clear_cache().await?;
        map.browser.execute("location.reload(); setTimeout(() => window.stop(), 15)", &[]).await?;
        map.go_to("?refresh=5s").await?;
    }
    let abort = "const done = arguments[arguments.length - 1];
        const ask = async (at) => {
          const leash = new AbortController();
          const answer = fetch(`api/v1/graph?window=${at + 2}m&percentiles=true`, { signal: leash.signal });
          if (at % 2) setTimeout(() => leash.abort(), at);
          else answer.then(() => leash.abort(), () => {});
          return answer.then(answer => answer.text()).then(() => 0, () => 1);
        };
        Promise.all([...Array(12).keys()].map(ask)).then(ended => done(ended.reduce((a, b) => a + b)));";
    let aborted = map.browser.execute_async(abort, &[]).await?;
    ensure!(aborted.as_u64() >= Some(3), "of twelve requests {aborted} were aborted");
    ensure!(proxy.died().is_none(), "{:?}", proxy.died());

    // A question whose body nobody reads: closing over it would reset.
    for path in ["/api/v1/graph", "/graph", "/nowhere"] {
        let body = vec![b'x'; 300_000];
        // Each on a connection of its own: the server ends it with its answer.
        let client = tests::http::client(SOON)?;
        let answer = client.post(format!("{}{path}", proxy.url())).body(body).send().await?;
        ensure!(answer.status().is_client_error(), "{path}: {}", answer.status());
    }

    let graphs = format!("({POLLED} + {STREAMED})");
    let before = map.browser.execute(&format!("return {graphs}"), &[]).await?;
    let more = format!("{graphs} >= {before} + 5");
    map.browser.wait_until(&more, SOON * 3).await?;
    ensure!(proxy.died().is_none(), "{:?}", proxy.died());
    ensure!(proxy.connections() > 1, "the browser came through the proxy");
    let live = "document.querySelector('.live').textContent === 'Live'";
    map.browser.wait_until(live, SOON).await?;
    map.browser.screenshot("port-forward").await?;
    Ok(())
}
