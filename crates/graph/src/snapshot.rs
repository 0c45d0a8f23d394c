//! One reporter an edge, the other side kept, and what the telemetry lacks: all that every view is made from.
//! It must not know views, health or graph types.

use crate::{
    answers::Answers,
    query::{Origin, Window},
    sample::Symbols,
};
use model::Warning;

#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) origin: Origin,
    pub(crate) window: Window,
    pub(crate) symbols: Symbols,
}

impl Snapshot {
    /// Memory held, roughly.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.symbols.bytes()
    }

    pub fn window(&self) -> Window {
        self.window
    }
}

pub fn snapshot(answers: &Answers) -> (Snapshot, Vec<Warning>) {
    let snapshot =
        Snapshot { origin: answers.origin.clone(), window: answers.window, symbols: answers.symbols.clone() };
    (snapshot, Vec::new())
}
