//! Reads the wire types back from JSON for the page, in a fraction of the code that a general decoder is copied into for
//! each type: the text becomes one tape, and types pick their fields from it. Writing, and reading where the size of the
//! code does not matter, stay with serde. It must not know the types.

mod number;
mod text;

pub use number::number;
use std::fmt;
use text::{Tape, Text, Token};

/// A value of the text.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    tape: &'a Tape<'a>,
    at: usize,
}

impl<'a> Value<'a> {
    fn token(self) -> Token {
        self.tape.token(self.at)
    }

    fn words(self) -> Option<&'a str> {
        self.tape.words(self.at)
    }

    /// What is in a list; nothing where it is absent.
    pub(crate) fn items(self, mistakes: &mut Mistakes) -> Items<'a> {
        let left = match self.token() {
            Token::List { len, .. } => len,
            Token::Absent => 0,
            _ => {
                mistakes.note("is no list");
                0
            }
        };
        Items { next: Value { at: self.at + 1, ..self }, left }
    }

    /// Whether this is what an object has as its id.
    pub(crate) fn is_of(self, id: &str) -> bool {
        let Token::Object { after } = self.token() else { return false };
        let mut at = [0];
        find(self.tape, (self.at + 1, after as usize), &["id"], &mut at);
        self.tape.words(at[0]) == Some(id)
    }
}

/// The values of a list.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    next: Value<'a>,
    left: u32,
}

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        self.left = self.left.checked_sub(1)?;
        let item = self.next;
        self.next.at = item.tape.after(item.at);
        Some(item)
    }
}

/// Why a text could not be read: the first mistake in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// The first mistake found so far. Readers note mistakes and go on with some value: leaving at once would cost code to
/// drop what was read, at every field.
#[derive(Debug, Default)]
pub struct Mistakes {
    field: &'static str,
    first: Option<Unreadable>,
}

impl Mistakes {
    #[inline(never)]
    pub fn note(&mut self, what: &str) {
        if self.first.is_none() {
            self.first = Some(Unreadable(format!("`{}` {what}", self.field)));
        }
    }
}

/// What can be read from a value. An absent list is empty, an absent flag is not set, an absent option is none; all else
/// must be there.
pub trait FromJson: Sized {
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self;
}

pub fn read<T: FromJson>(text: &str) -> Result<T, Unreadable> {
    read_by(text, &mut T::from_json)
}

/// As the reader has it.
pub(crate) fn read_by<T>(
    text: &str,
    reader: &mut dyn FnMut(Value<'_>, &mut Mistakes) -> T,
) -> Result<T, Unreadable> {
    let tape = Text::read(text).map_err(|at| Unreadable(format!("there is no JSON from byte {at} on")))?;
    let mut mistakes = Mistakes { field: "the answer", first: None };
    let read = reader(Value { tape: &tape, at: FIRST }, &mut mistakes);
    mistakes.first.map_or(Ok(read), Err)
}

/// Where the absent value stands on a tape, and the text's own.
const ABSENT: usize = 0;
const FIRST: usize = 1;

/// The fields of an object, taken out one by one in the order of their names.
#[derive(Debug)]
pub struct Fields<'a, 'm> {
    tape: &'a Tape<'a>,
    names: &'static [&'static str],
    /// Where the value of each name stands.
    places: &'m [usize],
    taken: usize,
    mistakes: &'m mut Mistakes,
}

impl<'a, 'm> Fields<'a, 'm> {
    /// `places` has room for one of each name, and is zero.
    #[inline(never)]
    pub fn of(
        value: Value<'a>,
        names: &'static [&'static str],
        places: &'m mut [usize],
        mistakes: &'m mut Mistakes,
    ) -> Self {
        let tape = value.tape;
        match value.token() {
            Token::Object { after } => find(tape, (value.at + 1, after as usize), names, places),
            // A group of flags may be left out; who needs more of it will miss that.
            Token::Absent => {}
            _ => mistakes.note("is no object"),
        }
        Self { tape, names, places, taken: 0, mistakes }
    }

    pub fn take<T: FromJson>(&mut self) -> T {
        let value = self.value();
        T::from_json(value, self.mistakes)
    }

    /// A copy of what is held where the field is absent.
    pub(crate) fn take_or<T: FromJson + Clone>(&mut self, held: &T) -> T {
        let value = self.value();
        if value.at == ABSENT { held.clone() } else { T::from_json(value, self.mistakes) }
    }

    /// What is held stays where the field is absent.
    pub(crate) fn replace<T: FromJson>(&mut self, held: &mut T) {
        let value = self.value();
        if value.at != ABSENT {
            *held = T::from_json(value, self.mistakes);
        }
    }

    #[inline(never)]
    pub(crate) fn value(&mut self) -> Value<'a> {
        self.mistakes.field = self.names[self.taken];
        let at = self.places[self.taken];
        self.taken += 1;
        Value { tape: self.tape, at }
    }
}

/// Looks each field up among the names. Both mostly have the same order, so that it is found soon after the last one.
fn find(tape: &Tape<'_>, (mut at, after): (usize, usize), names: &[&str], places: &mut [usize]) {
    let mut next = 0;
    while at < after {
        let name = tape.words(at).unwrap_or_default();
        for _ in names {
            let here = next;
            next = if next + 1 < names.len() { next + 1 } else { 0 };
            if names[here] == name {
                places[here] = at + 1;
                break;
            }
        }
        at = tape.after(at + 1);
    }
}

/// The one field of an object that tells by its name which variant it is.
pub(crate) fn variant(value: Value<'_>) -> (&str, Value<'_>) {
    let tape = value.tape;
    match value.token() {
        Token::Object { after } if after as usize > value.at + 1 => {
            (tape.words(value.at + 1).unwrap_or_default(), Value { tape, at: value.at + 2 })
        }
        _ => ("", Value { tape, at: ABSENT }),
    }
}

/// The place of a text in a list of words; the first, and a mistake, where it is none of them.
#[inline(never)]
pub(crate) fn place(value: Value<'_>, words: &[&str], mistakes: &mut Mistakes) -> usize {
    let found = value.words().and_then(|text| words.iter().position(|word| text == *word));
    found.unwrap_or_else(|| {
        mistakes.note("is none of the known words");
        0
    })
}

impl FromJson for bool {
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        match value.token() {
            Token::Flag(flag) => flag,
            Token::Absent => false,
            _ => {
                mistakes.note("is neither true nor false");
                false
            }
        }
    }
}

impl FromJson for f64 {
    #[inline(never)]
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        if let Token::Number(number) = value.token() {
            return number;
        }
        mistakes.note("is no number");
        0.0
    }
}

impl FromJson for String {
    #[inline(never)]
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        if let Some(words) = value.words() {
            return words.to_owned();
        }
        mistakes.note("is no text");
        Self::new()
    }
}

/// Whole numbers travel as numbers that are whole.
macro_rules! whole {
    ($($type:ty)*) => {$(
        impl FromJson for $type {
            fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
                let number = f64::from_json(value, mistakes);
                let whole = number as Self;
                #[expect(clippy::float_cmp, reason = "a whole number in range comes back as it was")]
                if whole as f64 != number {
                    mistakes.note("is no whole number of its range");
                }
                whole
            }
        }
    )*};
}

whole!(i64 u64 usize);

impl FromJson for u16 {
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        Self::try_from(u64::from_json(value, mistakes)).unwrap_or_else(|_| {
            mistakes.note("is no whole number of its range");
            0
        })
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        match value.token() {
            Token::Absent | Token::Null => None,
            _ => Some(T::from_json(value, mistakes)),
        }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        let mut out = Self::new();
        let items = value.items(mistakes);
        out.reserve_exact(items.left as usize);
        for item in items {
            out.push(T::from_json(item, mistakes));
        }
        out
    }
}

/// Reads structs: the list of fields must be complete, or it does not compile. `field as "name"` where they differ.
macro_rules! from_json_fields {
    ($($type:ty { $($field:ident $(as $name:literal)?),* $(,)? })*) => {$(
        impl $crate::json::FromJson for $type {
            fn from_json(value: $crate::json::Value<'_>, mistakes: &mut $crate::json::Mistakes) -> Self {
                const NAMES: &[&str] = &[$($crate::json::name!($field $($name)?)),*];
                let mut places = [0; NAMES.len()];
                let mut fields = $crate::json::Fields::of(value, NAMES, &mut places, mistakes);
                // They are taken in the order that they are written in.
                Self { $($field: fields.take()),* }
            }
        }
    )*};
}

macro_rules! name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// Reads enums that travel as words.
macro_rules! from_json_words {
    ($($type:ty { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        impl $crate::json::FromJson for $type {
            fn from_json(value: $crate::json::Value<'_>, mistakes: &mut $crate::json::Mistakes) -> Self {
                [$(Self::$variant),*][$crate::json::place(value, &[$($word),*], mistakes)]
            }
        }
    )*};
}

pub(crate) use {from_json_fields, from_json_words, name};

#[cfg(test)]
mod tests;
