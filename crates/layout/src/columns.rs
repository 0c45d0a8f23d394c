//! Layers as columns of entries: items, and for every long link one stand-in in each layer it passes. Knows the
//! order from top to bottom, no pixel.

use crate::part::Part;
use crate::rows::Rows;

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
    /// Neighbours of each entry: a row for those on the left, then one for those on the right.
    near: Rows<Beside>,
    /// Link of each stand-in.
    pub(crate) link: Vec<usize>,
    /// The stand-ins of each link, from left to right. A link back also passes the layers of its ends.
    pub(crate) chain: Vec<Vec<usize>>,
    /// Links that run back.
    pub(crate) backs: Vec<usize>,
    /// Where links back turn, beyond their ends: link, whether it is at the right, entry.
    pub(crate) turns: Vec<(usize, bool, usize)>,
    /// Where an entry belongs from top to bottom: a band, or free room between what stands in one region or in none.
    pub(crate) shelf: Vec<usize>,
    /// Where each shelf begins on a scale that all columns share, and where the last one ends; empty without shelves.
    pub(crate) floors: Vec<f64>,
    /// Each entry on that scale; without shelves its place.
    pub(crate) height: Vec<f64>,
    /// Crossings after each column; none when they must be counted anew.
    counts: Vec<Option<u64>>,
    /// Room for counting.
    tree: Vec<i32>,
}

/// A neighbour in the next column on one side.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Beside {
    entry: u32,
    /// Lines that lead to it.
    pub(crate) count: i32,
    /// Where on it they are tied.
    at: f32,
}

impl Beside {
    pub(crate) fn entry(self) -> usize {
        self.entry as usize
    }
}

/// Where everything stands, to come back to.
#[derive(Debug)]
pub(crate) struct Stand {
    order: Vec<Vec<usize>>,
    height: Vec<f64>,
    shelf: Vec<usize>,
    floors: Vec<f64>,
}

/// A link's way between two neighbouring layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) link: usize,
    /// Lines in it.
    pub(crate) count: i32,
    /// Where on its ends it is tied, from -0.5 at the top to 0.5.
    pub(crate) from_at: f64,
    pub(crate) to_at: f64,
}

impl Columns {
    pub(crate) fn new(part: &Part, back: &[bool], layer: &[usize]) -> Self {
        let real = part.items.len();
        let mut columns = Self {
            order: vec![Vec::new(); layer.iter().copied().max().map_or(0, |most| most + 1)],
            layer: layer.to_vec(),
            place: Vec::new(),
            real,
            segments: Vec::new(),
            near: Rows::default(),
            link: Vec::new(),
            chain: vec![Vec::new(); part.links.len()],
            backs: Vec::new(),
            turns: Vec::new(),
            shelf: vec![0; real],
            floors: Vec::new(),
            height: Vec::new(),
            counts: Vec::new(),
            tree: Vec::new(),
        };
        for (index, link) in part.links.iter().enumerate() {
            let count = i32::try_from(link.lines.len()).unwrap_or(i32::MAX).min(1_000);
            if back[index] || layer[link.to] <= layer[link.from] {
                columns.turn_back(index, (link.from, link.to), count);
                continue;
            }
            let mut from = link.from;
            for at in layer[link.from] + 1..=layer[link.to] {
                let to = if at == layer[link.to] { link.to } else { columns.stand_in(index, at) };
                let from_at = if from == link.from { link.from_at } else { 0.0 };
                let to_at = if to == link.to { link.to_at } else { 0.0 };
                columns.segments.push(Segment { from, to, link: index, count, from_at, to_at });
                from = to;
            }
        }
        columns.connect();
        columns
    }

    /// A link back leaves to the right, turns, passes the layer of its source and all others to that of its target,
    /// turns again and comes in from the left.
    fn turn_back(&mut self, link: usize, (source, target): (usize, usize), count: i32) {
        let (first, last) = (self.layer[target], self.layer[source]);
        self.backs.push(link);
        let segment = |from: usize, to: usize| Segment { from, to, link, count, from_at: 0.0, to_at: 0.0 };
        for at in first..=last {
            let entry = self.stand_in(link, at);
            if at > first {
                self.segments.push(segment(entry - 1, entry));
            }
        }
        let (low, high) = (self.layer.len() - 1 + first - last, self.layer.len() - 1);
        if last + 1 < self.order.len() {
            let turn = self.stand_in(link, last + 1);
            self.segments.extend([segment(source, turn), segment(high, turn)]);
            self.turns.push((link, true, turn));
        }
        if first > 0 {
            let turn = self.stand_in(link, first - 1);
            self.segments.extend([segment(turn, target), segment(turn, low)]);
            self.turns.push((link, false, turn));
        }
        self.chain[link].truncate(last + 1 - first);
    }

    /// Takes the turns out once the order is found: they need no room.
    pub(crate) fn forget_turns(&mut self) {
        let mut passes = vec![true; self.layer.len()];
        for turn in &self.turns {
            passes[turn.2] = false;
        }
        self.segments.retain(|segment| passes[segment.from] && passes[segment.to]);
        for column in &mut self.order {
            column.retain(|&entry| passes[entry]);
        }
        self.counts.fill(None);
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
        self.counts = vec![None; self.order.len()];
        let mut near = Vec::with_capacity(2 * self.segments.len());
        for &Segment { from, to, count, from_at, to_at, .. } in &self.segments {
            near.push((2 * to, Beside { entry: from as u32, count, at: from_at as f32 }));
            near.push((2 * from + 1, Beside { entry: to as u32, count, at: to_at as f32 }));
        }
        self.near = Rows::new(2 * n, &near);
        // Lines back start on top, and stay there where that crosses nothing.
        let mut over = vec![false; n];
        for &link in &self.backs {
            self.chain[link].iter().for_each(|&entry| over[entry] = true);
        }
        self.turns.iter().for_each(|turn| over[turn.2] = true);
        for above in [true, false] {
            for entry in (0..n).filter(|&entry| over[entry] == above) {
                self.place[entry] = self.order[self.layer[entry]].len();
                self.height[entry] = self.place[entry] as f64;
                self.order[self.layer[entry]].push(entry);
            }
        }
    }

    pub(crate) fn is_real(&self, entry: usize) -> bool {
        entry < self.real
    }

    /// Whether `above` may stand over `below` by their shelves. A stand-in may pass anywhere.
    pub(crate) fn may_stand(&self, above: usize, below: usize) -> bool {
        !self.is_real(above) || !self.is_real(below) || self.shelf[above] <= self.shelf[below]
    }

    /// To be called after every change of a column's order.
    pub(crate) fn renumber(&mut self, column: usize) {
        self.counts[column] = None;
        self.counts[column.saturating_sub(1)] = None;
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

    pub(crate) fn renumber_all(&mut self) {
        (0..self.order.len()).for_each(|column| self.renumber(column));
    }

    /// How many stand in an entry's column, itself included.
    pub(crate) fn fellows(&self, entry: usize) -> usize {
        self.order[self.layer[entry]].len()
    }

    /// Moves one entry of a column to another place. Heights are left as they are until `renumber`.
    pub(crate) fn shift(&mut self, column: usize, from: usize, to: usize) {
        let (first, last) = (from.min(to), from.max(to));
        if first == last {
            return;
        }
        let moved = &mut self.order[column][first..=last];
        if to < from {
            moved.rotate_right(1);
        } else {
            moved.rotate_left(1);
        }
        for (step, &entry) in moved.iter().enumerate() {
            self.place[entry] = first + step;
        }
        self.counts[column] = None;
        self.counts[column.saturating_sub(1)] = None;
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

    /// Lays the shelves out on the common scale: each as high as its fullest column. Below the last land there may be room
    /// in its region and room outside of all.
    pub(crate) fn set_floors(&mut self) {
        let shelves = self.shelf[..self.real].iter().copied().max().unwrap_or(0) + 3;
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
    pub(crate) fn beside(&self, entry: usize, left: bool) -> &[Beside] {
        self.near.row(2 * entry + usize::from(!left))
    }

    /// Neighbours on both sides.
    pub(crate) fn around(&self, entry: usize) -> &[Beside] {
        self.near.span(2 * entry, 2)
    }

    /// Heights of the neighbours on one side, in places of their column.
    pub(crate) fn heights(&self, entry: usize, left: bool, out: &mut Vec<(f64, f64)>) {
        out.clear();
        for beside in self.beside(entry, left) {
            out.push((self.height[beside.entry()] + 0.9 * f64::from(beside.at), f64::from(beside.count)));
        }
    }

    /// Crossings between a column and the next.
    pub(crate) fn crossings_after(&mut self, column: usize) -> u64 {
        if let Some(known) = self.counts[column] {
            return known;
        }
        let mut tree = std::mem::take(&mut self.tree);
        let found = self.count(column, &mut tree);
        self.tree = tree;
        self.counts[column] = Some(found);
        found
    }

    fn count(&self, column: usize, tree: &mut Vec<i32>) -> u64 {
        let Some(next) = self.order.get(column + 1) else { return 0 };
        tree.clear();
        tree.resize(next.len() + 1, 0);
        let (mut total, mut crossings) = (0, 0_u64);
        for &entry in &self.order[column] {
            let ends = self.beside(entry, false);
            for end in ends {
                let mut not_below = 0;
                let mut at = self.place[end.entry()] + 1;
                while at > 0 {
                    not_below += tree[at];
                    at &= at - 1;
                }
                crossings += (end.count * (total - not_below)) as u64;
            }
            for end in ends {
                total += end.count;
                let mut at = self.place[end.entry()] + 1;
                while at < tree.len() {
                    tree[at] += end.count;
                    at += at & at.wrapping_neg();
                }
            }
        }
        crossings
    }

    pub(crate) fn crossings(&mut self) -> u64 {
        (0..self.order.len()).map(|column| self.crossings_after(column)).sum()
    }

    pub(crate) fn stand(&self) -> Stand {
        Stand {
            order: self.order.clone(),
            height: self.height.clone(),
            shelf: self.shelf.clone(),
            floors: self.floors.clone(),
        }
    }

    pub(crate) fn note(&self, stand: &mut Stand) {
        stand.order.clone_from(&self.order);
        stand.height.clone_from(&self.height);
        stand.shelf.clone_from(&self.shelf);
        stand.floors.clone_from(&self.floors);
    }

    pub(crate) fn restore(&mut self, stand: &Stand) {
        self.height.clone_from(&stand.height);
        self.shelf.clone_from(&stand.shelf);
        self.floors.clone_from(&stand.floors);
        for column in 0..self.order.len() {
            self.restore_column(stand, column);
        }
    }

    pub(crate) fn restore_column(&mut self, stand: &Stand, column: usize) {
        if self.order[column] != stand.order[column] {
            self.order[column].clone_from(&stand.order[column]);
            self.renumber(column);
        }
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
            region: vec![None; n],
            links: arcs.iter().map(link).collect(),
            ..Part::default()
        }
    }

    #[test]
    fn crossings_agree_with_counting_every_pair() {
        let arcs: Vec<(usize, usize)> =
            (0..7).flat_map(|u| [(u, 7 + (u * 3) % 7), (u, 7 + (u * 5 + 2) % 7)]).collect();
        let layer: Vec<usize> = (0..14).map(|item| item / 7).collect();
        let mut columns = Columns::new(&part(14, &arcs), &vec![false; arcs.len()], &layer);
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
