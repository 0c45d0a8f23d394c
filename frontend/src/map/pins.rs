//! Cards that the reader's hand has put somewhere: kept while the page is open, for each question of its own.

use layout::Point;

/// Question, node, top left corner.
#[derive(Debug, Default)]
pub(crate) struct Pins(Vec<(String, String, Point)>);

impl Pins {
    pub(crate) fn of(&self, question: &str) -> Vec<(String, Point)> {
        let mine = self.0.iter().filter(|pin| pin.0 == question);
        mine.map(|(_, node, at)| (node.clone(), *at)).collect()
    }

    /// None frees the card. True when that is something else than before.
    pub(crate) fn set(&mut self, question: &str, node: &str, at: Option<Point>) -> bool {
        let before = self.0.len();
        self.0.retain(|pin| pin.0 != question || pin.1 != node);
        let was_pinned = self.0.len() < before;
        self.0.extend(at.map(|at| (question.to_owned(), node.to_owned(), at)));
        was_pinned || at.is_some()
    }
}
