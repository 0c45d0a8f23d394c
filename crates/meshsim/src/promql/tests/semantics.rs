//! What each construct means, one check an edge of the meaning. The figures were worked out by hand from the rules.

use super::{at, check, load, over};
use crate::promql::{Options, Rates, Value, instant};

#[test]
fn an_instant_selector_looks_back_five_minutes_and_no_further() {
    let store = load("up{pod=\"a\"} 1 2");
    check(&store, "up", 0, &[r#"up{pod="a"} 1"#]);
    check(&store, "up", 14, &[r#"up{pod="a"} 1"#]);
    check(&store, "up", 15, &[r#"up{pod="a"} 2"#]);
    check(&store, "up", 315, &[r#"up{pod="a"} 2"#]);
    check(&store, "up", 316, &[]);
}

#[test]
fn a_series_that_ended_is_gone_at_once_but_its_samples_stay_in_ranges() {
    let store = load("up{pod=\"a\"} 1 1 end");
    check(&store, "up", 30, &[]);
    check(&store, "count_over_time(up[1m])", 30, &[r#"{pod="a"} 2"#]);
}

#[test]
fn ranges_are_closed_and_left_open_only_as_the_quirk() {
    let store = load("x 0+1x10");
    check(&store, "count_over_time(x[1m])", 60, &["{} 5"]);
    let options = Options { left_open: true, ..Options::default() };
    let Ok(Value::Vector(samples)) = instant(&store, "count_over_time(x[1m])", 60_000, &options) else {
        panic!()
    };
    assert_eq!(samples[0].value.to_string(), "4");
}

#[test]
fn rate_stretches_to_the_range_but_not_beyond_a_birth() {
    let store = load("grows 100+15x20\nborn _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 50+15x1");
    check(&store, "rate(grows[2m])", 300, &["{} 1"]);
    check(&store, "round(rate(grows[2m]), 0.001)", 307, &["{} 1"]);
    // Two samples 15 s apart, 30 s before the end: half a distance at the start, 15 s at the end.
    check(&store, "increase(born[5m])", 300, &["{} 37.5"]);
    check(&store, "rate(grows[10s])", 300, &[]);
}

#[test]
fn a_counter_is_never_stretched_below_zero() {
    let store = load("young _ _ _ _ 3+15x3");
    // From 3 at 60 s: zero lies 3 s before, so 48 s are covered of a range that begins 15 s before.
    check(&store, "increase(young[1m])", 105, &["{} 48"]);
    check(&store, "delta(young[1m])", 105, &["{} 60"]);
}

#[test]
fn a_reset_adds_what_was_counted_before_it() {
    let store = load("restarts 10 20 5 15");
    check(&store, "increase(restarts[45s])", 45, &["{} 25"]);
    check(&store, "delta(restarts[45s])", 45, &["{} 5"]);
    check(&store, "resets(restarts[45s])", 45, &["{} 1"]);
    check(&store, "irate(restarts[45s])", 30, &["{} 0.3333333333333333"]);
    check(&store, "idelta(restarts[45s])", 30, &["{} -15"]);
}

#[test]
fn offset_and_at_move_the_window() {
    let store = load("x 0+1x40");
    check(&store, "x offset 1m", 300, &["x{} 16"]);
    check(&store, "x offset -1m", 300, &["x{} 24"]);
    check(&store, "x @ 30", 300, &["x{} 2"]);
    check(&store, "x @ 30 offset 15s", 300, &["x{} 1"]);
    check(&store, "increase(x[1m] @ 120)", 300, &["{} 4"]);
    assert_eq!(over(&store, "x @ end()", (0, 30, 15)), ["x{} 0:2 15:2 30:2"]);
    assert_eq!(over(&store, "x @ start()", (15, 45, 15)), ["x{} 15:1 30:1 45:1"]);
}

const PODS: &str = r#"
    req{app="web",pod="a",code="200"} 0+10x20
    req{app="web",pod="b",code="200"} 0+20x20
    req{app="web",pod="b",code="500"} 0+1x20
    req{app="cart",pod="c",code="200"} 0+5x20
"#;

#[test]
fn aggregations_group_by_and_without() {
    let store = load(PODS);
    check(&store, "sum(req)", 300, &["{} 720"]);
    check(&store, "sum by (app, absent_label) (req)", 300, &[r#"{app="cart"} 100"#, r#"{app="web"} 620"#]);
    check(&store, "max without (pod, app) (req)", 300, &[r#"{code="200"} 400"#, r#"{code="500"} 20"#]);
    check(&store, "count by (__name__) (req)", 300, &["req{} 4"]);
    check(&store, "group(req)", 300, &["{} 1"]);
    check(&store, "avg(req)", 300, &["{} 180"]);
    check(&store, "stdvar(req{pod=~\"a|b\",code=\"200\"})", 300, &["{} 10000"]);
    check(&store, "quantile(0.5, req)", 300, &["{} 150"]);
    check(&store, "quantile(2, req)", 300, &["{} inf"]);
}

#[test]
fn topk_is_sorted_and_keeps_whole_series() {
    let store = load(PODS);
    assert_eq!(
        at(&store, "topk(2, req)", 300),
        [r#"req{app="web",code="200",pod="b"} 400"#, r#"req{app="web",code="200",pod="a"} 200"#]
    );
    check(
        &store,
        "bottomk by (app) (1, req)",
        300,
        &[r#"req{app="cart",code="200",pod="c"} 100"#, r#"req{app="web",code="500",pod="b"} 20"#],
    );
    check(&store, "topk(0, req)", 300, &[]);
}

#[test]
fn vectors_match_on_all_labels_or_as_told() {
    let store = load(PODS);
    check(
        &store,
        r#"req{code="500"} / ignoring(code) req{code="200"}"#,
        300,
        &[r#"{app="web",pod="b"} 0.05"#],
    );
    check(
        &store,
        "req / on(app) group_left sum by (app) (req)",
        300,
        &[
            r#"{app="cart",code="200",pod="c"} 1"#,
            r#"{app="web",code="200",pod="a"} 0.3225806451612903"#,
            r#"{app="web",code="200",pod="b"} 0.6451612903225806"#,
            r#"{app="web",code="500",pod="b"} 0.03225806451612903"#,
        ],
    );
    check(
        &store,
        r#"sum by (app) (req) * on(app) group_right(app) req{pod="c"}"#,
        300,
        &["error: the query cannot be parsed: label 'app' must not occur in ON and GROUP clause at once"],
    );
    check(
        &store,
        r#"sum by (pod) (req) + on(pod) group_right(team) (req{pod="a"} > 0)"#,
        300,
        &[r#"{app="web",code="200",pod="a"} 400"#],
    );
    check(
        &store,
        "req + on(app) sum by (app) (req)",
        300,
        &[
            "error: multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
        ],
    );
    assert!(at(&store, "sum by (app) (req) + on(app) req", 300)[0].contains("right hand-side"));
}

#[test]
fn comparisons_filter_and_bool_counts() {
    let store = load(PODS);
    check(
        &store,
        "req > 150",
        300,
        &[r#"req{app="web",code="200",pod="a"} 200"#, r#"req{app="web",code="200",pod="b"} 400"#],
    );
    check(&store, "150 > req == 20", 300, &[r#"req{app="web",code="500",pod="b"} 20"#]);
    check(&store, r#"req{app="cart"} > bool 150"#, 300, &[r#"{app="cart",code="200",pod="c"} 0"#]);
    check(&store, "1 > bool 2", 300, &["0"]);
    check(
        &store,
        r#"req{pod="a"} > on(app) group_right req{pod="b"}"#,
        300,
        &[r#"req{app="web",code="500",pod="b"} 200"#],
    );
}

#[test]
fn set_operators_look_at_labels_only() {
    let store = load(PODS);
    check(
        &store,
        r#"req{code="500"} or on(app) req"#,
        300,
        &[r#"req{app="cart",code="200",pod="c"} 100"#, r#"req{app="web",code="500",pod="b"} 20"#],
    );
    check(
        &store,
        r#"req and on(pod) req{code="500"}"#,
        300,
        &[r#"req{app="web",code="200",pod="b"} 400"#, r#"req{app="web",code="500",pod="b"} 20"#],
    );
    check(
        &store,
        r#"req unless on(app) req{code="500"}"#,
        300,
        &[r#"req{app="cart",code="200",pod="c"} 100"#],
    );
}

#[test]
fn a_histogram_with_two_spellings_of_a_bound_is_one_histogram() {
    let store = load(
        r#"
        b_bucket{pod="a",le="10"} 5
        b_bucket{pod="a",le="10.0"} 5
        b_bucket{pod="a",le="1e+02"} 20
        b_bucket{pod="a",le="+Inf"} 20
        b_bucket{pod="b",le="10"} 5
        b_bucket{pod="c"} 5
        "#,
    );
    check(&store, "histogram_quantile(0.75, b_bucket)", 0, &[r#"{pod="a"} 55"#, r#"{pod="b"} NaN"#]);
}

#[test]
fn labels_can_be_rewritten() {
    let store = load(r#"up{host="cart.shop:80",a="x"} 1"#);
    check(
        &store,
        r#"label_replace(up, "app", "${1}-$2", "host", "([a-z]+)[.]([a-z]+):.*")"#,
        0,
        &[r#"up{a="x",app="cart-shop",host="cart.shop:80"} 1"#],
    );
    check(&store, r#"label_replace(up, "host", "", "host", ".*")"#, 0, &[r#"up{a="x"} 1"#]);
    check(
        &store,
        r#"label_replace(up, "app", "$1", "host", "no(.*)")"#,
        0,
        &[r#"up{a="x",host="cart.shop:80"} 1"#],
    );
    check(
        &store,
        r#"label_join(up * 2, "a", "/", "a", "none", "host")"#,
        0,
        &[r#"{a="x//cart.shop:80",host="cart.shop:80"} 2"#],
    );
}

#[test]
fn two_series_never_become_one_unseen() {
    let store = load("x{a=\"1\"} 1\nx{a=\"2\"} 2\ny{a=\"1\"} 3");
    let same = &["error: vector cannot contain metrics with the same labelset"];
    check(&store, r#"label_replace(x, "a", "", "a", ".*")"#, 0, same);
    check(&store, r#"-{a="1"}"#, 0, same);
    check(&store, r#"{a="1"}"#, 0, &[r#"x{a="1"} 1"#, r#"y{a="1"} 3"#]);
}

#[test]
fn absence_is_told_with_the_labels_asked_for() {
    let store = load("x 1");
    check(&store, r#"absent(no{job="a",pod=~"b",job2="c"})"#, 0, &[r#"{job="a",job2="c"} 1"#]);
    check(&store, r#"absent(no{job="a",job="b"})"#, 0, &["{} 1"]);
    check(&store, "absent(x)", 0, &[]);
    check(&store, "absent(sum(no))", 0, &["{} 1"]);
    check(&store, r#"absent_over_time(no{job="a"}[1m])"#, 0, &[r#"{job="a"} 1"#]);
}

#[test]
fn over_a_range_each_step_stands_alone() {
    let store = load("x{a=\"1\"} 1 2 3 4\nx{a=\"2\"} _ _ 9 end");
    assert_eq!(over(&store, "x", (0, 45, 15)), [r#"x{a="1"} 0:1 15:2 30:3 45:4"#, r#"x{a="2"} 30:9"#]);
    assert_eq!(over(&store, "sum(x) > 3", (0, 45, 15)), ["{} 30:12 45:4"]);
    assert_eq!(over(&store, "topk(1, x)", (15, 45, 15)), [r#"x{a="1"} 15:2 45:4"#, r#"x{a="2"} 30:9"#]);
    assert_eq!(over(&store, "time()", (1, 3, 1)), ["{} 1:1 2:2 3:3"]);
    assert_eq!(over(&store, "scalar(x)", (15, 30, 15)), ["{} 15:2 30:NaN"]);
}

#[test]
fn a_range_vector_alone_gives_its_samples() {
    let store = load("x 1 2 end 4");
    assert_eq!(at(&store, "(x[1m])", 45), ["x{} 0:1 15:2 45:4"]);
}

#[test]
fn sorting_puts_nan_last_both_ways() {
    let store = load("x{a=\"1\"} 1\nx{a=\"2\"} NaN\nx{a=\"3\"} 3");
    assert_eq!(at(&store, "sort(x)", 0), [r#"x{a="1"} 1"#, r#"x{a="3"} 3"#, r#"x{a="2"} NaN"#]);
    assert_eq!(at(&store, "sort_desc(x)", 0), [r#"x{a="3"} 3"#, r#"x{a="1"} 1"#, r#"x{a="2"} NaN"#]);
}

#[test]
fn rates_as_victoriametrics_has_them_begin_before_the_window_and_are_not_stretched() {
    let options = Options { rates: Rates::SinceBefore, left_open: true, ..Options::default() };
    let of = |series: &str, query: &str, t_s: i64| -> Option<f64> {
        match instant(&load(series), query, t_s * 1000, &options).unwrap() {
            Value::Vector(samples) => samples.first().map(|sample| sample.value),
            other => panic!("{other:?}"),
        }
    };
    // Scraped at 0, 15, 30 … and asked at 67: the window holds 15 to 60, and begins with the sample at 0.
    let steady = "x 0+15x20";
    assert_eq!(of(steady, "rate(x[1m])", 67), Some(1.0));
    assert_eq!(of(steady, "increase(x[1m])", 67), Some(60.0));
    assert_eq!(of(steady, "rate(x[10s])", 67), Some(1.0), "one sample and the one before are enough");
    assert_eq!(of("x 90 100 5 20", "increase(x[20s])", 45), Some(20.0), "what was counted since the restart");
    assert_eq!(of("x _ _ _ 7", "rate(x[1m])", 45), None, "a first sample alone says nothing");
}
