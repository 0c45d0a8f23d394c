//! The small map of the whole picture, shown while the picture is larger than the window: where trouble is, and where
//! the window stands. Knows no canvas.

use crate::{
    Viewport,
    mark::{Mark, Owner, Shape, Stroke},
    palette::Token,
};
use layout::{GroupKind, PlacedGroup, Point, Rect, Scene, Size, index::Index};
use model::{Graph, Status};

/// It is no larger than this, in pixels of the screen.
pub const MOST: Size = Size::new(184.0, 116.0);
/// A card is at least so many pixels wide and high.
const DOT: f64 = 2.0;
/// So little beyond the window is not worth a map.
const SLACK: f64 = 4.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overview {
    /// On the screen.
    pub size: Size,
    /// What the window shows, in the map's own pixels.
    pub window: Rect,
    /// How the map looks at the scene.
    pub view: Viewport,
}

impl Overview {
    /// None while all of the picture is in sight.
    pub fn of(bounds: Rect, view: &Viewport, window: Size) -> Option<Self> {
        let seen = view.screen_rect(bounds).grown(-SLACK);
        let inside = seen.x >= 0.0 && seen.y >= 0.0;
        if inside && seen.right() <= window.width && seen.bottom() <= window.height {
            return None;
        }
        let zoom = (MOST.width / bounds.width.max(1.0)).min(MOST.height / bounds.height.max(1.0));
        let own = Viewport { zoom, x: -bounds.x * zoom, y: -bounds.y * zoom };
        let size = Size::new(bounds.width * zoom, bounds.height * zoom);
        let frame = own.screen_rect(view.visible(window));
        let cut = |low: f64, high: f64, most: f64| (low.max(0.0).min(most), high.max(0.0).min(most));
        let (left, right) = cut(frame.x, frame.right(), size.width);
        let (top, bottom) = cut(frame.y, frame.bottom(), size.height);
        Some(Self { size, window: Rect::new(left, top, right - left, bottom - top), view: own })
    }

    /// The view with this point of the small map in the middle of the window.
    #[must_use]
    pub fn centred(&self, at: Point, view: &Viewport, window: Size) -> Viewport {
        let middle = self.view.scene_from_screen(at);
        Viewport::in_middle(middle, view.zoom, window)
    }

    /// Land and cards; only trouble has a colour, and lies on top.
    pub fn marks(&self, graph: &Graph, scene: &Scene) -> Vec<Mark> {
        let index = Index::new(&mut graph.nodes.iter().map(|node| node.id.as_str()));
        let least = DOT / self.view.zoom;
        let block = |rect: Rect, token: Token, role| Mark {
            shape: Shape::Rect { rect, radius: 0.0 },
            fill: Some(token.into()),
            stroke: None,
            owner: Owner::None,
            role,
        };
        let land = |group: &PlacedGroup| {
            let land = block(group.rect, Token::Sunken, "overview-land");
            // A region is an outline: sea between its bands.
            let outline = || Some(Stroke::new(Token::LineStrong, 1.0 / self.view.zoom));
            if group.kind == GroupKind::Region {
                Mark { fill: None, stroke: outline(), ..land }
            } else {
                land
            }
        };
        let mut marks: Vec<Mark> = scene.groups.iter().map(land).collect();
        let mut troubled = Vec::new();
        for node in &scene.nodes {
            let size = Size::new(node.rect.width.max(least), node.rect.height.max(least));
            let rect = Rect { width: size.width, height: size.height, ..node.rect };
            match index.get(&node.key).map(|at| graph.nodes[at].health.status) {
                Some(Status::Failing) => troubled.push(block(rect, Token::Failing, "overview-card")),
                Some(Status::Degraded) => troubled.push(block(rect, Token::Degraded, "overview-card")),
                _ => marks.push(block(rect, Token::LineStrong, "overview-card")),
            }
        }
        marks.append(&mut troubled);
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{placed, shop};
    use model::Status;

    const BOUNDS: Rect = Rect::new(-100.0, 50.0, 4_000.0, 1_000.0);
    const WINDOW: Size = Size::new(1_000.0, 600.0);

    #[test]
    fn it_is_there_only_when_something_is_out_of_sight() {
        let whole = Viewport::fit(BOUNDS, WINDOW, crate::Insets::default());
        assert_eq!(Overview::of(BOUNDS, &whole, WINDOW), None);
        assert!(Overview::of(BOUNDS, &whole.panned(400.0, 0.0), WINDOW).is_some());
        let near = Overview::of(BOUNDS, &Viewport::default(), WINDOW).unwrap();
        assert!(near.size.width <= MOST.width + 1e-9 && near.size.height <= MOST.height + 1e-9);
        assert!(near.window.width > 0.0 && near.window.right() <= near.size.width);
    }

    #[test]
    fn a_point_of_it_comes_to_the_middle_of_the_window() {
        let view = Viewport { zoom: 0.7, x: 30.0, y: -20.0 };
        let map = Overview::of(BOUNDS, &view, WINDOW).unwrap();
        let at = Point::new(map.size.width / 3.0, map.size.height / 2.0);
        let there = map.centred(at, &view, WINDOW);
        let scene = map.view.scene_from_screen(at);
        let seen = there.screen_from_scene(scene);
        assert!((seen.x - 500.0).abs() < 1e-9 && (seen.y - 300.0).abs() < 1e-9, "{seen:?}");
        let again = Overview::of(BOUNDS, &there, WINDOW).unwrap();
        let middle = again.window.centre();
        assert!((middle.x - at.x).abs() < 1e-9, "and its frame stands round that point");
    }

    #[test]
    fn only_trouble_has_a_colour() {
        let graph = shop();
        let scene = placed(&graph);
        let map = Overview::of(scene.bounds, &Viewport { zoom: 3.0, x: 0.0, y: 0.0 }, WINDOW).unwrap();
        let marks = map.marks(&graph, &scene);
        let count = |token| marks.iter().filter(|mark| mark.fill == Some(crate::Ink::from(token))).count();
        let nodes = |status| graph.nodes.iter().filter(|node| node.health.status == status).count();
        assert_eq!(count(Token::Failing), nodes(Status::Failing));
        assert_eq!(count(Token::Degraded), nodes(Status::Degraded));
        assert_eq!(marks.len(), graph.nodes.len() + scene.groups.len());
    }
}
