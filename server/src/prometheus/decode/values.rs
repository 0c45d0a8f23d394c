//! The small parts of an answer: points, numbers in quotes, words out of a few. Must not know rows.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use std::fmt;

/// The points of a matrix.
pub(super) struct Points<'r>(pub(super) &'r mut Vec<(f64, f64)>);

impl<'de> DeserializeSeed<'de> for Points<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Points<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of points")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(point) = seq.next_element_seed(Point)? {
            self.0.push(point);
        }
        Ok(())
    }
}

/// `[1700000000.123, "0.5"]`
pub(super) struct Point;

impl<'de> DeserializeSeed<'de> for Point {
    type Value = (f64, f64);
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(f64, f64), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Point {
    type Value = (f64, f64);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time and a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(f64, f64), A::Error> {
        let time_s: f64 = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let value = seq.next_element_seed(Number)?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok((time_s, value))
    }
}

/// A number in quotes: `"0.5"`, `"1.8e+06"`, `"+Inf"`, `"NaN"`. What is none of these is NaN.
pub(super) struct Number;

impl<'de> DeserializeSeed<'de> for Number {
    type Value = f64;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<f64, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number in quotes")
    }

    fn visit_str<E>(self, text: &str) -> Result<f64, E> {
        Ok(text.parse().unwrap_or(f64::NAN))
    }
}

/// One of a few known words; None for any other.
pub(super) struct Word(pub(super) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Word {
    type Value = Option<&'static str>;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Word {
    type Value = Option<&'static str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().copied().find(|word| *word == text))
    }
}
