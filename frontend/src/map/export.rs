//! Saves the whole picture as it stands, as SVG or PNG: the same sheet that the server writes, with this browser's fonts.

use super::{canvas::Canvas, scene_painter, stage::Stage, stand::Stand};
use crate::state::shared::effect;
use crate::state::{Export, ExportWish, Page};
use js_sys::Array;
use layout::Rect;
use leptos::prelude::*;
use std::time::Duration;
use view::{Mark, Owner, Shape, Token, Viewport, export};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{Blob, BlobPropertyBag, HtmlElement, Url};

/// Dots a pixel of the scene, where the whole stays within what browsers can paint.
const SCALE: f64 = 2.0;
const SIDE_MOST: f64 = 8_192.0;
const AREA_MOST: f64 = 16_000_000.0;
/// A browser has long begun to save by then.
const HELD: Duration = Duration::from_mins(1);

/// Saves whenever somebody wishes it.
pub(super) fn follow(page: Page, stand: Stand) {
    // In a frame there is nobody to wish.
    let Some(wished) = use_context::<ExportWish>() else { return };
    effect(move |_| {
        let Some(wish) = wished.get() else { return };
        wished.set(None);
        let source = untrack(|| page.source());
        let begun = stand.with(|stage| save(page, stage, &source, wish)).flatten();
        if begun.is_none() {
            page.said.set(FAILED.into());
        }
    });
}

const FAILED: &str = "The picture could not be saved";

fn save(page: Page, stage: &Stage, source: &str, wish: Export) -> Option<()> {
    let picture = stage.picture.as_ref()?;
    let drawing = stage.drawing(picture);
    let meta = &picture.graph.meta;
    let caption = export::caption(source, meta);
    let name = format!("portolan-{}.{}", stamp(meta.at_s), wish.ending());
    if wish == Export::Svg {
        let text = export::svg(&drawing, &caption, stage.look.theme);
        let kind = BlobPropertyBag::new();
        kind.set_type("image/svg+xml");
        let parts = Array::of1(&text.into());
        return hand_over(page, &Blob::new_with_str_sequence_and_options(&parts, &kind).ok()?, &name);
    }
    let mut sheet = export::sheet(&drawing, &caption);
    let frame = sheet.frame;
    sheet.marks.insert(0, ground(frame));
    let scale = scale(frame);
    let canvas = Canvas::new(document().create_element("canvas").ok()?.dyn_into().ok()?)?;
    canvas.element.set_width((frame.width * scale).floor() as u32);
    canvas.element.set_height((frame.height * scale).floor() as u32);
    let view = Viewport { zoom: scale, x: -frame.x * scale, y: -frame.y * scale };
    scene_painter::draw(&canvas, &mut sheet.marks.iter(), &view, stage.look.theme, &stage.measure);
    let take = Closure::once_into_js(move |blob: Option<Blob>| {
        if blob.and_then(|blob| hand_over(page, &blob, &name)).is_none() {
            page.said.set(FAILED.into());
        }
    });
    canvas.element.to_blob(take.unchecked_ref()).ok()
}

fn scale(frame: Rect) -> f64 {
    let longest = frame.width.max(frame.height).max(1.0);
    SCALE.min(SIDE_MOST / longest).min((AREA_MOST / (frame.width * frame.height).max(1.0)).sqrt())
}

fn ground(frame: Rect) -> Mark {
    let shape = Shape::Rect { rect: frame, radius: 0.0 };
    Mark { shape, fill: Some(Token::Sea.into()), stroke: None, owner: Owner::None, role: "ground" }
}

/// "2026-11-24T14-05-10Z": no file system minds it.
fn stamp(at_s: i64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(at_s as f64 * 1_000.0));
    let text = String::from(date.to_iso_string());
    format!("{}Z", text.split('.').next().unwrap_or_default().replace(':', "-"))
}

/// Lets the browser save it as it saves any file.
fn hand_over(page: Page, blob: &Blob, name: &str) -> Option<()> {
    let url = Url::create_object_url_with_blob(blob).ok()?;
    let link: HtmlElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_attribute("href", &url).ok()?;
    link.set_attribute("download", name).ok()?;
    link.click();
    page.said.set(format!("Saved as {name}"));
    set_timeout(
        move || {
            // It only frees memory.
            let _ = Url::revoke_object_url(&url);
        },
        HELD,
    );
    Some(())
}
