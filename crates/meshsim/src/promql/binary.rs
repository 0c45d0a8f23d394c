//! Binary operators on numbers, and between a vector and a number. Must not know how vectors match.

use super::eval::{Context, Operand};
use super::table::{ABSENT, Table};
use super::{EvalError, matching};
use promql_parser::parser::{BinaryExpr, token};

pub(super) fn eval(context: &Context, parsed: &BinaryExpr) -> Result<Operand, EvalError> {
    let operator = Operator::of(parsed)?;
    let (left, right) = (context.eval(&parsed.lhs)?, context.eval(&parsed.rhs)?);
    Ok(match (left, right) {
        (Operand::Scalar(left), Operand::Scalar(right)) => {
            Operand::Scalar(left.iter().zip(&right).map(|(l, r)| operator.value(*l, *r)).collect())
        }
        (Operand::Vector(table), Operand::Scalar(scalar)) => {
            with_scalar(table, operator, |value, step| operator.apply(value, scalar[step], value))
                .map(Operand::Vector)?
        }
        (Operand::Scalar(scalar), Operand::Vector(table)) => {
            with_scalar(table, operator, |value, step| operator.apply(scalar[step], value, value))
                .map(Operand::Vector)?
        }
        (Operand::Vector(left), Operand::Vector(right)) => {
            matching::eval(&left, &right, operator, parsed.modifier.as_ref()).map(Operand::Vector)?
        }
        (Operand::Text(_), _) | (_, Operand::Text(_)) => {
            return Err(EvalError::execution("binary operators take numbers and vectors, no strings"));
        }
    })
}

/// What stands between two operands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Operator {
    Arithmetic(fn(f64, f64) -> f64),
    /// Arithmetic too, but Prometheus 2.42 forgets to take the metric's name from its result.
    Atan2,
    /// Keeps the elements for which it is true.
    Filter(fn(&f64, &f64) -> bool),
    /// A comparison with `bool`: one or zero.
    Truth(fn(&f64, &f64) -> bool),
    And,
    Or,
    Unless,
}

impl Operator {
    fn of(parsed: &BinaryExpr) -> Result<Self, EvalError> {
        let compare: fn(&f64, &f64) -> bool = match parsed.op.id() {
            token::T_ADD => return Ok(Self::Arithmetic(|l, r| l + r)),
            token::T_SUB => return Ok(Self::Arithmetic(|l, r| l - r)),
            token::T_MUL => return Ok(Self::Arithmetic(|l, r| l * r)),
            token::T_DIV => return Ok(Self::Arithmetic(|l, r| l / r)),
            token::T_MOD => return Ok(Self::Arithmetic(|l, r| l % r)),
            token::T_POW => return Ok(Self::Arithmetic(f64::powf)),
            token::T_ATAN2 => return Ok(Self::Atan2),
            token::T_LAND => return Ok(Self::And),
            token::T_LOR => return Ok(Self::Or),
            token::T_LUNLESS => return Ok(Self::Unless),
            token::T_EQLC => f64::eq,
            token::T_NEQ => f64::ne,
            token::T_GTR => f64::gt,
            token::T_LSS => f64::lt,
            token::T_GTE => f64::ge,
            token::T_LTE => f64::le,
            _ => return Err(EvalError::unsupported(format!("the operator {}", parsed.op))),
        };
        Ok(if parsed.return_bool() { Self::Truth(compare) } else { Self::Filter(compare) })
    }

    /// The result for two present values; a filter passes `kept` on.
    pub(super) fn apply(self, left: f64, right: f64, kept: f64) -> f64 {
        match self {
            Self::Filter(compare) if compare(&left, &right) => kept,
            Self::Filter(_) => ABSENT,
            _ => self.value(left, right),
        }
    }

    fn value(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Arithmetic(function) => function(left, right),
            Self::Atan2 => left.atan2(right),
            Self::Filter(compare) | Self::Truth(compare) => f64::from(u8::from(compare(&left, &right))),
            // The parser lets no set operator stand between numbers.
            Self::And | Self::Or | Self::Unless => f64::NAN,
        }
    }

    /// A filter passes elements on as they are; all else makes a new quantity, which has no name.
    pub(super) fn drops_name(self) -> bool {
        matches!(self, Self::Arithmetic(_) | Self::Truth(_))
    }
}

/// Native histograms are compared with nothing, and no number is added to one.
fn with_scalar(table: Table, operator: Operator, f: impl Fn(f64, usize) -> f64) -> Result<Table, EvalError> {
    let table = table.plain().map(f);
    if operator.drops_name() { table.without_names() } else { Ok(table) }
}
