//! What is selected and what is in focus. Both live in the address.

use super::Page;
use crate::{nav::Step, widget::focus_on};
use leptos::prelude::*;
use model::{Edge, Graph, Node, Subject, params::HOPS_MAX};

impl Page {
    pub(crate) fn select(self, subject: Option<Subject>) {
        self.change(Step::Push, |params| params.selection = subject);
    }

    /// Lets go of the selection; whoever stood in the panel stands on the map or in the table again.
    pub(crate) fn deselect(self) {
        let inside = document()
            .active_element()
            .is_some_and(|element| element.closest("#panel").is_ok_and(|panel| panel.is_some()));
        self.select(None);
        if inside {
            self.to_main();
        }
    }

    pub(crate) fn to_main(self) {
        focus_on(if self.params.with_untracked(|params| params.table) { "nodes" } else { "map" });
    }

    pub(crate) fn selection(self) -> Option<Subject> {
        self.params.with(|params| params.selection.clone())
    }

    pub(crate) fn focus(self, node: Option<String>) {
        self.change(Step::Push, |params| {
            params.graph.hops = 1;
            params.graph.focus = node;
            params.graph.to = None;
        });
    }

    /// Draws only what lies on a way from one node to another.
    pub(crate) fn show_ways(self, from: String, to: String) {
        self.change(Step::Push, |params| {
            params.graph.focus = Some(from);
            params.graph.to = Some(to);
        });
    }

    /// Sets the focus on the selected node, or on the source of the selected edge; a second time takes it away.
    pub(crate) fn toggle_focus(self) {
        let params = self.params.get_untracked();
        let wanted = match &params.selection {
            Some(Subject::Node { id } | Subject::Row { node: id, .. }) => Some(id.clone()),
            Some(Subject::Edge { id }) => self.feed.with_untracked(|feed| {
                feed.graph.as_ref().and_then(|graph| edge_of(graph, id)).map(|edge| edge.source.clone())
            }),
            None => None,
        };
        // Nobody can ask the server for the surroundings of a folded namespace.
        let known = |id: &String| {
            self.feed
                .with_untracked(|feed| feed.graph.as_ref().is_none_or(|graph| node_of(graph, id).is_some()))
        };
        let wanted = wanted.filter(known);
        if params.graph.focus.is_some() && (wanted.is_none() || wanted == params.graph.focus) {
            self.focus(None);
        } else if wanted.is_some() {
            self.focus(wanted);
        }
    }

    /// Tells those who do not see it that a card was pinned or freed.
    pub(crate) fn say_pinned(self, id: &str, pinned: bool) {
        let drawn = self.drawn_now();
        let name = drawn.as_ref().and_then(|drawn| node_of(&drawn.graph, id)).map_or(id, |node| &node.name);
        self.said.set(if pinned {
            format!("{name} is pinned where it is; press u to free it")
        } else {
            format!("{name} is free")
        });
    }

    pub(crate) fn change_hops(self, by: i8) {
        self.change(Step::Push, |params| {
            params.graph.hops = params.graph.hops.saturating_add_signed(by).clamp(1, HOPS_MAX);
        });
    }
}

/// The lists of a graph are sorted by id.
pub(crate) fn node_of<'a>(graph: &'a Graph, id: &str) -> Option<&'a Node> {
    graph.nodes.binary_search_by(|node| node.id.as_str().cmp(id)).ok().map(|at| &graph.nodes[at])
}

pub(crate) fn edge_of<'a>(graph: &'a Graph, id: &str) -> Option<&'a Edge> {
    graph.edges.binary_search_by(|edge| edge.id.as_str().cmp(id)).ok().map(|at| &graph.edges[at])
}
