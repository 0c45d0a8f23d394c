//! What an installation says of health: lines for namespaces, kinds and names, over rules that hold for all.
//! It must not know how anything is measured.

use model::{Health, NodeKind, Protocol, Status};

/// From which share (or time) on a rule says degraded, and failing. Inclusive. None: it never does.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bounds {
    pub degraded: Option<f64>,
    pub failing: Option<f64>,
}

impl Bounds {
    pub(super) fn reached(self, measured: f64) -> Option<(Status, f64)> {
        let reached = |bound: &f64| measured >= *bound - super::INCLUSIVE;
        let failing = self.failing.filter(reached).map(|bound| (Status::Failing, bound));
        failing.or_else(|| self.degraded.filter(reached).map(|bound| (Status::Degraded, bound)))
    }

    fn stricter(self, other: Self) -> Self {
        let lower = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::min);
        Self { degraded: lower(self.degraded, other.degraded), failing: lower(self.failing, other.failing) }
    }
}

/// What a rule measures.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured {
    Http5xx,
    Http4xx,
    /// Status 1 to 16, or an HTTP error on a gRPC call.
    GrpcStatus,
    NoResponse(Protocol),
    /// One code of HTTP, or one status of gRPC.
    Code(Protocol, String),
    /// In milliseconds.
    Latency(Quantile),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantile {
    Mean,
    P50,
    P90,
    P95,
    P99,
}

impl Quantile {
    pub const ALL: [Self; 5] = [Self::Mean, Self::P50, Self::P90, Self::P95, Self::P99];

    pub fn word(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
        }
    }
}

/// A text with `*` for any part of it, matched as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Each star takes as little as it can: linear but for the last, which must reach the end.
    pub fn fits(&self, text: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = text.strip_prefix(first) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

/// Traffic as seen from what a line names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Inbound,
    Outbound,
}

/// One line of the configuration. What is left out fits everything.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthLine {
    pub namespace: Option<Pattern>,
    pub kind: Option<NodeKind>,
    pub name: Option<Pattern>,
    pub direction: Option<Direction>,
    pub measured: Measured,
    pub bounds: Bounds,
    /// None: as for all.
    pub min_requests: Option<f64>,
}

/// What is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Judging<'a> {
    pub(crate) namespace: &'a str,
    /// None for what is no node: an app's box, a namespace, the mesh.
    pub(crate) kind: Option<NodeKind>,
    pub(crate) name: &'a str,
    pub(crate) direction: Direction,
}

impl HealthLine {
    fn for_all(measured: Measured, degraded: f64, failing: f64) -> Self {
        Self {
            namespace: None,
            kind: None,
            name: None,
            direction: None,
            measured,
            bounds: Bounds { degraded: Some(degraded), failing: Some(failing) },
            min_requests: None,
        }
    }

    fn fits(&self, judging: &Judging<'_>) -> bool {
        let fits =
            |pattern: &Option<Pattern>, text| pattern.as_ref().is_none_or(|pattern| pattern.fits(text));
        fits(&self.namespace, judging.namespace)
            && fits(&self.name, judging.name)
            && self.kind.is_none_or(|kind| judging.kind == Some(kind))
            && self.direction.is_none_or(|direction| direction == judging.direction)
    }
}

/// All lines, in the order in which they are asked: of those that fit, the first of each measure holds.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthRules {
    /// The installation's own.
    pub lines: Vec<HealthLine>,
    /// Fewer requests in the window say nothing.
    pub min_requests: f64,
    standard: Vec<HealthLine>,
}

impl Default for HealthRules {
    fn default() -> Self {
        Self::new(Vec::new(), 10.0)
    }
}

impl HealthRules {
    pub fn new(lines: Vec<HealthLine>, min_requests: f64) -> Self {
        use HealthLine as Line;
        let standard = vec![
            Line::for_all(Measured::Http5xx, 0.01, 0.10),
            Line::for_all(Measured::Http4xx, 0.10, 0.20),
            Line::for_all(Measured::GrpcStatus, 0.01, 0.10),
            Line::for_all(Measured::NoResponse(Protocol::Http), 0.01, 0.10),
            Line::for_all(Measured::NoResponse(Protocol::Grpc), 0.01, 0.10),
        ];
        Self { lines, min_requests, standard }
    }

    /// Some line is about single codes, which sums do not have.
    pub(crate) fn asks_for_codes(&self) -> bool {
        self.lines.iter().any(|line| matches!(line.measured, Measured::Code(..)))
    }

    /// What holds where no line is about anything in particular.
    pub(crate) fn standard(&self) -> Option<Held<'_>> {
        let nothing = Judging { namespace: "", kind: None, name: "", direction: Direction::Inbound };
        self.lines.is_empty().then(|| self.held(&nothing))
    }

    pub(crate) fn held<'a>(&'a self, judging: &Judging<'_>) -> Held<'a> {
        let mut held: Vec<Rule<'a>> = Vec::with_capacity(self.standard.len());
        let own = self.lines.iter().filter(|line| line.fits(judging));
        for line in own.chain(&self.standard) {
            if held.iter().all(|rule| *rule.measured != line.measured) {
                held.push(Rule {
                    measured: &line.measured,
                    bounds: line.bounds,
                    min_requests: line.min_requests.unwrap_or(self.min_requests),
                });
            }
        }
        Held(held)
    }
}

/// The rules that hold for one thing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held<'a>(pub(super) Vec<Rule<'a>>);

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule<'a> {
    pub(super) measured: &'a Measured,
    pub(super) bounds: Bounds,
    pub(super) min_requests: f64,
}

impl<'a> Held<'a> {
    /// For an edge: of each measure the lower bounds, and the fewer requests, of its two ends.
    pub(crate) fn stricter(mut self, other: &Held<'a>) -> Self {
        for theirs in &other.0 {
            match self.0.iter_mut().find(|rule| rule.measured == theirs.measured) {
                Some(mine) => {
                    mine.bounds = mine.bounds.stricter(theirs.bounds);
                    mine.min_requests = mine.min_requests.min(theirs.min_requests);
                }
                None => self.0.push(*theirs),
            }
        }
        self
    }
}

/// A version in trouble degrades its app, but never fails it, and the reason names it.
pub(crate) fn blame_version(app: &mut Health, version: &str, sentence: &str, count: f64) {
    let reason = model::Reason {
        status: Status::Degraded,
        rule: format!("version {version}"),
        bound_share: None,
        measured_share: None,
        count,
        sentence: sentence.to_owned(),
    };
    app.status = app.status.max(Status::Degraded);
    let at =
        app.reasons.iter().position(|other| other.status < Status::Degraded).unwrap_or(app.reasons.len());
    app.reasons.insert(at, reason);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_part() {
        for (pattern, fitting, other) in [
            ("shop", &["shop"][..], &["shop2", "my-shop", ""][..]),
            ("shop*", &["shop", "shop-eu"], &["my-shop"]),
            ("*-db", &["x-db", "-db"], &["db", "x-db-1"]),
            ("a*b*c", &["abc", "aXbYc", "abbcc"], &["acb", "ab", "a*b"]),
            ("*", &["", "x"], &[]),
        ] {
            let pattern = Pattern::new(pattern);
            assert!(fitting.iter().all(|text| pattern.fits(text)), "{pattern:?}");
            assert!(!other.iter().any(|text| pattern.fits(text)), "{pattern:?}");
        }
    }

    #[test]
    fn the_first_line_that_fits_holds_and_others_keep_the_standard() {
        let line = HealthLine {
            namespace: Some(Pattern::new("legacy*")),
            bounds: Bounds { degraded: Some(0.5), failing: None },
            ..HealthLine::for_all(Measured::Http5xx, 0.0, 0.0)
        };
        let rules = HealthRules::new(vec![line], 10.0);
        let judging = |namespace| Judging {
            namespace,
            kind: Some(NodeKind::App),
            name: "x",
            direction: Direction::Inbound,
        };
        let bounds = |held: &Held<'_>| {
            held.0.iter().find(|rule| *rule.measured == Measured::Http5xx).map(|rule| rule.bounds)
        };
        let (legacy, shop) = (rules.held(&judging("legacy-1")), rules.held(&judging("shop")));
        assert_eq!(bounds(&legacy), Some(Bounds { degraded: Some(0.5), failing: None }));
        assert_eq!(bounds(&shop), Some(Bounds { degraded: Some(0.01), failing: Some(0.1) }));
        assert_eq!(legacy.0.len(), 5, "each measure once");
        let edge = legacy.stricter(&shop);
        assert_eq!(bounds(&edge), Some(Bounds { degraded: Some(0.01), failing: Some(0.1) }));
    }
}
