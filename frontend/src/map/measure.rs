//! Measures text with a canvas of its own and remembers what it measured.

use super::canvas::FAMILY;
use leptos::prelude::document;
use std::{cell::RefCell, collections::HashMap};
use view::{ApproximateMeasure, Font, MeasureText};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Forgotten as a whole when full: names come and go with the mesh.
const REMEMBERED: usize = 20_000;

#[derive(Debug)]
pub(crate) struct CanvasMeasure {
    pen: Option<CanvasRenderingContext2d>,
    widths: RefCell<HashMap<(u64, u16, String), f64>>,
}

pub(crate) fn css(font: Font) -> String {
    format!("{} {}px {FAMILY}", font.weight, view::format::px(font.size))
}

impl CanvasMeasure {
    pub(crate) fn new() -> Self {
        let pen = document()
            .create_element("canvas")
            .ok()
            .and_then(|element| element.dyn_into::<HtmlCanvasElement>().ok())
            .and_then(|canvas| canvas.get_context("2d").ok().flatten())
            .and_then(|context| context.dyn_into().ok());
        Self { pen, widths: RefCell::default() }
    }
}

impl MeasureText for CanvasMeasure {
    fn width(&self, text: &str, font: Font) -> f64 {
        let Some(pen) = &self.pen else { return ApproximateMeasure.width(text, font) };
        let key = (font.size.to_bits(), font.weight, text.to_owned());
        if let Some(width) = self.widths.borrow().get(&key) {
            return *width;
        }
        pen.set_font(&css(font));
        let width =
            pen.measure_text(text).map_or_else(|_| ApproximateMeasure.width(text, font), |size| size.width());
        let mut widths = self.widths.borrow_mut();
        if widths.len() >= REMEMBERED {
            widths.clear();
        }
        widths.insert(key, width);
        width
    }
}
