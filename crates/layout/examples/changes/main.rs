//! Draws pictures before and after a change, to look at. Not part of the product: it may write files.
//!
//! `cargo run -p layout --example changes -- directory`

#[path = "../quality/sheet.rs"]
mod sheet;

use layout::generate;
use layout::{Edge, Input, Node, Point, Scene, Size, place, update};

fn main() {
    let directory = std::env::args().nth(1).expect("the directory to draw into is named");
    let shop = generate::shop();
    let mesh = generate::mesh(50, 1);
    let (folded, mesh_folded) = (fold(&shop, "shop"), fold(&mesh, "ns-01"));
    let mut pinned = shop.clone();
    pinned.nodes[1].pin = Some(Point::new(420.0, 300.0));
    let changes = [
        ("newcomer", shop.clone(), with_newcomer(&shop)),
        ("row", shop.clone(), with_row(&shop)),
        ("pin", shop.clone(), pinned),
        ("fold", shop.clone(), folded.clone()),
        ("unfold", folded, shop.clone()),
        ("mesh-fold", mesh.clone(), mesh_folded.clone()),
        ("mesh-unfold", mesh_folded, mesh),
    ];
    for (name, before, after) in changes {
        let scene = place(&before);
        let next = update(&scene, &after);
        draw(&directory, &format!("{name}-before"), &scene, &before);
        draw(&directory, &format!("{name}-after"), &next.scene, &after);
        say(&format!("{name}: moved {:?} rerouted {}", next.moved, next.rerouted.len()));
    }
}

#[expect(clippy::disallowed_methods, reason = "an example is a program: it writes what it draws")]
fn draw(directory: &str, name: &str, scene: &Scene, input: &Input) {
    let path = format!("{directory}/{name}.svg");
    std::fs::write(&path, sheet::svg(scene, input)).expect("the directory can be written");
}

fn say(text: &str) {
    println!("{text}");
}

fn with_newcomer(input: &Input) -> Input {
    let mut next = input.clone();
    let (key, group) = ("shop/gift".to_owned(), Some("shop".to_owned()));
    next.nodes.push(Node { key: key.clone(), size: Size::new(130.0, 46.0), group, ..Node::default() });
    let label = Some(Size::new(36.0, 13.0));
    let source = "edge/web".to_owned();
    next.edges.push(Edge {
        key: "gift".to_owned(),
        source,
        target: key,
        width: 1.7,
        label,
        ..Edge::default()
    });
    next
}

fn with_row(input: &Input) -> Input {
    let mut next = input.clone();
    let reviews = next.nodes.iter_mut().filter(|node| node.key == "shop/reviews");
    reviews.for_each(|node| node.size.height += 26.0);
    next
}

/// A band as one card, its lines with it.
fn fold(input: &Input, band: &str) -> Input {
    let mut next = input.clone();
    let members: Vec<String> =
        next.nodes.extract_if(.., |node| node.group.as_deref() == Some(band)).map(|node| node.key).collect();
    for edge in &mut next.edges {
        for (end, port) in
            [(&mut edge.source, &mut edge.source_port), (&mut edge.target, &mut edge.target_port)]
        {
            if members.contains(end) {
                band.clone_into(end);
                *port = None;
            }
        }
        edge.key = format!("{}>{}", edge.source, edge.target);
    }
    next.edges.retain(|edge| edge.source != edge.target);
    let size = Size::new(150.0, 46.0);
    next.nodes.push(Node { key: band.to_owned(), size, ..Node::default() });
    next
}
