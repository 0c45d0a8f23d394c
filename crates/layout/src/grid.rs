//! Squares over a plane, to find what lies near a rectangle. Knows rectangles and numbers.

use crate::scene::Rect;
use crate::sorting::Order as _;
use std::cell::RefCell;

/// Numbers by the squares in which their rectangles lie.
#[derive(Clone, Debug)]
pub struct Grid {
    bounds: Rect,
    /// One by a cell's side.
    per_cell: f64,
    across: usize,
    down: usize,
    /// By cell: the last of its entries, 0 for none.
    heads: Vec<u32>,
    /// What lies in a cell, and the entry before it. The first stands for none.
    entries: Vec<(u32, u32)>,
}

impl Grid {
    /// Squares of 64 pixels, larger where those would be too many.
    pub fn new(bounds: Rect) -> Self {
        Self::with_cells(bounds, 60_000.0)
    }

    /// Few cells are cheaper to set up, many to search.
    pub(crate) fn with_cells(bounds: Rect, most: f64) -> Self {
        let mut cell = 64.0;
        while bounds.width / cell * (bounds.height / cell) > most {
            cell *= 2.0;
        }
        let across = (bounds.width / cell) as usize + 1;
        let down = (bounds.height / cell) as usize + 1;
        Self {
            bounds,
            per_cell: 1.0 / cell,
            across,
            down,
            heads: vec![0; across * down],
            entries: vec![(0, 0)],
        }
    }

    /// What lies outside counts to the cells at the border: a negative number is cast to 0.
    fn range(&self, rect: &Rect) -> ((usize, usize), (usize, usize)) {
        let column = |x: f64| (((x - self.bounds.x) * self.per_cell) as usize).min(self.across - 1);
        let row = |y: f64| (((y - self.bounds.y) * self.per_cell) as usize).min(self.down - 1);
        ((column(rect.x), column(rect.right())), (row(rect.y), row(rect.bottom())))
    }

    pub fn insert(&mut self, rect: &Rect, index: usize) {
        let (columns, rows) = self.range(rect);
        for row in rows.0..=rows.1 {
            for column in columns.0..=columns.1 {
                let head = &mut self.heads[row * self.across + column];
                // The next piece of a line mostly lies where the last one does.
                if *head > 0 && self.entries[*head as usize].0 == index as u32 {
                    continue;
                }
                self.entries.push((index as u32, *head));
                *head = self.entries.len() as u32 - 1;
            }
        }
    }

    /// What may reach into the rectangle, in order.
    pub fn near(&self, rect: &Rect) -> Vec<usize> {
        let near = RefCell::new(Vec::new());
        self.any(rect, |index| {
            near.borrow_mut().push(index);
            false
        });
        let mut near = near.into_inner();
        near.order();
        near.dedup();
        near
    }

    /// Whether the test holds for anything near the rectangle. A thing may be asked about more than once.
    pub(crate) fn any(&self, rect: &Rect, test: impl Fn(usize) -> bool) -> bool {
        let (columns, rows) = self.range(rect);
        for row in rows.0..=rows.1 {
            for column in columns.0..=columns.1 {
                let mut entry = self.heads[row * self.across + column];
                while entry > 0 {
                    let (index, before) = self.entries[entry as usize];
                    if test(index as usize) {
                        return true;
                    }
                    entry = before;
                }
            }
        }
        false
    }
}
