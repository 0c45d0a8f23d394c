//! What is not known is refused by its name, never answered with something else.

use super::{error_of, load};
use crate::promql::{EvalError, Options, Steps, range};

#[test]
fn an_unsupported_construct_is_named() {
    let store = load("x 0+1x20");
    for (query, named) in [
        ("max_over_time(rate(x[1m])[5m:15s])", "subquery"),
        ("sum(x[5m:])", "subquery"),
        ("predict_linear(x[5m], 3600)", "predict_linear()"),
        ("deriv(x[5m])", "deriv()"),
        ("histogram_fraction(0, 1, x)", "histogram_fraction()"),
        ("day_of_week()", "day_of_week()"),
        ("sin(x)", "sin()"),
        ("first_over_time(x[5m])", "first_over_time()"),
        ("sort_by_label(x, \"a\")", "sort_by_label()"),
        ("count_values(\"value\", x)", "count_values"),
        ("limitk(1, x)", "limitk"),
        ("x + fill(0) x", "fill"),
        ("{__name__=\"x\" or __name__=\"y\"}", "`or` between label matchers"),
    ] {
        match error_of(&store, query) {
            EvalError::Unsupported(construct) => {
                assert!(construct.contains(named), "{query}: {construct:?} does not name {named:?}");
            }
            EvalError::Parse(reason) if query.starts_with("sum(x[5m:])") => {
                assert!(reason.contains("matrix"), "{reason}");
            }
            other => panic!("{query}: {other}"),
        }
    }
}

#[test]
fn what_cannot_be_parsed_says_where_it_went_wrong() {
    let store = load("x 1");
    for query in ["sum(", "rate(x)", "x[5m] + 1", "{}", "1 > 2", "unknown_function(x)", "x and 1"] {
        let error = error_of(&store, query);
        assert!(matches!(error, EvalError::Parse(_)), "{query}: {error:?}");
        assert_eq!(error.error_type(), "bad_data");
    }
}

#[test]
fn a_range_query_needs_sound_times_and_no_range_vector() {
    let store = load("x 0+1x20");
    let steps = Steps { start_ms: 0, end_ms: 60_000, step_ms: 15_000 };
    let run = |query: &str, steps| range(&store, query, steps, &Options::default());
    assert!(run("x", steps).is_ok());
    assert!(run("x", Steps { step_ms: 0, ..steps }).is_err());
    assert!(run("x", Steps { end_ms: -1, ..steps }).is_err());
    assert!(run("x[1m]", steps).unwrap_err().to_string().contains("range vector"));
    assert!(run("\"text\"", steps).unwrap_err().to_string().contains("string"));
}
