//! Istio's rows to flows: which label stands in for which, and what is missing.
//! It must not know queries or views.

use crate::{answers::Answers, flow::Flows};

pub(super) fn flows(_answers: &Answers) -> Flows {
    Flows::default()
}
