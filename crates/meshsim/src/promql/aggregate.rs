//! Aggregations over groups of rows. Must not know selectors.

use super::EvalError;
use super::eval::Context;
use super::key::{Grouping, Groups, Interner, members};
use super::statistics::{Spread, quantile};
use super::table::{ABSENT, Row, Table, is_absent};
use promql_parser::parser::{AggregateExpr, token};
use std::cmp::Ordering;

pub(super) fn eval(context: &Context, parsed: &AggregateExpr) -> Result<Table, EvalError> {
    let operator = Operator::of(parsed)?;
    let parameters = match &parsed.param {
        Some(parameter) => context.scalar(parameter)?,
        None => Vec::new(),
    };
    let table = context.vector(&parsed.expr)?;
    let grouping = Grouping::of_aggregation(parsed.modifier.as_ref());
    let mut groups = Groups::default();
    let assigned = groups.assign(&table, &grouping, &mut Interner::default());
    match operator {
        Operator::Fold(fold) => Ok(folded(&table, &grouping, (&assigned, groups.len()), fold)),
        Operator::Quantile => Ok(quantiles(&table, &grouping, members(&assigned, groups.len()), &parameters)),
        Operator::Rank(better) => ranked(&table, &members(&assigned, groups.len()), &parameters, better),
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

/// What has been seen of one group at one step.
#[derive(Debug, Clone, Copy)]
struct Seen {
    count: f64,
    value: f64,
}

impl Seen {
    fn add(&mut self, value: f64, fold: Fold) {
        self.count += 1.0;
        let first = self.count < 1.5;
        self.value = match fold {
            _ if first => value,
            // NaN gives way to any number.
            Fold::Min => self.value.min(value),
            Fold::Max => self.value.max(value),
            // A running mean: the sum of large numbers could leave what an f64 holds.
            Fold::Avg if self.value.is_finite() && value.is_finite() => {
                self.value + (value / self.count - self.value / self.count)
            }
            _ => self.value + value,
        };
    }

    fn result(self, fold: Fold) -> f64 {
        match fold {
            _ if self.count < 0.5 => ABSENT,
            Fold::Count => self.count,
            Fold::Group => 1.0,
            _ => self.value,
        }
    }
}

fn folded(table: &Table, grouping: &Grouping, (assigned, groups): (&[usize], usize), fold: Fold) -> Table {
    let width = table.width();
    let cells: Vec<f64> = if matches!(fold, Fold::Stddev | Fold::Stdvar) {
        let mut seen = vec![Spread::default(); groups * width];
        each_cell(table, assigned, |at, value| match &mut seen[at] {
            first if first.is_empty() => *first = Spread::of(value),
            spread => spread.add(value),
        });
        seen.into_iter().map(|spread| spread_result(spread, fold)).collect()
    } else {
        let mut seen = vec![Seen { count: 0.0, value: 0.0 }; groups * width];
        each_cell(table, assigned, |at, value| seen[at].add(value, fold));
        seen.into_iter().map(|seen| seen.result(fold)).collect()
    };
    let mut out = Table::new(width);
    for (row, group) in table.rows.iter().zip(assigned) {
        // Groups are numbered by their first row, so the next new one is always the next in order.
        if *group == out.rows.len() {
            out.push(Row::new(grouping.labels(row)), &cells[group * width..(group + 1) * width]);
        }
    }
    out
}

fn spread_result(spread: Spread, fold: Fold) -> f64 {
    let variance = spread.variance();
    match fold {
        _ if spread.is_empty() => ABSENT,
        Fold::Stddev => variance.sqrt(),
        _ => variance,
    }
}

fn each_cell(table: &Table, assigned: &[usize], mut add: impl FnMut(usize, f64)) {
    let width = table.width();
    for ((_, cells), group) in table.iter().zip(assigned) {
        for (step, cell) in cells.iter().enumerate().filter(|(_, cell)| !is_absent(**cell)) {
            add(group * width + step, *cell);
        }
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
