//! A graph that has its places: the scene, what lies where, and the traffic on it. Survivors keep their places.

use layout::{Rect, Scene};
use model::{Graph, Subject};
use std::{fmt::Write as _, sync::Arc};
use view::{MeasureText, cards, diff, hit::SceneIndex, label::Label, particles::Particles};

#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) graph: Arc<Graph>,
    pub(crate) scene: Scene,
    pub(crate) index: SceneIndex,
    pub(crate) particles: Particles,
    labels: Vec<&'static str>,
    question: String,
}

/// What the places depend on besides the graph.
#[derive(Clone, Debug)]
pub(crate) struct Wish<'a> {
    pub(crate) labels: &'a [&'static Label],
    pub(crate) aspect: f64,
    /// What was asked for: type, namespaces, focus.
    pub(crate) question: &'a str,
}

/// How a new picture follows an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Only figures.
    Figures,
    /// Something came or went, and the others stand where they stood.
    Grown,
    /// Placed afresh: another question, or nothing of the older picture is left.
    New,
}

impl Picture {
    pub(crate) fn new(graph: Arc<Graph>, wish: &Wish, measure: &dyn MeasureText) -> Self {
        let scene = layout::place(&input(&graph, wish, measure));
        let mut particles = Particles::new(&graph, &scene);
        particles.settle();
        let index = SceneIndex::new(&graph, &scene);
        Self {
            graph,
            scene,
            index,
            particles,
            labels: words(wish.labels),
            question: wish.question.to_owned(),
        }
    }

    pub(crate) fn asked(&self) -> (Arc<Graph>, String) {
        (Arc::clone(&self.graph), self.question.clone())
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
        let bounds = self.scene.bounds;
        let mut shape = format!("{:.0} {:.0} {:.0} {:.0}|", bounds.x, bounds.y, bounds.width, bounds.height);
        for Rect { x, y, width, height } in self.scene.nodes.iter().map(|node| node.rect) {
            // Writing to a string never fails.
            let _ = write!(shape, "M{x:.0} {y:.0}h{width:.0}v{height:.0}h-{width:.0}z");
        }
        shape
    }

    /// Also gives a sentence on what changed, where that is worth saying.
    pub(crate) fn take(
        &mut self,
        graph: Arc<Graph>,
        wish: &Wish,
        measure: &dyn MeasureText,
    ) -> (Change, Option<String>) {
        if wish.question != self.question {
            *self = Self::new(graph, wish, measure);
            return (Change::New, None);
        }
        let labels = words(wish.labels);
        let difference = diff::diff(&self.graph, &graph);
        let sentence = Some(difference.sentence(&graph)).filter(|sentence| !sentence.is_empty());
        if !difference.topology && labels == self.labels {
            self.graph = graph;
            self.particles.update(&self.graph, &self.scene);
            return (Change::Figures, sentence);
        }
        if difference.removed_nodes.len() == self.graph.nodes.len() {
            *self = Self::new(graph, wish, measure);
            return (Change::New, sentence);
        }
        self.scene = layout::update(&self.scene, &input(&graph, wish, measure)).scene;
        self.index = SceneIndex::new(&graph, &self.scene);
        self.particles.update(&graph, &self.scene);
        self.graph = graph;
        self.labels = labels;
        (Change::Grown, sentence)
    }
}

fn input(graph: &Graph, wish: &Wish, measure: &dyn MeasureText) -> layout::Input {
    let options = cards::Options { labels: wish.labels.to_vec(), pins: Vec::new(), aspect: wish.aspect };
    cards::input(graph, &options, measure)
}

pub(super) fn words(labels: &[&'static Label]) -> Vec<&'static str> {
    labels.iter().map(|label| label.word).collect()
}
