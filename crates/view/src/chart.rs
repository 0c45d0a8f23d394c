//! Geometry of line charts: ticks, paths with gaps, labels at the lines' ends, the point under the cursor.

use layout::Size;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Rps,
    Share,
    Ms,
    BytesPerS,
}

/// One line to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartLine<'a> {
    /// "v2", or empty for the whole.
    pub name: String,
    pub points: &'a [Option<f64>],
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub size: Size,
    /// Unix seconds of the first point.
    pub start_s: i64,
    pub step_s: i64,
    pub unit: Unit,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Pixels: y of a horizontal rule, x of a time.
    pub at: f64,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EndLabel {
    /// Index of its line.
    pub line: usize,
    pub x: f64,
    pub y: f64,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The plot's inside: left, top, width, height.
    pub plot: layout::Rect,
    /// Three, from the bottom up.
    pub y_ticks: Vec<Tick>,
    pub x_ticks: Vec<Tick>,
    /// `d` of a path a line; a gap where nothing was measured; a lone point is a dot of no length (round caps).
    pub paths: Vec<String>,
    pub ends: Vec<EndLabel>,
}

pub fn chart(lines: &[ChartLine], frame: &Frame) -> Chart {
    todo!()
}

/// What stands under a cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub index: usize,
    /// Pixels.
    pub x: f64,
    /// "14:05"
    pub time: String,
    /// A line: its y in pixels and its figure; none where nothing was measured.
    pub values: Vec<Option<(f64, String)>>,
}

impl Chart {
    /// The step nearest to `x` pixels; none without points.
    pub fn reading(&self, lines: &[ChartLine], frame: &Frame, x: f64) -> Option<Reading> {
        todo!()
    }
}
