//! Layers as columns of entries: items, and for every long link one stand-in in each layer it passes. Knows the
//! order from top to bottom, no pixel.

use crate::part::Part;

/// The layered picture. Entries below `real` are items, the rest are stand-ins.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    pub(crate) columns: Vec<Vec<usize>>,
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
            columns: vec![Vec::new(); layer.iter().copied().max().map_or(0, |most| most + 1)],
            layer: layer.to_vec(),
            place: Vec::new(),
            real,
            segments: Vec::new(),
            left: Vec::new(),
            right: Vec::new(),
            link: Vec::new(),
            chain: vec![Vec::new(); part.links.len()],
            shelf: vec![0; real],
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
        self.left = vec![Vec::new(); n];
        self.right = vec![Vec::new(); n];
        for (index, segment) in self.segments.iter().enumerate() {
            self.right[segment.from].push(index);
            self.left[segment.to].push(index);
        }
        for entry in 0..n {
            self.place[entry] = self.columns[self.layer[entry]].len();
            self.columns[self.layer[entry]].push(entry);
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
        for (place, &entry) in self.columns[column].iter().enumerate() {
            self.place[entry] = place;
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
            (self.place[end] as f64 + 0.9 * at, segment.count)
        })
    }

    /// Crossings between a column and the next.
    pub(crate) fn crossings_after(&self, column: usize) -> u64 {
        let Some(next) = self.columns.get(column + 1) else { return 0 };
        let mut tree = vec![0_u64; next.len() + 1];
        let (mut total, mut crossings) = (0, 0);
        let mut ends: Vec<(usize, u64)> = Vec::new();
        for &entry in &self.columns[column] {
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
        (0..self.columns.len()).map(|column| self.crossings_after(column)).sum()
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
