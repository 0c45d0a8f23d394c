//! What is selected and what is in focus. Both live in the address.

use super::Page;
use crate::nav::Step;
use leptos::prelude::*;
use model::{Edge, Graph, Node, Subject, params::HOPS_MAX};

impl Page {
    pub(crate) fn select(self, subject: Option<Subject>) {
        self.change(Step::Push, |params| params.selection = subject);
    }

    pub(crate) fn selection(self) -> Option<Subject> {
        self.params.with(|params| params.selection.clone())
    }

    pub(crate) fn focus(self, node: Option<String>) {
        self.change(Step::Push, |params| {
            params.graph.hops = 1;
            params.graph.focus = node;
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
        if params.graph.focus.is_some() && (wanted.is_none() || wanted == params.graph.focus) {
            self.focus(None);
        } else if wanted.is_some() {
            self.focus(wanted);
        }
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
