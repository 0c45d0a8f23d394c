//! A seeded generator of graphs that look like meshes.

use super::{card_of, line_of};
use crate::input::{Group, GroupKind, Input};
use crate::order::Chance;
use crate::scene::Size;

/// A mesh of `n` cards in tiers: few entries, many middles, stores at the end; hubs that everybody calls, namespaces
/// of very different size, some calls back, apps with rows, and cards nobody calls. The same seed gives the same mesh.
#[must_use]
pub fn mesh(n: usize, seed: u64) -> Input {
    let mut chance = Chance::new(seed.wrapping_add(1));
    let tiers = 3 + n.clamp(1, 2_000).ilog2() as usize / 3;
    let bands = (n / 12).clamp(1, 40);
    let mut input = Input { aspect: 1.6, ..Input::default() };
    for band in 0..bands {
        let title = Size::new(90.0, 22.0);
        input.groups.push(Group { key: format!("ns-{band:02}"), parent: None, kind: GroupKind::Band, title });
    }
    let mut tier_of = Vec::with_capacity(n);
    for card in 0..n {
        let tier = (chance.below(tiers) + chance.below(tiers)).div_ceil(2);
        // Small namespaces by far outnumber the large ones, and each lives near its tier.
        let rank = bands / (1 + chance.below(bands));
        let outside = chance.below(14) == 0;
        let band = (!outside).then_some((rank - 1 + tier * bands / (2 * tiers)) % bands);
        let rows: &[&str] = if chance.below(12) == 0 { &["v1", "v2"] } else { &[] };
        let name = band.map(|band| format!("ns-{band:02}"));
        let key = format!("{}/app-{card:04}", name.as_deref().unwrap_or("outside"));
        input.nodes.push(card_of(&key, name.as_deref(), rows));
        tier_of.push(tier);
    }
    calls(&mut input, &tier_of, &mut chance);
    input
}

fn calls(input: &mut Input, tier_of: &[usize], chance: &mut Chance) {
    let n = tier_of.len();
    let hubs: Vec<usize> = (0..n).filter(|_| chance.below(25) == 0).collect();
    let mut pairs = std::collections::BTreeSet::new();
    for card in 0..n {
        if chance.below(25) == 0 {
            continue;
        }
        for _ in 0..=chance.below(3) {
            let hub = !hubs.is_empty() && chance.below(5) == 0;
            let mut other = if hub { hubs[chance.below(hubs.len())] } else { chance.below(n) };
            // Mostly within the namespace, as people build.
            for _ in 0..12 {
                let near = input.nodes[other].group == input.nodes[card].group;
                if tier_of[other] > tier_of[card] && (hub || near || chance.below(6) == 0) {
                    break;
                }
                other = chance.below(n);
            }
            let forward = tier_of[other] > tier_of[card];
            if other != card && (forward || chance.below(8) == 0) && !pairs.contains(&(other, card)) {
                pairs.insert((card, other));
            }
        }
    }
    for (index, (from, to)) in pairs.into_iter().enumerate() {
        let rate = f64::from(1_u16 << chance.below(10));
        let end = |card: usize, chance: &mut Chance| {
            let node = &input.nodes[card];
            let row = if node.ports.is_empty() || chance.below(2) == 0 {
                ""
            } else {
                ["@v1", "@v2"][chance.below(2)]
            };
            format!("{}{row}", node.key)
        };
        let (source, target) = (end(from, chance), end(to, chance));
        input.edges.push(line_of(index, &source, &target, rate));
    }
}
