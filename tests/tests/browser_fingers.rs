//! The map under fingers, and on screens that change: pan, pinch and tap by touch, another density of pixels, and a
//! canvas that was lost and came back.

use anyhow::Result;
use serde_json::Value;
use tests::map::{Map, SOON};

async fn viewport(map: &Map) -> Value {
    map.browser.execute("return window.__portolan.viewport()", &[]).await.expect("the hook answers")
}

fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// A place of the map where nothing lies, in the window.
async fn open_sea(map: &Map) -> (f64, f64) {
    let script = "const map = document.querySelector('.map').getBoundingClientRect();
        const cards = Object.values(window.__portolan.scene().nodes).map(node => node.screen);
        for (let x = 60; x < map.width - 60; x += 20) for (let y = 60; y < map.height - 60; y += 20) {
            const near = cards.some(c => x > c.x - 60 && x < c.x + c.width + 60 && y > c.y - 60 && y < c.y + c.height + 60);
            const free = document.elementFromPoint(map.x + x, map.y + y)?.closest('.map');
            if (!near && free) return [map.x + x, map.y + y];
        }";
    let at = map.browser.execute(script, &[]).await.expect("there is some sea");
    (at[0].as_f64().expect("a number"), at[1].as_f64().expect("a number"))
}

#[tokio::test]
async fn fingers_pan_and_pinch() -> Result<()> {
    let map = Map::of_the_shop("").await?;
    let at = open_sea(&map).await;
    let before = viewport(&map).await;
    map.browser.touch(&[[at, (at.0 + 80.0, at.1 + 30.0)]]).await?;
    map.browser
        .wait_until(&format!("window.__portolan.viewport().x > {}", number(&before, "x") + 60.0), SOON)
        .await?;
    let panned = viewport(&map).await;
    assert!((number(&panned, "zoom") - number(&before, "zoom")).abs() < 1e-9, "one finger does not zoom");
    assert!((number(&panned, "x") - number(&before, "x") - 80.0).abs() < 2.0, "it goes as far as the finger");

    let fingers = [[at, (at.0 - 40.0, at.1)], [(at.0 + 40.0, at.1), (at.0 + 80.0, at.1)]];
    map.browser.touch(&fingers).await?;
    let wider = format!("window.__portolan.viewport().zoom > {}", number(&panned, "zoom") * 1.5);
    map.browser.wait_until(&wider, SOON).await?;
    let pinched = viewport(&map).await;
    map.browser.pass_frames(20).await?;
    assert_eq!(viewport(&map).await, pinched, "it stops when the hand stops");
    map.browser.assert_clean_console().await
}

#[tokio::test]
async fn a_finger_hits_lines_that_a_mouse_would_miss() -> Result<()> {
    let map = Map::of_the_shop("").await?;
    let at = open_sea(&map).await;
    // The line with the longest level stretch in sight, from its marks.
    let script = "const map = document.querySelector('.map').getBoundingClientRect();
        const lines = window.__portolan.marks().filter(mark => mark.role === 'edge' && mark.rect.height < 8 && mark.rect.width > 100);
        for (const { rect } of lines) {
            const [x, y] = [map.x + rect.x + rect.width / 2, map.y + rect.y + rect.height + 9];
            if (document.elementFromPoint(x, y)?.closest('.map')) return [x, y];
        }";
    let near = map.browser.execute(script, &[]).await?;
    let near = (near[0].as_f64().expect("a level line"), near[1].as_f64().expect("a number"));
    map.browser.click_at(near.0, near.1).await?;
    map.wait_for_parameter("edge", None).await?;
    map.browser.touch(&[[near, near]]).await?;
    map.browser.wait_until("new URLSearchParams(location.search).get('edge')", SOON).await?;
    map.browser.touch(&[[at, at]]).await?;
    map.wait_for_parameter("edge", None).await
}

#[tokio::test]
async fn another_density_of_pixels_is_followed() -> Result<()> {
    let map = Map::of_the_shop("").await?;
    // Nothing moves, so that no frame would come by itself.
    map.browser.prefer_motion("reduce").await?;
    map.go_to("").await?;
    for ratio in [2.0, 1.0] {
        map.browser.set_pixel_ratio(ratio).await?;
        let followed = format!(
            "(() => {{ const canvas = document.querySelector('.map canvas.scene');
              return window.__portolan.viewport().pixel_ratio === {ratio} && canvas.width === Math.round(canvas.clientWidth * {ratio}) }})()"
        );
        map.browser.wait_until(&followed, SOON).await?;
        let frame = map.frame().await?;
        assert!(frame.pixels.iter().any(|pixels| pixels.alike > 0), "and painted anew");
    }
    Ok(())
}

#[tokio::test]
async fn a_canvas_that_was_lost_is_painted_anew() -> Result<()> {
    let map = Map::of_the_shop("").await?;
    map.browser.prefer_motion("reduce").await?;
    map.go_to("").await?;
    // What the browser does: all is blank, and then it says that the canvas may be used again.
    let lose = "const canvas = document.querySelector('.map canvas.scene');
        const pen = canvas.getContext('2d');
        pen.setTransform(1, 0, 0, 1, 0, 0);
        pen.clearRect(0, 0, canvas.width, canvas.height);
        canvas.dispatchEvent(new Event('contextrestored'));";
    map.browser.execute(lose, &[]).await?;
    let painted = "(() => { const canvas = document.querySelector('.map canvas.scene');
        const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return pixels.some((value, at) => at % 4 === 3 && value > 0) })()";
    map.browser.wait_until(painted, SOON).await?;
    map.browser.assert_clean_console().await
}
