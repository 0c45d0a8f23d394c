//! What the picture was before boxes were opened, so that what gave way to the latest comes back once it is folded again.
//! It must not know signals, nor what a box is.

use layout::{Input, Scene};

/// Older ones are as well as forgotten: their neighbours stay where they are.
const MOST: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Openings(Vec<Opening>);

#[derive(Debug)]
struct Opening {
    key: String,
    before: Scene,
}

impl Openings {
    /// The scene that the next picture follows instead of the one that stands: that of before the latest opening, where
    /// this folds it.
    pub(super) fn before(&mut self, standing: &Scene, input: &Input) -> Option<Scene> {
        let was_box = |key: &str| standing.groups.iter().any(|group| group.key == key);
        let is_box = |key: &str| input.groups.iter().any(|group| group.key == key);
        let mut folded = standing.groups.iter().map(|group| &group.key).filter(|key| !is_box(key));
        if let Some(folded) = folded.find(|key| input.nodes.iter().any(|node| node.key == **key)) {
            let at = self.0.iter().position(|opening| opening.key == *folded)?;
            let is_latest = at + 1 == self.0.len();
            return Some(self.0.remove(at).before).filter(|_| is_latest);
        }
        let mut opened = input.groups.iter().map(|group| &group.key).filter(|key| !was_box(key));
        if let Some(opened) = opened.find(|key| standing.nodes.iter().any(|node| node.key == **key)) {
            if self.0.len() == MOST {
                self.0.remove(0);
            }
            self.0.push(Opening { key: opened.clone(), before: standing.clone() });
        }
        None
    }

    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}
