//! A native select with its name inside the frame.

use super::icon::{DOWN, icon};
use crate::state::shared::{Views, part};
use leptos::prelude::*;

#[component]
pub(crate) fn Pick(
    label: &'static str,
    /// Value and words.
    options: Vec<(String, String)>,
    #[prop(into)] value: Signal<String>,
    choose: impl Fn(String) + 'static,
) -> impl IntoView {
    // An address may name a value that is not on the list; it is shown as it is.
    let known: Vec<String> = options.iter().map(|(value, _)| value.clone()).collect();
    let foreign = move || Some(value.get()).filter(|value| !known.contains(value));
    view! {
        <label class="pick">
            <span>{label}</span>
            <select prop:value=value on:change=move |event| choose(event_target_value(&event))>
                {part(move || foreign().map(|word| view! { <option value=word.clone() selected=true>{word.clone()}</option> }))}
                {options
                    .into_iter()
                    .map(|(word, words)| {
                        let this = word.clone();
                        view! { <option value=word selected=move || value.get() == this>{words}</option> }
                    })
                    .views()}
            </select>
            {icon(DOWN)}
        </label>
    }
}
