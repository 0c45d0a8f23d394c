//! Binary operators between two vectors: which rows meet, and what labels their result has. Must not know the operators'
//! arithmetic.

use super::EvalError;
use super::binary::Operator;
use super::key::{Grouping, Groups, members};
use super::label_function::with_label;
use super::table::{ABSENT, Row, Table, is_absent};
use crate::store::{Labels, METRIC_NAME};
use promql_parser::parser::{BinModifier, VectorMatchCardinality};

pub(super) fn eval(
    left: &Table,
    right: &Table,
    operator: Operator,
    modifier: Option<&BinModifier>,
) -> Result<Table, EvalError> {
    if modifier.is_some_and(|m| m.fill_values.lhs.is_some() || m.fill_values.rhs.is_some()) {
        return Err(EvalError::unsupported("a fill modifier (`fill`, `fill_left`, `fill_right`)"));
    }
    let sets = matches!(operator, Operator::And | Operator::Or | Operator::Unless);
    if !sets && [left, right].iter().any(|side| side.rows.iter().any(|row| row.part().is_some())) {
        return Err(EvalError::unsupported("arithmetic between native histograms"));
    }
    let grouping = Grouping::of_matching(modifier.and_then(|modifier| modifier.matching.as_ref()));
    let mut groups = Groups::default();
    let left = Side { table: left, groups: groups.assign(left, &grouping) };
    let right = Side { table: right, groups: groups.assign(right, &grouping) };
    match operator {
        Operator::And => Ok(left.where_other(&right, groups.len(), |other| other)),
        Operator::Unless => Ok(left.where_other(&right, groups.len(), |other| !other)),
        Operator::Or => union(&left, &right, groups.len()),
        Operator::Arithmetic(_) | Operator::Atan2 | Operator::Filter(_) | Operator::Truth(_) => {
            let card = modifier.map_or(&VectorMatchCardinality::OneToOne, |modifier| &modifier.card);
            Pairing { operator, grouping: &grouping, card, groups: groups.len() }.eval(&left, &right)
        }
    }
}

/// One operand with the group of each of its rows.
struct Side<'a> {
    table: &'a Table,
    groups: Vec<usize>,
}

impl Side<'_> {
    /// Whether a group has anything, for each group and step.
    fn presence(&self, groups: usize) -> Vec<bool> {
        let width = self.table.width();
        let mut present = vec![false; groups * width];
        for ((_, cells), group) in self.table.iter().zip(&self.groups) {
            for (step, cell) in cells.iter().enumerate() {
                present[group * width + step] |= !is_absent(*cell);
            }
        }
        present
    }

    /// The cells whose group the other side has, or has not.
    fn where_other(&self, other: &Side, groups: usize, keep: impl Fn(bool) -> bool) -> Table {
        let present = other.presence(groups);
        let width = self.table.width();
        let mut kept = Table::new(width);
        let mut cells = vec![ABSENT; width];
        for ((row, from), group) in self.table.iter().zip(&self.groups) {
            for (step, cell) in cells.iter_mut().enumerate() {
                *cell = if keep(present[group * width + step]) { from[step] } else { ABSENT };
            }
            kept.push(row.clone(), &cells);
        }
        kept
    }

    fn present_steps(&self) -> Vec<bool> {
        let step_has = |step| (0..self.table.rows.len()).any(|row| !is_absent(self.table.cell(row, step)));
        (0..self.table.width()).map(step_has).collect()
    }
}

fn union(left: &Side, right: &Side, groups: usize) -> Result<Table, EvalError> {
    let added = right.where_other(left, groups, |other| !other);
    let mut all = left.table.clone();
    for (row, cells) in added.iter() {
        all.push(row.clone(), cells);
    }
    all.merged()
}

/// An operator between the rows of two sides that share a group.
struct Pairing<'a> {
    operator: Operator,
    grouping: &'a Grouping,
    card: &'a VectorMatchCardinality,
    groups: usize,
}

impl Pairing<'_> {
    fn eval(&self, left: &Side, right: &Side) -> Result<Table, EvalError> {
        let swapped = matches!(self.card, VectorMatchCardinality::OneToMany(_));
        let (many, one) = if swapped { (right, left) } else { (left, right) };
        let one_rows = members(&one.groups, self.groups);
        check_one_side(one, &one_rows, &many.present_steps(), if swapped { "left" } else { "right" })?;
        let width = many.table.width();
        let mut taken = vec![false; if self.is_one_to_one() { self.groups * width } else { 0 }];
        let mut out = Table::new(width);
        let mut cells = vec![ABSENT; width];
        for (at, (row, values)) in many.table.iter().enumerate() {
            let group = many.groups[at];
            for partner in &one_rows[group] {
                for (step, cell) in cells.iter_mut().enumerate() {
                    let (mine, theirs) = (values[step], one.table.cell(*partner, step));
                    *cell = self.combine(mine, theirs, swapped);
                }
                if self.is_one_to_one() {
                    claim(&mut taken[group * width..(group + 1) * width], &cells)?;
                }
                out.push(self.result_row(row, &one.table.rows[*partner]), &cells);
            }
        }
        out.merged().map_err(|_| {
            EvalError::execution("multiple matches for labels: grouping labels must ensure unique matches")
        })
    }

    fn is_one_to_one(&self) -> bool {
        self.card.labels().is_none()
    }

    fn combine(&self, many: f64, one: f64, swapped: bool) -> f64 {
        if is_absent(many) || is_absent(one) {
            ABSENT
        } else if swapped {
            self.operator.apply(one, many, one)
        } else {
            self.operator.apply(many, one, many)
        }
    }

    fn result_row(&self, many: &Row, one: &Row) -> Row {
        let drops_name = self.operator.drops_name();
        let Some(included) = self.card.labels() else {
            return match self.grouping {
                Grouping::Without(names) if names.len() == 2 => {
                    Row { all: many.all.clone(), drop_name: many.drop_name || drops_name }
                }
                Grouping::Without(names) => {
                    let kept: Labels = many
                        .iter()
                        .filter(|(name, _)| &**name == METRIC_NAME || !listed(names, name))
                        .cloned()
                        .collect();
                    Row { all: kept, drop_name: drops_name }
                }
                Grouping::By(_) => Row { all: self.grouping.labels(many), drop_name: drops_name },
            };
        };
        let mut labels = many.labels();
        if drops_name {
            labels = with_label(&labels, METRIC_NAME, "");
        }
        for name in &included.labels {
            labels = with_label(&labels, name, one.get(name).unwrap_or(""));
        }
        Row::new(labels)
    }
}

fn listed(names: &[String], name: &str) -> bool {
    names.iter().any(|listed| listed == name)
}

/// Where the other side has anything at all, each group of the one side must be a single row.
fn check_one_side(
    one: &Side,
    rows_by_group: &[Vec<usize>],
    other_present: &[bool],
    side: &str,
) -> Result<(), EvalError> {
    for rows in rows_by_group.iter().filter(|rows| rows.len() > 1) {
        for (step, _) in other_present.iter().enumerate().filter(|(_, present)| **present) {
            if rows.iter().filter(|row| !is_absent(one.table.cell(**row, step))).count() > 1 {
                return Err(EvalError::execution(format!(
                    "found duplicate series for the match group on the {side} hand-side of the operation; \
                     many-to-many matching not allowed: matching labels must be unique on one side"
                )));
            }
        }
    }
    Ok(())
}

/// Without `group_left` or `group_right`, a group may have one result a step.
fn claim(taken: &mut [bool], cells: &[f64]) -> Result<(), EvalError> {
    for (taken, cell) in taken.iter_mut().zip(cells).filter(|(_, cell)| !is_absent(**cell)) {
        if std::mem::replace(taken, !is_absent(*cell)) {
            return Err(EvalError::execution(
                "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
            ));
        }
    }
    Ok(())
}
