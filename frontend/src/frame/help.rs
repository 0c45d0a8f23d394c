//! The help sheet: which keys do what. The browser's own dialog keeps the focus inside and gives it back.

use crate::state::shared::{Views, click};
use crate::widget::icon::{CLOSE, icon};
use leptos::prelude::*;
use view::keys;
use wasm_bindgen::JsCast;

fn dialog() -> Option<web_sys::HtmlDialogElement> {
    document().get_element_by_id("help")?.dyn_into().ok()
}

/// While it is open, keys belong to it.
pub(crate) fn is_open() -> bool {
    dialog().is_some_and(|dialog| dialog.open())
}

pub(crate) fn show() {
    if let Some(dialog) = dialog() {
        // It throws only where it is open already.
        let _ = dialog.show_modal();
    }
}

fn close() {
    if let Some(dialog) = dialog() {
        dialog.close();
    }
}

pub(crate) fn sheet() -> AnyView {
    let section = |(title, entries): &(&'static str, &'static [keys::Entry])| {
        let entries = entries.iter().map(|entry| {
            let keys = entry.keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).views();
            view! { <dt>{keys}</dt><dd>{entry.does}</dd> }
        });
        view! { <h3>{*title}</h3><dl>{entries.views()}</dl> }
    };
    view! {
        <dialog id="help" class="sheet" aria-labelledby="help-title">
            <div class="head">
                <h2 id="help-title">"Keys"</h2>
                <span class="space"></span>
                <button class="square" type="button" aria-label="Close" on:click=click(move |_| close())>{icon(CLOSE)}</button>
            </div>
            {keys::SECTIONS.iter().map(section).views()}
        </dialog>
    }
    .into_any()
}
