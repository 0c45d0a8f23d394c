//! A band or a region that comes as a whole: its cards are laid out among themselves and set down as one body, where the card
//! stood that it comes for, or near its neighbours. What is in the way gives way. Knows land and columns.

use crate::inner::Inner;
use crate::push::Body;
use crate::room::{self, COLUMN_CLEAR};
use crate::scene::Rect;
use crate::settle::{Fold, Settled};
use crate::stretch::Stretch;
use crate::tracks::Tracks;
use crate::tuning::{BAND_GAP, LAYER_GAP};

/// How near a free place must be to be taken instead of the one where others have to move.
const NEAR: f64 = 40.0;

impl Settled<'_> {
    /// Regions first: their bands come with them.
    pub(crate) fn unfold_lands(&mut self) {
        for land in (0..self.net.lands()).rev() {
            let cards = &self.net.land(land).cards;
            if cards.len() > 1 && cards.iter().all(|&card| self.rects[card].is_none()) {
                let strays = cards.iter().any(|&card| {
                    self.folds[card] == Some(Fold::App)
                        || self.homes[card].is_some() && self.folds[card].is_none()
                });
                if !strays {
                    self.unfold(land);
                }
            }
        }
    }

    fn unfold(&mut self, land: usize) {
        let cards = &self.net.land(land).cards;
        let inner = self.inner(land);
        let tracks = self.tracks();
        let home = cards.iter().filter_map(|&card| self.homes[card]).reduce(|a, b| a.union(&b));
        // The region round it as it stood with what stood there.
        let over = self.net.over(land).and_then(|over| {
            let stood = self.frame(over, None);
            let rect = match home.map(|home| room::padded(&home, self.padding(Some(over)))) {
                Some(grown) => Some(stood.map_or(grown, |stood| stood.union(&grown))),
                None => stood,
            };
            rect.map(|rect| (over, rect))
        });
        let lefts = match home {
            Some(home) => self.open(&tracks, home, &inner.columns),
            None => self.columns(cards, &inner, &tracks),
        };
        for (&card, &(column, rect)) in cards.iter().zip(&inner.cards) {
            self.rects[card] = Some(Rect { x: lefts[column] + rect.x, ..rect });
        }
        self.set_down(land, (home, over), &tracks);
    }

    /// Makes room to the right of the place that the land comes for, as wide as it is: lines go on to the right.
    fn open(&mut self, tracks: &Tracks, home: Rect, columns: &[(f64, f64)]) -> Vec<f64> {
        let home = Rect { x: self.stretches.iter().fold(home.x, |x, stretch| stretch.moved(x)), ..home };
        let track = tracks.columns.iter().find(|track| track.left <= home.right() && home.x <= track.right);
        let (left, right) =
            track.map_or((home.x, home.right()), |track| (track.left, track.right.max(home.right())));
        let mut lefts: Vec<f64> = columns.iter().map(|column| column.0 + left).collect();
        let lacks = lefts.get(1).map_or(0.0, |second| (right + LAYER_GAP - second).max(0.0));
        lefts.iter_mut().skip(1).for_each(|left| *left += lacks);
        let end = lefts.iter().zip(columns).map(|(left, column)| left + column.1).fold(right, f64::max);
        if end > right {
            let stretch = Stretch { x: right, by: end - right };
            for card in 0..self.rects.len() {
                if !self.is_pinned(card)
                    && let Some(rect) = self.rects[card].as_mut()
                {
                    rect.x = stretch.moved(rect.x);
                }
            }
            self.stretches.push(stretch);
            self.forced = true;
        }
        lefts
    }

    /// The columns that stand in which fewest lines would run back and every card has room; new ones stand right of
    /// all.
    fn columns(&self, cards: &[usize], inner: &Inner, tracks: &Tracks) -> Vec<f64> {
        let widths: Vec<f64> = inner.columns.iter().map(|column| column.1).collect();
        let last = tracks.columns.last().map_or(-LAYER_GAP, |last| last.right);
        let lefts = |first: usize| {
            let mut beyond = last + LAYER_GAP;
            let left = |(layer, width): (usize, &f64)| {
                let track = tracks.columns.get(first + layer);
                let new = beyond;
                beyond += track.map_or(width + LAYER_GAP, |_| 0.0);
                track.map_or(new, |track| track.left)
            };
            widths.iter().enumerate().map(left).collect::<Vec<f64>>()
        };
        let fits = |first: &usize| {
            let ends = tracks.columns.iter().skip(*first).zip(&widths);
            let nexts = tracks.columns.iter().skip(first + 1).map(|next| next.left - COLUMN_CLEAR);
            ends.zip(nexts).all(|((track, width), next)| track.left + width <= track.right.max(next))
        };
        let cost = |first: usize| {
            let mut cost = 0.0;
            for (&card, place) in cards.iter().zip(&inner.cards) {
                for &(other, calls) in &self.around[card] {
                    let Some(rect) = self.rects[other] else { continue };
                    let (own, other) = (first + place.0, tracks.at(rect.x));
                    cost += if calls { room::way(own, other) } else { room::way(other, own) };
                }
            }
            cost
        };
        let costs = (0..=tracks.columns.len()).filter(fits).map(|first| (cost(first), first));
        let best = costs.min_by(|a, b| a.0.total_cmp(&b.0));
        lefts(best.map_or(tracks.columns.len(), |best| best.1))
    }

    /// Gives what has come its height: free and near where it wants to be, or just there. `over` is the region that it
    /// stands in, as it was.
    fn set_down(
        &mut self,
        land: usize,
        (home, over): (Option<Rect>, Option<(usize, Rect)>),
        tracks: &Tracks,
    ) {
        let cards = &self.net.land(land).cards;
        let Some(frame) = self.frame(land, None) else { return };
        let ends = cards.iter().flat_map(|&card| &self.around[card]).filter(|end| !self.is_in(end.0, land));
        let ys: Vec<f64> = ends.filter_map(|end| self.rects[end.0]).map(|rect| rect.centre().y).collect();
        let foot = || {
            let (bodies, owners) = self.bodies(self.net.over(land));
            let others = bodies.iter().zip(owners).filter(|(_, owner)| *owner != Ok(land));
            others.map(|(body, _)| body.rect.bottom()).fold(0.0, f64::max)
        };
        let wanted = match home {
            Some(home) => home.centre().y - frame.height / 2.0,
            None if ys.is_empty() => foot() + BAND_GAP,
            None => ys.iter().sum::<f64>() / ys.len() as f64 - frame.height / 2.0,
        };
        // What comes from nowhere comes near the rest of its region.
        let rest = over.filter(|_| home.is_none()).map(|over| over.1);
        let wanted = rest.map_or(wanted, |rest| wanted.max(rest.y).min(rest.bottom()));
        let top = self.nearest(land, &frame, wanted.round());
        let held = home.filter(|_| (top - wanted).abs() > NEAR);
        let by = if held.is_some() { wanted.round() } else { top } - frame.y;
        self.shift(&[Ok(land)], &[by]);
        if let Some(home) = held {
            self.slide((land, &home), over.map(|over| over.1), tracks);
            self.push_lands(Ok(land));
        }
        if let Some((over, old)) = over {
            let higher = |now: Rect| now.y < old.y || now.bottom() > old.bottom();
            if self.frame(over, None).is_some_and(higher) {
                self.slide((over, &old), None, tracks);
            }
            self.push_lands(Ok(over));
        }
    }

    /// Sets regions that lie over larger land down where there is room.
    pub(crate) fn part_regions(&mut self) {
        let size = |land: usize| (self.net.land(land).cards.len(), land);
        for land in self.net.bands.len()..self.net.lands() {
            let Some(frame) = self.frame(land, None) else { continue };
            let meets = |other: usize| {
                let is_larger = size(other) > size(land) && self.net.are_apart(land, other);
                is_larger && self.frame(other, None).is_some_and(|other| other.overlaps(&frame))
            };
            if (0..self.net.lands()).any(meets) {
                let top = self.nearest(land, &frame, frame.y);
                self.shift(&[Ok(land)], &[top - frame.y]);
            }
        }
    }

    /// The top nearest to the wanted one at which land meets nothing of what else stands in its region, or in none.
    fn nearest(&self, land: usize, frame: &Rect, wanted: f64) -> f64 {
        let (bodies, owners) = self.bodies(self.net.over(land));
        let near = frame.grown(COLUMN_CLEAR);
        let mut taken = Vec::new();
        for (Body { rect, .. }, owner) in bodies.iter().zip(owners) {
            if owner != Ok(land) && rect.x < near.right() && rect.right() > near.x {
                taken.push((rect.y - frame.height - COLUMN_CLEAR, rect.bottom() + COLUMN_CLEAR));
            }
        }
        let mut best = f64::INFINITY;
        for top in room::free_tops(taken, wanted) {
            best = if (top - wanted).abs() < (best - wanted).abs() { top } else { best };
        }
        best
    }
}
