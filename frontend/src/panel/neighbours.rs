//! Who calls it and whom it calls; a click selects the edge between.

use super::sides::protocol_word;
use crate::{
    state::{page, selection},
    widget::{Section, icon::status_class},
};
use leptos::prelude::*;
use model::{Edge, Subject, detail::Neighbour};
use view::format;

#[component]
pub(crate) fn Neighbours(
    title: &'static str,
    #[prop(into)] neighbours: Signal<Vec<Neighbour>>,
) -> impl IntoView {
    let any = Memo::new(move |_| neighbours.with(|neighbours| !neighbours.is_empty()));
    move || {
        any.get().then(|| {
            view! {
                <Section title=title>
                    <ul class="list">{move || neighbours.get().iter().map(entry).collect_view()}</ul>
                </Section>
            }
        })
    }
}

fn entry(neighbour: &Neighbour) -> impl IntoView + use<> {
    let page = page();
    let edge = page.feed.with(|feed| {
        feed.graph.as_ref().and_then(|graph| selection::edge_of(graph, &neighbour.edge)).cloned()
    });
    let class = edge.as_ref().map_or("", |edge| status_class(edge.health.status));
    let place = neighbour.namespace.as_ref().map(|namespace| format!(" in {namespace}"));
    let subject = Subject::Edge { id: neighbour.edge.clone() };
    view! {
        <li>
            <button type="button" on:click=move |_| page.select(Some(subject.clone()))>
                <span class="name">{neighbour.name.clone()}<span class="sub">{place}" · "{protocol_word(neighbour.protocol)}</span></span>
                <span class=format!("figure {class}")>{edge.as_ref().map(figure)}</span>
            </button>
        </li>
    }
}

/// Rate, and the share that fails where there is one.
pub(crate) fn figure(edge: &Edge) -> String {
    if let Some(requests) = &edge.requests {
        let errors = requests
            .error_share
            .filter(|share| *share > 0.0)
            .map(|share| format!(" · {}", format::share(share)));
        return format::rate(requests.rate_rps) + &errors.unwrap_or_default();
    }
    let bytes = edge.tcp.as_ref().and_then(|tcp| tcp.sent_bytes_per_s.or(tcp.received_bytes_per_s));
    bytes.map_or_else(|| format::UNKNOWN.into(), format::bytes_per_s)
}
