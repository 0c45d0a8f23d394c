//! Free ends on the sides of cards that stand, for lines that come new. Knows heights taken, no route.

use std::sync::Arc;

use crate::net::Net;
use crate::routes::Ends;
use crate::scene::{Rect, Route};
use crate::tuning::{PORT_SHARE, PORT_STEP};

/// Ends that are taken on the right and on the left side of each card.
pub(crate) struct Taken {
    right: Vec<Vec<f64>>,
    left: Vec<Vec<f64>>,
}

impl Taken {
    /// Of the cards at which the fresh lines end.
    pub(crate) fn new(net: &Net, routes: &[Option<Arc<Route>>], fresh: &[usize]) -> Self {
        let mut asked = vec![false; net.cards.len()];
        for line in fresh.iter().map(|&line| &net.lines[line]) {
            (asked[line.source], asked[line.target]) = (true, true);
        }
        let sides = || vec![Vec::new(); net.cards.len()];
        let mut taken = Self { right: sides(), left: sides() };
        for (line, route) in net.lines.iter().zip(routes) {
            if !asked[line.source] && !asked[line.target] {
                continue;
            }
            let Some(path) = route.as_ref().map(|route| &route.path) else { continue };
            if let (Some(first), Some(last)) = (path.first(), path.last()) {
                taken.right[line.source].push(first.from.y);
                taken.left[line.target].push(last.to.y);
            }
        }
        taken
    }

    /// Finds free ends for a line and takes them.
    pub(crate) fn ends(&mut self, net: &Net, cards: &[Rect], line: usize) -> Ends {
        let own = &net.lines[line];
        let (source, target) = (cards[own.source], cards[own.target]);
        let down = target.centre().y - source.centre().y;
        let from_y = free(&mut self.right[own.source], &source, own.source_y, down);
        let to_y = free(&mut self.left[own.target], &target, own.target_y, -down);
        Ends { source, target, from_y, to_y }
    }
}

/// The free end nearest to the port or the card's middle, on the side of the other end if there is a choice.
fn free(taken: &mut Vec<f64>, card: &Rect, port: Option<f64>, down: f64) -> f64 {
    let middle = card.y + port.unwrap_or(card.height / 2.0).min(card.height);
    let reach = if port.is_some() { 8.0 } else { card.height * PORT_SHARE / 2.0 };
    let side = if down < 0.0 { -1.0 } else { 1.0 };
    let mut found = middle;
    'search: for room in [PORT_STEP - 1.0, 5.5, 3.5] {
        let mut step = 0.0;
        while step <= reach {
            for y in [middle + side * step, middle - side * step] {
                let on_side = y >= card.y && y <= card.bottom();
                if on_side && taken.iter().all(|other| (other - y).abs() >= room) {
                    found = y;
                    break 'search;
                }
            }
            step += 0.5;
        }
    }
    taken.push(found);
    found
}
