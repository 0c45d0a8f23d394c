//! Measures text with a canvas of its own and remembers what it measured.

use super::canvas::{self, FAMILY};
use std::{cell::RefCell, collections::HashMap};
use view::{ApproximateMeasure, Font, MeasureText};
use web_sys::CanvasRenderingContext2d;

/// Forgotten as a whole when full: names come and go with the mesh.
const REMEMBERED: usize = 20_000;
/// Text that keeps its size on the screen has another size in the scene at each zoom: it is measured at this one.
const ANY_SIZE: f64 = 16.0;

#[derive(Debug)]
pub(crate) struct CanvasMeasure {
    pen: Option<CanvasRenderingContext2d>,
    /// By size in half pixels and weight, then by text, so that looking up copies nothing.
    widths: RefCell<HashMap<(u32, u16), HashMap<String, f64>>>,
}

pub(crate) fn css(font: Font) -> String {
    format!("{} {}px {FAMILY}", font.weight, view::format::px(font.size))
}

impl CanvasMeasure {
    pub(crate) fn new() -> Self {
        Self { pen: canvas::off_screen().map(|(_, pen)| pen), widths: RefCell::default() }
    }
}

impl MeasureText for CanvasMeasure {
    fn width(&self, text: &str, font: Font) -> f64 {
        let Some(pen) = &self.pen else { return ApproximateMeasure.width(text, font) };
        let halves = 2.0 * font.size;
        let is_fixed = (halves - halves.round()).abs() < 1e-9 && font.size <= ANY_SIZE;
        let size = if is_fixed { font.size } else { ANY_SIZE };
        let mut fonts = self.widths.borrow_mut();
        let widths = fonts.entry(((2.0 * size) as u32, font.weight)).or_default();
        let known = widths.get(text).copied();
        let width = known.unwrap_or_else(|| {
            let at = Font::new(size, font.weight);
            pen.set_font(&css(at));
            let measured = pen.measure_text(text).map(|size| size.width());
            let width = measured.unwrap_or_else(|_| ApproximateMeasure.width(text, at));
            if widths.len() >= REMEMBERED {
                widths.clear();
            }
            widths.insert(text.to_owned(), width);
            width
        });
        width * font.size / size
    }
}
