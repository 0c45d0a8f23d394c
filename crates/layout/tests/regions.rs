//! Land round bands: a region, e.g. a cluster, holds its bands and the cards that stand in it without one.

use layout::{Group, GroupKind, Input, Rect, Scene, Size, generate, place};

fn land(scene: &Scene, key: &str) -> Rect {
    scene.groups.iter().find(|group| group.key == key).expect("the box is in the scene").rect
}

/// The shop's bands in one region.
fn shop() -> Input {
    let mut input = generate::shop();
    let title = Size::new(80.0, 22.0);
    input.groups.iter_mut().for_each(|group| group.parent = Some("west".to_owned()));
    input.groups.push(Group { key: "west".to_owned(), kind: GroupKind::Region, title, ..Group::default() });
    input
}

#[test]
fn a_region_lies_round_its_bands() {
    let input = shop();
    let scene = place(&input);
    let west = land(&scene, "west");
    for band in ["edge", "shop", "data"] {
        let band = land(&scene, band);
        assert!(band.x - west.x >= 12.0 && west.right() - band.right() >= 12.0, "{west:?} {band:?}");
        assert!(west.bottom() - band.bottom() >= 12.0, "{west:?} {band:?}");
        assert!(band.y - west.y >= 12.0 + 22.0, "the title has room");
    }
}
