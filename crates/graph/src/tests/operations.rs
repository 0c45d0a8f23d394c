//! Kinds of requests over one node or edge: what is asked, and what the rows say.

use crate::{
    OperationRow, Origin, SubjectId, operations, operations_queries, snapshot,
    testing::{a_view, answers_of, both, snap},
    view,
};
use model::GraphType;

fn row(kind: &str, part: &str, value: f64) -> OperationRow {
    OperationRow { kind: kind.into(), part: part.into(), value }
}

#[test]
fn one_query_tells_an_edges_requests_apart() {
    let snapshot = snap(&both("web-v1.shop", "cart-v1.shop", "", 10.0));
    let wanted = a_view(GraphType::App);
    let edge = &view(&snapshot, &wanted).edges[0].id;
    let queries = operations_queries(&snapshot, &wanted, SubjectId::Edge(edge), "request_operation");
    let [query] = &queries[..] else { panic!("one store, one query: {queries:?}") };
    let parts: Vec<&str> = query.promql.split(" or label_replace(sum by (portolan_operation)").collect();
    assert_eq!(parts.len(), 4, "{}", query.promql);
    for (part, metric) in parts.iter().zip(["requests_total", "requests_total", "_sum", "_count"]) {
        assert!(part.contains(metric) && part.contains("source_workload=\"web-v1\""), "{part}");
        assert!(part.contains("\"portolan_operation\", \"$1\", \"request_operation\", \"(.*)\")"), "{part}");
    }
    assert_eq!(operations_queries(&snapshot, &wanted, SubjectId::Edge("none"), "request_operation"), []);
}

#[test]
fn rows_become_operations_most_first_and_the_rest_is_summed() {
    let snapshot = snap(&both("web-v1.shop", "cart-v1.shop", "", 10.0));
    let wanted = a_view(GraphType::App);
    let edge = &view(&snapshot, &wanted).edges[0].id;
    let told = |rows: &[OperationRow]| {
        operations(&snapshot, &wanted, SubjectId::Edge(edge), "request_operation", rows)
    };
    let mut rows = vec![
        row("Buy", "rate", 2.0),
        row("Buy", "failed", 0.5),
        row("List", "rate", 6.0),
        row("List", "time", 90.0),
        row("List", "timed", 6.0),
        row("", "rate", 4.0),
        row("Idle", "time", 1.0),
    ];
    let all = told(&rows);
    let line =
        |one: &model::detail::Operation| (one.name.clone(), one.rate_rps, one.error_share, one.mean_ms);
    let expected = [
        ("List".to_owned(), 6.0, Some(0.0), Some(15.0)),
        (String::new(), 4.0, Some(0.0), None),
        ("Buy".to_owned(), 2.0, Some(0.25), None),
    ];
    assert_eq!(all.iter().map(line).collect::<Vec<_>>(), expected);
    let buy = &all[2].queries[0];
    assert_eq!(buy.name, "rate of Buy");
    assert!(buy.promql.contains("request_operation=\"Buy\""), "{}", buy.promql);
    assert!(all[1].queries[0].promql.contains("request_operation=\"\""), "{:?}", all[1].queries[0]);
    rows.extend((0..20).map(|at| row(&format!("kind-{at:02}"), "rate", 0.1)));
    let all = told(&rows);
    let last = all.last().expect("some");
    assert_eq!((all.len(), last.name.as_str(), last.queries.len()), (13, "11 more", 0));
    assert!((last.rate_rps - 1.1).abs() < 1e-9, "{last:?}");
    assert!((all.iter().map(|one| one.rate_rps).sum::<f64>() - 14.0).abs() < 1e-9, "nothing is lost");
    assert_eq!(told(&[row("", "rate", 4.0)]), [], "a label that no request has says nothing");
}

#[test]
fn what_is_of_one_kind_already_is_not_told_apart() {
    let told = |operation: &str| format!("portolan_operation=\"{operation}\"");
    let samples = both("web-v1.shop", "cart-v1.shop", &told("Buy"), 2.0)
        + &both("web-v1.shop", "cart-v1.shop", &told("List"), 1.0);
    let origin = Origin { operations: Some("request_operation".into()), ..Origin::default() };
    let snapshot = snapshot(&answers_of(origin, &samples)).0;
    let mut wanted = a_view(GraphType::App);
    let asked =
        |view: &crate::View, subject| operations_queries(&snapshot, view, subject, "request_operation").len();
    let whole = view(&snapshot, &wanted).edges[0].id.clone();
    assert_eq!(asked(&wanted, SubjectId::Edge(&whole)), 1);
    wanted.operations = Some("request_operation".into());
    let drawn = view(&snapshot, &wanted);
    assert_eq!(drawn.edges.len(), 4);
    assert!(drawn.edges.iter().all(|edge| asked(&wanted, SubjectId::Edge(&edge.id)) == 0));
}
