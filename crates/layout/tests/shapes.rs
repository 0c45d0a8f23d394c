//! The hand-made shapes: what a careful hand would see to.

mod common;

use common::{assert_lawful, figures};
use layout::{Edge, Input, Node, Rect, Scene, Size, generate, place, update};

fn rect(scene: &Scene, key: &str) -> Rect {
    scene.nodes.iter().find(|node| node.key == key).expect("the card is in the scene").rect
}

fn band(scene: &Scene, key: &str) -> Rect {
    scene.groups.iter().find(|group| group.key == key).expect("the band is in the scene").rect
}

#[test]
fn the_shop_reads_from_left_to_right() {
    let input = generate::shop();
    let scene = place(&input);
    assert_lawful(&scene, &input);
    let (edge, shop, data) = (band(&scene, "edge"), band(&scene, "shop"), band(&scene, "data"));
    assert!(edge.right() + 60.0 <= shop.x && shop.right() + 60.0 <= data.x, "{edge:?} {shop:?} {data:?}");
    assert!(edge.y < shop.bottom() && shop.y < data.bottom(), "the bands share their rows");
    assert!(rect(&scene, "pay.acme.example").y > data.bottom(), "the outsider stands below");
    assert!(rect(&scene, "unknown").y > edge.bottom());
    let figures = figures(&scene, &input);
    assert!(figures.crossings <= 1 && figures.backward == 0, "{figures:?}");
    assert!(figures.labels >= 20, "{figures:?}");
    assert!((1.0..2.4).contains(&figures.aspect), "{figures:?}");
}

#[test]
fn columns_are_neat_and_long_lines_level() {
    let scene = place(&generate::shop());
    for a in &scene.nodes {
        for b in scene.nodes.iter().filter(|b| b.layer == a.layer) {
            assert!((a.rect.x - b.rect.x).abs() < 1e-9, "{} {}", a.key, b.key);
            let apart = (a.rect.y - b.rect.bottom()).max(b.rect.y - a.rect.bottom());
            assert!(a.key == b.key || apart >= 34.0, "{} {} {apart}", a.key, b.key);
        }
    }
    for (source, target) in [("shop/search", "data/search-index"), ("edge/ingress", "edge/web")] {
        let edge = scene.edges.iter().find(|edge| edge.source == source && edge.target == target).unwrap();
        assert_eq!(edge.path.len(), 1, "{source} to {target} is one level line");
        assert!((edge.path[0].from.y - edge.path[0].to.y).abs() < 1e-9);
    }
}

#[test]
fn small_pictures_have_no_needless_crossing() {
    for (input, most) in
        [(generate::bookinfo(), 0), (generate::online_boutique(), 2), (generate::versions(), 2)]
    {
        let scene = place(&input);
        assert_lawful(&scene, &input);
        assert!(figures(&scene, &input).crossings <= most);
    }
}

fn with_newcomer(input: &Input) -> Input {
    let mut next = input.clone();
    next.nodes.push(Node {
        key: "shop/gift".to_owned(),
        size: Size::new(130.0, 46.0),
        group: Some("shop".to_owned()),
        ..Node::default()
    });
    next.edges.push(Edge {
        key: "web>gift".to_owned(),
        source: "edge/web".to_owned(),
        target: "shop/gift".to_owned(),
        weight: 3.0,
        width: 1.7,
        ..Edge::default()
    });
    next
}

#[test]
fn a_newcomer_moves_nobody_in_the_shop() {
    let input = generate::shop();
    let scene = place(&input);
    let next = with_newcomer(&input);
    let update = update(&scene, &next);
    assert_lawful(&update.scene, &next);
    assert_eq!(update.added, ["shop/gift"]);
    for edge in &scene.edges {
        let now = update.scene.edges.iter().find(|now| now.key == edge.key).expect("the line is still there");
        assert_eq!(now.path, edge.path, "only a label may go where the new line does not run");
    }
    assert!(update.moved.is_empty(), "{:?}", update.moved);
    let gift = rect(&update.scene, "shop/gift");
    assert!(gift.x > rect(&scene, "edge/web").right(), "callees stand right of their callers");
    let back = layout::update(&update.scene, &input);
    assert_eq!(back.scene.nodes, scene.nodes, "and its leaving moves nobody either");
    assert_eq!(back.rerouted, [""; 0]);
    assert_eq!(back.removed, ["shop/gift"]);
}

#[test]
fn a_card_that_gains_a_row_keeps_its_corner() {
    let mut input = generate::shop();
    let scene = place(&input);
    let before = rect(&scene, "shop/reviews");
    for node in input.nodes.iter_mut().filter(|node| node.key == "shop/reviews") {
        node.size.height += 26.0;
    }
    let update = update(&scene, &input);
    assert_lawful(&update.scene, &input);
    let after = rect(&update.scene, "shop/reviews");
    assert_eq!((before.x, before.y, before.height + 26.0), (after.x, after.y, after.height));
    assert!(update.moved.len() <= 3, "{:?}", update.moved);
}
