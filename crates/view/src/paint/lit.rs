//! What a hover lights, drawn above a picture that stays as it was painted: only that, whatever the size of the map.

use super::{Drawing, card, edges, far, pen::Pen, snapped, strand};
use crate::{
    hit::Hit,
    mark::{Mark, Owner},
    places::Places,
    reach::{self, Reach},
    viewport::Level,
};

/// Words and signs that no line may strike out.
const OVER_LINES: [&str; 5] = ["edge-label", "padlock", "group-name", "group-count", "name"];

/// `painted` is the picture below; `held` is what a held hover reaches, all that is seen in full.
pub fn lit(drawing: &Drawing, held: Option<&Reach>, painted: &[Mark]) -> Vec<Mark> {
    let within = drawing.hover.and_then(|hit| reach::of_hit(drawing.graph, hit, 1));
    let (Some(hit), Some(within)) = (drawing.hover, within) else { return Vec::new() };
    let places = Places::new(drawing.graph, drawing.scene);
    let mut pen = Pen::new(drawing);
    let strands = strand::strands(&pen, &places, None, &|index, edge| match held {
        Some(held) => held.edges.get(index) == Some(&true),
        None => strand::is_hovered(&pen, index, edge, places.ends[index]),
    });
    edges::draw(&mut pen, &strands);
    let node = match hit {
        Hit::Node(node) | Hit::Row(node, _) | Hit::Pin(node) => Some(node),
        _ => None,
    };
    let is_far = drawing.level == Level::Far;
    let again = |mark: &&Mark| {
        let is_over = OVER_LINES[..if is_far { 5 } else { 4 }].contains(&mark.role);
        match mark.owner {
            Owner::Node(index) | Owner::Row(index, _) if within.nodes.get(index) == Some(&true) => {
                Some(index) != node || (is_far && is_over)
            }
            Owner::Edge(index) if within.edges.get(index) == Some(&true) => is_over,
            Owner::Group(_) => is_over,
            _ => is_over && held.is_none(),
        }
    };
    pen.again(painted.iter().filter(again));
    if let Some((index, card)) = node.and_then(|node| Some((node, places.cards[node]?))) {
        if is_far {
            far::dot(&mut pen, index, card);
        } else {
            card::draw(&mut pen, index, snapped(card), places.boxed[index]);
        }
    }
    pen.finish()
}
