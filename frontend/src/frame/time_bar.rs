//! Live or paused, how long the window is, how often it is asked for, and which instant is drawn.

use crate::state::shared::{click, memo, part};
use crate::{
    nav::{self, Step},
    state::{Export, ExportWish, Page, page, refresh},
    widget::{
        CopyButton, Menu, Pick,
        icon::{PAUSE, PLAY, TOOLS, icon},
    },
};
use layout::sorting::Order as _;
use leptos::prelude::*;
use view::format;

const WINDOWS_S: [u64; 11] = [30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400, 604_800, 2_592_000];
const INTERVALS_S: [u64; 6] = [5, 10, 15, 30, 60, 300];

#[component]
pub(crate) fn TimeBar() -> impl IntoView {
    let page = page();
    let window = memo(move || page.params.with(|params| params.graph.window_s.to_string()));
    let interval = memo(move || page.params.with(|params| params.refresh_s.to_string()));
    view! {
        <div class="timebar" role="region" aria-label="Time">
            <Live/>
            <Pick
                label="Window" options=choices(&WINDOWS_S, &window.get_untracked()) value=window
                choose=move |word| if let Ok(window_s) = word.parse() {
                    page.change(Step::Push, |params| params.graph.window_s = window_s);
                }
            />
            <Pick
                label="Every" options=choices(&INTERVALS_S, &interval.get_untracked()) value=interval
                choose=move |word| if let Ok(refresh_s) = word.parse() {
                    page.change(Step::Push, |params| params.refresh_s = refresh_s);
                }
            />
            <button
                class="square fold" type="button" aria-label="More tools" aria-expanded=move || page.tools_open.get().to_string()
                on:click=click(move |_| page.tools_open.update(|open| *open = !*open))
            >{icon(TOOLS)}</button>
            <span class="space"></span>
            <span class="clock" title="End of the window that is drawn">{part(move || drawn_instant(page))}</span>
            {exports(page)}
            <CopyButton label="Copy link" with_icon=true text=nav::address/>
        </div>
    }
}

/// The picture as a file.
fn exports(page: Page) -> AnyView {
    let wished = expect_context::<ExportWish>();
    let entry = move |wish: Export, words: &'static str| {
        let drawn = move || page.feed.with(crate::state::Feed::has_picture);
        view! {
            <button class="item" type="button" disabled=move || !drawn() on:click=click(move |_| wished.set(Some(wish)))>{words}</button>
        }
    };
    view! {
        <Menu label="Export" value=Signal::stored(String::new()) narrow=true>
            {entry(Export::Svg, "SVG: sharp at any size")}
            {entry(Export::Png, "PNG: for slides and chats")}
        </Menu>
    }
    .into_any()
}

/// What an address asked for stands among the usual lengths.
fn choices(usual_s: &[u64], current: &str) -> Vec<(String, String)> {
    let mut all_s = usual_s.to_vec();
    all_s.extend(current.parse::<u64>());
    all_s.order();
    all_s.dedup();
    all_s.into_iter().map(|s| (s.to_string(), format::window(s))).collect()
}

fn drawn_instant(page: Page) -> impl IntoView {
    let at_s = page.feed.with(|feed| feed.graph.as_ref().map(|graph| graph.meta.at_s));
    at_s.map(|at_s| {
        let text = format::moment(at_s, (js_sys::Date::now() / 1_000.0) as i64);
        let (time, zone) = text.rsplit_once(format::NBSP).unwrap_or((&text, ""));
        view! { {time.to_owned()}<span>{zone.to_owned()}</span> }
    })
}

/// How much the picture is worth: live, held, of the past, or old.
pub(crate) fn mark(page: Page) -> AnyView {
    let standing = memo(move || {
        let (paused, fixed) = page.params.with(|params| (params.paused, params.graph.at_s.is_some()));
        let nothing = page.feed.with(|feed| feed.graph.is_none() && feed.problem.is_none());
        match (refresh::is_lost(page), paused, fixed) {
            _ if nothing => ("Asking", "live off"),
            (true, ..) => ("Not live", "live behind"),
            (_, true, _) => ("Paused", "live off"),
            (.., true) => ("In the past", "live off"),
            _ => ("Live", "live"),
        }
    });
    view! { <span class=move || standing.get().1><span class="dot"></span>{part(move || standing.get().0)}</span> }
        .into_any()
}

/// The live mark, and the button that holds the picture.
#[component]
fn Live() -> impl IntoView {
    let page = page();
    let paused = memo(move || page.params.with(|params| params.paused));
    let fixed = memo(move || page.params.with(|params| params.graph.at_s.is_some()));
    let back = move |_| page.change(Step::Push, |params| params.graph.at_s = None);
    view! {
        {mark(page)}
        <button
            class="square" type="button" aria-pressed=move || paused.get().to_string()
            aria-label="Pause the refresh" title=move || if paused.get() { "Go on refreshing (p)" } else { "Pause the refresh (p)" }
            on:click=click(move |_| toggle_pause(page))
        >
            {part(move || icon(if paused.get() { PLAY } else { PAUSE }))}
        </button>
        {part(move || fixed.get().then(|| view! { <button class="button" type="button" on:click=click(back)>"Back to now"</button> }))}
    }
}

pub(crate) fn toggle_pause(page: Page) {
    page.change(Step::Push, |params| params.paused = !params.paused);
    let words =
        if page.params.with_untracked(|params| params.paused) { "Refresh paused" } else { "Refresh goes on" };
    page.said.set(words.into());
}
