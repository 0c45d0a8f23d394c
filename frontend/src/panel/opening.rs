//! How the panel of one thing begins: what is drawn is there at once, the rest when the detail answer has come, and what
//! is neither drawn nor known is said to be so. It must not know which kind of thing it is.

use super::head::Head;
use crate::state::shared::{Look, memo, part};
use crate::state::{Page, detail, detail::Load};
use leptos::prelude::*;
use model::{Graph, json::FromJson};

/// The thing as the picture has it, else as the detail answer has it; and that answer.
pub(super) fn subject<S, D>(
    page: Page,
    (resource, id): (&'static str, String),
    drawn: fn(&Graph, &str) -> Option<S>,
    told: fn(&D) -> S,
) -> (Memo<Option<S>>, RwSignal<Load<D>>)
where
    S: PartialEq + Send + Sync + 'static,
    D: FromJson + Send + Sync + 'static,
{
    let id = StoredValue::new(id);
    let load =
        detail::follow::<D>(page, move || Some(page.detail_address(resource, ("id", &id.get_value()), "")));
    let subject = memo(move || {
        let drawn = page.feed.with(|feed| id.with_value(|id| drawn(feed.graph.as_ref()?, id)));
        drawn.or_else(|| load.look(|load| load.value.as_ref().map(|detail| told(detail))))
    });
    (subject, load)
}

/// What is known of it, and below what is still missing.
pub(super) fn frame<S, D>(
    subject: Memo<Option<S>>,
    load: RwSignal<Load<D>>,
    known: impl FnMut() -> AnyView + Send + 'static,
) -> AnyView
where
    S: PartialEq + Send + Sync + 'static,
    D: Send + Sync + 'static,
{
    let there = memo(move || subject.look(Option::is_some));
    let words = memo(move || {
        load.look(|load| match (&load.value, &load.problem) {
            (_, Some(problem)) => Some(problem.detail.clone()),
            (None, None) => Some("Asking Prometheus…".to_owned()),
            _ => None,
        })
    });
    framed(there, words, Box::new(known))
}

fn framed(
    there: Memo<bool>,
    words: Memo<Option<String>>,
    mut known: Box<dyn FnMut() -> AnyView + Send>,
) -> AnyView {
    view! {
        {part(move || if there.get() {
            known()
        } else {
            view! {
                <Head title="Not in the picture" sub="" selected=true/>
                <section class="first"><p class="words">"What this link selects has no traffic in the window, or is not among the chosen namespaces."</p></section>
            }.into_any()
        })}
        {part(move || words.get().map(|words| view! { <section><p class="words">{words}</p></section> }))}
    }
    .into_any()
}
