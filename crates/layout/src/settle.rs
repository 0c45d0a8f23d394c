//! Places in a picture that stands: survivors stay, newcomers find room, and only where there is none something
//! moves. Knows cards and bands, and of lines only where they pass.

use crate::frames;
use crate::index::Index;
use crate::input::{GroupKind, Input};
use crate::net::{Frame, Net};
use crate::push::LEAST_GAP;
use crate::room::{self, Wish};
use crate::scene::Rect;
use crate::slide::Slide;
use crate::sorting::Order as _;
use crate::stretch::Stretch;
use crate::tracks::Tracks;
use crate::tuning::{APP_GAP, APP_PADDING, BAND_PADDING, CARD_GAP};
use crate::update::Standing;

/// A newcomer that comes for another card stands where that stood, unless a free place is as near as this.
const NEAR: f64 = 48.0;

/// What folds up or unfolds: cards that are stacked, or a band or a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    App,
    Land,
}

/// Round a card that the hand has put somewhere.
const PIN_CLEAR: f64 = 14.0;

pub(crate) struct Settled<'a> {
    pub(crate) standing: &'a Standing<'a>,
    pub(crate) input: &'a Input,
    pub(crate) net: &'a Net,
    pub(crate) rects: Vec<Option<Rect>>,
    /// Where a card wants to stand that has no place: where it stood, or what it comes for.
    pub(crate) homes: Vec<Option<Rect>>,
    /// Cards that come because a group folds up or unfolds, and which kind.
    pub(crate) folds: Vec<Option<Fold>>,
    /// By card without a place: the others it has lines with, and whether it calls them.
    pub(crate) around: Vec<Vec<(usize, bool)>>,
    pub(crate) stretches: Vec<Stretch>,
    pub(crate) slides: Vec<Slide>,
    /// Pinned cards with the room round them, from top to bottom.
    pins: Vec<Rect>,
    /// Whether anything had to give way, so that it may have met something else.
    pub(crate) forced: bool,
}

/// The place of every card of the net, and by how much the picture grew between columns and within them.
pub(crate) fn settle(standing: &Standing) -> (Vec<Rect>, Vec<Stretch>, Vec<Slide>) {
    let net = standing.net;
    let place = |card: usize| {
        let old = || standing.old(card).map(|rect| (rect.x, rect.y));
        let (x, y) = net.cards[card].pin.map(|pin| (pin.x, pin.y)).or_else(old)?;
        Some(Rect::new(x, y, net.cards[card].size.width, net.cards[card].size.height))
    };
    let rects: Vec<Option<Rect>> = (0..net.cards.len()).map(place).collect();
    let held = rects.iter().zip(&net.cards).filter(|(_, card)| card.pin.is_some());
    let mut pins: Vec<Rect> = held.filter_map(|(rect, _)| rect.map(|rect| rect.grown(PIN_CLEAR))).collect();
    pins.order_by(|a, b| a.y.total_cmp(&b.y));
    let mut settled = Settled {
        standing,
        input: standing.input,
        net,
        rects,
        pins,
        homes: vec![None; net.cards.len()],
        folds: vec![None; net.cards.len()],
        around: Vec::new(),
        stretches: Vec::new(),
        slides: Vec::new(),
        forced: false,
    };
    settled.lift_strays();
    settled.displace();
    settled.grow();
    if settled.rects.iter().any(Option::is_none) {
        settled.look_around();
        settled.unfold_lands();
        settled.displace();
        settled.add_missing();
    }
    settled.mend();
    let rects = settled.rects.into_iter().map(Option::unwrap_or_default).collect();
    (rects, settled.stretches, settled.slides)
}

impl Settled<'_> {
    /// Cards under a pinned one look for another place.
    fn displace(&mut self) {
        for card in 0..self.rects.len() {
            let Some(rect) = self.rects[card].filter(|_| !self.is_pinned(card)) else { continue };
            if self.clear_of_pins(rect) != rect {
                self.lift(card);
            }
        }
    }

    /// The rectangle, or one below it that no pinned card lies in or close to.
    pub(crate) fn clear_of_pins(&self, mut rect: Rect) -> Rect {
        for pinned in &self.pins {
            rect.y = if pinned.overlaps(&rect) { pinned.bottom() } else { rect.y };
        }
        rect
    }

    /// Takes a card from its place; it will look for another one near by.
    pub(crate) fn lift(&mut self, card: usize) {
        self.homes[card] = self.rects[card].take();
        self.folds[card] = self.folds[card].filter(|fold| *fold == Fold::Land);
        self.forced = true;
    }

    pub(crate) fn look_around(&mut self) {
        let nodes = Index::new(&mut self.standing.previous.nodes.iter().map(|node| &*node.key));
        for card in (0..self.rects.len()).filter(|&card| self.rects[card].is_none()) {
            if self.homes[card].is_none() {
                let fold = self.fold(card, &nodes);
                self.homes[card] = fold.map(|fold| fold.0);
                self.folds[card] = fold.map(|fold| fold.1);
            }
        }
        self.around = vec![Vec::new(); self.rects.len()];
        for line in &self.net.lines {
            for (card, other, calls) in [(line.source, line.target, true), (line.target, line.source, false)]
            {
                if self.rects[card].is_none() && card != other {
                    self.around[card].push((other, calls));
                }
            }
        }
    }

    /// The place of the group that a newcomer stands for, or of the card that stood for its group.
    fn fold(&self, card: usize, nodes: &Index) -> Option<(Rect, Fold)> {
        let previous = self.standing.previous;
        let (net, own) = (self.net, self.net.cards[card].item);
        let key = |frame: &Frame| &self.input.groups[frame.input].key;
        let name = &self.input.nodes[net.cards[card].input].key;
        let group = previous.groups.iter().find(|group| group.key == *name);
        let is_there = |frames: &[Frame]| frames.iter().any(|frame| key(frame) == name);
        let stays = is_there(&net.apps) || is_there(&net.bands) || is_there(&net.regions);
        if let Some(group) = group.filter(|_| !stays) {
            return Some(match group.kind {
                GroupKind::App => (inset(&group.rect, APP_PADDING), Fold::App),
                _ => (group.rect, Fold::Land),
            });
        }
        let stood = |frame: &Frame| nodes.get(key(frame));
        let app = net.items[own].app.and_then(|app| stood(&net.apps[app]));
        let mut found = app;
        for land in net.lands_of(own).into_iter().flatten() {
            found = found.or_else(|| stood(net.land(land)));
        }
        let index = found?;
        let rect = previous.nodes[index].rect;
        let fold = app.map_or((rect, Fold::Land), |_| (inset(&rect, -APP_PADDING), Fold::App));
        Some(fold).filter(|_| !self.standing.cards.contains(&Some(index)))
    }

    /// The newcomers, those first that know most of what stands. An app is placed as one.
    pub(crate) fn add_missing(&mut self) {
        let is_missing = |item: &crate::net::Item| item.cards.iter().any(|&card| self.rects[card].is_none());
        let mut missing: Vec<usize> =
            (0..self.net.items.len()).filter(|&item| is_missing(&self.net.items[item])).collect();
        while !missing.is_empty() {
            let known = |item: usize| {
                let ends = self.net.items[item].cards.iter().flat_map(|&card| &self.around[card]);
                ends.filter(|end| self.rects[end.0].is_some()).count()
            };
            let mut best = (0, 0);
            for (at, &item) in missing.iter().enumerate() {
                let count = known(item);
                if count > best.1 {
                    best = (at, count);
                }
            }
            let item = missing.remove(best.0);
            self.add(item);
        }
    }

    fn add(&mut self, item: usize) {
        let own = &self.net.items[item];
        if own.cards.iter().any(|&card| self.rects[card].is_some()) {
            self.add_sisters(item);
            return;
        }
        let tracks = self.tracks();
        let home = own.cards.iter().filter_map(|&card| self.homes[card]).reduce(|a, b| a.union(&b));
        let folds = own.cards.iter().find_map(|&card| self.folds[card]);
        if let Some(home) = home.filter(|_| folds == Some(Fold::App)) {
            self.set_there(item, home);
            return;
        }
        let wish = Wish { home, ..Wish::new(self, item, &tracks) };
        let place =
            room::find(&wish, &tracks).or_else(|| room::find(&Wish { gap: LEAST_GAP, ..wish }, &tracks));
        let held = home.filter(|_| folds.is_some()).map(|home| {
            let y = (home.centre().y - own.size.height / 2.0).round();
            Rect::new(home.x, y, own.size.width, own.size.height)
        });
        let far = |place: &Rect| held.is_some_and(|held| (place.y - held.y).abs() > NEAR);
        let free = place.filter(|place| !far(place));
        let place =
            free.or(held.filter(|_| own.cards.len() > 1)).or(place).unwrap_or_else(|| self.below(item));
        self.set(item, &place);
        if free.is_none() {
            self.make_room(item);
        }
    }

    fn set(&mut self, item: usize, place: &Rect) {
        for &card in &self.net.items[item].cards {
            let (inset, size) = (self.net.cards[card].inset, self.net.cards[card].size);
            self.rects[card] = Some(Rect::new(place.x + inset.x, place.y + inset.y, size.width, size.height));
        }
    }

    /// An app for its card or a card for its app stands about the same middle. One way is rounded down, the other up, so
    /// that both together lead back.
    fn set_there(&mut self, item: usize, home: Rect) {
        let size = self.net.items[item].size;
        let y = 2.0 * (home.centre().y - size.height / 2.0);
        let y = if self.net.items[item].app.is_some() { y.ceil() } else { y.floor() } / 2.0;
        self.set(item, &Rect::new(home.x, y, size.width, size.height));
        self.forced = true;
        if size.height > home.height || size.width > home.width {
            self.make_room(item);
        }
    }

    /// New versions stand below their sisters, whatever has to make room.
    fn add_sisters(&mut self, item: usize) {
        for &card in &self.net.items[item].cards {
            if self.rects[card].is_some() {
                continue;
            }
            let sisters = self.net.items[item].cards.iter().filter(|&&sister| !self.is_pinned(sister));
            let last = sisters.filter_map(|&sister| self.rects[sister]);
            let last = last.max_by(|a, b| a.bottom().total_cmp(&b.bottom()));
            let last = last.or(self.item_rect(item)).unwrap_or_default();
            let size = self.net.cards[card].size;
            let rect = Rect::new(last.x, last.bottom() + APP_GAP, size.width, size.height);
            self.rects[card] = Some(self.clear_of_pins(rect));
        }
        self.make_room(item);
    }

    /// Columns of what the hand did not move, with all lines that stay.
    pub(crate) fn tracks(&self) -> Tracks {
        let cards: Vec<Rect> = (0..self.rects.len())
            .filter(|&card| !self.is_pinned(card))
            .filter_map(|card| self.rects[card])
            .collect();
        let mut tracks = Tracks::new(&cards);
        if !cards.is_empty() {
            for &line in self.standing.lines.iter().flatten() {
                tracks.pass(&self.standing.previous.edges[line].path, (f64::NEG_INFINITY, f64::INFINITY));
            }
        }
        tracks
    }

    /// At the foot of the own band or region, or of all.
    fn below(&self, item: usize) -> Rect {
        let size = self.net.items[item].size;
        // All, then in the region, then in the band: the last that holds anything.
        let mut all: [Option<Rect>; 3] = [None; 3];
        let [band, region] = self.net.lands_of(item);
        for (card, rect) in self.rects.iter().enumerate() {
            let Some(rect) = rect else { continue };
            let item = self.net.cards[card].item;
            let within = [true, self.net.is_in(item, region), self.net.is_in(item, band)];
            for (all, _) in all.iter_mut().zip(within).filter(|(_, within)| *within) {
                *all = Some(all.map_or(*rect, |all| all.union(rect)));
            }
        }
        let foot = all[2].or(all[1]).or(all[0]).map_or((0.0, 0.0), |all| (all.x, all.bottom() + CARD_GAP));
        Rect::new(foot.0, foot.1, size.width, size.height)
    }

    pub(crate) fn is_pinned(&self, card: usize) -> bool {
        self.net.cards[card].pin.is_some()
    }

    /// The innermost land a card stands in.
    pub(crate) fn home(&self, card: usize) -> Option<usize> {
        self.net.home(self.net.cards[card].item)
    }

    pub(crate) fn is_in(&self, card: usize, land: usize) -> bool {
        self.net.is_in(self.net.cards[card].item, Some(land))
    }

    /// How far land reaches beyond what stands in it: sides and bottom, top.
    pub(crate) fn padding(&self, land: Option<usize>) -> (f64, f64) {
        land.map_or((0.0, 0.0), |land| (BAND_PADDING, BAND_PADDING + self.net.land(land).title.height))
    }

    /// The frame of a band or a region as it stands now, without `but`. What the hand has moved does not stretch it.
    pub(crate) fn frame(&self, land: usize, but: Option<usize>) -> Option<Rect> {
        let mut all: Option<Rect> = None;
        let mut take = |rect: Rect| all = Some(all.map_or(rect, |all| all.union(&rect)));
        for &card in &self.net.land(land).cards {
            let own = self.home(card) == Some(land) && Some(card) != but && !self.is_pinned(card);
            if let Some(rect) = self.rects[card].filter(|_| own) {
                take(self.boxed(self.net.cards[card].item, rect));
            }
        }
        if land >= self.net.bands.len() {
            for band in 0..self.net.bands.len() {
                if self.net.over(band) == Some(land)
                    && let Some(rect) = self.frame(band, but)
                {
                    take(rect);
                }
            }
        }
        all.map(|rect| frames::dressed(self.net.land(land), rect, BAND_PADDING))
    }

    /// All frames that are no part of what stands in a land, or in none, and that it is no part of.
    pub(crate) fn strange_frames(&self, land: Option<usize>) -> Vec<Rect> {
        let mut frames = Vec::new();
        for other in 0..self.net.lands() {
            if land.is_none_or(|land| self.net.are_apart(land, other))
                && let Some(frame) = self.frame(other, None)
            {
                frames.push(frame);
            }
        }
        frames
    }

    /// With the box of its app round it, if it has one.
    pub(crate) fn boxed(&self, item: usize, rect: Rect) -> Rect {
        let app = self.net.items[item].app;
        app.map_or(rect, |app| frames::dressed(&self.net.apps[app], rect, APP_PADDING))
    }

    /// A card, or an app without what the hand has moved; if that is all, with it.
    pub(crate) fn item_rect(&self, item: usize) -> Option<Rect> {
        let round = |pinned: bool| {
            let cards = self.net.items[item].cards.iter();
            let rects =
                cards.filter(|&&card| pinned || !self.is_pinned(card)).filter_map(|&card| self.rects[card]);
            rects.reduce(|a, b| a.union(&b)).map(|rect| self.boxed(item, rect))
        };
        round(false).or_else(|| round(true))
    }

    /// Whether the hand holds all of an item.
    pub(crate) fn is_held(&self, item: usize) -> bool {
        self.net.items[item].cards.iter().all(|&card| self.is_pinned(card))
    }
}

fn inset(rect: &Rect, by: f64) -> Rect {
    Rect { x: rect.x + by, width: rect.width - 2.0 * by, ..*rect }
}
