//! The side panel: the mesh when nothing is selected, else the node or the edge. What the graph knows is there at once;
//! what only the detail answers know follows.

mod breakdown;
mod charts;
mod edge;
mod figures;
mod folded;
mod graph;
mod head;
mod health;
mod neighbours;
mod node;
mod opening;
mod operations;
mod sides;
mod versions;
mod volume;
mod ways;

use crate::state::shared::{Look, memo, part};
use crate::{state::page, widget::grip};
use leptos::prelude::*;
use model::Subject;

/// What the panel is about; a change of row does not build it anew.
#[derive(Debug, Clone, PartialEq)]
enum Topic {
    Mesh,
    Node(String),
    Edge(String),
    /// Only the map has it: a box, or a sum of lines.
    Folded(Subject),
}

#[component]
pub(crate) fn Panel() -> impl IntoView {
    let page = page();
    let folded = move |subject: &Subject| {
        page.drawn.look(|drawn| drawn.as_ref().is_some_and(|drawn| folded::is_drawn_only(drawn, subject)))
    };
    let topic = memo(move || match page.selection() {
        Some(subject) if folded(&subject) => Topic::Folded(subject),
        None => Topic::Mesh,
        Some(Subject::Node { id } | Subject::Row { node: id, .. }) => Topic::Node(id),
        Some(Subject::Edge { id }) => Topic::Edge(id),
    });
    let tall = RwSignal::new(false);
    let mesh = memo(move || topic.get() == Topic::Mesh);
    view! {
        <aside id="panel" class="panel" class:mesh=move || mesh.get() class:tall=tall tabindex="-1" aria-label=move || if mesh.get() { "The mesh" } else { "What is selected" }>
            {grip(tall)}
            {part(move || match topic.get() {
                Topic::Folded(subject) => view! { <folded::FoldedPanel subject=subject/> }.into_any(),
                Topic::Mesh => view! { <graph::GraphPanel/> }.into_any(),
                Topic::Node(id) => view! { <node::NodePanel id=id/> }.into_any(),
                Topic::Edge(id) => view! { <edge::EdgePanel id=id/> }.into_any(),
            })}
        </aside>
    }
}
