//! Samples as the shell hands them over: columns of interned label values beside numbers.
//! It must not know how they were fetched or what the labels mean.

use rustc_hash::FxHashMap;
use std::sync::Arc;

/// An interned label value. `Symbol::EMPTY` stands for an absent and for an empty label alike, as in Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Symbol(u32);

impl Symbol {
    pub const EMPTY: Self = Self(0);

    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }
}

/// Label values, each kept once.
#[derive(Debug, Clone)]
pub struct Symbols {
    texts: Vec<Arc<str>>,
    by_text: FxHashMap<Arc<str>, Symbol>,
}

impl Default for Symbols {
    fn default() -> Self {
        let empty: Arc<str> = Arc::from("");
        Self { texts: vec![empty.clone()], by_text: FxHashMap::from_iter([(empty, Symbol::EMPTY)]) }
    }
}

impl Symbols {
    pub fn intern(&mut self, text: &str) -> Symbol {
        if let Some(symbol) = self.by_text.get(text) {
            return *symbol;
        }
        let symbol = Symbol(u32::try_from(self.texts.len()).expect("fewer than four billion label values"));
        let text: Arc<str> = Arc::from(text);
        self.texts.push(text.clone());
        self.by_text.insert(text, symbol);
        symbol
    }

    /// The symbol of a text that was seen before.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.by_text.get(text).copied()
    }

    pub fn text(&self, symbol: Symbol) -> &str {
        &self.texts[symbol.0 as usize]
    }

    /// Bytes held, roughly: for the weight of a snapshot.
    pub fn bytes(&self) -> usize {
        self.texts.iter().map(|text| text.len() + 64).sum()
    }
}

/// Rows of one instant query: a cell a grouping label, `le` read as a number, the value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Label names in the order of the cells; never `le`.
    pub labels: Vec<&'static str>,
    /// Row-major: `labels.len()` cells a row.
    pub cells: Vec<Symbol>,
    /// One a row. Never NaN or infinite: such rows are counted in `not_numbers` and left out.
    pub values: Vec<f64>,
    /// Upper bounds, one a row, for bucket queries; empty otherwise. `+Inf` is `f64::INFINITY`.
    pub le: Vec<f64>,
    pub not_numbers: usize,
}

impl Table {
    pub fn rows(&self) -> usize {
        self.values.len()
    }

    pub fn row(&self, index: usize) -> &[Symbol] {
        let width = self.labels.len();
        &self.cells[index * width..(index + 1) * width]
    }
}

/// Rows of one range query, for the slow lane: per row the points in time order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RangeTable {
    pub labels: Vec<&'static str>,
    pub cells: Vec<Symbol>,
    /// (unix seconds, value) a row.
    pub points: Vec<Vec<(f64, f64)>>,
}

impl RangeTable {
    pub fn row(&self, index: usize) -> &[Symbol] {
        let width = self.labels.len();
        &self.cells[index * width..(index + 1) * width]
    }
}
