//! What dagre makes of the same cards and lines, run by Node and read back as a scene. Knows no boxes: they are what
//! it is slow at, and throws at.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fmt::Write as _, sync::LazyLock};

use layout::{Cubic, Input, PlacedNode, Point, Rect, Route, Scene};

/// Where `npm install --prefix target/tools/dagre @dagrejs/dagre` puts the package.
const PACKAGE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools/dagre/node_modules/@dagrejs/dagre");

/// Lines `n index width height` and `e index source target` come in; `n index x y` and `e index x y x y …` go out.
const SCRIPT: &str = "
const { graphlib, layout } = require(process.argv[1]);
const graph = new graphlib.Graph({ multigraph: true });
graph.setGraph({ rankdir: 'LR', nodesep: 34, ranksep: 84 });
for (const line of require('fs').readFileSync(0, 'utf8').trim().split('\\n')) {
  const [what, at, a, b] = line.split(' ');
  if (what === 'n') graph.setNode(at, { width: +a, height: +b });
  else graph.setEdge(a, b, {}, at);
}
layout(graph);
for (const at of graph.nodes()) console.log('n', at, graph.node(at).x, graph.node(at).y);
for (const edge of graph.edges())
  console.log('e', edge.name, ...graph.edge(edge).points.flatMap(point => [point.x, point.y]));
";

static FETCHED: LazyLock<bool> = LazyLock::new(|| Path::new(PACKAGE).exists());

/// None without Node or the package, or when dagre gives up.
pub(crate) fn place(input: &Input) -> Option<Scene> {
    if !*FETCHED {
        return None;
    }
    let mut child = Command::new("node")
        .args(["-e", SCRIPT, PACKAGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(source(input)?.as_bytes()).ok()?;
    read(&String::from_utf8(child.wait_with_output().ok()?.stdout).ok()?, input)
}

fn source(input: &Input) -> Option<String> {
    let mut text = String::new();
    for (at, node) in input.nodes.iter().enumerate() {
        let _ = writeln!(text, "n {at} {} {}", node.size.width, node.size.height);
    }
    let index = |key: &str| input.nodes.iter().position(|node| node.key == key);
    for (at, edge) in input.edges.iter().enumerate() {
        let _ = writeln!(text, "e {at} {} {}", index(&edge.source)?, index(&edge.target)?);
    }
    Some(text)
}

fn read(answer: &str, input: &Input) -> Option<Scene> {
    let mut scene = Scene::default();
    for line in answer.lines() {
        let (what, rest) = line.split_once(' ')?;
        let numbers: Option<Vec<f64>> = rest.split(' ').map(|word| word.parse().ok()).collect();
        let (at, places) = numbers?.split_first().map(|(at, places)| (*at as usize, places.to_vec()))?;
        let points: Vec<Point> = places.chunks_exact(2).map(|pair| Point::new(pair[0], pair[1])).collect();
        if what == "n" {
            let (node, middle) = (input.nodes.get(at)?, points.first()?);
            let (w, h) = (node.size.width, node.size.height);
            let rect = Rect::new(middle.x - w / 2.0, middle.y - h / 2.0, w, h);
            scene.nodes.push(PlacedNode { key: node.key.clone(), rect, ..PlacedNode::default() });
        } else {
            let edge = input.edges.get(at)?;
            let (source, target) = (edge.source.clone(), edge.target.clone());
            let looped = source == target;
            let back = !looped && points.first()?.x > points.last()?.x;
            let path = points.windows(2).map(|ends| straight(ends[0], ends[1])).collect();
            scene.edges.push(Route { source, target, path, back, looped, ..Route::default() }.into());
        }
    }
    let whole = scene.nodes.len() == input.nodes.len() && scene.edges.len() == input.edges.len();
    scene.bounds =
        scene.nodes.iter().map(|node| node.rect).reduce(|a, b| a.union(&b)).unwrap_or_default().grown(40.0);
    whole.then_some(scene)
}

fn straight(from: Point, to: Point) -> Cubic {
    Cubic { from, c1: from, c2: to, to }
}
