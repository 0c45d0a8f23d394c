//! Frames around nodes: clusters, namespaces within them, and in the workload graph apps within those. Each has at least
//! two members, and figures of what comes in from outside of it. It must not know how health is judged.

use crate::{
    figures::Figures,
    graph_type::NodeKey,
    health::{Direction, Judging},
    picture::Picture,
    select,
    traffic_map::Part,
};
use model::{BoxBy, GraphBox, GraphType};
use petgraph::stable_graph::NodeIndex;
use std::collections::BTreeMap;

pub(super) fn boxes(picture: &Picture<'_>) -> Vec<GraphBox> {
    let frames = frames(picture);
    if frames.is_empty() {
        return Vec::new();
    }
    let traffic = traffic(picture, &frames);
    frames
        .iter()
        .zip(traffic)
        .map(|(frame, (figures, parts))| present(picture, frame, &figures, &parts))
        .collect()
}

fn present(picture: &Picture<'_>, frame: &Frame, figures: &Figures, parts: &[Part]) -> GraphBox {
    let judging =
        Judging { namespace: &frame.namespace, kind: None, name: &frame.name, direction: Direction::Inbound };
    let mut members: Vec<String> = frame.direct.iter().map(|node| picture.id(*node).to_owned()).collect();
    members.sort();
    GraphBox {
        id: frame.id.clone(),
        by: frame.by,
        name: frame.name.clone(),
        parent: frame.parent.clone(),
        members,
        health: Some(picture.judge_as(figures, &|| parts.to_vec(), &judging)),
        requests: figures.model_requests(picture.snapshot.window_s()),
        latency: picture.latency(figures),
    }
}

struct Frame {
    by: BoxBy,
    id: String,
    name: String,
    /// Of the namespace it is or is in; empty for a cluster.
    namespace: String,
    parent: Option<String>,
    /// In no frame within this one.
    direct: Vec<NodeIndex>,
    all: Vec<NodeIndex>,
}

/// Nodes by cluster, namespace and app; those that no frame of that kind takes stand under "".
type Tree = BTreeMap<String, BTreeMap<String, BTreeMap<String, Vec<NodeIndex>>>>;

fn frames(picture: &Picture<'_>) -> Vec<Frame> {
    let wanted = |by| picture.view.boxes.contains(&by);
    let mut tree = Tree::new();
    for node in picture.selection.nodes.iter().copied() {
        let namespace = select::node_namespace(picture.snapshot, &picture.map, node);
        // What is in no namespace is in no cluster either: hosts outside, callers without a name.
        if namespace.is_empty() {
            continue;
        }
        let cluster = select::node_cluster(picture.snapshot, &picture.map, node);
        let app = app(picture, node).filter(|_| wanted(BoxBy::App)).unwrap_or_default();
        let namespaces = tree.entry(cluster.to_owned()).or_default();
        namespaces.entry(namespace.to_owned()).or_default().entry(app).or_default().push(node);
    }
    let mut frames = Vec::new();
    for (cluster, namespaces) in tree {
        let all: Vec<NodeIndex> =
            namespaces.values().flat_map(|apps| apps.values().flatten().copied()).collect();
        // Round a mesh of one cluster a frame would say nothing.
        let several = picture.snapshot.cluster_count > 1;
        let framed = wanted(BoxBy::Cluster) && several && !cluster.is_empty() && all.len() > 1;
        let own = framed.then(|| {
            frames.push(Frame {
                by: BoxBy::Cluster,
                id: format!("cluster/{cluster}"),
                name: cluster.clone(),
                namespace: String::new(),
                parent: None,
                direct: Vec::new(),
                all,
            });
            frames.len() - 1
        });
        for (namespace, apps) in namespaces {
            let outer = own.map(|frame| frames[frame].id.clone());
            let place = Spot { cluster: &cluster, namespace: &namespace, outer };
            let loose = namespace_frames(&place, apps, wanted(BoxBy::Namespace), &mut frames);
            if let Some(own) = own {
                frames[own].direct.extend(loose);
            }
        }
    }
    frames
}

/// A namespace of a cluster, and the frame round it.
struct Spot<'a> {
    cluster: &'a str,
    namespace: &'a str,
    outer: Option<String>,
}

/// Gives what is in no frame of this namespace.
fn namespace_frames(
    spot: &Spot<'_>,
    apps: BTreeMap<String, Vec<NodeIndex>>,
    wanted: bool,
    frames: &mut Vec<Frame>,
) -> Vec<NodeIndex> {
    let Spot { cluster, namespace, outer } = spot;
    let at = if cluster.is_empty() { String::new() } else { format!("@{cluster}") };
    let all: Vec<NodeIndex> = apps.values().flatten().copied().collect();
    let framed = wanted && all.len() > 1;
    let parent = if framed { Some(format!("namespace/{namespace}{at}")) } else { outer.clone() };
    let mut loose = Vec::new();
    let mut inner = Vec::new();
    for (app, nodes) in apps {
        if app.is_empty() || nodes.len() < 2 {
            loose.extend(nodes);
            continue;
        }
        inner.push(Frame {
            by: BoxBy::App,
            id: format!("app/{app}/{namespace}{at}"),
            name: app,
            namespace: (*namespace).to_owned(),
            parent: parent.clone(),
            direct: nodes.clone(),
            all: nodes,
        });
    }
    if framed {
        frames.push(Frame {
            by: BoxBy::Namespace,
            id: format!("namespace/{namespace}{at}"),
            name: (*namespace).to_owned(),
            namespace: (*namespace).to_owned(),
            parent: outer.clone(),
            direct: std::mem::take(&mut loose),
            all,
        });
    }
    frames.extend(inner);
    loose
}

/// What comes into each frame from outside of it. A node is in few frames, each within the other.
fn traffic(picture: &Picture<'_>, frames: &[Frame]) -> Vec<(Figures, Vec<Part>)> {
    let mut of_node: Vec<Vec<usize>> = vec![Vec::new(); picture.ids.len()];
    for (at, frame) in frames.iter().enumerate() {
        for node in &frame.all {
            of_node[node.index()].push(at);
        }
    }
    let mut sums: Vec<(Figures, Vec<Part>)> = Vec::new();
    sums.resize_with(frames.len(), Default::default);
    let with_parts = picture.view.config.health.asks_for_codes();
    for index in picture.map.graph.edge_indices() {
        let (source, target) = picture.ends(index);
        for frame in &of_node[target.index()] {
            if !of_node[source.index()].contains(frame) {
                let (figures, parts) = &mut sums[*frame];
                figures.add(&picture.edge(index).figures, 1.0);
                if with_parts {
                    parts.extend(&picture.edge(index).parts);
                }
            }
        }
    }
    sums
}

/// Only workloads are framed by app: elsewhere an app is one card already.
fn app(picture: &Picture<'_>, node: NodeIndex) -> Option<String> {
    let NodeKey::Place(place) = picture.node(node).key else { return None };
    let known = picture.snapshot.places.get(place);
    let workloads = picture.view.graph_type == GraphType::Workload && known.is_workload();
    workloads.then(|| picture.snapshot.text(known.party.app).to_owned()).filter(|app| !app.is_empty())
}
