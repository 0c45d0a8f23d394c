//! Selectors: from the store to rows, by the rules of lookback, offset and `@`. Must not know any function.

use super::eval::Context;
use super::table::{ABSENT, Row, Table, is_absent};
use super::{EvalError, Options, Rates, Steps, native};
use crate::store::{Labels, METRIC_NAME, MatchOp, Matcher, Point, Series};
use promql_parser::label::{MatchOp as ParsedOp, Matcher as ParsedMatcher};
use promql_parser::parser::{AtModifier, MatrixSelector, Offset, VectorSelector};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The samples one evaluation of a range function sees, and the range they lie in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'a> {
    pub(super) points: &'a [Point],
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
    /// They are one part of native histograms.
    pub(super) is_part: bool,
    /// Asked for where rates begin there: the newest sample before the window, if it is not too old.
    pub(super) before: Option<Point>,
    pub(super) rates: Rates,
}

/// Takes rows one by one; a row in which nothing is present does not come.
pub(super) type Sink<'a> = dyn FnMut(&Row, &[f64]) + 'a;

/// What an instant selector yields for the sample it finds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Yield {
    Value,
    TimestampSeconds,
}

struct Selector {
    matchers: Vec<Matcher>,
    offset_ms: i64,
    pinned_ms: Option<i64>,
}

impl Selector {
    fn new(parsed: &VectorSelector, steps: Steps) -> Result<Self, EvalError> {
        let offset_ms = match &parsed.offset {
            None => 0,
            Some(Offset::Pos(duration)) => duration_ms(*duration),
            Some(Offset::Neg(duration)) => -duration_ms(*duration),
        };
        let pinned_ms = parsed.at.as_ref().map(|at| match at {
            AtModifier::Start => steps.start_ms,
            AtModifier::End => steps.end_ms,
            AtModifier::At(time) => epoch_ms(*time),
        });
        Ok(Self { matchers: matchers(parsed)?, offset_ms, pinned_ms })
    }

    /// The instant a step looks at.
    fn reference_ms(&self, t_ms: i64) -> i64 {
        self.pinned_ms.unwrap_or(t_ms) - self.offset_ms
    }

    fn span_ms(&self, steps: Steps, back_ms: i64) -> (i64, i64) {
        let last = steps.times().last().unwrap_or(steps.start_ms);
        (self.reference_ms(steps.start_ms) - back_ms, self.reference_ms(last))
    }
}

/// The matchers of a selector, the metric's name first.
pub(super) fn matchers(parsed: &VectorSelector) -> Result<Vec<Matcher>, EvalError> {
    if !parsed.matchers.or_matchers.is_empty() {
        return Err(EvalError::unsupported("`or` between label matchers"));
    }
    let name = parsed.name.iter().map(|name| Matcher::equal(METRIC_NAME, name.as_str()));
    Ok(name.chain(parsed.matchers.matchers.iter().map(matcher)).collect())
}

fn matcher(parsed: &ParsedMatcher) -> Matcher {
    let ParsedMatcher { op, name, value } = parsed;
    match op {
        ParsedOp::Equal => Matcher::equal(name, value),
        ParsedOp::NotEqual => Matcher::not_equal(name, value),
        ParsedOp::Re(regex) => Matcher::from_regex(name, MatchOp::Regex, value, regex.clone()),
        ParsedOp::NotRe(regex) => Matcher::from_regex(name, MatchOp::NotRegex, value, regex.clone()),
    }
}

fn duration_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

fn epoch_ms(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => duration_ms(after),
        Err(before) => -duration_ms(before.duration()),
    }
}

/// Whether all series that a selector can find have one name.
pub(super) fn has_one_name(parsed: &VectorSelector) -> bool {
    let is_name =
        |matcher: &ParsedMatcher| matcher.name == METRIC_NAME && matches!(matcher.op, ParsedOp::Equal);
    parsed.name.is_some() || parsed.matchers.matchers.iter().any(is_name)
}

/// An instant selector: at each step the newest sample that is not too old.
pub(super) fn instant(context: &Context, parsed: &VectorSelector, what: Yield) -> Result<Table, EvalError> {
    let mut table = Table::new(context.steps.len());
    each_instant(context, parsed, what, &mut |row, cells| table.push(row.clone(), cells))?;
    Ok(table)
}

/// The rows of an instant selector, none of them kept.
pub(super) fn each_instant(
    context: &Context,
    parsed: &VectorSelector,
    what: Yield,
    sink: &mut Sink,
) -> Result<(), EvalError> {
    let selector = Selector::new(parsed, context.steps)?;
    let lookback_ms = context.options.lookback_ms;
    let (from_ms, to_ms) = selector.span_ms(context.steps, lookback_ms);
    let mut cells = vec![ABSENT; context.steps.len()];
    context.store.visit(&selector.matchers, from_ms, to_ms, &mut |labels, points| {
        let mut next = 0;
        for (cell, t_ms) in cells.iter_mut().zip(context.steps.times()) {
            let reference_ms = selector.reference_ms(t_ms);
            while points.get(next).is_some_and(|point| point.t_ms <= reference_ms) {
                next += 1;
            }
            let oldest_ms = reference_ms - lookback_ms + i64::from(context.options.left_open);
            *cell = match next.checked_sub(1).map(|at| points[at]) {
                Some(point) if point.t_ms >= oldest_ms && !is_absent(point.value) => match what {
                    Yield::Value => point.value,
                    Yield::TimestampSeconds => point.t_ms as f64 / 1000.0,
                },
                _ => ABSENT,
            };
        }
        match what {
            Yield::TimestampSeconds if native::is_part(labels) => {
                if let Some(row) = Row::new(labels.clone()).once() {
                    pass_on(&row.all, &cells, sink);
                }
            }
            _ => pass_on(labels, &cells, sink),
        }
    });
    Ok(())
}

fn pass_on(labels: &Labels, cells: &[f64], sink: &mut Sink) {
    if cells.iter().any(|cell| !is_absent(*cell)) {
        sink(&Row::new(labels.clone()), cells);
    }
}

/// What a range function makes of the window of a step, given the step's number.
pub(super) type OfWindow<'a> = dyn Fn(Window, usize) -> Option<f64> + 'a;

/// The rows of a range selector under a function, none of them kept.
pub(super) fn each_window(
    context: &Context,
    parsed: &MatrixSelector,
    f: &OfWindow,
    sink: &mut Sink,
) -> Result<(), EvalError> {
    let selector = Selector::new(&parsed.vs, context.steps)?;
    let range_ms = duration_ms(parsed.range);
    let Options { rates, lookback_ms, .. } = context.options;
    let further_ms = if rates == Rates::SinceBefore { lookback_ms } else { 0 };
    let (from_ms, to_ms) = selector.span_ms(context.steps, range_ms + further_ms);
    let mut cells = vec![ABSENT; context.steps.len()];
    let mut living = Vec::new();
    context.store.visit(&selector.matchers, from_ms, to_ms, &mut |labels, points| {
        let points = without_markers(points, &mut living);
        let (mut first, mut end) = (0, 0);
        let is_part = native::is_part(labels);
        for (step, t_ms) in context.steps.times().enumerate() {
            let end_ms = selector.reference_ms(t_ms);
            let start_ms = end_ms - range_ms;
            let oldest_ms = start_ms + i64::from(context.options.left_open);
            while points.get(end).is_some_and(|point| point.t_ms <= end_ms) {
                end += 1;
            }
            while points.get(first).is_some_and(|point| point.t_ms < oldest_ms) {
                first += 1;
            }
            let inside = points.get(first..end).filter(|inside| !inside.is_empty());
            let before = first.checked_sub(1).map(|at| points[at]);
            let before = before.filter(|point| point.t_ms >= oldest_ms - further_ms && further_ms > 0);
            let window = |points| Window { points, start_ms, end_ms, is_part, before, rates };
            let value = inside.and_then(|points| f(window(points), step));
            cells[step] = value.unwrap_or(ABSENT);
        }
        pass_on(labels, &cells, sink);
    });
    Ok(())
}

/// End-of-series markers are no samples of a range.
fn without_markers<'a>(points: &'a [Point], living: &'a mut Vec<Point>) -> &'a [Point] {
    if !points.iter().any(|point| is_absent(point.value)) {
        return points;
    }
    living.clear();
    living.extend(points.iter().filter(|point| !is_absent(point.value)));
    living
}

/// A range selector that is the whole query: the samples as they are.
pub(super) fn raw(context: &Context, parsed: &MatrixSelector) -> Result<Vec<Series>, EvalError> {
    let selector = Selector::new(&parsed.vs, context.steps)?;
    let (from_ms, to_ms) = selector.span_ms(context.steps, duration_ms(parsed.range));
    let from_ms = from_ms + i64::from(context.options.left_open);
    let mut series = context.store.select(&selector.matchers, from_ms, to_ms);
    for one in &mut series {
        one.points.retain(|point| !is_absent(point.value));
    }
    series.retain(|one| !one.points.is_empty());
    Ok(series)
}
