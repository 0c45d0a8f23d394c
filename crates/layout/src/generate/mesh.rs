//! A seeded generator of graphs that look like meshes.

use std::collections::BTreeSet;

use super::{band_of, card_of, line_of};
use crate::input::{Group, GroupKind, Input};
use crate::order::Chance;
use crate::scene::Size;

/// A mesh of about `n` cards in tiers: few entries, many middles, stores at the end; hubs that everybody calls,
/// namespaces of very different size, some calls back, apps with rows and apps as boxes, a call to itself here and
/// there, a second protocol between some, and cards that nobody calls. The same seed gives the same mesh.
#[must_use]
pub fn mesh(n: usize, seed: u64) -> Input {
    let mut mesh = Mesh {
        chance: Chance::new(seed.wrapping_mul(31).wrapping_add(n as u64 + 1)),
        input: Input { aspect: 1.6, ..Input::default() },
        tier: Vec::with_capacity(n),
        band: Vec::with_capacity(n),
        pairs: BTreeSet::new(),
    };
    // The first draws of neighbouring seeds are alike.
    for _ in 0..8 {
        mesh.chance.next();
    }
    mesh.cards(n);
    mesh.calls();
    mesh.lines();
    mesh.input
}

struct Mesh {
    chance: Chance,
    input: Input,
    /// By card.
    tier: Vec<usize>,
    band: Vec<Option<usize>>,
    pairs: BTreeSet<(usize, usize)>,
}

impl Mesh {
    fn one_in(&mut self, n: usize) -> bool {
        self.chance.below(n) == 0
    }

    fn cards(&mut self, n: usize) {
        let tiers = 3 + n.clamp(1, 8_000).ilog2() as usize * 2 / 3;
        let mut bands = 2;
        while bands * bands < n && bands < 60 {
            bands += 1;
        }
        for band in 0..bands {
            self.input.groups.push(band_of(&format!("ns-{band:02}")));
        }
        // Zipf: the second namespace has half of the cards of the first, the third a third.
        let share: Vec<usize> = (1..=bands).map(|rank| 2_520 / rank).collect();
        let all: usize = share.iter().sum();
        let home: Vec<usize> = (0..bands).map(|_| 1 + self.chance.below(tiers - 1)).collect();
        let mut card = 0;
        while card < n {
            let mut drawn = self.chance.below(all);
            let band = share.iter().position(|&share| {
                let here = drawn < share;
                drawn = drawn.wrapping_sub(share);
                here
            });
            let outside = self.one_in(14);
            let band = band.filter(|_| !outside);
            // An entry, or near the home of its namespace; large namespaces have all there is.
            let tier = match band {
                _ if self.one_in(24) => 0,
                Some(band) if band > 1 && !self.one_in(4) => {
                    (home[band] + self.chance.below(2)).min(tiers - 1)
                }
                _ => 1 + (self.chance.below(tiers - 1) + self.chance.below(tiers)).div_ceil(2).min(tiers - 2),
            };
            card += self.app(band, tier, card);
        }
    }

    /// One card, now and then with rows, or an app's box with two or three. Says how many cards.
    fn app(&mut self, band: Option<usize>, tier: usize, card: usize) -> usize {
        let name = band.map(|band| format!("ns-{band:02}"));
        let key = format!("{}/app-{card:04}", name.as_deref().unwrap_or("outside"));
        let boxed = self.one_in(30);
        let rows: &[&str] = if self.one_in(12) { &["v1", "v2"] } else { &[] };
        let members = if boxed { 2 + self.chance.below(2) } else { 1 };
        if boxed {
            let title = Size::new(60.0, 16.0);
            self.input.groups.push(Group {
                key: key.clone(),
                parent: name.clone(),
                kind: GroupKind::App,
                title,
            });
        }
        for member in 0..members {
            let node = if boxed {
                card_of(&format!("{key}-v{member}"), Some(&key), &[])
            } else {
                card_of(&key, name.as_deref(), rows)
            };
            self.input.nodes.push(node);
            self.tier.push(tier);
            self.band.push(band);
        }
        members
    }

    fn calls(&mut self) {
        let n = self.tier.len();
        let tiers = self.tier.iter().copied().max().unwrap_or(0) + 1;
        let hubs: Vec<usize> = (0..n).filter(|&card| self.tier[card] > 1 && self.one_in(40)).collect();
        let isolated: Vec<bool> = (0..n).map(|_| self.one_in(30)).collect();
        for card in (0..n).filter(|&card| !isolated[card]) {
            let calls = match self.tier[card] {
                0 => 2 + self.chance.below(4),
                tier if tier + 1 == tiers => 0,
                _ => 1 + self.chance.below(3),
            };
            for _ in 0..calls {
                let other = self.other(card, &hubs, false);
                self.pairs.extend(other.filter(|&other| !isolated[other]).map(|other| (card, other)));
            }
            if self.one_in(80) {
                self.pairs.insert((card, card));
            }
        }
        // Whoever is neither an entry nor alone is called by somebody.
        let called: BTreeSet<usize> = self.pairs.iter().map(|pair| pair.1).collect();
        for card in (0..n).filter(|card| !isolated[*card] && !called.contains(card)) {
            let other = self.other(card, &[], true);
            self.pairs.extend(other.filter(|&other| !isolated[other]).map(|other| (other, card)));
        }
        self.close_circles(n / 90 + 1);
    }

    /// Calls back from where a call's callee calls on.
    fn close_circles(&mut self, count: usize) {
        let pairs: Vec<(usize, usize)> = self.pairs.iter().copied().collect();
        for _ in 0..count {
            let (first, middle) = pairs[self.chance.below(pairs.len())];
            let on: Vec<usize> =
                pairs.iter().filter(|pair| pair.0 == middle && pair.1 != first).map(|pair| pair.1).collect();
            let last = if on.is_empty() { middle } else { on[self.chance.below(on.len())] };
            if last != first {
                self.pairs.insert((last, first));
            }
        }
    }

    /// Whom a card calls, or who calls it: a hub, or mostly somebody of its namespace, and mostly of the next tier.
    fn other(&mut self, card: usize, hubs: &[usize], earlier: bool) -> Option<usize> {
        let n = self.tier.len();
        let hub = !hubs.is_empty() && self.one_in(7);
        let abroad = self.one_in(4);
        let tries = if earlier && self.tier[card] == 0 { 0 } else { 400 };
        for _ in 0..tries {
            let other = if hub { hubs[self.chance.below(hubs.len())] } else { self.chance.below(n) };
            let (low, high) = if earlier { (other, card) } else { (card, other) };
            let later = self.tier[high] > self.tier[low];
            let far = self.tier[high] > self.tier[low] + 1 && !self.one_in(4);
            let near = self.band[other] == self.band[card];
            if later && (hub || ((near || abroad) && !far)) {
                return Some(other);
            }
        }
        None
    }

    fn lines(&mut self) {
        for (index, (from, to)) in self.pairs.clone().into_iter().enumerate() {
            let rate = f64::from(1_u16 << self.chance.below(10));
            let (source, target) = (self.end(from), self.end(to));
            self.input.edges.push(line_of(index, &source, &target, rate));
            // Two protocols between one pair are two lines side by side.
            if self.one_in(25) {
                self.input.edges.push(line_of(index + self.pairs.len(), &source, &target, rate / 2.0));
            }
        }
    }

    /// The card, or one of its rows.
    fn end(&mut self, card: usize) -> String {
        let rows = !self.input.nodes[card].ports.is_empty() && self.one_in(2);
        let row = if rows { ["@v1", "@v2"][self.chance.below(2)] } else { "" };
        format!("{}{row}", self.input.nodes[card].key)
    }
}
