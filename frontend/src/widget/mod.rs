//! The few forms of control the page is made of. They know nothing of graphs.

pub(crate) mod copy;
mod grip;
pub(crate) mod icon;
pub(crate) mod menu;
pub(crate) mod pick;
pub(crate) mod section;
pub(crate) mod segments;

use wasm_bindgen::JsCast;

pub(crate) use copy::CopyButton;
pub(crate) use grip::grip;
pub(crate) use menu::Menu;
pub(crate) use pick::Pick;
pub(crate) use section::{Queries, Section, named};
pub(crate) use segments::Segments;

/// Puts the focus on an element, if there is one of this name.
pub(crate) fn focus_on(id: &str) {
    let element = leptos::prelude::document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
