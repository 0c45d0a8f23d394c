//! For tests only, where the server asks for it: `window.__portolan` tells what the painter put on the canvas.

use super::{canvas::pixel_ratio, stage::Stage, stand::Stand};
use crate::state::Page;
use js_sys::{JSON, Object, Reflect};
use layout::Rect;
use leptos::prelude::*;
use model::Graph;
use serde_json::{Value, json};
use view::{Ink, Mark, Owner, Shape, Theme};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

pub(crate) fn install(page: Page, stand: Stand) {
    if !page.boot.with_value(|boot| boot.test_hook) {
        return;
    }
    let hook = Object::new();
    expose(&hook, "marks", move || stand.with(|stage| marks(stage)).unwrap_or_default());
    expose(&hook, "departures", move || stand.with(|stage| departures(stage)).unwrap_or_default());
    expose(&hook, "viewport", move || stand.with(|stage| viewport(stage)).unwrap_or_default());
    expose(&hook, "scene", move || stand.with(|stage| scene(stage)).unwrap_or_default());
    set(&hook, "ready", &false.into());
    let told = hook.clone();
    Effect::new(move |_| {
        let generation = stand.generation.get();
        let ready = page.feed.with(|feed| feed.graph.is_some()) && generation > 0;
        set(&told, "generation", &generation.into());
        set(&told, "ready", &ready.into());
    });
    set(&window(), "__portolan", &hook);
}

fn set(on: &JsValue, name: &str, value: &JsValue) {
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(on, &name.into(), value);
}

fn expose(hook: &JsValue, name: &str, tell: impl Fn() -> Value + 'static) {
    let function = Closure::<dyn Fn() -> JsValue>::new(move || {
        JSON::parse(&tell().to_string()).unwrap_or(JsValue::NULL)
    });
    set(hook, name, function.as_ref().unchecked_ref());
    // The hook lives as long as the page.
    function.forget();
}

/// The last frame: each mark with its role, owner, rectangle in CSS pixels of the map, text and style.
fn marks(stage: &Stage) -> Value {
    let Some(picture) = &stage.picture else { return json!([]) };
    let graph: &Graph = &picture.graph;
    let painted = stage.painted.as_deref().unwrap_or_default();
    painted
        .iter()
        .map(|mark| {
            let rect = stage.view.screen_rect(mark.bounds(&stage.measure));
            json!({
                "role": mark.role,
                "owner": owner(mark.owner, graph, picture.scene.groups.get(index_of_group(mark.owner)).map(|group| group.key.as_str())),
                "shape": shape(mark),
                "text": text(mark),
                "rect": rect_json(rect),
                "fill": mark.fill.map(|ink| ink_json(ink, stage.look.theme)),
                "stroke": mark.stroke.map(|stroke| {
                    let mut told = ink_json(stroke.ink, stage.look.theme);
                    told["width"] = json!(stroke.width * stage.view.zoom);
                    told["dash"] = json!(stroke.dash);
                    told
                }),
            })
        })
        .collect()
}

fn index_of_group(owner: Owner) -> usize {
    if let Owner::Group(at) = owner { at } else { usize::MAX }
}

fn owner(owner: Owner, graph: &Graph, group: Option<&str>) -> Value {
    match owner {
        Owner::None => Value::Null,
        Owner::Group(_) => json!({ "kind": "group", "id": group }),
        Owner::Edge(at) => json!({ "kind": "edge", "id": graph.edges.get(at).map(|edge| &edge.id) }),
        Owner::Node(at) => json!({ "kind": "node", "id": graph.nodes.get(at).map(|node| &node.id) }),
        Owner::Row(at, row) => {
            let node = graph.nodes.get(at);
            let key = node.and_then(|node| node.versions.get(row)).map(|version| &version.key);
            json!({ "kind": "row", "id": node.map(|node| &node.id), "row": key })
        }
    }
}

fn shape(mark: &Mark) -> &'static str {
    match mark.shape {
        Shape::Rect { .. } => "rect",
        Shape::Path(_) => "path",
        Shape::Circle { .. } => "circle",
        Shape::Text(_) => "text",
    }
}

fn text(mark: &Mark) -> Option<&str> {
    if let Shape::Text(text) = &mark.shape { Some(&text.text) } else { None }
}

fn ink_json(ink: Ink, theme: Theme) -> Value {
    json!({ "token": ink.token.word(), "colour": ink.token.css(theme), "opacity": ink.opacity })
}

fn rect_json(rect: Rect) -> Value {
    json!({ "x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height })
}

/// How many particles left so far, by edge.
fn departures(stage: &Stage) -> Value {
    let Some(picture) = &stage.picture else { return json!({}) };
    let counted = picture.graph.edges.iter().zip(picture.particles.departures());
    Value::Object(
        counted
            .map(|(edge, count)| (edge.id.clone(), json!({ "all": count.all, "failed": count.failed })))
            .collect(),
    )
}

fn viewport(stage: &Stage) -> Value {
    let size = stage.size();
    json!({
        "zoom": stage.view.zoom, "x": stage.view.x, "y": stage.view.y,
        "width": size.width, "height": size.height,
        "pixel_ratio": stage.pixel_ratio(), "device_pixel_ratio": pixel_ratio(),
        "level": format!("{:?}", stage.level).to_lowercase(),
    })
}

/// Where the cards stand, in the scene and on the screen.
fn scene(stage: &Stage) -> Value {
    let Some(picture) = &stage.picture else { return json!({ "nodes": {} }) };
    let nodes = picture.scene.nodes.iter().map(|node| {
        let place =
            json!({ "scene": rect_json(node.rect), "screen": rect_json(stage.view.screen_rect(node.rect)) });
        (node.key.clone(), place)
    });
    json!({ "nodes": Value::Object(nodes.collect()) })
}
