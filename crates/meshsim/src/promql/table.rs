//! The value between two operators: rows of labels, a column a step, and cells that may be absent. Must not know any
//! operator.

use super::EvalError;
use crate::store::{Labels, METRIC_NAME, label};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// The bits Prometheus writes where a series ends. No arithmetic yields a signalling NaN, so the same bits can say "no
/// sample here" in a cell, and an end-of-series marker from a store is absent without further ado.
const ABSENT_BITS: u64 = 0x7ff0_0000_0000_0002;
pub(super) const ABSENT: f64 = f64::from_bits(ABSENT_BITS);

pub(super) fn is_absent(cell: f64) -> bool {
    cell.to_bits() == ABSENT_BITS
}

/// A row's labels. Dropping the metric's name only sets a mark: label sets are built anew for what reaches the answer.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) all: Labels,
    pub(super) drop_name: bool,
}

impl Row {
    pub(super) fn new(labels: Labels) -> Self {
        Self { all: labels, drop_name: false }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(Arc<str>, Arc<str>)> {
        self.all.iter().filter(|(name, _)| !(self.drop_name && &**name == METRIC_NAME))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        if self.drop_name && name == METRIC_NAME { None } else { label(&self.all, name) }
    }

    pub(super) fn labels(&self) -> Labels {
        if self.drop_name && label(&self.all, METRIC_NAME).is_some() {
            self.iter().cloned().collect()
        } else {
            self.all.clone()
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Table {
    width: usize,
    pub(super) rows: Vec<Row>,
    cells: Vec<f64>,
}

impl Table {
    pub(super) fn new(width: usize) -> Self {
        Self { width, rows: Vec::new(), cells: Vec::new() }
    }

    /// One row without labels.
    pub(super) fn of_scalar(values: &[f64]) -> Self {
        Self { width: values.len(), rows: vec![Row::new(Arc::from([]))], cells: values.to_vec() }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// A row in which nothing is present is not a row.
    pub(super) fn push(&mut self, row: Row, cells: &[f64]) {
        debug_assert_eq!(cells.len(), self.width);
        if cells.iter().any(|cell| !is_absent(*cell)) {
            self.append(row, cells);
        }
    }

    fn append(&mut self, row: Row, cells: &[f64]) {
        self.rows.push(row);
        self.cells.extend_from_slice(cells);
    }

    pub(super) fn cells(&self, row: usize) -> &[f64] {
        &self.cells[row * self.width..(row + 1) * self.width]
    }

    /// Absent or not; NaN is a value like others.
    pub(super) fn cell(&self, row: usize, step: usize) -> f64 {
        self.cells[row * self.width + step]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Row, &[f64])> {
        self.rows.iter().zip(self.cells.chunks_exact(self.width))
    }

    pub(super) fn into_rows(self) -> impl Iterator<Item = (Row, Box<[f64]>)> {
        let Self { width, rows, cells } = self;
        rows.into_iter().enumerate().map(move |(at, row)| (row, cells[at * width..(at + 1) * width].into()))
    }

    /// Replaces each present cell by what `f` makes of it and its step; `ABSENT` takes it away.
    pub(super) fn map(mut self, f: impl Fn(f64, usize) -> f64) -> Self {
        let width = self.width;
        for (at, cell) in self.cells.iter_mut().enumerate() {
            if !is_absent(*cell) {
                *cell = f(*cell, at % width);
            }
        }
        self.without_empty_rows()
    }

    fn without_empty_rows(self) -> Self {
        if self.iter().all(|(_, cells)| cells.iter().any(|cell| !is_absent(*cell))) {
            return self;
        }
        let mut kept = Self::new(self.width);
        for (row, cells) in self.iter() {
            kept.push(row.clone(), cells);
        }
        kept
    }

    /// Takes the metric's name from every row. Rows that become equal are one row, if no step has both.
    pub(super) fn without_names(mut self) -> Result<Self, EvalError> {
        let mut names = self.rows.iter().map(|row| row.get(METRIC_NAME));
        let first = names.next().flatten();
        let one_name = names.all(|name| name == first);
        for row in &mut self.rows {
            row.drop_name = true;
        }
        if one_name { Ok(self) } else { self.merged() }
    }

    /// Joins rows of equal labels into one.
    pub(super) fn merged(self) -> Result<Self, EvalError> {
        let mut merged = Self::new(self.width);
        let mut place: FxHashMap<Labels, usize> = FxHashMap::default();
        for (row, cells) in self.iter() {
            match place.entry(row.labels()) {
                Entry::Vacant(vacant) => {
                    merged.append(Row::new(vacant.key().clone()), cells);
                    vacant.insert(merged.rows.len() - 1);
                }
                Entry::Occupied(occupied) => merged.fill(*occupied.get(), cells)?,
            }
        }
        Ok(merged)
    }

    fn fill(&mut self, row: usize, cells: &[f64]) -> Result<(), EvalError> {
        let start = row * self.width;
        for (old, new) in self.cells[start..start + self.width].iter_mut().zip(cells) {
            match (is_absent(*old), is_absent(*new)) {
                (false, false) => return Err(EvalError::same_labels()),
                (true, false) => *old = *new,
                (_, true) => {}
            }
        }
        Ok(())
    }

    /// The same rows in another order.
    pub(super) fn in_order(&self, order: &[usize]) -> Self {
        let mut ordered = Self::new(self.width);
        for row in order {
            ordered.push(self.rows[*row].clone(), self.cells(*row));
        }
        ordered
    }
}
