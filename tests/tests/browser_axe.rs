//! axe-core finds nothing to object to: on the map, the table, the panels and the framed map, light and dark, wide and
//! narrow. Its script is injected by the driver, which the page's policy does not bind.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tests::map::{Map, SOON};

const RUN: &str = "
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(
  result => done(result.passes.length < 8 ? [{ id: 'axe itself', help: 'It hardly looked', places: [] }] : result.violations.map(violation => ({
    id: violation.id,
    help: violation.help,
    places: violation.nodes.slice(0, 4).map(node => `${node.target.join(' ')}: ${node.any.concat(node.all, node.none).map(check => check.message).join('; ')}`),
  }))),
  error => done([{ id: 'axe itself', help: String(error), places: [] }]));
";

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read by people, as the failure's text")]
struct Violation {
    id: String,
    help: String,
    places: Vec<String>,
}

fn axe() -> Result<String> {
    let path = tests::target_dir()?.join("tools/axe/package/axe.min.js");
    std::fs::read_to_string(&path).with_context(|| {
        format!("{} is missing: please run tests/run, which unpacks axe-core", path.display())
    })
}

async fn violations(map: &Map, axe: &str) -> Result<Vec<Violation>> {
    // As a script's text, so that it finds the window and not a function's own scope.
    map.browser.execute(axe, &[]).await.context("axe-core does not load")?;
    Ok(serde_json::from_value(map.browser.execute_async(RUN, &[]).await?)?)
}

/// Where to look, by name: path and query, and what must be there first.
fn views(graph: &model::Graph) -> Result<Vec<(&'static str, String, &'static str)>> {
    let node = graph.nodes.iter().find(|node| node.name == "reviews").context("the shop has reviews")?;
    let edge = graph.edges.iter().find(|edge| edge.target == node.id).context("reviews is called")?;
    let panel = "document.querySelectorAll('#panel section').length > 3";
    Ok(vec![
        ("map", "/graph?".to_owned(), "document.querySelector('.hurts')"),
        ("table", "/graph?show=table&".to_owned(), "document.querySelectorAll('#edges tbody tr').length"),
        ("node", format!("/graph?node={}&", node.id), panel),
        ("edge", format!("/graph?edge={}&", edge.id), panel),
        ("embed", "/embed/graph?".to_owned(), "document.querySelector('.caption')"),
    ])
}

/// Every view in one theme and one width; all that is wrong is told at once.
async fn judge(theme: &str, (width_px, height_px): (u32, u32), size: &str) -> Result<()> {
    let axe = axe()?;
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let at = format!("at={}&theme={theme}", now_s / 60 * 60 - 120);
    let map = Map::of_the_shop(&format!("?{at}")).await?;
    map.browser.resize(width_px, height_px).await?;
    let graph = map.graph(&format!("?{at}")).await?;
    let mut wrong = Vec::new();
    for (name, path, there) in views(&graph)? {
        map.browser.open(&format!("{}{path}{at}", map.product.url)).await?;
        map.ready().await?;
        map.browser.wait_until(there, SOON).await?;
        map.browser.screenshot(&format!("axe-{name}-{theme}-{size}")).await?;
        wrong.extend(violations(&map, &axe).await?.into_iter().map(|violation| (name, violation)));
        if name == "map" {
            let menu = "[...document.querySelectorAll('.tools .menu > button')].find(e => e.textContent.startsWith('Show')).click()";
            map.browser.execute(menu, &[]).await?;
            map.browser.wait_until("document.querySelector('.menu-body .field')", SOON).await?;
            map.browser.screenshot(&format!("axe-show-{theme}-{size}")).await?;
            wrong.extend(violations(&map, &axe).await?.into_iter().map(|violation| ("show", violation)));
            map.browser.execute(menu, &[]).await?;
            map.browser.execute("document.querySelector('.strip .more .link').click()", &[]).await?;
            map.browser.wait_until("document.querySelector('.missing .facts')", SOON).await?;
            map.browser.screenshot(&format!("axe-missing-{theme}-{size}")).await?;
            wrong.extend(violations(&map, &axe).await?.into_iter().map(|violation| ("missing", violation)));
            map.browser.execute("document.querySelector('#help').showModal()", &[]).await?;
            wrong.extend(violations(&map, &axe).await?.into_iter().map(|violation| ("help", violation)));
        }
    }
    ensure!(wrong.is_empty(), "{theme}, {size}: {wrong:#?}");
    map.browser.assert_clean_console().await
}

const WIDE: (u32, u32) = (1440, 900);
const NARROW: (u32, u32) = (390, 844);

#[tokio::test]
async fn wide_in_the_light() -> Result<()> {
    judge("light", WIDE, "wide").await
}

#[tokio::test]
async fn wide_in_the_dark() -> Result<()> {
    judge("dark", WIDE, "wide").await
}

#[tokio::test]
async fn narrow_in_the_light() -> Result<()> {
    judge("light", NARROW, "narrow").await
}

#[tokio::test]
async fn narrow_in_the_dark() -> Result<()> {
    judge("dark", NARROW, "narrow").await
}
