//! The map: three stacked canvases in one focusable element, the sheets that float over it, and the wiring between
//! signals and stage.

mod camera;
mod canvas;
mod empty;
mod export;
mod hook;
mod hover_card;
mod hurts;
mod keyboard;
mod legend;
mod level_fade;
mod light;
mod measure;
mod minimap;
mod motion;
mod openings;
mod picture;
mod pins;
pub(crate) mod placer;
mod placing;
mod pointer;
mod scene_painter;
mod slide;
mod stage;
mod stand;
mod states;
mod traffic_painter;
mod zoom;

use crate::state::shared::{effect, memo};
use crate::state::{Page, page, refresh, settings};
use canvas::Canvas;
pub(crate) use hurts::figure;
use leptos::{ev, html, prelude::*};
use model::params::box_words;
use stage::{Look, Stage};
use stand::Stand;
pub(crate) use states::lost;
use std::sync::Arc;
use view::{Theme, find::Matched, label, overlay, speak};
use wasm_bindgen::{JsCast, prelude::Closure};

#[component]
pub(crate) fn Map() -> impl IntoView {
    let page = page();
    let stand = Stand::new(page);
    let lower = NodeRef::<html::Canvas>::new();
    let light = NodeRef::<html::Canvas>::new();
    let upper = NodeRef::<html::Canvas>::new();
    let hand = pointer::Hand::new(page, stand);
    effect(move |_| {
        let canvas = |node: NodeRef<html::Canvas>| Canvas::new(node.get()?);
        if let (Some(lower), Some(light), Some(upper)) = (canvas(lower), canvas(light), canvas(upper)) {
            let mut stage = Stage::new([lower, light, upper], untrack(|| look(page, stand)));
            stage.placing.start = page.boot.with_value(|boot| {
                let script = boot.worker.as_ref()?;
                Some(placing::Start(format!("{}/assets/{script}", boot.base_path), stand))
            });
            stand.set(stage);
            wire(page, stand);
        }
    });
    keyboard::listen(page, stand);
    let tabled = memo(move || page.params.with(|params| params.table));
    let label = memo(move || summary(page));
    view! {
        <div class="map-area" class:tabled=tabled>
            <div
                class="map" class:stale=move || refresh::is_lost(page)
                class:pointing=move || page.hover.with(Option::is_some) class:grabbing=move || hand.dragging.get()
                id="map" node_ref=stand.element tabindex="0" role="application" aria-roledescription="service map" aria-label=label
                aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown Shift+ArrowLeft Shift+ArrowRight Shift+ArrowUp Shift+ArrowDown Enter Escape U D F L P T 0 + - / ?"
                on:pointerdown=move |event| hand.down(&event) on:pointermove=move |event| hand.moved(&event)
                on:pointerup=move |event| hand.up(&event) on:pointercancel=move |event| hand.gone(&event)
                on:pointerleave=move |_| hand.left() on:wheel=move |event| hand.wheel(&event)
                on:keydown=move |event| keyboard::on_map(page, stand, &event)
            >
                <canvas class="scene" node_ref=lower></canvas>
                <canvas class="light" node_ref=light></canvas>
                <canvas class="traffic" node_ref=upper></canvas>
            </div>
            {(!page.is_embedded()).then(|| view! { <hurts::Hurts/><minimap::Minimap stand=stand/><zoom::Zoom stand=stand/> })}
            <legend::Legend stand=stand/>
            <hover_card::HoverCard stand=stand/>
            <placing::PlacingSign stand=stand/>
            {crate::table::tables()}
            <states::States/>
        </div>
    }
}

fn summary(page: Page) -> String {
    let lost = if refresh::is_lost(page) { "Not up to date. " } else { "" };
    page.feed.with(|feed| match &feed.graph {
        Some(graph) => format!("{lost}{}", speak::summary(graph)),
        None => "Service graph, not there yet".to_owned(),
    })
}

/// Everything the picture's look depends on, tracked.
fn look(page: Page, stand: Stand) -> Look {
    let (overlay, labels, selection) = page.params.with(|params| {
        let labels = params
            .labels
            .iter()
            .filter_map(|word| label::ALL.iter().find(|label| label.word == word.as_str()));
        (overlay::by_word(&params.overlay), labels.collect(), params.selection.clone())
    });
    let still = stand.still.get() || page.particles_paused.get();
    let moving = page.visible.get() && !refresh::is_lost(page) && !still;
    let tabled = page.params.with(|params| params.table);
    let drawn = page.drawn.get();
    let folded = |matched: Matched| match &drawn {
        Some(drawn) => drawn.matched(&matched),
        None => matched,
    };
    Look {
        overlay,
        labels,
        selection: selection.map(|subject| match &drawn {
            Some(drawn) => drawn.subject(&subject),
            None => subject,
        }),
        matched: page.matched().map(&folded),
        shown: page.shown.get().ok().flatten().map(&folded),
        theme: if stand.dark.get() { Theme::Dark } else { Theme::Light },
        moving: moving && !tabled,
        still,
    }
}

/// From here on every change of a signal that the picture shows asks for a frame.
fn wire(page: Page, stand: Stand) {
    effect(move |before: Option<Option<Arc<model::Graph>>>| {
        let drawn = page.drawn.get();
        let question = page.feed.with_untracked(crate::state::Feed::question);
        let said = match &drawn {
            Some(drawn) => {
                // With all of a kind folded or opened at once it is another picture.
                let picture = [&question, "&fold=", &box_words(&drawn.usual)].concat();
                stand.with(|stage| stage.set_graph(Arc::clone(&drawn.graph), &picture)).flatten()
            }
            None => stand.with(Stage::drop_picture).and(None),
        };
        let whole = drawn.map(|drawn| drawn.whole);
        // What the reader opens or folds has been said already.
        let is_news = before.flatten().zip(whole.as_ref()).is_some_and(|(old, new)| !Arc::ptr_eq(&old, new));
        if let Some(sentence) = said.filter(|_| is_news) {
            page.said.set(sentence);
        }
        states::remember_shape(&question, stand);
        stand.ask_frame();
        whole
    });
    effect(move |_| {
        let look = look(page, stand);
        stand.with(|stage| stage.set_look(look));
        stand.ask_frame();
    });
    // Where the panel lies over the map, what is selected comes out from beneath it.
    let covered = memo(move || {
        let selection = page.selection().filter(|subject| !matches!(subject, model::Subject::Edge { .. }));
        selection.filter(|_| page.feed.with(crate::state::Feed::has_picture))
    });
    effect(move |_| {
        if covered.with(Option::is_some) && !settings::has_room(1_100.0, 0.0) {
            stand.show_selected();
        }
    });
    export::follow(page, stand);
    hook::install(page, stand);
    watch_size(stand);
    stand.ask_frame();
}

/// The size of the element, the pixels of the screen, the theme and the wish for stillness may all change.
fn watch_size(stand: Stand) {
    let callback = Closure::<dyn FnMut()>::new(move || stand.repaint());
    if let (Some(element), Ok(observer)) =
        (stand.element.get_untracked(), web_sys::ResizeObserver::new(callback.as_ref().unchecked_ref()))
    {
        observer.observe(&element);
        on_cleanup({
            let observer = StoredValue::new_local(observer);
            move || {
                observer.try_with_value(web_sys::ResizeObserver::disconnect);
            }
        });
    }
    // The map lives as long as the page.
    callback.forget();
    let resized = window_event_listener(ev::resize, move |_| stand.repaint());
    on_cleanup(move || resized.remove());
    // The graphics card may forget what was drawn.
    for canvas in [".scene", ".light", ".traffic"] {
        let renewed = Closure::<dyn FnMut()>::new(move || stand.act(Stage::renew));
        if let Some(canvas) = document().query_selector(canvas).ok().flatten() {
            let _ =
                canvas.add_event_listener_with_callback("contextrestored", renewed.as_ref().unchecked_ref());
        }
        renewed.forget();
    }
    follow_media("(prefers-color-scheme: dark)", stand);
    follow_media("(prefers-reduced-motion: reduce)", stand);
}

fn follow_media(query: &str, stand: Stand) {
    let callback = Closure::<dyn FnMut()>::new(move || {
        stand.system_dark.set(settings::prefers("(prefers-color-scheme: dark)"));
        stand.still.set(settings::reduced_motion());
    });
    if let Ok(Some(list)) = window().match_media(query) {
        let _ = list.add_event_listener_with_callback("change", callback.as_ref().unchecked_ref());
    }
    callback.forget();
}
