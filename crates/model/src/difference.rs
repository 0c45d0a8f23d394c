//! What became of one graph in the next, by the ids of its parts, as `GET /api/v1/graph/stream` tells it; and putting it
//! into the graph that is held. It must not know what the parts mean, nor how a difference is found.

use crate::graph::{
    EdgeFlags, Graph, GraphBox, Meta, NamespaceSummary, NodeFlags, NodeKind, Totals, VersionRow,
};
use crate::json::{self, Fields, FromJson, Mistakes, Unreadable, Value, from_json_fields};
use crate::traffic::{Change, Custom, Latency, Protocol, Requests, SideGap, Tcp, Volume};
use crate::{BoxBy, Edge, Finding, Health, Node};
use serde::{Deserialize, Deserializer, Serialize};

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
    /// Parts that changed, in the order of their list.
    #[serde(default, skip_serializing_if = "Changes::is_empty")]
    pub update: Changes,
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
    Changes { NodeChange, EdgeChange, BoxChange }
    Places { usize, usize, usize }
    Gone { String, String, String }
}

/// What a graph is made of, known by its id.
pub trait Part: Clone + PartialEq + FromJson {
    type Change;

    fn id(&self) -> &str;

    /// What has to be told of it. None where it stayed as it was.
    fn change(&self, next: &Self) -> Option<Self::Change>;

    /// Takes over what is told of it.
    fn patch(&mut self, told: Value<'_>, mistakes: &mut Mistakes);
}

/// The parts with all their fields but the id: the list must be complete, or it does not compile.
macro_rules! parts {
    ($($part:ident in $change:ident { $($field:ident: $type:ty),* $(,)? })*) => {$(
        /// Its id and those of its fields that are others now, each whole; null where there is none any more.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $change {
            pub id: String,
            $(#[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "told")]
            pub $field: Option<$type>,)*
        }

        impl Part for $part {
            type Change = $change;

            fn id(&self) -> &str {
                &self.id
            }

            fn change(&self, next: &Self) -> Option<$change> {
                let Self { id, $($field),* } = next;
                (self != next).then(|| $change {
                    id: id.clone(),
                    $($field: (self.$field != *$field).then(|| $field.clone())),*
                })
            }

            fn patch(&mut self, told: Value<'_>, mistakes: &mut Mistakes) {
                const NAMES: &[&str] = &[$(stringify!($field)),*];
                let mut places = [0; NAMES.len()];
                let mut fields = Fields::of(told, NAMES, &mut places, mistakes);
                $(fields.replace(&mut self.$field);)*
            }
        }
    )*};
}

parts! {
    Node in NodeChange {
        kind: NodeKind, name: String, cluster: Option<String>, namespace: Option<String>, app: Option<String>,
        workload: Option<String>, service: Option<String>, requests: Option<Requests>, tcp: Option<Tcp>,
        latency: Option<Latency>, mtls_share: Option<f64>, health: Health, change: Option<Change>,
        alerts: Option<usize>, versions: Vec<VersionRow>, version: Option<String>, flags: NodeFlags,
        last_seen_s: Option<i64>, volume: Option<Volume>,
    }
    Edge in EdgeChange {
        source: String, source_row: Option<String>, target: String, target_row: Option<String>, protocol: Protocol,
        requests: Option<Requests>, tcp: Option<Tcp>, latency: Option<Latency>, mtls_share: Option<f64>,
        source_share: Option<f64>, other_side: Option<SideGap>, health: Health, change: Option<Change>,
        flags: EdgeFlags, last_seen_s: Option<i64>, volume: Option<Volume>, custom: Vec<Custom>,
    }
    GraphBox in BoxChange {
        by: BoxBy, name: String, parent: Option<String>, members: Vec<String>, health: Option<Health>,
        requests: Option<Requests>, latency: Option<Latency>,
    }
}

/// A field that is there was told, and be it that it has no value.
fn told<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

/// The graph that a [`Difference`] leads to, by its text: what it tells goes straight into copies of the parts. None where
/// it is no difference to the graph that is held: then it is of no use any more.
pub fn apply(told: &str, held: &Graph) -> Result<Option<Graph>, Unreadable> {
    json::read_by(told, &mut |told, mistakes| next(told, held, mistakes))
}

fn next(told: Value<'_>, held: &Graph, mistakes: &mut Mistakes) -> Option<Graph> {
    let names = &["add", "places", "update", "remove", "meta", "findings", "namespaces", "totals"];
    let mut at = [0; 8];
    let mut fields = Fields::of(told, names, &mut at, mistakes);
    let (add, places): (Parts, Places) = (fields.take(), fields.take());
    let (update, remove): (_, Gone) = (fields.value(), fields.take());
    let mut next = Graph {
        meta: fields.take_or(&held.meta),
        findings: fields.take_or(&held.findings),
        namespaces: fields.take_or(&held.namespaces),
        totals: fields.take_or(&held.totals),
        nodes: Vec::new(),
        edges: Vec::new(),
        boxes: Vec::new(),
    };
    let mut at = [0; 3];
    let mut lists = Fields::of(update, &["nodes", "edges", "boxes"], &mut at, mistakes);
    let [nodes, edges, boxes] = [lists.value(), lists.value(), lists.value()];
    let fits = patch(
        &held.nodes,
        &mut next.nodes,
        &remove.nodes,
        (nodes, &mut *mistakes),
        (add.nodes, &places.nodes),
    ) & patch(
        &held.edges,
        &mut next.edges,
        &remove.edges,
        (edges, &mut *mistakes),
        (add.edges, &places.edges),
    ) & patch(
        &held.boxes,
        &mut next.boxes,
        &remove.boxes,
        (boxes, &mut *mistakes),
        (add.boxes, &places.boxes),
    );
    fits.then_some(next)
}

/// One walk along the list, since all that is told of it stands in its order.
fn patch<T: Part>(
    held: &[T],
    out: &mut Vec<T>,
    gone: &[String],
    (told, mistakes): (Value<'_>, &mut Mistakes),
    (add, places): (Vec<T>, &[usize]),
) -> bool {
    let mut told = told.items(mistakes);
    let (mut gone, mut changed) = (gone.iter().peekable(), told.next());
    let (mut add, mut places) = (add.into_iter(), places.iter().peekable());
    out.reserve_exact(held.len() + add.len());
    for held in held {
        if gone.next_if(|gone| **gone == held.id()).is_some() {
            continue;
        }
        while places.next_if(|place| **place == out.len()).is_some() {
            out.extend(add.next());
        }
        let mut part = held.clone();
        if let Some(change) = changed.filter(|change| change.is_of(held.id())) {
            part.patch(change, mistakes);
            changed = told.next();
        }
        out.push(part);
    }
    out.extend(add);
    gone.next().is_none() && changed.is_none()
}

from_json_fields! {
    Parts { nodes, edges, boxes }
    Places { nodes, edges, boxes }
    Gone { nodes, edges, boxes }
}
