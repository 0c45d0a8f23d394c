//! The page on a real Prometheus that goes away, hangs, is slow or answers with something else: what was drawn stays,
//! grey, with its age and the reason, and all of it heals by itself.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};
use meshsim::Mesh;
use meshsim::store::{MatchOp, Matcher, Store as _};
use serde_json::json;
use tests::browser::Browser;
use tests::fake_source::{Answers, FakeSource};
use tests::map::{Map, SOON};
use tests::product::Product;
use tests::prometheus::Prometheus;

const VIEW: &str = "?window=5m&refresh=5s";

/// A Prometheus that holds the shop's last twenty minutes, and the next eight, so that "now" has traffic meanwhile.
async fn the_shop_of_now() -> Result<Prometheus> {
    let now_s = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let everything = Matcher::new("__name__", MatchOp::Regex, "istio_.*|flagger_.*")?;
    let series = Mesh::shop().select(&[everything], (now_s - 1_200) * 1_000, (now_s + 480) * 1_000);
    let prometheus = Prometheus::start().await?;
    prometheus.write(&series).await?;
    Ok(prometheus)
}

async fn wait(map: &Map, expression: &str) -> Result<()> {
    map.browser.wait_until(expression, SOON * 3).await.map(drop)
}

/// Live, whole and in colour.
async fn wait_until_well(map: &Map) -> Result<()> {
    wait(
        map,
        "document.querySelector('.live')?.textContent === 'Live' && !document.querySelector('.lost')
            && document.querySelector('.strip').textContent.includes('Complete.')
            && !document.querySelector('.map').classList.contains('stale')",
    )
    .await
}

/// What was drawn is still there, but grey, with its age, the reason and the next attempt.
async fn wait_until_old_picture(map: &Map, reason: &str) -> Result<()> {
    let told = format!("document.querySelector('.lost')?.textContent.includes({})", json!(reason));
    wait(map, &told).await?;
    wait(map, "document.querySelector('.lost').textContent.startsWith('Not up to date.')").await?;
    wait(
        map,
        "/What is drawn was measured \\d+\\s\\S+\\sago/.test(document.querySelector('.lost .sub').textContent)",
    )
    .await?;
    wait(
        map,
        "/Trying again (in \\d+\\s|in a moment|now)/.test(document.querySelector('.lost .sub').textContent)",
    )
    .await?;
    wait(map, "document.querySelector('.live').textContent === 'Not live'").await?;
    wait(map, "document.querySelector('.strip').textContent.includes('Stale.')").await?;
    wait(
        map,
        "getComputedStyle(document.querySelector('.map canvas.scene')).filter.includes('grayscale(1)')",
    )
    .await?;
    let clear = "document.querySelector('.lost').getBoundingClientRect().top >= document.querySelector('.map').getBoundingClientRect().bottom";
    ensure!(
        map.browser.execute(&format!("return {clear}"), &[]).await? == json!(true),
        "the notice covers nothing of it"
    );
    let blamed = "return document.querySelector('.strip').textContent.includes('earlier query')";
    ensure!(map.browser.execute(blamed, &[]).await? == json!(false), "the strip gives no other reason");
    let cards = map.marks().await?.iter().filter(|mark| mark.role == "card").count();
    ensure!(cards > 10, "of the last picture {cards} cards are left");
    Ok(())
}

async fn is_ready(map: &Map) -> Result<bool> {
    let answer = tests::http::client(SOON)?.get(format!("{}/readyz", map.product.url)).send().await?;
    Ok(answer.status().is_success())
}

#[tokio::test]
async fn a_killed_prometheus_leaves_the_last_picture_and_heals() -> Result<()> {
    let mut prometheus = the_shop_of_now().await?;
    let map = Map::open(&["serve", "--prometheus", &prometheus.url()], VIEW).await?;
    wait_until_well(&map).await?;
    prometheus.kill();
    wait_until_old_picture(&map, "the connection was refused").await?;
    map.browser.screenshot("state-killed").await?;
    ensure!(is_ready(&map).await?, "the page can be served, whatever Prometheus does");
    prometheus.start_again().await?;
    wait_until_well(&map).await?;
    wait(&map, "[...document.querySelectorAll('.heard')].some(e => e.textContent === 'Up to date again')")
        .await?;
    map.browser.screenshot("state-healed").await?;
    Ok(())
}

#[tokio::test]
async fn a_prometheus_that_hangs_is_told_from_one_that_is_gone() -> Result<()> {
    let prometheus = the_shop_of_now().await?;
    let url = prometheus.url();
    let map = Map::open(&["serve", "--prometheus", &url, "--prometheus-timeout", "2s"], VIEW).await?;
    wait_until_well(&map).await?;
    prometheus.pause()?;
    wait_until_old_picture(&map, "did not answer within 2 s").await?;
    map.browser.screenshot("state-hung").await?;
    prometheus.resume()?;
    wait_until_well(&map).await?;
    Ok(())
}

#[tokio::test]
async fn a_slow_source_is_waited_for_and_a_web_page_is_called_one() -> Result<()> {
    let prometheus = the_shop_of_now().await?;
    let source = FakeSource::start(Answers::Withheld).await?;
    let product = Product::start(&["serve", "--prometheus", &source.url(), "--test-hook"])?;
    let map = Map { product, browser: Browser::start().await? };
    map.browser.open(&format!("{}/graph{VIEW}", map.product.url)).await?;
    wait(&map, "document.querySelector('.state .asking')?.textContent === 'Asking Prometheus…'").await?;
    wait(&map, "document.querySelector('.live').textContent === 'Asking'").await?;
    let blanks = map.browser.execute("return document.querySelectorAll('.blanks span').length", &[]).await?;
    ensure!(blanks == json!(6), "blank cards stand for what is not known yet: {blanks}");
    map.browser.screenshot("state-slow").await?;

    source.answer_with(Answers::Of(prometheus.url()));
    map.ready().await?;
    wait_until_well(&map).await?;
    source.answer_with(Answers::WebPage);
    wait_until_old_picture(&map, "answers with a web page instead of JSON").await?;
    map.browser.screenshot("state-web-page").await?;

    // Where nothing was drawn before, the reason is all there is.
    map.browser.open(&format!("{}/graph?window=10m&refresh=5s", map.product.url)).await?;
    wait(&map, "document.querySelector('.message')?.textContent.includes('a web page instead of JSON')")
        .await?;
    let title = map.browser.text(".message h2").await?;
    ensure!(title == "Prometheus gave no usable answer", "{title}");
    map.browser.screenshot("state-web-page-first").await?;
    source.answer_with(Answers::Of(prometheus.url()));
    map.ready().await?;
    wait_until_well(&map).await?;
    Ok(())
}

#[tokio::test]
async fn who_waits_is_told_how_far_it_is() -> Result<()> {
    let prometheus = the_shop_of_now().await?;
    let source = FakeSource::start(Answers::Of(prometheus.url())).await?;
    let map = Map::open(&["serve", "--prometheus", &source.url()], VIEW).await?;
    // What the first picture asks for besides (percentiles, once there is room for them) has been answered by then.
    let client = tests::http::client(SOON)?;
    tests::waiting::until(SOON, "a server that asks nothing", async || {
        let answer = client.get(format!("{}/api/v1/status", map.product.url)).send().await?;
        let status: serde_json::Value = answer.json().await?;
        Ok(status["asking"].is_null().then_some(()))
    })
    .await?;
    // The source is known by now; a window that nobody has asked for yet has to wait for it.
    source.answer_with(Answers::Withheld);
    map.browser.open(&format!("{}/graph?window=7m", map.product.url)).await?;
    wait(&map, "/Asking Prometheus… 0 of \\d+ queries answered/.test(document.querySelector('.state .asking')?.textContent)")
        .await?;
    map.browser.screenshot("state-counted").await?;
    source.answer_with(Answers::Of(prometheus.url()));
    map.ready().await
}

#[tokio::test]
async fn an_empty_window_tells_when_there_was_traffic_and_leads_there() -> Result<()> {
    let now_s = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let everything = Matcher::new("__name__", MatchOp::Regex, "istio_.*|flagger_.*")?;
    // It ended more than an hour ago. This source says that it scrapes once a minute, so four of them are as near as one can know.
    let end_s = now_s - 5_000;
    let series = Mesh::shop().select(&[everything], (end_s - 1_200) * 1_000, end_s * 1_000);
    let prometheus = Prometheus::start().await?;
    prometheus.write(&series).await?;
    let map = Map {
        product: Product::start(&["serve", "--prometheus", &prometheus.url(), "--test-hook"])?,
        browser: Browser::start().await?,
    };
    map.browser.open(&format!("{}/graph?window=5m", map.product.url)).await?;
    wait(
        &map,
        "/Traffic was last seen at\\s\\d\\d:\\d\\d\\./.test(document.querySelector('.message')?.textContent)",
    )
    .await?;
    let offers = map.browser.text(".message .acts").await?;
    ensure!(offers.contains("Show the last 6\u{a0}h") || offers.contains("Show the last 6 h"), "{offers}");
    map.browser.screenshot("state-empty").await?;
    map.browser.click(".message .acts .primary").await?;
    map.ready().await?;
    let at =
        map.browser.execute("return Number(new URLSearchParams(location.search).get('at'))", &[]).await?;
    let at_s = at.as_i64().unwrap_or_default();
    ensure!((end_s - 90..=end_s + 300).contains(&at_s), "traffic ended at {end_s}, the link leads to {at_s}");
    let cards = map.marks().await?.iter().filter(|mark| mark.role == "card").count();
    ensure!(cards > 10, "there are {cards} cards then");
    Ok(())
}
