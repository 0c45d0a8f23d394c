//! What is to be placed: boxes with sizes, the lines between them, and the groups they stand in. Knows nothing of
//! services, health or text; a key is an opaque word that stays the same from refresh to refresh.

use crate::scene::{Point, Size};

/// A whole picture to place. Every list may be empty, and bad entries are left out rather than refused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    pub groups: Vec<Group>,
    /// Wanted width ÷ height of the picture, e.g. 1.6; 0 means no wish.
    pub aspect: f64,
}

/// One card.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// One card that stands for a whole group, be it an app, a band or a region, has the group's key:
    /// [`update`](crate::update()) sets it where the group's cards stood when it folds up, and them where it stood when it
    /// unfolds.
    pub key: String,
    pub size: Size,
    /// Key of the innermost group the card stands in. That may be a region, for a card without a band.
    pub group: Option<String>,
    /// Places on the card's sides where edges may end: the version rows.
    pub ports: Vec<Port>,
    /// Top left corner, where the reader's hand has put the card. It overrides every rule.
    pub pin: Option<Point>,
}

/// A named height on both sides of a card.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Port {
    pub key: String,
    /// Centre, from the card's top.
    pub y: f64,
}

/// One line from caller to callee.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edge {
    pub key: String,
    pub source: String,
    pub source_port: Option<String>,
    pub target: String,
    pub target_port: Option<String>,
    /// How much the line matters (its rate): heavy lines decide what counts as forward.
    pub weight: f64,
    /// Width as drawn, in pixels.
    pub width: f64,
    /// Room its label needs, if it has one.
    pub label: Option<Size>,
}

/// A box round cards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    pub key: String,
    /// The box this one stands in: a band's is a region, an app's a band or a region. Others count for nothing.
    pub parent: Option<String>,
    pub kind: GroupKind,
    /// Room the title needs at the top, inside the padding. Zero height: no title.
    pub title: Size,
}

/// What a group looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupKind {
    /// A wide stretch of land, for a namespace: its cards lie in many layers.
    #[default]
    Band,
    /// A tight box, for the versions of one app: its cards are stacked in one layer.
    App,
    /// A stretch of land round bands and cards without one, e.g. for a cluster. It stands in nothing.
    Region,
}
