//! Calls of functions: their arguments, and which labels the answer keeps. Must not know how a function counts.

use super::eval::{Context, Operand, range_argument};
use super::label_function::{self, Replacement, labels_of_absence};
use super::native::{self, Read};
use super::over_range::RangeFunction;
use super::select::Window;
use super::statistics::{max_or_nan, min_or_nan};
use super::table::{ABSENT, Row, Table, is_absent};
use super::{EvalError, elementwise, histogram, over_range, select, strip_parens};
use promql_parser::parser::{Call, Expr, MatrixSelector};

pub(super) fn eval(context: &Context, call: &Call) -> Result<Operand, EvalError> {
    let name = call.func.name;
    let arguments = Arguments { context, list: &call.args.args };
    if let Some(call) = RangeCall::of(context, call)? {
        return call.table(context).map(Operand::Vector);
    }
    if let Some(function) = elementwise::find(name) {
        let table = arguments.vector(0)?.plain().map(|value, _| function(value));
        return table.without_names().map(Operand::Vector);
    }
    let table = match name {
        "time" => return Ok(Operand::Scalar(seconds(context))),
        "pi" => return Ok(Operand::Scalar(vec![std::f64::consts::PI; context.steps.len()])),
        "scalar" => return Ok(Operand::Scalar(scalar_of(&arguments.vector(0)?.plain()))),
        "vector" => Table::of_scalar(&arguments.scalar(0)?),
        "timestamp" => timestamp(&arguments)?,
        "absent" => absent(&arguments)?,
        "absent_over_time" => absent_over_time(&arguments)?,
        "clamp" | "clamp_min" | "clamp_max" => clamp(&arguments, name)?,
        "round" => round(&arguments)?,
        "sort" => sorted(&arguments.vector(0)?.plain(), f64::total_cmp),
        "sort_desc" => sorted(&arguments.vector(0)?.plain(), |a, b| b.total_cmp(a)),
        "histogram_quantile" => quantile(&arguments)?,
        "histogram_count" => native::read(&arguments.vector(0)?, Read::Count)?,
        "histogram_sum" => native::read(&arguments.vector(0)?, Read::Sum)?,
        "label_replace" => label_replace(&arguments)?,
        "label_join" => label_join(&arguments)?,
        _ => return Err(EvalError::unsupported(format!("the function {name}()"))),
    };
    Ok(Operand::Vector(table))
}

/// Of classic buckets and of native histograms alike.
fn quantile(arguments: &Arguments) -> Result<Table, EvalError> {
    let (shares, table) = (arguments.scalar(0)?, arguments.vector(1)?);
    let mut found = native::quantile(&shares, &table)?;
    for (row, cells) in histogram::histogram_quantile(&shares, &table.plain())?.iter() {
        found.push(row.clone(), cells);
    }
    Ok(found)
}

struct Arguments<'a> {
    context: &'a Context<'a>,
    list: &'a [Box<Expr>],
}

impl Arguments<'_> {
    fn expression(&self, at: usize) -> Result<&Expr, EvalError> {
        self.list.get(at).map(|argument| &**argument).ok_or_else(missing_argument)
    }

    fn vector(&self, at: usize) -> Result<Table, EvalError> {
        self.context.vector(self.expression(at)?)
    }

    fn scalar(&self, at: usize) -> Result<Vec<f64>, EvalError> {
        self.context.scalar(self.expression(at)?)
    }

    fn text(&self, at: usize) -> Result<String, EvalError> {
        self.context.text(self.expression(at)?)
    }
}

fn missing_argument() -> EvalError {
    EvalError::execution("an argument is missing")
}

/// A range function with its arguments.
pub(super) struct RangeCall<'a> {
    function: RangeFunction,
    selector: &'a MatrixSelector,
    /// The scalar argument of each step; empty for functions that have none.
    parameters: Vec<f64>,
    /// The last sample of a series is still that series' sample; all else is a new quantity.
    keeps_name: bool,
}

impl<'a> RangeCall<'a> {
    /// None if the function takes no range.
    pub(super) fn of(context: &'a Context, call: &'a Call) -> Result<Option<Self>, EvalError> {
        let arguments = Arguments { context, list: &call.args.args };
        let Some(function) = over_range::find(call.func.name) else { return Ok(None) };
        let (parameters, at) = match function {
            RangeFunction::Quantile => (arguments.scalar(0)?, 1),
            _ => (Vec::new(), 0),
        };
        let argument = call.args.args.get(at).ok_or_else(missing_argument)?;
        let selector = range_argument(argument)?;
        Ok(Some(Self { function, selector, parameters, keeps_name: call.func.name == "last_over_time" }))
    }

    /// Whether no two rows can become one for want of their names.
    pub(super) fn is_unambiguous(&self) -> bool {
        self.keeps_name || select::has_one_name(&self.selector.vs)
    }

    /// The rows as they come; names are not compared.
    pub(super) fn each_row(&self, context: &Context, sink: &mut select::Sink) -> Result<(), EvalError> {
        let of_window = |window: Window, step: usize| {
            self.function.apply(window, self.parameters.get(step).copied().unwrap_or(f64::NAN))
        };
        select::each_window(context, self.selector, &of_window, &mut |row, cells| {
            if let Some(row) = self.function.seen(row) {
                sink(&Row { drop_name: !self.keeps_name, ..row }, cells);
            }
        })
    }

    fn table(&self, context: &Context) -> Result<Table, EvalError> {
        let mut table = Table::new(context.steps.len());
        self.each_row(context, &mut |row, cells| table.push(row.clone(), cells))?;
        if self.is_unambiguous() { Ok(table) } else { table.merged() }
    }
}

fn seconds(context: &Context) -> Vec<f64> {
    context.steps.times().map(|t_ms| t_ms as f64 / 1000.0).collect()
}

/// The value of a vector's only element.
fn scalar_of(table: &Table) -> Vec<f64> {
    let only = |step: usize| {
        let mut present =
            (0..table.rows.len()).map(|row| table.cell(row, step)).filter(|cell| !is_absent(*cell));
        match (present.next(), present.next()) {
            (Some(value), None) => value,
            _ => f64::NAN,
        }
    };
    (0..table.width()).map(only).collect()
}

/// The time of a selector's sample, or of the evaluation for anything that was computed.
fn timestamp(arguments: &Arguments) -> Result<Table, EvalError> {
    let argument = arguments.expression(0)?;
    if let Expr::VectorSelector(selector) = strip_parens(argument) {
        return select::instant(arguments.context, selector, select::Yield::TimestampSeconds)?
            .without_names();
    }
    let seconds = seconds(arguments.context);
    arguments.vector(0)?.plain().map(|_, step| seconds[step]).without_names()
}

fn present_at(table: &Table, step: usize) -> bool {
    (0..table.rows.len()).any(|row| !is_absent(table.cell(row, step)))
}

/// One where the table has nothing, under the labels that the selector asks for.
fn inverse(
    found: &Table,
    selector: Option<&promql_parser::parser::VectorSelector>,
) -> Result<Table, EvalError> {
    let matchers = selector.map(select::matchers).transpose()?.unwrap_or_default();
    let cells: Vec<f64> =
        (0..found.width()).map(|step| if present_at(found, step) { ABSENT } else { 1.0 }).collect();
    let mut table = Table::new(found.width());
    table.push(Row::new(labels_of_absence(&matchers)), &cells);
    Ok(table)
}

fn absent(arguments: &Arguments) -> Result<Table, EvalError> {
    let selector = match arguments.expression(0)? {
        Expr::VectorSelector(selector) => Some(selector),
        _ => None,
    };
    inverse(&arguments.vector(0)?, selector)
}

fn absent_over_time(arguments: &Arguments) -> Result<Table, EvalError> {
    let selector = range_argument(arguments.expression(0)?)?;
    let mut found = Table::new(arguments.context.steps.len());
    select::each_window(arguments.context, selector, &|_, _| Some(1.0), &mut |row, cells| {
        found.push(row.clone(), cells);
    })?;
    inverse(&found, Some(&selector.vs))
}

fn clamp(arguments: &Arguments, name: &str) -> Result<Table, EvalError> {
    let unbounded = |value: f64| vec![value; arguments.context.steps.len()];
    let (lowest, highest) = match name {
        "clamp" => (arguments.scalar(1)?, arguments.scalar(2)?),
        "clamp_min" => (arguments.scalar(1)?, unbounded(f64::INFINITY)),
        _ => (unbounded(f64::NEG_INFINITY), arguments.scalar(1)?),
    };
    let clamped = arguments.vector(0)?.plain().map(|value, step| {
        if highest[step] < lowest[step] {
            ABSENT
        } else {
            max_or_nan(lowest[step], min_or_nan(highest[step], value))
        }
    });
    clamped.without_names()
}

fn round(arguments: &Arguments) -> Result<Table, EvalError> {
    let multiples = if arguments.list.len() > 1 {
        arguments.scalar(1)?
    } else {
        vec![1.0; arguments.context.steps.len()]
    };
    arguments.vector(0)?.plain().map(|value, step| elementwise::round(value, multiples[step])).without_names()
}

/// By the value at the first step, for only an instant answer has an order; NaN comes last either way.
fn sorted(table: &Table, compare: impl Fn(&f64, &f64) -> std::cmp::Ordering) -> Table {
    let mut order: Vec<usize> = (0..table.rows.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (table.cell(*a, 0), table.cell(*b, 0));
        a.is_nan().cmp(&b.is_nan()).then_with(|| compare(&a, &b))
    });
    table.in_order(&order)
}

fn label_replace(arguments: &Arguments) -> Result<Table, EvalError> {
    let with = Replacement {
        target: arguments.text(1)?,
        template: arguments.text(2)?,
        source: arguments.text(3)?,
        pattern: arguments.text(4)?,
    };
    label_function::replace(&arguments.vector(0)?, &with)
}

fn label_join(arguments: &Arguments) -> Result<Table, EvalError> {
    let sources = (3..arguments.list.len()).map(|at| arguments.text(at)).collect::<Result<Vec<_>, _>>()?;
    label_function::join(&arguments.vector(0)?, &arguments.text(1)?, &arguments.text(2)?, &sources)
}
