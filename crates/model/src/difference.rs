//! What became of one graph in the next, by the ids of its parts, as `GET /api/v1/graph/stream` tells it; and putting it
//! into the graph that is held. It must not know what the parts mean, nor how a difference is found.

use crate::graph::{Graph, GraphBox, Meta, NamespaceSummary, Totals};
use crate::json::from_json_fields;
use crate::{Edge, Finding, Node};
use serde::{Deserialize, Serialize};

/// One event of the stream: the way from the graph that was sent before to the newest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    /// Counts the states of the stream; the whole graph and each difference have the number of the state they lead to.
    pub seq: u64,
    #[serde(default, skip_serializing_if = "Parts::is_empty")]
    pub add: Parts,
    /// Where each part of `add` stands in its list, once all is done.
    #[serde(default, skip_serializing_if = "Places::is_empty")]
    pub places: Places,
    /// Parts that changed, whole, in the order of their list.
    #[serde(default, skip_serializing_if = "Parts::is_empty")]
    pub update: Parts,
    /// Ids of parts that are gone, in the order of their list.
    #[serde(default, skip_serializing_if = "Gone::is_empty")]
    pub remove: Gone,
    /// Absent, as the three below: it stayed as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<Finding>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<Vec<NamespaceSummary>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
}

/// What is told of each of a graph's lists.
macro_rules! of_each_list {
    ($($name:ident { $node:ty, $edge:ty, $box:ty })*) => {$(
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(default)]
        pub struct $name {
            #[serde(skip_serializing_if = "Vec::is_empty")]
            pub nodes: Vec<$node>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            pub edges: Vec<$edge>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            pub boxes: Vec<$box>,
        }

        impl $name {
            pub fn is_empty(&self) -> bool {
                self.nodes.is_empty() && self.edges.is_empty() && self.boxes.is_empty()
            }
        }
    )*};
}

of_each_list! {
    Parts { Node, Edge, GraphBox }
    Places { usize, usize, usize }
    Gone { String, String, String }
}

/// What a graph is made of, known by its id.
pub trait Part {
    fn id(&self) -> &str;
}

macro_rules! known_by_id {
    ($($part:ty)*) => {$(
        impl Part for $part {
            fn id(&self) -> &str {
                &self.id
            }
        }
    )*};
}

known_by_id!(Node Edge GraphBox);

impl Difference {
    /// Makes the held graph the next one. False where it is not the graph this is a difference to: then it is of no use
    /// any more.
    pub fn apply(self, graph: &mut Graph) -> bool {
        let Self { add, places, update, remove, .. } = self;
        let fits = patch(&mut graph.nodes, &remove.nodes, update.nodes, (add.nodes, &places.nodes))
            & patch(&mut graph.edges, &remove.edges, update.edges, (add.edges, &places.edges))
            & patch(&mut graph.boxes, &remove.boxes, update.boxes, (add.boxes, &places.boxes));
        replace(&mut graph.meta, self.meta);
        replace(&mut graph.findings, self.findings);
        replace(&mut graph.namespaces, self.namespaces);
        replace(&mut graph.totals, self.totals);
        fits
    }
}

fn replace<T>(held: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *held = new;
    }
}

/// One walk along the list, since all that is told of it stands in its order.
fn patch<T: Part>(
    list: &mut Vec<T>,
    gone: &[String],
    new: Vec<T>,
    (add, places): (Vec<T>, &[usize]),
) -> bool {
    let (mut gone, mut new) = (gone.iter().peekable(), new.into_iter().peekable());
    let (mut add, mut places) = (add.into_iter(), places.iter().peekable());
    let mut out = Vec::with_capacity(list.len() + add.len());
    for held in std::mem::take(list) {
        if gone.next_if(|gone| **gone == held.id()).is_some() {
            continue;
        }
        while places.next_if(|place| **place == out.len()).is_some() {
            out.extend(add.next());
        }
        out.push(new.next_if(|new| new.id() == held.id()).unwrap_or(held));
    }
    out.extend(add);
    *list = out;
    gone.next().is_none() && new.next().is_none()
}

from_json_fields! {
    Difference { seq, add, places, update, remove, meta, findings, namespaces, totals }
    Parts { nodes, edges, boxes }
    Places { nodes, edges, boxes }
    Gone { nodes, edges, boxes }
}
