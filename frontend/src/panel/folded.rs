//! A folded namespace, or the sum of lines to or from one: what is known of it, in words, and the way into it.

use super::head::Head;
use crate::state::page;
use crate::state::shared::{Look, click, memo};
use leptos::prelude::*;
use model::Subject;

#[component]
pub(crate) fn FoldedPanel(subject: Subject) -> impl IntoView {
    let page = page();
    let what = StoredValue::new(subject.clone());
    let words = memo(move || {
        page.drawn.look(|drawn| {
            let graph = &drawn.as_ref()?.graph;
            what.with_value(|subject| view::speak::subject(subject, graph, graph.meta.at_s))
        })
    });
    // "shop, namespace, degraded: …": the name is what stands before the first comma.
    let title = Signal::derive(move || {
        let words = words.get().unwrap_or_default();
        words.split([',', ':']).next().unwrap_or_default().to_owned()
    });
    let open = match subject {
        Subject::Node { id } => Some(view! {
            <div class="acts"><button class="button" type="button" on:click=click(move |_| {
                page.fold(&id);
            })>"Open it on the map"</button></div>
        }),
        _ => None,
    };
    view! {
        <Head title=title sub="Summed" selected=true/>
        <section class="first"><p class="words">{words}</p>{open}</section>
    }
}
