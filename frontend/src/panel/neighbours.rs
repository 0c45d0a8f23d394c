//! Who calls it and whom it calls; a click selects the edge between.

use super::sides::protocol_word;
use crate::state::shared::{Look, Views, click, memo, part};
use crate::{
    state::{page, selection},
    widget::{Section, icon::status_class},
};
use leptos::prelude::*;
use model::{Edge, Requests, Status, Subject, Tcp, detail::Neighbour};
use view::format;

#[component]
pub(crate) fn Neighbours(title: &'static str, neighbours: Memo<Vec<Neighbour>>) -> impl IntoView {
    let any = memo(move || neighbours.look(|neighbours| !neighbours.is_empty()));
    move || {
        any.get().then(|| {
            view! {
                <Section title=title>
                    <ul class="list">{part(move || neighbours.get().iter().map(entry).views())}</ul>
                </Section>
            }
        })
    }
}

fn entry(neighbour: &Neighbour) -> AnyView {
    let page = page();
    let edge = page.feed.with(|feed| {
        feed.graph.as_ref().and_then(|graph| selection::edge_of(graph, &neighbour.edge)).cloned()
    });
    let place = neighbour.namespace.as_ref().map(|namespace| format!(" in {namespace}"));
    let own_row = edge.as_ref().and_then(|edge| own_row(edge, &neighbour.node));
    let own_row = own_row.and_then(|(word, node, row)| {
        let name = page.feed.with_untracked(|feed| {
            let node = selection::node_of(feed.graph.as_ref()?, node)?;
            node.versions.iter().find(|version| version.key == row).map(|version| version.name.clone())
        });
        name.map(|name| format!(" · {word} {name}"))
    });
    let sub = [
        &*place.unwrap_or_default(),
        " · ",
        protocol_word(neighbour.protocol),
        &*own_row.unwrap_or_default(),
    ];
    let figure = edge.as_ref().map(|edge| figure(edge.requests.as_ref(), edge.tcp.as_ref()));
    row(
        Subject::Edge { id: neighbour.edge.clone() },
        (neighbour.name.clone(), sub.concat()),
        (edge.as_ref().map(|edge| edge.health.status), figure.unwrap_or_default()),
    )
}

/// What can be selected: its name and what stands behind it, its figure and how well that is.
pub(super) fn row(
    subject: Subject,
    (name, sub): (String, String),
    (status, figure): (Option<Status>, String),
) -> AnyView {
    let page = page();
    let class = status.map_or("", status_class);
    view! {
        <li>
            <button type="button" on:click=click(move |_| page.select(Some(subject.clone())))>
                <span class="name">{name}<span class="sub">{sub}</span></span>
                <span class=["figure ", class].concat()>{figure}</span>
            </button>
        </li>
    }
    .into_any()
}

/// The version of the selected node that the edge starts or ends at: word, node, row.
fn own_row<'a>(edge: &'a Edge, other: &str) -> Option<(&'static str, &'a str, &'a str)> {
    if edge.source == other {
        edge.target_row.as_deref().map(|row| ("to", edge.target.as_str(), row))
    } else {
        edge.source_row.as_deref().map(|row| ("from", edge.source.as_str(), row))
    }
}

/// Rate, and the share that fails where there is one.
pub(super) fn figure(requests: Option<&Requests>, tcp: Option<&Tcp>) -> String {
    if let Some(requests) = requests {
        let errors = requests
            .error_share
            .filter(|share| *share > 0.0)
            .map(|share| format!(" · {}", format::share(share)));
        return format::rate(requests.rate_rps) + &errors.unwrap_or_default();
    }
    let bytes = tcp.and_then(|tcp| tcp.sent_bytes_per_s.or(tcp.received_bytes_per_s));
    bytes.map_or_else(|| format::UNKNOWN.into(), format::bytes_per_s)
}
