//! A graph that has its places: the scene, what lies where, and the traffic on it. Survivors keep their places.

use layout::{Input, Point, Rect, Scene};
use model::{Graph, Subject};
use std::{fmt::Write as _, sync::Arc};
use view::{MeasureText, cards, diff, hit::SceneIndex, label::Label, particles::Particles};

#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) graph: Arc<Graph>,
    pub(crate) scene: Scene,
    pub(crate) index: SceneIndex,
    pub(crate) particles: Particles,
    /// Ids of the cards that the hand has put somewhere.
    pub(crate) pinned: Vec<String>,
    question: String,
}

/// What the places depend on besides the graph.
#[derive(Clone, Debug)]
pub(crate) struct Wish<'a> {
    pub(crate) labels: &'a [&'static Label],
    pub(crate) aspect: f64,
    /// What was asked for: type, namespaces, focus.
    pub(crate) question: &'a str,
    /// Cards that the hand has put somewhere.
    pub(crate) pins: Vec<(String, Point)>,
}

/// How a picture is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// What stands stays where it stands.
    Update,
    /// Afresh because the reader wants it so.
    Tidy,
    /// Afresh: another question, or nothing of the older picture is left.
    Fresh,
}

/// A picture that has no places yet.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) graph: Arc<Graph>,
    pub(crate) way: Way,
    pub(crate) input: Input,
    pub(super) question: String,
    pinned: Vec<String>,
}

impl Plan {
    pub(crate) fn new(graph: Arc<Graph>, way: Way, wish: &Wish, measure: &dyn MeasureText) -> Self {
        let options =
            cards::Options { labels: wish.labels.to_vec(), pins: wish.pins.clone(), aspect: wish.aspect };
        Self {
            input: cards::input(&graph, &options, measure),
            graph,
            way,
            question: wish.question.to_owned(),
            pinned: wish.pins.iter().map(|(node, _)| node.clone()).collect(),
        }
    }

    /// A picture in its places. `standing` is what it follows.
    pub(crate) fn placed(self, scene: Scene, standing: Option<Picture>) -> Picture {
        let mut particles = match standing {
            Some(standing) if self.way != Way::Fresh => standing.particles,
            _ => Particles::default(),
        };
        let is_new = self.way == Way::Fresh;
        particles.update(&self.graph, &scene);
        if is_new {
            particles.settle();
        }
        Picture {
            index: SceneIndex::new(&self.graph, &scene),
            graph: self.graph,
            scene,
            particles,
            pinned: self.pinned,
            question: self.question,
        }
    }
}

impl Picture {
    pub(crate) fn asked(&self) -> (Arc<Graph>, String) {
        (Arc::clone(&self.graph), self.question.clone())
    }

    /// How to go on from here to a graph: None when only its figures are new. Also a sentence on what changed, where
    /// that is worth saying.
    pub(crate) fn way_to(&self, graph: &Graph, question: &str) -> (Option<Way>, Option<String>) {
        if question != self.question {
            return (Some(Way::Fresh), None);
        }
        let difference = diff::diff(&self.graph, graph);
        let sentence = Some(difference.sentence(graph)).filter(|sentence| !sentence.is_empty());
        let nothing_left = difference.removed_nodes.len() == self.graph.nodes.len();
        let way = if nothing_left { Way::Fresh } else { Way::Update };
        (difference.topology.then_some(way), sentence)
    }

    /// New figures for the same cards and lines.
    pub(crate) fn take_figures(&mut self, graph: Arc<Graph>) {
        self.graph = graph;
        self.particles.update(&self.graph, &self.scene);
    }

    pub(crate) fn place_of_key(&self, key: &str) -> Option<Rect> {
        self.scene.nodes.iter().find(|node| node.key == key).map(|node| node.rect)
    }

    /// A card, or both cards of a line.
    pub(crate) fn place_of(&self, subject: &Subject) -> Option<Rect> {
        match subject {
            Subject::Node { id } | Subject::Row { node: id, .. } => self.place_of_key(id),
            Subject::Edge { id } => {
                let route = self.scene.edges.iter().find(|route| route.key == *id)?;
                Some(self.place_of_key(&route.source)?.union(&self.place_of_key(&route.target)?))
            }
        }
    }

    /// The outlines of all cards: the frame round them and a path, in whole pixels of the scene.
    pub(crate) fn shape(&self) -> String {
        let whole =
            |rect: Rect| [rect.x, rect.y, rect.width, rect.height].map(|length| length.round() as i64);
        let [x, y, width, height] = whole(self.scene.bounds);
        let mut shape = format!("{x} {y} {width} {height}|");
        for [x, y, width, height] in self.scene.nodes.iter().map(|node| whole(node.rect)) {
            // Writing to a string never fails.
            let _ = write!(shape, "M{x} {y}h{width}v{height}h-{width}z");
        }
        shape
    }
}

pub(super) fn words(labels: &[&'static Label]) -> Vec<&'static str> {
    labels.iter().map(|label| label.word).collect()
}
