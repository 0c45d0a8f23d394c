//! Layers as columns of entries: items, and for every long link one stand-in in each layer it passes. Knows the
//! order from top to bottom, no pixel.

use crate::part::Part;

/// The layered picture. Entries below `real` are items, the rest are stand-ins.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    pub(crate) order: Vec<Vec<usize>>,
    /// Layer of each entry.
    pub(crate) layer: Vec<usize>,
    /// Place of each entry in its column.
    pub(crate) place: Vec<usize>,
    pub(crate) real: usize,
    pub(crate) segments: Vec<Segment>,
    /// Segments to the left and to the right of each entry.
    pub(crate) left: Vec<Vec<usize>>,
    pub(crate) right: Vec<Vec<usize>>,
    /// Link of each stand-in.
    pub(crate) link: Vec<usize>,
    /// The stand-ins of each link, from left to right.
    pub(crate) chain: Vec<Vec<usize>>,
    /// Where an entry belongs from top to bottom: even numbers are free room, odd ones are bands.
    pub(crate) shelf: Vec<usize>,
    /// Where each shelf begins on a scale that all columns share, and where the last one ends; empty without shelves.
    pub(crate) floors: Vec<f64>,
    /// Each entry on that scale; without shelves its place.
    pub(crate) height: Vec<f64>,
}

/// A link's way between two neighbouring layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) link: usize,
    /// Lines in it.
    pub(crate) count: u64,
    /// Where on its ends it is tied, from -0.5 at the top to 0.5.
    pub(crate) from_at: f64,
    pub(crate) to_at: f64,
}

impl Columns {
    /// Backward links take no part: they are led round the cards at the end.
    pub(crate) fn new(part: &Part, back: &[bool], layer: &[usize]) -> Self {
        let real = part.items.len();
        let mut columns = Self {
            order: vec![Vec::new(); layer.iter().copied().max().map_or(0, |most| most + 1)],
            layer: layer.to_vec(),
            place: Vec::new(),
            real,
            segments: Vec::new(),
            left: Vec::new(),
            right: Vec::new(),
            link: Vec::new(),
            chain: vec![Vec::new(); part.links.len()],
            shelf: vec![0; real],
            floors: Vec::new(),
            height: Vec::new(),
        };
        for (index, link) in part.links.iter().enumerate() {
            if back[index] || layer[link.to] <= layer[link.from] {
                continue;
            }
            let mut from = link.from;
            for at in layer[link.from] + 1..=layer[link.to] {
                let to = if at == layer[link.to] { link.to } else { columns.stand_in(index, at) };
                let from_at = if from == link.from { link.from_at } else { 0.0 };
                let to_at = if to == link.to { link.to_at } else { 0.0 };
                columns.segments.push(Segment {
                    from,
                    to,
                    link: index,
                    count: link.lines.len() as u64,
                    from_at,
                    to_at,
                });
                from = to;
            }
        }
        columns.connect();
        columns
    }

    fn stand_in(&mut self, link: usize, at: usize) -> usize {
        let entry = self.layer.len();
        self.layer.push(at);
        self.shelf.push(0);
        self.link.push(link);
        self.chain[link].push(entry);
        entry
    }

    fn connect(&mut self) {
        let n = self.layer.len();
        self.place = vec![0; n];
        self.height = vec![0.0; n];
        self.left = vec![Vec::new(); n];
        self.right = vec![Vec::new(); n];
        for (index, segment) in self.segments.iter().enumerate() {
            self.right[segment.from].push(index);
            self.left[segment.to].push(index);
        }
        for entry in 0..n {
            self.place[entry] = self.order[self.layer[entry]].len();
            self.height[entry] = self.place[entry] as f64;
            self.order[self.layer[entry]].push(entry);
        }
    }

    pub(crate) fn is_real(&self, entry: usize) -> bool {
        entry < self.real
    }

    /// Whether `above` may stand over `below` by their shelves. A stand-in may pass anywhere.
    pub(crate) fn may_stand(&self, above: usize, below: usize) -> bool {
        !self.is_real(above) || !self.is_real(below) || self.shelf[above] <= self.shelf[below]
    }

    pub(crate) fn renumber(&mut self, column: usize) {
        for (place, &entry) in self.order[column].iter().enumerate() {
            self.place[entry] = place;
            if self.floors.is_empty() {
                self.height[entry] = place as f64;
            }
        }
        if !self.floors.is_empty() {
            self.measure(column);
        }
    }

    /// Items spread evenly over their shelf; stand-ins keep their height as far as their neighbours allow.
    fn measure(&mut self, column: usize) {
        let shelf = |entry: usize| (entry < self.real).then(|| self.shelf[entry]);
        let items: Vec<usize> =
            self.order[column].iter().copied().filter(|&entry| entry < self.real).collect();
        for row in items.chunk_by(|&a, &b| shelf(a) == shelf(b)) {
            let (low, high) = (self.floors[self.shelf[row[0]]], self.floors[self.shelf[row[0]] + 1]);
            for (place, &item) in row.iter().enumerate() {
                self.height[item] = low + (high - low) * (place as f64 + 0.5) / row.len() as f64;
            }
        }
        let mut low = f64::NEG_INFINITY;
        for place in 0..self.order[column].len() {
            let entry = self.order[column][place];
            self.height[entry] = self.height[entry].max(low);
            low = self.height[entry];
        }
        let mut high = f64::INFINITY;
        for place in (0..self.order[column].len()).rev() {
            let entry = self.order[column][place];
            if !self.is_real(entry) {
                self.height[entry] = self.height[entry].min(high);
            }
            high = self.height[entry];
        }
    }

    /// Lays the shelves out on the common scale: each as high as its fullest column.
    pub(crate) fn set_floors(&mut self) {
        let shelves = self.shelf[..self.real].iter().copied().max().unwrap_or(0) + 2;
        let mut most = vec![0_usize; shelves];
        for column in &self.order {
            let mut count = vec![0_usize; shelves];
            for &entry in column.iter().filter(|&&entry| entry < self.real) {
                count[self.shelf[entry]] += 1;
            }
            for (most, count) in most.iter_mut().zip(count) {
                *most = (*most).max(count);
            }
        }
        self.floors = vec![0.0];
        for count in most {
            let last = self.floors[self.floors.len() - 1];
            self.floors.push(last + count as f64);
        }
        for column in 0..self.order.len() {
            self.renumber(column);
        }
    }

    /// Neighbours on one side.
    pub(crate) fn beside(&self, entry: usize, left: bool) -> impl Iterator<Item = (usize, u64)> + '_ {
        let list = if left { &self.left[entry] } else { &self.right[entry] };
        list.iter().map(move |&index| {
            let segment = &self.segments[index];
            (if left { segment.from } else { segment.to }, segment.count)
        })
    }

    /// Heights of the neighbours on one side, in places of their column.
    pub(crate) fn heights(&self, entry: usize, left: bool) -> impl Iterator<Item = (f64, u64)> + '_ {
        let list = if left { &self.left[entry] } else { &self.right[entry] };
        list.iter().map(move |&index| {
            let segment = &self.segments[index];
            let (end, at) = if left { (segment.from, segment.from_at) } else { (segment.to, segment.to_at) };
            (self.height[end] + 0.9 * at, segment.count)
        })
    }

    /// Crossings between a column and the next.
    pub(crate) fn crossings_after(&self, column: usize) -> u64 {
        let Some(next) = self.order.get(column + 1) else { return 0 };
        let mut tree = vec![0_u64; next.len() + 1];
        let (mut total, mut crossings) = (0, 0);
        let mut ends: Vec<(usize, u64)> = Vec::new();
        for &entry in &self.order[column] {
            ends.clear();
            ends.extend(self.beside(entry, false).map(|(to, count)| (self.place[to], count)));
            for &(place, count) in &ends {
                let mut not_below = 0;
                let mut at = place + 1;
                while at > 0 {
                    not_below += tree[at];
                    at &= at - 1;
                }
                crossings += count * (total - not_below);
            }
            for &(place, count) in &ends {
                total += count;
                let mut at = place + 1;
                while at < tree.len() {
                    tree[at] += count;
                    at += at & at.wrapping_neg();
                }
            }
        }
        crossings
    }

    pub(crate) fn crossings(&self) -> u64 {
        (0..self.order.len()).map(|column| self.crossings_after(column)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::part::Link;
    use crate::scene::Size;

    pub(crate) fn part(n: usize, arcs: &[(usize, usize)]) -> Part {
        let link = |&(from, to): &(usize, usize)| Link {
            from,
            to,
            lines: vec![0],
            weight: 1.0,
            thick: 1.0,
            pull: 1.0,
            from_at: 0.0,
            to_at: 0.0,
        };
        Part {
            items: (0..n).collect(),
            size: vec![Size::new(10.0, 10.0); n],
            band: vec![None; n],
            bands: Vec::new(),
            links: arcs.iter().map(link).collect(),
        }
    }

    #[test]
    fn crossings_agree_with_counting_every_pair() {
        let arcs: Vec<(usize, usize)> =
            (0..7).flat_map(|u| [(u, 7 + (u * 3) % 7), (u, 7 + (u * 5 + 2) % 7)]).collect();
        let layer: Vec<usize> = (0..14).map(|item| item / 7).collect();
        let columns = Columns::new(&part(14, &arcs), &vec![false; arcs.len()], &layer);
        let mut slow = 0;
        for a in 0..arcs.len() {
            for b in 0..arcs.len() {
                slow += u64::from(arcs[a].0 < arcs[b].0 && arcs[a].1 > arcs[b].1);
            }
        }
        assert_eq!(columns.crossings(), slow);
    }

    #[test]
    fn a_long_link_has_a_stand_in_in_every_layer_it_passes() {
        let columns = Columns::new(&part(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]), &[false; 4], &[0, 1, 2, 3]);
        assert_eq!(columns.chain[3].len(), 2);
        assert_eq!(columns.segments.len(), 6);
    }
}
