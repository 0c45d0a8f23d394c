//! A button with a sheet under it. It closes on Escape, on a press outside, when an `item` of it is pressed, and when the
//! focus leaves it.

use super::icon::{DOWN, icon};
use crate::state::shared::{click, part};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

#[component]
pub(crate) fn Menu(
    /// Stands before the value, quieter.
    label: &'static str,
    #[prop(into)] value: Signal<String>,
    #[prop(optional)] narrow: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let outside = move |target: Option<web_sys::EventTarget>| {
        let inside =
            root.get_untracked().zip(target.and_then(|target| target.dyn_into::<web_sys::Node>().ok()));
        inside.is_some_and(|(root, node)| !root.contains(Some(&node)))
    };
    let pressed = window_event_listener(ev::pointerdown, move |event| {
        if open.get_untracked() && outside(event.target()) {
            open.set(false);
        }
    });
    on_cleanup(move || pressed.remove());
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            if let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
        }
    };
    // What only does something has done it.
    let chosen = move |event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.class_name() == "item") {
            open.set(false);
            if let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
        }
    };
    let left = move |event: ev::FocusEvent| {
        if event.related_target().is_some() && outside(event.related_target()) {
            open.set(false);
        }
    };
    view! {
        <div class="menu" node_ref=root on:keydown=key on:focusout=left>
            <button
                class="button" type="button" node_ref=button aria-haspopup="dialog"
                aria-expanded=move || open.get().to_string()
                on:click=click(move |_| open.update(|open| *open = !*open))
            >
                <span class="key">{label}</span>
                <span class="value">{value}</span>
                {icon(DOWN)}
            </button>
            {part(move || {
                open.get().then(|| view! {
                    <div class="menu-body" class:narrow=narrow role="dialog" aria-label=label on:click=click(chosen)>{children()}</div>
                })
            })}
        </div>
    }
}
