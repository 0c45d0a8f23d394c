//! Sums, variances and quantiles of numbers, as exact as Prometheus has them. Must not know tables or windows.

/// A running sum that keeps what rounding takes away (Neumaier).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ExactSum {
    sum: f64,
    lost: f64,
}

impl ExactSum {
    pub(super) fn add(&mut self, value: f64) {
        let next = self.sum + value;
        if next.is_infinite() {
            self.lost = 0.0;
        } else if self.sum.abs() >= value.abs() {
            self.lost += (self.sum - next) + value;
        } else {
            self.lost += (value - next) + self.sum;
        }
        self.sum = next;
    }

    pub(super) fn value(self) -> f64 {
        if self.sum.is_infinite() { self.sum } else { self.sum + self.lost }
    }
}

/// The variance of counters, whose mean may be a million times their spread: mean and squared deviation in one pass
/// (Welford), with what rounding takes away kept.
pub(super) fn exact_variance(values: impl Iterator<Item = f64>) -> f64 {
    let (mut count, mut mean, mut squares) = (0.0, ExactSum::default(), ExactSum::default());
    for value in values {
        count += 1.0;
        let before = value - mean.value();
        mean.add(before / count);
        squares.add(before * (value - mean.value()));
    }
    squares.value() / count
}

/// The quantile of some values, between neighbours by their distance. Sorts them; NaN comes first.
pub(super) fn quantile(share: f64, values: &mut [f64]) -> f64 {
    if values.is_empty() || share.is_nan() {
        return f64::NAN;
    }
    if share < 0.0 {
        return f64::NEG_INFINITY;
    }
    if share > 1.0 {
        return f64::INFINITY;
    }
    values.sort_unstable_by(|a, b| (!a.is_nan()).cmp(&!b.is_nan()).then(a.total_cmp(b)));
    let rank = share * (values.len() - 1) as f64;
    let lower = rank.floor() as usize;
    let upper = (lower + 1).min(values.len() - 1);
    let weight = rank - rank.floor();
    values[lower] * (1.0 - weight) + values[upper] * weight
}

/// The larger; unlike `f64::max`, NaN if either is.
pub(super) fn max_or_nan(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// The smaller; unlike `f64::min`, NaN if either is.
pub(super) fn min_or_nan(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}
