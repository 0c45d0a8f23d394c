//! Find: a part of a name, or `key=value` pairs; all of them must hold.

use model::Graph;

/// What was typed, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {}

/// By index of the graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    pub nodes: Vec<bool>,
    pub edges: Vec<bool>,
}

impl Find {
    /// None for blank text; the error is a sentence for the person who typed.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        todo!()
    }

    pub fn matches(&self, graph: &Graph) -> Matched {
        todo!()
    }
}

impl Matched {
    /// "3 services and 2 edges match", "Nothing matches".
    pub fn sentence(&self) -> String {
        todo!()
    }
}
