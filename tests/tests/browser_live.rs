//! How a page stays up to date: by a stream where there is one, by polling where something is in the way, and not at all
//! while nobody can see it. What fails on the way is told as it is with polling.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::browser::Browser;
use tests::cost::Figures;
use tests::fake_source::{Answers, FakeSource};
use tests::map::{Map, POLLED, SOON, STREAMED, at_rest};
use tests::prefix_proxy::{PrefixProxy, Streams};
use tests::product::Product;

const VIEW: &str = "?refresh=5s";
const OPENED: &str = "window.__streams.opened.length";
/// A service of the demo's shop, by a part of its name.
const NEWCOMER: &str = "recommend";
const LIVE: &str = "document.querySelector('.live').textContent === 'Live'";

/// The product on a page that writes its streams down.
async fn open(product: Product) -> Result<Map> {
    let map = Map { product, browser: Browser::start().await? };
    map.write_streams_down().await?;
    map.go_to(VIEW).await?;
    Ok(map)
}

async fn count(map: &Map, what: &str) -> Result<u64> {
    Ok(map.browser.execute(&format!("return {what}"), &[]).await?.as_u64().unwrap_or_default())
}

/// What the page shows as the end of its window.
async fn drawn_instant(map: &Map) -> Result<String> {
    map.browser.text(".clock").await
}

#[tokio::test]
async fn a_stream_changes_the_picture_and_nothing_is_polled() -> Result<()> {
    let map = open(Product::start(&["demo", "--test-hook"])?).await?;
    map.browser.wait_until("window.__streams.told[0] === 'graph'", SOON).await?;
    let changes = "window.__streams.told.filter(kind => kind === 'change').length";
    map.browser.wait_until(&format!("{changes} >= 1"), SOON * 2).await?;
    // On a slow machine the first picture may have been asked for in both ways, and percentiles are asked for once there
    // is room to write them.
    let (polled, opened) = (count(&map, POLLED).await?, count(&map, OPENED).await?);
    let first = drawn_instant(&map).await?;
    map.browser.wait_until(&format!("{changes} >= 3"), SOON * 3).await?;
    ensure!(drawn_instant(&map).await? != first, "the picture still shows {first}");
    ensure!(count(&map, POLLED).await? == polled, "something was polled");
    ensure!(count(&map, OPENED).await? == opened, "one stream is enough");

    // What stands in the picture is what the server says of the same instant.
    let shown = "return [...document.querySelectorAll('#panel .figures dd')].slice(2).map(e => parseInt(e.textContent))";
    let shown = map.browser.execute(shown, &[]).await?;
    let graph = map.graph("").await?;
    ensure!(shown == json!([graph.totals.nodes, graph.totals.edges]), "{shown}, not {:?}", graph.totals);

    // Another question closes the stream and opens another.
    map.browser.execute("document.querySelector('[data-value=app]').click()", &[]).await?;
    map.browser.wait_until(&format!("{OPENED} > {opened}"), SOON).await?;
    map.browser.wait_until("window.__streams.told.at(-1) === 'graph'", SOON).await?;
    let figures = Figures::of(&map.product.url)?;
    let streams = async || Ok(figures.sum("portolan_viewers", &[]).await? <= 2.0);
    tests::waiting::until(SOON, "the older stream to end", async || {
        streams().await.map(|gone| gone.then_some(()))
    })
    .await?;
    map.browser.assert_clean_console().await
}

#[tokio::test]
async fn a_tab_out_of_sight_lets_go_of_its_stream() -> Result<()> {
    let map = open(Product::start(&["demo", "--test-hook"])?).await?;
    map.browser.wait_until(&format!("{STREAMED} > 0"), SOON).await?;
    let figures = Figures::of(&map.product.url)?;
    let watched = figures.sum("portolan_viewers", &[]).await?;
    let viewers = async |wanted: f64| {
        tests::waiting::until(SOON, &format!("{wanted} viewers"), async || {
            Ok((figures.sum("portolan_viewers", &[]).await? <= wanted).then_some(()))
        })
        .await
    };
    let turn = async |hidden: bool| {
        let script = "Object.defineProperty(document, 'hidden', { value: arguments[0], configurable: true });
            document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))";
        map.browser.execute(script, &[json!(hidden)]).await
    };
    let opened = count(&map, OPENED).await?;
    turn(true).await?;
    viewers(watched - 1.0).await?;
    ensure!(count(&map, OPENED).await? == opened, "nothing is opened out of sight");
    let heard = count(&map, STREAMED).await?;
    let whole = "window.__streams.told.filter(kind => kind === 'graph').length";
    let wholes = count(&map, whole).await?;
    turn(false).await?;
    map.browser.wait_until(&format!("{STREAMED} > {heard}"), SOON).await?;
    ensure!(figures.sum("portolan_viewers", &[]).await? >= 1.0, "it is watched again");
    ensure!(count(&map, whole).await? == wholes, "it goes on from the graph that is held");

    // Nor does a paused page hold one.
    let watched = figures.sum("portolan_viewers", &[]).await?;
    map.browser.click("[aria-label='Pause the refresh']").await?;
    viewers(watched - 1.0).await
}

/// Polls, and goes over to a stream once it gets one.
async fn polls_until_there_is_a_stream(streams: Streams) -> Result<()> {
    let mut product = Product::start(&["demo", "--base-path", "/x", "--test-hook"])?;
    let proxy = PrefixProxy::start(&product.url, "/x").await?;
    proxy.treat_streams(streams);
    product.url = proxy.url();
    let map = open(product).await?;
    map.browser.wait_until(&format!("{POLLED} >= 3"), SOON * 2).await?;
    map.browser.wait_until(LIVE, SOON).await?;
    ensure!(count(&map, STREAMED).await? == 0, "no stream came through");
    let (polled, opened) = (count(&map, POLLED).await?, count(&map, OPENED).await?);
    map.browser.wait_until(&format!("{POLLED} >= {polled} + 2"), SOON).await?;
    ensure!(count(&map, OPENED).await? == opened, "it is not tried at every turn");

    proxy.treat_streams(Streams::Pass);
    map.browser.execute("const real = Date.now; Date.now = () => real() + 70_000", &[]).await?;
    map.browser.wait_until(&format!("{STREAMED} >= 2"), SOON * 3).await?;
    map.browser.wait_until(LIVE, SOON).await.map(drop)
}

#[tokio::test]
async fn where_a_stream_is_refused_the_page_polls() -> Result<()> {
    polls_until_there_is_a_stream(Streams::Refused).await
}

#[tokio::test]
async fn where_a_stream_is_held_back_the_page_polls() -> Result<()> {
    polls_until_there_is_a_stream(Streams::HeldBack).await
}

#[tokio::test]
async fn through_a_stream_a_source_that_fails_is_told_and_heals() -> Result<()> {
    let demo = Product::demo()?;
    let source = FakeSource::start(Answers::Of(demo.simulated_prometheus()?)).await?;
    let map = open(Product::start(&["serve", "--prometheus", &source.url(), "--test-hook"])?).await?;
    map.browser.wait_until(&format!("{STREAMED} > 0 && {LIVE}"), SOON).await?;
    let polled = count(&map, POLLED).await?;
    source.answer_with(Answers::WebPage);
    map.browser
        .wait_until(
            "document.querySelector('.lost')?.textContent.includes('a web page instead of JSON')",
            SOON * 3,
        )
        .await?;
    map.browser.wait_until("document.querySelector('.live').textContent === 'Not live'", SOON).await?;
    map.browser.wait_until("document.querySelector('.map').classList.contains('stale')", SOON).await?;
    map.browser.wait_until("document.querySelector('.strip').textContent.includes('Stale.')", SOON).await?;
    source.answer_with(Answers::Of(demo.simulated_prometheus()?));
    map.browser.wait_until(&format!("{LIVE} && !document.querySelector('.lost')"), SOON * 3).await?;
    ensure!(count(&map, POLLED).await? == polled, "all of it came through the stream");
    Ok(())
}

/// Where each card stands in the drawing, by id.
const CARDS: &str = "Object.fromEntries(Object.entries(window.__portolan.scene().nodes).map(([id, node]) => [id, node.screen]))";

#[tokio::test]
async fn a_newcomer_in_a_stream_moves_nobody_and_is_said() -> Result<()> {
    let demo = Product::demo()?;
    let store = demo.simulated_prometheus()?;
    let source = FakeSource::start(Answers::Without(store.clone(), NEWCOMER)).await?;
    let map = open(Product::start(&["serve", "--prometheus", &source.url(), "--test-hook"])?).await?;
    let changes = "window.__streams.told.filter(kind => kind === 'change').length";
    map.browser.wait_until(&format!("{changes} > 0 && {LIVE}"), SOON * 2).await?;
    at_rest(&map.browser).await?;
    let before = map.browser.execute(&format!("return {CARDS}"), &[]).await?;
    let before = before.as_object().cloned().unwrap_or_default();
    ensure!(!before.is_empty() && before.keys().all(|id| !id.contains(NEWCOMER)), "{before:?}");
    let (polled, opened) = (count(&map, POLLED).await?, count(&map, OPENED).await?);

    source.answer_with(Answers::Of(store));
    let come = format!("Object.keys({CARDS}).length > {}", before.len());
    map.browser.wait_until(&come, SOON * 2).await?;
    map.browser
        .wait_until("/1.node came/.test(document.querySelector('.heard[role=status]').textContent)", SOON)
        .await?;
    at_rest(&map.browser).await?;
    let after = map.browser.execute(&format!("return {CARDS}"), &[]).await?;
    for (id, place) in &before {
        ensure!(after[id] == *place, "{id} moved from {place} to {}", after[id]);
    }
    let marks = map.marks().await?;
    let newcomer =
        |mark: &tests::map::Mark| mark.owner.as_ref()?.id.clone().filter(|id| id.contains(NEWCOMER));
    ensure!(marks.iter().any(|mark| mark.role == "name" && newcomer(mark).is_some()), "it is not drawn");
    ensure!(count(&map, POLLED).await? == polled, "it was polled for");
    ensure!(count(&map, OPENED).await? == opened, "the stream was opened anew");
    map.browser.assert_clean_console().await
}
