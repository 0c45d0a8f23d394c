//! Native histograms under functions, aggregations and operators, part by part in the store.

use super::{STEP_MS, at, error_of};
use crate::native::{COUNT, PART, SUM, upper};
use crate::promql::EvalError;
use crate::store::{MemoryStore, Point, Series, labels_of};

/// Two pods whose histograms grow by so many observations a scrape in buckets up to 2 and up to 4, and a counter.
fn store() -> MemoryStore {
    let series = |pod, part, rise: f64| Series {
        labels: labels_of([("__name__", "h"), ("pod", pod), (PART, part)]),
        points: (0..21).map(|at| Point { t_ms: at * STEP_MS, value: rise * at as f64 }).collect(),
    };
    let pod = |pod, low: f64, high: f64| {
        [(COUNT, low + high), (SUM, low * 1.5 + high * 3.0), ("8", low), ("16", high)]
            .map(|(part, rise)| series(pod, part, rise))
    };
    let mut all: Vec<Series> = pod("a", 15.0, 0.0).into();
    all.extend(pod("b", 15.0, 30.0));
    all.extend(super::load("x{pod=\"a\"} 0+15x20").series);
    MemoryStore { series: all }
}

fn ask(query: &str) -> Vec<String> {
    let mut lines = at(&store(), query, 300);
    lines.sort();
    lines
}

#[test]
fn figures_are_read_off_rates_and_sums_of_them() {
    assert_eq!(ask("histogram_count(sum(rate(h[1m])))"), ["{} 4"]);
    assert_eq!(ask("histogram_sum(sum by (pod) (rate(h[1m])))"), ["{pod=\"a\"} 1.5", "{pod=\"b\"} 7.5"]);
    assert_eq!(ask("histogram_sum(sum(h)) / histogram_count(sum(h))"), ["{} 2.25"]);
    assert_eq!(ask("histogram_quantile(1, sum without (pod) (rate(h[1m])))"), ["{} 4"]);
    let middle = f64::midpoint(upper(7), 2.0);
    assert_eq!(ask("histogram_quantile(0.5, h{pod=\"a\"})"), [format!("{{pod=\"a\"}} {middle}")]);
}

#[test]
fn a_histogram_is_counted_once_and_known_by_its_labels() {
    assert_eq!(ask("count(h)"), ["{} 2"]);
    assert_eq!(ask("group by (pod) (h)"), ["{pod=\"a\"} 1", "{pod=\"b\"} 1"]);
    assert_eq!(ask("min(timestamp(h))"), ["{} 300"]);
    assert_eq!(ask("count_over_time(h{pod=\"a\"}[1m])"), ["{pod=\"a\"} 5"]);
    assert_eq!(ask("x and h"), ["x{pod=\"a\"} 300"]);
    assert_eq!(ask("h unless x").len(), 4, "all parts of the other pod");
    let replaced = "histogram_count(label_replace(h, \"unit\", \"s\", \"pod\", \"a\")) > 0";
    assert_eq!(ask(replaced), ["{pod=\"a\",unit=\"s\"} 300", "{pod=\"b\"} 900"]);
}

#[test]
fn what_is_for_plain_numbers_passes_histograms_over() {
    for query in [
        "h > 0",
        "h * 2",
        "abs(h)",
        "max(h)",
        "avg(h)",
        "topk(1, h)",
        "irate(h[1m])",
        "last_over_time(h[1m])",
        "sort(h)",
        "histogram_sum(x)",
    ] {
        assert_eq!(ask(query), Vec::<String>::new(), "{query}");
    }
    let EvalError::Unsupported(construct) = error_of(&store(), "h + h") else { panic!("it is no number") };
    assert!(construct.contains("native histograms"), "{construct}");
}
