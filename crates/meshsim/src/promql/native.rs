//! What is read off native histograms, and which of their parts an operation sees. Must not know selectors.

use super::table::{ABSENT, Row, Table, is_absent};
use super::{EvalError, key};
use crate::native::{COUNT, Histogram, PART, SUM, part_of, without_part};
use crate::store::Labels;

impl Row {
    /// Which part of a histogram its cells are, if they are of one.
    pub(super) fn part(&self) -> Option<&str> {
        part_of(&self.all).map(|part| &**part)
    }

    /// As one that stands for the whole histogram.
    pub(super) fn whole(&self) -> Self {
        Self { all: without_part(&self.all), drop_name: self.drop_name }
    }

    /// For what only asks whether and when there was something: a histogram tells by one of its parts.
    pub(super) fn once(&self) -> Option<Self> {
        match self.part() {
            None => Some(self.clone()),
            Some(COUNT) => Some(self.whole()),
            Some(_) => None,
        }
    }
}

impl Table {
    /// The rows of plain numbers.
    pub(super) fn plain(self) -> Self {
        if self.rows.iter().all(|row| row.part().is_none()) {
            return self;
        }
        let mut plain = Self::new(self.width());
        for (row, cells) in self.iter().filter(|(row, _)| row.part().is_none()) {
            plain.push(row.clone(), cells);
        }
        plain
    }
}

/// A number that is read off each histogram.
#[derive(Debug, Clone, Copy)]
pub(super) enum Read {
    Count,
    Sum,
}

pub(super) fn read(table: &Table, read: Read) -> Result<Table, EvalError> {
    histograms(table, |histogram, _| match read {
        Read::Count => histogram.count,
        Read::Sum => histogram.sum,
    })
}

pub(super) fn quantile(shares: &[f64], table: &Table) -> Result<Table, EvalError> {
    histograms(table, |histogram, step| histogram.quantile(shares[step]))
}

/// One row of numbers for each histogram; plain rows have none.
fn histograms(table: &Table, number: impl Fn(&Histogram, usize) -> f64) -> Result<Table, EvalError> {
    let grouping = key::Grouping::Without(vec![PART.to_owned()]);
    let mut groups = key::Groups::default();
    let assigned = groups.assign(table, &grouping);
    let mut out = Table::new(table.width());
    let mut cells = vec![ABSENT; table.width()];
    for rows in key::members(&assigned, groups.len()) {
        let parts: Vec<(&str, usize)> =
            rows.iter().filter_map(|row| Some((table.rows[*row].part()?, *row))).collect();
        let Some((_, first)) = parts.first() else { continue };
        for (step, cell) in cells.iter_mut().enumerate() {
            *cell = at(table, &parts, step).map_or(ABSENT, |histogram| number(&histogram, step));
        }
        out.push(table.rows[*first].whole(), &cells);
    }
    out.without_names()
}

fn at(table: &Table, parts: &[(&str, usize)], step: usize) -> Option<Histogram> {
    let mut histogram = Histogram::default();
    let mut is_there = false;
    for (part, row) in parts {
        let value = table.cell(*row, step);
        if !is_absent(value) {
            histogram.set(part, value);
            is_there |= [COUNT, SUM].contains(part);
        }
    }
    is_there.then_some(histogram)
}

/// Sorted names with the one by which parts are told apart before them.
pub(super) fn with_part(mut names: Vec<String>) -> Vec<String> {
    names.insert(0, PART.to_owned());
    names
}

/// The labels of a window's series, and whether they are a part's, which rates never stretch less for being near zero.
pub(super) fn is_part(labels: &Labels) -> bool {
    part_of(labels).is_some()
}
