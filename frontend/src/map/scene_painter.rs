//! Draws marks on a canvas. It interprets the display list and decides nothing.

use super::{
    canvas::{Canvas, Inks},
    measure::{self, CanvasMeasure},
};
use layout::Rect;
use view::{Align, Font, Mark, Segment, Shape, Stroke, Text, Theme, Viewport, measure::tabular_runs};
use web_sys::CanvasRenderingContext2d;

pub(crate) fn draw(
    canvas: &Canvas,
    marks: &mut dyn Iterator<Item = &Mark>,
    view: &Viewport,
    theme: Theme,
    measure: &CanvasMeasure,
) {
    canvas.look_through(view);
    let mut painter = Painter {
        pen: &canvas.pen,
        inks: Inks::new(&canvas.pen, theme),
        measure,
        font: None,
        set: None,
        grid: Grid { scale: canvas.pixel_ratio * view.zoom, ratio: canvas.pixel_ratio, view: *view },
    };
    for mark in marks {
        painter.mark(mark);
    }
}

/// The device's pixels, seen from the scene.
#[derive(Debug)]
struct Grid {
    scale: f64,
    ratio: f64,
    view: Viewport,
}

impl Grid {
    /// Puts a thin frame on the middle of device pixels, where it is drawn sharp.
    fn snapped(&self, rect: Rect) -> Rect {
        let snap = |value: f64, shift: f64| {
            let device = value * self.scale + shift * self.ratio;
            ((device - 0.5).round() + 0.5 - shift * self.ratio) / self.scale
        };
        let (x, y) = (snap(rect.x, self.view.x), snap(rect.y, self.view.y));
        Rect::new(x, y, snap(rect.right(), self.view.x) - x, snap(rect.bottom(), self.view.y) - y)
    }
}

#[derive(Debug)]
struct Painter<'a> {
    pen: &'a CanvasRenderingContext2d,
    inks: Inks<'a>,
    measure: &'a CanvasMeasure,
    font: Option<Font>,
    /// What the pen is set to, colour aside: each word to the browser costs.
    set: Option<(f64, Option<[f64; 2]>, bool)>,
    grid: Grid,
}

impl Painter<'_> {
    fn mark(&mut self, mark: &Mark) {
        if let Shape::Text(text) = &mark.shape {
            self.text(mark, text);
            return;
        }
        self.pen.begin_path();
        match &mark.shape {
            Shape::Rect { rect, radius } => self.rect(*rect, *radius, mark.stroke.as_ref()),
            Shape::Circle { centre, radius } => {
                // A radius that is not negative cannot fail.
                let _ = self.pen.arc(centre.x, centre.y, radius.max(0.0), 0.0, std::f64::consts::TAU);
            }
            Shape::Path(segments) => self.path(segments),
            Shape::Text(_) => {}
        }
        if let Some(ink) = mark.fill {
            self.inks.fill(ink);
            self.pen.fill();
        }
        if let Some(stroke) = &mark.stroke {
            self.stroke(stroke);
            self.pen.stroke();
        }
    }

    fn rect(&self, rect: Rect, radius: f64, stroke: Option<&Stroke>) {
        let rect =
            if stroke.is_some_and(|stroke| stroke.width <= 1.5) { self.grid.snapped(rect) } else { rect };
        if radius > 0.0 {
            let _ = self.pen.round_rect_with_f64(rect.x, rect.y, rect.width, rect.height, radius);
        } else {
            self.pen.rect(rect.x, rect.y, rect.width, rect.height);
        }
    }

    fn path(&self, segments: &[Segment]) {
        for segment in segments {
            match segment {
                Segment::Move(to) => self.pen.move_to(to.x, to.y),
                Segment::Line(to) => self.pen.line_to(to.x, to.y),
                Segment::Cubic(c1, c2, to) => self.pen.bezier_curve_to(c1.x, c1.y, c2.x, c2.y, to.x, to.y),
                Segment::Close => self.pen.close_path(),
            }
        }
    }

    fn stroke(&mut self, stroke: &Stroke) {
        self.inks.stroke(stroke.ink);
        let wanted = Some((stroke.width, stroke.dash, stroke.round));
        if self.set == wanted {
            return;
        }
        self.set = wanted;
        self.pen.set_line_width(stroke.width);
        let (cap, join) = if stroke.round { ("round", "round") } else { ("butt", "miter") };
        self.pen.set_line_cap(cap);
        self.pen.set_line_join(join);
        let dash = js_sys::Array::new();
        for length in stroke.dash.iter().flatten() {
            dash.push(&(*length).into());
        }
        let _ = self.pen.set_line_dash(&dash);
    }

    fn text(&mut self, mark: &Mark, text: &Text) {
        if self.font != Some(text.font) {
            self.pen.set_font(&measure::css(text.font));
            self.font = Some(text.font);
        }
        let (runs, width) = if text.tabular {
            tabular_runs(&text.text, text.font, self.measure)
        } else {
            let width = view::MeasureText::width(self.measure, &text.text, text.font);
            (vec![view::measure::Run { text: &text.text, x: 0.0 }], width)
        };
        let start = match text.align {
            Align::Start => text.at.x,
            Align::Middle => text.at.x - width / 2.0,
            Align::End => text.at.x - width,
        };
        if let Some(halo) = &mark.stroke {
            self.stroke(&Stroke { round: true, ..*halo });
            for run in &runs {
                let _ = self.pen.stroke_text(run.text, start + run.x, text.at.y);
            }
        }
        if let Some(ink) = mark.fill {
            self.inks.fill(ink);
            for run in &runs {
                let _ = self.pen.fill_text(run.text, start + run.x, text.at.y);
            }
        }
    }
}
