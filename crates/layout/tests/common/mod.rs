//! The laws every scene keeps, for the tests.

use layout::metrics::{Metrics, measure};
use layout::{GroupKind, Input, PlacedGroup, Rect, Scene};

/// A pinned card stands where the hand put it, be it in a strange box; and a box all of whose cards are pinned is
/// drawn round them whatever else is there.
pub(crate) fn figures(scene: &Scene, input: &Input) -> Metrics {
    let of = |key: &str| input.nodes.iter().find(|known| known.key == key).expect("the card is in the input");
    let parent = |key: &String| {
        let group = input.groups.iter().find(|group| group.key == *key);
        group.and_then(|group| group.parent.clone())
    };
    // A card stands in a box, that in another, and that in a third.
    let member = |node: &layout::Node, group: &String| {
        let boxes = std::iter::successors(node.group.clone(), parent);
        boxes.take(3).any(|own| own == *group)
    };
    let is_held = |group: &layout::PlacedGroup| {
        input.nodes.iter().all(|node| node.pin.is_some() || !member(node, &group.key))
    };
    let mut scene = scene.clone();
    scene.groups.retain(|group| !is_held(group));
    measure(&scene, |node, group| {
        let node = of(&scene.nodes[node].key);
        node.pin.is_some() || member(node, &scene.groups[group].key)
    })
}

/// What holds for every picture.
pub(crate) fn assert_lawful(scene: &Scene, input: &Input) {
    let fine =
        |rect: &Rect| [rect.x, rect.y, rect.width, rect.height].iter().all(|number| number.is_finite());
    assert!(scene.nodes.iter().all(|node| fine(&node.rect)), "a card has no place");
    assert!(scene.groups.iter().all(|group| fine(&group.rect)) && fine(&scene.bounds));
    for edge in &scene.edges {
        assert!(!edge.path.is_empty(), "{} has no path", edge.key);
        for pair in edge.path.windows(2) {
            assert!(
                (pair[0].to.x - pair[1].from.x).abs() < 1e-6 && (pair[0].to.y - pair[1].from.y).abs() < 1e-6,
                "{} is torn",
                edge.key
            );
        }
        assert!(
            edge.path
                .iter()
                .all(|c| [c.from, c.c1, c.c2, c.to].iter().all(|p| p.x.is_finite() && p.y.is_finite()))
        );
        assert!(edge.label.is_none_or(|label| fine(&label)));
        let of = |key: &str| {
            scene
                .nodes
                .iter()
                .find(|node| node.key == key)
                .expect("a line ends at cards of the scene")
                .rect
                .grown(0.01)
        };
        assert!(of(&edge.source).contains(edge.path[0].from), "{} leaves its card", edge.key);
        assert!(of(&edge.target).contains(edge.path[edge.path.len() - 1].to), "{} misses its card", edge.key);
    }
    let figures = figures(scene, input);
    for a in &scene.nodes {
        for b in scene.nodes.iter().filter(|b| b.key < a.key) {
            assert!(!a.rect.overlaps(&b.rect), "{} {:?} lies over {} {:?}", a.key, a.rect, b.key, b.rect);
        }
    }
    assert_eq!(figures.foreign, 0, "a stranger stands in a box");
    assert_eq!(figures.band_overlaps, 0, "bands or regions overlap");
    assert_eq!(strays(scene, input), Vec::<&str>::new(), "outside of their region");
    assert_eq!(figures.through_nodes, 0, "a line runs through a card");
}

/// Boxes that stand in a region and are not within it, but for those that only the hand has filled.
fn strays<'a>(scene: &'a Scene, input: &Input) -> Vec<&'a str> {
    let land = |key: &str| scene.groups.iter().find(|group| group.key == key);
    let is_loose = |group: &&PlacedGroup| {
        let app = |key: &String| {
            input.groups.iter().any(|app| app.key == *key && app.parent.as_ref() == Some(&group.key))
        };
        let within =
            |node: &&layout::Node| node.group.as_ref().is_some_and(|own| *own == group.key || app(own));
        input.nodes.iter().filter(within).any(|node| node.pin.is_none())
    };
    let strays =
        scene.groups.iter().filter(|group| group.kind == GroupKind::Band).filter(is_loose).filter(|group| {
            let over = group.parent.as_deref().and_then(land).filter(|over| over.kind == GroupKind::Region);
            over.is_some_and(|over| {
                let (inner, outer) = (&group.rect, over.rect.grown(-11.9));
                inner.x < outer.x
                    || inner.y < outer.y
                    || inner.right() > outer.right()
                    || inner.bottom() > outer.bottom()
            })
        });
    strays.map(|group| &*group.key).collect()
}
