//! What hurts: the ranked list beside the map.

use crate::Status;
use crate::json::{self, Fields, FromJson, Mistakes, Value, from_json_fields, from_json_words};
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

from_json_fields! {
    Finding { kind, status, subject, title, remark, figure, sentence }
}

from_json_words! {
    FindingKind { FailingEdge = "failing_edge", FailingNode = "failing_node", WorseVersion = "worse_version", DegradedEdge = "degraded_edge", DegradedNode = "degraded_node", Plaintext = "plaintext", Silent = "silent" }
}

impl FromJson for Subject {
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        let (kind, value) = json::variant(value);
        if !["node", "row", "edge"].contains(&kind) {
            mistakes.note("is no known kind of subject");
        }
        let (names, mut places): (&[&str], _) =
            (if kind == "row" { &["node", "row"] } else { &["id"] }, [0; 2]);
        let mut fields = Fields::of(value, names, &mut places, mistakes);
        match kind {
            "node" => Self::Node { id: fields.take() },
            "row" => Self::Row { node: fields.take(), row: fields.take() },
            _ => Self::Edge { id: fields.take() },
        }
    }
}

impl FromJson for Figure {
    fn from_json(value: Value<'_>, mistakes: &mut Mistakes) -> Self {
        let (kind, value) = json::variant(value);
        let number = f64::from_json(value, mistakes);
        match kind {
            "error_share" => Self::ErrorShare(number),
            "rate_rps" => Self::RateRps(number),
            "bytes_per_s" => Self::BytesPerS(number),
            "age_s" => Self::AgeS(number),
            _ => {
                mistakes.note("is no known figure");
                Self::RateRps(number)
            }
        }
    }
}
