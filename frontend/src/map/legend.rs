//! The legend, generated from the table that draws the picture.

use super::stand::Stand;
use crate::state::shared::{Look, Views, click, memo};
use crate::{
    state::page,
    widget::icon::{CLOSE, LEGEND, icon},
};
use leptos::prelude::*;
use view::{Level, format::px, legend, overlay, svg};

#[component]
pub(crate) fn Legend(stand: Stand) -> impl IntoView {
    let page = page();
    let far = memo(move || {
        stand.zoom.track();
        stand.with(|stage| stage.level == Level::Far).unwrap_or(false)
    });
    let sections = memo(move || {
        let overlay = overlay::by_word(&page.params.with(|params| params.overlay.clone()));
        let level = match (page.near.get(), far.get()) {
            (true, _) => Level::Near,
            (_, true) => Level::Far,
            _ => Level::Middle,
        };
        page.drawn.look(|drawn| drawn.as_ref().map(|drawn| legend::sections(&drawn.graph, overlay, level)))
    });
    let drawn = move || sections.get().filter(|sections| !sections.is_empty());
    move || {
        let sections = drawn()?;
        let toggle = move |_| page.legend_open.update(|open| *open = !*open);
        let view = if page.legend_open.get() {
            view! {
                <div class="legend over sheet" role="region" aria-label="Legend" data-covers="">
                    {sections.iter().map(section).views()}
                    <button class="square small" type="button" aria-label="Hide the legend" title="Hide the legend (l)" on:click=click(toggle)>{icon(CLOSE)}</button>
                </div>
            }
            .into_any()
        } else if page.is_embedded() {
            return None;
        } else {
            view! {
                <button class="button over legend-show" type="button" title="Show the legend (l)" on:click=click(toggle)>{icon(LEGEND)}"Legend"</button>
            }
            .into_any()
        };
        Some(view)
    }
}

fn section(section: &legend::Section) -> impl IntoView + use<> {
    let entries = section
        .entries
        .iter()
        .map(|entry| {
            let frame = format!("0 0 {} {}", px(entry.width), px(entry.height));
            // The samples hold no text from labels, and the writer escapes what it is given.
            let shapes = svg::elements(&entry.sample, svg::Colours::Variables);
            view! {
                <li>
                    <svg width=px(entry.width) height=px(entry.height) viewBox=frame aria-hidden="true" inner_html=shapes></svg>
                    {entry.text.clone()}
                </li>
            }
        })
        .views();
    let tall = section.entries.len() == 4;
    view! { <div><h3>{section.title.clone()}</h3><ul class:tall=tall>{entries}</ul></div> }
}
