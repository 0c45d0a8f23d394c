//! The buttons for zoom, and the mark that particles are held.

use super::{keyboard, stand::Stand};
use crate::state::shared::{Look, click, memo, part};
use crate::{
    state::{drawn::Drawn, page},
    widget::icon::{ADD, FIT, LESS, icon},
};
use leptos::prelude::*;

#[component]
pub(crate) fn Zoom(stand: Stand) -> impl IntoView {
    let page = page();
    let there = memo(move || page.feed.with(crate::state::Feed::has_picture));
    let left_out = memo(move || page.drawn.look(|drawn| drawn.as_ref().map_or(0, Drawn::left_out)));
    move || {
        there.get().then(|| view! {
            <div class="zoom over sheet" role="group" aria-label="Zoom" data-covers="">
                <button class="square" type="button" aria-label="Zoom in" title="Zoom in (+)" on:click=click(move |_| keyboard::zoom(stand, 1.25))>{icon(ADD)}</button>
                <output>{part(move || format!("{}{}%", (stand.zoom.get() * 100.0).round() as i64, view::format::NBSP))}</output>
                <button class="square" type="button" aria-label="Zoom out" title="Zoom out (-)" on:click=click(move |_| keyboard::zoom(stand, 0.8))>{icon(LESS)}</button>
                <button class="square" type="button" aria-label="Fit the picture" title="Fit the picture (0)" on:click=click(move |_| stand.fit())>{icon(FIT)}</button>
            </div>
            {part(move || (left_out.get() > 0).then(|| view! {
                <p class="over left-out">{view::format::count(left_out.get() as f64)}" smaller lines to or from what is folded are not drawn"</p>
            }))}
            {part(move || stand.tidier.get().then(|| view! {
                <button class="button over tidy" type="button" title="Many changes have tangled the lines: place the map afresh (t)" on:click=click(move |_| stand.act(super::stage::Stage::tidy))>"Tidy"</button>
            }))}
            {part(move || page.particles_paused.get().then(|| view! {
                <button class="button over paused-note" type="button" on:click=click(move |_| keyboard::toggle_particles(page))>"Particles held. Let them move"</button>
            }))}
        })
    }
}
