//! PromQL over any `Store`, with the semantics of Prometheus 2.42: parsing by `promql-parser`, everything after it here.
//! A query is evaluated for all of its steps at once, and each selector asks the store once. Must not know Istio, HTTP, or
//! any query by its text.

mod aggregate;
mod binary;
mod call;
mod elementwise;
mod error;
mod eval;
mod histogram;
mod key;
mod label_function;
mod matching;
mod native;
mod over_range;
mod rate;
mod select;
mod statistics;
mod table;
#[cfg(test)]
mod tests;

pub use error::EvalError;

use crate::store::{Labels, Matcher, Point, Series, Store};
use eval::{Context, Operand};
use promql_parser::parser::Expr;
use table::{Table, is_absent};

/// How the engine behaves that we play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Prometheus 3 leaves the sample at the very start of a range out; 2.x takes it in.
    pub left_open: bool,
    /// How old a sample may be and still count as the current one.
    pub lookback_ms: i64,
    pub rates: Rates,
}

/// What `rate` and its like make of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rates {
    /// Prometheus': the change between its samples, stretched to the whole window.
    Stretched,
    /// VictoriaMetrics': the change since the sample before the window, if there is one, and nothing is stretched.
    SinceBefore,
}

impl Default for Options {
    fn default() -> Self {
        Self { left_open: false, lookback_ms: 5 * 60 * 1000, rates: Rates::Stretched }
    }
}

/// The instants at which a query is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    pub start_ms: i64,
    pub end_ms: i64,
    pub step_ms: i64,
}

impl Steps {
    fn once(t_ms: i64) -> Self {
        Self { start_ms: t_ms, end_ms: t_ms, step_ms: 1 }
    }

    fn len(self) -> usize {
        usize::try_from((self.end_ms - self.start_ms) / self.step_ms + 1).unwrap_or(0)
    }

    fn times(self) -> impl Iterator<Item = i64> {
        std::iter::successors(Some(self.start_ms), move |t_ms| t_ms.checked_add(self.step_ms))
            .take_while(move |t_ms| *t_ms <= self.end_ms)
    }
}

/// One element of an instant vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub labels: Labels,
    /// The instant of evaluation, as Prometheus reports it, not the time of the scrape.
    pub t_ms: i64,
    pub value: f64,
}

/// The answer to an instant query. A native histogram comes as its parts; `crate::native` puts them together.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Scalar(f64),
    Vector(Vec<Sample>),
    Matrix(Vec<Series>),
    String(String),
}

/// Evaluates a query at one instant.
pub fn instant<S: Store + ?Sized>(
    store: &S,
    query: &str,
    t_ms: i64,
    options: &Options,
) -> Result<Value, EvalError> {
    let expression = parse(query)?;
    let context = Context { store: &AnyStore(store), steps: Steps::once(t_ms), options: *options };
    if let Expr::MatrixSelector(selector) = strip_parens(&expression) {
        return select::raw(&context, selector).map(Value::Matrix);
    }
    Ok(match context.eval(&expression)? {
        Operand::Scalar(values) => Value::Scalar(values.first().copied().unwrap_or(f64::NAN)),
        Operand::Text(text) => Value::String(text),
        Operand::Vector(table) => Value::Vector(
            table
                .into_rows()
                .map(|(row, cells)| Sample { labels: row.labels(), t_ms, value: cells[0] })
                .collect(),
        ),
    })
}

/// Evaluates a query at each step from start to end; series come sorted by their labels.
pub fn range<S: Store + ?Sized>(
    store: &S,
    query: &str,
    steps: Steps,
    options: &Options,
) -> Result<Vec<Series>, EvalError> {
    if steps.step_ms <= 0 || steps.end_ms < steps.start_ms {
        return Err(EvalError::execution(
            "a range needs a step above zero and an end that is not before its start",
        ));
    }
    let expression = parse(query)?;
    let context = Context { store: &AnyStore(store), steps, options: *options };
    let table = match context.eval(&expression)? {
        Operand::Vector(table) => table,
        Operand::Scalar(values) => Table::of_scalar(&values),
        Operand::Text(_) => {
            return Err(EvalError::execution(
                "invalid expression type \"string\" for range query, must be Scalar or instant Vector",
            ));
        }
    };
    let mut series: Vec<Series> = table
        .into_rows()
        .map(|(row, cells)| Series {
            labels: row.labels(),
            points: steps
                .times()
                .zip(cells)
                .filter(|(_, value)| !is_absent(*value))
                .map(|(t_ms, value)| Point { t_ms, value })
                .collect(),
        })
        .collect();
    series.sort_by(|a, b| a.labels.cmp(&b.labels));
    Ok(series)
}

/// The matchers of a bare selector, as the API's `match[]` has them.
pub fn selector(text: &str) -> Result<Vec<Matcher>, EvalError> {
    match parse(text)? {
        Expr::VectorSelector(parsed) if parsed.offset.is_none() && parsed.at.is_none() => {
            select::matchers(&parsed)
        }
        _ => Err(EvalError::Parse("it is not a bare selector".to_owned())),
    }
}

/// Whether a query can be read at all.
pub fn check(query: &str) -> Result<(), EvalError> {
    parse(query).map(drop)
}

fn parse(query: &str) -> Result<Expr, EvalError> {
    promql_parser::parser::parse(query).map_err(EvalError::Parse)
}

fn strip_parens(mut expression: &Expr) -> &Expr {
    while let Expr::Paren(inner) = expression {
        expression = &inner.expr;
    }
    expression
}

/// Lets the evaluator be compiled once, for `dyn Store`, whatever unsized store a caller has.
struct AnyStore<'a, S: ?Sized>(&'a S);

impl<S: Store + ?Sized> Store for AnyStore<'_, S> {
    fn select(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Vec<Series> {
        self.0.select(matchers, from_ms, to_ms)
    }

    fn visit(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64, each: &mut dyn FnMut(&Labels, &[Point])) {
        self.0.visit(matchers, from_ms, to_ms, each);
    }
}
