//! Sizes: what the layout needs to know of cards, titles, lines and labels. The painter reads the same measures.
//! Knows no place and no colour.

use crate::{
    label::{self, Label},
    measure::{Font, MeasureText},
};
use layout::index::Index;
use layout::{GroupKind, Size};
use model::{BoxBy, Edge, Graph, GraphBox, Node, NodeKind, Requests, Tcp, traffic::Volume};

pub(crate) const NAME: Font = Font::new(12.5, 600);
pub(crate) const FIGURES: Font = Font::new(11.0, 400);
pub(crate) const FIGURES_STRONG: Font = Font::new(11.0, 600);
pub(crate) const CHIP: Font = Font::new(10.5, 600);
pub(crate) const TITLE: Font = Font::new(12.0, 600);
pub(crate) const TITLE_COUNT: Font = Font::new(11.0, 400);

pub(crate) const CARD_HEIGHT: f64 = 46.0;
const CARD_WIDTH: f64 = 126.0;
const GATEWAY_WIDTH: f64 = 112.0;
/// Long names widen a card so far; beyond that their middle gives way.
const CARD_WIDTH_MAX: f64 = 172.0;
const ROWS_WIDTH: f64 = 198.0;
const ROWS_WIDTH_MAX: f64 = 268.0;
/// Where text begins, from the card's left.
pub(crate) const TEXT_LEFT: f64 = 13.0;
/// Where figures end, from the card's right.
pub(crate) const RIGHT: f64 = 9.0;
pub(crate) const GLYPH: f64 = 12.0;
pub(crate) const ROWS_TOP: f64 = 64.0;
pub(crate) const ROW_HEIGHT: f64 = 26.0;
/// Columns of a row, their right ends from the card's right.
pub(crate) const ROW_SHARE: f64 = 114.0;
pub(crate) const ROW_ERRORS: f64 = 68.0;
pub(crate) const ROW_NAME_LEFT: f64 = 26.0;
/// An ordinary share: `90.4 %`.
const ROW_SHARE_WIDTH: f64 = 36.0;
/// More versions than this become one line that counts the rest.
const ROWS_MAX: usize = 8;
const TITLE_HEIGHT: f64 = 21.0;
pub(crate) const TITLE_GAP: f64 = 8.0;

const WIDTH_MIN: f64 = 1.2;
const WIDTH_MAX: f64 = 7.0;
/// So many bytes a second are drawn as wide as one request a second.
const TCP_BYTES_PER_REQUEST: f64 = 30_000.0;

/// What a reader's choices add to the graph when it is placed.
#[derive(Clone, Debug)]
pub struct Options {
    /// Figures wanted on edges; room is kept for them.
    pub labels: Vec<&'static Label>,
    /// Cards moved by hand: node id and top left corner.
    pub pins: Vec<(String, layout::Point)>,
    /// Width ÷ height of the free part of the window.
    pub aspect: f64,
}

/// What the layout places. Keys are the ids of the graph; ports are row keys.
pub fn input(graph: &Graph, options: &Options, measure: &dyn MeasureText) -> layout::Input {
    let boxes = drawn_boxes(graph);
    let mut groups: Vec<(&str, &str)> = Vec::new();
    // Inner boxes (apps) win over outer ones.
    let bands_first = boxes.iter().filter(|b| b.by != BoxBy::App);
    for graph_box in bands_first.chain(boxes.iter().filter(|b| b.by == BoxBy::App)) {
        groups.extend(graph_box.members.iter().map(|id| (id.as_str(), graph_box.id.as_str())));
    }
    let ids = Index::new(&mut boxes.iter().map(|b| b.id.as_str()));
    // Members of a single-card app box, which is not drawn, stand in the box round it.
    for undrawn in graph.boxes.iter().filter(|b| !ids.has(&b.id)) {
        if let Some(parent) = undrawn.parent.as_deref().filter(|parent| ids.has(parent)) {
            groups.extend(undrawn.members.iter().map(|id| (id.as_str(), parent)));
        }
    }
    groups.reverse();
    let group_of = Index::new(&mut groups.iter().map(|(member, _)| *member));
    let pins = Index::new(&mut options.pins.iter().map(|(id, _)| id.as_str()));
    layout::Input {
        nodes: graph
            .nodes
            .iter()
            .map(|node| layout::Node {
                key: node.id.clone(),
                size: size(node, measure),
                group: group_of.get(&node.id).map(|at| groups[at].1.to_owned()),
                ports: ports(node),
                pin: pins.get(&node.id).map(|at| options.pins[at].1),
            })
            .collect(),
        edges: graph.edges.iter().map(|edge| placed_edge(edge, options, measure)).collect(),
        groups: boxes.into_iter().map(|graph_box| group(graph_box, graph, &ids, measure)).collect(),
        aspect: options.aspect,
    }
}

/// Regions and bands that hold something, and apps of more than one card: no box is drawn round a single one.
fn drawn_boxes(graph: &Graph) -> Vec<&GraphBox> {
    let parents = Index::new(&mut graph.boxes.iter().filter_map(|b| b.parent.as_deref()));
    let is_drawn = |graph_box: &&GraphBox| match graph_box.by {
        BoxBy::Cluster | BoxBy::Namespace => !graph_box.members.is_empty() || parents.has(&graph_box.id),
        BoxBy::App => graph_box.members.len() > 1,
    };
    graph.boxes.iter().filter(is_drawn).collect()
}

fn group(graph_box: &GraphBox, graph: &Graph, drawn: &Index, measure: &dyn MeasureText) -> layout::Group {
    let count = title_count(graph_box, graph);
    let mut width = measure.width(&graph_box.name, TITLE);
    if !count.is_empty() {
        width += TITLE_GAP + measure.width(&count, TITLE_COUNT);
    }
    layout::Group {
        key: graph_box.id.clone(),
        parent: graph_box.parent.clone().filter(|parent| drawn.has(parent)),
        kind: match graph_box.by {
            BoxBy::Cluster => GroupKind::Region,
            BoxBy::Namespace => GroupKind::Band,
            BoxBy::App => GroupKind::App,
        },
        title: Size::new(width.ceil(), TITLE_HEIGHT),
    }
}

/// The cluster of a namespace, where names of several clusters may meet and no region says it.
pub(crate) fn cluster_of<'a>(graph_box: &GraphBox, graph: &'a Graph) -> Option<&'a str> {
    if graph.meta.clusters.is_empty() || graph_box.by != BoxBy::Namespace || graph_box.parent.is_some() {
        return None;
    }
    let within = |b: &&GraphBox| b.id == graph_box.id || b.parent.as_deref() == Some(&graph_box.id);
    let member = graph.boxes.iter().filter(within).find_map(|b| b.members.first())?;
    graph.nodes.iter().find(|node| node.id == *member)?.cluster.as_deref()
}

/// "8 apps", "2 apps, 1 gateway in west"; an app's box needs none, and the bands of a cluster say their own.
pub(crate) fn title_count(graph_box: &GraphBox, graph: &Graph) -> String {
    match graph_box.by {
        BoxBy::Cluster => return "cluster".into(),
        BoxBy::App => return String::new(),
        BoxBy::Namespace => {}
    }
    let inner = graph.boxes.iter().filter(|b| b.parent.as_deref() == Some(&graph_box.id));
    let boxes = std::iter::once(graph_box).chain(inner);
    let ids = Index::new(&mut boxes.flat_map(|b| b.members.iter().map(String::as_str)));
    let count = counted_kinds(graph.nodes.iter().filter(|node| ids.has(&node.id)).map(|node| node.kind));
    match cluster_of(graph_box, graph) {
        Some(cluster) => [&count, " in ", cluster].concat(),
        None => count,
    }
}

/// "8 apps, 1 gateway".
pub(crate) fn counted_kinds(kinds: impl Iterator<Item = NodeKind>) -> String {
    let kinds: Vec<NodeKind> = kinds.collect();
    let mut parts = Vec::new();
    for (kind, one, many) in COUNTED {
        match kinds.iter().filter(|k| **k == kind).count() {
            0 => {}
            1 => parts.push(format!("1\u{a0}{one}")),
            n => parts.push(format!("{n}\u{a0}{many}")),
        }
    }
    parts.join(", ")
}

/// Kinds in the order of a title, in singular and plural.
const COUNTED: [(NodeKind, &str, &str); 6] = [
    (NodeKind::Namespace, "namespace", "namespaces"),
    (NodeKind::App, "app", "apps"),
    (NodeKind::Workload, "workload", "workloads"),
    (NodeKind::Service, "service", "services"),
    (NodeKind::Gateway, "gateway", "gateways"),
    (NodeKind::External, "external host", "external hosts"),
];

fn placed_edge(edge: &Edge, options: &Options, measure: &dyn MeasureText) -> layout::Edge {
    layout::Edge {
        key: edge.id.clone(),
        source: edge.source.clone(),
        source_port: edge.source_row.clone(),
        target: edge.target.clone(),
        target_port: edge.target_row.clone(),
        weight: flow_rps(edge.requests.as_ref(), edge.tcp.as_ref()).unwrap_or(0.0),
        width: edge_width(edge),
        label: label::room(edge, &options.labels, measure),
    }
}

/// The size of a node's card. It depends on name, kind and versions only: figures may change under it.
pub fn size(node: &Node, measure: &dyn MeasureText) -> Size {
    let name = measure.width(&node.name, NAME).ceil() + TEXT_LEFT + RIGHT;
    if node.versions.is_empty() {
        let least = if node.kind == NodeKind::Gateway { GATEWAY_WIDTH } else { CARD_WIDTH };
        // Beside the name stands a glyph when there is trouble; room for it is kept always.
        return Size::new((name + GLYPH + 5.0).max(least).min(CARD_WIDTH_MAX), CARD_HEIGHT);
    }
    let rows = shown_rows(node);
    let widest =
        node.versions[..rows].iter().map(|row| measure.width(&row.name, FIGURES_STRONG)).fold(0.0, f64::max);
    let columns = ROW_NAME_LEFT + widest.ceil() + 8.0 + ROW_SHARE_WIDTH + ROW_SHARE;
    Size::new(columns.max(name + 80.0).clamp(ROWS_WIDTH, ROWS_WIDTH_MAX), card_height(node))
}

fn card_height(node: &Node) -> f64 {
    let lines = shown_rows(node) + usize::from(hidden_rows(node) > 0);
    2.0 + ROWS_TOP + ROW_HEIGHT * lines as f64
}

/// Rows that are written out; the rest is one line.
pub(crate) fn shown_rows(node: &Node) -> usize {
    if node.versions.len() > ROWS_MAX { ROWS_MAX - 1 } else { node.versions.len() }
}

pub(crate) fn hidden_rows(node: &Node) -> usize {
    node.versions.len() - shown_rows(node)
}

/// Top of a row, from the card's top.
pub(crate) fn row_top(row: usize) -> f64 {
    ROWS_TOP + ROW_HEIGHT * row as f64
}

fn ports(node: &Node) -> Vec<layout::Port> {
    let last = shown_rows(node);
    let place = |i: usize| row_top(i.min(last)) + ROW_HEIGHT / 2.0;
    let rows = node.versions.iter().enumerate();
    rows.map(|(i, row)| layout::Port { key: row.key.clone(), y: place(i) }).collect()
}

/// How much flows, in requests a second; bytes of TCP count by [`TCP_BYTES_PER_REQUEST`].
pub(crate) fn flow_rps(requests: Option<&Requests>, tcp: Option<&Tcp>) -> Option<f64> {
    let of_requests = requests.map(|requests| requests.rate_rps);
    let of_bytes = tcp.and_then(tcp_bytes_per_s).map(|bytes| bytes / TCP_BYTES_PER_REQUEST);
    match (of_requests, of_bytes) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0.0) + b.unwrap_or(0.0)).filter(|rps| rps.is_finite()),
    }
}

/// Both directions together, as far as they are known.
pub(crate) fn tcp_bytes_per_s(tcp: &Tcp) -> Option<f64> {
    sum(tcp.sent_bytes_per_s, tcp.received_bytes_per_s)
}

/// Both directions together: of connections, and of requests where that was asked for.
pub(crate) fn bytes_per_s(tcp: Option<&Tcp>, volume: Option<&Volume>) -> Option<f64> {
    let of_requests = volume.and_then(|volume| sum(volume.request_bytes_per_s, volume.response_bytes_per_s));
    sum(tcp.and_then(tcp_bytes_per_s), of_requests)
}

/// Of what is known.
fn sum(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    a.map_or(b, |a| Some(a + b.unwrap_or(0.0)))
}

/// Line width of an edge by its rate (TCP: bytes), on a log scale; the thinnest where it is not known.
pub fn edge_width(edge: &Edge) -> f64 {
    if edge.flags.silent {
        return WIDTH_MIN;
    }
    width_of_rate(flow_rps(edge.requests.as_ref(), edge.tcp.as_ref()).unwrap_or(0.0))
}

pub(crate) fn width_of_rate(rps: f64) -> f64 {
    if rps > 0.0 { (1.0 + 1.55 * rps.log10()).clamp(WIDTH_MIN, WIDTH_MAX) } else { WIDTH_MIN }
}

#[cfg(test)]
mod tests;
