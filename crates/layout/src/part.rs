//! The picture cut into the parts that hang together, by lines or by a common box; each is laid out by itself.

use crate::net::Net;
use crate::scene::Size;
use crate::sorting::Order as _;
use crate::tuning::TWIN_GAP;

/// One part, with local indices.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Index in the net, by local item.
    pub(crate) items: Vec<usize>,
    pub(crate) size: Vec<Size>,
    pub(crate) band: Vec<Option<usize>>,
    /// Index in the net, by local band.
    pub(crate) bands: Vec<usize>,
    /// The region of each item, and of each band, as land: beyond the bands.
    pub(crate) region: Vec<Option<usize>>,
    pub(crate) over: Vec<Option<usize>>,
    /// Index in the net, by local region.
    pub(crate) regions: Vec<usize>,
    pub(crate) links: Vec<Link>,
}

/// All lines from one item to another.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Indices in the net.
    pub(crate) lines: Vec<usize>,
    pub(crate) weight: f64,
    /// Height of the lines side by side.
    pub(crate) thick: f64,
    /// How hard the link pulls its ends to one height.
    pub(crate) pull: f64,
    /// Where on the items the lines end, from -0.5 at the top to 0.5.
    pub(crate) from_at: f64,
    pub(crate) to_at: f64,
}

pub(crate) fn split(net: &Net) -> Vec<Part> {
    let mut root: Vec<usize> = (0..net.items.len() + net.lands()).collect();
    for line in &net.lines {
        join(&mut root, net.cards[line.source].item, net.cards[line.target].item);
    }
    for index in 0..net.items.len() {
        for land in net.lands_of(index).into_iter().flatten() {
            join(&mut root, net.items.len() + land, index);
        }
    }
    let mut part_of = vec![usize::MAX; root.len()];
    let mut local = vec![0; net.items.len()];
    let mut local_band = vec![usize::MAX; net.bands.len()];
    let mut local_region = vec![usize::MAX; net.regions.len()];
    let mut parts: Vec<Part> = Vec::new();
    for (index, item) in net.items.iter().enumerate() {
        let top = find(&mut root, index);
        if part_of[top] == usize::MAX {
            part_of[top] = parts.len();
            parts.push(Part::default());
        }
        let part = &mut parts[part_of[top]];
        local[index] = part.items.len();
        part.items.push(index);
        part.size.push(item.size);
        let region = item
            .region
            .map(|region| localised(region - net.bands.len(), &mut local_region, &mut part.regions));
        let band = item.band.map(|band| localised(band, &mut local_band, &mut part.bands));
        part.region.push(region);
        part.band.push(band);
        part.over.resize(part.bands.len(), region);
    }
    for part in &mut parts {
        for region in part.region.iter_mut().chain(&mut part.over).flatten() {
            *region += part.bands.len();
        }
    }
    let mut pairs: Vec<(usize, usize, usize)> = net
        .lines
        .iter()
        .enumerate()
        .map(|(index, line)| (net.cards[line.source].item, net.cards[line.target].item, index))
        .filter(|(from, to, _)| from != to)
        .collect();
    pairs.order();
    for (from, to, line) in pairs {
        let part = &mut parts[part_of[find(&mut root, from)]];
        part.take(net, (local[from], local[to]), line);
    }
    parts
}

/// The local number of a box, given when it is first met.
fn localised(index: usize, local: &mut [usize], known: &mut Vec<usize>) -> usize {
    if local[index] == usize::MAX {
        local[index] = known.len();
        known.push(index);
    }
    local[index]
}

impl Part {
    /// Bands, then regions.
    pub(crate) fn lands(&self) -> usize {
        self.bands.len() + self.regions.len()
    }

    /// The innermost land an item stands in.
    pub(crate) fn home(&self, item: usize) -> Option<usize> {
        self.band[item].or(self.region[item])
    }

    /// All lands an item stands in, the innermost first.
    pub(crate) fn lands_of(&self, item: usize) -> [Option<usize>; 2] {
        [self.band[item], self.region[item]]
    }

    pub(crate) fn is_in(&self, item: usize, land: usize) -> bool {
        self.lands_of(item).contains(&Some(land))
    }

    /// The region a land stands in; a region stands in none.
    pub(crate) fn level(&self, land: usize) -> Option<usize> {
        self.over.get(land).copied().flatten()
    }

    fn take(&mut self, net: &Net, (from, to): (usize, usize), line: usize) {
        let Some(link) = self.links.last_mut().filter(|link| (link.from, link.to) == (from, to)) else {
            let (weight, width) = (net.lines[line].weight, net.lines[line].width);
            let pull = 1.0 + width / 4.0;
            let from_at = height(net, net.lines[line].source, net.lines[line].source_y);
            let to_at = height(net, net.lines[line].target, net.lines[line].target_y);
            self.links.push(Link { from, to, lines: vec![line], weight, thick: width, pull, from_at, to_at });
            return;
        };
        link.lines.push(line);
        link.weight += net.lines[line].weight;
        link.thick += TWIN_GAP;
        link.pull += net.lines[line].width / 4.0;
    }
}

/// Where on its item a line ends, from -0.5 at the top to 0.5 at the bottom.
fn height(net: &Net, card: usize, port: Option<f64>) -> f64 {
    let card = &net.cards[card];
    (card.inset.y + port.unwrap_or(card.size.height / 2.0)) / net.items[card.item].size.height - 0.5
}

fn find(root: &mut [usize], mut node: usize) -> usize {
    while root[node] != node {
        root[node] = root[root[node]];
        node = root[node];
    }
    node
}

fn join(root: &mut [usize], a: usize, b: usize) {
    let (a, b) = (find(root, a), find(root, b));
    // The smaller index leads, so that the result does not depend on the order of joins.
    root[a.max(b)] = a.min(b);
}
