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

    pub(crate) fn index(self) -> usize {
        self.0 as usize
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

    /// Takes up all of another's texts; by its symbols' numbers, what they are here.
    pub fn absorb(&mut self, other: &Self) -> Vec<Symbol> {
        other.texts.iter().map(|text| self.intern(text)).collect()
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
    /// Whether a row is a bucket of a native histogram; shorter than the rows where the last are none.
    pub whole: Vec<bool>,
    /// Some native histogram's bounds are its own choice, not powers of one base.
    pub custom_bounds: bool,
}

impl Table {
    pub fn rows(&self) -> usize {
        self.values.len()
    }

    pub fn row(&self, index: usize) -> &[Symbol] {
        let width = self.labels.len();
        &self.cells[index * width..(index + 1) * width]
    }

    /// A native histogram as the cumulative rows that classic buckets would be. `buckets` are (above, up to, count),
    /// ascending, as an answer has them; empty ones may be left out.
    pub fn push_histogram(&mut self, cells: &[Symbol], buckets: &[(f64, f64, f64)]) {
        let mut total = 0.0;
        let mut reached = 0.0;
        for (above, up_to, count) in buckets.iter().copied() {
            if up_to.is_nan() || !count.is_finite() || count < 0.0 {
                self.not_numbers += 1;
                continue;
            }
            self.custom_bounds |= !is_exponential(above, up_to);
            // Where buckets were left out, what follows begins at its own lower bound.
            if above > reached {
                self.push_bucket(cells, above, total);
            }
            total += count;
            reached = up_to;
            self.push_bucket(cells, up_to, total);
        }
        if total > 0.0 && reached.is_finite() {
            self.push_bucket(cells, f64::INFINITY, total);
        }
    }

    fn push_bucket(&mut self, cells: &[Symbol], le: f64, total: f64) {
        self.cells.extend_from_slice(cells);
        self.le.push(le);
        self.values.push(total);
        self.mark(true);
    }

    /// Says of the last row whether it is a bucket of a native histogram.
    pub(crate) fn mark(&mut self, whole: bool) {
        if whole {
            self.whole.resize(self.values.len(), false);
            self.whole[self.values.len() - 1] = true;
        }
    }

    pub(crate) fn is_whole(&self, index: usize) -> bool {
        self.whole.get(index) == Some(&true)
    }

    /// Adds the rows of a further part of the same answer.
    pub(crate) fn append(&mut self, part: Self) {
        if !part.whole.is_empty() {
            self.whole.resize(self.values.len(), false);
            self.whole.extend(part.whole);
        }
        self.cells.extend(part.cells);
        self.values.extend(part.values);
        self.le.extend(part.le);
        self.not_numbers += part.not_numbers;
        self.custom_bounds |= part.custom_bounds;
    }
}

/// Whether a bucket is one of the standard exponential schemas, -4 to 8: both bounds are whole powers of two to the power
/// of two to minus the schema. The bucket round zero is as wide above it as below.
fn is_exponential(above: f64, up_to: f64) -> bool {
    if above <= 0.0 {
        return above.is_finite() && up_to.is_finite();
    }
    let width = (up_to / above).log2();
    let place = up_to.log2() / width;
    let schema = -width.log2();
    let whole = |number: f64| (number - number.round()).abs() < 1e-6 * number.abs().max(1.0);
    width.is_finite() && (-4.5..8.5).contains(&schema) && whole(schema) && whole(place)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_native_histogram_reads_as_cumulative_buckets() {
        let mut table = Table { labels: vec!["a"], ..Table::default() };
        let cell = Symbols::default().intern("x");
        table.push_histogram(&[cell], &[(-0.001, 0.001, 1.0), (8.0, 16.0, 3.0), (16.0, 32.0, 4.0)]);
        let rows: Vec<(f64, f64)> = table.le.iter().copied().zip(table.values.iter().copied()).collect();
        assert_eq!(
            rows,
            [(0.001, 1.0), (8.0, 1.0), (16.0, 4.0), (32.0, 8.0), (f64::INFINITY, 8.0)],
            "nothing lies between 0.001 and 8"
        );
        assert_eq!((table.rows(), table.cells.len()), (5, 5));
        let mut custom = Table { labels: vec!["a"], ..Table::default() };
        custom.push_histogram(&[cell], &[(f64::NEG_INFINITY, 5.0, 2.0), (5.0, f64::INFINITY, 1.0)]);
        assert_eq!(custom.le, [5.0, f64::INFINITY]);
        custom.push_histogram(&[cell], &[(0.0, f64::NAN, 2.0), (0.0, 1.0, f64::NAN)]);
        assert_eq!((custom.rows(), custom.not_numbers), (2, 2));
        assert!(custom.custom_bounds && !table.custom_bounds);
    }

    #[test]
    fn powers_of_the_schemas_are_told_from_bounds_of_ones_own() {
        for schema in -4_i32..=8 {
            let base = 2_f64.powf(2_f64.powi(-schema));
            for place in [-7, -1, 0, 1, 5, 30] {
                let bounds = (base.powi(place), base.powi(place + 1));
                assert!(is_exponential(bounds.0, bounds.1), "{schema}: {bounds:?}");
            }
        }
        assert!(is_exponential(-0.001, 0.001), "round zero");
        for (above, up_to) in [(1.0, 5.0), (500.0, 1_000.0), (f64::NEG_INFINITY, 0.5), (64.0, f64::INFINITY)]
        {
            assert!(!is_exponential(above, up_to), "{above} {up_to}");
        }
    }
}
