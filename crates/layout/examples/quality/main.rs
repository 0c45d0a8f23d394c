//! Prints how good our pictures are beside Graphviz and dagre, or draws sheets to look at. Not part of the product: it may
//! read and write files and run programs.
//!
//! `cargo run --release -p layout --example quality` for the table (sizes and seeds may follow: `-- 50,100 20`),
//! `-- directory` for the sheets. Dagre takes part where its package was installed (see [`dagre`]).

mod changes;
mod dagre;
mod dot;
mod sheet;

use std::fmt::Write as _;
use std::time::Instant;

use layout::generate;
use layout::metrics::{Metrics, measure};
use layout::{Input, Scene};

/// Seeds a size is tried with, and up to how many cards the slow engines take part: above, they need minutes.
const SEEDS: u64 = 20;
const SLOW_NODES_MOST: usize = 300;

fn main() {
    let first = std::env::args().nth(1).unwrap_or_else(|| "50,100,300,1000,5000".to_owned());
    let sizes: Option<Vec<usize>> = first.split(',').map(|size| size.parse().ok()).collect();
    let Some(sizes) = sizes else { return draw(&first) };
    let seeds = std::env::args().nth(2).and_then(|seeds| seeds.parse().ok()).unwrap_or(SEEDS);
    println!(
        "nodes what          crossings   length bends back aspect overlap through foreign labels      ms  moved  mean px"
    );
    for n in sizes {
        let inputs: Vec<Input> =
            (0..if n > 1_000 { 3 } else { seeds }).map(|seed| generate::mesh(n, seed)).collect();
        let flat: Vec<Input> = inputs.iter().map(flattened).collect();
        report(n, "bands", &inputs, |input, before| Some(ours(input, before)));
        let regions: Vec<Input> = inputs.iter().map(|input| generate::in_regions(input.clone(), 3)).collect();
        report(n, "regions", &regions, |input, before| Some(ours(input, before)));
        report(n, "flat", &flat, |input, before| Some(ours(input, before)));
        if n <= 1_000 {
            report(n, "dot flat", &flat, |input, _| dot::place(input, false));
        }
        if n <= SLOW_NODES_MOST {
            report(n, "dagre flat", &flat, |input, _| dagre::place(input));
            report(n, "dot clusters", &inputs, |input, _| dot::place(input, true));
        }
    }
}

fn flattened(input: &Input) -> Input {
    let mut flat = input.clone();
    flat.groups.clear();
    flat
}

fn ours(input: &Input, before: Option<&Scene>) -> Scene {
    before.map_or_else(|| layout::place(input), |before| layout::update(before, input).scene)
}

fn figures(scene: &Scene, input: &Input) -> Metrics {
    measure(scene, |node, group| {
        let node = &scene.nodes[node].key;
        let own = input.nodes.iter().find(|known| known.key == *node).and_then(|known| known.group.as_ref());
        let key = &scene.groups[group].key;
        let parent = |key: &&String| input.groups.iter().find(|known| known.key == **key)?.parent.as_ref();
        std::iter::successors(own, parent).take(3).any(|own| own == key)
    })
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::disallowed_methods, reason = "an example is a program: it times what it runs")]
fn report(n: usize, what: &str, inputs: &[Input], place: impl Fn(&Input, Option<&Scene>) -> Option<Scene>) {
    let mut all: Vec<Metrics> = Vec::new();
    let (mut times, mut moved, mut ways) = (Vec::new(), Vec::new(), Vec::new());
    for (seed, input) in inputs.iter().enumerate() {
        let start = Instant::now();
        let Some(scene) = place(input, None) else { continue };
        times.push(start.elapsed().as_secs_f64() * 1e3);
        all.push(figures(&scene, input));
        // Four changes a seed; for the slow sizes the first seeds must do.
        if n > 300 && seed > 2 || n > 1_000 {
            continue;
        }
        for next in changes::variants(input) {
            if let Some(after) = place(&next, Some(&scene)) {
                let (share, mean) = changes::displacement(&scene, &after);
                moved.push(share * 100.0);
                ways.push(mean);
            }
        }
    }
    let mid = |figure: fn(&Metrics) -> f64| median(all.iter().map(figure).collect());
    println!(
        "{n:5} {what:13} {:9} {:8.0} {:5} {:4} {:6.2} {:7} {:7} {:7} {:6} {:7.1} {:5.1}% {:8.1}",
        mid(|m| m.crossings as f64),
        mid(|m| m.length),
        mid(|m| m.bends as f64),
        mid(|m| m.backward as f64),
        mid(|m| m.aspect),
        mid(|m| m.overlaps as f64),
        mid(|m| m.through_nodes as f64),
        mid(|m| (m.foreign + m.band_overlaps) as f64),
        mid(|m| m.labels as f64),
        median(times),
        median(moved),
        median(ways),
    );
}

#[expect(clippy::disallowed_methods, reason = "an example is a program: it writes what it draws")]
fn draw(directory: &str) {
    let mut sheets = vec![
        ("shop".to_owned(), generate::shop()),
        ("bookinfo".to_owned(), generate::bookinfo()),
        ("boutique".to_owned(), generate::online_boutique()),
        ("sock-shop".to_owned(), generate::sock_shop()),
        ("train-ticket".to_owned(), generate::train_ticket()),
        ("versions".to_owned(), generate::versions()),
        ("star".to_owned(), generate::star(12)),
        ("chain".to_owned(), generate::chain(30)),
        ("ring".to_owned(), generate::ring(12)),
        ("halves".to_owned(), generate::halves()),
        ("hub".to_owned(), generate::hub(300)),
    ];
    for (n, seed) in [(20, 1), (50, 1), (50, 4), (100, 1), (300, 1)] {
        sheets.push((format!("mesh-{n}-{seed}"), generate::mesh(n, seed)));
        sheets.push((format!("regions-{n}-{seed}"), generate::in_regions(generate::mesh(n, seed), 3)));
        sheets.push((format!("flat-{n}-{seed}"), flattened(&generate::mesh(n, seed))));
    }
    let mut page = String::from("<!doctype html><title>Ours, left, and dot's</title>");
    for (name, input) in sheets {
        let mut scenes = vec![(name.clone(), layout::place(&input))];
        scenes.extend(dot::place(&input, true).map(|scene| (format!("{name}-dot"), scene)));
        page.push_str("<p>");
        for (name, scene) in scenes {
            let path = format!("{directory}/{name}.svg");
            std::fs::write(&path, sheet::svg(&scene, &input)).expect("the directory can be written");
            println!("{path} {:?}", figures(&scene, &input));
            let _ = write!(page, "<img src='{name}.svg' style='max-width:49%;max-height:95vh'>");
        }
    }
    std::fs::write(format!("{directory}/index.html"), page).expect("the directory can be written");
}
