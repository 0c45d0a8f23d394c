//! Aggregations over groups of rows. Must not know selectors.

use super::EvalError;
use super::eval::Context;
use super::key::{Grouping, Groups, members};
use super::statistics::quantile;
use super::table::{ABSENT, Row, Table, is_absent};
use crate::store::Labels;
use promql_parser::parser::{AggregateExpr, token};
use std::borrow::Cow;
use std::cmp::Ordering;

pub(super) fn eval(context: &Context, parsed: &AggregateExpr) -> Result<Table, EvalError> {
    let operator = Operator::of(parsed)?;
    let parameters = match &parsed.param {
        Some(parameter) => context.scalar(parameter)?,
        None => Vec::new(),
    };
    let grouping = Grouping::of_aggregation(parsed.modifier.as_ref());
    if let Operator::Fold(fold) = operator {
        let mut folding = Folding::new(&grouping, fold, context.steps.len());
        context.each_row(&parsed.expr, &mut |row, cells| {
            if let Some(row) = fold.seen(row) {
                folding.add(&row, cells);
            }
        })?;
        return Ok(folding.finish());
    }
    let table = context.vector(&parsed.expr)?.plain();
    let mut groups = Groups::default();
    let assigned = groups.assign(&table, &grouping);
    let rows_by_group = members(&assigned, groups.len());
    match operator {
        Operator::Rank(better) => ranked(&table, &rows_by_group, &parameters, better),
        _ => Ok(quantiles(&table, &grouping, rows_by_group, &parameters)),
    }
}

enum Operator {
    Fold(Fold),
    Quantile,
    /// Keeps the best rows of each group.
    Rank(fn(f64, f64) -> Ordering),
}

/// Aggregations that need each value once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    Sum,
    Avg,
    Min,
    Max,
    Count,
    Group,
    Stddev,
    Stdvar,
}

impl Fold {
    /// A row as it is folded: of native histograms a sum makes another, some folds only ask whether there are any, and the
    /// rest passes them over, as later engines do; Prometheus 2.42 takes them for zeros.
    fn seen(self, row: &Row) -> Option<Cow<'_, Row>> {
        match self {
            _ if row.part().is_none() => Some(Cow::Borrowed(row)),
            Self::Sum => Some(Cow::Borrowed(row)),
            Self::Count | Self::Group => row.once().map(Cow::Owned),
            Self::Avg | Self::Min | Self::Max | Self::Stddev | Self::Stdvar => None,
        }
    }
}

impl Operator {
    fn of(parsed: &AggregateExpr) -> Result<Self, EvalError> {
        Ok(match parsed.op.id() {
            token::T_SUM => Self::Fold(Fold::Sum),
            token::T_AVG => Self::Fold(Fold::Avg),
            token::T_MIN => Self::Fold(Fold::Min),
            token::T_MAX => Self::Fold(Fold::Max),
            token::T_COUNT => Self::Fold(Fold::Count),
            token::T_GROUP => Self::Fold(Fold::Group),
            token::T_STDDEV => Self::Fold(Fold::Stddev),
            token::T_STDVAR => Self::Fold(Fold::Stdvar),
            token::T_QUANTILE => Self::Quantile,
            token::T_TOPK => Self::Rank(|a, b| b.total_cmp(&a)),
            token::T_BOTTOMK => Self::Rank(|a, b| a.total_cmp(&b)),
            _ => return Err(EvalError::unsupported(format!("the aggregation {}", parsed.op))),
        })
    }
}

/// What has been seen of one group at one step: the result so far, or the mean where a spread is asked for.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    count: f64,
    value: f64,
    /// The squared deviation from the mean.
    squares: f64,
}

impl Seen {
    fn add(&mut self, value: f64, fold: Fold) {
        self.count += 1.0;
        if self.count < 1.5 {
            self.value = value;
            return;
        }
        self.value = match fold {
            // NaN gives way to any number.
            Fold::Min => self.value.min(value),
            Fold::Max => self.value.max(value),
            // A running mean: the sum of large numbers could leave what an f64 holds.
            Fold::Avg if self.value.is_finite() && value.is_finite() => {
                self.value + (value / self.count - self.value / self.count)
            }
            Fold::Stddev | Fold::Stdvar => {
                let before = value - self.value;
                let mean = self.value + before / self.count;
                self.squares += before * (value - mean);
                mean
            }
            _ => self.value + value,
        };
    }

    fn result(self, fold: Fold) -> f64 {
        match fold {
            _ if self.count < 0.5 => ABSENT,
            Fold::Count => self.count,
            Fold::Group => 1.0,
            Fold::Stddev => (self.squares / self.count).sqrt(),
            Fold::Stdvar => self.squares / self.count,
            _ => self.value,
        }
    }
}

/// Folds rows as they come by: what is kept grows with the groups, not with the rows.
struct Folding<'a> {
    grouping: &'a Grouping,
    fold: Fold,
    width: usize,
    groups: Groups,
    labels: Vec<Labels>,
    seen: Vec<Seen>,
}

impl<'a> Folding<'a> {
    fn new(grouping: &'a Grouping, fold: Fold, width: usize) -> Self {
        Self { grouping, fold, width, groups: Groups::default(), labels: Vec::new(), seen: Vec::new() }
    }

    fn add(&mut self, row: &Row, cells: &[f64]) {
        let group = self.groups.number(row, self.grouping);
        if group == self.labels.len() {
            self.labels.push(self.grouping.labels(row));
            self.seen.resize(self.labels.len() * self.width, Seen::default());
        }
        let seen = &mut self.seen[group * self.width..(group + 1) * self.width];
        for (seen, cell) in seen.iter_mut().zip(cells).filter(|(_, cell)| !is_absent(**cell)) {
            seen.add(*cell, self.fold);
        }
    }

    fn finish(self) -> Table {
        let mut table = Table::new(self.width);
        let mut cells = Vec::with_capacity(self.width);
        for (labels, seen) in self.labels.into_iter().zip(self.seen.chunks_exact(self.width)) {
            cells.clear();
            cells.extend(seen.iter().map(|seen| seen.result(self.fold)));
            table.push(Row::new(labels), &cells);
        }
        table
    }
}

fn quantiles(table: &Table, grouping: &Grouping, groups: Vec<Vec<usize>>, shares: &[f64]) -> Table {
    let mut out = Table::new(table.width());
    let mut values = Vec::new();
    let mut cells = vec![ABSENT; table.width()];
    for rows in groups {
        for (step, cell) in cells.iter_mut().enumerate() {
            values.clear();
            values.extend(rows.iter().map(|row| table.cell(*row, step)).filter(|cell| !is_absent(*cell)));
            *cell = if values.is_empty() { ABSENT } else { quantile(shares[step], &mut values) };
        }
        out.push(Row::new(grouping.labels(&table.rows[rows[0]])), &cells);
    }
    out
}

/// The best `k` rows of each group at each step, best first at an instant; NaN is the worst.
fn ranked(
    table: &Table,
    groups: &[Vec<usize>],
    counts: &[f64],
    better: fn(f64, f64) -> Ordering,
) -> Result<Table, EvalError> {
    if let Some(count) = counts.iter().find(|count| count.is_nan() || count.abs() >= i64::MAX as f64) {
        return Err(EvalError::execution(format!("Scalar value {count} overflows int64")));
    }
    let mut kept = Table::new(table.width());
    let mut order = Vec::new();
    for rows in groups {
        let mut chosen = vec![vec![ABSENT; table.width()]; rows.len()];
        for (step, count) in counts.iter().enumerate() {
            order.clear();
            order.extend((0..rows.len()).filter(|at| !is_absent(table.cell(rows[*at], step))));
            order.sort_by(|a, b| {
                let (a, b) = (table.cell(rows[*a], step), table.cell(rows[*b], step));
                a.is_nan().cmp(&b.is_nan()).then_with(|| better(a, b))
            });
            for at in order.iter().take(count.max(0.0) as usize) {
                chosen[*at][step] = table.cell(rows[*at], step);
            }
        }
        if table.width() > 1 {
            order = (0..rows.len()).collect();
        }
        for at in &order {
            kept.push(table.rows[rows[*at]].clone(), &chosen[*at]);
        }
    }
    Ok(kept)
}
