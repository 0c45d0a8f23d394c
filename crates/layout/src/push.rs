//! Making room: what grew stays, and what it would cover moves down, and so on, as little as may be. Knows bodies,
//! which move as a whole.

use crate::scene::Rect;

/// Something that moves as one: a band with its cards, or a card alone.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) rect: Rect,
    /// Room it keeps around itself.
    pub(crate) room: f64,
    /// The reader's hand holds it.
    pub(crate) fixed: bool,
}

/// How far down each body must move so that none overlaps. `grown` names those that keep their place.
pub(crate) fn down(bodies: &mut [Body], grown: &[usize]) -> Vec<f64> {
    let mut moved = vec![0.0; bodies.len()];
    let mut work: Vec<usize> = (0..bodies.len()).filter(|index| !grown.contains(index)).collect();
    work.extend(grown);
    // Each step moves something further down past a body; the bound only guards against bad numbers.
    let mut steps = bodies.len() * bodies.len() + 16;
    while let Some(index) = work.pop() {
        for other in 0..bodies.len() {
            let held = |body: usize| bodies[body].fixed || grown.contains(&body);
            if other == index || steps == 0 || !meet(&bodies[index], &bodies[other]) {
                continue;
            }
            let higher =
                bodies[index].rect.y.total_cmp(&bodies[other].rect.y).then(index.cmp(&other)).is_lt();
            let (stays, goes) = match (held(index), held(other)) {
                (true, true) => continue,
                (true, false) => (index, other),
                (false, true) => (other, index),
                _ if higher => (index, other),
                _ => (other, index),
            };
            let room = bodies[stays].room.min(bodies[goes].room);
            let by = bodies[stays].rect.bottom() + room - bodies[goes].rect.y;
            bodies[goes].rect.y += by;
            moved[goes] += by;
            steps -= 1;
            work.push(goes);
            if goes == index {
                break;
            }
        }
    }
    moved
}

/// What touches already may touch on: only what is covered, or comes nearer than it must, has to go.
fn meet(a: &Body, b: &Body) -> bool {
    a.rect.overlaps(&b.rect.grown(a.room.min(b.room) - 0.01))
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
        let mut bodies =
            [body(0.0, 0.0, 90.0), body(0.0, 50.0, 40.0), body(0.0, 105.0, 40.0), body(300.0, 50.0, 40.0)];
        assert_eq!(down(&mut bodies, &[0]), [0.0, 50.0, 45.0, 0.0]);
    }
}
