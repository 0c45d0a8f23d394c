//! Latency buckets on one grid of bounds, and the quantiles that follow from them.
//! It must not know who counted them.

use crate::flow::{Ladder, Rung};
use model::QuantileMs;

/// How what a bucket counts lies between its bounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Rise {
    /// Evenly: classic buckets, and native ones with bounds of their own.
    #[default]
    Even,
    /// Evenly by the logarithm, as in finer buckets of a native histogram: from `l` to `u`, the part `f` of it lies up to
    /// `l * (u / l) ^ f`. Prometheus' documentation of `histogram_quantile` has it so. A bucket that begins at zero has no
    /// such rise; within it the even one holds.
    Exponential,
}

impl Rise {
    /// The value up to which this part of a bucket lies.
    fn value(self, low: f64, high: f64, part: f64) -> f64 {
        if self == Self::Exponential && low > 0.0 {
            low * (high / low).powf(part)
        } else {
            low + (high - low) * part
        }
    }

    /// The part of a bucket that lies up to this value.
    fn part(self, low: f64, high: f64, value: f64) -> f64 {
        if self == Self::Exponential && low > 0.0 {
            (value / low).ln() / (high / low).ln()
        } else {
            (value - low) / (high - low)
        }
    }
}

/// Every upper bound that occurs in a snapshot, ascending; the last may be infinite.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Grid {
    bounds: Vec<f64>,
    rise: Rise,
}

impl Grid {
    pub(crate) fn new(mut bounds: Vec<f64>, rise: Rise) -> Self {
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        Self { bounds, rise }
    }

    pub(crate) fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// Each ladder spread by itself, and added up; empty where there are none.
    pub(crate) fn sum(&self, rungs: &[Rung]) -> Buckets {
        let mut sum = Buckets::default();
        for ladder in Ladder::ALL {
            let own = rungs.iter().filter(|rung| rung.ladder == ladder);
            let given: Vec<(f64, f64)> = own.map(|rung| (rung.bound, rung.rate)).collect();
            match (given.is_empty(), sum.0.is_empty()) {
                (true, _) => {}
                (false, true) => sum = self.spread(&given),
                (false, false) => sum.add(&self.spread(&given), 1.0),
            }
        }
        sum
    }

    /// Cumulative rates at every bound of the grid, from those at some of them, in any order. Equal bounds add up. Below
    /// the first bound given there is nothing, since empty buckets are not sent; between two the rise is what a quantile
    /// assumes anyway.
    pub(crate) fn spread(&self, given: &[(f64, f64)]) -> Buckets {
        let mut given = given.to_vec();
        given.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut known: Vec<(f64, f64)> = Vec::with_capacity(given.len());
        for (bound, rate) in given {
            match known.last_mut() {
                Some(last) if last.0.total_cmp(&bound).is_eq() => last.1 += rate,
                _ => known.push((bound, rate)),
            }
        }
        Buckets(self.bounds.iter().map(|bound| rise_at(self.rise, &known, *bound)).collect())
    }
}

fn rise_at(rise: Rise, known: &[(f64, f64)], bound: f64) -> f64 {
    let after = known.partition_point(|(at, _)| *at < bound);
    match (after.checked_sub(1).map(|before| known[before]), known.get(after)) {
        (_, Some((at, rate))) if at.total_cmp(&bound).is_eq() => *rate,
        (None, _) => 0.0,
        (Some((low, from)), Some((high, to))) if high.is_finite() => {
            from + (to - from) * rise.part(low, *high, bound)
        }
        (Some((_, from)), _) => from,
    }
}

/// Cumulative rates, one a bound of the grid; empty when there are none.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Buckets(Vec<f64>);

impl Buckets {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.last().is_none_or(|total| *total <= 0.0)
    }

    pub(crate) fn add(&mut self, other: &Self, weight: f64) {
        if self.0.is_empty() {
            self.0 = vec![0.0; other.0.len()];
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine += theirs * weight;
        }
    }

    /// The part of all that lies in each bucket.
    pub(crate) fn shares(&self) -> impl Iterator<Item = f64> {
        let total = self.0.iter().copied().fold(0.0, f64::max);
        let mut below = 0.0_f64;
        self.0.iter().filter(move |_| total > 0.0).map(move |rate| {
            let within = (rate - below).max(0.0);
            below = below.max(*rate);
            within / total
        })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<f64>()
    }

    /// Prometheus' interpolation, even or exponential as the grid is. What is smaller than its predecessor is raised to it, after all parts were added up, as
    /// there. Above the highest finite bound nothing more is known than that.
    pub(crate) fn quantile(&self, grid: &Grid, q: f64) -> Option<QuantileMs> {
        if self.is_empty() {
            return None;
        }
        let bounds = grid.bounds();
        let rank = q * self.0.iter().copied().fold(0.0, f64::max);
        let at = self.0.iter().position(|rate| *rate >= rank)?;
        let below = self.0[..at].iter().copied().fold(0.0, f64::max);
        let low = at.checked_sub(1).map_or(0.0, |before| bounds[before]);
        if bounds[at].is_infinite() {
            return (at > 0).then_some(QuantileMs { ms: low, at_least: true });
        }
        let inside = self.0[at] - below;
        let part = if inside > 0.0 { (rank - below) / inside } else { 1.0 };
        let low = low.min(bounds[at]);
        Some(QuantileMs { ms: grid.rise.value(low, bounds[at], part), at_least: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INF: f64 = f64::INFINITY;

    fn even(bounds: Vec<f64>) -> Grid {
        Grid::new(bounds, Rise::Even)
    }

    fn at(buckets: &[(f64, f64)], grid: &Grid, q: f64) -> Option<QuantileMs> {
        grid.spread(buckets).quantile(grid, q)
    }

    #[test]
    fn interpolates_as_prometheus_does() {
        let grid = even(vec![5.0, 10.0, 25.0, INF]);
        let buckets = [(5.0, 50.0), (10.0, 90.0), (25.0, 99.0), (INF, 100.0)];
        let ms = |q| at(&buckets, &grid, q).map(|quantile| quantile.ms);
        assert_eq!(ms(0.5), Some(5.0));
        assert_eq!(ms(0.25), Some(2.5), "the first bucket begins at 0");
        assert_eq!(ms(0.7), Some(7.5));
        assert_eq!(at(&buckets, &grid, 0.995), Some(QuantileMs { ms: 25.0, at_least: true }));
    }

    #[test]
    fn a_first_bucket_begins_at_the_bound_before_it() {
        // Empty leading buckets are not sent; other rows tell that 5 is a bound.
        let grid = even(vec![5.0, 10.0, INF]);
        let ms = at(&[(10.0, 8.0), (INF, 8.0)], &grid, 0.5).map(|quantile| quantile.ms);
        assert_eq!(ms, Some(7.5));
    }

    #[test]
    fn one_bound_written_twice_adds_up_and_stays_monotone() {
        // Around an upgrade `le="10"` and `le="10.0"` share a window, `+Inf` is one series.
        let grid = even(vec![10.0, 25.0, INF, 10.0]);
        let mixed = [(10.0, 40.0), (10.0, 40.0), (25.0, 79.0), (INF, 80.0)];
        assert_eq!(grid.spread(&mixed).0, [80.0, 79.0, 80.0]);
        assert_eq!(at(&mixed, &grid, 0.95).map(|quantile| quantile.ms), Some(9.5));
    }

    #[test]
    fn nothing_counted_has_no_quantile() {
        let grid = even(vec![10.0, INF]);
        assert_eq!(at(&[], &grid, 0.5), None);
        assert_eq!(at(&[(10.0, 0.0), (INF, 0.0)], &grid, 0.5), None);
        assert_eq!(at(&[(INF, 3.0)], &even(vec![INF]), 0.5), None, "no finite bound at all");
    }

    #[test]
    fn a_missing_infinite_bucket_ends_at_the_highest_finite_one() {
        let grid = even(vec![10.0, 20.0, INF]);
        assert_eq!(
            at(&[(10.0, 1.0), (20.0, 2.0)], &grid, 1.0),
            Some(QuantileMs { ms: 20.0, at_least: false })
        );
    }

    #[test]
    fn native_buckets_rise_exponentially_and_the_one_at_zero_evenly() {
        let grid = Grid::new(vec![0.5, 1.0, 4.0, 16.0, INF], Rise::Exponential);
        let buckets = [(0.5, 2.0), (1.0, 2.0), (4.0, 6.0), (16.0, 8.0), (INF, 8.0)];
        let ms = |q| at(&buckets, &grid, q).map(|quantile| quantile.ms);
        assert_eq!(ms(0.5), Some(2.0), "half of the way from 1 to 4");
        assert_eq!(ms(0.875), Some(8.0));
        assert_eq!(ms(0.125), Some(0.25));
        assert_eq!(ms(1.0), Some(16.0));
        // A coarser histogram beside a finer one: the bound between its own is met half way up.
        let finer = Grid::new(vec![1.0, 2.0, 4.0], Rise::Exponential);
        assert_eq!(finer.spread(&[(1.0, 0.0), (4.0, 6.0)]).0, [0.0, 3.0, 6.0]);
    }

    prop_compose! {
        fn any_buckets()(steps in proptest::collection::vec((1_u32..500, 0_u32..100), 1..12), beyond in 0_u32..20)
            -> Vec<(f64, f64)> {
            let (mut bound, mut total) = (0.0, 0.0);
            let mut buckets: Vec<(f64, f64)> = steps.into_iter().map(|(width, count)| {
                bound += f64::from(width);
                total += f64::from(count);
                (bound, total)
            }).collect();
            buckets.push((INF, total + f64::from(beyond)));
            buckets
        }
    }

    proptest! {
        #[test]
        fn quantiles_lie_within_the_bounds_and_a_merged_one_between_its_parts(
            a in any_buckets(), b in any_buckets(), q in 0.01_f64..0.999, weight in 0.01_f64..10.0, native: bool,
        ) {
            let rise = if native { Rise::Exponential } else { Rise::Even };
            let grid = Grid::new(a.iter().chain(&b).map(|(bound, _)| *bound).collect(), rise);
            let (a, b) = (grid.spread(&a), grid.spread(&b));
            let mut merged = a.clone();
            merged.add(&b, weight);
            let highest = grid.bounds()[grid.bounds().len() - 2];
            if let Some(of_merged) = merged.quantile(&grid, q) {
                prop_assert!((0.0..=highest).contains(&of_merged.ms));
                if let (Some(of_a), Some(of_b)) = (a.quantile(&grid, q), b.quantile(&grid, q)) {
                    let tolerance = 1e-6 * highest;
                    prop_assert!(of_merged.ms >= of_a.ms.min(of_b.ms) - tolerance);
                    prop_assert!(of_merged.ms <= of_a.ms.max(of_b.ms) + tolerance);
                }
            }
        }

        #[test]
        fn a_bound_of_another_schema_changes_nothing(given in any_buckets(), extra in 1_u32..3_000, q in 0.01_f64..0.999, native: bool) {
            let rise = if native { Rise::Exponential } else { Rise::Even };
            // Inside the known bounds: what lies beyond the last finite one is not known.
            let bounds: Vec<f64> = given.iter().map(|(bound, _)| *bound).collect();
            let highest = bounds[bounds.len() - 2];
            prop_assume!(f64::from(extra) < highest && f64::from(extra) > bounds[0] && given[0].1 > 0.0);
            let own = Grid::new(bounds.clone(), rise);
            let wider = Grid::new(bounds.into_iter().chain([f64::from(extra)]).collect(), rise);
            let (before, after) = (at(&given, &own, q), at(&given, &wider, q));
            if let (Some(before), Some(after)) = (before, after) {
                prop_assert!((before.ms - after.ms).abs() < 1e-6 * highest, "{before:?} {after:?}");
            }
        }
    }
}
