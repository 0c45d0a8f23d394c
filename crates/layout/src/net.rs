//! The input made fit for work: indices in place of keys, in an order that does not depend on the caller's, sizes
//! made sane, apps folded to one item. Knows nothing of places.

use crate::index::Index;
use crate::sorting::Order as _;

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
    pub(crate) regions: Vec<Frame>,
}

/// A node of the input, at an offset inside its item.
#[derive(Debug)]
pub(crate) struct Card {
    /// Index in the input.
    pub(crate) input: usize,
    pub(crate) item: usize,
    pub(crate) size: Size,
    pub(crate) inset: Point,
    pub(crate) pin: Option<Point>,
}

/// What is placed as one: a single card, or an app with its members.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) size: Size,
    pub(crate) band: Option<usize>,
    /// As land: beyond the bands.
    pub(crate) region: Option<usize>,
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
    /// Of a band: the region it stands in, as land.
    pub(crate) region: Option<usize>,
    pub(crate) cards: Vec<usize>,
}

/// A length a screen can show; anything else becomes `otherwise`.
pub(crate) fn sane(length: f64, otherwise: f64, most: f64) -> f64 {
    if length.is_finite() && length >= 0.0 { length.min(most) } else { otherwise }
}

pub(crate) fn sane_size(size: Size) -> Size {
    Size::new(sane(size.width, 1.0, 1e5).max(1.0), sane(size.height, 1.0, 1e5).max(1.0))
}

pub(crate) fn sane_title(title: Size) -> Size {
    Size::new(sane(title.width, 0.0, 1e5), sane(title.height, 0.0, 1e5))
}

impl Net {
    pub(crate) fn new(input: &Input) -> Self {
        let mut net = Self::default();
        let index = Index::new(&mut input.nodes.iter().map(|node| &*node.key));
        let mut firsts: Vec<usize> = (0..input.nodes.len()).filter(|&at| index.is_first(at)).collect();
        firsts.order_by(|&a, &b| input.nodes[a].key.cmp(&input.nodes[b].key));
        let mut card_of = vec![0; input.nodes.len()];
        for (at, &node) in firsts.iter().enumerate() {
            card_of[node] = at;
            net.cards.push(card(&input.nodes[node], node));
        }
        net.add_groups(input);
        net.add_lines(input, |key| index.get(key).map(|node| card_of[node]));
        net
    }

    fn add_groups(&mut self, input: &Input) {
        let groups = Index::new(&mut input.groups.iter().map(|group| &*group.key));
        let named = |key: &Option<String>, kind: GroupKind| {
            let found = key.as_deref().and_then(|key| groups.get(key));
            found.filter(|&index| input.groups[index].kind == kind)
        };
        let frame = |index: usize| Frame {
            input: index,
            title: sane_title(input.groups[index].title),
            region: None,
            cards: Vec::new(),
        };
        let mut item_of_app: Vec<Option<usize>> = vec![None; input.groups.len()];
        let mut band_of: Vec<Option<usize>> = item_of_app.clone();
        let mut region_of: Vec<Option<usize>> = item_of_app.clone();
        for card in 0..self.cards.len() {
            let own = &input.nodes[self.cards[card].input].group;
            let app = named(own, GroupKind::App);
            let above = app.map_or(own, |app| &input.groups[app].parent);
            let band = named(above, GroupKind::Band);
            let above = band.map_or(above, |band| &input.groups[band].parent);
            let join = |index: usize, known: &mut [Option<usize>], frames: &mut Vec<Frame>| {
                let at = *known[index].get_or_insert(frames.len());
                if at == frames.len() {
                    frames.push(frame(index));
                }
                frames[at].cards.push(card);
                at
            };
            let region = named(above, GroupKind::Region);
            let region = region.map(|index| join(index, &mut region_of, &mut self.regions));
            let band = band.map(|index| join(index, &mut band_of, &mut self.bands));
            if let Some(band) = band {
                self.bands[band].region = region;
            }
            let item = app.and_then(|index| item_of_app[index]).unwrap_or_else(|| {
                let app = app.map(|index| {
                    item_of_app[index] = Some(self.items.len());
                    self.apps.push(frame(index));
                    self.apps.len() - 1
                });
                self.items.push(Item { size: Size::default(), band, region, app, cards: Vec::new() });
                self.items.len() - 1
            });
            self.items[item].cards.push(card);
            self.cards[card].item = item;
            if let Some(app) = self.items[item].app {
                self.apps[app].cards.push(card);
            }
        }
        let bands = self.bands.len();
        for item in 0..self.items.len() {
            if let Some(region) = &mut self.items[item].region {
                *region += bands;
            }
            self.stack(item);
        }
        for region in self.bands.iter_mut().filter_map(|band| band.region.as_mut()) {
            *region += bands;
        }
    }

    /// Bands, then regions.
    pub(crate) fn lands(&self) -> usize {
        self.bands.len() + self.regions.len()
    }

    pub(crate) fn land(&self, at: usize) -> &Frame {
        self.bands.get(at).unwrap_or_else(|| &self.regions[at - self.bands.len()])
    }

    /// The land that a land stands in.
    pub(crate) fn over(&self, land: usize) -> Option<usize> {
        self.bands.get(land)?.region
    }

    /// The innermost land an item stands in.
    pub(crate) fn home(&self, item: usize) -> Option<usize> {
        self.items[item].band.or(self.items[item].region)
    }

    /// All lands an item stands in, the innermost first.
    pub(crate) fn lands_of(&self, item: usize) -> [Option<usize>; 2] {
        [self.items[item].band, self.items[item].region]
    }

    pub(crate) fn is_in(&self, item: usize, land: Option<usize>) -> bool {
        land.is_some() && self.lands_of(item).contains(&land)
    }

    /// Whether neither land is, or stands in, the other.
    pub(crate) fn are_apart(&self, a: usize, b: usize) -> bool {
        a != b && self.over(a) != Some(b) && self.over(b) != Some(a)
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

    fn add_lines(&mut self, input: &Input, card_of: impl Fn(&str) -> Option<usize>) {
        let index = Index::new(&mut input.edges.iter().map(|edge| &*edge.key));
        for (at, edge) in input.edges.iter().enumerate().filter(|(at, _)| index.is_first(*at)) {
            let (Some(source), Some(target)) = (card_of(&edge.source), card_of(&edge.target)) else {
                continue;
            };
            let height = |card: usize, port: Option<&str>| {
                let own = &self.cards[card];
                let ports = &input.nodes[own.input].ports;
                let found = port.and_then(|key| ports.iter().find(|known| known.key == key));
                found.map(|port| sane(port.y, own.size.height / 2.0, own.size.height))
            };
            let source_y = height(source, edge.source_port.as_deref());
            let target_y = height(target, edge.target_port.as_deref());
            self.lines.push(Line {
                input: at,
                source,
                target,
                source_y,
                target_y,
                weight: sane(edge.weight, 0.0, 1e12),
                width: sane(edge.width, 1.0, 40.0),
                label: edge.label.map(sane_size),
            });
        }
        self.lines.order_by(|a, b| {
            let pair = (a.source, a.target).cmp(&(b.source, b.target));
            pair.then_with(|| input.edges[a.input].key.cmp(&input.edges[b.input].key))
        });
    }
}

fn card(node: &Node, input: usize) -> Card {
    let size = sane_size(node.size);
    let pin = node.pin.filter(|pin| pin.x.abs() < 1e7 && pin.y.abs() < 1e7);
    Card { input, item: 0, size, inset: Point::default(), pin }
}
