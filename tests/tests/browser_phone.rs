//! The page in a window of a phone's size, and a frame of a sidebar's: what a finger can hit, and what must stay in sight.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::map::{Map, SOON};

/// Controls in sight that a finger finds hard to hit: less than 44 pixels across or down. Where another control begins,
/// its half is its own.
const SMALL: &str = "
const small = [];
for (const control of document.querySelectorAll('button, a[href], select, input')) {
  const target = control.closest('label') ?? control;
  const { x, y, width, height } = target.getBoundingClientRect();
  const [across, down] = [x + width / 2, y + height / 2];
  const own = (x, y) => { const hit = document.elementFromPoint(x, y); return hit && target.contains(hit); };
  // What the window's end cuts off is scrolled to first.
  if (!width || down + 22 > innerHeight || !own(across, down)) continue;
  const reach = (dx, dy) => { let far = 0; while (far < 40 && own(across + dx * far, down + dy * far)) far += 0.5; return far; };
  const size = [reach(-1, 0) + reach(1, 0), reach(0, -1) + reach(0, 1)];
  if (Math.min(...size) < 43) small.push(`${control.getAttribute('aria-label') ?? control.textContent} ${size}`);
}
return small;";

async fn a_phone(query: &str) -> Result<Map> {
    let map = Map::of_the_shop("").await?;
    map.browser.resize(390, 844).await?;
    map.browser.open(&format!("{}/graph{query}", map.product.url)).await?;
    map.browser.wait_until("window.__portolan?.ready", SOON).await?;
    Ok(map)
}

async fn assert_easy_to_hit(map: &Map, what: &str) -> Result<()> {
    let small = map.browser.execute(SMALL, &[]).await?;
    map.browser.screenshot(&format!("phone-{}", what.replace(' ', "-"))).await?;
    ensure!(small == json!([]), "{what}: {small}");
    Ok(())
}

#[tokio::test]
async fn a_finger_hits_every_control() -> Result<()> {
    let map = a_phone("").await?;
    map.ready().await?;
    assert_easy_to_hit(&map, "map").await?;
    map.browser.click(".fold").await?;
    assert_easy_to_hit(&map, "tools").await?;
    map.browser.click(".fold").await?;
    map.browser.click(".hurts h2 button").await?;
    assert_easy_to_hit(&map, "findings").await?;
    map.browser.click(".hurts li button").await?;
    map.browser.wait_until("document.querySelector('#panel .verdict')", SOON).await?;
    assert_easy_to_hit(&map, "panel").await?;
    map.browser.open(&format!("{}/graph?show=table", map.product.url)).await?;
    map.browser.wait_until("document.querySelectorAll('#nodes tbody tr').length", SOON).await?;
    assert_easy_to_hit(&map, "table").await
}

#[tokio::test]
async fn it_opens_with_no_card_half_under_the_findings() -> Result<()> {
    let map = a_phone("").await?;
    map.ready().await?;
    let pill =
        map.browser.execute("return document.querySelector('.hurts').getBoundingClientRect()", &[]).await?;
    let corner =
        map.browser.execute("return document.querySelector('.map').getBoundingClientRect()", &[]).await?;
    let side = |rect: &Value, name: &str| rect[name].as_f64().unwrap_or(f64::NAN);
    let (right, bottom) =
        (side(&pill, "right") - side(&corner, "x"), side(&pill, "bottom") - side(&corner, "y"));
    let cards: Vec<_> = map.marks().await?.into_iter().filter(|mark| mark.role == "card").collect();
    ensure!(cards.len() > 2, "{} cards are in sight", cards.len());
    for card in cards {
        let under =
            card.rect.x < right && card.rect.y < bottom && card.rect.y + card.rect.height > side(&pill, "y");
        ensure!(!under, "{card:?} lies under the findings, which end at {right}, {bottom}");
    }
    Ok(())
}

#[tokio::test]
async fn a_narrow_frame_keeps_its_worst_line() -> Result<()> {
    let map = Map::of_the_shop("").await?;
    map.browser.resize(320, 260).await?;
    map.browser.open(&format!("{}/embed/graph", map.product.url)).await?;
    map.ready().await?;
    let graph = map.graph("").await?;
    let worst = map.browser.text(".caption .worst").await?;
    let title = &graph.findings.first().expect("something hurts in the shop").title;
    ensure!(worst.contains(title.as_str()), "`{worst}` does not name {title}");
    let seen = "const at = document.querySelector('.caption .worst').getBoundingClientRect();
        return at.bottom <= innerHeight && at.right <= innerWidth && at.width > 200";
    ensure!(map.browser.execute(seen, &[]).await? == json!(true), "it is in sight");
    map.browser.screenshot("embed-narrow").await?;
    Ok(())
}
