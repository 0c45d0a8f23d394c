//! Native histograms: their buckets' bounds, and how one travels here, as its parts. Each part is a series of plain numbers
//! with one label more, so that what adds, rates and groups numbers does so with histograms. Must not know who counts.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::store::{Labels, Point};

/// The label by which parts of one histogram differ. No query can name it, and it sorts before all others.
pub const PART: &str = "\0part";
/// The part that counts observations.
pub const COUNT: &str = "count";
/// The part that sums them up. The remaining parts are buckets, called by their index.
pub const SUM: &str = "sum";

/// Buckets grow by the eighth root of two, as where Prometheus is asked for a factor of 1.1.
pub const SCHEMA: u32 = 3;
/// Of durations, from a quarter to 131,072 ms; the outermost take what lies beyond.
pub const DURATIONS: RangeInclusive<i32> = -15..=136;
/// Of sizes, from 16 bytes to 32 MB.
pub const SIZES: RangeInclusive<i32> = 33..=200;

/// The upper bound of a bucket, which belongs to it.
pub fn upper(index: i32) -> f64 {
    (f64::from(index) / f64::from(1_u32 << SCHEMA)).exp2()
}

/// The name of the part, where labels are those of a part.
pub fn part_of(labels: &Labels) -> Option<&Arc<str>> {
    labels.first().filter(|(name, _)| &**name == PART).map(|(_, part)| part)
}

/// The labels of the histogram that a part belongs to.
pub fn without_part(labels: &Labels) -> Labels {
    if part_of(labels).is_some() { labels[1..].into() } else { Arc::clone(labels) }
}

/// A histogram at one instant.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Histogram {
    pub count: f64,
    pub sum: f64,
    /// Counts by index, ascending; empty ones are left out.
    pub buckets: BTreeMap<i32, f64>,
}

impl Histogram {
    pub(crate) fn set(&mut self, part: &str, value: f64) {
        match part {
            COUNT => self.count = value,
            SUM => self.sum = value,
            index => {
                let counted = index.parse().ok().filter(|_| value != 0.0);
                self.buckets.extend(counted.map(|index| (index, value)));
            }
        }
    }

    /// Prometheus 2's: the rank's place in its bucket, taken evenly.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        if share.is_nan() || self.count == 0.0 {
            return f64::NAN;
        }
        if !(0.0..=1.0).contains(&share) {
            return f64::INFINITY.copysign(share);
        }
        let rank = share * self.count;
        let mut below = 0.0;
        let mut reached = f64::NAN;
        for (&index, &count) in &self.buckets {
            reached = upper(index);
            if below + count >= rank {
                let lower = upper(index - 1);
                return lower + (reached - lower) * ((rank - below) / count);
            }
            below += count;
        }
        reached
    }
}

/// A series of histograms: what there was at each time.
pub type Histograms = BTreeMap<i64, Histogram>;

/// Whole histograms from their parts, in the order of the first part of each; what is no part is passed over.
pub fn gather<'a>(parts: impl IntoIterator<Item = (&'a Labels, &'a [Point])>) -> Vec<(Labels, Histograms)> {
    let mut gathered: Vec<(Labels, Histograms)> = Vec::new();
    let mut place: FxHashMap<Labels, usize> = FxHashMap::default();
    for (labels, points) in parts {
        let Some(part) = part_of(labels) else { continue };
        let at = *place.entry(without_part(labels)).or_insert_with_key(|labels| {
            gathered.push((Arc::clone(labels), Histograms::new()));
            gathered.len() - 1
        });
        for point in points {
            gathered[at].1.entry(point.t_ms).or_default().set(part, point.value);
        }
    }
    gathered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::labels_of;

    #[test]
    fn bounds_double_every_eight_buckets() {
        assert_eq!(
            [upper(-16), upper(0), upper(8), upper(136)].map(|bound| bound.to_string()),
            ["0.25", "1", "2", "131072"]
        );
    }

    #[test]
    fn parts_come_together_by_labels_and_time() {
        let labels = |part, pod| labels_of([(PART, part), ("__name__", "h"), ("pod", pod)]);
        let at = |value| [Point { t_ms: 1, value }, Point { t_ms: 2, value: value + 1.0 }];
        let rows = [
            (labels(COUNT, "a"), at(3.0)),
            (labels("8", "a"), at(2.0)),
            (labels(SUM, "a"), at(9.0)),
            (labels("9", "a"), at(0.0)),
            (labels(COUNT, "b"), at(7.0)),
            (labels_of([("__name__", "up")]), at(1.0)),
        ];
        let gathered = gather(rows.iter().map(|(labels, points)| (labels, &points[..])));
        assert_eq!(gathered.len(), 2);
        assert_eq!(gathered[0].0, labels_of([("__name__", "h"), ("pod", "a")]));
        let first = Histogram { count: 3.0, sum: 9.0, buckets: BTreeMap::from([(8, 2.0)]) };
        assert_eq!(gathered[0].1[&1], first);
        assert_eq!(gathered[0].1[&2].buckets, BTreeMap::from([(8, 3.0), (9, 1.0)]));
        assert_eq!(gathered[1].1[&2].count.to_string(), "8");
    }

    #[test]
    fn a_quantile_lies_evenly_in_its_bucket() {
        let histogram = Histogram { count: 4.0, sum: 10.0, buckets: BTreeMap::from([(8, 2.0), (24, 2.0)]) };
        let of = |share| histogram.quantile(share);
        assert_eq!(of(0.5).to_string(), "2");
        assert_eq!(of(1.0).to_string(), "8");
        assert!((of(0.75) - f64::midpoint(upper(23), 8.0)).abs() < 1e-12);
        assert!(of(f64::NAN).is_nan() && Histogram::default().quantile(0.5).is_nan());
        assert_eq!([of(-1.0), of(2.0)].map(|value| value.to_string()), ["-inf", "inf"]);
    }
}
