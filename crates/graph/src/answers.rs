//! What came back for a plan: a column a query, or the sentence that says why not.
//! It must not know how answers were fetched.

use crate::{
    query::{Origin, QueryKind, Window},
    sample::{RangeTable, Symbols, Table},
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
}

impl Answers {
    pub fn new(origin: Origin, window: Window) -> Self {
        Self {
            origin,
            window,
            symbols: Symbols::default(),
            outcomes: BTreeMap::new(),
            earlier_s: BTreeMap::new(),
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
