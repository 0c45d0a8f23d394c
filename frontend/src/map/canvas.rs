//! A canvas that covers its parent: sizes, device pixels, colours by name. It must not know what is drawn on it.

use leptos::prelude::{document, window};
use view::{Ink, Theme};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// The system's own faces; the named ones come first so that Linux never falls to a wide default.
pub(crate) const FAMILY: &str = "-apple-system, BlinkMacSystemFont, \"Segoe UI Variable Text\", \"Segoe UI\", Inter, Roboto, \
                                 \"Noto Sans\", \"Liberation Sans\", system-ui, sans-serif";

#[derive(Debug)]
pub(crate) struct Canvas {
    pub(crate) element: HtmlCanvasElement,
    pub(crate) pen: CanvasRenderingContext2d,
    pub(crate) pixel_ratio: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

fn pixel_ratio() -> f64 {
    window().device_pixel_ratio().clamp(0.5, 4.0)
}

/// One that is never shown.
pub(crate) fn off_screen() -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let element: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    let pen = element.get_context("2d").ok()??.dyn_into().ok()?;
    Some((element, pen))
}

impl Canvas {
    pub(crate) fn new(element: HtmlCanvasElement) -> Option<Self> {
        let pen = element.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { element, pen, pixel_ratio: 1.0, width: 0.0, height: 0.0 })
    }

    /// Takes the size of the element as laid out; true when something changed (and all is wiped).
    pub(crate) fn resize(&mut self) -> bool {
        let (width, height) =
            (f64::from(self.element.client_width()), f64::from(self.element.client_height()));
        let ratio = pixel_ratio();
        let (across, down) = ((width * ratio).round() as u32, (height * ratio).round() as u32);
        let same = self.element.width() == across && self.element.height() == down && self.width > 0.0;
        if same && (self.pixel_ratio - ratio).abs() < f64::EPSILON {
            return false;
        }
        self.element.set_width(across);
        self.element.set_height(down);
        (self.width, self.height, self.pixel_ratio) = (width, height, ratio);
        true
    }

    pub(crate) fn wipe(&self) {
        let _ = self.pen.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        self.pen.clear_rect(0.0, 0.0, f64::from(self.element.width()), f64::from(self.element.height()));
    }

    /// All of it in one colour. Coordinates are the device's after a wipe.
    pub(crate) fn cover(&self, ink: Ink, theme: Theme) {
        Inks::new(&self.pen, theme).fill(ink);
        self.pen.fill_rect(0.0, 0.0, f64::from(self.element.width()), f64::from(self.element.height()));
    }

    /// Leaves this share of what is on it.
    pub(crate) fn thin(&self, share: f64) {
        let _ = self.pen.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        let _ = self.pen.set_global_composite_operation("destination-in");
        self.pen.set_global_alpha(share);
        self.pen.fill_rect(0.0, 0.0, f64::from(self.element.width()), f64::from(self.element.height()));
        let _ = self.pen.set_global_composite_operation("source-over");
    }

    /// From here on coordinates are the scene's.
    pub(crate) fn look_through(&self, view: &view::Viewport) {
        let scale = self.pixel_ratio * view.zoom;
        let (dx, dy) = (self.pixel_ratio * view.x, self.pixel_ratio * view.y);
        // Numbers from a finite viewport: it cannot fail.
        let _ = self.pen.set_transform(scale, 0.0, 0.0, scale, dx, dy);
    }
}

/// Sets colour and opacity only where they differ from what was set last: each call crosses into the browser.
#[derive(Debug)]
pub(crate) struct Inks<'a> {
    pen: &'a CanvasRenderingContext2d,
    theme: Theme,
    fill: Option<&'static str>,
    stroke: Option<&'static str>,
    alpha: f64,
}

impl<'a> Inks<'a> {
    pub(crate) fn new(pen: &'a CanvasRenderingContext2d, theme: Theme) -> Self {
        pen.set_global_alpha(1.0);
        Self { pen, theme, fill: None, stroke: None, alpha: 1.0 }
    }

    pub(crate) fn fill(&mut self, ink: Ink) {
        let colour = ink.token.css(self.theme);
        if self.fill != Some(colour) {
            self.pen.set_fill_style_str(colour);
            self.fill = Some(colour);
        }
        self.alpha(ink.opacity);
    }

    pub(crate) fn stroke(&mut self, ink: Ink) {
        let colour = ink.token.css(self.theme);
        if self.stroke != Some(colour) {
            self.pen.set_stroke_style_str(colour);
            self.stroke = Some(colour);
        }
        self.alpha(ink.opacity);
    }

    fn alpha(&mut self, alpha: f64) {
        if (self.alpha - alpha).abs() > 1e-6 {
            self.pen.set_global_alpha(alpha);
            self.alpha = alpha;
        }
    }
}
