//! How long reading an answer takes: requests and buckets as a mesh of 100, of 1,000 and of 3,000 services gives them.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use graph::sample::Symbols;
use graph::{Origin, Query, QueryKind, Signals, Window};
use portolan::prometheus::decode_instant;
use std::fmt::Write as _;
use std::hint::black_box;

/// Grouped rows at 1,000 services, measured on a real Prometheus: 6,200 of requests, 53,000 of buckets.
const ROWS_A_SERVICE: [(QueryKind, f64); 2] = [(QueryKind::Requests, 6.2), (QueryKind::DurationBucket, 53.0)];
const BOUNDS: [&str; 12] = ["0.5", "1", "5", "10", "25", "50", "100", "250", "500", "1000", "2500", "+Inf"];

fn query(kind: QueryKind) -> Query {
    let window = Window { at_s: 0, window_s: 600, scrape_interval_s: Some(15.0) };
    let signals = Signals { percentiles: true, ..Signals::default() };
    let plan = graph::plan(&Origin::default(), signals, &window);
    plan.into_iter().find(|query| query.kind == kind).expect("the plan asks for it")
}

/// An answer with so many rows: every label filled, values repeating as those of a mesh do.
fn answer(query: &Query, services: usize, rows: usize) -> String {
    let mut text = r#"{"status":"success","data":{"resultType":"vector","result":["#.to_owned();
    for row in 0..rows {
        let edge = if query.bucketed { row / BOUNDS.len() } else { row };
        let separator = if row == 0 { "" } else { "," };
        write!(text, r#"{separator}{{"metric":{{"#).expect("a String takes all text");
        for (index, label) in query.by.iter().enumerate() {
            let service =
                if label.starts_with("source") { edge % services } else { (edge * 7 + 3) % services };
            let comma = if index == 0 { "" } else { "," };
            write!(text, r#"{comma}"{label}":"{label}-of-service-{service}""#)
                .expect("a String takes all text");
        }
        if query.bucketed {
            write!(text, r#","le":"{}""#, BOUNDS[row % BOUNDS.len()]).expect("a String takes all text");
        }
        write!(text, r#"}},"value":[1700000000,"{}.123456789"]}}"#, row % 977)
            .expect("a String takes all text");
    }
    text.push_str("]}}");
    text
}

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    for (kind, rows_a_service) in ROWS_A_SERVICE {
        let query = query(kind);
        for services in [100, 1_000, 3_000] {
            let body = answer(&query, services, (rows_a_service * services as f64) as usize);
            group.throughput(Throughput::Bytes(body.len() as u64));
            group.bench_with_input(BenchmarkId::new(kind.word(), services), &body, |bencher, body| {
                bencher.iter(|| {
                    let mut symbols = Symbols::default();
                    decode_instant(black_box(body.as_bytes()), query.by, query.bucketed, &mut symbols)
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
