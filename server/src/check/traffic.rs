//! What the last ten minutes give: traffic, namespaces, reporters, labels, buckets.

use super::Line;
use crate::collector::{Ask, Collected};
use crate::config::Config;
use graph::View;
use model::graph::{Percentiles, Quality};
use model::{Extras, Graph, GraphParams};

const WINDOW_S: u64 = 600;

/// With buckets: whether there are any is one of the questions.
pub(super) const ASK: Ask =
    Ask { window_s: WINDOW_S, at_s: None, percentiles: true, extras: Extras::NONE, operations: None };

/// Whether a graph can be drawn.
pub(super) fn read(collected: &Collected, config: &Config, lines: &mut Vec<Line>) -> bool {
    let params =
        GraphParams { window_s: WINDOW_S, percentiles: true, system: true, ..GraphParams::default() };
    let graph = graph::view(&collected.snapshot, &View::resolve(&params, &config.view_config()));
    for warning in &collected.warnings {
        lines.push(Line::missing(&warning.sentence, "The rest is drawn without it."));
    }
    let drawable = !graph.edges.is_empty();
    lines.push(drawn(&graph));
    if drawable {
        lines.push(namespaces(&graph));
        lines.push(reporters(&graph.meta.quality));
        lines.push(buckets(graph.meta.percentiles));
        lines.extend(labels(&graph.meta.quality));
    }
    drawable
}

fn drawn(graph: &Graph) -> Line {
    match (graph.nodes.len(), graph.edges.len()) {
        (_, 0) => Line::missing(
            "Nothing called anything in the last ten minutes.",
            "Send some requests through the mesh; if there are some, see to what is missing above.",
        ),
        (nodes, edges) => Line::ok(format!("The last ten minutes give {nodes} nodes and {edges} edges.")),
    }
}

fn namespaces(graph: &Graph) -> Line {
    let names: Vec<&str> = graph
        .namespaces
        .iter()
        .map(|namespace| namespace.name.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    let shown = names.len().min(20);
    let more = if names.len() > shown { format!(" and {} more", names.len() - shown) } else { String::new() };
    if names.is_empty() {
        return Line::missing(
            "No traffic tells its namespace.",
            "Keep source_workload_namespace and destination_workload_namespace when scraping.",
        );
    }
    Line::ok(format!("Namespaces with traffic: {}{more}.", names[..shown].join(", ")))
}

fn reporters(quality: &Quality) -> Line {
    let has = |name: &str| quality.reporters.iter().any(|reporter| reporter == name);
    let all = quality.reporters.join(", ");
    if has("source") && has("destination") || has("waypoint") {
        return Line::ok(format!("Requests are counted by: {all}."));
    }
    let only = if all.is_empty() { "nobody who says so".to_owned() } else { all };
    Line::missing(
        format!("Requests are counted by one side alone ({only})."),
        "Look whether the proxies of both sides are scraped; what one side cannot see stays unknown.",
    )
}

fn buckets(percentiles: Percentiles) -> Line {
    match percentiles {
        Percentiles::Present => Line::ok("Latency percentiles can be told."),
        _ => Line::missing(
            "Latency percentiles cannot be told: no buckets came.",
            "Keep the `_bucket` series of istio_request_duration_… when scraping.",
        ),
    }
}

fn labels(quality: &Quality) -> Vec<Line> {
    let mut lines: Vec<Line> =
        quality.notes.iter().map(|note| Line::missing(&note.sentence, &note.fix)).collect();
    if !quality.notes.iter().any(|note| note.code == "missing_label") {
        lines.push(Line::ok("All labels that graphs are drawn from are there."));
    }
    lines
}
