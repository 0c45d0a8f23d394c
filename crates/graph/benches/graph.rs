//! What a refresh costs beyond Prometheus: reading its answers, and drawing a view of them.
//! The answers are made here, in the measured proportions of a real mesh: 3.5 edges a service, 6.2 request rows and 53
//! bucket rows a service.

use criterion::{Criterion, criterion_group, criterion_main};
use graph::{
    Answers, Origin, Outcome, QueryKind, Signals, View, ViewConfig, Window, plan,
    sample::{Symbol, Symbols, Table},
};
use model::{GraphParams, GraphType};
use std::hint::black_box;

const BOUNDS_MS: [f64; 9] = [5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, f64::INFINITY];

/// A small generator of its own: the same mesh every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

struct Series {
    reporter: &'static str,
    from: usize,
    to: usize,
    code: &'static str,
}

fn series(services: usize) -> Vec<Series> {
    let mut dice = Dice(7);
    let mut series = Vec::new();
    for edge in 0..services * 7 / 2 {
        let (from, to) = (edge % services, dice.roll(services));
        let mut add = |reporter, code| series.push(Series { reporter, from, to, code });
        add("destination", "200");
        if edge % 8 < 5 {
            add("source", "200");
        }
        if edge % 7 == 0 {
            add("destination", "503");
        }
    }
    series
}

fn cells(symbols: &mut Symbols, labels: &[&str], series: &Series) -> Vec<Symbol> {
    let value = |label: &str| {
        let (end, field) = label.split_once('_').unwrap_or(("", label));
        let service = if end == "source" { series.from } else { series.to };
        match field {
            "cluster" => "prod".to_owned(),
            "workload_namespace" | "service_namespace" => format!("ns-{}", service % 20),
            "workload" => format!("app-{service}-v1"),
            "canonical_service" | "app" | "service_name" => format!("app-{service}"),
            "canonical_revision" | "version" => "v1".to_owned(),
            "service" => format!("app-{service}.ns-{}.svc.cluster.local", service % 20),
            "principal" => format!("spiffe://cluster.local/ns/ns-{}/sa/app-{service}", service % 20),
            _ => match label {
                "reporter" => series.reporter.to_owned(),
                "request_protocol" => "http".to_owned(),
                "response_code" => series.code.to_owned(),
                "response_flags" => "-".to_owned(),
                "connection_security_policy" => "mutual_tls".to_owned(),
                _ => String::new(),
            },
        }
    };
    labels.iter().map(|label| symbols.intern(&value(label))).collect()
}

/// At a refresh every rate is another by a few thousandths, as the counters of a mesh have it.
fn answers(services: usize, refresh: u16) -> Answers {
    let window = Window {
        at_s: 1_700_000_000 + 15 * i64::from(refresh),
        window_s: 300,
        scrape_interval_s: Some(15.0),
    };
    let mut answers = Answers::new(Origin::default(), window);
    let series = series(services);
    for query in plan(&answers.origin.clone(), Signals { percentiles: true, ..Signals::default() }, &window) {
        let mut table = Table { labels: query.by.to_vec(), ..Table::default() };
        let http = !matches!(
            query.kind,
            QueryKind::TcpSent | QueryKind::TcpReceived | QueryKind::TcpOpened | QueryKind::TcpClosed
        );
        // Durations are not told apart by code.
        let rows =
            series.iter().filter(|one| http && (query.kind == QueryKind::Requests || one.code == "200"));
        for (index, one) in rows.enumerate() {
            let row = cells(&mut answers.symbols, query.by, one);
            let busy = (1.0 + (index % 100) as f64)
                * (1.0 + ((index * 7 + usize::from(refresh)) % 13) as f64 / 3_000.0);
            // One failing series in twenty is bad enough to be told; the others are the usual few in a thousand.
            let rate = if one.code == "200" || index % 20 == 0 { busy } else { busy * 0.002 };
            let bounds = if query.bucketed { &BOUNDS_MS[..] } else { &[0.0] };
            for (place, bound) in bounds.iter().enumerate() {
                table.cells.extend(&row);
                table.values.push(if query.bucketed { rate * (place + 1) as f64 / 9.0 } else { rate });
                if query.bucketed {
                    table.le.push(*bound);
                }
            }
        }
        answers.outcomes.insert(query.kind, (Outcome::Answered(table), Vec::new()));
    }
    answers
}

fn benches(criterion: &mut Criterion) {
    for services in [100, 1_000, 3_000] {
        let (answers, later) = (answers(services, 0), answers(services, 1));
        criterion.bench_function(&format!("snapshot/{services}"), |bench| {
            bench.iter(|| graph::snapshot(black_box(&answers)));
        });
        let (snapshot, _) = graph::snapshot(&answers);
        println!(
            "{services} services: {} request rows, {} bucket rows, snapshot of {} kB",
            answers.table(QueryKind::Requests).map_or(0, Table::rows),
            answers.table(QueryKind::DurationBucket).map_or(0, Table::rows),
            snapshot.bytes() / 1_000
        );
        for graph_type in GraphType::ALL {
            let params = GraphParams { graph_type, percentiles: true, ..GraphParams::default() };
            let view = View::resolve(&params, &ViewConfig::default());
            criterion.bench_function(&format!("view/{services}/{}", graph_type.word()), |bench| {
                bench.iter(|| graph::view(black_box(&snapshot), &view));
            });
        }
        let view = View::resolve(&GraphParams::default(), &ViewConfig::default());
        let [from, to] = [&answers, &later].map(|answers| graph::view(&graph::snapshot(answers).0, &view));
        criterion.bench_function(&format!("difference/{services}"), |bench| {
            bench.iter(|| graph::difference(black_box(&from), black_box(&to), 1));
        });
    }
}

criterion_group! {
    name = all;
    config = Criterion::default().sample_size(20);
    targets = benches
}
criterion_main!(all);
