//! Prints how good our pictures are beside Graphviz, and draws sheets to look at. Not part of the product: it may
//! read and write files and run programs.
//!
//! `cargo run -p layout --example quality [-- directory]`

mod sheet;

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use layout::generate;
use layout::metrics::{Metrics, measure};
use layout::{Input, Point, Rect, Scene};

const SEEDS: u64 = 9;

fn main() {
    let directory = std::env::args().nth(1);
    if let Some(directory) = directory {
        draw(&directory);
        return;
    }
    println!("nodes  what        crossings  through  overlap  foreign  back  aspect  labels   length");
    for n in [50, 100, 300, 1_000] {
        let inputs: Vec<Input> =
            (0..if n > 300 { 3 } else { SEEDS }).map(|seed| generate::mesh(n, seed)).collect();
        let flat: Vec<Input> = inputs.iter().map(flattened).collect();
        report(n, "bands", &inputs.iter().map(ours).collect::<Vec<_>>());
        report(n, "flat", &flat.iter().map(ours).collect::<Vec<_>>());
        let graphviz: Vec<Metrics> = flat.iter().filter_map(dot).collect();
        if !graphviz.is_empty() {
            report(n, "dot flat", &graphviz);
        }
    }
}

fn flattened(input: &Input) -> Input {
    let mut flat = input.clone();
    flat.groups.clear();
    flat
}

fn ours(input: &Input) -> Metrics {
    let scene = layout::place(input);
    measure(&scene, |node, group| {
        let own = input.nodes[node].group.as_ref();
        let key = &scene.groups[group].key;
        own == Some(key)
            || input.groups.iter().any(|known| Some(&known.key) == own && known.parent.as_ref() == Some(key))
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(n: usize, what: &str, all: &[Metrics]) {
    let mid = |figure: fn(&Metrics) -> f64| median(all.iter().map(figure).collect());
    println!(
        "{n:5}  {what:10} {:10} {:8} {:8} {:8} {:5} {:7.2} {:7} {:8.0}",
        mid(|m| m.crossings as f64),
        mid(|m| m.through_nodes as f64),
        mid(|m| m.overlaps as f64),
        mid(|m| (m.foreign + m.band_overlaps) as f64),
        mid(|m| m.backward as f64),
        mid(|m| m.aspect),
        mid(|m| m.labels as f64),
        mid(|m| m.length),
    );
}

/// What `dot` makes of the same cards and lines; none when it is not installed.
fn dot(input: &Input) -> Option<Metrics> {
    let mut text = String::from(
        "digraph { rankdir=LR; splines=polyline; nodesep=0.47; ranksep=1.17; node [shape=box fixedsize=true];\n",
    );
    for (index, node) in input.nodes.iter().enumerate() {
        let _ =
            writeln!(text, "n{index} [width={} height={}];", node.size.width / 72.0, node.size.height / 72.0);
    }
    let index = |key: &str| input.nodes.iter().position(|node| node.key == key);
    for edge in &input.edges {
        let _ = writeln!(text, "n{} -> n{};", index(&edge.source)?, index(&edge.target)?);
    }
    text.push('}');
    let mut child =
        Command::new("dot").arg("-Tplain").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let plain = String::from_utf8(child.wait_with_output().ok()?.stdout).ok()?;
    Some(measure(&read_plain(&plain, input), |_, _| false))
}

fn read_plain(plain: &str, input: &Input) -> Scene {
    let mut scene = Scene::default();
    for line in plain.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number =
            |at: usize| words.get(at).and_then(|word| word.parse::<f64>().ok()).unwrap_or(0.0) * 72.0;
        match words.first() {
            Some(&"node") => {
                let key = input.nodes[words[1][1..].parse::<usize>().unwrap_or(0)].key.clone();
                let (w, h) = (number(4), number(5));
                let rect = Rect::new(number(2) - w / 2.0, number(3) - h / 2.0, w, h);
                scene.nodes.push(layout::PlacedNode { key, rect, ..layout::PlacedNode::default() });
            }
            Some(&"edge") => {
                let key = |at: usize| input.nodes[words[at][1..].parse::<usize>().unwrap_or(0)].key.clone();
                let count: usize = words[3].parse().unwrap_or(0);
                let at = |step: usize| Point::new(number(4 + 2 * step), number(5 + 2 * step));
                let path = (0..count / 3)
                    .map(|part| layout::Cubic {
                        from: at(3 * part),
                        c1: at(3 * part + 1),
                        c2: at(3 * part + 2),
                        to: at(3 * part + 3),
                    })
                    .collect();
                let back = number(4) > number(4 + 2 * (count - 1));
                scene.edges.push(layout::Route {
                    source: key(1),
                    target: key(2),
                    path,
                    back,
                    ..layout::Route::default()
                });
            }
            _ => {}
        }
    }
    scene.bounds =
        scene.nodes.iter().map(|node| node.rect).reduce(|a, b| a.union(&b)).unwrap_or_default().grown(40.0);
    scene
}

#[expect(clippy::disallowed_methods, reason = "an example is a program: it writes what it draws")]
fn draw(directory: &str) {
    let mut sheets = vec![
        ("shop".to_owned(), generate::shop()),
        ("bookinfo".to_owned(), generate::bookinfo()),
        ("boutique".to_owned(), generate::online_boutique()),
        ("versions".to_owned(), generate::versions()),
    ];
    for (n, seed) in [(15, 1), (30, 2), (50, 1), (50, 4), (100, 1), (300, 1)] {
        sheets.push((format!("mesh-{n}-{seed}"), generate::mesh(n, seed)));
        sheets.push((format!("flat-{n}-{seed}"), flattened(&generate::mesh(n, seed))));
    }
    for (name, input) in sheets {
        let scene = layout::place(&input);
        let path = format!("{directory}/{name}.svg");
        std::fs::write(&path, sheet::svg(&scene, &input)).expect("the directory can be written");
        println!("{path} {:.0} {:.0} {:?}", scene.bounds.width, scene.bounds.height, ours(&input));
    }
}
