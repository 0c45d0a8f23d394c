//! The graph as the map draws it: namespaces folded to cards where there is too much to read, or where the reader has
//! closed them. It must not know places.

use super::{Feed, Page};
use crate::state::shared::{Look, Shared, memo};
use leptos::prelude::*;
use model::{Graph, PageParams, Subject};
use std::sync::Arc;
use view::{
    find::Matched,
    fold::{self, Folded},
};

/// Namespaces that the reader has opened (true) or closed, by the id of card and band.
pub(crate) type Choices = Vec<(String, bool)>;

/// What is drawn, and how it came of the whole graph.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) whole: Arc<Graph>,
    pub(crate) graph: Arc<Graph>,
    folded: Option<Arc<Folded>>,
    /// Namespaces that the reader has not opened or closed are folded.
    pub(crate) usual: bool,
}

/// Two are the same only when they are one.
impl PartialEq for Drawn {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.graph, &other.graph)
    }
}

impl Drawn {
    fn new(whole: Arc<Graph>, choices: &Choices, usual: bool) -> Self {
        if !usual && choices.is_empty() {
            return Self { graph: Arc::clone(&whole), whole, folded: None, usual };
        }
        let closed =
            |id: &str| choices.iter().find(|(other, _)| other == id).map_or(usual, |(_, open)| !open);
        let folded = Arc::new(fold::fold(&whole, &closed));
        Self { graph: Arc::clone(&folded.graph), whole, folded: Some(folded), usual }
    }

    /// Where a thing of the whole graph is seen.
    pub(crate) fn subject(&self, subject: &Subject) -> Subject {
        self.folded.as_ref().map_or_else(|| subject.clone(), |folded| folded.subject(&self.whole, subject))
    }

    /// Lines too small to be drawn between folded namespaces.
    pub(crate) fn left_out(&self) -> usize {
        self.folded.as_ref().map_or(0, |folded| folded.left_out)
    }

    pub(crate) fn matched(&self, matched: &Matched) -> Matched {
        self.folded.as_ref().map_or_else(|| matched.clone(), |folded| folded.matched(matched))
    }
}

/// Where the address does not say whether a map opens folded, that is decided once a question: growing past the limit
/// changes nothing under the reader's eyes.
pub(super) fn follow(
    params: Shared<PageParams>,
    feed: Shared<Feed>,
    choices: RwSignal<Choices>,
) -> Memo<Option<Drawn>> {
    let usual = StoredValue::new((None, false));
    let asked = memo(move || params.with(|params| params.fold));
    let whole = memo(move || {
        let graph = feed.with(|feed| feed.graph.clone())?;
        Some(Drawn { whole: Arc::clone(&graph), graph, folded: None, usual: false })
    });
    memo(move || {
        let whole = whole.get()?.whole;
        let question = Some(feed.with_untracked(Feed::question));
        if usual.with_value(|usual| usual.0 != question) {
            usual.set_value((question, whole.nodes.len() > fold::LIMIT));
        }
        let usual = asked.get().unwrap_or_else(|| usual.with_value(|usual| usual.1));
        Some(choices.look(|choices| Drawn::new(whole, choices, usual)))
    })
}

impl Page {
    /// What is drawn, untracked.
    pub(crate) fn drawn_now(self) -> Option<Drawn> {
        self.drawn.get_untracked()
    }

    /// Opens a folded namespace in its place, or folds an open one. False where there is no such namespace.
    pub(crate) fn fold(self, id: &str) -> bool {
        let Some(drawn) = self.drawn_now() else { return false };
        let card = drawn.graph.nodes.iter().find(|node| node.id == id);
        let band = drawn.graph.boxes.iter().find(|land| land.id == id && land.by == model::BoxBy::Namespace);
        let Some(name) = card.map(|card| &card.name).or(band.map(|band| &band.name)) else { return false };
        self.choices.update(|choices| {
            choices.retain(|(other, _)| other != id);
            choices.push((id.to_owned(), card.is_some()));
        });
        self.said.set(format!("{name} is {} now", if card.is_some() { "open" } else { "folded" }));
        true
    }

    /// The id of the namespace that a selected card stands in.
    pub(crate) fn home_of_selection(self) -> Option<String> {
        let (Subject::Node { id } | Subject::Row { node: id, .. }) = self.selection()? else { return None };
        let drawn = self.drawn_now()?;
        drawn.graph.nodes.iter().find(|node| node.id == id).and_then(fold::home)
    }
}
