//! What holds while a picture changes: the laws of every picture, and that nothing moves unsaid.

mod common;
#[path = "common/remember.rs"]
mod remember;
#[path = "common/tangle.rs"]
mod tangle;

use std::collections::BTreeSet;

use common::{assert_lawful, figures};
use layout::{
    Edge, Group, GroupKind, Input, Node, Point, Rect, Scene, Size, Update, generate, place, update,
};
use proptest::prelude::*;
use remember::config;
use tangle::{Chance, tangle, tangle_of_regions};

fn rect_of(scene: &Scene, key: &str) -> Rect {
    scene.nodes.iter().find(|node| node.key == key).expect("the card is in the scene").rect
}

fn same_corner(a: &Rect, b: &Rect) -> bool {
    a.x.total_cmp(&b.x).is_eq() && a.y.total_cmp(&b.y).is_eq()
}

/// What an update says is what it did.
fn assert_honest(before: &Scene, next: &Update) {
    for node in &before.nodes {
        match next.scene.nodes.iter().find(|now| now.key == node.key) {
            None => assert!(next.removed.contains(&node.key), "{} is gone unsaid", node.key),
            Some(now) => assert_eq!(
                same_corner(&now.rect, &node.rect),
                !next.moved.contains(&node.key),
                "{} from {:?} to {:?}",
                node.key,
                node.rect,
                now.rect
            ),
        }
    }
    for edge in &before.edges {
        if let Some(now) = next.scene.edges.iter().find(|now| now.key == edge.key) {
            let same = now.path == edge.path && now.label == edge.label;
            assert_eq!(same, !next.rerouted.contains(&edge.key), "{}", edge.key);
        }
    }
    let old: BTreeSet<&str> = before.nodes.iter().map(|node| &*node.key).collect();
    let new = next.scene.nodes.iter().filter(|node| !old.contains(&*node.key));
    assert!(new.map(|node| &node.key).eq(&next.added));
}

/// A mesh that lives: every step changes what a mesh, a reader's hand or a fold can change.
struct World {
    input: Input,
    chance: Chance,
    step: usize,
    /// Bands that are folded up: the one card's key, and what it stands for.
    folded: Vec<(String, Input)>,
}

impl World {
    fn change(&mut self, scene: &Scene) {
        self.step += 1;
        let n = self.input.nodes.len();
        match self.chance.below(12) {
            0 | 1 => self.add_card(),
            2 if n > 3 => {
                let gone = self.chance.below(n);
                self.remove(&[self.input.nodes[gone].key.clone()]);
            }
            3 if !self.input.edges.is_empty() => {
                let gone = self.chance.below(self.input.edges.len());
                self.input.edges.remove(gone);
            }
            4 => {
                let card = self.chance.below(n);
                self.input.nodes[card].size.height += [26.0, -20.0][self.chance.below(2)];
            }
            5 => self.regroup(),
            6 => {
                let card = self.chance.below(n);
                let place = scene.nodes.iter().find(|node| node.key == self.input.nodes[card].key);
                let by = |chance: &mut Chance| chance.below(400) as f64 - 200.0;
                let at = place.expect("all cards are placed").rect;
                let pin = Point::new(at.x + by(&mut self.chance), at.y + by(&mut self.chance));
                let size = self.input.nodes[card].size;
                let rect = Rect::new(pin.x, pin.y, size.width, size.height).grown(60.0);
                let mut pinned = self.input.nodes.iter().filter(|node| node.pin.is_some());
                if !pinned.any(|other| {
                    let (pin, size) = (other.pin.unwrap_or_default(), other.size);
                    Rect::new(pin.x, pin.y, size.width, size.height).overlaps(&rect)
                }) {
                    self.input.nodes[card].pin = Some(pin);
                }
            }
            7 => self.input.nodes.iter_mut().for_each(|node| node.pin = None),
            8 => self.fold(),
            9 => self.unfold(),
            _ => {
                let from = self.chance.below(n);
                self.connect(from);
            }
        }
    }

    fn add_card(&mut self) {
        let n = self.input.nodes.len();
        let group = self.input.nodes[self.chance.below(n)].group.clone();
        let key = format!("new-{}", self.step);
        self.input.nodes.push(Node { key, size: Size::new(130.0, 46.0), group, ..Node::default() });
        if self.chance.below(4) > 0 {
            self.connect(n);
        }
    }

    fn connect(&mut self, from: usize) {
        let to = self.chance.below(self.input.nodes.len());
        let keys = (self.input.nodes[from].key.clone(), self.input.nodes[to].key.clone());
        let key = format!("line-{}", self.step);
        self.input.edges.push(line(key, keys.0, keys.1));
    }

    fn remove(&mut self, keys: &[String]) {
        self.input.nodes.retain(|node| !keys.contains(&node.key));
        self.input.edges.retain(|edge| !keys.contains(&edge.source) && !keys.contains(&edge.target));
    }

    /// A card goes to another box or out of all, a band to another region, or a box goes, or a new one comes.
    fn regroup(&mut self) {
        let n = self.input.nodes.len();
        let (card, other) = (self.chance.below(n), self.chance.below(n));
        let regions: Vec<String> = keys(&self.input, GroupKind::Region);
        match self.chance.below(if regions.is_empty() { 4 } else { 5 }) {
            4 => {
                let region = regions[self.chance.below(regions.len())].clone();
                let bands = keys(&self.input, GroupKind::Band);
                let band = bands.get(self.chance.below(bands.len()));
                let mut groups = self.input.groups.iter_mut();
                match groups.find(|group| Some(&group.key) == band) {
                    Some(band) => band.parent = Some(region),
                    None => self.input.nodes[card].group = Some(region),
                }
            }
            0 => {
                let key = format!("band-{}", self.step);
                let title = Size::new(90.0, 22.0);
                self.input.groups.push(Group { key: key.clone(), title, ..Group::default() });
                self.input.nodes[card].group = Some(key.clone());
                self.input.nodes[other].group = Some(key);
            }
            1 if !self.input.groups.is_empty() => {
                let gone = self.chance.below(self.input.groups.len());
                self.input.groups.remove(gone);
            }
            2 => self.input.nodes[card].group = None,
            _ => {
                let group = self.input.nodes[other].group.clone();
                self.input.nodes[card].group = group;
            }
        }
    }

    /// All of a box becomes one card, lines and all.
    fn fold(&mut self) {
        let has_regions = self.input.groups.iter().any(|group| group.kind == GroupKind::Region);
        // Without regions as ever: bands alone.
        let boxes: Vec<&Group> =
            self.input.groups.iter().filter(|group| has_regions || group.kind == GroupKind::Band).collect();
        if boxes.is_empty() {
            return;
        }
        let Group { key, parent, .. } = boxes[self.chance.below(boxes.len())].clone();
        let members = members(&self.input, &key);
        if members.is_empty() || self.input.nodes.len() < 4 {
            return;
        }
        let within: Vec<Node> =
            self.input.nodes.iter().filter(|node| members.contains(&node.key)).cloned().collect();
        let is_end = |key: &String| members.contains(key);
        let edges: Vec<Edge> = self
            .input
            .edges
            .iter()
            .filter(|edge| is_end(&edge.source) || is_end(&edge.target))
            .cloned()
            .collect();
        let across: Vec<Edge> =
            edges.iter().filter(|edge| is_end(&edge.source) != is_end(&edge.target)).cloned().collect();
        self.remove(&members);
        for edge in across {
            let end = |end: &String| if members.contains(end) { key.clone() } else { end.clone() };
            let sum = format!("{}>{}", end(&edge.source), end(&edge.target));
            if self.input.edges.iter().all(|known| known.key != sum) {
                self.input.edges.push(line(sum, end(&edge.source), end(&edge.target)));
            }
        }
        let size = Size::new(150.0, 46.0);
        self.input.nodes.push(Node { key: key.clone(), size, group: parent, ..Node::default() });
        self.folded.push((key, Input { nodes: within, edges, ..Input::default() }));
    }

    fn unfold(&mut self) {
        if self.folded.is_empty() {
            return;
        }
        let (key, within) = self.folded.swap_remove(self.chance.below(self.folded.len()));
        if self.input.nodes.iter().all(|node| node.key != key) {
            return;
        }
        self.remove(std::slice::from_ref(&key));
        for mut node in within.nodes {
            node.pin = None;
            self.input.nodes.push(node);
        }
        self.input.edges.extend(within.edges);
    }
}

fn line(key: String, source: String, target: String) -> Edge {
    let label = Some(Size::new(40.0, 13.0));
    Edge { key, source, target, weight: 10.0, width: 2.5, label, ..Edge::default() }
}

fn keys(input: &Input, kind: GroupKind) -> Vec<String> {
    input.groups.iter().filter(|group| group.kind == kind).map(|group| group.key.clone()).collect()
}

/// All cards of a box, those of the boxes in it too.
fn members(input: &Input, key: &str) -> Vec<String> {
    let parent = |key: &String| {
        let group = input.groups.iter().find(|group| group.key == *key);
        group.and_then(|group| group.parent.clone())
    };
    let inside =
        |node: &&Node| std::iter::successors(node.group.clone(), parent).take(3).any(|own| own == key);
    input.nodes.iter().filter(inside).map(|node| node.key.clone()).collect()
}

/// A life of fifty changes.
fn live(input: Input, seed: u64) {
    let mut scene = place(&input);
    let mut world = World { input, chance: Chance(seed), step: 0, folded: Vec::new() };
    for _ in 0..50 {
        world.change(&scene);
        let next = update(&scene, &world.input);
        assert_lawful(&next.scene, &world.input);
        assert_honest(&scene, &next);
        scene = next.scene;
    }
}

proptest! {
    #![proptest_config(config(100, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/changes.regressions")))]

    #[test]
    fn changes_keep_the_laws_and_the_places(n in 4_usize..30, seed: u64) {
        live(tangle(n, seed), seed);
    }

    #[test]
    fn changes_keep_the_laws_of_regions_too(n in 4_usize..30, seed: u64) {
        live(tangle_of_regions(n, seed), seed);
    }

    #[test]
    fn what_comes_and_goes_leaves_no_trace(n in 4_usize..40, seed in 0_u64..100_000) {
        come_and_go(n, seed);
    }
}

fn come_and_go(n: usize, seed: u64) {
    let input = tangle(n, seed);
    let scene = place(&input);
    let mut world = World { input: input.clone(), chance: Chance(seed), step: 0, folded: Vec::new() };
    if seed.is_multiple_of(2) {
        world.add_card();
    } else {
        world.connect(seed as usize % n);
    }
    let next = update(&scene, &world.input);
    let old = |key: &String| scene.edges.iter().any(|edge| edge.key == *key);
    if next.moved.is_empty() && !next.rerouted.iter().any(old) {
        assert_eq!(update(&next.scene, &input).scene, scene);
    }
}

#[test]
fn bounds_are_the_same_to_the_bit_after_what_comes_and_goes() {
    come_and_go(22, 96_188);
}

#[test]
fn a_band_that_unfolds_into_columns_with_one_empty_has_its_place() {
    for (n, seed) in [(14, 98_763), (6, 39_495), (12, 81_047)] {
        live(tangle(n, seed), seed);
    }
}

#[test]
fn survivors_of_one_change_stay_to_the_pixel() {
    let (mut changes, mut still) = (0, 0);
    for seed in 0..20 {
        let whole = generate::mesh(100, seed);
        let scene = place(&whole);
        for spot in [3, 31, 64, 97] {
            let mut less = whole.clone();
            let gone = less.nodes.remove(spot).key;
            less.edges.retain(|edge| edge.source != gone && edge.target != gone);
            let mut cut = whole.clone();
            cut.edges.remove(spot);
            for other in [less, cut] {
                let base = place(&other);
                for next in [update(&scene, &other), update(&base, &whole)] {
                    changes += 1;
                    still += usize::from(next.moved.is_empty());
                }
            }
        }
    }
    assert!(still * 100 >= changes * 95, "{still} of {changes} changes moved nobody");
}

#[test]
fn a_pinned_card_stands_where_the_hand_put_it() {
    let mut input = generate::shop();
    let scene = place(&input);
    let under = rect_of(&scene, "shop/cart");
    let pin = Point::new(under.x + 10.0, under.y + 10.0);
    input.nodes.iter_mut().filter(|node| node.key == "edge/web").for_each(|node| node.pin = Some(pin));
    let next = update(&scene, &input);
    let web = rect_of(&next.scene, "edge/web");
    assert_eq!((web.x, web.y), (pin.x, pin.y));
    assert!(next.moved.contains(&"edge/web".to_owned()) && next.moved.contains(&"shop/cart".to_owned()));
    assert!(next.moved.len() == 2, "{:?}", next.moved);
    assert_eq!(figures(&next.scene, &input).overlaps, 0);
    assert_eq!(rect_of(&place(&input), "edge/web"), web);
}

#[test]
fn a_card_let_go_stays_where_its_box_can_follow() {
    let mut input = generate::shop();
    let scene = place(&input);
    let web = rect_of(&scene, "edge/web");
    let put = |input: &mut Input, key: &str, pin: Option<Point>| {
        input.nodes.iter_mut().filter(|node| node.key == key).for_each(|node| node.pin = pin);
    };
    put(&mut input, "edge/web", Some(Point::new(web.x, web.y - 150.0)));
    let held = update(&scene, &input);
    put(&mut input, "edge/web", None);
    let free = update(&held.scene, &input);
    assert!(free.moved.is_empty(), "{:?}", free.moved);
    assert!((rect_of(&free.scene, "edge/web").y - web.y + 150.0).abs() < 1e-9);
    assert_lawful(&free.scene, &input);

    let strange = rect_of(&scene, "shop/cart");
    put(&mut input, "edge/web", Some(Point::new(strange.x + 10.0, strange.y + 10.0)));
    let held = update(&free.scene, &input);
    put(&mut input, "edge/web", None);
    let free = update(&held.scene, &input);
    assert_eq!(free.moved, ["edge/web"], "no box can be drawn round it in a strange band");
    assert_lawful(&free.scene, &input);
}
