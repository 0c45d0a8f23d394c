//! Answers too large to come whole are asked for by namespace, a few at a time, and read as one.
//! Must not know what a query's rows mean: every query tells by whom it was answered, so parts by that share no row.

use super::fetch::Fetcher;
use crate::prometheus::{PrometheusError, Told, decode_instant};
use graph::flow::{End, Field};
use graph::sample::Symbols;
use graph::{Origin, Query, QueryKind, Signals, Window};
use model::{Extras, Warning};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// First into a few, then into more; what is too large even so cannot be had.
const TRIES: [usize; 2] = [4, 16];

/// Kinds that did not come whole lately, and in how many parts they did.
#[derive(Debug, Default)]
pub(super) struct Parts(Mutex<BTreeMap<QueryKind, usize>>);

impl Parts {
    /// In how many parts this kind has to be asked for, as far as is known.
    pub(super) fn known(&self, kind: QueryKind) -> Option<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&kind).copied()
    }

    fn note(&self, kind: QueryKind, parts: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(kind, parts);
    }
}

/// What a store says to a question whose answer is too much for it or for us.
pub(super) fn is_too_much(error: &PrometheusError) -> bool {
    matches!(error, PrometheusError::TooLarge { .. } | PrometheusError::SampleLimit { .. })
}

pub(super) fn warning(query: &Query, parts: usize) -> Warning {
    let kind = query.kind;
    Warning {
        code: "asked_in_parts".to_owned(),
        column: Some(kind.word().to_owned()),
        sentence: format!(
            "The answer with {} is too large to come whole, so it is asked for in {parts} parts by namespace. Raise --prometheus-max-answer, or --query.max-samples of Prometheus, if that is too slow.",
            kind.meaning()
        ),
    }
}

impl Fetcher {
    /// Asks by namespace what was too much in one piece. `error` is what the whole gave, if it was asked for.
    pub(super) async fn in_parts(
        &self,
        query: &Query,
        (origin, window): (&Origin, &Window),
        mut error: Option<PrometheusError>,
    ) -> Result<Told, PrometheusError> {
        let label = origin.dialect.label(End::Destination, Field::Namespace);
        if let Some(error) = error.take_if(|_| !query.by.contains(&label)) {
            return Err(error);
        }
        let sizes = self.sizes(query.kind, label, origin, window).await?;
        let least = self.parts.known(query.kind).unwrap_or(0);
        for parts in TRIES.into_iter().filter(|parts| *parts >= least) {
            match self.pieces(query.kind, &matchers(label, &sizes, parts), origin, window).await {
                Ok(told) => {
                    self.parts.note(query.kind, parts);
                    return Ok(told);
                }
                Err(still) if is_too_much(&still) => error = Some(still),
                Err(other) => return Err(other),
            }
        }
        Err(error.expect("a try that gave nothing left its error"))
    }

    async fn pieces(
        &self,
        kind: QueryKind,
        matchers: &[String],
        origin: &Origin,
        window: &Window,
    ) -> Result<Told, PrometheusError> {
        let mut whole: Option<Told> = None;
        for matcher in matchers {
            let both = origin.extra_matcher.iter().chain([matcher]).map(String::as_str).collect::<Vec<_>>();
            let narrower = Origin { extra_matcher: Some(both.join(",")), ..origin.clone() };
            let query = of_kind(kind, &narrower, window).expect("a kind that was planned");
            let part = self.sent(&query, window.at_s).await??;
            match &mut whole {
                Some(whole) => whole.append(part),
                None => whole = Some(part),
            }
        }
        Ok(whole.expect("there is a part at least"))
    }

    /// How many series each namespace has.
    async fn sizes(
        &self,
        kind: QueryKind,
        label: &'static str,
        origin: &Origin,
        window: &Window,
    ) -> Result<Vec<(String, f64)>, PrometheusError> {
        let words = origin.dialect.vocabulary(&origin.probe);
        let tcp = kind.word().starts_with("tcp") || kind.word().ends_with("tcp");
        let metric = if tcp { words.tcp_sent } else { words.requests };
        let matcher = origin.extra_matcher.as_deref().unwrap_or_default();
        let promql = format!("count by ({label}) ({metric}{{{matcher}}})");
        let answer = self.queries.noted("namespaces", self.client.instant(&promql, window.at_s)).await?;
        let body = answer.body.unpacked()?;
        let mut symbols = Symbols::default();
        let (table, _) = decode_instant(&body, &[label], false, &mut symbols)
            .map_err(|error| PrometheusError::from_decoding(error, &body, self.client.address()))?;
        let name = |row: usize| symbols.text(table.row(row)[0]).to_owned();
        Ok((0..table.rows()).map(|row| (name(row), table.values[row])).collect())
    }
}

fn of_kind(kind: QueryKind, origin: &Origin, window: &Window) -> Option<Query> {
    let all =
        [Extras::BYTES, Extras::MESSAGES, Extras::SIZES, Extras::OPEN, Extras::SUCCESSFUL, Extras::IDLE];
    let extras = all.into_iter().fold(Extras::NONE, Extras::and);
    let signals = Signals { percentiles: true, slow_lane: true, extras };
    graph::plan(origin, signals, window).into_iter().find(|query| query.kind == kind)
}

/// One a part, about alike in size; the last also takes whatever has no place in the others.
fn matchers(label: &str, sizes: &[(String, f64)], parts: usize) -> Vec<String> {
    let mut largest_first: Vec<&(String, f64)> = sizes.iter().filter(|(name, _)| !name.is_empty()).collect();
    largest_first.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut bins: Vec<(f64, Vec<&str>)> = vec![(0.0, Vec::new()); parts - 1];
    for (name, size) in largest_first {
        let least = bins.iter_mut().min_by(|a, b| a.0.total_cmp(&b.0)).expect("there are several parts");
        least.0 += size;
        least.1.push(name);
    }
    let pattern = |names: &[&str]| names.iter().map(|name| literal(name)).collect::<Vec<_>>().join("|");
    let filled: Vec<&Vec<&str>> =
        bins.iter().map(|(_, names)| names).filter(|names| !names.is_empty()).collect();
    let named = filled.iter().map(|names| format!("{label}=~\"{}\"", pattern(names)));
    if filled.is_empty() {
        // Nobody has a namespace: there is only one part.
        return vec![format!("{label}=~\".*\"")];
    }
    let all: Vec<&str> = filled.iter().flat_map(|names| names.iter().copied()).collect();
    named.chain([format!("{label}!~\"{}\"", pattern(&all))]).collect()
}

/// Within a pattern within quotes. Names of namespaces are plain, but labels are text from outside.
fn literal(text: &str) -> String {
    let mut literal = String::new();
    for c in text.chars() {
        match c {
            '\\' => literal.push_str(r"\\\\"),
            '"' => literal.push_str("\\\""),
            '\n' => literal.push_str("\\n"),
            c if ".+*?()|[]{}^$".contains(c) => {
                literal.push_str("\\\\");
                literal.push(c);
            }
            c => literal.push(c),
        }
    }
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_about_alike_and_leave_nothing_out() {
        let sizes = [("a", 50.0), ("b", 30.0), ("c.d", 20.0), ("e", 10.0), ("", 9.0)];
        let sizes: Vec<(String, f64)> = sizes.map(|(name, size)| (name.to_owned(), size)).into();
        assert_eq!(
            matchers("ns", &sizes, 3),
            [r#"ns=~"a|e""#, r#"ns=~"b|c\\.d""#, r#"ns!~"a|e|b|c\\.d""#],
            "who has no namespace is in the last"
        );
        assert_eq!(matchers("ns", &[], 4), [r#"ns=~".*""#]);
    }

    #[test]
    fn names_from_outside_stay_within_their_quotes() {
        assert_eq!(literal("a\"b\\c\n(d)"), r#"a\"b\\\\c\n\\(d\\)"#);
    }
}
