//! Where the reader stands: the way from scene to screen and back, zoom at the pointer, fit, and the level of detail.
//! Knows no graph and no canvas.

use layout::{Point, Rect, Size};

pub const ZOOM_MIN: f64 = 0.05;
pub const ZOOM_MAX: f64 = 3.0;
/// From here on a card shows all it has.
pub const NEAR_FROM: f64 = 0.86;
/// From here on a card shows its name, health and split.
pub const MIDDLE_FROM: f64 = 0.35;
/// Coming nearer, a level begins only this far past its border, so that a hand resting there sees no flicker. Going away
/// it ends at once: below its border its text would be too small to read.
pub const HYSTERESIS: f64 = 0.05;
/// A picture smaller than the window is not blown up beyond its natural size.
const FIT_MAX: f64 = 1.0;
const FIT_MARGIN: f64 = 14.0;
/// So much of the picture stays on the screen, however far it is pushed.
const KEEP_IN_SIGHT: f64 = 80.0;

/// How much is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Below [`MIDDLE_FROM`]: what the middle level shows, with fewer words.
    Far,
    Middle,
    #[default]
    Near,
}

/// `screen = scene × zoom + (x, y)`, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    pub zoom: f64,
    pub x: f64,
    pub y: f64,
}

/// Strips of the window that panels lie over.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Insets {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Default for Viewport {
    fn default() -> Self {
        Self { zoom: 1.0, x: 0.0, y: 0.0 }
    }
}

impl Level {
    /// The level at `zoom`, given the one before.
    pub fn at(zoom: f64, previous: Option<Self>) -> Self {
        let bare = |zoom: f64| {
            if zoom >= NEAR_FROM {
                Self::Near
            } else if zoom >= MIDDLE_FROM {
                Self::Middle
            } else {
                Self::Far
            }
        };
        let wanted = bare(zoom);
        match previous {
            Some(previous) if wanted > previous => bare(zoom - HYSTERESIS).max(previous),
            _ => wanted,
        }
    }
}

impl Viewport {
    pub fn screen_from_scene(&self, point: Point) -> Point {
        Point::new(point.x * self.zoom + self.x, point.y * self.zoom + self.y)
    }

    pub fn scene_from_screen(&self, point: Point) -> Point {
        Point::new((point.x - self.x) / self.zoom, (point.y - self.y) / self.zoom)
    }

    pub fn screen_rect(&self, rect: Rect) -> Rect {
        let corner = self.screen_from_scene(Point::new(rect.x, rect.y));
        Rect::new(corner.x, corner.y, rect.width * self.zoom, rect.height * self.zoom)
    }

    /// The part of the scene that a window of this size shows.
    pub fn visible(&self, window: Size) -> Rect {
        self.scene_rect(Rect::new(0.0, 0.0, window.width, window.height))
    }

    pub fn scene_rect(&self, rect: Rect) -> Rect {
        let corner = self.scene_from_screen(Point::new(rect.x, rect.y));
        Rect::new(corner.x, corner.y, rect.width / self.zoom, rect.height / self.zoom)
    }

    #[must_use]
    pub fn panned(&self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..*self }
    }

    /// Zooms by `factor` with the point under the pointer held still.
    #[must_use]
    pub fn zoomed_at(&self, pointer: Point, factor: f64) -> Self {
        let zoom = (self.zoom * factor).clamp(ZOOM_MIN, ZOOM_MAX);
        let held = self.scene_from_screen(pointer);
        Self { zoom, x: pointer.x - held.x * zoom, y: pointer.y - held.y * zoom }
    }

    /// The whole picture inside the free part of the window, centred there; never larger than life.
    #[must_use]
    pub fn fit(bounds: Rect, window: Size, insets: Insets) -> Self {
        let free = Rect::new(
            insets.left + FIT_MARGIN,
            insets.top + FIT_MARGIN,
            (window.width - insets.left - insets.right - 2.0 * FIT_MARGIN).max(1.0),
            (window.height - insets.top - insets.bottom - 2.0 * FIT_MARGIN).max(1.0),
        );
        let zoom = (free.width / bounds.width.max(1.0))
            .min(free.height / bounds.height.max(1.0))
            .clamp(ZOOM_MIN, FIT_MAX);
        let (from, to) = (bounds.centre(), free.centre());
        let mut fitted = Self { zoom, x: to.x - from.x * zoom, y: to.y - from.y * zoom };
        if (zoom - FIT_MAX).abs() < f64::EPSILON {
            // At natural size whole pixels keep rules sharp.
            fitted.x = fitted.x.round();
            fitted.y = fitted.y.round();
        }
        fitted
    }

    /// This point of the scene in the middle of the window.
    #[must_use]
    pub fn in_middle(at: Point, zoom: f64, window: Size) -> Self {
        Self { zoom, x: window.width / 2.0 - at.x * zoom, y: window.height / 2.0 - at.y * zoom }
    }

    /// Brings a picture that was pushed out of the window back to its edge.
    #[must_use]
    pub fn clamped(&self, bounds: Rect, window: Size) -> Self {
        let on_screen = self.screen_rect(bounds);
        let back = |low: f64, length: f64, room: f64| {
            let keep = KEEP_IN_SIGHT.min(length).min(room);
            if low + length < keep {
                keep - low - length
            } else if low > room - keep {
                room - keep - low
            } else {
                0.0
            }
        };
        self.panned(
            back(on_screen.x, on_screen.width, window.width),
            back(on_screen.y, on_screen.height, window.height),
        )
    }

    /// Moves no further than needed to show `rect` (scene), as when the keyboard walks to a card out of sight.
    #[must_use]
    pub fn showing(&self, rect: Rect, window: Size, insets: Insets) -> Self {
        let on_screen = self.screen_rect(rect).grown(FIT_MARGIN);
        let shift = |low: f64, length: f64, from: f64, to: f64| {
            if low < from || length > to - from { from - low } else { (to - low - length).min(0.0) }
        };
        self.panned(
            shift(on_screen.x, on_screen.width, insets.left, window.width - insets.right),
            shift(on_screen.y, on_screen.height, insets.top, window.height - insets.bottom),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn levels_change_only_past_the_border() {
        assert_eq!(Level::at(0.86, None), Level::Near);
        assert_eq!(Level::at(0.85, None), Level::Middle);
        assert_eq!(Level::at(0.86, Some(Level::Near)), Level::Near);
        assert_eq!(Level::at(0.85, Some(Level::Near)), Level::Middle);
        assert_eq!(Level::at(0.88, Some(Level::Middle)), Level::Middle);
        assert_eq!(Level::at(0.92, Some(Level::Middle)), Level::Near);
        assert_eq!(Level::at(0.2, Some(Level::Near)), Level::Far);
    }

    #[test]
    fn fit_keeps_clear_of_panels_and_never_enlarges() {
        let insets = Insets { left: 340.0, ..Insets::default() };
        let small = Viewport::fit(Rect::new(0.0, 0.0, 200.0, 100.0), Size::new(1_000.0, 700.0), insets);
        assert!((small.zoom - 1.0).abs() < 1e-9);
        assert!(small.x >= 340.0);
        let bounds = Rect::new(-50.0, 20.0, 3_000.0, 900.0);
        let large = Viewport::fit(bounds, Size::new(1_000.0, 700.0), insets).screen_rect(bounds);
        assert!(large.x >= 340.0 && large.right() <= 1_000.0, "{large:?}");
    }

    #[test]
    fn a_card_out_of_sight_is_brought_in() {
        let window = Size::new(800.0, 600.0);
        let card = Rect::new(1_000.0, -300.0, 126.0, 46.0);
        let there = Viewport::default().showing(card, window, Insets::default());
        let on_screen = there.screen_rect(card);
        assert!(Rect::new(0.0, 0.0, 800.0, 600.0).union(&on_screen) == Rect::new(0.0, 0.0, 800.0, 600.0));
        assert_eq!(there.showing(card, window, Insets::default()), there, "and then nothing moves");
    }

    fn any_view() -> impl Strategy<Value = Viewport> {
        (0.1..3.0_f64, -5e3..5e3_f64, -5e3..5e3_f64).prop_map(|(zoom, x, y)| Viewport { zoom, x, y })
    }

    proptest! {
        #[test]
        fn there_and_back(view in any_view(), x in -1e4..1e4_f64, y in -1e4..1e4_f64) {
            let back = view.scene_from_screen(view.screen_from_scene(Point::new(x, y)));
            prop_assert!((back.x - x).abs() < 1e-6 && (back.y - y).abs() < 1e-6);
        }

        #[test]
        fn the_point_under_the_pointer_stays(
            view in any_view(), x in 0.0..1e3_f64, y in 0.0..1e3_f64, factor in 0.2..5.0_f64,
        ) {
            let pointer = Point::new(x, y);
            let held = view.scene_from_screen(pointer);
            let after = view.zoomed_at(pointer, factor).screen_from_scene(held);
            prop_assert!((after.x - x).abs() < 1e-6 && (after.y - y).abs() < 1e-6);
        }

        #[test]
        fn the_picture_never_leaves_the_window(view in any_view()) {
            let (bounds, window) = (Rect::new(0.0, 0.0, 1_000.0, 600.0), Size::new(900.0, 700.0));
            let seen = view.clamped(bounds, window).screen_rect(bounds);
            let reach = Rect::new(0.0, 0.0, 900.0, 700.0).grown(1e-6);
            prop_assert!(reach.overlaps(&seen));
        }
    }
}
