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
    let mut work: Vec<usize> = grown.to_vec();
    // Each step moves something further down past a body; the bound only guards against bad numbers.
    let mut steps = bodies.len() * bodies.len() + 16;
    while let Some(index) = work.pop() {
        let body = bodies[index].clone();
        for other in 0..bodies.len() {
            if other == index || bodies[other].fixed || steps == 0 {
                continue;
            }
            let room = body.room.min(bodies[other].room);
            let below = bodies[other].rect.y + bodies[other].rect.height / 2.0 >= body.rect.y;
            if below && bodies[other].rect.overlaps(&body.rect.grown(room - 0.01)) && !grown.contains(&other)
            {
                let by = body.rect.bottom() + room - bodies[other].rect.y;
                if by > 0.0 {
                    bodies[other].rect.y += by;
                    moved[other] += by;
                    work.push(other);
                    steps -= 1;
                }
            }
        }
    }
    moved
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
