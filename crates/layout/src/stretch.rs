//! Room between columns: all that stands right of an x moves right, and lines that cross it grow longer. Knows a
//! scene, not why it has to give way.

use std::sync::Arc;

use crate::scene::{Cubic, Scene};

/// What lies right of `x` moves right by `by`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) x: f64,
    pub(crate) by: f64,
}

impl Stretch {
    pub(crate) fn moved(self, x: f64) -> f64 {
        if x > self.x { x + self.by } else { x }
    }
}

/// The scene with all its cards, lines and labels moved.
pub(crate) fn stretched(scene: &Scene, stretches: &[Stretch]) -> Scene {
    let mut scene = scene.clone();
    for stretch in stretches {
        let moved = |x: &mut f64| *x = stretch.moved(*x);
        scene.nodes.iter_mut().for_each(|node| moved(&mut node.rect.x));
        for edge in scene.edges.iter_mut().map(Arc::make_mut) {
            let grows = |cubic: &Cubic| (cubic.from.x > stretch.x) != (cubic.to.x > stretch.x);
            edge.label = edge.label.filter(|_| !edge.path.iter().any(grows));
            edge.label.iter_mut().for_each(|label| moved(&mut label.x));
            for cubic in &mut edge.path {
                for point in [&mut cubic.from, &mut cubic.c1, &mut cubic.c2, &mut cubic.to] {
                    moved(&mut point.x);
                }
            }
        }
    }
    scene
}
