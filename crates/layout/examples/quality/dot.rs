//! What Graphviz makes of the same cards and lines, read back as a scene. Knows its plain format.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use layout::{Cubic, GroupKind, Input, PlacedNode, Point, Rect, Route, Scene};

/// None when `dot` is not installed or gives up.
pub(crate) fn place(input: &Input, clusters: bool) -> Option<Scene> {
    let mut child = Command::new("dot")
        .arg("-Tplain")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(source(input, clusters)?.as_bytes()).ok()?;
    let plain = String::from_utf8(child.wait_with_output().ok()?.stdout).ok()?;
    let scene = read(&plain, input);
    (scene.nodes.len() == input.nodes.len()).then_some(scene)
}

fn source(input: &Input, clusters: bool) -> Option<String> {
    let mut text = String::from(
        "digraph { rankdir=LR; splines=polyline; nodesep=0.47; ranksep=1.17; node [shape=box fixedsize=true];\n",
    );
    for (index, node) in input.nodes.iter().enumerate() {
        let (width, height) = (node.size.width / 72.0, node.size.height / 72.0);
        let _ = writeln!(text, "n{index} [width={width} height={height}];");
    }
    if clusters {
        for band in input.groups.iter().filter(|group| group.kind == GroupKind::Band) {
            let _ = writeln!(text, "subgraph \"cluster_{}\" {{", band.key);
            members(&mut text, input, &band.key);
            for app in input.groups.iter().filter(|app| app.parent.as_ref() == Some(&band.key)) {
                let _ = writeln!(text, "subgraph \"cluster_{}\" {{", app.key);
                members(&mut text, input, &app.key);
                text.push_str("}\n");
            }
            text.push_str("}\n");
        }
    }
    let index = |key: &str| input.nodes.iter().position(|node| node.key == key);
    for edge in &input.edges {
        let _ = writeln!(text, "n{} -> n{};", index(&edge.source)?, index(&edge.target)?);
    }
    text.push('}');
    Some(text)
}

fn members(text: &mut String, input: &Input, group: &str) {
    for (index, _) in input.nodes.iter().enumerate().filter(|node| node.1.group.as_deref() == Some(group)) {
        let _ = writeln!(text, "n{index};");
    }
}

fn read(plain: &str, input: &Input) -> Scene {
    let mut scene = Scene::default();
    for line in plain.replace("\\\n", "").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number =
            |at: usize| words.get(at).and_then(|word| word.parse::<f64>().ok()).unwrap_or(0.0) * 72.0;
        let key = |at: usize| input.nodes[words[at][1..].parse::<usize>().unwrap_or(0)].key.clone();
        match words.first() {
            Some(&"node") => {
                let (w, h) = (number(4), number(5));
                let rect = Rect::new(number(2) - w / 2.0, number(3) - h / 2.0, w, h);
                scene.nodes.push(PlacedNode { key: key(1), rect, ..PlacedNode::default() });
            }
            Some(&"edge") => {
                let count: usize = words[3].parse().unwrap_or(0);
                let at = |step: usize| Point::new(number(4 + 2 * step), number(5 + 2 * step));
                let piece = |part: usize| Cubic {
                    from: at(3 * part),
                    c1: at(3 * part + 1),
                    c2: at(3 * part + 2),
                    to: at(3 * part + 3),
                };
                let (source, target) = (key(1), key(2));
                let looped = source == target;
                let back = !looped && number(4) > number(4 + 2 * count.saturating_sub(1));
                let path = (0..count / 3).map(piece).collect();
                let route = Route { source, target, path, back, looped, ..Route::default() };
                scene.edges.push(route.into());
            }
            _ => {}
        }
    }
    scene.bounds =
        scene.nodes.iter().map(|node| node.rect).reduce(|a, b| a.union(&b)).unwrap_or_default().grown(40.0);
    scene
}
