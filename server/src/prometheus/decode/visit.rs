//! The serde side of reading an answer: one pass, nothing allocated a row but what the table keeps.
//! Keys nobody knows are skipped, in whatever order they come.

use super::{DecodeError, Notes, histogram::Whole};
use graph::sample::{Symbol, Symbols};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// One series of an answer, used again and again.
#[derive(Default)]
pub(super) struct Row {
    /// (unix seconds, value); one for an instant query.
    pub(super) points: Vec<(f64, f64)>,
    pub(super) le: Option<f64>,
    /// A native histogram's buckets: above, up to, count.
    pub(super) histogram: Vec<(f64, f64, f64)>,
}

/// Where rows go.
pub(super) trait RowSink {
    fn row(&mut self, cells: &[Symbol], row: &Row);
}

pub(super) fn read(
    body: &[u8],
    labels: &[&'static str],
    symbols: &mut Symbols,
    sink: &mut dyn RowSink,
) -> Result<Notes, DecodeError> {
    let mut reader = Reader {
        labels,
        symbols,
        sink,
        cells: vec![Symbol::EMPTY; labels.len()],
        row: Row::default(),
        order: Vec::new(),
        notes: Notes::default(),
        failure: None,
        rows_seen: false,
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    Document(&mut reader).deserialize(&mut json)?;
    json.end()?;
    match reader.failure {
        Some((kind, reason)) => Err(DecodeError::Prometheus { kind, reason }),
        None if reader.rows_seen => Ok(reader.notes),
        None => Err(DecodeError::Json(serde_json::Error::custom("it holds no result"))),
    }
}

/// Everything the visitors share.
struct Reader<'a> {
    labels: &'a [&'static str],
    symbols: &'a mut Symbols,
    sink: &'a mut dyn RowSink,
    cells: Vec<Symbol>,
    row: Row,
    /// Which column the n-th key of the previous row filled: rows of one answer nearly always agree.
    order: Vec<Option<usize>>,
    notes: Notes,
    failure: Option<(String, String)>,
    rows_seen: bool,
}

impl Reader<'_> {
    /// The column of a label, if it is asked for.
    fn column(&mut self, position: usize, key: &str) -> Option<usize> {
        if let Some(Some(column)) = self.order.get(position)
            && self.labels[*column] == key
        {
            return Some(*column);
        }
        let column = self.labels.iter().position(|label| *label == key);
        if self.order.len() <= position {
            self.order.resize(position + 1, None);
        }
        self.order[position] = column;
        column
    }

    fn finish_row(&mut self) {
        self.sink.row(&self.cells, &self.row);
        self.cells.fill(Symbol::EMPTY);
        self.row.points.clear();
        self.row.le = None;
        self.row.histogram.clear();
    }
}

/// Writes the boilerplate of a seed that visits itself.
macro_rules! seed {
    ($name:ident, $method:ident, $value:ty) => {
        impl<'de> DeserializeSeed<'de> for $name<'_, '_> {
            type Value = $value;
            fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<$value, D::Error> {
                json.$method(self)
            }
        }
    };
}

/// The whole document.
struct Document<'r, 'a>(&'r mut Reader<'a>);
seed!(Document, deserialize_map, ());

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer of the query API")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        let (mut failed, mut kind, mut reason) = (false, String::new(), String::new());
        while let Some(key) = map.next_key_seed(Word(&KEYS))? {
            match key {
                Some("status") => failed = map.next_value_seed(Word(&["success"]))?.is_none(),
                // Prometheus sends `"data": null` beside some errors.
                Some("data") => map.next_value_seed(Body(reader))?,
                Some("errorType") => kind = map.next_value()?,
                Some("error") => reason = map.next_value()?,
                Some("warnings") => {
                    reader.notes.warnings = map.next_value::<Option<Vec<String>>>()?.unwrap_or_default();
                }
                Some("infos") => {
                    reader.notes.infos = map.next_value::<Option<Vec<String>>>()?.unwrap_or_default();
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        reader.failure = failed.then_some((kind, reason));
        Ok(())
    }
}

const KEYS: [&str; 6] = ["status", "data", "errorType", "error", "warnings", "infos"];

/// `data`, or null.
struct Body<'r, 'a>(&'r mut Reader<'a>);
seed!(Body, deserialize_any, ());

impl<'de> Visitor<'de> for Body<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the data of an answer")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Word(&["resultType", "result"]))? {
            match key {
                Some("resultType") => {
                    if map.next_value_seed(Word(&["vector", "matrix"]))?.is_none() {
                        return Err(A::Error::custom("the result is neither a vector nor a matrix"));
                    }
                }
                Some("result") => map.next_value_seed(Rows(&mut *self.0))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct Rows<'r, 'a>(&'r mut Reader<'a>);
seed!(Rows, deserialize_seq, ());

impl<'de> Visitor<'de> for Rows<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of series")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.rows_seen = true;
        while seq.next_element_seed(Series(&mut *self.0))?.is_some() {
            self.0.finish_row();
        }
        Ok(())
    }
}

struct Series<'r, 'a>(&'r mut Reader<'a>);
seed!(Series, deserialize_map, ());

impl<'de> Visitor<'de> for Series<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a series with its labels and its values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        while let Some(key) =
            map.next_key_seed(Word(&["metric", "value", "values", "histogram", "histograms"]))?
        {
            match key {
                Some("metric") => map.next_value_seed(Labels(reader))?,
                Some("value") => {
                    let point = map.next_value_seed(Point)?;
                    reader.row.points.push(point);
                }
                Some("values") => map.next_value_seed(Points(&mut reader.row.points))?,
                Some("histogram") => {
                    let (_, whole) = map.next_value::<(IgnoredAny, Whole<'_>)>()?;
                    whole.read(&mut reader.row.histogram);
                    reader.notes.histograms += 1;
                }
                Some("histograms") => {
                    reader.notes.histograms += 1;
                    map.next_value::<IgnoredAny>()?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct Labels<'r, 'a>(&'r mut Reader<'a>);
seed!(Labels, deserialize_map, ());

impl<'de> Visitor<'de> for Labels<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of labels")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        let mut position = 0;
        while let Some(label) = map.next_key_seed(LabelName(reader, position))? {
            position += 1;
            match label {
                Label::Column(column) => {
                    let symbol = map.next_value_seed(Interned(reader))?;
                    reader.cells[column] = symbol;
                }
                Label::Bound => reader.row.le = Some(map.next_value_seed(Number)?),
                Label::Unknown => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

enum Label {
    Column(usize),
    Bound,
    Unknown,
}

struct LabelName<'r, 'a>(&'r mut Reader<'a>, usize);
seed!(LabelName, deserialize_str, Label);

impl Visitor<'_> for LabelName<'_, '_> {
    type Value = Label;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a label's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Label, E> {
        Ok(match self.0.column(self.1, name) {
            Some(column) => Label::Column(column),
            None if name == "le" => Label::Bound,
            None => Label::Unknown,
        })
    }
}

struct Interned<'r, 'a>(&'r mut Reader<'a>);
seed!(Interned, deserialize_str, Symbol);

impl Visitor<'_> for Interned<'_, '_> {
    type Value = Symbol;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a label's value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Symbol, E> {
        Ok(self.0.symbols.intern(text))
    }
}

/// The points of a matrix.
struct Points<'r>(&'r mut Vec<(f64, f64)>);

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
struct Point;

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
struct Number;

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
struct Word(&'static [&'static str]);

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
