//! `histogram_quantile` over classic buckets. Must not know where buckets come from.

use super::key::{Grouping, Groups, members};
use super::table::{ABSENT, Row, Table, is_absent};
use super::{EvalError, label_function::with_label};

const BOUND: &str = "le";

/// The count of observations up to and including a bound.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bucket {
    bound: f64,
    count: f64,
}

/// The quantile of each histogram; rows without a bound that is a number are no buckets.
pub(super) fn histogram_quantile(shares: &[f64], table: &Table) -> Result<Table, EvalError> {
    let grouping = Grouping::Without(vec![BOUND.to_owned()]);
    let mut groups = Groups::default();
    let assigned = groups.assign(table, &grouping);
    let mut out = Table::new(table.width());
    let mut cells = vec![ABSENT; table.width()];
    let mut buckets = Vec::new();
    for rows in members(&assigned, groups.len()) {
        let bounds = bounds_of(table, &rows);
        let Some((_, first)) = bounds.first() else { continue };
        for (step, cell) in cells.iter_mut().enumerate() {
            buckets.clear();
            buckets.extend(
                bounds
                    .iter()
                    .map(|(bound, row)| Bucket { bound: *bound, count: table.cell(*row, step) })
                    .filter(|bucket| !is_absent(bucket.count)),
            );
            *cell = if buckets.is_empty() { ABSENT } else { quantile(shares[step], &mut buckets) };
        }
        let labels = with_label(&table.rows[*first].labels(), BOUND, "");
        out.push(Row::new(labels), &cells);
    }
    out.without_names()
}

/// The rows that have a bound, lowest bound first.
fn bounds_of(table: &Table, rows: &[usize]) -> Vec<(f64, usize)> {
    let bound = |row: &usize| table.rows[*row].get(BOUND)?.parse::<f64>().ok().map(|bound| (bound, *row));
    let mut bounds: Vec<(f64, usize)> = rows.iter().filter_map(bound).collect();
    bounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    bounds
}

/// Buckets sorted by bound in, the value below which `share` of the observations lie out.
fn quantile(share: f64, buckets: &mut Vec<Bucket>) -> f64 {
    if share.is_nan() {
        return f64::NAN;
    }
    if share < 0.0 {
        return f64::NEG_INFINITY;
    }
    if share > 1.0 {
        return f64::INFINITY;
    }
    join_equal_bounds(buckets);
    force_monotone(buckets);
    let [.., below_last, last] = buckets.as_slice() else { return f64::NAN };
    if last.bound != f64::INFINITY || last.count == 0.0 {
        return f64::NAN;
    }
    let rank = share * last.count;
    let finite = buckets.len() - 1;
    let at = buckets[..finite].partition_point(|bucket| bucket.count < rank);
    if at == finite {
        return below_last.bound;
    }
    let Bucket { bound, count } = buckets[at];
    let lower = if at > 0 { buckets[at - 1] } else { Bucket { bound: 0.0, count: 0.0 } };
    if at == 0 && bound <= 0.0 {
        return bound;
    }
    lower.bound + (bound - lower.bound) * ((rank - lower.count) / (count - lower.count))
}

/// Two spellings of one bound (`10`, `10.0`) are one bucket, and their counts add up.
fn join_equal_bounds(buckets: &mut Vec<Bucket>) {
    #[expect(clippy::float_cmp, reason = "bounds are equal or they are two bounds")]
    buckets.dedup_by(|later, earlier| {
        let equal = later.bound == earlier.bound;
        if equal {
            earlier.count += later.count;
        }
        equal
    });
}

/// Counts taken at slightly different moments can fall from one bound to the next; they never do in truth.
fn force_monotone(buckets: &mut [Bucket]) {
    let mut highest = f64::NEG_INFINITY;
    for bucket in buckets {
        if bucket.count < highest {
            bucket.count = highest;
        } else if bucket.count > highest {
            highest = bucket.count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(share: f64, pairs: &[(f64, f64)]) -> f64 {
        quantile(
            share,
            &mut pairs.iter().map(|(bound, count)| Bucket { bound: *bound, count: *count }).collect(),
        )
    }

    #[test]
    fn interpolates_within_the_bucket_that_holds_the_rank() {
        let buckets = [(1.0, 10.0), (2.0, 30.0), (f64::INFINITY, 40.0)];
        assert_eq!(of(0.5, &buckets).to_string(), "1.5");
        assert_eq!(of(0.125, &buckets).to_string(), "0.5");
        assert_eq!(of(0.9, &buckets).to_string(), "2", "in the last bucket: the highest finite bound");
        assert_eq!(of(0.1, &[(-1.0, 5.0), (f64::INFINITY, 5.0)]).to_string(), "-1");
    }

    #[test]
    fn says_nan_where_there_is_no_answer() {
        assert!(of(0.5, &[(1.0, 10.0), (2.0, 30.0)]).is_nan(), "no +Inf");
        assert!(of(0.5, &[(f64::INFINITY, 30.0)]).is_nan(), "+Inf alone");
        assert!(of(0.5, &[(1.0, 0.0), (f64::INFINITY, 0.0)]).is_nan(), "nothing observed");
        assert!(of(f64::NAN, &[(1.0, 1.0), (f64::INFINITY, 1.0)]).is_nan());
        assert_eq!(of(1.5, &[(1.0, 1.0), (f64::INFINITY, 1.0)]).to_string(), "inf");
        assert_eq!(of(-0.5, &[(1.0, 1.0), (f64::INFINITY, 1.0)]).to_string(), "-inf");
    }

    #[test]
    fn two_spellings_of_a_bound_add_up_and_falling_counts_are_raised() {
        assert_eq!(of(0.5, &[(1.0, 5.0), (1.0, 5.0), (2.0, 10.0), (f64::INFINITY, 20.0)]).to_string(), "1");
        assert_eq!(of(0.5, &[(1.0, 8.0), (2.0, 6.0), (f64::INFINITY, 16.0)]).to_string(), "1");
    }

    proptest! {
        #[test]
        fn lies_within_the_bounds_and_grows_with_the_share(
            counts in proptest::collection::vec(0_u32..1000, 2..20),
            shares in (0.0_f64..=1.0, 0.0_f64..=1.0),
        ) {
            let mut sum = 0.0;
            let mut buckets: Vec<(f64, f64)> = counts.iter().enumerate().map(|(at, count)| {
                sum += f64::from(*count);
                ((at + 1) as f64, sum)
            }).collect();
            buckets.push((f64::INFINITY, sum + 1.0));
            let (low, high) = if shares.0 < shares.1 { shares } else { (shares.1, shares.0) };
            let (at_low, at_high) = (of(low, &buckets), of(high, &buckets));
            prop_assert!((0.0..=counts.len() as f64).contains(&at_low) || (low == 0.0 && at_low.is_nan()));
            prop_assert!(at_low <= at_high || at_low.is_nan());
        }
    }
}
