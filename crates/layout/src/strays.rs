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
        let lands: Vec<Option<usize>> =
            (0..self.net.lands()).map(|land| place(self.net.land(land))).collect();
        let apps: Vec<Option<usize>> = self.net.apps.iter().map(place).collect();
        let mut strays = Vec::new();
        for card in 0..self.rects.len() {
            let Some(old) = self.standing.old(card) else { continue };
            if self.is_pinned(card) {
                continue;
            }
            let item = self.net.cards[card].item;
            let leaves = |own: Option<usize>, rect: &Rect| {
                own.is_none_or(|at| groups[at].rect.union(rect) != groups[at].rect)
            };
            let app = self.net.items[item].app.map(|app| apps[app]);
            let mut grown = self.boxed(item, old);
            let mut outside = app.is_some_and(|app| leaves(app, &old));
            for land in self.net.lands_of(item) {
                let Some(land) = land else { continue };
                let (side, top) = self.padding(Some(land));
                grown = room::padded(&grown, (side - 0.5, top - 0.5));
                outside |= leaves(lands[land], &grown);
            }
            let foreign = || {
                let is_own = |at: usize| {
                    let is_own = |own: Option<usize>| own.is_some_and(|own| lands[own] == Some(at));
                    app == Some(Some(at)) || self.net.lands_of(item).into_iter().any(is_own)
                };
                (0..groups.len()).any(|at| groups[at].rect.overlaps(&old) && !is_own(at))
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
        let boxed = self.boxed(own, *rect);
        let mut grown = boxed;
        let clear = |grown: &Rect, land: Option<usize>| {
            let outsiders = (0..self.rects.len())
                .filter(|&other| other != card && !land.is_some_and(|land| self.is_in(other, land)))
                .filter(|&other| !self.is_pinned(other));
            !self.strange_frames(land).iter().any(|other| other.overlaps(grown))
                && !outsiders.filter_map(|other| self.rects[other]).any(|other| other.overlaps(grown))
        };
        let grows = |land: Option<usize>| {
            let Some(land) = land else { return true };
            grown = room::padded(&grown, self.padding(Some(land)));
            grown = self.frame(land, Some(card)).map_or(grown, |frame| frame.union(&grown));
            clear(&grown, Some(land))
        };
        let mut apps = (0..self.net.items.len())
            .filter(|&item| item != own && self.net.items[item].app.is_some())
            .filter_map(|item| self.item_rect(item));
        let alone = self.net.home(own).is_none();
        (!alone || clear(&boxed, None))
            && self.net.lands_of(own).into_iter().all(grows)
            && !apps.any(|app| app.overlaps(rect))
    }

    /// What had to give way may have met what else is fixed: such things look for another place, some rounds long.
    pub(crate) fn mend(&mut self) {
        for _ in 0..4 {
            let meet = self.forced || self.lands_meet();
            if meet {
                self.part_regions();
            }
            let bad = if meet { self.misplaced() } else { Vec::new() };
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
        self.part_regions();
    }

    /// Land of pinned cards is drawn over other land; let go, they have to part.
    fn lands_meet(&self) -> bool {
        let frames: Vec<(usize, Rect)> =
            (0..self.net.lands()).filter_map(|land| Some((land, self.frame(land, None)?))).collect();
        let meets = |(at, (land, frame)): (usize, &(usize, Rect))| {
            frames[..at].iter().any(|(other, rect)| self.net.are_apart(*land, *other) && rect.overlaps(frame))
        };
        frames.iter().enumerate().any(meets)
    }

    /// Items that lie over another or in a strange band or region; of two the one that is easier to move.
    fn misplaced(&self) -> Vec<usize> {
        let items = &self.net.items;
        let rects: Vec<Rect> =
            (0..items.len()).map(|item| self.item_rect(item).unwrap_or_default()).collect();
        let frames: Vec<Option<Rect>> = (0..self.net.lands()).map(|land| self.frame(land, None)).collect();
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
            let strange = |land: usize| {
                !self.net.is_in(item, Some(land))
                    && frames[land].is_some_and(|frame| frame.overlaps(&rects[item]))
            };
            // Regions part as a whole.
            let smaller = |band: usize, other: usize| {
                let size = |land: usize| (self.net.land(land).cards.len(), land);
                size(band) < size(other)
                    && self.net.are_apart(band, other)
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
