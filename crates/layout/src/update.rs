//! A picture that changes: what stood stays to the pixel, with its lines, and only what is new is placed and drawn.

use crate::draw;
use crate::index::follow;
use crate::input::Input;
use crate::net::Net;
use crate::place::place;
use crate::redraw::redraw;
use crate::scene::{Rect, Scene, Update};
use crate::settle::settle;
use crate::stretch::stretched;

/// Changes a scene to show another input. Cards that stay keep their place, and lines between them their route,
/// unless there is no other way to make room; what had to move is named.
///
/// A card pinned by the hand stands where its pin says, whatever has to give way. When the pin is gone it stays
/// there, unless a box that it does not belong to, or its own, could not be drawn round it.
///
/// A card with the key of a group of the picture before stands for it: it comes where the group's cards stood, and
/// nothing else moves. A group with the key of a card of the picture before unfolds: its cards, laid out among
/// themselves, come where that card stood, and what lies right of it makes room. An app opens about the card's middle.
pub fn update(previous: &Scene, input: &Input) -> Update {
    let net = Net::new(input);
    let standing = Standing::new(previous, input, &net);
    let mut update = if standing.cards.iter().all(Option::is_none) {
        let scene = place(input);
        let rerouted = scene.edges.iter().map(|edge| edge.key.clone()).collect();
        Update { scene, rerouted, ..Update::default() }
    } else {
        standing.renew()
    };
    let mut stays = vec![false; previous.nodes.len()];
    let order = draw::input_order(net.cards.iter().map(|card| card.input), input.nodes.len());
    for (node, card) in update.scene.nodes.iter().zip(order) {
        let Some(index) = standing.cards[card] else {
            update.added.push(node.key.clone());
            continue;
        };
        stays[index] = true;
        if !same_corner(&previous.nodes[index].rect, &node.rect) {
            update.moved.push(node.key.clone());
        }
    }
    let gone = previous.nodes.iter().zip(stays).filter(|(_, stays)| !stays);
    update.removed = gone.map(|(node, _)| node.key.clone()).collect();
    update
}

/// What is to be shown over what stands.
#[derive(Debug)]
pub(crate) struct Standing<'a> {
    pub(crate) previous: &'a Scene,
    pub(crate) input: &'a Input,
    pub(crate) net: &'a Net,
    /// Where the cards and the lines of the net are in the picture before.
    pub(crate) cards: Vec<Option<usize>>,
    pub(crate) lines: Vec<Option<usize>>,
}

impl<'a> Standing<'a> {
    pub(crate) fn new(previous: &'a Scene, input: &'a Input, net: &'a Net) -> Self {
        let nodes: Vec<&str> = previous.nodes.iter().map(|node| &*node.key).collect();
        let edges: Vec<&str> = previous.edges.iter().map(|edge| &*edge.key).collect();
        let nodes = follow(&nodes, &mut input.nodes.iter().map(|node| &*node.key));
        let edges = follow(&edges, &mut input.edges.iter().map(|edge| &*edge.key));
        let cards = net.cards.iter().map(|card| nodes[card.input]).collect();
        let lines = net.lines.iter().map(|line| edges[line.input]).collect();
        Self { previous, input, net, cards, lines }
    }

    /// The scene, and what is new of its lines. Also for a scene just made, to put pinned cards where the hand wants
    /// them.
    pub(crate) fn renew(&self) -> Update {
        let (cards, stretches, slides) = settle(self);
        if stretches.is_empty() {
            redraw(self, self.previous, (cards, slides))
        } else {
            redraw(self, &stretched(self.previous, &stretches), (cards, slides))
        }
    }

    /// The rectangle of a card in the picture before.
    pub(crate) fn old(&self, card: usize) -> Option<Rect> {
        self.cards[card].map(|index| self.previous.nodes[index].rect)
    }
}

fn same_corner(a: &Rect, b: &Rect) -> bool {
    // Exact: a survivor's numbers are copied, not computed.
    a.x.total_cmp(&b.x).is_eq() && a.y.total_cmp(&b.y).is_eq()
}
