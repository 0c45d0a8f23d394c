//! Forty and more queries that the product never sends: the evaluator knows the language, not a list of queries.

use super::{check, load};

const SERIES: &str = r#"
    temp{room="hall",floor="1"} 18 18.5 19 19.5 20 20.5
    temp{room="attic",floor="2"} 25 24 26 23 27 22
    temp{room="cellar",floor="0"} -4 -3 -2 -1 0 1
    doors_total{room="hall"} 0 3 3 9 1 4
    doors_total{room="attic"} 100+2x5
    floor_area{floor="1"} 50+0x5
    floor_area{floor="2"} 20+0x5
    limit 4+0x5
"#;

#[test]
fn forty_queries_that_the_product_never_sends() {
    let store = load(SERIES);
    for (query, expected) in QUERIES {
        check(&store, query, 75, expected);
    }
    assert!(QUERIES.len() >= 40, "{}", QUERIES.len());
}

const QUERIES: &[(&str, &[&str])] = &[
    ("1 + 2 * 3 ^ 2 % 5", &["4"]),
    ("-2 ^ 2", &["-4"]),
    ("(1 + 2) * 3 / 4 - 0x10", &["-13.75"]),
    ("Inf > bool 1e300", &["1"]),
    ("NaN != bool NaN", &["1"]),
    ("\"a\\tb\"", &["\"a\\tb\""]),
    ("time()", &["75"]),
    ("pi() > bool 3", &["1"]),
    ("vector(time()) + 5", &["{} 80"]),
    ("scalar(limit) ^ 0.5", &["2"]),
    ("limit", &["limit{} 4"]),
    ("+limit", &["limit{} 4"]),
    ("-limit", &["{} -4"]),
    ("{__name__=~\"lim.*\"}", &["limit{} 4"]),
    ("temp{room!=\"hall\",floor=~\"[12]\"}", &[r#"temp{floor="2",room="attic"} 22"#]),
    ("abs(temp{floor=\"0\"} - 5)", &[r#"{floor="0",room="cellar"} 4"#]),
    ("ceil(temp{floor=\"1\"})", &[r#"{floor="1",room="hall"} 21"#]),
    ("floor(temp{floor=\"1\"})", &[r#"{floor="1",room="hall"} 20"#]),
    ("round(temp{floor=\"1\"})", &[r#"{floor="1",room="hall"} 21"#]),
    ("round(temp{floor=\"1\"}, 5)", &[r#"{floor="1",room="hall"} 20"#]),
    ("sqrt(limit)", &["{} 2"]),
    ("ln(exp(limit))", &["{} 4"]),
    ("log2(limit)", &["{} 2"]),
    ("log10(limit * 25)", &["{} 2"]),
    ("sgn(temp{floor=\"0\"} - 1)", &[r#"{floor="0",room="cellar"} 0"#]),
    ("clamp(limit, 1, 3)", &["{} 3"]),
    ("clamp(limit, 3, 1)", &[]),
    ("clamp_min(limit, 5)", &["{} 5"]),
    ("clamp_max(limit, 3.5)", &["{} 3.5"]),
    ("timestamp(limit offset 15s)", &["{} 60"]),
    ("timestamp(limit * 1)", &["{} 75"]),
    ("sum(temp)", &["{} 43.5"]),
    ("avg by (floor) (temp) > 5", &[r#"{floor="1"} 20.5"#, r#"{floor="2"} 22"#]),
    ("stddev(temp{floor=~\"1|2\"})", &["{} 0.75"]),
    ("min(temp) or vector(0)", &["{} 1"]),
    ("count(temp > 20)", &["{} 2"]),
    ("group without (room) (temp{floor=\"2\"})", &[r#"{floor="2"} 1"#]),
    ("quantile by (floor) (0.25, temp{floor=\"2\"})", &[r#"{floor="2"} 22"#]),
    ("topk(1, temp) * 2", &[r#"{floor="2",room="attic"} 44"#]),
    ("bottomk(1, temp)", &[r#"temp{floor="0",room="cellar"} 1"#]),
    ("sum_over_time(temp{floor=\"0\"}[1m15s])", &[r#"{floor="0",room="cellar"} -9"#]),
    ("avg_over_time(temp{floor=\"2\"}[75s])", &[r#"{floor="2",room="attic"} 24.5"#]),
    ("max_over_time(temp{floor=\"2\"}[30s])", &[r#"{floor="2",room="attic"} 27"#]),
    ("min_over_time(temp{floor=\"2\"}[30s])", &[r#"{floor="2",room="attic"} 22"#]),
    ("last_over_time(temp{floor=\"2\"}[30s])", &[r#"temp{floor="2",room="attic"} 22"#]),
    ("present_over_time(temp{floor=\"2\"}[30s])", &[r#"{floor="2",room="attic"} 1"#]),
    ("stdvar_over_time(temp{floor=\"2\"}[15s])", &[r#"{floor="2",room="attic"} 6.25"#]),
    ("quantile_over_time(0.5, temp{floor=\"0\"}[75s])", &[r#"{floor="0",room="cellar"} -1.5"#]),
    ("changes(doors_total{room=\"hall\"}[75s])", &[r#"{room="hall"} 4"#]),
    ("resets(doors_total[75s])", &[r#"{room="attic"} 0"#, r#"{room="hall"} 1"#]),
    ("idelta(temp{floor=\"2\"}[1m])", &[r#"{floor="2",room="attic"} -5"#]),
    ("delta(temp{floor=\"1\"}[75s])", &[r#"{floor="1",room="hall"} 2.5"#]),
    ("irate(doors_total[1m])", &[r#"{room="attic"} 0.13333333333333333"#, r#"{room="hall"} 0.2"#]),
    (
        "temp / on(floor) group_left floor_area",
        &[r#"{floor="1",room="hall"} 0.41"#, r#"{floor="2",room="attic"} 1.1"#],
    ),
    (
        "floor_area * on(floor) group_right() temp",
        &[r#"{floor="1",room="hall"} 1025"#, r#"{floor="2",room="attic"} 440"#],
    ),
    ("temp unless on(floor) floor_area", &[r#"temp{floor="0",room="cellar"} 1"#]),
    ("temp and on(room) doors_total < 22", &[r#"temp{floor="1",room="hall"} 20.5"#]),
    ("temp{floor=\"1\"} atan2 temp{floor=\"1\"}", &[r#"temp{floor="1",room="hall"} 0.7853981633974483"#]),
    ("absent(temp{floor=\"9\"})", &[r#"{floor="9"} 1"#]),
    ("label_join(limit, \"x\", \"-\", \"a\", \"b\")", &[r#"limit{x="-"} 4"#]),
    ("sum by (x) (label_replace(temp, \"x\", \"up\", \"floor\", \"[12]\"))", &[r#"{x="up"} 42.5"#, "{} 1"]),
    ("sum(temp @ 0) - sum(temp offset 75s)", &["{} 0"]),
    ("limit == 4 != 5", &["limit{} 4"]),
];
