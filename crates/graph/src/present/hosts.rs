//! Hosts that were asked for. They are chosen by whoever sends requests, so only the busiest are named.
//! It must not know codes.

use crate::{
    figures::Figures, link::Link, naming, picture::Picture, place::Place, sample::Symbol, snapshot::Snapshot,
    traffic_map::Part,
};
use model::detail::HostTraffic;
use rustc_hash::{FxHashMap, FxHashSet};

const NAMED: usize = 20;

fn asked(link: &Link) -> Symbol {
    if link.asked.host.is_empty() { link.asked.name } else { link.asked.host }
}

/// The hosts that keep their names, and what the others are called together.
pub(super) struct Named {
    kept: FxHashSet<Symbol>,
    others: String,
    more: usize,
}

impl Named {
    pub(super) fn new(snapshot: &Snapshot, parts: &[Part]) -> Self {
        let mut amounts: FxHashMap<Symbol, f64> = FxHashMap::default();
        for part in parts {
            let link = &snapshot.links[part.link as usize];
            let amount = crate::picture::amount(&link.figures).unwrap_or(0.0);
            *amounts.entry(asked(link)).or_default() += amount * part.weight;
        }
        let mut ranked: Vec<(Symbol, f64)> = amounts.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| snapshot.text(a.0).cmp(snapshot.text(b.0))));
        let more = ranked.len().saturating_sub(NAMED);
        Self {
            kept: ranked.into_iter().take(NAMED).map(|(host, _)| host).collect(),
            others: naming::more_hosts(more),
            more,
        }
    }

    pub(super) fn of<'a>(&'a self, snapshot: &'a Snapshot, link: &Link) -> &'a str {
        let host = asked(link);
        if self.kept.contains(&host) { snapshot.text(host) } else { &self.others }
    }
}

/// Those beyond the mesh, busiest first; the rest of them as one.
pub(super) fn hosts(picture: &Picture<'_>, parts: &[Part]) -> Vec<HostTraffic> {
    let snapshot = picture.snapshot;
    let beyond: Vec<Part> = parts
        .iter()
        .filter(|part| {
            let destination = snapshot.links[part.link as usize].destination;
            matches!(snapshot.places.get(destination).place, Place::External { .. } | Place::Egress { .. })
        })
        .copied()
        .collect();
    let named = Named::new(snapshot, &beyond);
    let mut sums: Vec<(&str, Figures)> = Vec::new();
    for part in &beyond {
        let link = &snapshot.links[part.link as usize];
        let host = named.of(snapshot, link);
        let at = sums.iter().position(|(known, _)| *known == host).unwrap_or_else(|| {
            sums.push((host, Figures::default()));
            sums.len() - 1
        });
        sums[at].1.add(&link.figures, part.weight);
    }
    let amount = |figures: &Figures| crate::picture::amount(figures).unwrap_or(0.0);
    sums.sort_by(|a, b| {
        let last = |host: &str| host == named.others;
        last(a.0).cmp(&last(b.0)).then(amount(&b.1).total_cmp(&amount(&a.1))).then(a.0.cmp(b.0))
    });
    sums.into_iter()
        .map(|(host, figures)| HostTraffic {
            host: host.to_owned(),
            count: if host == named.others { named.more } else { 1 },
            requests: figures.model_requests(snapshot.window_s()),
            tcp: figures.model_tcp(),
        })
        .collect()
}
