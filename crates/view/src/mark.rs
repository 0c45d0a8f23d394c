//! The display list: plain shapes in scene coordinates, each with an ink by name, an owner and a role. Whoever paints
//! them (a canvas, an SVG writer, a test) needs to know nothing else; nothing here knows services or a browser.

use crate::{
    measure::{Font, MeasureText},
    palette::Token,
};
use layout::{Point, Rect};

/// One shape. The list is painted from first to last.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub shape: Shape,
    pub fill: Option<Ink>,
    /// Drawn after the fill; of a text it is the halo and drawn before it.
    pub stroke: Option<Stroke>,
    pub owner: Owner,
    /// What the shape says, e.g. "card", "health-bar", "edge-label".
    pub role: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Rect {
        rect: Rect,
        radius: f64,
    },
    /// Lines and cubics; closed only where it says so.
    Path(Vec<Segment>),
    Circle {
        centre: Point,
        radius: f64,
    },
    Text(Text),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment {
    Move(Point),
    Line(Point),
    /// First control point, second control point, end.
    Cubic(Point, Point, Point),
    Close,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// On the baseline: its start, middle or end as `align` says.
    pub at: Point,
    pub text: String,
    pub font: Font,
    pub align: Align,
    /// Every digit takes the advance of `0` (see [`crate::measure::tabular_runs`]).
    pub tabular: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Start,
    Middle,
    End,
}

/// A token of the palette at some opacity; the theme turns it into a colour when it is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    pub token: Token,
    /// 0 to 1.
    pub opacity: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    pub ink: Ink,
    pub width: f64,
    /// Lengths of stroke and gap.
    pub dash: Option<[f64; 2]>,
    /// Round caps and joins, else butt caps and mitred joins.
    pub round: bool,
}

/// Whose shape it is, by the index in the graph (a group: in the scene).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    None,
    Group(usize),
    Edge(usize),
    Node(usize),
    /// Node and its row.
    Row(usize, usize),
}

impl From<Token> for Ink {
    fn from(token: Token) -> Self {
        Self { token, opacity: 1.0 }
    }
}

impl Stroke {
    pub fn new(token: Token, width: f64) -> Self {
        Self { ink: token.into(), width, dash: None, round: false }
    }

    #[must_use]
    pub fn dashed(self, on: f64, off: f64) -> Self {
        Self { dash: Some([on, off]), ..self }
    }

    #[must_use]
    pub fn round(self) -> Self {
        Self { round: true, ..self }
    }
}

impl Mark {
    /// Fades the whole shape.
    pub(crate) fn fade(&mut self, factor: f64) {
        if let Some(fill) = &mut self.fill {
            fill.opacity *= factor;
        }
        if let Some(stroke) = &mut self.stroke {
            stroke.ink.opacity *= factor;
        }
    }

    /// The rectangle the shape covers, strokes included.
    pub fn bounds(&self, measure: &dyn MeasureText) -> Rect {
        let bare = match &self.shape {
            Shape::Rect { rect, .. } => *rect,
            Shape::Circle { centre, radius } => Rect::new(centre.x, centre.y, 0.0, 0.0).grown(*radius),
            Shape::Path(segments) => path_bounds(segments),
            Shape::Text(text) => text.bounds(measure),
        };
        self.stroke.map_or(bare, |stroke| bare.grown(stroke.width / 2.0))
    }
}

impl Text {
    /// Begins at `at`.
    pub fn new(at: Point, text: impl Into<String>, font: Font) -> Self {
        Self { at, text: text.into(), font, align: Align::Start, tabular: false }
    }

    #[must_use]
    pub fn middle(self) -> Self {
        Self { align: Align::Middle, ..self }
    }

    #[must_use]
    pub fn end(self) -> Self {
        Self { align: Align::End, ..self }
    }

    #[must_use]
    pub fn tabular(self) -> Self {
        Self { tabular: true, ..self }
    }

    /// From ascent to descent of an ordinary sans.
    pub fn bounds(&self, measure: &dyn MeasureText) -> Rect {
        let width = if self.tabular {
            crate::measure::tabular_width(&self.text, self.font, measure)
        } else {
            measure.width(&self.text, self.font)
        };
        let x = match self.align {
            Align::Start => self.at.x,
            Align::Middle => self.at.x - width / 2.0,
            Align::End => self.at.x - width,
        };
        Rect::new(x, self.at.y - 0.8 * self.font.size, width, self.font.size)
    }
}

/// Round the control points: never too small.
fn path_bounds(segments: &[Segment]) -> Rect {
    let mut bounds: Option<Rect> = None;
    let mut add = |point: &Point| {
        let dot = Rect::new(point.x, point.y, 0.0, 0.0);
        bounds = Some(bounds.map_or(dot, |so_far| so_far.union(&dot)));
    };
    for segment in segments {
        match segment {
            Segment::Move(to) | Segment::Line(to) => add(to),
            Segment::Cubic(c1, c2, to) => [c1, c2, to].into_iter().for_each(&mut add),
            Segment::Close => {}
        }
    }
    bounds.unwrap_or_default()
}
