//! A box (cluster, namespace or app), folded or open, or the sum of lines to or from a folded one: what is known of it, in
//! words, what it stands for, and the way into it and back.

use super::{edge::ends, head::Head, neighbours::figure};
use crate::{
    state::{
        drawn::Drawn,
        page,
        selection::{edge_of, node_of},
        shared::{Look, Views, click, memo, part},
    },
    widget::{Section, icon::status_class},
};
use layout::sorting::Order as _;
use leptos::prelude::*;
use model::{BoxBy, Edge, Graph, Node, Status, Subject};
use std::cmp::Reverse;

/// More would be no list but the mesh again: the worst come first.
const PARTS_SHOWN: usize = 50;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Told {
    title: String,
    sub: String,
    words: String,
    /// It is a card, and can be opened; none of a line.
    folded: Option<bool>,
    parts: Vec<Part>,
}

/// A card or a call that it stands for.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    subject: Subject,
    name: String,
    place: String,
    status: Status,
    figure: String,
}

#[component]
pub(crate) fn FoldedPanel(subject: Subject) -> impl IntoView {
    let page = page();
    let id = match &subject {
        Subject::Node { id } => id.clone(),
        _ => String::new(),
    };
    let told = memo(move || {
        page.drawn.look(|drawn| drawn.as_ref().and_then(|drawn| told(drawn, &subject)).unwrap_or_default())
    });
    let open = move |folded: bool| {
        let id = id.clone();
        view! {
            <div class="acts"><button class="button" type="button" on:click=click(move |_| { page.fold(&id); })>
                {if folded { "Open it on the map" } else { "Fold it on the map" }}
            </button></div>
        }
    };
    let title = memo(move || told.look(|told| told.title.clone()));
    let sub = memo(move || told.look(|told| told.sub.clone()));
    let folded = memo(move || told.look(|told| told.folded));
    view! {
        <Head title=title sub=sub selected=true/>
        <section class="first">
            <p class="words">{part(move || told.look(|told| told.words.clone()))}</p>
            {part(move || folded.get().map(&open))}
        </section>
        <Section title="What it stands for">
            <ul class="list">{part(move || told.look(|told| told.parts.iter().take(PARTS_SHOWN).map(entry).views()))}</ul>
            {part(move || {
                let more = told.look(|told| told.parts.len()).checked_sub(PARTS_SHOWN).filter(|more| *more > 0)?;
                Some(view! { <p class="note">"And "{more}" more."</p> })
            })}
        </Section>
    }
}

fn entry(of: &Part) -> AnyView {
    let page = page();
    let subject = of.subject.clone();
    view! {
        <li>
            <button type="button" on:click=click(move |_| page.select(Some(subject.clone())))>
                <span class="name">{of.name.clone()}<span class="sub">{of.place.clone()}</span></span>
                <span class=["figure ", status_class(of.status)].concat()>{of.figure.clone()}</span>
            </button>
        </li>
    }
    .into_any()
}

/// None of what the server knows by itself.
pub(super) fn told(drawn: &Drawn, subject: &Subject) -> Option<Told> {
    let (graph, whole) = (&drawn.graph, &drawn.whole);
    let words = view::speak::subject(subject, graph, graph.meta.at_s).unwrap_or_default();
    let mut told = match subject {
        Subject::Node { id } if node_of(whole, id).is_none() => {
            let homes = view::fold::homes(whole);
            let is_in = |homes: &[Option<String>; 3]| homes.iter().flatten().any(|home| home == id);
            let members = whole.nodes.iter().zip(&homes).filter(|(_, homes)| is_in(homes));
            let members: Vec<&Node> = members.map(|(node, _)| node).collect();
            let first = *members.first()?;
            let land = homes.iter().find_map(|homes| homes.iter().position(|home| home.as_ref() == Some(id)));
            let (kind, name) = match view::fold::KINDS[land?] {
                BoxBy::Cluster => ("Cluster", &first.cluster),
                BoxBy::Namespace => ("Namespace", &first.namespace),
                BoxBy::App => ("App", &first.app),
            };
            let parts = members.into_iter().map(card).collect();
            let (folded, title) = (Some(node_of(graph, id).is_some()), name.clone().unwrap_or_default());
            Told { title, sub: kind.into(), words, folded, parts }
        }
        Subject::Edge { id } if edge_of(whole, id).is_none() => {
            let title = ends(edge_of(graph, id)?, graph);
            let parts = drawn.calls(id).into_iter().map(|edge| call(edge, whole)).collect();
            Told { title, sub: "Calls, summed".into(), words, folded: None, parts }
        }
        _ => return None,
    };
    told.parts.order_by_key(|part| Reverse(part.status));
    Some(told)
}

fn card(node: &Node) -> Part {
    Part {
        subject: Subject::Node { id: node.id.clone() },
        name: node.name.clone(),
        place: node.namespace.as_ref().map(|namespace| [" in ", namespace].concat()).unwrap_or_default(),
        status: node.health.status,
        figure: figure(node.requests.as_ref(), node.tcp.as_ref()),
    }
}

fn call(edge: &Edge, graph: &Graph) -> Part {
    Part {
        subject: Subject::Edge { id: edge.id.clone() },
        name: ends(edge, graph),
        place: String::new(),
        status: edge.health.status,
        figure: figure(edge.requests.as_ref(), edge.tcp.as_ref()),
    }
}
