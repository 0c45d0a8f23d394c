//! Time to follow one change at a thousand cards: one card or one line more or less.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use layout::{Input, generate, place, update};

const CARDS: usize = 1_000;

/// The picture without one of its cards, and without the lines that end there.
fn without_card(whole: &Input, at: usize) -> Input {
    let mut less = whole.clone();
    let gone = less.nodes.remove(at).key;
    less.edges.retain(|edge| edge.source != gone && edge.target != gone);
    less
}

fn without_edge(whole: &Input, at: usize) -> Input {
    let mut less = whole.clone();
    less.edges.remove(at);
    less
}

/// Every change at ten spots of the picture, so that no lucky one decides.
fn one_change(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("update");
    group.sample_size(20);
    let bands = generate::mesh(CARDS, 1);
    let mut flat = bands.clone();
    flat.groups.clear();
    for (shape, whole) in [("bands", bands), ("flat", flat)] {
        let scene = place(&whole);
        for (name, less) in [("card", without_card as fn(&Input, usize) -> Input), ("line", without_edge)] {
            let spots: Vec<(Input, layout::Scene)> = (0..10)
                .map(|spot| less(&whole, 50 + 90 * spot))
                .map(|input| {
                    let scene = place(&input);
                    (input, scene)
                })
                .collect();
            let mut turn = 0;
            group.bench_with_input(
                BenchmarkId::new(format!("one {name} more"), shape),
                &spots,
                |bencher, spots| {
                    bencher.iter(|| {
                        turn = (turn + 1) % spots.len();
                        update(black_box(&spots[turn].1), black_box(&whole))
                    });
                },
            );
            group.bench_with_input(
                BenchmarkId::new(format!("one {name} less"), shape),
                &spots,
                |bencher, spots| {
                    bencher.iter(|| {
                        turn = (turn + 1) % spots.len();
                        update(black_box(&scene), black_box(&spots[turn].0))
                    });
                },
            );
        }
    }
    group.finish();
}

criterion_group!(benches, one_change);
criterion_main!(benches);
