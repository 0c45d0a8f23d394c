//! One part laid out by itself: layers, order and heights. Tries the few choices that matter most and keeps the
//! best. Knows no x, no curve.

use crate::columns::Columns;
use crate::cycles::{Rule, backward};
use crate::field::{self, Field};
use crate::fold;
use crate::heights;
use crate::layers;
use crate::net::Net;
use crate::order;
use crate::part::Part;
use crate::ports::{self, LineEnds, Ports, Toward};
use crate::scene::Size;
use crate::tuning::{ASPECT, BAND_PADDING, LAYER_GAP, TWIN_GAP};

/// Items up to which every choice is tried.
const TRY_ALL: usize = 80;

/// Layers and heights of a link's room.
type Lane = Vec<(usize, f64)>;

#[derive(Debug)]
pub(crate) struct Laid {
    pub(crate) layer: Vec<usize>,
    /// Tops of the items.
    pub(crate) y: Vec<f64>,
    /// By link: the middle of its room in each layer it passes.
    pub(crate) lanes: Vec<Lane>,
    pub(crate) back: Vec<bool>,
    /// By line of the part: heights of both ends on their cards.
    pub(crate) ends: Vec<LineEnds>,
    /// Top and bottom, bands included.
    pub(crate) extent: (f64, f64),
    score: f64,
}

pub(crate) fn lay_out(net: &Net, part: &Part, aspect: f64) -> Laid {
    let arcs: Vec<crate::cycles::Arc> =
        part.links.iter().map(|link| (link.from, link.to, link.weight)).collect();
    let n = part.items.len();
    let walk = backward(n, &arcs, Rule::Walk);
    let mut choices = vec![(walk.clone(), true)];
    if n <= TRY_ALL {
        let greedy = backward(n, &arcs, Rule::Greedy);
        if greedy != walk {
            choices.push((greedy, true));
        }
        if part.bands.len() > 1 {
            let stacked: Vec<_> = choices.iter().map(|(back, _)| (back.clone(), false)).collect();
            choices.extend(stacked);
        }
    }
    let mut best: Option<Laid> = None;
    for (back, apart) in choices {
        let layer = layers::assign(part, &back, apart, aspect);
        let laid = lay_layers(net, part, (back, layer), aspect);
        if best.as_ref().is_none_or(|old| laid.score < old.score) {
            best = Some(laid);
        }
    }
    best.expect("there is always one choice")
}

fn lay_layers(net: &Net, part: &Part, (back, layer): (Vec<bool>, Vec<usize>), aspect: f64) -> Laid {
    let mut columns = Columns::new(part, &back, &layer);
    order::arrange(&mut columns, part, &weights(part));
    order::polish(&mut columns);
    if let Some(folded) = fold::fold(part, &back, &columns, aspect) {
        columns = folded;
    }
    let layer = columns.layer[..columns.real].to_vec();
    let mut ends = ends(net, part, &columns);
    let crossings = columns.crossings();
    columns.forget_turns();
    let offsets = offsets(net, part, &ends);
    let mut titles: Vec<Size> = Vec::with_capacity(part.lands());
    for (frames, own) in [(&net.bands, &part.bands), (&net.regions, &part.regions)] {
        for &at in own {
            titles.push(frames[at].title);
        }
    }
    let mut field = field::build(part, &columns, &offsets, &titles);
    heights::solve(&mut field, part, &columns);
    // Halves of pixels: sharp edges, and what was level stays level, since ends lie on halves too.
    for y in &mut field.y {
        *y = (*y * 2.0).round() / 2.0;
    }
    let lanes: Vec<Lane> = columns
        .chain
        .iter()
        .enumerate()
        .map(|(link, chain)| {
            chain
                .iter()
                .map(|&entry| (columns.layer[entry], field.y[entry] + part.links[link].thick / 2.0))
                .collect()
        })
        .collect();
    level(net, part, (&mut ends, &lanes), &field.y);
    let extent = extent(part, &columns, &field);
    let score = score(part, &columns, &field, extent, aspect)
        + crossings as f64 * 100.0
        + 160.0 * back.iter().filter(|&&back| back).count() as f64;
    Laid { y: field.y[..columns.real].to_vec(), layer, lanes, back, ends, extent, score }
}

/// Ends of all lines of the part, in the order in which their neighbours stand.
fn ends(net: &Net, part: &Part, columns: &Columns) -> Vec<LineEnds> {
    // Where there is nothing beyond, lines back leave and arrive above all others.
    let mut key: Vec<(f64, f64)> = vec![(-1.0, -1.0); part.links.len()];
    for segment in &columns.segments {
        let ends = &part.links[segment.link];
        if segment.from == ends.from {
            key[segment.link].0 = columns.place[segment.to] as f64 + 0.9 * segment.to_at;
        }
        if segment.to == ends.to {
            key[segment.link].1 = columns.place[segment.from] as f64 + 0.9 * segment.from_at;
        }
    }
    let mut toward: Vec<Toward> = Vec::new();
    for (link, &(source, target)) in part.links.iter().zip(&key) {
        toward.extend(link.lines.iter().map(|&line| {
            let fine = |card: usize, port: Option<f64>| {
                net.cards[card].inset.y * 1e-6 + port.unwrap_or(net.cards[card].size.height / 2.0) * 1e-6
            };
            let (from, to) = (&net.lines[line].source, &net.lines[line].target);
            Toward {
                line,
                source: source + fine(*to, net.lines[line].target_y),
                target: target + fine(*from, net.lines[line].source_y),
            }
        }));
    }
    let mut ports = Ports::new(net);
    ports.assign(net, &toward);
    toward.iter().map(|toward| (toward.line, ports.source[toward.line], ports.target[toward.line])).collect()
}

fn weights(part: &Part) -> Vec<f64> {
    let mut weights = vec![0.0; part.items.len()];
    for link in &part.links {
        weights[link.from] += link.weight;
        weights[link.to] += link.weight;
    }
    weights
}

/// Ends give way by a few pixels where that makes a line level.
fn level(net: &Net, part: &Part, (ends, lanes): (&mut [LineEnds], &[Lane]), y: &[f64]) {
    let mut tops = vec![0.0; net.cards.len()];
    for (local, &item) in part.items.iter().enumerate() {
        for &card in &net.items[item].cards {
            tops[card] = y[local] + net.cards[card].inset.y;
        }
    }
    let mut at = 0;
    for (link, lane) in part.links.iter().zip(lanes) {
        for place in 0..link.lines.len() {
            let (line, source, target) = ends[at + place];
            let own = &net.lines[line];
            let shift = TWIN_GAP * (place as f64 - (link.lines.len() - 1) as f64 / 2.0);
            let (from, to) = (tops[own.source] + source, tops[own.target] + target);
            let after = lane.first().map_or(to, |lane| lane.1 + shift) - from;
            if own.source_y.is_none() && ports::may_shift(net, ends, (at + place, true), after) {
                ends[at + place].1 += after;
            }
            let from = tops[own.source] + ends[at + place].1;
            let before = lane.last().map_or(from, |lane| lane.1 + shift) - to;
            if own.target_y.is_none() && ports::may_shift(net, ends, (at + place, false), before) {
                ends[at + place].2 += before;
            }
        }
        at += link.lines.len();
    }
}

/// At which height of its items each link is tied: the mean of its lines.
fn offsets(net: &Net, part: &Part, ends: &[LineEnds]) -> Vec<(f64, f64)> {
    let mut at = 0;
    part.links
        .iter()
        .map(|link| {
            let own = &ends[at..at + link.lines.len()];
            at += link.lines.len();
            let (mut from, mut to) = (0.0, 0.0);
            for &(line, source, target) in own {
                from += source + net.cards[net.lines[line].source].inset.y;
                to += target + net.cards[net.lines[line].target].inset.y;
            }
            (from / own.len() as f64, to / own.len() as f64)
        })
        .collect()
}

fn extent(part: &Part, columns: &Columns, field: &Field) -> (f64, f64) {
    let n = columns.layer.len();
    let mut extent = (f64::INFINITY, f64::NEG_INFINITY);
    for v in columns.order.iter().flatten().copied().chain(n..field.y.len()) {
        let tall = if v < n { field::tall(part, columns, v) } else { 0.0 };
        extent = (extent.0.min(field.y[v]), extent.1.max(field.y[v] + tall));
    }
    extent
}

/// Lower is better: crossings, lines that climb, length, and a shape far from the wanted one.
fn score(part: &Part, columns: &Columns, field: &Field, extent: (f64, f64), aspect: f64) -> f64 {
    let climb: f64 =
        field.ties.iter().filter(|tie| tie.line).map(|tie| field.off(tie).abs().min(400.0)).sum();
    let bends = field.ties.iter().filter(|tie| tie.line && field.off(tie).abs() > 0.6).count() as f64;
    let width = part.size.iter().map(|size| size.width).sum::<f64>() / part.size.len() as f64 + LAYER_GAP;
    let ratio = (columns.order.len() as f64 * width) / (extent.1 - extent.0 + 2.0 * BAND_PADDING).max(1.0);
    let wanted = if aspect > 0.0 { aspect } else { ASPECT };
    let off = if ratio > wanted { ratio / wanted } else { wanted / ratio.max(1e-3) };
    // Small pictures fit any window: their shape matters less.
    let shape = (off - 1.35).max(0.0) * 25.0 * part.size.len() as f64;
    climb * 0.35 + bends * 12.0 + columns.segments.len() as f64 * 15.0 + shape
}
