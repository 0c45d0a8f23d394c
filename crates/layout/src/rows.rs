//! Many short lists, all in one. Knows numbers of rows, not what is in them.

#[derive(Clone, Debug)]
pub(crate) struct Rows<T> {
    start: Vec<u32>,
    list: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { start: Vec::new(), list: Vec::new() }
    }
}

impl<T: Copy + Default> Rows<T> {
    /// Each entry goes to its row; a row keeps their order.
    pub(crate) fn new(rows: usize, entries: &[(usize, T)]) -> Self {
        let mut start = vec![0_u32; rows + 2];
        for &(row, _) in entries {
            start[row + 2] += 1;
        }
        for row in 2..start.len() {
            start[row] += start[row - 1];
        }
        let mut list = vec![T::default(); entries.len()];
        for &(row, content) in entries {
            let slot = &mut start[row + 1];
            list[*slot as usize] = content;
            *slot += 1;
        }
        Self { start, list }
    }

    pub(crate) fn row(&self, row: usize) -> &[T] {
        self.span(row, 1)
    }

    /// So many rows from one on.
    pub(crate) fn span(&self, row: usize, rows: usize) -> &[T] {
        &self.list[self.start[row] as usize..self.start[row + rows] as usize]
    }
}
