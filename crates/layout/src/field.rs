//! Heights as a system: what must lie below what and how far, and what wants to lie at one height. Knows entries as
//! variables; solving is done elsewhere.

use crate::columns::Columns;
use crate::part::Part;
use crate::rows::Rows;
use crate::scene::Size;
use crate::tuning::{BAND_GAP, BAND_PADDING, CARD_GAP, LINE_CLEAR, LINE_GAP, OUTSIDE_GAP};

/// Variables are the tops of all entries, then top and bottom of each band and of each region.
#[derive(Debug, Default)]
pub(crate) struct Field {
    pub(crate) y: Vec<f64>,
    pub(crate) ties: Vec<Tie>,
    /// Above, below, and how far the one is at least below the other.
    gaps: Vec<(usize, (usize, f64))>,
    down: Rows<(usize, f64)>,
    up: Rows<(usize, f64)>,
    near: Rows<Near>,
}

/// Two variables that want to lie at one height, at an offset each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tie {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) a_at: f64,
    pub(crate) b_at: f64,
    pub(crate) weight: f64,
    /// A line, which is to be straight; else only a wish to stay close.
    pub(crate) line: bool,
}

/// A tie as one of its ends sees it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Near {
    pub(crate) other: usize,
    /// Own offset less the other's.
    pub(crate) at: f64,
    pub(crate) weight: f64,
    pub(crate) line: bool,
}

impl Field {
    fn with(n: usize) -> Self {
        Self { y: vec![0.0; n], ..Self::default() }
    }

    fn below(&mut self, above: usize, below: usize, gap: f64) {
        self.gaps.push((above, (below, gap)));
    }

    fn tie(&mut self, tie: Tie) {
        self.ties.push(tie);
    }

    /// Sorts gaps and ties by variable.
    fn index(&mut self) {
        let n = self.y.len();
        self.down = Rows::new(n, &self.gaps);
        for (above, (below, _)) in &mut self.gaps {
            std::mem::swap(above, below);
        }
        self.up = Rows::new(n, &self.gaps);
        let mut near = Vec::with_capacity(2 * self.ties.len());
        for &Tie { a, b, a_at, b_at, weight, line } in &self.ties {
            near.push((a, Near { other: b, at: a_at - b_at, weight, line }));
            near.push((b, Near { other: a, at: b_at - a_at, weight, line }));
        }
        self.near = Rows::new(n, &near);
    }

    /// What lies below: (variable, how much further down at least).
    pub(crate) fn down(&self, v: usize) -> &[(usize, f64)] {
        self.down.row(v)
    }

    /// What lies above.
    pub(crate) fn up(&self, v: usize) -> &[(usize, f64)] {
        self.up.row(v)
    }

    pub(crate) fn near(&self, v: usize) -> &[Near] {
        self.near.row(v)
    }

    /// How far `b` would have to move for the tie to be level.
    pub(crate) fn off(&self, tie: &Tie) -> f64 {
        self.y[tie.a] + tie.a_at - self.y[tie.b] - tie.b_at
    }
}

/// Height of an entry.
pub(crate) fn tall(part: &Part, columns: &Columns, entry: usize) -> f64 {
    if columns.is_real(entry) {
        part.size[entry].height
    } else {
        part.links[columns.link[entry - columns.real]].thick
    }
}

/// The gap two neighbours of a column need between them.
pub(crate) fn gap(columns: &Columns, a: usize, b: usize) -> f64 {
    match (columns.is_real(a), columns.is_real(b)) {
        (true, true) => CARD_GAP,
        (false, false) => LINE_GAP,
        _ => LINE_CLEAR,
    }
}

/// Builds the system. `offsets` says at which height of its ends each link is tied; `titles` is by band, then by region.
pub(crate) fn build(part: &Part, columns: &Columns, offsets: &[(f64, f64)], titles: &[Size]) -> Field {
    let n = columns.layer.len();
    let mut field = Field::with(n + 2 * titles.len());
    for column in &columns.order {
        stack(&mut field, part, columns, column);
    }
    lands(&mut field, part, columns, titles);
    for segment in &columns.segments {
        let (from_at, to_at) = offsets[segment.link];
        let middle = part.links[segment.link].thick / 2.0;
        let real = [columns.is_real(segment.from), columns.is_real(segment.to)];
        // A long line is to run straight between its ends, whatever that costs its ends.
        let stiff = [8.0, 2.0, 1.0][real.iter().filter(|&&real| real).count()];
        field.tie(Tie {
            a: segment.from,
            b: segment.to,
            a_at: if real[0] { from_at } else { middle },
            b_at: if real[1] { to_at } else { middle },
            weight: stiff * part.links[segment.link].pull,
            line: true,
        });
    }
    // A line back stays near its ends.
    for &link in &columns.backs {
        let (chain, link) = (&columns.chain[link], &part.links[link]);
        for (end, lane) in [(link.from, chain[chain.len() - 1]), (link.to, chain[0])] {
            field.tie(Tie { a: end, b: lane, a_at: 0.0, b_at: 0.0, weight: 0.5, line: false });
        }
    }
    field.index();
    field
}

fn stack(field: &mut Field, part: &Part, columns: &Columns, column: &[usize]) {
    let mut card: Option<usize> = None;
    for (at, &entry) in column.iter().enumerate() {
        if at > 0 {
            let above = column[at - 1];
            field.below(above, entry, tall(part, columns, above) + gap(columns, above, entry));
        }
        if columns.is_real(entry) {
            if let Some(above) = card {
                let room = part.size[above].height + CARD_GAP;
                field.below(above, entry, room);
                let weight = if columns.shelf[above] == columns.shelf[entry] { 0.5 } else { 0.06 };
                field.tie(Tie { a: above, b: entry, a_at: room, b_at: 0.0, weight, line: false });
            }
            card = Some(entry);
        }
    }
}

/// Bands and regions as two variables each: members lie between, foreign cards and other land do not.
fn lands(field: &mut Field, part: &Part, columns: &Columns, titles: &[Size]) {
    let n = columns.layer.len();
    let mut span = vec![(usize::MAX, 0); titles.len()];
    let mut shelf = vec![usize::MAX; titles.len()];
    for item in 0..columns.real {
        let at = columns.layer[item];
        for land in part.lands_of(item) {
            let Some(land) = land else { continue };
            span[land] = (span[land].0.min(at), span[land].1.max(at));
            shelf[land] = shelf[land].min(columns.shelf[item]);
        }
        if let Some(land) = part.home(item) {
            field.below(n + 2 * land, item, BAND_PADDING + titles[land].height);
            field.below(item, n + 2 * land + 1, part.size[item].height + BAND_PADDING);
        }
    }
    for a in 0..titles.len() {
        if let Some(over) = part.level(a) {
            let own = n + 2 * a;
            field.below(n + 2 * over, own, BAND_PADDING + titles[over].height);
            field.below(own + 1, n + 2 * over + 1, BAND_PADDING);
        }
        for b in 0..titles.len() {
            let meets = span[a].0 <= span[b].1 && span[b].0 <= span[a].1;
            // What stands in different regions is kept apart by these.
            if a != b && part.level(a) == part.level(b) && shelf[a] < shelf[b] && meets {
                field.below(n + 2 * a + 1, n + 2 * b, BAND_GAP);
                field.tie(Tie {
                    a: n + 2 * a + 1,
                    b: n + 2 * b,
                    a_at: BAND_GAP,
                    b_at: 0.0,
                    weight: 0.02,
                    line: false,
                });
            }
        }
        outsiders(field, part, columns, (a, shelf[a], span[a]));
        keep_title_clear(field, part, columns, (a, span[a].0));
    }
}

fn outsiders(
    field: &mut Field,
    part: &Part,
    columns: &Columns,
    (land, shelf, span): (usize, usize, (usize, usize)),
) {
    let top = columns.layer.len() + 2 * land;
    for (item, band) in part.band.iter().enumerate() {
        let at = columns.layer[item];
        if band.is_some() || part.region[item] != part.level(land) || at < span.0 || at > span.1 {
            continue;
        }
        if columns.shelf[item] < shelf {
            field.below(item, top, part.size[item].height + OUTSIDE_GAP);
        } else {
            field.below(top + 1, item, OUTSIDE_GAP);
        }
    }
}

/// Lines that pass above the first column of a band or a region pass above its title too.
fn keep_title_clear(field: &mut Field, part: &Part, columns: &Columns, (land, first): (usize, usize)) {
    let Some(column) = columns.order.get(first) else { return };
    let is_in = |&entry: &usize| columns.is_real(entry) && part.is_in(entry, land);
    let Some(at) = column.iter().position(is_in) else { return };
    let top = columns.layer.len() + 2 * land;
    for &entry in column[..at].iter().rev().take_while(|&&entry| !columns.is_real(entry)) {
        field.below(entry, top, tall(part, columns, entry) + 5.0);
    }
}
