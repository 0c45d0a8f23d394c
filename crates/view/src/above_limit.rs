//! Too much to read: above the limit the page lists namespaces instead of drawing.

use model::{Graph, Status};

/// Cards, rows not counted, that a person still reads as a picture.
pub const LIMIT: usize = 400;

#[derive(Clone, Debug, PartialEq)]
pub struct NamespaceRow {
    pub name: String,
    pub apps: usize,
    pub status: Status,
    /// "2 failing, 1 degraded", or empty.
    pub trouble: String,
    pub rate: String,
    pub errors: String,
}

pub fn too_many(graph: &Graph) -> bool {
    graph.nodes.len() > LIMIT
}

/// Namespaces of the answer, the most troubled first, then the busiest.
pub fn rows(graph: &Graph) -> Vec<NamespaceRow> {
    todo!()
}
