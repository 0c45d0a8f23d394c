//! What belongs to the reader rather than to the view: theme, motion, and whether the page is in sight.

use super::{Page, storage};
use crate::nav::Step;
use crate::state::shared::{effect, memo};
use leptos::{ev, prelude::*};

const THEME_KEY: &str = "portolan.theme";

pub(crate) fn remembered_theme() -> Option<String> {
    storage::get(THEME_KEY).filter(|theme| ["light", "dark"].contains(&theme.as_str()))
}

pub(crate) fn prefers(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether the window is at least this large.
pub(crate) fn has_room(width_px: f64, height_px: f64) -> bool {
    let least = |length: Result<wasm_bindgen::JsValue, _>, wanted: f64| {
        length
            .ok()
            .and_then(|length: wasm_bindgen::JsValue| length.as_f64())
            .is_none_or(|length| length >= wanted)
    };
    least(window().inner_width(), width_px) && least(window().inner_height(), height_px)
}

pub(crate) fn reduced_motion() -> bool {
    prefers("(prefers-reduced-motion: reduce)")
}

/// Light, dark, as the system has it, and round again.
pub(crate) fn next_theme(theme: &str) -> &'static str {
    match theme {
        "light" => "dark",
        "dark" => "system",
        _ => "light",
    }
}

impl Page {
    pub(crate) fn set_theme(self, theme: &str) {
        storage::set(THEME_KEY, theme);
        self.change(Step::Replace, |params| theme.clone_into(&mut params.theme));
    }
}

/// Keeps the document's theme, the clock and the page's visibility up to date.
pub(crate) fn follow(page: Page) {
    let theme = memo(move || page.params.with(|params| params.theme.clone()));
    effect(move |_| {
        let Some(root) = document().document_element() else { return };
        let theme = theme.get();
        let _ = if theme == "system" {
            root.remove_attribute("data-theme")
        } else {
            root.set_attribute("data-theme", &theme)
        };
    });
    let handle = window_event_listener(ev::visibilitychange, move |_| {
        page.visible.set(!document().hidden());
        page.now_ms.set(js_sys::Date::now());
    });
    on_cleanup(move || handle.remove());
    set_interval(
        move || {
            if page.visible.get_untracked() {
                page.now_ms.set(js_sys::Date::now());
            }
        },
        std::time::Duration::from_secs(1),
    );
}
