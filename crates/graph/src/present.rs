//! A traffic map as the wire's graph.
use crate::{snapshot::Snapshot, view::View};
use model::{
    EdgeDetail, Graph, NodeDetail,
    detail::NamedQuery,
    graph::{Meta, NamespaceSummary, Percentiles, Quality, Totals},
    series::Metric,
};

/// A range query for one line of the panel's charts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesQuery {
    pub metric: Metric,
    /// Row key, where the line is one version's.
    pub row: Option<String>,
    pub promql: String,
}

/// A node or an edge, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectId<'a> {
    Node(&'a str),
    Edge(&'a str),
}

pub fn view(snapshot: &Snapshot, view: &View) -> Graph {
    Graph {
        meta: Meta {
            graph_type: view.graph_type,
            window_s: snapshot.window.window_s,
            at_s: snapshot.window.at_s,
            scrape_interval_s: snapshot.window.scrape_interval_s,
            engine: None,
            percentiles: Percentiles::NotAsked,
            queries: vec![],
            warnings: vec![],
            quality: Quality::default(),
            stale: None,
        },
        nodes: vec![],
        edges: vec![],
        boxes: vec![],
        findings: vec![],
        namespaces: vec![],
        totals: Totals::default(),
    }
}

pub fn node_detail(_snapshot: &Snapshot, _view: &View, _id: &str) -> Option<NodeDetail> {
    None
}
pub fn edge_detail(_snapshot: &Snapshot, _view: &View, _id: &str) -> Option<EdgeDetail> {
    None
}
pub fn namespaces(_snapshot: &Snapshot, _view: &View) -> Vec<NamespaceSummary> {
    vec![]
}
/// None: the view has no such node or edge.
pub fn series_queries(
    _snapshot: &Snapshot,
    _view: &View,
    _subject: SubjectId<'_>,
    _metrics: &[Metric],
) -> Option<Vec<SeriesQuery>> {
    None
}
/// Named PromQL of a subject.
pub fn named_queries(_snapshot: &Snapshot, _view: &View, _subject: SubjectId<'_>) -> Vec<NamedQuery> {
    vec![]
}
