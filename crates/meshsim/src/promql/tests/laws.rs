//! Laws that hold for whatever is counted.

use super::STEP_MS;
use crate::promql::{Options, Value, instant};
use crate::store::{MemoryStore, Point, Series, labels_of};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Counters of some pods in some apps: growths a step, and where each begins.
fn counters() -> impl Strategy<Value = MemoryStore> {
    let series = (0..3_usize, 0..20_i64, proptest::collection::vec(0_u32..50, 2..20));
    proptest::collection::vec(series, 1..12).prop_map(|all| MemoryStore {
        series: all
            .into_iter()
            .enumerate()
            .map(|(number, (app, birth, growths))| {
                let (app, pod) = (format!("app-{app}"), format!("pod-{number}"));
                let mut value = 0.0;
                let points = (birth..).zip(growths).map(|(at, growth)| {
                    value += f64::from(growth);
                    Point { t_ms: at * STEP_MS, value }
                });
                let labels = labels_of([("__name__", "req"), ("app", app.as_str()), ("pod", pod.as_str())]);
                Series { labels, points: points.collect() }
            })
            .collect(),
    })
}

fn answer(store: &MemoryStore, query: &str, t_ms: i64) -> BTreeMap<String, f64> {
    let Ok(Value::Vector(samples)) = instant(store, query, t_ms, &Options::default()) else {
        panic!("{query}")
    };
    samples.into_iter().map(|sample| (super::text_of(&sample.labels), sample.value)).collect()
}

fn close(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

proptest! {
    #[test]
    fn the_sum_is_the_sum_of_its_parts(store in counters(), t_ms in 0_i64..600_000) {
        let whole: f64 = answer(&store, "sum(increase(req[2m]))", t_ms).values().sum();
        for parts in ["sum by (app) (increase(req[2m]))", "sum without (pod) (increase(req[2m]))", "increase(req[2m])"] {
            prop_assert!(close(whole, answer(&store, parts, t_ms).values().sum()), "{}", parts);
        }
    }

    #[test]
    fn the_order_of_series_means_nothing(store in counters(), t_ms in 0_i64..600_000, turn in 0..12_usize) {
        let mut turned = store.clone();
        let count = turned.series.len();
        turned.series.rotate_left(turn % count);
        for query in ["rate(req[1m])", "count by (app) (req)", "max by (app) (req)", "sum(req) by (app) / on(app) group_right req"] {
            let (one, other) = (answer(&store, query, t_ms), answer(&turned, query, t_ms));
            prop_assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
            prop_assert!(one.values().zip(other.values()).all(|(a, b)| close(*a, *b) || (a.is_nan() && b.is_nan())));
        }
    }

    #[test]
    fn a_constant_slope_has_its_rate(start in 1000_u32..100_000, slope in 1_u32..100, late_ms in 0_i64..STEP_MS, steps in 4_i64..20) {
        // A value of a thousand slopes and more keeps the zero point out of reach.
        let value = |at: i64| f64::from(start) * f64::from(slope) + f64::from(slope) * at as f64 * 15.0;
        let points = (0..60).map(|at| Point { t_ms: at * STEP_MS, value: value(at) }).collect();
        let store = MemoryStore { series: vec![Series { labels: labels_of([("__name__", "x")]), points }] };
        let range_s = steps * STEP_MS / 1000;
        let found = answer(&store, &format!("rate(x[{range_s}s])"), 30 * STEP_MS + late_ms);
        prop_assert!(found.values().all(|rate| close(*rate, f64::from(slope))), "{:?}", found);
        prop_assert_eq!(found.len(), 1);
    }

    #[test]
    fn and_with_unless_is_the_whole(store in counters(), t_ms in 0_i64..600_000, limit in 0_u32..500) {
        let (inside, outside, all) = (
            answer(&store, &format!("req and on(pod) (req > {limit})"), t_ms),
            answer(&store, &format!("req unless on(pod) (req > {limit})"), t_ms),
            answer(&store, "req", t_ms),
        );
        prop_assert_eq!(inside.len() + outside.len(), all.len());
        prop_assert!(inside.values().all(|value| *value > f64::from(limit)));
    }

    #[test]
    fn a_range_is_its_instants(store in counters(), start_s in 0_i64..300) {
        use crate::promql::{Steps, range};
        let steps = Steps { start_ms: start_s * 1000, end_ms: start_s * 1000 + 100_000, step_ms: 20_000 };
        for query in ["sum by (app) (rate(req[1m]))", "topk(2, req + time() % 7)", "req > 40 or on(app) req", "timestamp(req)"] {
            let series = range(&store, query, steps, &Options::default()).unwrap();
            let mut cells = 0;
            for t_ms in steps.times() {
                let found = answer(&store, query, t_ms);
                cells += found.len();
                for one in &series {
                    let here = one.points.iter().find(|point| point.t_ms == t_ms).map(|point| point.value);
                    prop_assert_eq!(here, found.get(&super::text_of(&one.labels)).copied(), "{} at {}", query, t_ms);
                }
            }
            prop_assert_eq!(cells, series.iter().map(|one| one.points.len()).sum::<usize>());
        }
    }
}
