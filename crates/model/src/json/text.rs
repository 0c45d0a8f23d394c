//! JSON text to a tape of values: one list, in the order of the text, in which a list or an object tells where it ends.
//! Strict where it matters to a reader of its own server's answers: one value, nothing after it, no endless nesting. It
//! must not know what the values mean.

use super::number::number;

/// Deeper than anything that travels.
const DEPTH_MOST: usize = 64;
/// One in each byte of a word.
const EACH: u64 = u64::MAX / 255;
/// About so many bytes of the answers make one value.
const BYTES_A_VALUE: usize = 16;

/// Words are a part of the text, or of what was freed of escapes behind it. Behind an object's start come names and
/// values by turns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token {
    /// A field that is not there.
    Absent,
    Null,
    Flag(bool),
    Number(f64),
    Text {
        start: u32,
        len: u32,
    },
    /// How many values are inside, and where the next one after it stands.
    List {
        len: u32,
        after: u32,
    },
    Object {
        after: u32,
    },
}

#[derive(Debug)]
pub(super) struct Tape<'a> {
    text: &'a str,
    unescaped: String,
    /// The first one is the absent value, the second one the text's.
    tokens: Vec<Token>,
}

impl Tape<'_> {
    pub(super) fn token(&self, at: usize) -> Token {
        self.tokens[at]
    }

    /// The place of what follows the value at this one.
    pub(super) fn after(&self, at: usize) -> usize {
        match self.tokens[at] {
            Token::List { after, .. } | Token::Object { after } => after as usize,
            _ => at + 1,
        }
    }

    /// What stands there, if these are words.
    pub(super) fn words(&self, at: usize) -> Option<&str> {
        let Token::Text { start, len } = self.tokens[at] else { return None };
        let (start, len) = (start as usize, len as usize);
        match start.checked_sub(self.text.len()) {
            Some(start) => self.unescaped.get(start..start + len),
            None => self.text.get(start..start + len),
        }
    }
}

#[derive(Debug)]
pub(super) struct Text<'a> {
    all: &'a str,
    at: usize,
    depth: usize,
    tape: Tape<'a>,
}

impl<'a> Text<'a> {
    /// The value, or the byte at which reading stopped.
    pub(super) fn read(text: &'a str) -> Result<Tape<'a>, usize> {
        let mut tokens = Vec::with_capacity(text.len() / BYTES_A_VALUE + 2);
        tokens.push(Token::Absent);
        let mut this =
            Self { all: text, at: 0, depth: 0, tape: Tape { text, unescaped: String::new(), tokens } };
        let read = this.value();
        this.skip_blanks();
        if read.is_some() && this.at == text.len() { Ok(this.tape) } else { Err(this.at) }
    }

    fn peek(&self) -> Option<u8> {
        self.all.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Whether this sign is next; if so, it is behind us.
    fn took(&mut self, sign: u8) -> bool {
        self.skip_blanks();
        let found = self.peek() == Some(sign);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Option<()> {
        self.skip_blanks();
        let token = match self.peek()? {
            sign @ (b'{' | b'[') => return self.inside(sign == b'{'),
            b'"' => return self.string(),
            b't' => self.word("true", Token::Flag(true)),
            b'f' => self.word("false", Token::Flag(false)),
            b'n' => self.word("null", Token::Null),
            _ => self.number(),
        };
        self.tape.tokens.push(token?);
        Some(())
    }

    fn word(&mut self, word: &str, token: Token) -> Option<Token> {
        let found = self.all.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found.then_some(token)
    }

    fn number(&mut self) -> Option<Token> {
        let start = self.at;
        while let Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') = self.peek() {
            self.at += 1;
        }
        number(self.all.get(start..self.at)?).map(Token::Number)
    }

    /// A list, or an object with its names.
    fn inside(&mut self, named: bool) -> Option<()> {
        self.at += 1;
        self.depth += 1;
        (self.depth <= DEPTH_MOST).then_some(())?;
        let start = self.tape.tokens.len();
        self.tape.tokens.push(Token::Absent);
        let end = if named { b'}' } else { b']' };
        let mut len = 0;
        if !self.took(end) {
            loop {
                if named {
                    self.string()?;
                    self.took(b':').then_some(())?;
                }
                self.value()?;
                len += 1;
                if !self.took(b',') {
                    break;
                }
            }
            self.took(end).then_some(())?;
        }
        self.depth -= 1;
        let after = self.tape.tokens.len() as u32;
        self.tape.tokens[start] = if named { Token::Object { after } } else { Token::List { len, after } };
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        self.took(b'"').then_some(())?;
        let mut start = self.at;
        let free = self.tape.unescaped.len();
        loop {
            self.skip_plain();
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    self.tape.unescaped.push_str(self.all.get(start..self.at)?);
                    self.at += 1;
                    let sign = self.escape()?;
                    self.tape.unescaped.push(sign);
                    start = self.at;
                }
                _ => return None,
            }
        }
        let rest = self.all.get(start..self.at)?;
        self.at += 1;
        let (start, len) = if self.tape.unescaped.len() > free {
            self.tape.unescaped.push_str(rest);
            (self.all.len() + free, self.tape.unescaped.len() - free)
        } else {
            (start, rest.len())
        };
        self.tape.tokens.push(Token::Text { start: start as u32, len: len as u32 });
        Some(())
    }

    /// Goes on to a sign that ends a string, begins an escape, or must not stand in one. Eight at a time: most of an
    /// answer are names.
    fn skip_plain(&mut self) {
        let bytes = self.all.as_bytes();
        while let Some(word) = bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*word);
            // The high bit of each byte below `bound`.
            let below = |word: u64, bound: u64| word.wrapping_sub(EACH * bound) & !word & (EACH << 7);
            let [quote, escape] = [b'"', b'\\'].map(|sign| below(word ^ (EACH * u64::from(sign)), 1));
            let special = quote | escape | below(word, 0x20);
            self.at += special.trailing_zeros() as usize / 8;
            if special != 0 {
                return;
            }
        }
        while let Some(sign) = self.peek()
            && !matches!(sign, b'"' | b'\\' | 0..=0x1f)
        {
            self.at += 1;
        }
    }

    fn escape(&mut self) -> Option<char> {
        let sign = self.peek()?;
        self.at += 1;
        Some(match sign {
            b'"' | b'\\' | b'/' => char::from(sign),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return None,
        })
    }

    /// Four hexadecimal digits, or twice that for what lies beyond them.
    fn code_point(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        (self.peek()? == b'\\').then_some(())?;
        self.at += 1;
        (self.peek()? == b'u').then_some(())?;
        self.at += 1;
        let second = self.hex()?;
        (0xdc00..0xe000).contains(&second).then_some(())?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.all.get(self.at..self.at + 4)?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}
