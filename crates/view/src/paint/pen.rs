//! Collects marks for one owner at a time, so that the drawing code reads as drawing.

use super::Drawing;
use crate::{
    mark::{Ink, Mark, Owner, Segment, Shape, Stroke, Text},
    palette::Token,
};
use layout::{Point, Rect};

pub(crate) struct Pen<'a> {
    pub(crate) drawing: &'a Drawing<'a>,
    marks: Vec<Mark>,
    owner: Owner,
    /// Where the marks of the present owner begin.
    owned_from: usize,
}

impl<'a> Pen<'a> {
    pub(crate) fn new(drawing: &'a Drawing<'a>) -> Self {
        Self { drawing, marks: Vec::new(), owner: Owner::None, owned_from: 0 }
    }

    pub(crate) fn owner(&mut self, owner: Owner) {
        self.owner = owner;
        self.owned_from = self.marks.len();
    }

    /// Fades what the present owner has drawn so far.
    pub(crate) fn fade(&mut self, factor: f64) {
        self.marks[self.owned_from..].iter_mut().for_each(|mark| mark.fade(factor));
    }

    /// A row's marks amid its node's: the owner changes, the fading goes on from where the node began.
    pub(crate) fn part(&mut self, owner: Owner) {
        self.owner = owner;
    }

    /// What is painted already, once more.
    pub(crate) fn again<'m>(&mut self, marks: impl Iterator<Item = &'m Mark>) {
        self.marks.extend(marks.cloned());
    }

    pub(crate) fn finish(self) -> Vec<Mark> {
        self.marks
    }

    fn push(&mut self, shape: Shape, fill: Option<Ink>, stroke: Option<Stroke>, role: &'static str) {
        self.marks.push(Mark { shape, fill, stroke, owner: self.owner, role });
    }

    pub(crate) fn fill(&mut self, shape: Shape, ink: impl Into<Ink>, role: &'static str) {
        self.push(shape, Some(ink.into()), None, role);
    }

    pub(crate) fn stroke(&mut self, shape: Shape, stroke: Stroke, role: &'static str) {
        self.push(shape, None, Some(stroke), role);
    }

    pub(crate) fn both(&mut self, shape: Shape, ink: impl Into<Ink>, stroke: Stroke, role: &'static str) {
        self.push(shape, Some(ink.into()), Some(stroke), role);
    }

    pub(crate) fn text(&mut self, text: Text, ink: Token, role: &'static str) {
        self.push(Shape::Text(text), Some(ink.into()), None, role);
    }

    pub(crate) fn text_with_halo(&mut self, text: Text, ink: Token, halo: Stroke, role: &'static str) {
        self.push(Shape::Text(text), Some(ink.into()), Some(halo), role);
    }
}

pub(crate) fn rounded(rect: Rect, radius: f64) -> Shape {
    Shape::Rect { rect, radius }
}

/// Straight lines through the points, open.
pub(crate) fn lines(points: &[(f64, f64)]) -> Shape {
    Shape::Path(line_segments(points))
}

pub(crate) fn polygon(points: &[(f64, f64)]) -> Shape {
    let mut segments = line_segments(points);
    segments.push(Segment::Close);
    Shape::Path(segments)
}

pub(crate) fn line_segments(points: &[(f64, f64)]) -> Vec<Segment> {
    let place = |(i, (x, y)): (usize, &(f64, f64))| {
        let point = Point::new(*x, *y);
        if i == 0 { Segment::Move(point) } else { Segment::Line(point) }
    };
    points.iter().enumerate().map(place).collect()
}
