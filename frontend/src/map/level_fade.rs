//! The passage from one level of detail to the next: the last frame of the old level stays as a bitmap, moves with the
//! view, and gives way to the new one. It must not know what is drawn.

use super::canvas::{self, Canvas};
use view::{Level, Viewport};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

const LENGTH_MS: f64 = 160.0;

#[derive(Debug, Default)]
pub(crate) struct LevelFade {
    /// What the last frame showed; none without a picture.
    shown: Option<(Level, Viewport)>,
    bitmap: Option<(HtmlCanvasElement, CanvasRenderingContext2d)>,
    /// Where the bitmap was seen, and since when it goes.
    going: Option<(Viewport, f64)>,
}

impl LevelFade {
    pub(crate) fn is_on(&self) -> bool {
        self.going.is_some()
    }

    /// Before a frame is painted: keeps the one before, if it was of another level.
    pub(crate) fn before(&mut self, canvas: &Canvas, level: Level, still: bool, now_ms: f64) {
        let Some((_, view)) = self.shown.filter(|(shown, _)| *shown != level && !still) else { return };
        if self.bitmap.is_none() {
            self.bitmap = canvas::off_screen();
        }
        let Some((element, pen)) = &self.bitmap else { return };
        element.set_width(canvas.element.width());
        element.set_height(canvas.element.height());
        let copied = pen.draw_image_with_html_canvas_element(&canvas.element, 0.0, 0.0);
        self.going = copied.is_ok().then_some((view, now_ms));
    }

    /// After it: both together make one whole at any moment.
    pub(crate) fn after(&mut self, canvas: &Canvas, shown: Option<(Level, Viewport)>, now_ms: f64) {
        self.shown = shown;
        let (Some((from, start_ms)), Some((_, to)), Some((bitmap, _))) = (self.going, shown, &self.bitmap)
        else {
            self.going = None;
            return;
        };
        let share = (now_ms - start_ms) / LENGTH_MS;
        if share >= 1.0 {
            self.going = None;
            return;
        }
        let (pen, ratio, scale) = (&canvas.pen, canvas.pixel_ratio, to.zoom / from.zoom);
        let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
        pen.save();
        // Numbers of finite viewports: none of this can fail.
        let _ = pen.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        let _ = pen.set_global_composite_operation("destination-in");
        pen.set_global_alpha(share.max(0.0));
        pen.fill_rect(0.0, 0.0, width, height);
        let _ = pen.set_global_composite_operation("lighter");
        pen.set_global_alpha(1.0 - share.max(0.0));
        let (dx, dy) = ((to.x - from.x * scale) * ratio, (to.y - from.y * scale) * ratio);
        let _ = pen.draw_image_with_html_canvas_element_and_dw_and_dh(
            bitmap,
            dx,
            dy,
            width * scale,
            height * scale,
        );
        pen.restore();
    }
}
