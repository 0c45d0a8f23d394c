//! The table is the map in rows: the same figures, one selection; and the main task is done without a mouse.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use model::Graph;
use serde_json::json;
use tests::browser::key;
use tests::map::{Map, Mark, SOON};

type Cells = BTreeMap<String, String>;

/// Every row of a table, by its columns' names.
const READ_ROWS: &str = "
const table = document.getElementById(arguments[0]);
const own = of => [...of.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.data).join('');
const names = [...table.querySelectorAll('thead th')].map(th => th.textContent.trim());
return [...table.querySelectorAll('tbody tr')].map(row => Object.fromEntries(
  [...row.cells].map((cell, at) => [names[at], own(cell.querySelector('.with-glyph'))])));
";

/// Page and API are asked about one and the same instant, with everything known of it.
fn an_instant() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    format!("?at={}&percentiles=true", now.as_secs() / 60 * 60 - 120)
}

async fn rows(map: &Map, table: &str) -> Result<Vec<Cells>> {
    let rows = map.browser.execute(READ_ROWS, &[json!(table)]).await?;
    Ok(serde_json::from_value(rows)?)
}

async fn marks_near(map: &Map) -> Result<Vec<Mark>> {
    map.browser.execute("document.getElementById('map').focus()", &[]).await?;
    for _ in 0..10 {
        let near = map.browser.execute("return window.__portolan.viewport().level", &[]).await?;
        if near == json!("near") {
            break;
        }
        map.browser.press("+").await?;
    }
    map.browser.wait_until("window.__portolan.marks().some(mark => mark.role === 'rate')", SOON).await?;
    map.marks().await
}

fn text_of<'a>(marks: &'a [Mark], kind: &str, id: &str, role: &str) -> Option<&'a str> {
    marks.iter().find(|mark| mark.role == role && mark.is_of(kind, id))?.text.as_deref()
}

#[tokio::test]
async fn the_table_reads_as_the_map_does() {
    let at = an_instant();
    let map = Map::of_the_shop(&at).await.unwrap();
    let graph = map.graph(&at).await.unwrap();
    let marks = marks_near(&map).await.unwrap();
    map.browser.screenshot("near").await.unwrap();
    map.go_to(&format!("{at}&show=table")).await.unwrap();
    map.browser.wait_until("document.querySelectorAll('#edges tbody tr').length", SOON).await.unwrap();
    map.browser.screenshot("table").await.unwrap();

    let compared = compare_cards(&graph, &marks, &rows(&map, "nodes").await.unwrap());
    assert!(compared >= 12, "only {compared} figures of cards were compared");
    let compared = compare_lines(&graph, &marks, &rows(&map, "edges").await.unwrap());
    assert!(compared >= 6, "only {compared} figures on lines were compared");
    map.browser.assert_clean_console().await.unwrap();
}

fn compare_cards(graph: &Graph, marks: &[Mark], rows: &[Cells]) -> usize {
    let mut compared = 0;
    assert!(rows.len() >= graph.nodes.len(), "{} rows for {} nodes", rows.len(), graph.nodes.len());
    for node in &graph.nodes {
        let namespace = node.namespace.as_deref().unwrap_or("–");
        let row = rows.iter().find(|row| row["Name"] == node.name && row["Namespace"] == namespace);
        let row = row.unwrap_or_else(|| panic!("{} in {namespace} has no row", node.name));
        // Words such as "silent" or "few" stand where there is no figure.
        for role in ["rate", "errors", "figure"] {
            let Some(text) = text_of(marks, "node", &node.id, role) else { continue };
            let is_figure = text.starts_with(|first: char| first.is_ascii_digit())
                && ["rps", "%", "ms", "s", "B/s"].iter().any(|unit| text.ends_with(unit))
                && !text.contains("request");
            if is_figure {
                let columns: &[&str] = if role == "rate" { &["Rate", "TCP"] } else { &["Errors", "p95"] };
                let found = columns.iter().any(|column| row[*column] == text);
                assert!(found, "the card of {} says {text}, its row {row:?}", node.name);
                compared += 1;
            }
        }
    }
    compared
}

fn compare_lines(graph: &Graph, marks: &[Mark], rows: &[Cells]) -> usize {
    let mut compared = 0;
    assert_eq!(rows.len(), graph.edges.len());
    for edge in &graph.edges {
        let Some(label) = text_of(marks, "edge", &edge.id, "edge-label") else { continue };
        let from = end_name(graph, &edge.source, edge.source_row.as_deref());
        let to = end_name(graph, &edge.target, edge.target_row.as_deref());
        let protocol = format!("{:?}", edge.protocol).to_lowercase();
        let row = rows
            .iter()
            .find(|row| row["From"] == from && row["To"] == to && row["Protocol"].to_lowercase() == protocol);
        let row = row.unwrap_or_else(|| panic!("{from} to {to} by {protocol} has no row"));
        for part in label.trim_start_matches("!\u{a0}").split("\u{a0}·\u{a0}") {
            let columns = ["Rate", "Errors", "TCP"];
            let found = columns.iter().any(|column| row[*column] == part);
            assert!(found, "the line from {from} to {to} says {label}, its row {row:?}");
            compared += 1;
        }
    }
    compared
}

/// Both tables call an end by its card, and by the version where the line ends at one.
fn end_name(graph: &Graph, id: &str, row: Option<&str>) -> String {
    let node = graph.nodes.iter().find(|node| node.id == id).expect("an edge has its ends in the graph");
    let version = row.and_then(|row| node.versions.iter().find(|version| version.key == row));
    version.map_or_else(|| node.name.clone(), |version| format!("{} {}", node.name, version.name))
}

#[tokio::test]
async fn map_and_table_share_one_selection() {
    let map = Map::of_the_shop("").await.unwrap();
    let graph = map.graph("").await.unwrap();
    let reviews = graph.nodes.iter().find(|node| node.name == "reviews").expect("the shop has reviews");
    map.click_card(&reviews.id).await.unwrap();
    map.wait_for_parameter("node", Some(&reviews.id)).await.unwrap();
    map.browser.press("d").await.unwrap();
    let chosen = "document.querySelector('#nodes tr[aria-selected=true] td')?.textContent === 'reviews'";
    map.browser.wait_until(chosen, SOON).await.unwrap();
    map.browser.screenshot("table-selected").await.unwrap();

    map.browser.click("#edges tbody tr:first-child td").await.unwrap();
    let of_edge = "new URLSearchParams(location.search).get('edge')";
    let edge = map.browser.wait_until(of_edge, SOON).await.unwrap();
    map.browser.wait_until("!document.querySelector('#nodes tr[aria-selected=true]')", SOON).await.unwrap();
    map.browser.press("d").await.unwrap();
    let ringed = format!(
        "window.__portolan.marks().some(mark => mark.role === 'selection' && mark.owner.id === {edge})"
    );
    map.browser.wait_until(&ringed, SOON).await.unwrap();
    map.browser.assert_clean_console().await.unwrap();
}

/// The next control by the Tab key until this is true of the focus; every one on the way must be seen to have it.
async fn tab_until(map: &Map, wanted: &str) -> Result<()> {
    for _ in 0..60 {
        map.browser.press(key::TAB).await?;
        let seen = "const at = document.activeElement;
            if (at === document.body) return true;
            return [at, at.parentElement].some(element => {
              const style = getComputedStyle(element);
              return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
            }) || at.outerHTML.slice(0, 200)";
        assert_eq!(map.browser.execute(seen, &[]).await?, json!(true), "the focus cannot be seen");
        if map.browser.execute(&format!("return {wanted}"), &[]).await? == json!(true) {
            return Ok(());
        }
    }
    panic!("sixty times the Tab key do not lead to where {wanted}");
}

/// Why it is as it is, read in the panel.
async fn read_reason(map: &Map) -> Result<String> {
    map.browser.wait_until("document.querySelector('#panel .why p')", SOON).await?;
    let verdict = map.browser.text("#panel .why .verdict").await?.to_lowercase();
    assert!(verdict.contains("failing") || verdict.contains("degraded"), "{verdict}");
    map.browser.text("#panel .why p").await
}

#[tokio::test]
async fn what_fails_is_found_opened_and_read_by_keyboard_alone() {
    let map = Map::of_the_shop("").await.unwrap();
    let graph = map.graph("").await.unwrap();
    let worst = graph.findings.first().expect("something hurts in the shop");

    map.browser.press("?").await.unwrap();
    map.browser.wait_until("document.querySelector('#help').open", SOON).await.unwrap();
    let sheet = map.browser.text("#help").await.unwrap();
    for word in ["Find", "Table or map", "Pause the refresh", "To the panel"] {
        assert!(sheet.contains(word), "{word} is missing in {sheet}");
    }
    map.browser.screenshot("help").await.unwrap();
    map.browser.press(key::ESCAPE).await.unwrap();
    map.browser.wait_until("!document.querySelector('#help').open", SOON).await.unwrap();

    tab_until(&map, "!!document.activeElement.closest('.hurts li')").await.unwrap();
    map.browser.press(key::ENTER).await.unwrap();
    map.browser
        .wait_until("document.querySelector('.hurts li button[aria-current=true]')", SOON)
        .await
        .unwrap();
    let listed = map.browser.execute("return document.activeElement.textContent", &[]).await.unwrap();
    assert!(listed.as_str().unwrap_or_default().contains(&worst.title), "{listed} is not {}", worst.title);
    let reason = read_reason(&map).await.unwrap();
    assert!(reason.contains(|c: char| c.is_ascii_digit()), "no verdict without its counts: {reason}");
    tab_until(&map, "!!document.activeElement.closest('#panel')").await.unwrap();
    map.browser.screenshot("by-keyboard").await.unwrap();
    map.browser.press(key::ESCAPE).await.unwrap();
    map.browser.wait_until("!/(node|edge)=/.test(location.search)", SOON).await.unwrap();

    map.browser.press("d").await.unwrap();
    map.browser.wait_until("document.activeElement.id === 'nodes'", SOON).await.unwrap();
    map.browser.press(key::ARROW_DOWN).await.unwrap();
    map.browser.press(key::ENTER).await.unwrap();
    map.browser.wait_until("/node=/.test(location.search)", SOON).await.unwrap();
    map.browser.press(key::ENTER).await.unwrap();
    map.browser.wait_until("document.activeElement.id === 'panel'", SOON).await.unwrap();
    let reason = read_reason(&map).await.unwrap();
    assert!(reason.contains(|c: char| c.is_ascii_digit()), "no verdict without its counts: {reason}");
    map.browser.press(key::ESCAPE).await.unwrap();
    map.browser.wait_until("document.activeElement.id === 'nodes'", SOON).await.unwrap();

    map.browser.press("/").await.unwrap();
    map.browser.wait_until("document.activeElement.id === 'find'", SOON).await.unwrap();
    map.browser.press("reviews").await.unwrap();
    map.browser.wait_until("document.querySelectorAll('#nodes tr.lit').length > 0", SOON).await.unwrap();
    map.browser.assert_clean_console().await.unwrap();
}
