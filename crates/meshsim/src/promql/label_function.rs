//! `label_replace`, `label_join` and the labels of `absent`. Must not know values.

use super::EvalError;
use super::table::{Row, Table};
use crate::store::{Labels, METRIC_NAME, MatchOp, Matcher};
use regex::Regex;
use std::sync::Arc;

/// The labels with one of them set; an empty value takes it away.
pub(super) fn with_label(labels: &Labels, name: &str, value: &str) -> Labels {
    let mut pairs: Vec<(Arc<str>, Arc<str>)> =
        labels.iter().filter(|(key, _)| &**key != name).cloned().collect();
    if !value.is_empty() {
        let at = pairs.partition_point(|(key, _)| &**key < name);
        pairs.insert(at, (Arc::from(name), Arc::from(value)));
    }
    pairs.into()
}

fn check_name(name: &str) -> Result<(), EvalError> {
    let first = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    if first && name.chars().all(|rest| rest.is_ascii_alphanumeric() || rest == '_') {
        Ok(())
    } else {
        Err(EvalError::execution(format!("invalid label name {name:?}")))
    }
}

/// What `label_replace` is told.
#[derive(Debug)]
pub(super) struct Replacement {
    pub(super) target: String,
    pub(super) template: String,
    pub(super) source: String,
    pub(super) pattern: String,
}

pub(super) fn replace(table: &Table, with: &Replacement) -> Result<Table, EvalError> {
    check_name(&with.target)?;
    let pattern = Regex::new(&format!("^(?:{})$", with.pattern)).map_err(|_| {
        EvalError::execution(format!("invalid regular expression in label_replace(): {}", with.pattern))
    })?;
    let mut out = Table::new(table.width());
    let mut text = String::new();
    for (row, cells) in table.iter() {
        let row = match pattern.captures(row.get(&with.source).unwrap_or("")) {
            None => row.clone(),
            Some(captures) => {
                text.clear();
                captures.expand(&with.template, &mut text);
                Row::new(with_label(&row.labels(), &with.target, &text))
            }
        };
        out.push(row, cells);
    }
    out.merged()
}

pub(super) fn join(
    table: &Table,
    target: &str,
    separator: &str,
    sources: &[String],
) -> Result<Table, EvalError> {
    for name in sources.iter().map(String::as_str).chain([target]) {
        check_name(name)?;
    }
    let mut out = Table::new(table.width());
    for (row, cells) in table.iter() {
        let values: Vec<&str> = sources.iter().map(|source| row.get(source).unwrap_or("")).collect();
        out.push(Row::new(with_label(&row.labels(), target, &values.join(separator))), cells);
    }
    out.merged()
}

/// What a selector that found nothing would have had for labels: its equalities, unless a label is asked for twice.
pub(super) fn labels_of_absence(matchers: &[Matcher]) -> Labels {
    let mut labels: Labels = Arc::from([]);
    let mut seen: Vec<&str> = Vec::new();
    for Matcher { name, op, value, .. } in matchers.iter().filter(|matcher| matcher.name != METRIC_NAME) {
        if *op == MatchOp::Equal && !seen.contains(&name.as_str()) {
            labels = with_label(&labels, name, value);
            seen.push(name);
        } else {
            labels = with_label(&labels, name, "");
        }
    }
    labels
}
