//! While the hand moves a crowded picture, what is painted already moves along as a bitmap; it is painted anew when the
//! hand stops. It must not know what is drawn.

use super::canvas::Canvas;
use view::{Viewport, format};

/// So many marks are painted within a frame: the shop has fewer, and 760 came to 18 frames a second on a busy machine.
const QUICK: usize = 450;
/// The hand has stopped when nothing has moved for this long.
const REST_MS: f64 = 140.0;
/// Beyond this shift, in windows, or change of size the bitmap shows too little.
const SHIFT_MOST: f64 = 0.6;
const SCALE_MOST: f64 = 1.8;

#[derive(Debug, Default)]
pub(crate) struct Slide {
    /// How the bitmap was painted, and how crowded it is.
    painted: Viewport,
    marks: usize,
    /// The view of the last frame, and since when it is that.
    last: Viewport,
    since_ms: f64,
    slid: bool,
}

impl Slide {
    pub(crate) fn painted(&mut self, view: Viewport, marks: usize, canvas: &Canvas) {
        (self.painted, self.marks) = (view, marks);
        if std::mem::take(&mut self.slid) {
            place(canvas, "none");
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.slid
    }

    /// Whether the picture has to be painted for this view; else the bitmap is moved there.
    pub(crate) fn needs_paint(&mut self, view: Viewport, canvas: &Canvas, now_ms: f64) -> bool {
        if view != self.last {
            (self.last, self.since_ms) = (view, now_ms);
        }
        if view == self.painted && !self.slid {
            return false;
        }
        let scale = view.zoom / self.painted.zoom;
        let (x, y) = (view.x - self.painted.x * scale, view.y - self.painted.y * scale);
        let far = x.abs() > canvas.width * SHIFT_MOST || y.abs() > canvas.height * SHIFT_MOST;
        let far = far || !(1.0 / SCALE_MOST..SCALE_MOST).contains(&scale);
        if self.marks <= QUICK || far || now_ms - self.since_ms > REST_MS {
            return true;
        }
        self.slid = true;
        let scale = format::fixed(scale, 6);
        place(canvas, &format!("matrix({scale},0,0,{scale},{},{})", format::px(x), format::px(y)));
        false
    }
}

fn place(canvas: &Canvas, transform: &str) {
    // A property that every browser knows.
    let _ = web_sys::HtmlElement::style(&canvas.element).set_property("transform", transform);
}
