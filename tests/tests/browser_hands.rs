//! The map in the hand: cards that are dragged and pinned, changes that glide, the small map, placing in a worker, and
//! namespaces that fold and open.

use anyhow::Result;
use serde_json::{Value, json};
use tests::browser::{Browser, key};
use tests::map::{Map, SOON, at_rest, painted};
use tests::product::Product;

/// Where cards stand in the scene, by id.
async fn places(map: &Map) -> Value {
    map.browser.execute("return window.__portolan.scene().nodes", &[]).await.expect("the hook answers")
}

/// The id of the card with this name.
async fn id_of(map: &Map, name: &str) -> String {
    let graph = map.graph("").await.expect("the API answers");
    graph.nodes.iter().find(|node| node.name == name).expect("the shop has it").id.clone()
}

/// The middle of a card, in the window.
async fn middle(map: &Map, id: &str) -> (f64, f64) {
    let script = "const at = window.__portolan.scene().nodes[arguments[0]].screen;
        const map = document.querySelector('.map').getBoundingClientRect();
        return [map.x + at.x + at.width / 2, map.y + at.y + 14]";
    let at = map.browser.execute(script, &[json!(id)]).await.expect("the card is drawn");
    (at[0].as_f64().expect("a number"), at[1].as_f64().expect("a number"))
}

async fn pins(map: &Map) -> usize {
    let marks = map.marks().await.expect("marks");
    let mut pinned: Vec<_> = marks.iter().filter(|mark| mark.role == "pin").map(|mark| &mark.owner).collect();
    // A pin is drawn with several strokes, one after the other.
    pinned.dedup();
    pinned.len()
}

async fn said(map: &Map, words: &str) -> Result<()> {
    let heard =
        format!("document.querySelector('.heard[role=status]').textContent.includes({})", json!(words));
    map.browser.wait_until(&heard, SOON).await.map(drop)
}

#[tokio::test]
async fn a_card_that_is_dragged_is_pinned_and_its_mark_frees_it() {
    let map = Map::of_the_shop("").await.unwrap();
    let cart = id_of(&map, "cart").await;
    let before = places(&map).await;
    let from = middle(&map, &cart).await;
    map.browser.drag(from, (from.0 - 60.0, from.1 + 90.0)).await.unwrap();
    map.browser
        .wait_until("window.__portolan.marks().some(mark => mark.role === 'pin')", SOON)
        .await
        .unwrap();
    at_rest(&map.browser).await.unwrap();
    said(&map, "cart is pinned").await.unwrap();
    let after = places(&map).await;
    let y = |places: &Value, id: &str| places[id]["scene"]["y"].as_f64().expect("a place");
    assert!(y(&after, &cart) > y(&before, &cart) + 50.0, "the card went with the hand");
    let others = before.as_object().expect("cards").keys().filter(|id| **id != cart);
    let moved = others.filter(|id| before[id.as_str()]["scene"] != after[id.as_str()]["scene"]).count();
    assert!(moved <= 2, "{moved} other cards had to move");
    map.browser.screenshot("pinned").await.unwrap();

    // By keys it goes on, and is still pinned; a refresh does not undo it.
    map.click_card(&cart).await.unwrap();
    map.browser.execute("document.querySelector('.map').focus()", &[]).await.unwrap();
    map.browser.press_with_shift(key::ARROW_DOWN).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    let nudged = places(&map).await;
    assert!((y(&nudged, &cart) - y(&after, &cart) - 20.0).abs() < 1e-6, "one step of the keyboard");
    assert_eq!(pins(&map).await, 1);

    let script = "const at = window.__portolan.marks().find(mark => mark.role === 'pin').rect;
        const map = document.querySelector('.map').getBoundingClientRect();
        return [map.x + at.x + at.width / 2, map.y + at.y + at.height / 2]";
    let mark = map.browser.execute(script, &[]).await.unwrap();
    map.browser.click_at(mark[0].as_f64().unwrap(), mark[1].as_f64().unwrap()).await.unwrap();
    said(&map, "cart is free").await.unwrap();
    map.browser
        .wait_until("!window.__portolan.marks().some(mark => mark.role === 'pin')", SOON)
        .await
        .unwrap();
    assert_eq!(places(&map).await[&cart]["scene"], nudged[&cart]["scene"], "freed, it stays where it is");

    // Tidying puts everything where it was at first.
    map.browser.press("t").await.unwrap();
    let home = format!("window.__portolan.scene().nodes[{}].scene.y === {}", json!(cart), y(&before, &cart));
    map.browser.wait_until(&home, SOON).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    assert_eq!(scenes(&places(&map).await), scenes(&before));
    map.browser.assert_clean_console().await.unwrap();
}

fn scenes(places: &Value) -> Vec<(String, Value)> {
    let cards = places.as_object().expect("cards");
    cards.iter().map(|(id, place)| (id.clone(), place["scene"].clone())).collect()
}

/// Every place of a card that a frame showed from here on.
const WATCH: &str = "
window.__seen = [];
(function look() {
  window.__seen.push(JSON.stringify(window.__portolan.scene().nodes[arguments[0]]?.scene));
  window.__watching = requestAnimationFrame(look.bind(null, arguments[0]));
})(arguments[0]);";

#[tokio::test]
async fn cards_glide_unless_stillness_is_wished_for() {
    let map = Map::of_the_shop("").await.unwrap();
    let cart = id_of(&map, "cart").await;
    for (wish, glides) in [("no-preference", true), ("reduce", false)] {
        map.browser.prefer_motion(wish).await.unwrap();
        map.go_to("").await.unwrap();
        map.click_card(&cart).await.unwrap();
        map.browser.execute("document.querySelector('.map').focus()", &[]).await.unwrap();
        map.browser.execute(WATCH, &[json!(cart)]).await.unwrap();
        map.browser.press_with_shift(key::ARROW_DOWN).await.unwrap();
        at_rest(&map.browser).await.unwrap();
        map.browser.pass_frames(20).await.unwrap();
        let seen = map.browser.execute("return new Set(window.__seen).size", &[]).await.unwrap();
        let seen = seen.as_u64().expect("a number");
        assert!(if glides { seen > 2 } else { seen <= 2 }, "{wish}: {seen} places were seen");
    }
    map.browser.assert_clean_console().await.unwrap();
}

#[tokio::test]
async fn survivors_stand_still_when_something_comes() {
    // An hour into the ramp's cycle of two, checkout begins to call stock.
    let scenario = tests::workspace_root().join("crates/meshsim/scenarios/ramp.toml");
    let now_s = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let hour_s = now_s / 7_200 * 7_200 - 3_600;
    let [before, after] = [hour_s - 120, hour_s + 300].map(|at_s| format!("?window=3m&at={at_s}"));
    let map = Map::open(&["demo", "--scenario", scenario.to_str().expect("a path")], &before).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    let was = map.graph(&before).await.unwrap();
    let comes = map.graph(&after).await.unwrap();
    let new = comes.edges.iter().filter(|edge| was.edges.iter().all(|known| known.id != edge.id)).count();
    assert!(new > 0, "a line comes");
    let stood = places(&map).await;
    let viewport = "return JSON.stringify(window.__portolan.viewport())";
    let looked = map.browser.execute(viewport, &[]).await.unwrap();

    let go = "window.__before = window.__portolan.scene().digest;
        history.pushState(null, '', arguments[0]);
        dispatchEvent(new PopStateEvent('popstate'))";
    map.browser.execute(go, &[json!(after)]).await.unwrap();
    map.browser.wait_until("window.__portolan.scene().digest !== window.__before", SOON).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    assert_stand_still(&stood, &places(&map).await);
    assert_eq!(map.browser.execute(viewport, &[]).await.unwrap(), looked, "and nothing was fitted anew");
}

#[tokio::test]
async fn a_picture_left_where_it_opened_fits_another_width_and_one_that_was_moved_stays() {
    let map = Map::of_the_shop("").await.unwrap();
    at_rest(&map.browser).await.unwrap();
    let all_in = "(() => { const map = document.querySelector('.map').getBoundingClientRect();
        return innerWidth === 900 && Object.values(window.__portolan.scene().nodes).every(({ screen: at }) =>
            at.x >= 0 && at.y >= 0 && at.x + at.width <= map.width && at.y + at.height <= map.height) })()";
    map.browser.resize(900, 700).await.unwrap();
    map.browser.wait_until(all_in, SOON).await.unwrap();

    map.browser.click("[aria-label='Zoom in']").await.unwrap();
    at_rest(&map.browser).await.unwrap();
    let viewport = "const { zoom, x, y } = window.__portolan.viewport(); return JSON.stringify([zoom, x, y])";
    let looked = map.browser.execute(viewport, &[]).await.unwrap();
    map.browser.resize(1_000, 700).await.unwrap();
    let canvas = "document.querySelector('.map canvas.scene')";
    map.browser.wait_until(&format!("innerWidth === 1000 && {canvas}.width === 1000"), SOON).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    assert_eq!(map.browser.execute(viewport, &[]).await.unwrap(), looked, "the reader has put it there");
}

#[tokio::test]
async fn a_refresh_moves_nothing() {
    let map = Map::of_the_shop("?namespaces=shop").await.unwrap();
    at_rest(&map.browser).await.unwrap();
    let before = places(&map).await;
    let viewport = "return JSON.stringify(window.__portolan.viewport())";
    let stood = map.browser.execute(viewport, &[]).await.unwrap();
    let instant = "document.querySelector('.clock').textContent";
    let drawn = map.browser.execute(&format!("return {instant}"), &[]).await.unwrap();
    map.browser.wait_until(&format!("{instant} !== {drawn}"), SOON * 2).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    assert_stand_still(&before, &places(&map).await);
    assert_eq!(map.browser.execute(viewport, &[]).await.unwrap(), stood, "and nothing was fitted anew");
}

/// Until `window.__whole` is set, the page gets answers without some of what is in the graph; `keep` says of a graph what
/// remains.
fn withhold(keep: &str) -> String {
    format!(
        "// Polling can be listened in on, a stream cannot.
        delete window.EventSource;
        const real = window.fetch;
        const keep = {keep};
        window.fetch = async (...asked) => {{
          const answer = await real.apply(window, asked);
          const url = asked[0]?.url ?? String(asked[0]);
          if (window.__whole || answer.status !== 200 || !url.includes('/api/v1/graph?')) return answer;
          const graph = await answer.json();
          keep(graph);
          return new Response(JSON.stringify(graph), {{ status: 200, headers: answer.headers }});
        }};"
    )
}

/// The shop in a browser that holds something back at first.
async fn withheld(keep: &str) -> Result<Map> {
    let product = Product::start(&["demo", "--test-hook"])?;
    let browser = Browser::start().await?;
    browser.before_every_page(&withhold(keep)).await?;
    let map = Map { product, browser };
    map.go_to("?refresh=5s").await?;
    at_rest(&map.browser).await?;
    Ok(map)
}

#[tokio::test]
async fn a_newcomer_in_a_refresh_moves_nobody() {
    let without = "graph => {
        const gone = graph.nodes.find(node => node.name === 'recommend').id;
        graph.nodes = graph.nodes.filter(node => node.id !== gone);
        graph.edges = graph.edges.filter(edge => edge.source !== gone && edge.target !== gone);
        for (const land of graph.boxes) land.members = land.members.filter(member => member !== gone);
    }";
    let map = withheld(without).await.unwrap();
    let newcomer = id_of(&map, "recommend").await;
    let before = places(&map).await;
    assert!(before.get(&newcomer).is_none(), "it is not there yet");
    let viewport = "return JSON.stringify(window.__portolan.viewport())";
    let stood = map.browser.execute(viewport, &[]).await.unwrap();
    map.browser.execute("window.__whole = true", &[]).await.unwrap();
    let come = format!("window.__portolan.scene().nodes[{}]", json!(newcomer));
    map.browser.wait_until(&come, SOON * 2).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    let after = places(&map).await;
    assert_stand_still(&before, &after);
    let cards = |places: &Value| places.as_object().expect("cards").len();
    assert_eq!(cards(&after), cards(&before) + 1);
    assert_eq!(map.browser.execute(viewport, &[]).await.unwrap(), stood, "and nothing was fitted anew");
    map.browser.screenshot("newcomer").await.unwrap();
    map.browser.assert_clean_console().await.unwrap();
}

#[tokio::test]
async fn tidying_is_offered_once_lines_have_tangled() {
    // Placed without any line, the cards stand in an order that knows nothing of them.
    let map = withheld("graph => { graph.edges = []; }").await.unwrap();
    let offered = "document.querySelector('.tidy')";
    let early = map.browser.execute(&format!("return !!{offered}"), &[]).await.unwrap();
    assert_eq!(early, json!(false), "nothing is tangled yet");
    map.browser.execute("window.__whole = true", &[]).await.unwrap();
    map.browser.wait_until(offered, SOON * 2).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    let tangled = scenes(&places(&map).await);
    map.browser.screenshot("tidy-offered").await.unwrap();
    map.browser.click(".tidy").await.unwrap();
    map.browser.wait_until(&format!("!({offered})"), SOON).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    assert_ne!(scenes(&places(&map).await), tangled, "the cards have been placed afresh");
    map.browser.assert_clean_console().await.unwrap();
}

/// What the page asks of a worker waits until `window.__go` is set.
const HOLD_WORKER: &str = "
const Real = window.Worker;
window.Worker = function (...how) {
  const worker = new Real(...how);
  const post = worker.postMessage.bind(worker);
  worker.postMessage = (...said) => { if (window.__go) post(...said); };
  return worker;
};";

#[tokio::test]
async fn a_long_placing_can_be_ended_and_taken_up_again() {
    let product = Product::start(&["demo", "--demo-scale", "330", "--test-hook"]).unwrap();
    let now_s = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let browser = Browser::start().await.unwrap();
    browser.before_every_page(HOLD_WORKER).await.unwrap();
    browser.open(&format!("{}/graph?fold=none&at={}", product.url, now_s / 60 * 60 - 120)).await.unwrap();
    // The sign shows itself only after a while: until then there is a button, but none that can be pressed.
    let button = |word: &str| {
        format!(
            "(b => b?.textContent === {} && b.checkVisibility({{ visibilityProperty: true }}))(
                document.querySelector('.placing button'))",
            json!(word)
        )
    };
    browser.wait_until(&button("Cancel"), SOON * 2).await.unwrap();
    browser.screenshot("placing").await.unwrap();
    browser.click(".placing button").await.unwrap();
    browser.wait_until(&button("Place it"), SOON).await.unwrap();
    let cards = "Object.keys(window.__portolan.scene().nodes).length";
    let none = browser.execute(&format!("return {cards}"), &[]).await.unwrap();
    assert_eq!(none, json!(0), "nothing was placed behind the reader's back");
    browser.execute("window.__go = true", &[]).await.unwrap();
    browser.click(".placing button").await.unwrap();
    browser
        .wait_until(&format!("{cards} > 300 && !document.querySelector('.placing')"), SOON * 2)
        .await
        .unwrap();
    let by_worker = browser.execute("return window.__portolan.scene().by_worker", &[]).await.unwrap();
    assert_eq!(by_worker, json!(true));
    browser.assert_clean_console().await.unwrap();
}

/// Whatever card is in both stands where it stood, and most are.
fn assert_stand_still(before: &Value, after: &Value) {
    let before = before.as_object().expect("cards");
    let survivors: Vec<_> =
        before.iter().filter_map(|(id, place)| Some((id, place, after.get(id)?))).collect();
    assert!(survivors.len() * 2 > before.len(), "{} of {} survive", survivors.len(), before.len());
    for (id, place, now) in survivors {
        assert_eq!(now["scene"], place["scene"], "{id} has moved");
    }
}

#[tokio::test]
async fn the_small_map_moves_the_view() {
    let map = Map::of_the_shop("").await.unwrap();
    let shown = "!document.querySelector('.minimap').classList.contains('away')";
    let away = map.browser.execute(&format!("return !({shown})"), &[]).await.unwrap();
    assert_eq!(away, json!(true), "a picture that fits needs no small map");
    for _ in 0..5 {
        map.browser.press("+").await.unwrap();
    }
    map.browser.wait_until(shown, SOON).await.unwrap();
    let rect = "const map = document.querySelector('.minimap').getBoundingClientRect();
        return [map.x, map.y, map.width, map.height]";
    let rect = map.browser.execute(rect, &[]).await.unwrap();
    let [x, y, width, height] = [0, 1, 2, 3].map(|at| rect[at].as_f64().expect("a number"));
    let middle_of_view = "(() => { const v = window.__portolan.viewport();
        return [(v.width / 2 - v.x) / v.zoom, (v.height / 2 - v.y) / v.zoom] })()";
    let bounds = "Object.values(window.__portolan.scene().nodes).map(node => node.scene)";
    let half = format!("{bounds}.reduce((sum, r) => sum + r.x + r.width / 2, 0) / {bounds}.length");
    map.browser.click_at(x + 3.0, y + height / 2.0).await.unwrap();
    map.browser.wait_until(&format!("{middle_of_view}[0] < {half}"), SOON).await.unwrap();
    map.browser.click_at(x + width - 3.0, y + height / 2.0).await.unwrap();
    map.browser.wait_until(&format!("{middle_of_view}[0] > {half}"), SOON).await.unwrap();
    map.browser.screenshot("small-map").await.unwrap();
    map.browser.press("0").await.unwrap();
    map.browser.wait_until(&format!("!({shown})"), SOON).await.unwrap();
    map.browser.assert_clean_console().await.unwrap();
}

#[tokio::test]
async fn a_large_picture_is_placed_in_a_worker_and_is_the_same() {
    let product = Product::start(&["demo", "--demo-scale", "330", "--test-hook"]).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let url = format!("{}/graph?fold=none&at={}", product.url, now / 60 * 60 - 120);
    let mut digests = Vec::new();
    for with_worker in [true, false] {
        let browser = Browser::start().await.unwrap();
        if !with_worker {
            browser.before_every_page("delete window.Worker").await.unwrap();
        }
        browser.open(&url).await.unwrap();
        painted(&browser).await.unwrap();
        let scene = "const scene = window.__portolan.scene();
            return [Object.keys(scene.nodes).length, scene.by_worker, scene.digest]";
        let scene = browser.execute(scene, &[]).await.unwrap();
        assert!(scene[0].as_u64() > Some(300), "{scene}");
        assert_eq!(scene[1], json!(with_worker));
        digests.push(scene[2].clone());
        browser.assert_clean_console().await.unwrap();
    }
    assert_eq!(digests[0], digests[1], "placed to the bit as the page itself places it");
}

#[tokio::test]
async fn too_much_opens_folded_and_a_namespace_opens_in_place() {
    let map = Map::open(&["demo", "--demo-scale", "600"], "").await.unwrap();
    let whole = map.graph("").await.unwrap();
    assert!(whole.nodes.len() > 400);
    at_rest(&map.browser).await.unwrap();
    let before = places(&map).await;
    let folded = before.as_object().expect("cards").len();
    assert!(folded < 120, "{folded} cards for {} nodes", whole.nodes.len());
    map.browser.screenshot("folded").await.unwrap();
    // One that lies under no sheet.
    let free = "return Object.entries(window.__portolan.scene().nodes).filter(([id, node]) => {
        const map = document.querySelector('.map').getBoundingClientRect();
        const [x, y] = [map.x + node.screen.x + node.screen.width / 2, map.y + node.screen.y + 14];
        return id.startsWith('namespace/') && document.elementFromPoint(x, y)?.closest('.map');
    }).map(([id]) => id)";
    let free: Vec<String> = serde_json::from_value(map.browser.execute(free, &[]).await.unwrap()).unwrap();
    let bands = whole.boxes.iter().filter(|land| free.contains(&land.id));
    let largest = bands.max_by_key(|land| land.members.len()).expect("there are namespaces in sight");

    // A double click opens it, and what it stood beside stays.
    let at = middle(&map, &largest.id).await;
    map.browser.click_at(at.0, at.1).await.unwrap();
    let again = middle(&map, &largest.id).await;
    map.browser.click_at(again.0, again.1).await.unwrap();
    said(&map, &format!("{} is open now", largest.name)).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    let open = places(&map).await;
    assert!(open.get(&largest.id).is_none());
    for member in &largest.members {
        assert!(open.get(member).is_some(), "{member} has come");
    }
    map.browser.screenshot("one-open").await.unwrap();

    // Enter folds what it opened, as if it had never been opened.
    map.browser.execute("document.querySelector('.map').focus()", &[]).await.unwrap();
    map.browser.press(key::ENTER).await.unwrap();
    said(&map, &format!("{} is folded now", largest.name)).await.unwrap();
    at_rest(&map.browser).await.unwrap();
    assert_eq!(scenes(&places(&map).await), scenes(&before), "what had given way is back");
    map.browser.assert_clean_console().await.unwrap();
}
