//! Pictures that leave the page: the files it saves, and the server's SVG in somebody else's page.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use serde_json::{Value, json};
use tests::browser::{Browser, key};
use tests::framer::Framer;
use tests::map::{Map, SOON};
use tests::waiting::until;

/// What a document of SVG holds: whether it can be parsed, its size, and its words.
const READ_SVG: &str = "
const parsed = new DOMParser().parseFromString(arguments[0], 'image/svg+xml');
const root = parsed.documentElement;
const words = of => [...parsed.querySelectorAll(of)].map(element => element.textContent);
return {
  wrong: parsed.querySelector('parsererror')?.textContent ?? '',
  size: ['width', 'height'].map(name => Number(root.getAttribute(name))),
  texts: words('text'), titles: words('title'),
};";

/// Size of a picture, and how many of its pixels differ from the one in its corner.
const READ_PNG: &str = "
const done = arguments[arguments.length - 1];
const image = new Image();
image.onerror = () => done('no picture');
image.onload = () => {
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const pixels = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  done({ size: [canvas.width, canvas.height], drawn: pixels.reduce((count, pixel) => count + (pixel !== pixels[0]), 0) });
};
image.src = 'data:image/png;base64,' + arguments[0];";

async fn saved(folder: &Path, ending: &str) -> Result<PathBuf> {
    let what = format!("a .{ending} in {}", folder.display());
    until(SOON, &what, async || {
        let mut files = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
        // While it is being written a file has another ending.
        Ok(files.find(|file| file.extension().is_some_and(|found| found == ending)))
    })
    .await
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// By keyboard: the menu's button, then as many steps as the entry is far.
async fn export(map: &Map, steps: usize) -> Result<()> {
    let focus = "[...document.querySelectorAll('.menu > button')].find(button => button.textContent.includes('Export')).focus()";
    map.browser.execute(focus, &[]).await?;
    map.browser.press(key::ENTER).await?;
    map.browser.wait_until("document.querySelector('.menu-body .item')", SOON).await?;
    map.browser.press(&key::TAB.repeat(steps)).await?;
    map.browser.press(key::ENTER).await?;
    map.browser.wait_until("!document.querySelector('.menu-body')", SOON).await?;
    let back = map.browser.execute("return document.activeElement.textContent", &[]).await?;
    ensure!(back == json!("Export"), "the focus goes back to the menu, not to {back}");
    Ok(())
}

fn has_words(words: &Value, wanted: &str) -> bool {
    words.as_array().into_iter().flatten().filter_map(Value::as_str).any(|word| word == wanted)
}

#[tokio::test]
async fn what_is_drawn_is_saved_whole_as_svg_and_png() -> Result<()> {
    let map = Map::of_the_shop("?theme=dark&overlay=mtls").await?;
    let folder = tests::target_dir()?.join("screenshots/saved");
    // Left by an earlier run, if any.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    map.browser.save_into(&folder).await?;
    // What the window shows of it must not matter.
    map.browser.execute("document.getElementById('map').focus()", &[]).await?;
    map.browser.press("+++++++").await?;
    let graph = map.graph("").await?;

    export(&map, 1).await?;
    let file = saved(&folder, "svg").await?;
    let name = name_of(&file);
    ensure!(
        name.starts_with("portolan-2") && name.ends_with("Z.svg") && !name.contains([' ', ':']),
        "{name}"
    );
    let told = format!("document.querySelector('.heard[role=status]').textContent === 'Saved as {name}'");
    map.browser.wait_until(&told, SOON).await?;
    let svg = map.browser.execute(READ_SVG, &[json!(std::fs::read_to_string(&file)?)]).await?;
    ensure!(svg["wrong"] == json!(""), "{svg}");
    for node in &graph.nodes {
        ensure!(has_words(&svg["texts"], &node.name), "{} is not written in {}", node.name, svg["texts"]);
        let titled = svg["titles"].as_array().into_iter().flatten().filter_map(Value::as_str);
        ensure!(titled.into_iter().any(|title| title.starts_with(&node.name)), "{} is not named", node.name);
    }

    export(&map, 2).await?;
    let file = saved(&folder, "png").await?;
    let bytes = base64::engine::general_purpose::STANDARD.encode(std::fs::read(&file)?);
    let png = map.browser.execute_async(READ_PNG, &[json!(bytes)]).await?;
    for side in 0..2 {
        let (of_png, of_svg) = (png["size"][side].as_f64(), svg["size"][side].as_f64());
        let (of_png, of_svg) = of_png.zip(of_svg).with_context(|| format!("no size in {png} or {svg}"))?;
        ensure!((of_png - 2.0 * of_svg).abs() < 2.0, "two dots a pixel: {png}, {}", svg["size"]);
    }
    ensure!(png["drawn"].as_f64() > Some(50_000.0), "cards and lines are on it: {png}");
    map.browser.assert_clean_console().await
}

#[tokio::test]
async fn another_site_shows_the_servers_picture_but_cannot_read_it() -> Result<()> {
    let (wiki, map) = (Framer::start().await?, Map::of_the_shop("").await?);
    let picture = format!("{}/api/v1/graph.svg?theme=dark", map.product.url);
    wiki.hold(&format!("<img src=\"{picture}\" alt=\"Service graph\">"));
    let browser = Browser::start().await?;
    browser.open(&wiki.url()).await?;
    browser.wait_until("document.querySelector('img').naturalWidth > 600", SOON).await?;
    browser.screenshot("picture-in-a-wiki").await?;
    let read = "const done = arguments[arguments.length - 1];
        fetch(document.querySelector('img').src).then(() => done('read'), error => done(error.name));";
    let read = browser.execute_async(read, &[]).await?;
    ensure!(read == json!("TypeError"), "its script gets {read}");

    // By itself it is a document in which nothing may run.
    map.browser.open(&picture).await?;
    let svg = map.browser.execute("return document.documentElement.localName", &[]).await?;
    ensure!(svg == json!("svg"), "{svg}");
    map.browser.assert_clean_console().await
}
