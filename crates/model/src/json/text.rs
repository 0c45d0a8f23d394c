//! JSON text to a tree of values. Strict where it matters to a reader of its own server's answers: one value, nothing
//! after it, no endless nesting. It must not know what the values mean.

use super::{Value, number::number};
use std::borrow::Cow;

/// Deeper than anything that travels.
const DEPTH_MOST: usize = 64;

#[derive(Debug)]
pub(super) struct Text<'a> {
    all: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Text<'a> {
    /// The value, or the byte at which reading stopped.
    pub(super) fn read(text: &'a str) -> Result<Value<'a>, usize> {
        let mut this = Self { all: text, at: 0, depth: 0 };
        let value = this.value();
        this.skip_blanks();
        value.filter(|_| this.at == text.len()).ok_or(this.at)
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

    fn value(&mut self) -> Option<Value<'a>> {
        self.skip_blanks();
        match self.peek()? {
            b'{' => self.object(),
            b'[' => self.list(),
            b'"' => self.string().map(Value::Text),
            b't' => self.word("true", Value::Flag(true)),
            b'f' => self.word("false", Value::Flag(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Option<Value<'a>> {
        let found = self.all.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found.then_some(value)
    }

    fn number(&mut self) -> Option<Value<'a>> {
        let start = self.at;
        while let Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') = self.peek() {
            self.at += 1;
        }
        number(self.all.get(start..self.at)?).map(Value::Number)
    }

    fn list(&mut self) -> Option<Value<'a>> {
        self.open()?;
        let mut values = Vec::new();
        if !self.took(b']') {
            loop {
                values.push(self.value()?);
                if !self.took(b',') {
                    break;
                }
            }
            self.took(b']').then_some(())?;
        }
        self.depth -= 1;
        Some(Value::List(values))
    }

    fn object(&mut self) -> Option<Value<'a>> {
        self.open()?;
        let mut fields = Vec::new();
        if !self.took(b'}') {
            loop {
                self.skip_blanks();
                let name = self.string()?;
                self.took(b':').then_some(())?;
                fields.push((name, self.value()?));
                if !self.took(b',') {
                    break;
                }
            }
            self.took(b'}').then_some(())?;
        }
        self.depth -= 1;
        Some(Value::Object(fields))
    }

    fn open(&mut self) -> Option<()> {
        self.at += 1;
        self.depth += 1;
        (self.depth <= DEPTH_MOST).then_some(())
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.took(b'"').then_some(())?;
        let mut start = self.at;
        let mut unescaped = String::new();
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    unescaped.push_str(self.all.get(start..self.at)?);
                    self.at += 1;
                    unescaped.push(self.escape()?);
                    start = self.at;
                }
                0..=0x1f => return None,
                _ => self.at += 1,
            }
        }
        let rest = self.all.get(start..self.at)?;
        self.at += 1;
        Some(if unescaped.is_empty() { Cow::Borrowed(rest) } else { Cow::Owned(unescaped + rest) })
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
