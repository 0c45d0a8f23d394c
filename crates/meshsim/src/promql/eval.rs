//! The walk over a parsed query. Must not know what any one function or operator does.

use super::table::Table;
use super::{EvalError, Options, Steps, aggregate, binary, call, select, strip_parens};
use crate::store::Store;
use promql_parser::parser::{Expr, MatrixSelector};

/// What every part of one evaluation shares.
pub(super) struct Context<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) steps: Steps,
    pub(super) options: Options,
}

/// The value of an expression, over all steps.
#[derive(Debug)]
pub(super) enum Operand {
    Scalar(Vec<f64>),
    Vector(Table),
    Text(String),
}

impl Context<'_> {
    pub(super) fn eval(&self, expression: &Expr) -> Result<Operand, EvalError> {
        match expression {
            Expr::NumberLiteral(number) => Ok(Operand::Scalar(vec![number.val; self.steps.len()])),
            Expr::StringLiteral(text) => Ok(Operand::Text(text.val.clone())),
            Expr::Paren(inner) => self.eval(&inner.expr),
            Expr::Unary(inner) => negate(self.eval(&inner.expr)?),
            Expr::VectorSelector(selector) => {
                select::instant(self, selector, select::Yield::Value).map(Operand::Vector)
            }
            Expr::Aggregate(parsed) => aggregate::eval(self, parsed).map(Operand::Vector),
            Expr::Binary(parsed) => binary::eval(self, parsed),
            Expr::Call(parsed) => call::eval(self, parsed),
            Expr::MatrixSelector(selector) => Err(EvalError::execution(format!(
                "the range vector {selector} needs a function such as rate() around it here"
            ))),
            Expr::Subquery(_) => Err(subquery()),
            Expr::Extension(_) => Err(EvalError::unsupported("an extension of the language")),
        }
    }

    pub(super) fn vector(&self, expression: &Expr) -> Result<Table, EvalError> {
        match self.eval(expression)? {
            Operand::Vector(table) => Ok(table),
            Operand::Scalar(_) | Operand::Text(_) => {
                Err(EvalError::execution(format!("{expression} is no instant vector")))
            }
        }
    }

    /// Hands each row of a vector to `sink`. What comes straight from a selector never becomes a table on the way.
    pub(super) fn each_row(&self, expression: &Expr, sink: &mut select::Sink) -> Result<(), EvalError> {
        match strip_parens(expression) {
            Expr::VectorSelector(selector) => {
                return select::each_instant(self, selector, select::Yield::Value, sink);
            }
            Expr::Call(parsed) => {
                if let Some(call) = call::RangeCall::of(self, parsed)?.filter(call::RangeCall::is_unambiguous)
                {
                    return call.each_row(self, sink);
                }
            }
            _ => {}
        }
        for (row, cells) in self.vector(expression)?.iter() {
            sink(row, cells);
        }
        Ok(())
    }

    /// One number a step.
    pub(super) fn scalar(&self, expression: &Expr) -> Result<Vec<f64>, EvalError> {
        match self.eval(expression)? {
            Operand::Scalar(values) => Ok(values),
            Operand::Vector(_) | Operand::Text(_) => {
                Err(EvalError::execution(format!("{expression} is no scalar")))
            }
        }
    }

    pub(super) fn text(&self, expression: &Expr) -> Result<String, EvalError> {
        match self.eval(expression)? {
            Operand::Text(text) => Ok(text),
            Operand::Vector(_) | Operand::Scalar(_) => {
                Err(EvalError::execution(format!("{expression} is no string")))
            }
        }
    }
}

/// The range selector that a range function has for an argument.
pub(super) fn range_argument(expression: &Expr) -> Result<&MatrixSelector, EvalError> {
    match strip_parens(expression) {
        Expr::MatrixSelector(selector) => Ok(selector),
        Expr::Subquery(_) => Err(subquery()),
        other => Err(EvalError::execution(format!("{other} is no range vector"))),
    }
}

fn subquery() -> EvalError {
    EvalError::unsupported("a subquery (`[range:step]`)")
}

fn negate(operand: Operand) -> Result<Operand, EvalError> {
    Ok(match operand {
        Operand::Scalar(values) => Operand::Scalar(values.into_iter().map(|value| -value).collect()),
        Operand::Vector(table) => Operand::Vector(table.map(|value, _| -value).without_names()?),
        Operand::Text(_) => return Err(EvalError::execution("a string cannot be negated")),
    })
}
