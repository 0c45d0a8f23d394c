//! A button that copies a text and says whether it could.

use super::icon::{LINK, icon};
use crate::state::shared::{click, part};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;

const SAID_FOR: Duration = Duration::from_millis(1_800);

/// `text` is asked for when the button is pressed.
#[component]
pub(crate) fn CopyButton(
    label: &'static str,
    /// Without words: only the icon, for tight places.
    #[prop(optional)]
    with_icon: bool,
    text: impl Fn() -> String + 'static,
) -> impl IntoView {
    let said = RwSignal::new(None::<&'static str>);
    let copy = move |_| {
        let text = text();
        leptos::task::spawn_local(async move {
            let outcome = if write(&text).await { "Copied" } else { "Copying is not allowed here" };
            said.set(Some(outcome));
            // The panel it stands in may be gone by then.
            let quiet = move || {
                said.try_set(None);
            };
            set_timeout(quiet, SAID_FOR);
        });
    };
    view! {
        <button class="button" type="button" on:click=click(copy)>
            {with_icon.then(|| icon(LINK))}
            <span aria-live="polite">{part(move || said.get().unwrap_or(label))}</span>
        </button>
    }
}

/// The clipboard is missing on plain HTTP from another machine, and a frame may forbid it.
async fn write(text: &str) -> bool {
    let navigator = window().navigator();
    let there =
        js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object());
    there && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
