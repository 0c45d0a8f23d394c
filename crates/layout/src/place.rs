//! A picture from scratch: parts laid out, packed on one grid of layers, given their x, and drawn up as a scene.

use crate::draw::{self, Plan};
use crate::input::Input;
use crate::laid::{Laid, lay_out};
use crate::net::Net;
use crate::pack::{Block, grid, pack};
use crate::part::{self, Part};
use crate::scene::{Rect, Scene};
use crate::tuning::{BAND_PADDING, CARD_GAP, LABEL_ROOM, LAYER_GAP, LAYER_GAP_MOST};
use crate::update::Standing;

/// Lays out a whole picture. Pure: the same input gives the same bits, and the order of its lists does not matter.
pub fn place(input: &Input) -> Scene {
    let net = Net::new(input);
    let mut parts = part::split(&net);
    let aspect = if input.aspect.is_finite() { input.aspect.clamp(0.0, 10.0) } else { 0.0 };
    let loose: Vec<Part> = parts.extract_if(.., |part| part.items.len() == 1 && part.lands() == 0).collect();
    let laid: Vec<Laid> = parts.iter().map(|part| lay_out(&net, part, aspect)).collect();
    let grid = Grid::new(&net, &parts, &laid, &loose, aspect);
    let plan = grid.plan(&net, &parts, &laid);
    let scene = draw::scene(input, &net, &plan);
    if net.cards.iter().all(|card| card.pin.is_none()) {
        return scene;
    }
    Standing::new(&scene, input, &net).renew().scene
}

/// Layer and height of every item on the common grid.
struct Grid {
    layer: Vec<usize>,
    y: Vec<f64>,
    /// First layer and shift in y, by part.
    offset: Vec<(usize, f64)>,
    width: Vec<f64>,
}

impl Grid {
    fn new(net: &Net, parts: &[Part], laid: &[Laid], loose: &[Part], aspect: f64) -> Self {
        let columns = |laid: &Laid| laid.layer.iter().copied().max().unwrap_or(0) + 1;
        let mut blocks: Vec<Block> = laid
            .iter()
            .map(|laid| Block { columns: columns(laid), height: laid.extent.1 - laid.extent.0 })
            .collect();
        let beside = blocks.iter().map(|block| block.columns).max().unwrap_or(0);
        let single: Vec<usize> = loose.iter().map(|part| part.items[0]).collect();
        let size = single.iter().fold((1.0_f64, 1.0_f64), |most, &item| {
            (most.0.max(net.items[item].size.width), most.1.max(net.items[item].size.height))
        });
        let across = grid(single.len(), beside, size, aspect);
        let rows: Vec<f64> = single
            .chunks(across)
            .map(|row| row.iter().map(|&item| net.items[item].size.height).fold(0.0, f64::max) + CARD_GAP)
            .collect();
        if !single.is_empty() {
            blocks.push(Block { columns: across, height: rows.iter().sum::<f64>() - CARD_GAP });
        }
        let mean = net.items.iter().map(|item| item.size.width).sum::<f64>() / net.items.len().max(1) as f64;
        let offset = pack(&blocks, mean + LAYER_GAP, aspect);
        let mut grid = Self {
            layer: vec![0; net.items.len()],
            y: vec![0.0; net.items.len()],
            offset,
            width: Vec::new(),
        };
        for (index, (part, laid)) in parts.iter().zip(laid).enumerate() {
            let (first, top) = grid.offset[index];
            grid.offset[index].1 = top - laid.extent.0;
            for (local, &item) in part.items.iter().enumerate() {
                grid.layer[item] = first + laid.layer[local];
                grid.y[item] = laid.y[local] + top - laid.extent.0;
            }
        }
        if let (false, Some(&(first, top))) = (single.is_empty(), grid.offset.last()) {
            for (index, &item) in single.iter().enumerate() {
                grid.layer[item] = first + index % across;
                grid.y[item] = top + rows[..index / across].iter().sum::<f64>();
            }
        }
        grid.width = grid.widths(net);
        grid
    }

    /// Each layer is as wide as its widest card, or as the title of a box that has this layer only.
    fn widths(&self, net: &Net) -> Vec<f64> {
        let mut width = vec![0.0_f64; self.layer.iter().copied().max().map_or(0, |most| most + 1)];
        for (item, &layer) in net.items.iter().zip(&self.layer) {
            width[layer] = width[layer].max(item.size.width);
        }
        for land in 0..net.lands() {
            let land = net.land(land);
            let layers = || land.cards.iter().map(|&card| self.layer[net.cards[card].item]);
            if let Some(only) = layers().max().filter(|&most| layers().all(|layer| layer == most)) {
                width[only] = width[only].max(land.title.width);
            }
        }
        width
    }

    /// Gaps grow with the labels and the number of lines that swing in them.
    fn gaps(&self, net: &Net) -> Vec<f64> {
        let mut label = vec![0.0_f64; self.width.len()];
        let mut climbs = vec![0.0_f64; self.width.len()];
        for line in &net.lines {
            let (from, to) = (net.cards[line.source].item, net.cards[line.target].item);
            if self.layer[to] == self.layer[from] + 1 {
                let size = line.label.map_or(0.0, |size| size.width);
                label[self.layer[from]] = label[self.layer[from]].max(size);
            }
            if self.layer[to] > self.layer[from] {
                for climb in &mut climbs[self.layer[from]..self.layer[to]] {
                    *climb += 1.0;
                }
            }
        }
        let crowd = |count: f64| (count - 8.0).max(0.0) * 1.4;
        label
            .iter()
            .zip(&climbs)
            .map(|(label, &count)| {
                (label + LABEL_ROOM + crowd(count))
                    .max(LAYER_GAP)
                    .min(LAYER_GAP_MOST.max(label + 12.0))
                    .round()
            })
            .collect()
    }

    fn plan(&self, net: &Net, parts: &[Part], laid: &[Laid]) -> Plan {
        let gaps = self.gaps(net);
        let mut left = Vec::with_capacity(self.width.len());
        let mut x = BAND_PADDING;
        for (width, gap) in self.width.iter().zip(&gaps) {
            left.push(x);
            x += width + gap;
        }
        let rects = net
            .cards
            .iter()
            .map(|card| {
                let item = card.item;
                let (x, y) = (left[self.layer[item]] + card.inset.x, self.y[item] + card.inset.y);
                Rect::new(x, y, card.size.width, card.size.height)
            })
            .collect();
        let mut plan = Plan::new(net, rects, net.cards.iter().map(|card| self.layer[card.item]).collect());
        for ((part, laid), &(first, shift)) in parts.iter().zip(laid).zip(&self.offset) {
            for &(line, source, target) in &laid.ends {
                plan.ends[line] = Some((source, target));
            }
            for (index, link) in part.links.iter().enumerate() {
                let lanes: Vec<(usize, f64)> =
                    laid.lanes[index].iter().map(|&(layer, y)| (first + layer, y + shift)).collect();
                for (place, &line) in link.lines.iter().enumerate() {
                    plan.set_lane(line, &lanes, (place, link.lines.len()), laid.back[index]);
                }
            }
        }
        plan
    }
}
