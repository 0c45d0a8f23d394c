//! Replies put side by side: the columns of which a snapshot is made, and how each query went. Must not know how they were asked
//! for.

use super::collected::Sent;
use super::fetch::Reply;
use super::parts;
use crate::prometheus::{Notes, PrometheusError};
use graph::{Answers, Outcome, QueryKind};
use model::Warning;
use std::collections::BTreeMap;

/// Answers as they are read, beside how each query went.
pub(super) struct Columns {
    pub(super) answers: Answers,
    pub(super) sent: BTreeMap<QueryKind, Sent>,
    /// What was found out by asking.
    pub(super) said: Vec<Warning>,
}

impl Columns {
    /// Puts each reply into its column; what could not be had or read costs that column only.
    pub(super) fn with(mut self, replies: impl IntoIterator<Item = Reply>) -> Self {
        for Reply { query, told, took } in replies {
            let (column, error) = match told {
                Ok(told) => {
                    if told.parts > 1 {
                        self.said.push(parts::warning(&query, told.parts));
                    }
                    let words = self.answers.symbols.absorb(&told.symbols);
                    ((told.outcome.clone().in_words(&words), sentences(&told.notes)), None)
                }
                Err(error) => ((Outcome::Failed(error.to_string()), Vec::new()), Some(error)),
            };
            self.answers.outcomes.insert(query.kind, column);
            self.sent.insert(query.kind, Sent { promql: query.promql, took, error });
        }
        self
    }

    /// The first failure, if there is nothing but failures and what had come before.
    pub(super) fn nothing_came(&self) -> Option<PrometheusError> {
        let first = self.sent.values().find_map(|sent| sent.error.clone())?;
        let came = |sent: &Sent| sent.error.is_none() && sent.took.is_some();
        (!self.sent.values().any(came)).then_some(first)
    }
}

/// What Prometheus put beside the rows, and what we had to leave out.
fn sentences(notes: &Notes) -> Vec<String> {
    let mut sentences = [notes.warnings.as_slice(), &notes.infos].concat();
    if notes.histograms > 0 {
        sentences.push(format!(
            "{} series are native histograms without buckets and were left out.",
            notes.histograms
        ));
    }
    if notes.without_bound > 0 {
        sentences.push(format!(
            "{} bucket rows have no readable bound (`le`) and were left out.",
            notes.without_bound
        ));
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;
    use graph::{Origin, Window};
    use std::time::Duration;

    #[test]
    fn columns_of_before_are_no_answer_of_a_source_that_fails() {
        let sent = |took: Option<u64>, error: Option<PrometheusError>| Sent {
            promql: String::new(),
            took: took.map(Duration::from_millis),
            error,
        };
        let window = Window { at_s: 0, window_s: 600, scrape_interval_s: None };
        let mut columns = Columns {
            answers: Answers::new(Origin::default(), window),
            sent: BTreeMap::from([(QueryKind::Requests, sent(Some(3), Some(PrometheusError::CutOff)))]),
            said: Vec::new(),
        };
        assert_eq!(columns.nothing_came(), Some(PrometheusError::CutOff));
        columns.sent.insert(QueryKind::DurationSum, sent(None, None));
        assert_eq!(columns.nothing_came(), Some(PrometheusError::CutOff), "it was not asked for now");
        columns.sent.insert(QueryKind::TcpSent, sent(Some(4), None));
        assert_eq!(columns.nothing_came(), None);
    }
}
