//! Reads answers of the query API straight into tables: no tree in between, label values interned, `le` as a number.
//! Must not know HTTP, nor what any label means.

mod arriving;
mod histogram;
mod pieces;
mod stats;
mod values;
mod visit;

pub(crate) use arriving::Arriving;

use graph::Outcome;
use graph::sample::{RangeTable, Symbol, Symbols, Table};
use std::time::Duration;
use visit::{Row, RowSink};

/// What an answer says besides its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Prometheus's own warnings: the answer may be partial.
    pub warnings: Vec<String>,
    pub infos: Vec<String>,
    /// Rows that carry native histograms where plain numbers were asked for.
    pub histograms: usize,
    /// Bucket rows without a readable `le`.
    pub without_bound: usize,
}

impl Notes {
    /// Adds those of a further part of the same answer.
    pub(crate) fn append(&mut self, mut more: Self) {
        self.warnings.append(&mut more.warnings);
        self.infos.append(&mut more.infos);
        self.histograms += more.histograms;
        self.without_bound += more.without_bound;
    }
}

/// What rows an answer has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    pub(crate) labels: &'static [&'static str],
    /// They carry bounds.
    pub(crate) buckets: bool,
    /// They have points in time, not one value.
    pub(crate) range: bool,
}

/// An answer that was read, with a table of words of its own.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) outcome: Outcome,
    pub(crate) symbols: Symbols,
    pub(crate) notes: Notes,
    /// In how many parts it came.
    pub(crate) parts: usize,
    /// How long it took the store, where that says so: neither the wire nor our own work is in it.
    pub(crate) busy: Option<Duration>,
}

impl Told {
    pub(crate) fn new(mut outcome: Outcome, symbols: Symbols, notes: Notes) -> Self {
        outcome.shrink();
        Self { outcome, symbols, notes, parts: 1, busy: None }
    }

    /// Adds a further part of the same answer.
    pub(crate) fn append(&mut self, more: Self) {
        let words = self.symbols.absorb(&more.symbols);
        self.outcome.append(more.outcome.in_words(&words));
        self.notes.append(more.notes);
        self.parts += more.parts;
        self.busy = self.busy.zip(more.busy).map(|(a, b)| a + b);
    }
}

#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("{kind}: {reason}")]
    Prometheus { kind: String, reason: String },
}

/// Reads an instant vector. With `buckets`, `le` becomes the table's column of bounds.
pub fn decode_instant(
    body: &[u8],
    labels: &[&'static str],
    buckets: bool,
    symbols: &mut Symbols,
) -> Result<(Table, Notes), DecodeError> {
    let mut sink = InstantSink::new(labels, buckets);
    let notes = visit::read(body, labels, symbols, &mut sink)?;
    Ok(sink.done(notes))
}

/// Reads a matrix.
pub fn decode_range(
    body: &[u8],
    labels: &[&'static str],
    symbols: &mut Symbols,
) -> Result<(RangeTable, Notes), DecodeError> {
    let mut sink = RangeSink::new(labels);
    let notes = visit::read(body, labels, symbols, &mut sink)?;
    Ok((sink.0, notes))
}

struct InstantSink {
    table: Table,
    buckets: bool,
    without_bound: usize,
    /// Native histograms that were read.
    whole: usize,
}

impl InstantSink {
    fn new(labels: &[&'static str], buckets: bool) -> Self {
        let table = Table { labels: labels.to_vec(), ..Table::default() };
        Self { table, buckets, without_bound: 0, whole: 0 }
    }

    fn done(self, mut notes: Notes) -> (Table, Notes) {
        notes.without_bound = self.without_bound;
        notes.histograms -= self.whole;
        (self.table, notes)
    }
}

impl RowSink for InstantSink {
    fn row(&mut self, cells: &[Symbol], row: &Row) {
        // A row with a native histogram has no value at all.
        if self.buckets && !row.histogram.is_empty() {
            self.table.push_histogram(cells, &row.histogram);
            self.whole += 1;
            return;
        }
        let Some((_, value)) = row.points.first() else { return };
        if !value.is_finite() {
            self.table.not_numbers += 1;
            return;
        }
        if self.buckets {
            let Some(le) = row.le.filter(|le| !le.is_nan()) else {
                self.without_bound += 1;
                return;
            };
            self.table.le.push(le);
        }
        self.table.cells.extend_from_slice(cells);
        self.table.values.push(*value);
    }
}

struct RangeSink(RangeTable);

impl RangeSink {
    fn new(labels: &[&'static str]) -> Self {
        Self(RangeTable { labels: labels.to_vec(), ..RangeTable::default() })
    }
}

impl RowSink for RangeSink {
    fn row(&mut self, cells: &[Symbol], row: &Row) {
        self.0.cells.extend_from_slice(cells);
        self.0.points.push(row.points.iter().copied().filter(|(_, value)| value.is_finite()).collect());
    }
}

#[cfg(test)]
mod tests;
