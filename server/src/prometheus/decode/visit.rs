//! The serde side of reading an answer: one pass, nothing allocated a row but what the table keeps.
//! Keys nobody knows are skipped, in whatever order they come.

use super::stats::Stats;
use super::values::{Number, Point, Points, Word};
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
    let mut state = State::default();
    Reader::new(labels, symbols, sink, &mut state).whole(body)?;
    Ok(state.notes)
}

/// What lasts from row to row.
#[derive(Default)]
pub(super) struct State {
    cells: Vec<Symbol>,
    row: Row,
    /// Which column the n-th key of the previous row filled: rows of one answer nearly always agree.
    order: Vec<Option<usize>>,
    pub(super) notes: Notes,
    /// What the store says that it took.
    pub(super) busy_s: Option<f64>,
    failure: Option<(String, String)>,
    rows_seen: bool,
}

/// Everything the visitors share.
pub(super) struct Reader<'a> {
    labels: &'a [&'static str],
    symbols: &'a mut Symbols,
    sink: &'a mut dyn RowSink,
    state: &'a mut State,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        labels: &'a [&'static str],
        symbols: &'a mut Symbols,
        sink: &'a mut dyn RowSink,
        state: &'a mut State,
    ) -> Self {
        state.cells.resize(labels.len(), Symbol::EMPTY);
        Self { labels, symbols, sink, state }
    }

    /// A document, with or without its rows.
    pub(super) fn whole(&mut self, body: &[u8]) -> Result<(), DecodeError> {
        let mut json = serde_json::Deserializer::from_slice(body);
        Document(self).deserialize(&mut json)?;
        json.end()?;
        match self.state.failure.take() {
            Some((kind, reason)) => Err(DecodeError::Prometheus { kind, reason }),
            None if self.state.rows_seen => Ok(()),
            None => Err(DecodeError::Json(serde_json::Error::custom("it holds no result"))),
        }
    }

    /// One row by itself.
    pub(super) fn one(&mut self, row: &[u8]) -> Result<(), DecodeError> {
        let mut json = serde_json::Deserializer::from_slice(row);
        Series(self).deserialize(&mut json)?;
        json.end()?;
        self.finish_row();
        Ok(())
    }

    /// The column of a label, if it is asked for.
    fn column(&mut self, position: usize, key: &str) -> Option<usize> {
        if let Some(Some(column)) = self.state.order.get(position)
            && self.labels[*column] == key
        {
            return Some(*column);
        }
        let column = self.labels.iter().position(|label| *label == key);
        if self.state.order.len() <= position {
            self.state.order.resize(position + 1, None);
        }
        self.state.order[position] = column;
        column
    }

    fn finish_row(&mut self) {
        let State { cells, row, .. } = &mut *self.state;
        self.sink.row(cells, row);
        cells.fill(Symbol::EMPTY);
        row.points.clear();
        row.le = None;
        row.histogram.clear();
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
                    reader.state.notes.warnings =
                        map.next_value::<Option<Vec<String>>>()?.unwrap_or_default();
                }
                Some("infos") => {
                    reader.state.notes.infos = map.next_value::<Option<Vec<String>>>()?.unwrap_or_default();
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        reader.state.failure = failed.then_some((kind, reason));
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
        while let Some(key) = map.next_key_seed(Word(&["resultType", "result", "stats"]))? {
            match key {
                Some("resultType") => {
                    if map.next_value_seed(Word(&["vector", "matrix"]))?.is_none() {
                        return Err(A::Error::custom("the result is neither a vector nor a matrix"));
                    }
                }
                Some("result") => map.next_value_seed(Rows(&mut *self.0))?,
                Some("stats") => self.0.state.busy_s = map.next_value::<Stats>()?.busy_s(),
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
        self.0.state.rows_seen = true;
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
                    reader.state.row.points.push(point);
                }
                Some("values") => map.next_value_seed(Points(&mut reader.state.row.points))?,
                Some("histogram") => {
                    let (_, whole) = map.next_value::<(IgnoredAny, Whole<'_>)>()?;
                    whole.read(&mut reader.state.row.histogram);
                    reader.state.notes.histograms += 1;
                }
                Some("histograms") => {
                    reader.state.notes.histograms += 1;
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
                    reader.state.cells[column] = symbol;
                }
                Label::Bound => reader.state.row.le = Some(map.next_value_seed(Number)?),
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
