//! For tests only, where the server asks for it: `window.__portolan` tells what the painter put on the canvas.

use super::{stage::Stage, stand::Stand};
use crate::state::Page;
use crate::state::shared::effect;
use js_sys::{Array, Object, Reflect};
use layout::Rect;
use leptos::prelude::*;
use model::Graph;
use view::{Ink, Mark, Owner, Shape, Theme};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

pub(crate) fn install(page: Page, stand: Stand) {
    if !page.boot.with_value(|boot| boot.test_hook) {
        return;
    }
    let hook = Object::new();
    expose(&hook, "marks", stand, marks);
    expose(&hook, "lit", stand, lit);
    expose(&hook, "departures", stand, departures);
    expose(&hook, "viewport", stand, viewport);
    expose(&hook, "scene", stand, scene);
    let open_all = Closure::<dyn Fn()>::new(move || {
        let Some(drawn) = page.drawn_now() else { return };
        let homes = view::fold::homes(&drawn.whole).into_iter().flatten().flatten();
        page.choices.set(homes.map(|home| (home, true)).collect());
    });
    set(&hook, "open_all", open_all.as_ref().unchecked_ref());
    open_all.forget();
    expose(&hook, "proof", stand, |_| layout::proof().to_string().into());
    set(&hook, "ready", &false.into());
    let told = hook.clone();
    effect(move |_| {
        let painted = stand.generation.get() > 0;
        let ready = painted && page.feed.with(|feed| feed.graph.is_some());
        set(&told, "ready", &ready.into());
    });
    set(&window(), "__portolan", &hook);
}

fn set(on: &JsValue, name: &str, value: &JsValue) {
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(on, &name.into(), value);
}

fn expose(hook: &JsValue, name: &str, stand: Stand, tell: fn(&Stage) -> JsValue) {
    let function =
        Closure::<dyn Fn() -> JsValue>::new(move || stand.with(|stage| tell(stage)).unwrap_or(JsValue::NULL));
    set(hook, name, function.as_ref().unchecked_ref());
    // The hook lives as long as the page.
    function.forget();
}

fn object<const N: usize>(fields: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, &value);
    }
    object.into()
}

/// Null where there is nothing.
fn maybe(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::NULL, JsValue::from)
}

/// The last frame of the picture, and what a hover lights above it.
fn marks(stage: &Stage) -> JsValue {
    list(stage, &stage.painted)
}

fn lit(stage: &Stage) -> JsValue {
    list(stage, &stage.light.marks)
}

/// Each mark with its role, owner, rectangle in CSS pixels of the map, text and style.
fn list(stage: &Stage, marks: &[Mark]) -> JsValue {
    let told = Array::new();
    if let Some(picture) = &stage.picture {
        for mark in marks {
            let group = picture.scene.groups.get(index_of_group(mark.owner)).map(|group| group.key.as_str());
            let rect = stage.view.screen_rect(mark.bounds(&stage.measure));
            told.push(&object([
                ("role", mark.role.into()),
                ("owner", owner(mark.owner, &picture.graph, group)),
                ("text", maybe(text(mark))),
                ("rect", rect_json(rect)),
                ("fill", mark.fill.map_or(JsValue::NULL, |ink| ink_json(ink, stage.look.theme))),
                (
                    "stroke",
                    mark.stroke.map_or(JsValue::NULL, |stroke| ink_json(stroke.ink, stage.look.theme)),
                ),
            ]));
        }
    }
    told.into()
}

fn index_of_group(owner: Owner) -> usize {
    if let Owner::Group(at) = owner { at } else { usize::MAX }
}

fn owner(owner: Owner, graph: &Graph, group: Option<&str>) -> JsValue {
    let of = |kind: &str, id: Option<&str>| object([("kind", kind.into()), ("id", maybe(id))]);
    match owner {
        Owner::None => JsValue::NULL,
        Owner::Group(_) => of("group", group),
        Owner::Edge(at) => of("edge", graph.edges.get(at).map(|edge| edge.id.as_str())),
        Owner::Node(at) => of("node", graph.nodes.get(at).map(|node| node.id.as_str())),
        Owner::Row(at, row) => {
            let node = graph.nodes.get(at);
            let told = of("row", node.map(|node| node.id.as_str()));
            let key = node.and_then(|node| node.versions.get(row)).map(|version| version.key.as_str());
            set(&told, "row", &maybe(key));
            told
        }
    }
}

fn text(mark: &Mark) -> Option<&str> {
    if let Shape::Text(text) = &mark.shape { Some(&text.text) } else { None }
}

fn ink_json(ink: Ink, theme: Theme) -> JsValue {
    object([
        ("token", ink.token.word().into()),
        ("colour", ink.token.css(theme).into()),
        ("opacity", ink.opacity.into()),
    ])
}

fn rect_json(rect: Rect) -> JsValue {
    object([
        ("x", rect.x.into()),
        ("y", rect.y.into()),
        ("width", rect.width.into()),
        ("height", rect.height.into()),
    ])
}

/// How many particles left so far, by edge.
fn departures(stage: &Stage) -> JsValue {
    let told = object([]);
    if let Some(picture) = &stage.picture {
        for (edge, count) in picture.graph.edges.iter().zip(picture.particles.departures()) {
            let counts =
                object([("all", (count.all as f64).into()), ("failed", (count.failed as f64).into())]);
            set(&told, &edge.id, &counts);
        }
    }
    told
}

fn viewport(stage: &Stage) -> JsValue {
    let size = stage.size();
    object([
        ("zoom", stage.view.zoom.into()),
        ("x", stage.view.x.into()),
        ("y", stage.view.y.into()),
        ("width", size.width.into()),
        ("height", size.height.into()),
        ("pixel_ratio", stage.pixel_ratio().into()),
        ("level", ["far", "middle", "near"][stage.level as usize].into()),
    ])
}

/// Where the cards stand, in the scene and on the screen.
fn scene(stage: &Stage) -> JsValue {
    let nodes = object([]);
    if let Some(picture) = &stage.picture {
        for node in &picture.scene.nodes {
            let screen = rect_json(stage.view.screen_rect(node.rect));
            set(&nodes, &node.key, &object([("scene", rect_json(node.rect)), ("screen", screen)]));
        }
    }
    let digest = stage.picture.as_ref().map(|picture| {
        let mut tape = layout::tape::Tape::default();
        tape.scene(&mut picture.scene.clone());
        tape.digest().to_string()
    });
    object([
        ("nodes", nodes),
        ("digest", maybe(digest.as_deref())),
        ("generation", stage.generation.into()),
        ("by_worker", stage.placing.by_worker.into()),
    ])
}
