//! The graph as the map draws it: boxes folded to cards where there is too much to read, or where the reader has closed
//! them. It must not know places.

use super::{Feed, Page, selection::node_of};
use crate::state::shared::{Look, Shared, memo};
use leptos::prelude::*;
use model::{BoxBy, Graph, PageParams, Subject};
use std::sync::Arc;
use view::{
    find::Matched,
    fold::{self, Folded},
};

/// What the reader has opened (true) or closed, by the id of card and box.
pub(crate) type Choices = Vec<(String, bool)>;

/// What is drawn, and how it came of the whole graph.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) whole: Arc<Graph>,
    pub(crate) graph: Arc<Graph>,
    folded: Option<Arc<Folded>>,
    /// What is folded of all that the reader has not opened or closed.
    pub(crate) usual: Vec<BoxBy>,
}

/// Two are the same only when they are one.
impl PartialEq for Drawn {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.graph, &other.graph)
    }
}

impl Drawn {
    fn new(whole: Arc<Graph>, choices: &Choices, usual: Vec<BoxBy>) -> Self {
        if usual.is_empty() && choices.is_empty() {
            return Self { graph: Arc::clone(&whole), whole, folded: None, usual };
        }
        let closed = |by: BoxBy, id: &str| {
            let choice = choices.iter().find(|(other, _)| other == id);
            choice.map_or_else(|| usual.contains(&by), |(_, open)| !open)
        };
        let folded = Arc::new(fold::fold(&whole, &closed));
        Self { graph: Arc::clone(&folded.graph), whole, folded: Some(folded), usual }
    }

    /// Where a thing of the whole graph is seen.
    pub(crate) fn subject(&self, subject: &Subject) -> Subject {
        self.folded.as_ref().map_or_else(|| subject.clone(), |folded| folded.subject(&self.whole, subject))
    }

    /// The calls of the whole graph, by index, that a line stands for.
    pub(crate) fn calls(&self, line: &str) -> Vec<usize> {
        self.folded.as_ref().map(|folded| folded.calls(line)).unwrap_or_default()
    }

    /// Lines too small to be drawn between what is folded.
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
    let asked = memo(move || params.with(|params| params.fold.clone()));
    let whole = memo(move || {
        let graph = feed.with(|feed| feed.graph.clone())?;
        Some(Drawn { whole: Arc::clone(&graph), graph, folded: None, usual: Vec::new() })
    });
    memo(move || {
        let whole = whole.get()?.whole;
        let question = Some(feed.with_untracked(Feed::question));
        if usual.with_value(|usual| usual.0 != question) {
            usual.set_value((question, whole.nodes.len() > fold::LIMIT));
        }
        let large = || usual.with_value(|usual| usual.1).then_some(BoxBy::Namespace);
        let usual = asked.get().unwrap_or_else(|| large().into_iter().collect());
        Some(choices.look(|choices| Drawn::new(whole, choices, usual)))
    })
}

impl Page {
    /// What is drawn, untracked.
    pub(crate) fn drawn_now(self) -> Option<Drawn> {
        self.drawn.get_untracked()
    }

    /// Opens what is folded to this card, in its place, or folds the open box with this id. False where there is neither.
    pub(crate) fn fold(self, id: &str) -> bool {
        let Some(drawn) = self.drawn_now() else { return false };
        let card = node_of(&drawn.graph, id).filter(|card| card.flags.folded);
        let land = drawn.graph.boxes.iter().find(|land| land.id == id);
        if let Some(name) = card.map(|card| &card.name).or(land.map(|land| &land.name)) {
            self.choose(id, name, card.is_some());
        }
        card.is_some() || land.is_some()
    }

    fn choose(self, id: &str, name: &str, open: bool) {
        self.choices.update(|choices| {
            choices.retain(|(other, _)| other != id);
            choices.push((id.to_owned(), open));
        });
        self.said.set([name, if open { " is open now" } else { " is folded now" }].concat());
    }

    /// Takes a card's rows away, or gives them back.
    pub(crate) fn fold_rows(self, id: &str) {
        let drawn = self.drawn_now();
        if let Some(card) = drawn.as_ref().and_then(|drawn| node_of(&drawn.graph, id)) {
            self.choose(id, &card.name, card.flags.folded);
        }
    }

    /// Folds the rows of the selected card, else the innermost box it stands in; that card is selected then. False where
    /// there is nothing to fold.
    pub(crate) fn fold_round_selection(self) -> bool {
        let Some((selection, drawn)) = self.selection().zip(self.drawn_now()) else { return false };
        let (Subject::Node { id } | Subject::Row { node: id, .. }) = drawn.subject(&selection) else {
            return false;
        };
        let has_rows = node_of(&drawn.graph, &id).is_some_and(|card| !card.versions.is_empty());
        let mut lands = drawn.graph.boxes.iter();
        let round = if has_rows {
            self.fold_rows(&id);
            Some(id)
        } else {
            let land = lands.find(|land| land.id == id || land.members.contains(&id));
            land.map(|land| land.id.clone()).filter(|land| self.fold(land))
        };
        let is_folded = round.is_some();
        if let Some(id) = round {
            // From here on the card that is now there can be walked from.
            self.select(Some(Subject::Node { id }));
        }
        is_folded
    }
}
