//! Boxes within boxes on the map: clusters as regions, and clusters and apps that fold to one card and open in place.

use anyhow::Result;
use serde_json::{Value, json};
use tests::browser::key;
use tests::map::{Map, SOON, at_rest};

/// Where the cards stand in the scene, by id.
async fn places(map: &Map) -> Result<Vec<(String, Value)>> {
    let nodes = map.browser.execute("return window.__portolan.scene().nodes", &[]).await?;
    let nodes = nodes.as_object().expect("cards");
    Ok(nodes.iter().map(|(id, place)| (id.clone(), place["scene"].clone())).collect())
}

async fn said(map: &Map, words: &str) -> Result<()> {
    let heard =
        format!("document.querySelector('.heard[role=status]').textContent.includes({})", json!(words));
    map.browser.wait_until(&heard, SOON).await?;
    at_rest(&map.browser).await
}

/// Twice on the name of a box or a card.
async fn double_click(map: &Map, kind: &str, id: &str) -> Result<()> {
    let name =
        "const mark = window.__portolan.marks().find(mark => ['name', 'group-name'].includes(mark.role)
            && mark.owner?.kind === arguments[0] && mark.owner.id === arguments[1]);
        const map = document.querySelector('.map').getBoundingClientRect();
        return [map.x + mark.rect.x + mark.rect.width / 2, map.y + mark.rect.y + mark.rect.height / 2]";
    let at = map.browser.execute(name, &[json!(kind), json!(id)]).await?;
    let (x, y) = (at[0].as_f64().expect("a number"), at[1].as_f64().expect("a number"));
    map.browser.click_at(x, y).await?;
    map.browser.click_at(x, y).await
}

#[tokio::test]
async fn a_cluster_and_an_app_fold_and_open_in_their_place() {
    let scenario = tests::workspace_root().join("tests/tests/boxes/two-clusters.toml");
    let args = ["demo", "--scenario", scenario.to_str().expect("a path")];
    let map = Map::open(&args, "?type=workload").await.unwrap();
    at_rest(&map.browser).await.unwrap();
    let whole = places(&map).await.unwrap();
    let marks = map.marks().await.unwrap();
    for id in ["cluster/east", "cluster/west"] {
        assert!(marks.iter().any(|mark| mark.role == "region" && mark.is_of("group", id)), "{id}");
    }
    let stands_as_before = |now: &[(String, Value)]| {
        for (id, place) in now {
            let before = whole.iter().find(|(other, _)| other == id);
            assert!(before.is_none_or(|(_, before)| before == place), "{id} has moved");
        }
    };

    double_click(&map, "group", "app/reviews/shop@east").await.unwrap();
    said(&map, "reviews is folded now").await.unwrap();
    let folded = places(&map).await.unwrap();
    stands_as_before(&folded);
    assert_eq!(folded.len(), whole.len() - 1, "one card for two");
    double_click(&map, "node", "app/reviews/shop@east").await.unwrap();
    said(&map, "reviews is open now").await.unwrap();
    assert_eq!(places(&map).await.unwrap(), whole, "all stand where they stood");

    double_click(&map, "group", "cluster/east").await.unwrap();
    said(&map, "east is folded now").await.unwrap();
    let folded = places(&map).await.unwrap();
    stands_as_before(&folded);
    assert!(folded.iter().any(|(id, _)| id == "cluster/east"));
    assert!(folded.iter().all(|(id, _)| !id.ends_with("@east")), "{folded:?}");
    map.browser.screenshot("cluster-folded").await.unwrap();

    // The panel says what it stands for; Enter opens it.
    map.click_card("cluster/east").await.unwrap();
    map.wait_for_panel("east").await.unwrap();
    map.browser.wait_until("document.querySelectorAll('#panel .list li').length === 5", SOON).await.unwrap();
    map.browser.execute("document.querySelector('.map').focus()", &[]).await.unwrap();
    map.browser.press(key::ENTER).await.unwrap();
    said(&map, "east is open now").await.unwrap();
    let open = places(&map).await.unwrap();
    assert_eq!(open.len(), whole.len());
    let x = |(_, place): &(String, Value)| place["x"].as_f64().expect("a number");
    let east = folded.iter().find(|(id, _)| id == "cluster/east").expect("it was one card");
    let kept: Vec<_> = folded.iter().filter(|card| card.0 != east.0 && x(card) <= x(east)).collect();
    assert!(
        kept.len() > 2 && kept.iter().all(|card| open.contains(card)),
        "only what lies beyond it gives way"
    );
    // Enter folds what it opened, and all that had given way stands where it stood.
    map.browser.press(key::ENTER).await.unwrap();
    said(&map, "east is folded now").await.unwrap();
    assert_eq!(places(&map).await.unwrap(), folded);
    map.browser.assert_clean_console().await.unwrap();
}
