//! What the page can be told to show besides: figures that cost a query more, services, requests told apart by a label,
//! ways between two nodes, another source. All of it lies in the address, and the panel offers what it lacks.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::path::Path;
use tests::map::{Map, SOON};
use tests::product::Product;

/// Opens the menu if it is closed, and ticks what has these words.
async fn tick(map: &Map, words: &str) -> Result<()> {
    let script = "const button = [...document.querySelectorAll('.tools .menu > button')].find(e => e.textContent.startsWith('Show'));
        if (button.getAttribute('aria-expanded') !== 'true') button.click()";
    map.browser.execute(script, &[]).await?;
    let boxes = "[...document.querySelectorAll('.menu-body .check')].find(e => e.textContent === ";
    map.browser.wait_until(&format!("{boxes}{})", json!(words)), SOON).await?;
    map.browser
        .execute(&format!("{boxes}{}).querySelector('input').click()", json!(words)), &[])
        .await
        .map(drop)
}

async fn card_named(map: &Map, name: &str) -> Result<String> {
    let graph = map.graph("").await?;
    let node = graph.nodes.iter().find(|node| node.name == name);
    Ok(node.with_context(|| format!("no card is called {name}"))?.id.clone())
}

#[tokio::test]
async fn what_is_chosen_stands_in_the_address_and_in_the_picture() -> Result<()> {
    let map = Map::of_the_shop("").await?;
    tick(&map, "Bytes a second").await?;
    map.wait_for_parameter("with", Some("bytes")).await?;
    tick(&map, "Connections open now").await?;
    map.wait_for_parameter("with", Some("bytes,open")).await?;
    tick(&map, "Bytes a second").await?;
    map.wait_for_parameter("with", Some("open")).await?;
    tick(&map, "Services").await?;
    map.wait_for_parameter("services", Some("true")).await?;
    let injected = map.graph("?services=true").await?;
    ensure!(injected.nodes.iter().any(|node| node.flags.injected), "services stand between");
    let panel = format!(
        "document.querySelectorAll('#panel .figures dd')[2]?.textContent === '{}'",
        injected.nodes.len()
    );
    map.browser.wait_until(&panel, SOON * 2).await?;
    map.browser.screenshot("more-services").await?;

    let label = "const field = document.querySelector('.menu-body input[list=operations]'); field.value = arguments[0];
        field.dispatchEvent(new Event('change', { bubbles: true }))";
    map.browser.execute(label, &[json!("not a label")]).await?;
    map.browser.wait_until("document.querySelector('.menu-body [role=alert]')", SOON).await?;
    map.wait_for_parameter("operations", None).await?;
    map.browser.execute(label, &[json!("request_operation")]).await?;
    map.wait_for_parameter("operations", Some("request_operation")).await?;
    map.browser.wait_until("!document.querySelector('.menu-body [role=alert]')", SOON).await?;
    map.browser.back().await?;
    map.wait_for_parameter("operations", None).await
}

#[tokio::test]
async fn the_panel_offers_the_figures_that_it_lacks() -> Result<()> {
    let map = Map::of_the_shop("").await?;
    let reviews = card_named(&map, "reviews").await?;
    map.go_to(&format!("?node={reviews}")).await?;
    let section = "[...document.querySelectorAll('#panel section')].find(e => e.querySelector('h3')?.textContent === 'What it carries')";
    map.browser.wait_until(&format!("{section}?.querySelector('.link')"), SOON).await?;
    ensure!(
        map.browser.execute(&format!("return {section}.querySelectorAll('dd').length"), &[]).await?
            == json!(0),
        "what is not known is not a figure"
    );
    map.browser.execute(&format!("{section}.querySelector('.link').click()"), &[]).await?;
    map.wait_for_parameter("with", Some("bytes,sizes")).await?;
    let told = format!(
        "(() => {{ const told = [...{section}.querySelectorAll('dd')].map(e => e.textContent);
            return told.length === 4 && told.every(words => /\\d.*B/.test(words)) }})()"
    );
    map.browser.wait_until(&told, SOON * 2).await?;
    map.browser.screenshot("more-panel").await?;
    ensure!(
        map.browser.execute(&format!("return !{section}.querySelector('.link')"), &[]).await? == json!(true),
        "there is nothing more to ask for"
    );
    Ok(())
}

#[tokio::test]
async fn from_one_node_the_ways_to_another_are_shown() -> Result<()> {
    let map = Map::of_the_shop("").await?;
    let graph = map.graph("").await?;
    let edge = graph.edges.iter().find(|edge| edge.requests.is_some()).context("somebody calls somebody")?;
    map.go_to(&format!("?node={}", edge.source)).await?;
    let select = "[...document.querySelectorAll('#panel label.pick')].find(e => e.textContent.includes('Show the ways to'))?.querySelector('select')";
    map.browser.wait_until(select, SOON).await?;
    let choose = format!(
        "const list = {select}; list.value = arguments[0]; list.dispatchEvent(new Event('change', {{ bubbles: true }}))"
    );
    map.browser.execute(&choose, &[json!(edge.target)]).await?;
    map.wait_for_parameter("to", Some(&edge.target)).await?;
    map.wait_for_parameter("focus", Some(&edge.source)).await?;
    map.browser
        .wait_until("document.querySelector('.focus-chip')?.textContent.startsWith('Ways from')", SOON)
        .await?;
    map.browser.screenshot("more-ways").await?;
    map.browser.click("[aria-label='Leave the focus']").await?;
    map.wait_for_parameter("to", None).await?;
    map.wait_for_parameter("focus", None).await
}

#[tokio::test]
async fn what_is_missing_is_told_with_what_the_answer_was_made_of() -> Result<()> {
    let map = Map::of_the_shop("").await?;
    let quality = map.graph("").await?.meta.quality;
    map.browser.click(".strip .more .link").await?;
    map.browser.wait_until("document.querySelector('.missing .facts')", SOON).await?;
    let facts = map.browser.text(".missing .facts").await?;
    ensure!(quality.reporters.iter().all(|reporter| facts.contains(reporter.as_str())), "{facts}");
    ensure!(facts.contains("scraped every 15"), "{facts}");
    let notes =
        map.browser.execute("return document.querySelectorAll('.missing li .fix').length", &[]).await?;
    ensure!(notes == json!(quality.notes.len()), "{notes} of {} notes", quality.notes.len());
    Ok(())
}

#[tokio::test]
async fn one_of_several_sources_is_chosen_in_the_header() -> Result<()> {
    let (shop, other) = (Product::demo()?, Product::start(&["demo", "--scenario", "bookinfo"])?);
    let entry = |name: &str, product: &Product| {
        let url = product.simulated_prometheus()?;
        anyhow::Ok(format!("[[source]]\nname = \"{name}\"\nprometheus = \"{url}\"\n"))
    };
    let settings = Path::new(env!("CARGO_TARGET_TMPDIR")).join("two-sources.toml");
    std::fs::write(&settings, entry("shop", &shop)? + &entry("bookinfo", &other)?)?;
    let settings = settings.to_str().context("the path is text")?;
    let map = Map::open(&["serve", "--config", settings], "").await?;
    let select = "document.querySelector('.top .pick select')";
    map.browser.wait_until(&format!("{select}?.value === 'shop'"), SOON).await?;
    let choose = format!(
        "{select}.value = 'bookinfo'; {select}.dispatchEvent(new Event('change', {{ bubbles: true }}))"
    );
    map.browser.execute(&choose, &[]).await?;
    map.wait_for_parameter("source", Some("bookinfo")).await?;
    let (first, second) = (map.graph("").await?, map.graph("?source=bookinfo").await?);
    ensure!(first.nodes.len() != second.nodes.len(), "they can be told apart");
    let told = |cards: usize| {
        format!("document.querySelectorAll('#panel .figures dd')[2]?.textContent === '{cards}'")
    };
    map.browser.wait_until(&told(second.nodes.len()), SOON * 2).await?;
    map.browser.screenshot("more-sources").await?;
    map.browser.back().await?;
    map.wait_for_parameter("source", None).await?;
    map.browser.wait_until(&format!("{select}.value === 'shop'"), SOON).await?;
    map.browser.wait_until(&told(first.nodes.len()), SOON * 2).await.map(drop)
}
