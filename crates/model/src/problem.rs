//! What went wrong, in a form that travels.

use crate::json::from_json_fields;
use serde::{Deserialize, Serialize};

/// RFC 9457 problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI reference that names the kind, e.g. "/problems/bad-parameter".
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// What happened and what to do, in one or two sentences.
    pub detail: String,
    /// The parameter at fault, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Something the reader must know about an answer that is otherwise good.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warning {
    /// Stable word, e.g. "query_failed", "partial_answer", "short_window".
    pub code: String,
    /// The column or query it concerns, e.g. "duration_bucket".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    pub sentence: String,
}

from_json_fields! {
    Problem { kind as "type", title, status, detail, field }
    Warning { code, column, sentence }
}
