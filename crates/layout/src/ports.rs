//! Where on a card's side each line ends: at its named port, else in order of where the other end lies. Knows sides
//! and heights, no route.

use crate::net::Net;
use crate::sorting::Order as _;
use crate::tuning::{PORT_SHARE, PORT_STEP};

/// Heights of both ends of each line, from the top of their cards.
#[derive(Clone, Debug)]
pub(crate) struct Ports {
    pub(crate) source: Vec<f64>,
    pub(crate) target: Vec<f64>,
}

/// A line with the heights of its ends on their cards.
pub(crate) type LineEnds = (usize, f64, f64);

/// A line with what its ends are sorted by: where it goes from its source, and where it comes from at its target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Toward {
    pub(crate) line: usize,
    pub(crate) source: f64,
    pub(crate) target: f64,
}

impl Ports {
    pub(crate) fn new(net: &Net) -> Self {
        Self { source: vec![0.0; net.lines.len()], target: vec![0.0; net.lines.len()] }
    }

    /// Sets the ends of the given lines, which must be all lines of their cards.
    pub(crate) fn assign(&mut self, net: &Net, toward: &[Toward]) {
        let lines = &net.lines;
        let mut ends: Vec<End> = Vec::with_capacity(toward.len());
        for &Toward { line, source: key, .. } in toward {
            ends.push(End { card: lines[line].source, port: lines[line].source_y, key, line });
        }
        spread(net, &mut ends, &mut self.source);
        ends.clear();
        for &Toward { line, target: key, .. } in toward {
            ends.push(End { card: lines[line].target, port: lines[line].target_y, key, line });
        }
        spread(net, &mut ends, &mut self.target);
    }
}

struct End {
    card: usize,
    port: Option<f64>,
    key: f64,
    line: usize,
}

fn spread(net: &Net, ends: &mut [End], out: &mut [f64]) {
    let port = |end: &End| end.port.unwrap_or(-1.0);
    ends.order_by(|a, b| {
        a.card
            .cmp(&b.card)
            .then(port(a).total_cmp(&port(b)))
            .then(a.key.total_cmp(&b.key))
            .then(a.line.cmp(&b.line))
    });
    for row in ends.chunk_by(|a, b| a.card == b.card && port(a).total_cmp(&port(b)).is_eq()) {
        let height = net.cards[row[0].card].size.height;
        let between = row.len().saturating_sub(1).max(1) as f64;
        let (middle, step) = match row[0].port {
            Some(y) => (y, (16.0 / between).min(8.0)),
            None => (height / 2.0, (height * PORT_SHARE / between).min(PORT_STEP)),
        };
        let first = middle - step * (row.len() - 1) as f64 / 2.0;
        for (index, end) in row.iter().enumerate() {
            out[end.line] = first + step * index as f64;
        }
    }
}

/// Whether an end may move by a few pixels without coming near another end of its side.
pub(crate) fn may_shift(net: &Net, ends: &[LineEnds], (index, source): (usize, bool), by: f64) -> bool {
    if by.abs() < 0.01 || by.abs() > 5.0 {
        return false;
    }
    let card = |line: usize| if source { net.lines[line].source } else { net.lines[line].target };
    let height = |end: &LineEnds| if source { end.1 } else { end.2 };
    let (own, to) = (card(ends[index].0), height(&ends[index]) + by);
    let inside = to > 6.0 && to < net.cards[own].size.height - 6.0;
    let near = |end: &LineEnds| {
        // Neither close to another end nor past it.
        let (one, two) = (height(end) - height(&ends[index]), height(end) - to);
        two.abs() < 5.0 || (one > 0.0) != (two > 0.0)
    };
    inside && !ends.iter().enumerate().any(|(at, end)| at != index && card(end.0) == own && near(end))
}
