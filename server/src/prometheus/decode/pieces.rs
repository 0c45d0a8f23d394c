//! Cuts an answer into its rows while it comes, so that it never lies in memory whole. Looks for brackets and quotes alone:
//! must not know what a row says, nor whether the JSON is good.

/// Within the document, its `data` and the list of rows there.
const ROWS_DEPTH: usize = 3;

#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// All but the rows: a document with an empty list of them.
    frame: Vec<u8>,
    /// The beginning of a row whose rest has not come yet.
    row: Vec<u8>,
    depth: usize,
    in_text: bool,
    escaped: bool,
    in_data: bool,
    in_rows: bool,
}

impl Pieces {
    /// Takes the next bytes and hands on each row that is whole now.
    pub(super) fn push<E>(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        // From here on nothing has been put anywhere.
        let mut start = 0;
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            if self.in_text {
                at += self.text(&bytes[at..]);
                continue;
            }
            at += 1;
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => {
                    if self.in_rows && self.depth == ROWS_DEPTH {
                        self.between(&bytes[start..at - 1]);
                        start = at - 1;
                    }
                    if !self.in_rows && self.depth < ROWS_DEPTH {
                        self.frame.extend_from_slice(&bytes[start..at - 1]);
                        start = at - 1;
                        self.open(byte);
                    }
                    self.depth += 1;
                    if self.in_rows && self.depth == ROWS_DEPTH {
                        self.frame.push(byte);
                        start = at;
                    }
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.in_rows && self.depth == ROWS_DEPTH {
                        self.whole(&bytes[start..at], &mut each)?;
                        start = at;
                    } else if self.in_rows && self.depth < ROWS_DEPTH {
                        self.between(&bytes[start..at - 1]);
                        start = at - 1;
                        self.in_rows = false;
                    }
                    self.in_data &= self.depth > 1;
                }
                _ => {}
            }
        }
        let rest = &bytes[start..];
        match (self.in_rows, self.depth > ROWS_DEPTH) {
            (true, true) => self.row.extend_from_slice(rest),
            (true, false) => self.between(rest),
            (false, _) => self.frame.extend_from_slice(rest),
        }
        Ok(())
    }

    /// What is left when all has come.
    pub(super) fn frame(&self) -> &[u8] {
        &self.frame
    }

    /// How far the text goes on within these bytes, with the quote that ends it.
    fn text(&mut self, bytes: &[u8]) -> usize {
        if std::mem::take(&mut self.escaped) {
            return 1;
        }
        let Some(end) = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\')) else {
            return bytes.len();
        };
        self.escaped = bytes[end] == b'\\';
        self.in_text = self.escaped;
        end + 1
    }

    /// A bracket outside of rows: `data`, or the list of rows in it.
    fn open(&mut self, bracket: u8) {
        match (self.depth, bracket) {
            (1, b'{') => self.in_data = self.follows(b"\"data\""),
            (2, b'[') => self.in_rows = self.in_data && self.follows(b"\"result\""),
            _ => {}
        }
    }

    /// Whether the frame ends with this key and a colon.
    fn follows(&self, key: &[u8]) -> bool {
        let before = self.frame.trim_ascii_end().strip_suffix(b":").map(<[u8]>::trim_ascii_end);
        before.is_some_and(|before| before.ends_with(key))
    }

    /// Of what stands between rows only what does not belong there is kept: the reader will stumble over it.
    fn between(&mut self, bytes: &[u8]) {
        let foreign = |byte: &&u8| !byte.is_ascii_whitespace() && **byte != b',';
        self.frame.extend(bytes.iter().filter(foreign));
    }

    fn whole<E>(&mut self, end: &[u8], each: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        if self.row.is_empty() {
            return each(end);
        }
        self.row.extend_from_slice(end);
        let done = each(&self.row);
        self.row.clear();
        done
    }
}
