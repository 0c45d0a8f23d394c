//! Which rows belong together: keys made of some of a row's labels. Must not know what is done with a group.
//!
//! A mesh has hundreds of thousands of rows whose texts repeat, so texts become numbers by the address of their `Arc`
//! first; the text itself is hashed once an address.

use super::native;
use super::table::{Row, Table};
use crate::store::{Labels, METRIC_NAME};
use promql_parser::parser::LabelModifier;
use rustc_hash::FxHashMap;
use std::sync::Arc;

const NO_LABEL: u32 = u32::MAX;

/// Numbers for texts, equal for equal texts. Each text seen is kept, so that its address stays its own.
#[derive(Debug, Default)]
struct Interner {
    by_address: FxHashMap<*const u8, u32>,
    by_text: FxHashMap<Arc<str>, u32>,
    kept: Vec<Arc<str>>,
}

impl Interner {
    fn id(&mut self, text: &Arc<str>) -> u32 {
        let address = Arc::as_ptr(text).cast::<u8>();
        if let Some(id) = self.by_address.get(&address) {
            return *id;
        }
        let next = self.by_text.len() as u32;
        let id = *self.by_text.entry(Arc::clone(text)).or_insert(next);
        self.by_address.insert(address, id);
        self.kept.push(Arc::clone(text));
        id
    }
}

/// Which labels make two rows belong together.
#[derive(Debug, Clone)]
pub(super) enum Grouping {
    /// These, sorted.
    By(Vec<String>),
    /// All but these, sorted.
    Without(Vec<String>),
}

impl Grouping {
    /// `by`/`without` of an aggregation: nothing said means one group.
    pub(super) fn of_aggregation(modifier: Option<&LabelModifier>) -> Self {
        match modifier.map_or(Self::By(Vec::new()), Self::of_modifier) {
            // Parts of histograms are never mixed up.
            Self::By(names) => Self::By(native::with_part(names)),
            without @ Self::Without(_) => without,
        }
    }

    /// `on`/`ignoring` of a binary operator: nothing said means all labels but the name (and the part).
    pub(super) fn of_matching(modifier: Option<&LabelModifier>) -> Self {
        match modifier.map_or(Self::Without(vec![METRIC_NAME.to_owned()]), Self::of_modifier) {
            // Histograms match as wholes.
            Self::Without(names) => Self::Without(native::with_part(names)),
            by @ Self::By(_) => by,
        }
    }

    fn of_modifier(modifier: &LabelModifier) -> Self {
        let mut names = modifier.labels().labels.clone();
        if !modifier.is_include() {
            names.push(METRIC_NAME.to_owned());
        }
        names.sort_unstable();
        names.dedup();
        if modifier.is_include() { Self::By(names) } else { Self::Without(names) }
    }

    /// Writes the row's key into `key`.
    fn write_key(&self, row: &Row, interner: &mut Interner, key: &mut Vec<u32>) {
        key.clear();
        match self {
            Self::By(names) => {
                key.extend(
                    picked(names, row).map(|found| found.map_or(NO_LABEL, |(_, value)| interner.id(value))),
                );
            }
            Self::Without(names) => {
                for (name, value) in row.iter().filter(|(name, _)| !lists(names, name)) {
                    key.push(interner.id(name));
                    key.push(interner.id(value));
                }
            }
        }
    }

    /// The labels of the row that belong to its key.
    pub(super) fn labels(&self, row: &Row) -> Labels {
        match self {
            Self::By(names) => picked(names, row).flatten().cloned().collect(),
            Self::Without(names) => row.iter().filter(|(name, _)| !lists(names, name)).cloned().collect(),
        }
    }
}

/// For each of the sorted names, the row's label of that name.
fn picked<'a>(names: &'a [String], row: &'a Row) -> impl Iterator<Item = Option<&'a (Arc<str>, Arc<str>)>> {
    let mut labels = row.iter().peekable();
    names.iter().map(move |wanted| {
        while labels.next_if(|(name, _)| &**name < wanted.as_str()).is_some() {}
        labels.next_if(|(name, _)| &**name == wanted.as_str())
    })
}

fn lists(sorted: &[String], name: &str) -> bool {
    sorted.binary_search_by(|listed| listed.as_str().cmp(name)).is_ok()
}

/// Rows by group, groups in the order of their first row. Rows of several tables may share one numbering.
#[derive(Debug, Default)]
pub(super) struct Groups {
    numbers: FxHashMap<Vec<u32>, usize>,
    interner: Interner,
    key: Vec<u32>,
}

impl Groups {
    /// The group of a row: the next number if it is the first of its group.
    pub(super) fn number(&mut self, row: &Row, grouping: &Grouping) -> usize {
        grouping.write_key(row, &mut self.interner, &mut self.key);
        let next = self.numbers.len();
        match self.numbers.get(self.key.as_slice()) {
            Some(number) => *number,
            None => *self.numbers.entry(self.key.clone()).or_insert(next),
        }
    }

    /// The group of each row of a table.
    pub(super) fn assign(&mut self, table: &Table, grouping: &Grouping) -> Vec<usize> {
        table.rows.iter().map(|row| self.number(row, grouping)).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
}

/// The rows of each group.
pub(super) fn members(assigned: &[usize], groups: usize) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); groups];
    for (row, group) in assigned.iter().enumerate() {
        members[*group].push(row);
    }
    members
}
