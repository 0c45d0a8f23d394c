//! Places in a picture that stands: survivors stay, newcomers find room, and only where there is none something
//! moves. Knows cards and bands, no route.

use crate::net::Net;
use crate::push::{self, Body};
use crate::room::{self, Wish};
use crate::scene::{Rect, Scene};
use crate::tracks::Tracks;
use crate::tuning::{APP_GAP, APP_PADDING, BAND_PADDING, CARD_GAP};

/// Room that must stay when something has grown.
const LEAST_GAP: f64 = 14.0;

pub(crate) struct Settled<'a> {
    net: &'a Net,
    rects: Vec<Option<Rect>>,
    around: Vec<Vec<(usize, bool)>>,
    /// Level stretches of the lines that stand.
    lines: Vec<Rect>,
}

/// The place of every card of the net.
pub(crate) fn settle(previous: &Scene, net: &Net, known: &[Option<usize>]) -> Vec<Rect> {
    let rects = net.cards.iter().zip(known).map(|(card, &known)| {
        let at = card.pin.or_else(|| {
            known.map(|index| {
                let rect = previous.nodes[index].rect;
                crate::scene::Point::new(rect.x, rect.y)
            })
        });
        at.map(|at| Rect::new(at.x, at.y, card.size.width, card.size.height))
    });
    let mut settled = Settled {
        net,
        rects: rects.collect(),
        around: vec![Vec::new(); net.cards.len()],
        lines: level_stretches(previous),
    };
    for line in &net.lines {
        settled.around[line.source].push((line.target, true));
        settled.around[line.target].push((line.source, false));
    }
    settled.displace();
    settled.grow(previous, known);
    while let Some(card) = settled.next() {
        settled.add(card);
    }
    settled.rects.into_iter().map(Option::unwrap_or_default).collect()
}

fn level_stretches(previous: &Scene) -> Vec<Rect> {
    let pieces = previous.edges.iter().flat_map(|edge| &edge.path);
    let level = pieces.filter(|piece| (piece.from.y - piece.to.y).abs() < 0.05);
    level
        .map(|piece| {
            Rect::new(piece.from.x.min(piece.to.x), piece.from.y, (piece.to.x - piece.from.x).abs(), 0.0)
        })
        .collect()
}

impl Settled<'_> {
    /// Cards under a pinned one look for another place.
    fn displace(&mut self) {
        let pinned: Vec<usize> =
            (0..self.rects.len()).filter(|&card| self.net.cards[card].pin.is_some()).collect();
        if pinned.is_empty() {
            return;
        }
        for card in 0..self.rects.len() {
            let Some(rect) = self.rects[card] else { continue };
            let under = |pin: &usize| self.rects[*pin].is_some_and(|pin| pin.grown(4.0).overlaps(&rect));
            if self.net.cards[card].pin.is_none() && pinned.iter().any(under) {
                self.rects[card] = None;
            }
        }
    }

    /// The newcomer that knows most of those that stand.
    fn next(&self) -> Option<usize> {
        let missing = (0..self.rects.len()).filter(|&card| self.rects[card].is_none());
        let known = |card: usize| self.around[card].iter().filter(|end| self.rects[end.0].is_some()).count();
        missing.max_by(|&a, &b| known(a).cmp(&known(b)).then(b.cmp(&a)))
    }

    fn band(&self, card: usize) -> Option<usize> {
        self.net.items[self.net.cards[card].item].band
    }

    /// How far a band reaches beyond its cards: sides and bottom, top.
    fn padding(&self, card: usize) -> (f64, f64) {
        let band = self
            .band(card)
            .map_or((0.0, 0.0), |band| (BAND_PADDING, BAND_PADDING + self.net.bands[band].title.height));
        let app = self.net.items[self.net.cards[card].item].app.map_or((0.0, 0.0), |app| {
            let title = self.net.apps[app].title.height;
            (APP_PADDING, APP_PADDING + if title > 0.0 { title + 4.0 } else { 0.0 })
        });
        (band.0 + app.0, band.1 + app.1)
    }

    /// A band's frame as it stands now, without `but`. What the hand has moved does not stretch it.
    fn frame(&self, band: usize, but: Option<usize>) -> Option<Rect> {
        let loose = |card: &&usize| Some(**card) != but && self.net.cards[**card].pin.is_none();
        let cards = self.net.bands[band].cards.iter().filter(loose);
        let frame = cards
            .filter_map(|&card| self.rects[card].map(|rect| room::padded(&rect, self.padding(card))))
            .reduce(|a, b| a.union(&b));
        frame.map(|frame| Rect {
            width: frame.width.max(self.net.bands[band].title.width + 2.0 * BAND_PADDING),
            ..frame
        })
    }

    fn add(&mut self, card: usize) {
        let item = &self.net.items[self.net.cards[card].item];
        let size = self.net.cards[card].size;
        let mates = item.cards.iter().filter(|&&mate| mate != card).filter_map(|&mate| self.rects[mate]);
        if let Some(last) = mates.max_by(|a, b| a.bottom().total_cmp(&b.bottom())) {
            // A new version stands below its sisters, whatever has to make room.
            self.rects[card] = Some(Rect::new(last.x, last.bottom() + APP_GAP, size.width, size.height));
            self.make_room(card);
            return;
        }
        let place = self.search(card);
        let forced = place.is_none();
        self.rects[card] = place.or_else(|| self.below_band(card));
        if forced {
            self.make_room(card);
        }
    }

    fn search(&self, card: usize) -> Option<Rect> {
        let cards: Vec<Rect> = self.rects.iter().flatten().copied().collect();
        let own = self.band(card);
        let frames: Vec<Rect> = (0..self.net.bands.len())
            .filter(|&band| Some(band) != own)
            .filter_map(|band| self.frame(band, None))
            .chain(self.app_frames(card))
            .collect();
        let strangers: Vec<Rect> = (0..self.rects.len())
            .filter(|&other| own.is_none() || self.band(other) != own)
            .filter_map(|other| self.rects[other])
            .collect();
        let tracks = Tracks::new(&cards);
        let ends = |calls: bool| {
            let ends = self.around[card].iter().filter(move |end| end.1 == calls);
            let ends = ends.filter_map(|end| self.rects[end.0]);
            ends.map(|rect| (tracks.at(rect.x), rect.centre().y)).collect::<Vec<_>>()
        };
        let size = self.net.cards[card].size;
        let wish = Wish {
            width: size.width,
            height: size.height,
            callers: ends(false),
            callees: ends(true),
            band: own.and_then(|band| self.frame(band, Some(card))),
            padding: self.padding(card),
            cards: &cards,
            frames: &frames,
            lines: &self.lines,
            strangers: &strangers,
        };
        if tracks.columns.is_empty() {
            return Some(Rect::new(0.0, 0.0, size.width, size.height));
        }
        let clear = room::find(&wish, &tracks);
        clear.or_else(|| room::find(&Wish { lines: &[], ..wish }, &tracks))
    }

    fn app_frames(&self, card: usize) -> Vec<Rect> {
        let own = self.net.cards[card].item;
        let apps =
            self.net.items.iter().enumerate().filter(|(index, item)| item.app.is_some() && *index != own);
        apps.filter_map(|(_, item)| {
            let title = item.app.map_or(0.0, |app| self.net.apps[app].title.height);
            let rects = item.cards.iter().filter_map(|&card| self.rects[card]);
            rects
                .reduce(|a, b| a.union(&b))
                .map(|rect| room::padded(&rect, (APP_PADDING, APP_PADDING + title + 4.0)))
        })
        .collect()
    }

    fn below_band(&self, card: usize) -> Option<Rect> {
        let size = self.net.cards[card].size;
        let mates = self.band(card).map(|band| &self.net.bands[band].cards);
        let mates: Vec<Rect> = mates.into_iter().flatten().filter_map(|&mate| self.rects[mate]).collect();
        let foot = mates.iter().map(Rect::bottom).reduce(f64::max)?;
        let left = mates.iter().map(|rect| rect.x).reduce(f64::min)?;
        Some(Rect::new(left, foot + CARD_GAP, size.width, size.height))
    }

    /// Survivors that have grown keep their top left corner; what they would cover moves down.
    fn grow(&mut self, previous: &Scene, known: &[Option<usize>]) {
        for (card, &index) in known.iter().enumerate() {
            let Some(old) = index.map(|index| previous.nodes[index].rect) else { continue };
            let Some(rect) = self.rects[card] else { continue };
            if rect.height > old.height || rect.width > old.width {
                self.make_room(card);
            }
        }
    }

    /// Cards of the same band go down first, then bands as a whole.
    fn make_room(&mut self, card: usize) {
        let band = self.band(card);
        let item = self.net.cards[card].item;
        self.make_room_among_sisters(item, card);
        let peers: Vec<usize> = (0..self.net.items.len())
            .filter(|&other| self.net.items[other].band == band && self.item_rect(other).is_some())
            .collect();
        let grown = peers.iter().position(|&peer| peer == item);
        let mut bodies: Vec<Body> = peers.iter().map(|&peer| self.body(peer)).collect();
        let moved = push::down(&mut bodies, grown.as_slice());
        for (&peer, by) in peers.iter().zip(moved) {
            self.slide(&self.net.items[peer].cards, by);
        }
        self.push_bodies(band, item);
    }

    /// Within an app the members go down first.
    fn make_room_among_sisters(&mut self, item: usize, card: usize) {
        let sisters: Vec<usize> = self.net.items[item]
            .cards
            .iter()
            .copied()
            .filter(|&sister| self.rects[sister].is_some())
            .collect();
        let body = |&sister: &usize| Body {
            rect: self.rects[sister].unwrap_or_default(),
            room: APP_GAP,
            fixed: self.net.cards[sister].pin.is_some(),
        };
        let mut bodies: Vec<Body> = sisters.iter().map(body).collect();
        let grown = sisters.iter().position(|&sister| sister == card);
        for (sister, by) in sisters.into_iter().zip(push::down(&mut bodies, grown.as_slice())) {
            self.slide(&[sister], by);
        }
    }

    fn push_bodies(&mut self, band: Option<usize>, item: usize) {
        let mut bodies = Vec::new();
        let mut members: Vec<&[usize]> = Vec::new();
        let mut grown = Vec::new();
        for other in 0..self.net.bands.len() {
            if let Some(rect) = self.frame(other, None) {
                if Some(other) == band {
                    grown.push(bodies.len());
                }
                bodies.push(Body { rect, room: 24.0, fixed: false });
                members.push(&self.net.bands[other].cards);
            }
        }
        for other in 0..self.net.items.len() {
            if self.net.items[other].band.is_none() && self.item_rect(other).is_some() {
                if band.is_none() && other == item {
                    grown.push(bodies.len());
                }
                bodies.push(self.body(other));
                members.push(&self.net.items[other].cards);
            }
        }
        let moved = push::down(&mut bodies, &grown);
        for (cards, by) in members.into_iter().zip(moved) {
            self.slide(cards, by);
        }
    }

    fn item_rect(&self, item: usize) -> Option<Rect> {
        let app = self.net.items[item].app.map(|app| self.net.apps[app].title.height);
        let rects = self.net.items[item].cards.iter().filter_map(|&card| self.rects[card]);
        let rect = rects.reduce(|a, b| a.union(&b))?;
        Some(app.map_or(rect, |title| room::padded(&rect, (APP_PADDING, APP_PADDING + title + 4.0))))
    }

    fn body(&self, item: usize) -> Body {
        let fixed = self.net.items[item].cards.iter().any(|&card| self.net.cards[card].pin.is_some());
        Body { rect: self.item_rect(item).unwrap_or_default(), room: LEAST_GAP, fixed }
    }

    fn slide(&mut self, cards: &[usize], by: f64) {
        for &card in cards {
            if let Some(rect) =
                self.rects[card].as_mut().filter(|_| by > 0.0 && self.net.cards[card].pin.is_none())
            {
                rect.y += by;
            }
        }
    }
}
