//! Frames around nodes: namespaces, and in the workload graph apps within them. Each has at least two members.
//! It must not know figures.

use crate::{graph_type::NodeKey, picture::Picture, select};
use model::{BoxBy, GraphBox, GraphType};
use petgraph::stable_graph::NodeIndex;
use std::collections::BTreeMap;

pub(super) fn boxes(picture: &Picture<'_>) -> Vec<GraphBox> {
    let wanted = |by| picture.view.boxes.contains(&by);
    let mut bands: BTreeMap<String, Band> = BTreeMap::new();
    for node in picture.selection.nodes.iter().copied() {
        let namespace = select::node_namespace(picture.snapshot, &picture.map, node);
        let cluster = cluster(picture, node);
        let key = format!("{cluster}\u{0}{namespace}");
        let band = bands.entry(key).or_insert_with(|| Band::new(namespace, &cluster));
        let app = app(picture, node).filter(|_| wanted(BoxBy::App) && !namespace.is_empty());
        band.size += 1;
        band.by_app.entry(app.unwrap_or_default()).or_default().push(picture.id(node).to_owned());
    }
    let mut boxes = Vec::new();
    for band in bands.into_values() {
        band.draw(wanted(BoxBy::Namespace), &mut boxes);
    }
    boxes
}

/// One namespace of one cluster.
struct Band {
    namespace: String,
    id: String,
    size: usize,
    /// By app; those without an app's frame under "".
    by_app: BTreeMap<String, Vec<String>>,
}

impl Band {
    fn new(namespace: &str, cluster: &str) -> Self {
        let at = if cluster.is_empty() { String::new() } else { format!("@{cluster}") };
        Self {
            namespace: namespace.to_owned(),
            id: format!("{namespace}{at}"),
            size: 0,
            by_app: BTreeMap::new(),
        }
    }

    fn draw(self, with_namespace: bool, boxes: &mut Vec<GraphBox>) {
        let framed = with_namespace && self.size > 1 && !self.namespace.is_empty();
        let parent = framed.then(|| format!("namespace/{}", self.id));
        let mut loose = Vec::new();
        let mut inner = Vec::new();
        for (app, mut members) in self.by_app {
            members.sort();
            if app.is_empty() || members.len() < 2 {
                loose.extend(members);
                continue;
            }
            inner.push(GraphBox {
                id: format!("app/{app}/{}", self.id),
                by: BoxBy::App,
                name: app,
                parent: parent.clone(),
                members,
            });
        }
        loose.sort();
        if let Some(id) = parent {
            boxes.push(GraphBox {
                id,
                by: BoxBy::Namespace,
                name: self.namespace,
                parent: None,
                members: loose,
            });
        }
        boxes.extend(inner);
    }
}

fn cluster(picture: &Picture<'_>, node: NodeIndex) -> String {
    let symbol = match picture.node(node).key {
        NodeKey::App { cluster, .. } => cluster,
        NodeKey::Service(service) => service.cluster,
        NodeKey::Place(place) => picture.snapshot.places.get(place).party.cluster,
    };
    picture.snapshot.text(symbol).to_owned()
}

/// Only workloads are framed by app: elsewhere an app is one card already.
fn app(picture: &Picture<'_>, node: NodeIndex) -> Option<String> {
    let NodeKey::Place(place) = picture.node(node).key else { return None };
    let known = picture.snapshot.places.get(place);
    let workloads = picture.view.graph_type == GraphType::Workload && known.is_workload();
    workloads.then(|| picture.snapshot.text(known.party.app).to_owned()).filter(|app| !app.is_empty())
}
