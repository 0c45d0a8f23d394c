//! The page in a real Chromium, on the demo as a person starts it: opening, selecting, links, reload, back, and names
//! that try to be markup. What the map paints is tested in `browser_map`.

use serde_json::json;
use tests::browser::{Browser, key};
use tests::map::{Map, SOON};
use tests::product::Product;

fn id_of(graph: &model::Graph, name: &str) -> String {
    let node = graph.nodes.iter().find(|node| node.name == name);
    node.unwrap_or_else(|| panic!("no {name} in the graph")).id.clone()
}

#[tokio::test]
async fn the_page_opens() {
    let product = Product::demo().unwrap();
    let browser = Browser::start().await.unwrap();
    browser.open(&product.url).await.unwrap();
    browser.wait_until("document.querySelector('.map canvas')", SOON).await.unwrap();
    browser
        .wait_until("document.querySelector('.strip')?.textContent.includes('Complete')", SOON)
        .await
        .unwrap();
    assert_eq!(browser.title().await.unwrap(), "Portolan");
    let hook = browser.execute("return typeof window.__portolan", &[]).await.unwrap();
    assert_eq!(hook, json!("undefined"), "the test hook is there only where it is asked for");
    browser.screenshot("opened").await.unwrap();
    browser.assert_clean_console().await.unwrap();
}

#[tokio::test]
async fn a_click_selects_and_the_link_opens_the_same_view() {
    let map = Map::of_the_shop("").await.unwrap();
    let reviews = id_of(&map.graph("").await.unwrap(), "reviews");
    map.click_card(&reviews).await.unwrap();
    map.wait_for_parameter("node", Some(&reviews)).await.unwrap();
    map.wait_for_panel("reviews").await.unwrap();
    map.browser.screenshot("selected").await.unwrap();

    let link = map.browser.address().await.unwrap();
    let other = Browser::start().await.unwrap();
    other.open(&link).await.unwrap();
    let same = "document.querySelector('#panel .title')?.textContent === 'reviews'";
    other.wait_until(same, SOON).await.unwrap();
    other.assert_clean_console().await.unwrap();

    map.browser.reload().await.unwrap();
    map.ready().await.unwrap();
    map.wait_for_panel("reviews").await.unwrap();
    let marks = map.marks().await.unwrap();
    assert!(
        marks.iter().any(|mark| mark.role == "selection" && mark.is_of("node", &reviews)),
        "the card is marked as selected after a reload"
    );

    map.browser.back().await.unwrap();
    map.wait_for_parameter("node", None).await.unwrap();
    map.browser.forward().await.unwrap();
    map.wait_for_panel("reviews").await.unwrap();
    map.browser.press(key::ESCAPE).await.unwrap();
    map.wait_for_parameter("node", None).await.unwrap();
    map.browser.assert_clean_console().await.unwrap();
}

#[tokio::test]
async fn what_hurts_is_listed_and_a_click_selects_it() {
    let map = Map::of_the_shop("").await.unwrap();
    let graph = map.graph("").await.unwrap();
    let worst = graph.findings.first().expect("something hurts in the shop");
    let listed = map.browser.text(".hurts li:first-child button").await.unwrap();
    assert!(listed.contains(&worst.title), "{listed} does not begin with {}", worst.title);
    map.browser.click(".hurts li:first-child button").await.unwrap();
    let chosen =
        "document.querySelector('.hurts li:first-child button').getAttribute('aria-current') === 'true'";
    map.browser.wait_until(chosen, SOON).await.unwrap();
    let selected = "new URLSearchParams(location.search).has('edge') || new URLSearchParams(location.search).has('node')";
    map.browser.wait_until(selected, SOON).await.unwrap();
    let sections = "document.querySelectorAll('#panel section').length > 2";
    map.browser.wait_until(sections, SOON).await.unwrap();
    map.browser.screenshot("hurts").await.unwrap();
    map.browser.assert_clean_console().await.unwrap();
}

#[tokio::test]
async fn the_toolbar_changes_the_view_and_the_address() {
    let map = Map::of_the_shop("?type=workload&theme=dark&find=reviews").await.unwrap();
    let theme = "document.documentElement.dataset.theme === 'dark'";
    map.browser.wait_until(theme, SOON).await.unwrap();
    map.browser.wait_until("document.querySelector('#find').value === 'reviews'", SOON).await.unwrap();
    map.browser
        .wait_until("window.__portolan.marks().some(mark => mark.role === 'found')", SOON)
        .await
        .unwrap();
    map.browser.screenshot("dark").await.unwrap();
    map.browser.type_into("#find", "zzz").await.unwrap();
    map.wait_for_parameter("find", Some("reviewszzz")).await.unwrap();
    map.browser
        .wait_until("!window.__portolan.marks().some(mark => mark.role === 'found')", SOON)
        .await
        .unwrap();
    map.browser.assert_clean_console().await.unwrap();
}

#[tokio::test]
async fn hostile_names_are_shown_as_text() {
    let scenario = tests::workspace_root().join("tests/scenarios/hostile.toml");
    let scenario = scenario.to_str().expect("a path in plain text");
    let map = Map::open(&["demo", "--scenario", scenario], "").await.unwrap();
    let graph = map.graph("").await.unwrap();
    for marker in ["<script>", "<img src=x", "\"quoted\"", "\u{202e}", "عربة", "long-name-"] {
        assert!(graph.nodes.iter().any(|node| node.name.contains(marker)), "{marker} is lost on its way");
    }
    for node in
        graph.nodes.iter().filter(|node| node.name.contains(['<', '"', '\u{202e}']) || node.name.len() > 200)
    {
        let address = format!("?node={}", encoded(&node.id));
        map.go_to(&address).await.unwrap();
        map.wait_for_panel(&node.name).await.unwrap();
    }
    let strangers = "return document.querySelectorAll('img, b b, i, script:not([nonce]):not([type=\"application/json\"])').length";
    assert_eq!(map.browser.execute(strangers, &[]).await.unwrap(), json!(0), "a name became an element");
    assert_eq!(map.browser.title().await.unwrap(), "Portolan", "a name was run as a script");
    let wide = "return document.documentElement.scrollWidth > innerWidth";
    assert_eq!(map.browser.execute(wide, &[]).await.unwrap(), json!(false), "a long name widens the page");
    map.browser.screenshot("hostile").await.unwrap();
    map.browser.assert_clean_console().await.unwrap();
}

/// For a query string; every byte that is not a letter or a digit.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
