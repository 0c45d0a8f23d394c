//! What came back for a plan: a column a query, or the sentence that says why not.
//! It must not know how answers were fetched.

use crate::{
    query::{Origin, QueryKind, Window},
    sample::{RangeTable, Symbol, Symbols, Table},
};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub enum Outcome {
    Answered(Table),
    Series(RangeTable),
    /// A sentence for a person: what happened.
    Failed(String),
}

impl Outcome {
    pub fn rows(&self) -> usize {
        match self {
            Self::Answered(table) => table.rows(),
            Self::Series(table) => table.points.len(),
            Self::Failed(_) => 0,
        }
    }

    fn cells(&mut self) -> Option<&mut Vec<Symbol>> {
        match self {
            Self::Answered(table) => Some(&mut table.cells),
            Self::Series(table) => Some(&mut table.cells),
            Self::Failed(_) => None,
        }
    }

    /// The same in another table's words; `words` has them by the symbols here, as `Symbols::absorb` gives them.
    #[must_use]
    pub fn in_words(mut self, words: &[Symbol]) -> Self {
        for cell in self.cells().into_iter().flatten() {
            *cell = words[cell.index()];
        }
        self
    }

    /// Gives back what was set aside for rows that never came.
    pub fn shrink(&mut self) {
        match self {
            Self::Answered(table) => {
                table.cells.shrink_to_fit();
                table.values.shrink_to_fit();
                table.le.shrink_to_fit();
            }
            Self::Series(table) => {
                table.cells.shrink_to_fit();
                table.points.shrink_to_fit();
            }
            Self::Failed(_) => {}
        }
    }

    /// Adds the rows of a further part of the same answer.
    pub fn append(&mut self, part: Self) {
        match (self, part) {
            (Self::Answered(whole), Self::Answered(part)) => whole.append(part),
            (Self::Series(whole), Self::Series(part)) => {
                whole.cells.extend(part.cells);
                whole.points.extend(part.points);
            }
            // Parts of one answer are alike.
            _ => {}
        }
    }
}

/// All answers for one window. A kind that is absent was not asked.
#[derive(Debug, Clone)]
pub struct Answers {
    pub origin: Origin,
    pub window: Window,
    pub symbols: Symbols,
    /// Each outcome with the warnings that Prometheus put beside it.
    pub outcomes: BTreeMap<QueryKind, (Outcome, Vec<String>)>,
    /// Columns that were asked for so many seconds before the window's end, since they are asked for more seldom.
    pub earlier_s: BTreeMap<QueryKind, i64>,
    /// Clusters whose store lacks a column that others have: there it is unknown, and not zero.
    pub lacking: BTreeMap<QueryKind, Vec<String>>,
}

impl Answers {
    pub fn new(origin: Origin, window: Window) -> Self {
        Self {
            origin,
            window,
            symbols: Symbols::default(),
            outcomes: BTreeMap::new(),
            earlier_s: BTreeMap::new(),
            lacking: BTreeMap::new(),
        }
    }

    pub fn table(&self, kind: QueryKind) -> Option<&Table> {
        match self.outcomes.get(&kind) {
            Some((Outcome::Answered(table), _)) => Some(table),
            _ => None,
        }
    }

    pub fn series(&self, kind: QueryKind) -> Option<&RangeTable> {
        match self.outcomes.get(&kind) {
            Some((Outcome::Series(table), _)) => Some(table),
            _ => None,
        }
    }
}
