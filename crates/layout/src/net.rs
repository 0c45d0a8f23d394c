//! The input made fit for work: indices in place of keys, in an order that does not depend on the caller's, sizes
//! made sane, apps folded to one item. Knows nothing of places.

use crate::sorting::Order as _;
use std::collections::BTreeMap;

use crate::input::{GroupKind, Input, Node};
use crate::scene::{Point, Size};
use crate::tuning::{APP_GAP, APP_PADDING};

#[derive(Debug, Default)]
pub(crate) struct Net {
    pub(crate) cards: Vec<Card>,
    pub(crate) items: Vec<Item>,
    pub(crate) lines: Vec<Line>,
    pub(crate) bands: Vec<Frame>,
    pub(crate) apps: Vec<Frame>,
}

/// A node of the input, at an offset inside its item.
#[derive(Debug)]
pub(crate) struct Card {
    /// Index in the input.
    pub(crate) input: usize,
    pub(crate) item: usize,
    pub(crate) size: Size,
    pub(crate) inset: Point,
    pub(crate) ports: Vec<(String, f64)>,
    pub(crate) pin: Option<Point>,
}

/// What is placed as one: a single card, or an app with its members.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) size: Size,
    pub(crate) band: Option<usize>,
    pub(crate) app: Option<usize>,
    pub(crate) cards: Vec<usize>,
}

/// An edge between two cards. A port's height is kept when it is known.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) input: usize,
    pub(crate) source: usize,
    pub(crate) target: usize,
    pub(crate) source_y: Option<f64>,
    pub(crate) target_y: Option<f64>,
    pub(crate) weight: f64,
    pub(crate) width: f64,
    pub(crate) label: Option<Size>,
}

/// A group that has members.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) input: usize,
    pub(crate) title: Size,
    pub(crate) cards: Vec<usize>,
}

/// A length a screen can show; anything else becomes `otherwise`.
pub(crate) fn sane(length: f64, otherwise: f64, most: f64) -> f64 {
    if length.is_finite() && length >= 0.0 { length.min(most) } else { otherwise }
}

fn sane_size(size: Size) -> Size {
    Size::new(sane(size.width, 1.0, 1e5).max(1.0), sane(size.height, 1.0, 1e5).max(1.0))
}

fn sane_title(title: Size) -> Size {
    Size::new(sane(title.width, 0.0, 1e5), sane(title.height, 0.0, 1e5))
}

impl Net {
    pub(crate) fn new(input: &Input) -> Self {
        let mut net = Self::default();
        let mut card_of: BTreeMap<&str, usize> = BTreeMap::new();
        let mut inputs: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, node) in input.nodes.iter().enumerate() {
            inputs.entry(&node.key).or_insert(index);
        }
        for (key, &index) in &inputs {
            card_of.insert(key, net.cards.len());
            net.cards.push(card(&input.nodes[index], index));
        }
        net.add_groups(input);
        net.add_lines(input, &card_of);
        net
    }

    fn add_groups(&mut self, input: &Input) {
        let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, group) in input.groups.iter().enumerate() {
            groups.entry(&group.key).or_insert(index);
        }
        let kind = |index: usize| input.groups[index].kind;
        let mut item_of_app: BTreeMap<usize, usize> = BTreeMap::new();
        let mut band_of: BTreeMap<usize, usize> = BTreeMap::new();
        for card in 0..self.cards.len() {
            let own =
                input.nodes[self.cards[card].input].group.as_deref().and_then(|key| groups.get(key).copied());
            let app = own.filter(|&index| kind(index) == GroupKind::App);
            let above =
                |index: usize| input.groups[index].parent.as_deref().and_then(|key| groups.get(key).copied());
            let band = if app.is_some() { app.and_then(above) } else { own };
            let band = band.filter(|&index| kind(index) == GroupKind::Band);
            let band = band.map(|index| {
                *band_of.entry(index).or_insert_with(|| {
                    self.bands.push(Frame {
                        input: index,
                        title: sane_title(input.groups[index].title),
                        cards: Vec::new(),
                    });
                    self.bands.len() - 1
                })
            });
            if let Some(band) = band {
                self.bands[band].cards.push(card);
            }
            let known = app.and_then(|index| item_of_app.get(&index).copied());
            let item = known.unwrap_or_else(|| {
                let frame = app.map(|index| {
                    item_of_app.insert(index, self.items.len());
                    self.apps.push(Frame {
                        input: index,
                        title: sane_title(input.groups[index].title),
                        cards: Vec::new(),
                    });
                    self.apps.len() - 1
                });
                self.items.push(Item { size: Size::default(), band, app: frame, cards: Vec::new() });
                self.items.len() - 1
            });
            self.items[item].cards.push(card);
            self.cards[card].item = item;
            if let Some(frame) = self.items[item].app {
                self.apps[frame].cards.push(card);
            }
        }
        for item in 0..self.items.len() {
            self.stack(item);
        }
    }

    /// Sets the members of an item one below the other.
    fn stack(&mut self, item: usize) {
        let members = self.items[item].cards.clone();
        let Some(app) = self.items[item].app else {
            self.items[item].size = self.cards[members[0]].size;
            return;
        };
        let title = self.apps[app].title;
        let mut y = APP_PADDING + if title.height > 0.0 { title.height + 4.0 } else { 0.0 };
        let mut width = title.width;
        for (index, &card) in members.iter().enumerate() {
            y += if index > 0 { APP_GAP } else { 0.0 };
            self.cards[card].inset = Point::new(APP_PADDING, y);
            y += self.cards[card].size.height;
            width = width.max(self.cards[card].size.width);
        }
        self.items[item].size = Size::new(width + 2.0 * APP_PADDING, y + APP_PADDING);
    }

    fn add_lines(&mut self, input: &Input, card_of: &BTreeMap<&str, usize>) {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, edge) in input.edges.iter().enumerate() {
            known.entry(&edge.key).or_insert(index);
        }
        for &index in known.values() {
            let edge = &input.edges[index];
            let (Some(&source), Some(&target)) = (card_of.get(&*edge.source), card_of.get(&*edge.target))
            else {
                continue;
            };
            let height = |card: usize, port: Option<&str>| {
                port.and_then(|key| self.cards[card].ports.iter().find(|known| known.0 == key))
                    .map(|known| known.1)
            };
            let source_y = height(source, edge.source_port.as_deref());
            let target_y = height(target, edge.target_port.as_deref());
            self.lines.push(Line {
                input: index,
                source,
                target,
                source_y,
                target_y,
                weight: sane(edge.weight, 0.0, 1e12),
                width: sane(edge.width, 1.0, 40.0),
                label: edge.label.map(sane_size),
            });
        }
        // Stable: lines of one pair stay in the order of their keys.
        self.lines.order_by_key(|line| (line.source, line.target));
    }
}

fn card(node: &Node, input: usize) -> Card {
    let size = sane_size(node.size);
    let ports = node
        .ports
        .iter()
        .map(|port| (port.key.clone(), sane(port.y, size.height / 2.0, size.height)))
        .collect();
    let pin = node.pin.filter(|pin| pin.x.abs() < 1e7 && pin.y.abs() < 1e7);
    Card { input, item: 0, size, inset: Point::default(), ports, pin }
}
