//! A box (cluster, namespace or app), folded or open, or the sum of lines to or from a folded one: what is known of it, in
//! words, what it stands for, and the way into it and back.

use super::{
    edge::ends,
    head::Head,
    neighbours::{figure, row},
};
use crate::{
    state::{
        drawn::Drawn,
        page,
        selection::{edge_of, node_of},
        shared::{Look, Views, click, memo, part},
    },
    widget::Section,
};
use layout::sorting::Order as _;
use leptos::prelude::*;
use model::{Edge, Node, Subject};
use std::{cmp::Reverse, sync::Arc};

/// More would be no list but the mesh again: the worst come first.
const PARTS_SHOWN: usize = 50;

#[component]
pub(crate) fn FoldedPanel(subject: Subject) -> impl IntoView {
    let page = page();
    let kind = kind(&subject);
    let subject = Arc::new(subject);
    let told = |tell: fn(&Drawn, &Subject) -> Option<String>| {
        let subject = Arc::clone(&subject);
        memo(move || {
            page.drawn
                .look(|drawn| drawn.as_ref().and_then(|drawn| tell(drawn, &subject)).unwrap_or_default())
        })
    };
    let (title, words, act) = (told(title), told(words), told(act));
    let button = match &*subject {
        Subject::Node { id } => {
            let id = id.clone();
            Some(view! {
                <div class="acts"><button class="button" type="button" on:click=click(move |_| { page.fold(&id); })>{act}</button></div>
            })
        }
        _ => None,
    };
    view! {
        <Head title=title sub=kind selected=true/>
        <section class="first"><p class="words">{words}</p>{button}</section>
        <Section title="What it stands for">
            {part(move || page.drawn.look(|drawn| drawn.as_ref().map(|drawn| parts(drawn, &subject))))}
        </Section>
    }
}

/// It is of the map alone: the server knows nothing of it by itself.
pub(super) fn is_drawn_only(drawn: &Drawn, subject: &Subject) -> bool {
    let is_known = match subject {
        Subject::Node { id } | Subject::Row { node: id, .. } => node_of(&drawn.whole, id).is_some(),
        Subject::Edge { id } => edge_of(&drawn.whole, id).is_some(),
    };
    !is_known && title(drawn, subject).is_some()
}

fn kind(subject: &Subject) -> &'static str {
    match subject {
        Subject::Node { id } if id.starts_with("cluster/") => "Cluster",
        Subject::Node { id } if id.starts_with("namespace/") => "Namespace",
        Subject::Node { .. } | Subject::Row { .. } => "App",
        Subject::Edge { .. } => "Calls, summed",
    }
}

fn title(drawn: &Drawn, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Node { id } | Subject::Row { node: id, .. } => {
            let land = || drawn.whole.boxes.iter().find(|land| land.id == *id).map(|land| &land.name);
            node_of(&drawn.graph, id).map(|card| &card.name).or_else(land).cloned()
        }
        Subject::Edge { id } => Some(ends(edge_of(&drawn.graph, id)?, &drawn.graph)),
    }
}

fn words(drawn: &Drawn, subject: &Subject) -> Option<String> {
    view::speak::subject(subject, &drawn.graph, drawn.graph.meta.at_s)
}

fn act(drawn: &Drawn, subject: &Subject) -> Option<String> {
    let Subject::Node { id } = subject else { return None };
    let word = if node_of(&drawn.graph, id).is_some() { "Open it on the map" } else { "Fold it on the map" };
    Some(word.into())
}

/// The cards or the calls that it stands for.
fn parts(drawn: &Drawn, subject: &Subject) -> AnyView {
    let whole = &drawn.whole;
    let (list, all) = match subject {
        Subject::Node { id } | Subject::Row { node: id, .. } => {
            let homes = view::fold::homes(whole);
            let is_in = |at: &usize| homes[*at].iter().flatten().any(|home| home == id);
            let mut cards: Vec<usize> = (0..homes.len()).filter(is_in).collect();
            cards.order_by_key(|at| Reverse(whole.nodes[*at].health.status));
            (cards.iter().take(PARTS_SHOWN).map(|at| card(&whole.nodes[*at])).views(), cards.len())
        }
        Subject::Edge { id } => {
            let mut calls = drawn.calls(id);
            calls.order_by_key(|at| Reverse(whole.edges[*at].health.status));
            let call = |at: &usize| call(&whole.edges[*at], drawn);
            (calls.iter().take(PARTS_SHOWN).map(call).views(), calls.len())
        }
    };
    let more = all.saturating_sub(PARTS_SHOWN);
    view! {
        <ul class="list">{list}</ul>
        {(more > 0).then(|| view! { <p class="note">"And "{more}" more."</p> })}
    }
    .into_any()
}

fn card(node: &Node) -> AnyView {
    let place = node.namespace.as_ref().map(|namespace| [" in ", namespace].concat());
    row(
        Subject::Node { id: node.id.clone() },
        (node.name.clone(), place.unwrap_or_default()),
        (Some(node.health.status), figure(node.requests.as_ref(), node.tcp.as_ref())),
    )
}

fn call(edge: &Edge, drawn: &Drawn) -> AnyView {
    row(
        Subject::Edge { id: edge.id.clone() },
        (ends(edge, &drawn.whole), String::new()),
        (Some(edge.health.status), figure(edge.requests.as_ref(), edge.tcp.as_ref())),
    )
}
