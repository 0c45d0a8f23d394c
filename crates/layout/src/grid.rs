//! Squares over a plane, to find what lies near a rectangle. Knows rectangles and numbers.

use crate::scene::Rect;

#[derive(Clone, Debug)]
pub(crate) struct Grid {
    bounds: Rect,
    cell: f64,
    across: usize,
    down: usize,
    cells: Vec<Vec<u32>>,
}

impl Grid {
    pub(crate) fn new(bounds: Rect) -> Self {
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
        Self { bounds, cell, across, down, cells: vec![Vec::new(); across * down] }
    }

    fn range(&self, rect: &Rect) -> ((usize, usize), (usize, usize)) {
        let column = |x: f64| (((x - self.bounds.x) / self.cell).max(0.0) as usize).min(self.across - 1);
        let row = |y: f64| (((y - self.bounds.y) / self.cell).max(0.0) as usize).min(self.down - 1);
        ((column(rect.x), column(rect.right())), (row(rect.y), row(rect.bottom())))
    }

    pub(crate) fn insert(&mut self, rect: &Rect, index: usize) {
        let (columns, rows) = self.range(rect);
        for row in rows.0..=rows.1 {
            for column in columns.0..=columns.1 {
                self.cells[row * self.across + column].push(index as u32);
            }
        }
    }

    /// Whether the test holds for anything near the rectangle. A thing may be asked about more than once.
    pub(crate) fn any(&self, rect: &Rect, test: impl Fn(usize) -> bool) -> bool {
        let (columns, rows) = self.range(rect);
        (rows.0..=rows.1).any(|row| {
            let line = &self.cells[row * self.across + columns.0..=row * self.across + columns.1];
            line.iter().any(|cell| cell.iter().any(|&index| test(index as usize)))
        })
    }
}
