//! Too much to read: above the limit the page lists namespaces instead of drawing.

use crate::{format, speak};
use layout::sorting::Order as _;
use model::{Graph, Status, graph::NamespaceSummary};

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

/// "This graph has 1,240 nodes, more than anybody reads. Choose the namespaces to draw."
pub fn sentence(graph: &Graph) -> String {
    format!(
        "This graph has {}, more than can be read at once. Choose the namespaces to draw.",
        speak::counted(graph.nodes.len(), "node", "nodes")
    )
}

/// Namespaces of the answer, the most troubled first, then the busiest.
pub fn rows(graph: &Graph) -> Vec<NamespaceRow> {
    let mut summaries: Vec<&NamespaceSummary> = graph.namespaces.iter().collect();
    summaries.order_by(|a, b| {
        let trouble = |s: &NamespaceSummary| (s.failing, s.degraded, s.status);
        let rate = |s: &NamespaceSummary| s.rate_rps.unwrap_or(-1.0);
        trouble(b).cmp(&trouble(a)).then(rate(b).total_cmp(&rate(a))).then(a.name.cmp(&b.name))
    });
    summaries.into_iter().map(row).collect()
}

fn row(summary: &NamespaceSummary) -> NamespaceRow {
    let parts: Vec<String> = [(summary.failing, "failing"), (summary.degraded, "degraded")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{}\u{a0}{word}", format::count(n as f64)))
        .collect();
    let known =
        |value: Option<f64>, form: fn(f64) -> String| value.map_or_else(|| format::UNKNOWN.into(), form);
    NamespaceRow {
        name: summary.name.clone(),
        apps: summary.apps,
        status: summary.status,
        trouble: parts.join(", "),
        rate: known(summary.rate_rps, format::rate),
        errors: known(summary.error_share, format::share),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(name: &str, failing: usize, degraded: usize, rate_rps: Option<f64>) -> NamespaceSummary {
        NamespaceSummary {
            name: name.into(),
            shown: true,
            system: false,
            apps: 3,
            rate_rps,
            error_share: None,
            status: Status::Healthy,
            degraded,
            failing,
        }
    }

    #[test]
    fn trouble_comes_first_then_traffic() {
        let mut graph = crate::tests::shop();
        graph.namespaces = vec![
            summary("quiet", 0, 0, None),
            summary("busy", 0, 0, Some(900.0)),
            summary("amber", 0, 4, Some(1.0)),
            summary("red", 1, 0, Some(0.1)),
        ];
        let rows = rows(&graph);
        assert_eq!(
            rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(),
            ["red", "amber", "busy", "quiet"]
        );
        assert_eq!(rows[0].trouble, "1\u{a0}failing");
        assert_eq!((rows[3].rate.as_str(), rows[3].errors.as_str()), ("?", "?"), "unknown is not zero");
        assert!(!too_many(&graph));
    }
}
