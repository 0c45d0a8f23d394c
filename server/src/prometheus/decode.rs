//! Reads answers of the query API straight into tables: no tree in between, label values interned, `le` as a number.
//! Must not know HTTP, nor what any label means.

mod histogram;
mod visit;

use graph::sample::{RangeTable, Symbol, Symbols, Table};
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
    let mut sink = InstantSink {
        table: Table { labels: labels.to_vec(), ..Table::default() },
        buckets,
        without_bound: 0,
        whole: 0,
    };
    let mut notes = visit::read(body, labels, symbols, &mut sink)?;
    notes.without_bound = sink.without_bound;
    notes.histograms -= sink.whole;
    Ok((sink.table, notes))
}

/// Reads a matrix.
pub fn decode_range(
    body: &[u8],
    labels: &[&'static str],
    symbols: &mut Symbols,
) -> Result<(RangeTable, Notes), DecodeError> {
    let mut sink = RangeSink(RangeTable { labels: labels.to_vec(), ..RangeTable::default() });
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

impl RowSink for RangeSink {
    fn row(&mut self, cells: &[Symbol], row: &Row) {
        self.0.cells.extend_from_slice(cells);
        self.0.points.push(row.points.iter().copied().filter(|(_, value)| value.is_finite()).collect());
    }
}

#[cfg(test)]
mod tests;
