//! A scene as a plain SVG sheet, to look at while the engine is worked on. The product draws its own.

use std::fmt::Write as _;

use layout::{Cubic, GroupKind, Input, Scene};

const MARGIN: f64 = 24.0;

pub(crate) fn svg(scene: &Scene, input: &Input) -> String {
    let (w, h) = (scene.bounds.width + 2.0 * MARGIN, scene.bounds.height + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{w}' height='{h}' viewBox='{} {} {w} {h}' font-family='Inter, sans-serif'>\
         <rect x='-9999' y='-9999' width='99999' height='99999' fill='#eceff2'/>",
        scene.bounds.x - MARGIN,
        scene.bounds.y - MARGIN
    );
    groups(&mut out, scene);
    edges(&mut out, scene, input);
    nodes(&mut out, scene, input);
    labels(&mut out, scene, input);
    out + "</svg>"
}

fn groups(out: &mut String, scene: &Scene) {
    let mut groups: Vec<_> = scene.groups.iter().collect();
    groups.sort_by_key(|group| {
        [GroupKind::Region, GroupKind::Band, GroupKind::App].iter().position(|kind| *kind == group.kind)
    });
    for group in groups {
        let r = &group.rect;
        let fill = match group.kind {
            GroupKind::Region => "#e6ebf0",
            GroupKind::Band => "#f7f9fa",
            GroupKind::App => "#eef2f6",
        };
        let _ = write!(
            out,
            "<rect x='{}' y='{}' width='{}' height='{}' rx='8' fill='{fill}' stroke='#d5dbe1'/>\
             <text x='{}' y='{}' font-size='12' font-weight='600' fill='#445'>{}</text>",
            r.x,
            r.y,
            r.width,
            r.height,
            r.x + 12.0,
            r.y + 19.0,
            group.key
        );
    }
}

fn edges(out: &mut String, scene: &Scene, input: &Input) {
    for edge in &scene.edges {
        let known = input.edges.iter().find(|known| known.key == edge.key);
        let width = known.map_or(1.0, |known| known.width);
        let colour = if edge.back { "#b3541e" } else { "#76879a" };
        let _ = write!(
            out,
            "<path d='{}' fill='none' stroke='{colour}' stroke-width='{width}'/>",
            path(&edge.path)
        );
        if let Some(to) = edge.path.last().map(|cubic| cubic.to).filter(|_| !edge.looped) {
            let _ = write!(out, "<path d='M{} {}l-9 -4v8z' fill='{colour}'/>", to.x, to.y);
        }
    }
}

fn nodes(out: &mut String, scene: &Scene, input: &Input) {
    for node in &scene.nodes {
        let r = &node.rect;
        let name = node.key.rsplit('/').next().unwrap_or(&node.key);
        let _ = write!(
            out,
            "<rect x='{}' y='{}' width='{}' height='{}' rx='5' fill='#fff' stroke='#b9c3cd'/>\
             <text x='{}' y='{}' font-size='12.5' font-weight='600' fill='#1b2733'>{name}</text>",
            r.x,
            r.y,
            r.width,
            r.height,
            r.x + 13.0,
            r.y + 19.0
        );
        let ports =
            input.nodes.iter().find(|known| known.key == node.key).map(|known| known.ports.as_slice());
        for port in ports.unwrap_or_default() {
            let _ = write!(
                out,
                "<text x='{}' y='{}' font-size='11'>{}</text>",
                r.x + 20.0,
                r.y + port.y + 4.0,
                port.key
            );
        }
    }
}

fn labels(out: &mut String, scene: &Scene, input: &Input) {
    for edge in &scene.edges {
        let Some(label) = edge.label else { continue };
        let rate = input.edges.iter().find(|known| known.key == edge.key).map_or(0.0, |known| known.weight);
        let _ = write!(
            out,
            "<text x='{}' y='{}' font-size='10.5' font-weight='500' text-anchor='middle' fill='#51606f' stroke='#f2f4f6' stroke-width='3' paint-order='stroke'>{rate} rps</text>",
            label.x + label.width / 2.0,
            label.y + 10.0
        );
    }
}

fn path(path: &[Cubic]) -> String {
    let mut out = String::new();
    for (index, c) in path.iter().enumerate() {
        if index == 0 {
            let _ = write!(out, "M{} {}", c.from.x, c.from.y);
        }
        let _ = write!(out, "C{} {} {} {} {} {}", c.c1.x, c.c1.y, c.c2.x, c.c2.y, c.to.x, c.to.y);
    }
    out
}
