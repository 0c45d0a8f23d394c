//! What the painter puts on the map's canvases: cards and figures where it says, in the colours it says, and traffic
//! that moves as the figures do.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use model::{Graph, Protocol};
use tests::map::{Departures, Map, SOON};
use view::particles::departures_per_s;

#[tokio::test]
async fn cards_are_drawn_where_the_painter_says() {
    let at = an_instant();
    let map = Map::of_the_shop(&at).await.unwrap();
    let graph = map.graph(&at).await.unwrap();
    assert!(graph.nodes.len() > 10, "the shop has more than {} nodes", graph.nodes.len());
    let frame = map.frame().await.unwrap();
    for node in &graph.nodes {
        let of_node =
            || frame.marks.iter().zip(&frame.pixels).filter(|(mark, _)| mark.is_of("node", &node.id));
        let (card, pixels) = of_node()
            .find(|(mark, _)| mark.role == "card")
            .unwrap_or_else(|| panic!("{} has no card", node.name));
        assert_eq!(card.fill.is_none(), node.flags.silent, "{}: only what fell silent is hollow", node.name);
        let painted = if node.flags.silent { pixels.alike > 0 } else { pixels.alike * 3 > pixels.all };
        assert!(painted, "{}: {} of {} pixels are {:?}", node.name, pixels.alike, pixels.all, card.fill);
        let (name, pixels) = of_node()
            .find(|(mark, _)| mark.role == "name")
            .unwrap_or_else(|| panic!("{} has no name on its card", node.name));
        let shown = name.text.as_deref().unwrap_or_default();
        let start = shown.trim_end_matches('…');
        assert!(!start.is_empty() && node.name.contains(start), "{} is called {shown}", node.name);
        assert!(
            pixels.alike > 0 && pixels.alike < pixels.all,
            "{shown}: {} of {} pixels have the colour of its letters",
            pixels.alike,
            pixels.all
        );
    }
    map.browser.screenshot("map").await.unwrap();
    map.browser.assert_clean_console().await.unwrap();
}

#[tokio::test]
async fn the_page_places_to_the_bit_as_the_host_does() {
    let map = Map::of_the_shop(&an_instant()).await.unwrap();
    let told = map.browser.execute("return window.__portolan.proof()", &[]).await.unwrap();
    assert_eq!(told.as_str(), Some(&*layout::proof().to_string()));
}

#[tokio::test]
async fn the_split_of_the_canary_is_drawn_in_its_shares() {
    let at = an_instant();
    let map = Map::of_the_shop(&at).await.unwrap();
    let graph = map.graph(&at).await.unwrap();
    let reviews = graph.nodes.iter().find(|node| node.name == "reviews").expect("the shop has reviews");
    assert_eq!(reviews.versions.len(), 2);
    // Rows and their bars are drawn near only.
    for _ in 0..8 {
        if map.marks().await.unwrap().iter().any(|mark| mark.role == "split") {
            break;
        }
        map.browser.click(".map").await.unwrap();
        map.browser.press("+").await.unwrap();
    }
    let marks = map.marks().await.unwrap();
    let parts: Vec<_> = marks
        .iter()
        .filter(|mark| {
            mark.role == "split"
                && mark.owner.as_ref().is_some_and(|owner| owner.id.as_deref() == Some(&reviews.id))
        })
        .collect();
    assert_eq!(parts.len(), 2, "one part a version");
    let whole: f64 = parts.iter().map(|part| part.rect.width).sum();
    for (part, version) in parts.iter().zip(&reviews.versions) {
        let share = version.share.expect("both versions have traffic");
        let drawn = part.rect.width / whole;
        assert!((drawn - share).abs() < 0.03, "{}: {share} is drawn as {drawn}", version.name);
    }
    assert!(marks.iter().any(|mark| mark.role == "intended"), "the intended weight has its tick");
    map.browser.screenshot("split").await.unwrap();
}

#[tokio::test]
async fn particles_leave_as_often_as_the_rate_says_and_fail_where_requests_fail() {
    let at = an_instant();
    let map = Map::of_the_shop(&at).await.unwrap();
    let graph = map.graph(&at).await.unwrap();
    let before = map.departures().await.unwrap();
    let total = |counts: &BTreeMap<String, Departures>| counts.values().map(|count| count.all).sum::<u64>();
    let enough = total(&before) + 400;
    let condition = format!(
        "Object.values(window.__portolan.departures()).reduce((sum, count) => sum + count.all, 0) > {enough}"
    );
    map.browser.wait_until(&condition, SOON * 2).await.unwrap();
    let after = map.departures().await.unwrap();

    let (fast, slow) = fastest_and_slowest(&graph);
    let left = |id: &str| after[id].all - before.get(id).copied().unwrap_or_default().all;
    let (fast_left, slow_left) = (left(&fast.0) as f64, left(&slow.0) as f64);
    let expected = departures_per_s(fast.1) / departures_per_s(slow.1);
    assert!(expected > 1.5, "{fast:?} and {slow:?} do not differ enough to tell");
    // Both counts may be cut by one at either end.
    assert!(
        (fast_left - 2.0) / (slow_left + 2.0) < expected
            && (fast_left + 2.0) / (slow_left - 2.0).max(0.5) > expected,
        "{fast_left} left at {} rps and {slow_left} at {} rps; expected {expected:.2} times as many",
        fast.1,
        slow.1
    );

    for edge in &graph.edges {
        let failed = after.get(&edge.id).copied().unwrap_or_default().failed;
        let errors = edge.requests.as_ref().and_then(|requests| requests.error_share).unwrap_or(0.0);
        assert!(failed == 0 || errors > 0.0 || edge.tcp.is_some(), "{}: diamonds without errors", edge.id);
    }
    assert!(after.values().any(|count| count.failed > 0), "something fails in the shop, and is seen to");
}

/// Page and API are asked about one and the same instant, since the shop changes meanwhile.
fn an_instant() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    format!("?at={}", now.as_secs() / 60 * 60 - 120)
}

/// The edges with the most and the fewest requests a second, with their rates.
fn fastest_and_slowest(graph: &Graph) -> ((String, f64), (String, f64)) {
    let mut rates: Vec<(String, f64)> = graph
        .edges
        .iter()
        .filter(|edge| edge.protocol != Protocol::Tcp && !edge.flags.silent)
        .filter_map(|edge| Some((edge.id.clone(), edge.requests.as_ref()?.rate_rps)))
        .filter(|(_, rate)| *rate > 0.0)
        .collect();
    rates.sort_by(|one, other| other.1.total_cmp(&one.1));
    let slowest = rates.last().expect("the shop has requests").clone();
    (rates.swap_remove(0), slowest)
}

#[tokio::test]
async fn a_hover_lights_its_surroundings_and_paints_the_picture_not_again() {
    let map = Map::of_the_shop(&an_instant()).await.unwrap();
    let browser = &map.browser;
    // Whatever still comes of opening the page is painted before.
    tests::map::at_rest(browser).await.unwrap();
    browser.pass_frames(30).await.unwrap();
    let painted = "return window.__portolan.scene().generation";
    let before = browser.execute(painted, &[]).await.unwrap();
    let inked = "(() => { const canvas = document.querySelector('canvas.light');
        const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
        return pixels.reduce((count, pixel) => count + (pixel !== 0), 0) / pixels.length })()";
    let marks = map.marks().await.unwrap();
    let name = marks.iter().find(|mark| mark.role == "name" && mark.text.as_deref() == Some("checkout"));
    map.point_at(name.expect("the shop has a checkout").rect.centre()).await.unwrap();
    let lit = "window.__portolan.lit().filter(mark => mark.role === 'edge').length";
    browser.wait_until(&format!("{lit} > 2 && {inked} > 0.001"), SOON).await.unwrap();
    let few = browser.execute(&format!("return {inked}"), &[]).await.unwrap();
    assert!(few.as_f64().unwrap() < 0.3, "{few} of the canvas is inked for one card");
    // Held, it veils the rest.
    browser.wait_until(&format!("{inked} > 0.99"), SOON).await.unwrap();
    assert_eq!(browser.execute(painted, &[]).await.unwrap(), before, "the picture was painted again");
    map.point_at((2.0, 400.0)).await.unwrap();
    browser.wait_until(&format!("{inked} === 0"), SOON).await.unwrap();
}
