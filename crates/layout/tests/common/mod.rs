//! Random pictures and the laws every scene keeps, for the tests.

use layout::generate::sketch;
use layout::metrics::{Metrics, measure};
use layout::{Group, GroupKind, Input, Rect, Scene, Size};

/// A fixed sequence of numbers that look like chance.
#[derive(Debug)]
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

/// A tangle: bands, apps, rows, loops, parallel lines, loose cards, calls in all directions.
pub fn tangle(n: usize, seed: u64) -> Input {
    let mut chance = Chance(seed.wrapping_mul(977).wrapping_add(13));
    let bands = 1 + chance.below(4);
    let cards: Vec<String> = (0..n)
        .map(|card| {
            let band = chance.below(bands + 1);
            let rows = ["", "", "", " v1 v2", " v1 v2 v3"][chance.below(5)];
            if band == bands { format!("c{card}{rows}") } else { format!("b{band}/c{card}{rows}") }
        })
        .collect();
    let names: Vec<&str> = cards.iter().map(|card| card.split(' ').next().unwrap()).collect();
    let lines: Vec<String> = (0..chance.below(2 * n + 1))
        .map(|_| {
            let (from, to) = (chance.below(n), chance.below(n));
            let row = |card: usize, chance: &mut Chance| {
                if cards[card].contains("v1") && chance.below(2) == 0 { "@v1" } else { "" }
            };
            let rows = (row(from, &mut chance), row(to, &mut chance));
            format!("{}{} -> {}{} {}", names[from], rows.0, names[to], rows.1, 1 + chance.below(300))
        })
        .collect();
    let mut input = sketch(
        &cards.iter().map(String::as_str).collect::<Vec<_>>(),
        &lines.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    group_apps(&mut input, &mut chance);
    input
}

/// Makes an app of some pairs of cards of one band.
fn group_apps(input: &mut Input, chance: &mut Chance) {
    for at in 1..input.nodes.len() {
        let band = input.nodes[at].group.clone();
        if band != input.nodes[at - 1].group || chance.below(4) > 0 {
            continue;
        }
        let key = format!("app-{at}");
        if band.as_ref().is_some_and(|band| band.starts_with("app")) {
            continue;
        }
        input.groups.push(Group {
            key: key.clone(),
            parent: band,
            kind: GroupKind::App,
            title: Size::new(40.0, 16.0),
        });
        input.nodes[at].group = Some(key.clone());
        input.nodes[at - 1].group = Some(key);
    }
}

pub fn figures(scene: &Scene, input: &Input) -> Metrics {
    let parents = |key: &String| {
        let group = input.groups.iter().find(|group| group.key == *key);
        group.and_then(|group| group.parent.clone())
    };
    measure(scene, |node, group| {
        let own = input
            .nodes
            .iter()
            .find(|known| known.key == scene.nodes[node].key)
            .and_then(|node| node.group.clone());
        let key = &scene.groups[group].key;
        own.as_ref() == Some(key) || own.as_ref().and_then(parents).as_ref() == Some(key)
    })
}

/// What holds for every picture.
pub fn assert_lawful(scene: &Scene, input: &Input) {
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
        let of = |key: &str| scene.nodes.iter().find(|node| node.key == key).unwrap().rect.grown(0.01);
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
    assert_eq!(figures.band_overlaps, 0, "bands overlap");
    assert_eq!(figures.through_nodes, 0, "a line runs through a card");
}
