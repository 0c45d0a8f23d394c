//! The small map in the corner. A press or a drag moves the view; for keys there are the walk, the zoom and the fit, so
//! that it hides from screen readers.

use super::{stage::Stage, stand::Stand};
use crate::state::shared::Look;
use layout::{Point, Rect};
use leptos::{ev, prelude::*};
use view::overview::Overview;

/// Where the pointer took hold, from the middle of the frame; none while it is up.
type Hold = StoredValue<Option<Point>>;

#[component]
pub(crate) fn Minimap(stand: Stand) -> impl IntoView {
    let hold: Hold = StoredValue::new(None);
    let map = stand.overview;
    let px = move |of: fn(&Overview) -> f64| {
        move || map.look(|map| map.as_ref().map(|map| format!("{}px", view::format::px(of(map)))))
    };
    view! {
        <div
            class="minimap over sheet" class:away=move || map.look(Option::is_none) aria-hidden="true"
            style:width=px(|map| map.size.width) style:height=px(|map| map.size.height)
            on:pointerdown=move |event| down(stand, hold, &event) on:pointermove=move |event| moved(stand, hold, &event)
            on:pointerup=move |_| hold.set_value(None) on:pointercancel=move |_| hold.set_value(None)
        >
            <canvas node_ref=stand.small></canvas>
            <div
                class="window" style:left=px(|map| map.window.x) style:top=px(|map| map.window.y)
                style:width=px(|map| map.window.width) style:height=px(|map| map.window.height)
            ></div>
        </div>
    }
}

fn place(event: &ev::PointerEvent) -> Option<Point> {
    use wasm_bindgen::JsCast;
    let element: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    let corner = element.get_bounding_client_rect();
    Some(Point::new(f64::from(event.client_x()) - corner.x(), f64::from(event.client_y()) - corner.y()))
}

/// Within the frame it is taken hold of where it was pressed; outside of it the frame comes to the pointer.
fn down(stand: Stand, hold: Hold, event: &ev::PointerEvent) {
    use wasm_bindgen::JsCast;
    let Some((at, map)) = place(event).zip(stand.overview.get_untracked()) else { return };
    event.prevent_default();
    if let Some(element) =
        event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    {
        // Without capture the drag ends at the edge: no more than that is lost.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
    let inside = map.window.contains(at);
    hold.set_value(Some(if inside { from_middle(at, map.window) } else { Point::default() }));
    moved(stand, hold, event);
}

fn from_middle(at: Point, frame: Rect) -> Point {
    Point::new(at.x - frame.centre().x, at.y - frame.centre().y)
}

fn moved(stand: Stand, hold: Hold, event: &ev::PointerEvent) {
    let Some((at, hold)) = place(event).zip(hold.get_value()) else { return };
    stand.act(|stage: &mut Stage| stage.centre(Point::new(at.x - hold.x, at.y - hold.y)));
}
