//! Reads the wire types back from JSON for the page, in a fraction of the code that a general decoder is copied into for
//! each type: the text becomes one tree, and types pick their fields from it. Writing, and reading where the size of the
//! code does not matter, stay with serde. It must not know the types.

mod number;
mod text;

pub use number::number;
use std::{borrow::Cow, fmt};
use text::Text;

/// A value of the text. Words without escapes are borrowed from it.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value<'a> {
    /// A field that is not there.
    #[default]
    Absent,
    Null,
    Flag(bool),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
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
    let value = Text::read(text).map_err(|at| Unreadable(format!("there is no JSON from byte {at} on")))?;
    let mut mistakes = Mistakes { field: "the answer", first: None };
    let read = T::from_json(value, &mut mistakes);
    mistakes.first.map_or(Ok(read), Err)
}

/// The fields of an object, taken out one by one.
#[derive(Debug)]
pub struct Fields<'a, 'm> {
    fields: Vec<(Cow<'a, str>, Value<'a>)>,
    mistakes: &'m mut Mistakes,
}

impl<'a, 'm> Fields<'a, 'm> {
    #[inline(never)]
    pub fn of(value: Value<'a>, mistakes: &'m mut Mistakes) -> Self {
        let fields = match value {
            Value::Object(fields) => fields,
            // A group of flags may be left out; who needs more of it will miss that.
            Value::Absent => Vec::new(),
            _ => {
                mistakes.note("is no object");
                Vec::new()
            }
        };
        Self { fields, mistakes }
    }

    pub fn take<T: FromJson>(&mut self, name: &'static str) -> T {
        let value = self.value(name);
        T::from_json(value, self.mistakes)
    }

    /// For the few figures that serde fills in too.
    pub(crate) fn take_or_default<T: FromJson + Default>(&mut self, name: &'static str) -> T {
        match self.value(name) {
            Value::Absent => T::default(),
            value => T::from_json(value, self.mistakes),
        }
    }

    #[inline(never)]
    fn value(&mut self, name: &'static str) -> Value<'a> {
        self.mistakes.field = name;
        let found = self.fields.iter_mut().find(|field| field.0 == name);
        found.map(|field| std::mem::take(&mut field.1)).unwrap_or_default()
    }
}

/// The one field of an object that tells by its name which variant it is.
pub(crate) fn variant(value: Value<'_>) -> (Cow<'_, str>, Value<'_>) {
    match value {
        Value::Object(mut fields) => fields.pop().unwrap_or_default(),
        _ => Default::default(),
    }
}

/// The place of a text in a list of words; the first, and a mistake, where it is none of them.
#[inline(never)]
pub(crate) fn place(value: &Value<'_>, words: &[&str], mistakes: &mut Mistakes) -> usize {
    let found = match value {
        Value::Text(text) => words.iter().position(|word| text == word),
        _ => None,
    };
    found.unwrap_or_else(|| {
        mistakes.note("is none of the known words");
        0
    })
}

impl FromJson for bool {
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        match value {
            Value::Flag(flag) => flag,
            Value::Absent => false,
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
        if let Value::Number(number) = value {
            return number;
        }
        mistakes.note("is no number");
        0.0
    }
}

impl FromJson for String {
    #[inline(never)]
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        if let Value::Text(text) = value {
            return text.into_owned();
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
        match value {
            Value::Absent | Value::Null => None,
            value => Some(T::from_json(value, mistakes)),
        }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        let mut out = Self::new();
        match value {
            Value::List(values) => {
                out.reserve_exact(values.len());
                for value in values {
                    out.push(T::from_json(value, mistakes));
                }
            }
            Value::Absent => {}
            _ => mistakes.note("is no list"),
        }
        out
    }
}

/// Reads structs: the list of fields must be complete, or it does not compile. `field as "name"` where they differ.
macro_rules! from_json_fields {
    ($($type:ty { $($field:ident $(as $name:literal)?),* $(,)? })*) => {$(
        impl $crate::json::FromJson for $type {
            fn from_json(value: $crate::json::Value<'_>, mistakes: &mut $crate::json::Mistakes) -> Self {
                let mut fields = $crate::json::Fields::of(value, mistakes);
                Self { $($field: fields.take($crate::json::name!($field $($name)?))),* }
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
                [$(Self::$variant),*][$crate::json::place(&value, &[$($word),*], mistakes)]
            }
        }
    )*};
}

pub(crate) use {from_json_fields, from_json_words, name};

#[cfg(test)]
mod tests;
