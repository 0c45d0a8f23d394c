//! How buckets are asked for where all of them are too many: at fewer bounds, and by the side alone that counts.
//! It must not know queries' text, nor what asking takes.

use crate::{
    dialect::DurationUnit,
    flow::Reporter,
    form::Form,
    histogram::Grid,
    query::{Matcher, escape},
    snapshot::Snapshot,
};
use model::Protocol;
use std::fmt::Write as _;

/// Bounds that are asked for where not all are; the unbounded one is among them.
pub const CHOSEN_BOUNDS: usize = 12;

/// More hosts than this make a longer question than they save.
const MOST_HOSTS: usize = 60;
const MOST_HOST_BYTES: usize = 4_000;

/// Which buckets are asked for. The default is all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thrift {
    /// Upper bounds in milliseconds; none: all.
    pub bounds_ms: Vec<f64>,
    /// Set: callers' reports are asked for about these hosts only, for everywhere else another's report counts.
    pub callers_about: Option<Vec<String>>,
}

impl Snapshot {
    /// The hosts for which a caller's report is what counts. None where that is too many to name them.
    pub fn hosts_told_by_callers(&self) -> Option<Vec<String>> {
        let told =
            |link: &&crate::link::Link| link.reporter == Reporter::Source && link.protocol != Protocol::Tcp;
        let mut hosts: Vec<String> =
            self.links.iter().filter(told).map(|link| self.text(link.asked.host).to_owned()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        // What is not known is written in either way.
        if hosts.first().is_some_and(String::is_empty) {
            hosts.push("unknown".to_owned());
        }
        let bytes: usize = hosts.iter().map(String::len).sum();
        (hosts.len() <= MOST_HOSTS && bytes <= MOST_HOST_BYTES).then_some(hosts)
    }

    /// The bounds that tell most about where latencies lie, and how many there are. No bounds where these are few anyway.
    pub fn telling_bounds_ms(&self) -> (Vec<f64>, usize) {
        let all = self.grid.bounds();
        let probe = &self.origin.probe;
        let of_one_unit = probe.durations == Form::Classic && probe.duration != DurationUnit::Both;
        if all.len() <= CHOSEN_BOUNDS || !of_one_unit {
            return (Vec::new(), all.len());
        }
        let mut within = vec![0.0; all.len()];
        for link in &self.links {
            // Each counts alike, or a slow connection with few requests would lose all its bounds.
            for (sum, share) in within.iter_mut().zip(link.figures.latency.buckets.shares()) {
                *sum += share;
            }
        }
        (telling(&self.grid, within), all.len())
    }
}

/// Leaves out bound after bound, each time the one whose loss blurs least: few requests on either side of it, in a narrow span.
fn telling(grid: &Grid, mut within: Vec<f64>) -> Vec<f64> {
    let mut bounds = grid.bounds().to_vec();
    while bounds.len() > CHOSEN_BOUNDS {
        // The last says how many there are at all, the one before it from where on nothing is known.
        let blur = |at: usize| {
            let low =
                at.checked_sub(1).map_or(bounds[at] / 2.0, |before| bounds[before]).max(f64::MIN_POSITIVE);
            (within[at] + within[at + 1]) * (bounds[at + 1] / low).ln()
        };
        let least = (0..bounds.len().saturating_sub(2)).min_by(|a, b| blur(*a).total_cmp(&blur(*b)));
        let Some(least) = least else { break };
        bounds.remove(least);
        let gone = within.remove(least);
        within[least] += gone;
    }
    bounds
}

/// A pattern that matches these bounds in every way a store writes them: `5`, `5.0`; `1800000`, `1.8e+06`.
pub(crate) fn pattern(bounds: impl Iterator<Item = f64>) -> String {
    let mut pattern = String::new();
    for bound in bounds {
        if !pattern.is_empty() {
            pattern.push('|');
        }
        if bound.is_infinite() {
            pattern.push_str("[+]Inf");
            continue;
        }
        let plain = format!("{bound}");
        pattern.push_str(&plain.replace('.', "[.]"));
        if !plain.contains('.') {
            pattern.push_str("([.]0)?");
        }
        if let Some(short) = with_exponent(bound) {
            write!(pattern, "|{}", short.replace('.', "[.]").replace('+', "[+]"))
                .expect("a String takes all text");
        }
    }
    pattern
}

/// As Go writes very large and very small numbers.
fn with_exponent(bound: f64) -> Option<String> {
    let written = format!("{bound:e}");
    let (number, exponent) = written.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let sign = if exponent < 0 { '-' } else { '+' };
    (exponent >= 6 || (exponent < -4 && bound > 0.0))
        .then(|| format!("{number}e{sign}{:02}", exponent.unsigned_abs()))
}

impl Thrift {
    /// Sets of conditions that together select what is asked for, and share no series. `ms_per_unit` is of the metric.
    pub(crate) fn conditions(
        &self,
        [reporter, host, le]: [&'static str; 3],
        ms_per_unit: f64,
    ) -> Vec<Vec<Matcher>> {
        let mut bounds = Vec::new();
        if !self.bounds_ms.is_empty() {
            let own = self.bounds_ms.iter().map(|bound_ms| bound_ms / ms_per_unit);
            bounds.push(Matcher::Within(le, pattern(own)));
        }
        let source = || Reporter::Source.word().to_owned();
        let Some(hosts) = &self.callers_about else { return vec![bounds] };
        let others = [vec![Matcher::IsNot(reporter, source())], bounds.clone()].concat();
        if hosts.is_empty() {
            return vec![others];
        }
        let callers = vec![Matcher::Is(reporter, source()), Matcher::OneOf(host, hosts.clone())];
        vec![others, [callers, bounds].concat()]
    }
}

/// Buckets in seconds under their bounds in milliseconds, and told from those that were so from the beginning. From the
/// largest bound on: what it becomes has had its turn already, so none is renamed twice.
pub(crate) fn in_ms(rates: &str, bounds_ms: &[f64]) -> String {
    let mut finite: Vec<f64> = bounds_ms.iter().copied().filter(|bound| bound.is_finite()).collect();
    finite.sort_by(|a, b| b.total_cmp(a));
    let told = format!("label_replace({rates}, \"unit\", \"s\", \"le\", \".*\")");
    finite.into_iter().fold(told, |of, bound_ms| {
        let seconds = pattern(std::iter::once(bound_ms / 1000.0));
        format!("label_replace({of}, \"le\", \"{bound_ms}\", \"le\", \"{}\")", escape(&seconds))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histogram::Rise;
    use regex::Regex;

    #[test]
    fn every_spelling_of_a_bound_is_matched_and_no_other_bound() {
        let all =
            Regex::new(&format!("^(?:{})$", pattern([0.5, 5.0, 1.8e6, 1e-5, f64::INFINITY].into_iter())));
        let all = all.expect("a pattern");
        for spelled in ["0.5", "5", "5.0", "1800000", "1800000.0", "1.8e+06", "1e-05", "+Inf"] {
            assert!(all.is_match(spelled), "{spelled}");
        }
        for other in ["50", "0.55", "15", "5.05", "5x0", "18e+06", "Inf"] {
            assert!(!all.is_match(other), "{other}");
        }
    }

    #[test]
    fn bounds_are_left_out_where_little_lies() {
        let bounds: Vec<f64> = (0..19).map(|at| 2_f64.powi(at)).chain([f64::INFINITY]).collect();
        let mut within = vec![0.0; bounds.len()];
        within[6..12].fill(10.0);
        let chosen = telling(&Grid::new(bounds.clone(), Rise::Even), within);
        assert_eq!(chosen.len(), CHOSEN_BOUNDS);
        assert!(bounds[5..=11].iter().all(|bound| chosen.contains(bound)), "{chosen:?}");
        assert!(chosen.ends_with(&bounds[18..]), "{chosen:?}");
    }

    #[test]
    fn callers_are_asked_only_about_what_no_other_tells() {
        let labels = ["reporter", "host", "le"];
        let texts = |thrift: &Thrift, unit| -> Vec<String> {
            let conditions = thrift.conditions(labels, unit);
            conditions.iter().map(|of| crate::query::selector("m", of, None)).collect()
        };
        assert_eq!(texts(&Thrift::default(), 1.0), ["m"]);
        let mut thrift = Thrift { bounds_ms: vec![5.0, f64::INFINITY], callers_about: Some(Vec::new()) };
        assert_eq!(texts(&thrift, 1000.0), ["m{reporter!=\"source\",le=~\"0[.]005|[+]Inf\"}"]);
        thrift = Thrift { bounds_ms: Vec::new(), callers_about: Some(vec!["a.b".into()]) };
        assert_eq!(texts(&thrift, 1.0), ["m{reporter!=\"source\"}", "m{reporter=\"source\",host=\"a.b\"}"]);
    }
}
