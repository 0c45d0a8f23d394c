//! The legend: only marks in use, drawn by the same functions as the picture.

use crate::{mark::Mark, overlay::Overlay};
use model::Graph;

#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub title: String,
    pub entries: Vec<Entry>,
}

/// A sample of `width` × `height` at the origin, and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub sample: Vec<Mark>,
    pub width: f64,
    pub height: f64,
    pub text: String,
}

pub fn sections(graph: &Graph, overlay: &Overlay) -> Vec<Section> {
    todo!()
}
