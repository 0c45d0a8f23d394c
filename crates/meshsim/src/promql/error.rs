//! What can be wrong with a query, in words for whoever wrote it. Must not know HTTP.

/// Why a query has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    #[error("the query cannot be parsed: {0}")]
    Parse(String),
    /// Valid PromQL, but a construct this evaluator does not know; the text names it.
    #[error("the query uses {0}, which is not supported here")]
    Unsupported(String),
    /// The query is sound, its evaluation is not: ambiguous matches, a label set twice, a bad argument.
    #[error("{0}")]
    Execution(String),
}

impl EvalError {
    /// The word Prometheus' API uses for this kind of failure.
    pub fn error_type(&self) -> &'static str {
        match self {
            Self::Parse(_) | Self::Unsupported(_) => "bad_data",
            Self::Execution(_) => "execution",
        }
    }

    pub(crate) fn unsupported(construct: impl Into<String>) -> Self {
        Self::Unsupported(construct.into())
    }

    pub(crate) fn execution(reason: impl Into<String>) -> Self {
        Self::Execution(reason.into())
    }

    pub(crate) fn same_labels() -> Self {
        Self::execution("vector cannot contain metrics with the same labelset")
    }
}
