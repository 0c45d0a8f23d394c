//! Draws the particles on the upper canvas: two stamps, made anew only when their size or colours change.

use super::canvas::{self, Canvas};
use std::f64::consts::TAU;
use view::{Theme, Token, Viewport, particles::Particle};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Side of a stamp as made, in device pixels; it is scaled when stamped.
const STAMP: f64 = 32.0;
/// Below this radius on the screen a particle would vanish.
const RADIUS_MIN_PX: f64 = 1.1;

#[derive(Debug)]
pub(crate) struct TrafficPainter {
    stamps: Option<(Theme, HtmlCanvasElement, HtmlCanvasElement)>,
    /// Something is on the canvas that has to be wiped.
    drawn: bool,
}

impl TrafficPainter {
    pub(crate) fn new() -> Self {
        Self { stamps: None, drawn: false }
    }

    pub(crate) fn clear(&mut self, canvas: &Canvas) {
        if self.drawn {
            canvas.wipe();
            self.drawn = false;
        }
    }

    /// `shown` tells which edges' particles are drawn, by index of the graph.
    pub(crate) fn paint(
        &mut self,
        canvas: &Canvas,
        particles: &[Particle],
        (view, theme): (&Viewport, Theme),
        shown: impl Fn(usize) -> bool,
    ) {
        canvas.wipe();
        self.drawn = true;
        if self.stamps.as_ref().is_none_or(|(of, ..)| *of != theme) {
            self.stamps = stamps(theme);
        }
        let Some((_, round, diamond)) = &self.stamps else { return };
        let (ratio, scale) = (canvas.pixel_ratio, canvas.pixel_ratio * view.zoom);
        let (across, down) = (f64::from(canvas.element.width()), f64::from(canvas.element.height()));
        for particle in particles {
            let x = particle.x * scale + view.x * ratio;
            let y = particle.y * scale + view.y * ratio;
            if x < -8.0 || y < -8.0 || x > across + 8.0 || y > down + 8.0 || !shown(particle.edge) {
                continue;
            }
            let radius = (particle.size * scale).max(RADIUS_MIN_PX * ratio);
            let stamp = if particle.diamond { diamond } else { round };
            let _ = canvas.pen.draw_image_with_html_canvas_element_and_dw_and_dh(
                stamp,
                x - radius,
                y - radius,
                2.0 * radius,
                2.0 * radius,
            );
        }
    }
}

fn stamps(theme: Theme) -> Option<(Theme, HtmlCanvasElement, HtmlCanvasElement)> {
    let (round, pen) = blank()?;
    let middle = STAMP / 2.0;
    pen.set_fill_style_str(Token::Particle.css(theme));
    pen.begin_path();
    pen.arc(middle, middle, middle, 0.0, TAU).ok()?;
    pen.fill();
    let (diamond, pen) = blank()?;
    // The outline takes a sixth of the stamp; its outer edge touches the sides.
    let edge = STAMP / 8.0;
    pen.set_fill_style_str(Token::Surface.css(theme));
    pen.set_stroke_style_str(Token::Failing.css(theme));
    pen.set_line_width(STAMP / 6.0);
    pen.begin_path();
    pen.move_to(middle, edge);
    pen.line_to(STAMP - edge, middle);
    pen.line_to(middle, STAMP - edge);
    pen.line_to(edge, middle);
    pen.close_path();
    pen.fill();
    pen.stroke();
    Some((theme, round, diamond))
}

fn blank() -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let (canvas, pen) = canvas::off_screen()?;
    canvas.set_width(STAMP as u32);
    canvas.set_height(STAMP as u32);
    Some((canvas, pen))
}
