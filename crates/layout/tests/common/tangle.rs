//! Random pictures of all that can be asked of the engine at once.

use layout::generate::{in_regions, sketch};
use layout::{Group, GroupKind, Input, Size};

/// A fixed sequence of numbers that look like chance.
#[derive(Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

/// A tangle: bands, apps, rows, loops, parallel lines, loose cards, calls in all directions.
pub(crate) fn tangle(n: usize, seed: u64) -> Input {
    let mut chance = Chance(seed.wrapping_mul(977).wrapping_add(13));
    let bands = 1 + chance.below(4);
    let cards: Vec<String> = (0..n)
        .map(|card| {
            let band = chance.below(bands + 1);
            let rows = ["", "", "", " v1 v2", " v1 v2 v3"][chance.below(5)];
            if band == bands { format!("c{card}{rows}") } else { format!("b{band}/c{card}{rows}") }
        })
        .collect();
    let names: Vec<&str> = cards.iter().map(|card| card.split(' ').next().unwrap_or_default()).collect();
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

/// A tangle whose bands and loose cards stand in two or three regions, or in none.
pub(crate) fn tangle_of_regions(n: usize, seed: u64) -> Input {
    in_regions(tangle(n, seed), 2 + seed as usize % 2)
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
