//! Pictures as plain numbers and one text, to be handed from one thread of a browser to another. One description serves
//! writing and reading; floats pass bit by bit. Knows what a picture is made of, not who hands it on.

use std::sync::Arc;

use crate::input::{Edge, Group, GroupKind, Input, Node, Port};
use crate::scene::{Cubic, PlacedGroup, PlacedNode, Point, Rect, Route, Scene, Size};

/// What is being written, or read from the start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tape {
    pub numbers: Vec<f64>,
    pub text: String,
    /// How far it is read: in numbers, in bytes of text. None while it is written.
    read: Option<(usize, usize)>,
}

impl Tape {
    /// To be read. What is missing at its end is read as nothing.
    pub fn of(numbers: Vec<f64>, text: String) -> Self {
        Self { numbers, text, read: Some((0, 0)) }
    }

    pub fn number(&mut self, number: &mut f64) {
        match &mut self.read {
            Some((at, _)) => {
                *number = self.numbers.get(*at).copied().unwrap_or_default();
                *at += 1;
            }
            None => self.numbers.push(*number),
        }
    }

    fn count(&mut self, count: &mut usize) {
        let mut number = *count as f64;
        self.number(&mut number);
        *count = number as usize;
    }

    fn flag(&mut self, flag: &mut bool) {
        let mut number = usize::from(*flag);
        self.count(&mut number);
        *flag = number > 0;
    }

    fn word(&mut self, word: &mut String) {
        let mut length = word.len();
        self.count(&mut length);
        match &mut self.read {
            Some((_, at)) => {
                let end = *at + length;
                self.text.get(*at..end).unwrap_or_default().clone_into(word);
                *at = end;
            }
            None => self.text.push_str(word),
        }
    }

    fn list<T: Default>(&mut self, list: &mut Vec<T>, each: fn(&mut Self, &mut T)) {
        let mut length = list.len();
        self.count(&mut length);
        if self.read.is_some() {
            list.clear();
            // A length that a broken tape claims is not made room for.
            list.resize_with(length.min(self.numbers.len()), T::default);
        }
        for item in list {
            each(self, item);
        }
    }

    pub fn maybe<T: Default>(&mut self, item: &mut Option<T>, each: fn(&mut Self, &mut T)) {
        let mut there = item.is_some();
        self.flag(&mut there);
        if self.read.is_some() {
            *item = there.then(T::default);
        }
        if let Some(item) = item {
            each(self, item);
        }
    }

    fn point(&mut self, Point { x, y }: &mut Point) {
        self.number(x);
        self.number(y);
    }

    fn size(&mut self, Size { width, height }: &mut Size) {
        self.number(width);
        self.number(height);
    }

    fn rect(&mut self, Rect { x, y, width, height }: &mut Rect) {
        for number in [x, y, width, height] {
            self.number(number);
        }
    }

    fn cubic(&mut self, Cubic { from, c1, c2, to }: &mut Cubic) {
        for point in [from, c1, c2, to] {
            self.point(point);
        }
    }

    fn kind(&mut self, kind: &mut GroupKind) {
        let mut at = *kind as usize;
        self.count(&mut at);
        *kind = match at {
            1 => GroupKind::App,
            2 => GroupKind::Region,
            _ => GroupKind::Band,
        };
    }

    pub fn input(&mut self, Input { nodes, edges, groups, aspect }: &mut Input) {
        self.list(nodes, Self::node);
        self.list(edges, Self::edge);
        self.list(groups, Self::group);
        self.number(aspect);
    }

    fn node(&mut self, Node { key, size, group, ports, pin, .. }: &mut Node) {
        self.word(key);
        self.size(size);
        self.maybe(group, Self::word);
        self.list(ports, Self::port);
        self.maybe(pin, Self::point);
    }

    fn port(&mut self, Port { key, y }: &mut Port) {
        self.word(key);
        self.number(y);
    }

    fn edge(&mut self, edge: &mut Edge) {
        let Edge { key, source, source_port, target, target_port, weight, width, label } = edge;
        for word in [key, source, target] {
            self.word(word);
        }
        self.maybe(source_port, Self::word);
        self.maybe(target_port, Self::word);
        self.number(weight);
        self.number(width);
        self.maybe(label, Self::size);
    }

    fn group(&mut self, Group { key, parent, kind, title }: &mut Group) {
        self.word(key);
        self.maybe(parent, Self::word);
        self.kind(kind);
        self.size(title);
    }

    pub fn scene(&mut self, Scene { nodes, edges, groups, bounds }: &mut Scene) {
        self.list(nodes, Self::placed_node);
        self.list(edges, |tape, edge| tape.route(Arc::make_mut(edge)));
        self.list(groups, Self::placed_group);
        self.rect(bounds);
    }

    fn placed_node(&mut self, PlacedNode { key, rect, layer, order }: &mut PlacedNode) {
        self.word(key);
        self.rect(rect);
        self.count(layer);
        self.count(order);
    }

    fn route(&mut self, Route { key, source, target, path, back, looped, label }: &mut Route) {
        for word in [key, source, target] {
            self.word(word);
        }
        self.list(path, Self::cubic);
        self.flag(back);
        self.flag(looped);
        self.maybe(label, Self::rect);
    }

    fn placed_group(&mut self, PlacedGroup { key, kind, parent, rect }: &mut PlacedGroup) {
        self.word(key);
        self.kind(kind);
        self.maybe(parent, Self::word);
        self.rect(rect);
    }

    /// One number for all that was written (FNV-1a): the same picture has the same on every machine.
    pub fn digest(&self) -> u64 {
        let numbers = self.numbers.iter().flat_map(|number| number.to_bits().to_le_bytes());
        numbers.chain(self.text.bytes()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::mesh;

    fn there_and_back<T: Default + Clone>(value: &T, pass: fn(&mut Tape, &mut T)) -> (T, Tape) {
        let mut tape = Tape::default();
        pass(&mut tape, &mut value.clone());
        let mut read = T::default();
        pass(&mut Tape::of(tape.numbers.clone(), tape.text.clone()), &mut read);
        (read, tape)
    }

    #[test]
    fn pictures_come_back_to_the_bit() {
        for seed in 0..5 {
            let mut input = mesh(60, seed);
            input.nodes[3].pin = Some(Point::new(0.1 + 0.2, -7.0));
            input.nodes[4].key.push('ü');
            let (read, _) = there_and_back(&input, Tape::input);
            assert_eq!(read, input);
            let scene = crate::place(&input);
            let (read, tape) = there_and_back(&scene, Tape::scene);
            assert_eq!(read, scene);
            let mut moved = scene.clone();
            moved.nodes[5].rect.x += 1e-9;
            assert_ne!(there_and_back(&moved, Tape::scene).1.digest(), tape.digest());
        }
    }

    #[test]
    fn a_broken_tape_reads_as_nothing() {
        let mut scene = Scene::default();
        Tape::of(vec![1e12, 5.0], String::new()).scene(&mut scene);
        assert!(scene.nodes.len() <= 2 && scene.edges.is_empty());
    }
}
