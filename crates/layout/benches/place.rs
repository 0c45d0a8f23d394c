//! Time to place meshes of several sizes from scratch.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use layout::{generate, place};

fn from_scratch(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("place");
    group.sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    for n in [50, 100, 300, 1_000, 5_000] {
        let input = generate::mesh(n, 1);
        group.bench_with_input(BenchmarkId::new("mesh", n), &input, |bencher, input| {
            bencher.iter(|| place(black_box(input)));
        });
        let mut flat = input;
        flat.groups.clear();
        group.bench_with_input(BenchmarkId::new("flat", n), &flat, |bencher, input| {
            bencher.iter(|| place(black_box(input)));
        });
    }
    group.finish();
}

criterion_group!(benches, from_scratch);
criterion_main!(benches);
