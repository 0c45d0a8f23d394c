//! How long a mesh of 1,000 services takes to be there, and to answer the dearest query of all.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use meshsim::promql::{Options, instant};
use meshsim::store::{Matcher, Store};
use meshsim::{Mesh, exposition};

const NOW_MS: i64 = 1_772_618_400_000;
const WINDOW_MS: i64 = 600_000;

fn mesh(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("mesh_1000");
    group.sample_size(10);
    group.bench_function("start", |bencher| bencher.iter(|| black_box(Mesh::scaled(1_000))));
    let mesh = Mesh::scaled(1_000);
    for metric in ["istio_requests_total", "istio_request_duration_milliseconds_bucket"] {
        let matcher = [Matcher::equal("__name__", metric)];
        group.bench_function(format!("visit {metric}"), |bencher| {
            bencher.iter(|| {
                let mut points = 0;
                mesh.visit(&matcher, NOW_MS - WINDOW_MS, NOW_MS, &mut |_, found| points += found.len());
                black_box(points)
            });
        });
    }
    let query = "sum by (le, reporter, source_workload, source_workload_namespace, destination_workload, \
                 destination_workload_namespace) (rate(istio_request_duration_milliseconds_bucket[10m]))";
    let options = Options::default();
    group.bench_function("buckets by PromQL", |bencher| {
        bencher.iter(|| black_box(instant(&mesh, query, NOW_MS, &options).expect("the query is supported")));
    });
    group.finish();
    let shop = Mesh::shop();
    bench.bench_function("shop /metrics", |bencher| {
        bencher.iter(|| black_box(exposition::prometheus(&shop, NOW_MS)));
    });
}

criterion_group!(benches, mesh);
criterion_main!(benches);
