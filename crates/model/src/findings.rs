//! What hurts: the ranked list beside the map.

use crate::Status;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    pub kind: FindingKind,
    pub status: Status,
    pub subject: Subject,
    /// "checkout → pay.acme.example", "reviews v2".
    pub title: String,
    /// "worse than v1", "called in plaintext", "fell silent"; may be empty.
    pub remark: String,
    pub figure: Figure,
    /// The full sentence, for the tooltip and the screen reader.
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    FailingEdge,
    FailingNode,
    WorseVersion,
    DegradedEdge,
    DegradedNode,
    Plaintext,
    Silent,
}

/// What a click selects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Node { id: String },
    Row { node: String, row: String },
    Edge { id: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    ErrorShare(f64),
    RateRps(f64),
    BytesPerS(f64),
    /// Seconds since it was last seen.
    AgeS(f64),
}
