//! How far a picture that has changed many times is from one drawn afresh, and whether two pictures are the same to
//! the bit. Knows scenes.

use crate::index::{hash, mix};
use crate::input::{Edge, Group, Input, Node};
use crate::metrics::crossings;
use crate::place::place;
use crate::scene::{Point, Rect, Scene, Size};
use crate::update::update;

/// Whether the fresh picture is so much tidier that it is worth an offer: the standing one has more than 1.25 times
/// its crossings.
#[must_use]
pub fn tidier(standing: &Scene, fresh: &Scene) -> bool {
    crossings(standing) * 4 > crossings(fresh) * 5
}

/// A number that differs when anything in the scene does, down to the last bit.
#[must_use]
pub fn fingerprint(scene: &Scene) -> u64 {
    let mut print = 0;
    for node in &scene.nodes {
        print = mix(mix(print, hash(&node.key)), (node.layer * 65_536 + node.order) as u64);
        print = with(print, &node.rect);
    }
    for edge in &scene.edges {
        print = mix(print, hash(&edge.key));
        for cubic in &edge.path {
            let box_of = |a: Point, b: Point| Rect::new(a.x, a.y, b.x, b.y);
            print = with(with(print, &box_of(cubic.from, cubic.c1)), &box_of(cubic.c2, cubic.to));
        }
        print = edge.label.map_or(print, |label| with(print, &label));
    }
    for group in &scene.groups {
        print = with(mix(print, hash(&group.key)), &group.rect);
    }
    with(print, &scene.bounds)
}

fn with(print: u64, rect: &Rect) -> u64 {
    [rect.x, rect.y, rect.width, rect.height].into_iter().fold(print, |print, n| mix(print, n.to_bits()))
}

/// The fingerprint of a small mesh, placed and then changed: the same on every machine, or the engine is broken there.
#[must_use]
pub fn proof() -> u64 {
    let scene = place(&sample(34));
    mix(fingerprint(&scene), fingerprint(&update(&scene, &sample(40)).scene))
}

/// So many cards in bands, with lines ahead and some back.
fn sample(cards: usize) -> Input {
    let key = |n: usize| char::from(b'A' + n as u8).to_string();
    let mut input = Input { aspect: 1.6, ..Input::default() };
    for n in 0..cards {
        let size = Size::new(130.0, 46.0 + 26.0 * (n % 3) as f64);
        let group = (n % 5 > 0).then(|| key(n % 5));
        input.nodes.push(Node { key: key(n), size, group, ..Node::default() });
        for from in [n * 7 / 9, n / 2].into_iter().filter(|&from| from < n) {
            let (source, target) = if n % 8 == 7 { (n, from) } else { (from, n) };
            let label = Some(Size::new(40.0, 13.0));
            let (source, target) = (key(source), key(target));
            let key = key(n) + &source;
            input.edges.push(Edge { key, source, target, weight: n as f64, label, ..Edge::default() });
        }
    }
    let band = |n: usize| Group { key: key(n), title: Size::new(60.0, 22.0), ..Group::default() };
    input.groups = (1..5).map(band).collect();
    input
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Cubic, Route};

    #[test]
    fn the_last_bit_of_a_place_shows() {
        let scene = place(&sample(20));
        let mut other = scene.clone();
        assert_eq!(fingerprint(&scene), fingerprint(&other));
        let y = &mut other.nodes[3].rect.y;
        *y = f64::from_bits(y.to_bits() ^ 1);
        assert_ne!(fingerprint(&scene), fingerprint(&other));
        assert_eq!(proof(), proof());
    }

    #[test]
    fn a_picture_as_tidy_as_a_fresh_one_stays() {
        let scene = place(&sample(40));
        assert!(!tidier(&scene, &scene));
        let mut worse = scene.clone();
        // The first line once more, from corner to corner through everything.
        let far = Point::new(scene.bounds.right(), scene.bounds.bottom());
        let line = Route {
            path: vec![Cubic::line(Point::new(scene.bounds.x, scene.bounds.y), far)],
            ..Route::default()
        };
        worse.edges.push(line.into());
        let few = Scene { edges: scene.edges[..4].to_vec(), ..scene };
        assert!(tidier(&worse, &few));
    }
}
