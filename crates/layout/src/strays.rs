//! Survivors that cannot stay where they are: the hand let go of them in a strange place, or they now belong to
//! another box. Knows boxes before and boxes now.

use crate::grid::Grid;
use crate::index::Index;
use crate::room;
use crate::scene::Rect;
use crate::settle::Settled;

/// Closer to a pinned card no line gets out.
const PIN_LEAST: f64 = 7.0;

impl Settled<'_> {
    /// Lifts what stands outside of its box, or inside a strange one. What no box minds is set down again at once.
    pub(crate) fn lift_strays(&mut self) {
        let groups = &self.standing.previous.groups;
        let index = Index::new(&mut groups.iter().map(|group| &*group.key));
        let place = |frame: &crate::net::Frame| index.get(&self.input.groups[frame.input].key);
        let bands: Vec<Option<usize>> = self.net.bands.iter().map(place).collect();
        let apps: Vec<Option<usize>> = self.net.apps.iter().map(place).collect();
        let mut strays = Vec::new();
        for card in 0..self.rects.len() {
            let Some(old) = self.standing.old(card) else { continue };
            if self.is_pinned(card) {
                continue;
            }
            let item = &self.net.items[self.net.cards[card].item];
            let (side, top) = self.band_padding(item.band);
            let boxed = room::padded(&self.boxed(self.net.cards[card].item, old), (side - 0.5, top - 0.5));
            let own = [item.band.map(|band| bands[band]), item.app.map(|app| apps[app])];
            let leaves = |(own, rect): (&Option<Option<usize>>, &Rect)| {
                own.is_some_and(|at| at.is_none_or(|at| groups[at].rect.union(rect) != groups[at].rect))
            };
            let outside = own.iter().zip([&boxed, &old]).any(leaves);
            let foreign = || {
                let meets = |at: usize| groups[at].rect.overlaps(&old) && !own.contains(&Some(Some(at)));
                (0..groups.len()).any(meets)
            };
            if outside || foreign() {
                strays.push(card);
            }
        }
        for &card in &strays {
            self.lift(card);
        }
        for card in strays {
            self.rects[card] = self.homes[card].filter(|rect| self.is_lawful(card, rect));
        }
    }

    fn is_lawful(&self, card: usize, rect: &Rect) -> bool {
        let own = self.net.cards[card].item;
        if self.net.items[own].cards.iter().any(|&sister| sister != card && self.rects[sister].is_some()) {
            return false;
        }
        let band = self.band(card);
        let grown = room::padded(&self.boxed(own, *rect), self.band_padding(band));
        let frame = band.and_then(|band| self.frame(band, Some(card)));
        let frame = frame.map_or(grown, |frame| frame.union(&grown));
        let others = (0..self.net.bands.len()).filter(|&other| Some(other) != band);
        let apps =
            (0..self.net.items.len()).filter(|&item| item != own && self.net.items[item].app.is_some());
        let outsiders = (0..self.rects.len())
            .filter(|&other| other != card && (band.is_none() || self.band(other) != band))
            .filter(|&other| !self.is_pinned(other));
        !others.filter_map(|other| self.frame(other, None)).any(|other| other.overlaps(&frame))
            && !apps.filter_map(|item| self.item_rect(item)).any(|app| app.overlaps(rect))
            && !outsiders.filter_map(|other| self.rects[other]).any(|other| other.overlaps(&frame))
    }

    /// What had to give way may have met what else is fixed: such things look for another place, some rounds long.
    pub(crate) fn mend(&mut self) {
        for _ in 0..4 {
            let bad = if self.forced || self.bands_meet() { self.misplaced() } else { Vec::new() };
            if bad.is_empty() {
                return;
            }
            for item in bad {
                for &card in &self.net.items[item].cards {
                    if self.rects[card].is_some() && !self.is_pinned(card) {
                        self.lift(card);
                    }
                }
            }
            self.look_around();
            self.add_missing();
        }
    }

    /// A band of pinned cards is drawn over others; let go, they have to part.
    fn bands_meet(&self) -> bool {
        let frames: Vec<Rect> = (0..self.net.bands.len()).filter_map(|band| self.frame(band, None)).collect();
        let meets = |(at, frame): (usize, &Rect)| frames[..at].iter().any(|other| other.overlaps(frame));
        frames.iter().enumerate().any(meets)
    }

    /// Items that lie over another or in a strange band; of two the one that is easier to move.
    fn misplaced(&self) -> Vec<usize> {
        let items = &self.net.items;
        let rects: Vec<Rect> =
            (0..items.len()).map(|item| self.item_rect(item).unwrap_or_default()).collect();
        let frames: Vec<Option<Rect>> =
            (0..self.net.bands.len()).map(|band| self.frame(band, None)).collect();
        let pinned = (0..self.rects.len()).filter(|&card| self.is_pinned(card));
        let pinned: Vec<(usize, Rect)> = pinned
            .filter_map(|card| Some((self.net.cards[card].item, self.rects[card]?.grown(PIN_LEAST))))
            .collect();
        let whole = rects.iter().copied().reduce(|a, b| a.union(&b)).unwrap_or_default();
        let mut near = Grid::with_cells(whole, 2_000.0);
        for (item, rect) in rects.iter().enumerate() {
            near.insert(rect, item);
        }
        let in_the_way = |item: usize| {
            let over = |other: usize| other < item && rects[other].overlaps(&rects[item]);
            let under = |(owner, pin): &(usize, Rect)| {
                let own = items[item].cards.iter().filter(|&&card| !self.is_pinned(card));
                let over = |rect: Rect| pin.overlaps(&rect);
                (*owner != item && over(rects[item])) || own.filter_map(|&card| self.rects[card]).any(over)
            };
            let strange = |band: usize| {
                Some(band) != items[item].band
                    && frames[band].is_some_and(|frame| frame.overlaps(&rects[item]))
            };
            let smaller = |band: usize, other: usize| {
                let size = |band: usize| (self.net.bands[band].cards.len(), band);
                size(band) < size(other)
                    && frames[band].zip(frames[other]).is_some_and(|(a, b)| a.overlaps(&b))
            };
            near.any(&rects[item], |other| over(other) && !self.is_held(other))
                || pinned.iter().any(under)
                || (0..frames.len()).any(strange)
                || items[item].band.is_some_and(|band| (0..frames.len()).any(|other| smaller(band, other)))
        };
        (0..items.len()).filter(|&item| !self.is_held(item) && in_the_way(item)).collect()
    }
}
