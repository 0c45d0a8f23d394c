//! Making room: what grew stays, and what it would cover moves up or down, and so on, as little as may be: the
//! answer of a regression in which what stays weighs infinitely much and all others the same. Knows bodies, which
//! move as a whole.

use crate::scene::Rect;
use crate::settle::Settled;
use crate::sorting::Order as _;
use crate::tuning::APP_GAP;

/// Room that must stay when something has grown.
pub(crate) const LEAST_GAP: f64 = 14.0;
const BAND_LEAST_GAP: f64 = 24.0;

/// Something that moves as one: a band or a region with its cards, or a card alone.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) rect: Rect,
    /// Room it keeps around itself.
    pub(crate) room: f64,
    /// The reader's hand holds it.
    pub(crate) fixed: bool,
}

/// A band or a region, or an item that stands in none on its level.
pub(crate) type Owner = Result<usize, usize>;

/// How far each body must move so that none overlaps what has moved; `held` keeps its place. What stands higher than
/// what pushes it goes up, the rest down, and hands its way on.
pub(crate) fn apart(bodies: &mut [Body], held: usize) -> Vec<f64> {
    let tops: Vec<f64> = bodies.iter().map(|body| body.rect.y).collect();
    let mut up: Vec<Option<bool>> = vec![None; bodies.len()];
    let mut work = vec![held];
    // Each step moves something further past a body; the bound only guards against bad numbers.
    let mut steps = bodies.len() * bodies.len() + 16;
    while let Some(index) = work.pop() {
        for other in 0..bodies.len() {
            if other == index || steps == 0 || !meet(&bodies[index], &bodies[other]) {
                continue;
            }
            let stays = |body: usize| body == held || bodies[body].fixed;
            let (stays, goes) = match (stays(index), stays(other)) {
                (true, true) => continue,
                (false, true) => (other, index),
                _ => (index, other),
            };
            let higher = bodies[goes].rect.centre().y < bodies[stays].rect.centre().y;
            let way = up[goes].or(up[stays]).unwrap_or(higher);
            up[goes] = Some(way);
            let room = bodies[stays].room.min(bodies[goes].room);
            let stop = bodies[stays].rect;
            let body = &mut bodies[goes].rect;
            body.y = if way { stop.y - room - body.height } else { stop.bottom() + room };
            steps -= 1;
            work.push(goes);
            if goes == index {
                break;
            }
        }
    }
    bodies.iter().zip(tops).map(|(body, top)| body.rect.y - top).collect()
}

/// What touches already may touch on: only what is covered, or comes nearer than it must, has to go.
fn meet(a: &Body, b: &Body) -> bool {
    a.rect.overlaps(&b.rect.grown(a.room.min(b.room) - 0.01))
}

impl Settled<'_> {
    /// Survivors that have grown keep their top left corner.
    pub(crate) fn grow(&mut self) {
        for card in 0..self.rects.len() {
            let Some(old) = self.standing.old(card) else { continue };
            if self.rects[card].is_some_and(|rect| rect.height > old.height || rect.width > old.width) {
                self.make_room(self.net.cards[card].item);
            }
        }
    }

    /// Members of the app give way first, then what stands in the same band, then bands as a whole, then regions.
    pub(crate) fn make_room(&mut self, item: usize) {
        self.stack(item);
        let band = self.net.items[item].band;
        if band.is_some() {
            let items = (0..self.net.items.len()).filter(|&other| self.net.items[other].band == band);
            let peers: Vec<usize> = items.filter(|&other| self.item_rect(other).is_some()).collect();
            let bodies = peers.iter().map(|&peer| self.body(peer)).collect();
            let owners: Vec<Owner> = peers.into_iter().map(Err).collect();
            self.push(bodies, &owners, Err(item));
        }
        self.push_lands(band.ok_or(item));
    }

    /// Within an app each member stands below the one before.
    fn stack(&mut self, item: usize) {
        let mut members: Vec<usize> = self.net.items[item].cards.clone();
        members.retain(|&member| self.rects[member].is_some() && !self.is_pinned(member));
        let top = |member: usize| self.rects[member].map_or(0.0, |rect| rect.y);
        members.order_by(|&a, &b| top(a).total_cmp(&top(b)));
        let mut foot = f64::NEG_INFINITY;
        for member in members {
            if let Some(rect) = self.rects[member] {
                let rect = self.clear_of_pins(Rect { y: rect.y.max(foot), ..rect });
                self.rects[member] = Some(rect);
                foot = rect.bottom() + APP_GAP;
            }
        }
    }

    /// Bands and items without one, of one region or of none, give way to one that has grown, and others to the region.
    pub(crate) fn push_lands(&mut self, grown: Owner) {
        let level = self.level(grown);
        let (bodies, owners) = self.bodies(level);
        self.push(bodies, &owners, grown);
        if let Some(region) = level {
            self.push_lands(Ok(region));
        }
    }

    /// The region something stands in.
    pub(crate) fn level(&self, owner: Owner) -> Option<usize> {
        owner.map_or_else(|item| self.net.home(item), |land| self.net.over(land))
    }

    /// What stands in a region, or in none.
    pub(crate) fn bodies(&self, level: Option<usize>) -> (Vec<Body>, Vec<Owner>) {
        let (mut bodies, mut owners) = (Vec::new(), Vec::new());
        for land in (0..self.net.lands()).filter(|&land| self.net.over(land) == level) {
            if let Some(rect) = self.frame(land, None) {
                bodies.push(Body { rect, room: BAND_LEAST_GAP, fixed: false });
                owners.push(Ok(land));
            }
        }
        for item in 0..self.net.items.len() {
            if self.net.home(item) == level && self.item_rect(item).is_some() {
                bodies.push(self.body(item));
                owners.push(Err(item));
            }
        }
        (bodies, owners)
    }

    fn push(&mut self, mut bodies: Vec<Body>, owners: &[Owner], grown: Owner) {
        if let Some(held) = owners.iter().position(|owner| *owner == grown) {
            let ways = apart(&mut bodies, held);
            self.shift(owners, &ways);
        }
    }

    pub(crate) fn shift(&mut self, owners: &[Owner], ways: &[f64]) {
        self.forced = true;
        let net = self.net;
        for (owner, &by) in owners.iter().zip(ways).filter(|(_, by)| **by != 0.0) {
            let cards = owner.map_or_else(|item| &net.items[item].cards, |land| &net.land(land).cards);
            for &card in cards {
                if !self.is_pinned(card)
                    && let Some(rect) = self.rects[card].as_mut()
                {
                    rect.y += by;
                }
            }
        }
    }

    fn body(&self, item: usize) -> Body {
        let fixed = self.is_held(item);
        Body { rect: self.item_rect(item).unwrap_or_default(), room: LEAST_GAP, fixed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_the_way_moves_and_what_it_meets() {
        let body = |x: f64, y: f64, height: f64| Body {
            rect: Rect::new(x, y, 100.0, height),
            room: 10.0,
            fixed: false,
        };
        let mut bodies = [
            body(0.0, 0.0, 90.0),
            body(0.0, 50.0, 40.0),
            body(0.0, 105.0, 40.0),
            body(300.0, 50.0, 40.0),
            body(0.0, -30.0, 40.0),
        ];
        assert_eq!(apart(&mut bodies, 0), [0.0, 50.0, 45.0, 0.0, -20.0]);
    }
}
