//! What each query of a refresh takes a Prometheus by itself, and what narrower ways of asking the dearest would. Knows the
//! core's plan; must not know the product.

use anyhow::{Result, ensure};
use graph::{Origin, Query, Signals, Window};
use meshsim::promql::Steps;
use tests::cost;
use tests::prometheus::{Prometheus, answer::Answer};

/// Processor time is told in hundredths of a second.
const ROUNDS: u32 = 20;
const REQUESTS: &str = "istio_requests_total[";
const NEVER_ARRIVED: &str = ".*(UH|UF|UO|NR|NC|DF|FI|RL|UAEX).*";
const PRINCIPALS: &str = ", source_principal, destination_principal";

pub(crate) async fn print(prometheus: &Prometheus, window: Window) -> Result<()> {
    let signals = Signals { percentiles: true, slow_lane: true, ..Signals::default() };
    let plan = graph::plan(&Origin::default(), signals, &window);
    for query in &plan {
        println!("| {} | {} |", query.kind.word(), told(prometheus, query, window.at_s).await?);
    }
    let requests = plan.iter().find(|query| query.promql.contains(REQUESTS)).cloned();
    for (what, query) in requests.iter().flat_map(narrower) {
        println!("| requests, {what} | {} |", told(prometheus, &query, window.at_s).await?);
    }
    for question in Origin::default().dialect.probe_queries(None) {
        let query = Query { promql: question.promql, range: None, ..plan[0].clone() };
        println!("| once a minute: {} | {} |", question.word, told(prometheus, &query, window.at_s).await?);
    }
    Ok(())
}

fn narrower(requests: &Query) -> Vec<(&'static str, Query)> {
    let of = |selector: &str| {
        let narrow = requests.promql.replace(REQUESTS, &format!("istio_requests_total{{{selector}}}["));
        Query { promql: narrow, ..requests.clone() }
    };
    let unreached = format!("reporter=\"source\",response_flags=~\"{NEVER_ARRIVED}\"");
    let plainer = Query { promql: requests.promql.replace(PRINCIPALS, ""), ..requests.clone() };
    let (head, rate) = requests.promql.split_once(") (").expect("a sum by labels");
    let all = Query { promql: format!("sum ({rate}"), ..requests.clone() };
    let labels = head.matches(',').count() + 1;
    assert!(labels > 20 && plainer.promql.len() < requests.promql.len(), "the plan groups by all");
    vec![
        ("by who received them", of("reporter!=\"source\"")),
        ("by callers", of("reporter=\"source\"")),
        ("by callers, of what never arrived", of(&unreached)),
        ("without principals", plainer),
        ("as one number", all),
    ]
}

/// Processor milliseconds, and rows.
async fn told(prometheus: &Prometheus, query: &Query, at_s: i64) -> Result<String> {
    let id = prometheus.process_id()?;
    let ask = async || match query.range {
        None => prometheus.query(&query.promql, at_s * 1_000).await,
        Some(range) => {
            let (span_s, step_s) = (i64::try_from(range.span_s)?, i64::try_from(range.step_s)?);
            let steps =
                Steps { start_ms: (at_s - span_s) * 1_000, end_ms: at_s * 1_000, step_ms: step_s * 1_000 };
            prometheus.query_range(&query.promql, steps).await
        }
    };
    let answer = ask().await?;
    ensure!(!matches!(answer, Answer::Refused(_)), "{}: {answer:?}", query.promql);
    let busy_s = cost::busy_s(id)?;
    for _ in 0..ROUNDS {
        ask().await?;
    }
    let each_ms = (cost::busy_s(id)? - busy_s) * 1_000.0 / f64::from(ROUNDS);
    Ok(format!("{each_ms:.0} ms | {} rows", answer.len()))
}
