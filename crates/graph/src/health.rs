//! How well something does: shares of requests against bounds, each rule judged alone, the worst wins.
//! It must not know nodes or edges.

use crate::{
    figures::{Figures, RequestSums},
    words,
};
use model::{Health, Reason, Status};

/// From which share on a rule says degraded, and failing. Inclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub degraded: f64,
    pub failing: f64,
}

/// One set for the whole mesh, so the stricter of an edge's two ends is always this one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerances {
    pub http_5xx: Bounds,
    pub http_4xx: Bounds,
    /// Status 1 to 16, or an HTTP error on a gRPC call.
    pub grpc_status: Bounds,
    pub no_response: Bounds,
    /// Fewer requests in the window say nothing.
    pub min_requests: f64,
}

impl Default for Tolerances {
    fn default() -> Self {
        let server = Bounds { degraded: 0.01, failing: 0.10 };
        Self {
            http_5xx: server,
            http_4xx: Bounds { degraded: 0.10, failing: 0.20 },
            grpc_status: server,
            no_response: server,
            min_requests: 10.0,
        }
    }
}

/// A rate added up from many has an error in its last digits: 10 % must not miss being failing by that.
const INCLUSIVE: f64 = 1e-9;

struct Rule {
    name: &'static str,
    /// Begins the sentence.
    subject: &'static str,
    bounds: Bounds,
    part: f64,
    whole: f64,
}

pub(crate) fn judge(figures: &Figures, window_s: f64, tolerances: &Tolerances) -> Health {
    let Some(sums) = figures.requests.filter(|sums| sums.rate > 0.0) else {
        // TCP tells nothing about how well it goes; what stands still is idle only where it was counted.
        let measured = figures.requests.is_some() && !figures.moved();
        return Health { status: if measured { Status::Idle } else { Status::Unknown }, reasons: Vec::new() };
    };
    if sums.told <= 0.0 {
        return Health { status: Status::Unknown, reasons: Vec::new() };
    }
    let count = sums.rate * window_s;
    if count < tolerances.min_requests - INCLUSIVE {
        return too_few(count, tolerances.min_requests);
    }
    let mut reasons: Vec<Reason> = rules(&sums, tolerances)
        .into_iter()
        .filter(|rule| rule.whole * window_s >= tolerances.min_requests - INCLUSIVE)
        .filter_map(|rule| reason(&rule, window_s))
        .collect();
    reasons.sort_by(|a, b| {
        b.status
            .cmp(&a.status)
            .then(b.measured_share.partial_cmp(&a.measured_share).expect("shares are numbers"))
    });
    Health { status: reasons.first().map_or(Status::Healthy, |reason| reason.status), reasons }
}

fn rules(sums: &RequestSums, tolerances: &Tolerances) -> [Rule; 5] {
    let rule = |name, subject, bounds, part, whole| Rule { name, subject, bounds, part, whole };
    [
        rule("5xx of HTTP", "5xx answers are", tolerances.http_5xx, sums.http_5xx, sums.http),
        rule("4xx of HTTP", "4xx answers are", tolerances.http_4xx, sums.http_4xx, sums.http),
        rule("gRPC status 1–16", "gRPC errors are", tolerances.grpc_status, sums.grpc_failed, sums.grpc),
        rule(
            "no response to HTTP",
            "no response came to",
            tolerances.no_response,
            sums.http_silent,
            sums.http,
        ),
        rule(
            "no response to gRPC",
            "no response came to",
            tolerances.no_response,
            sums.grpc_silent,
            sums.grpc,
        ),
    ]
}

fn reason(rule: &Rule, window_s: f64) -> Option<Reason> {
    if rule.whole <= 0.0 {
        return None;
    }
    let measured = rule.part / rule.whole;
    let reached = |bound: f64| measured >= bound - INCLUSIVE;
    let (status, bound, word) = if reached(rule.bounds.failing) {
        (Status::Failing, rule.bounds.failing, "failing")
    } else if reached(rule.bounds.degraded) {
        (Status::Degraded, rule.bounds.degraded, "degraded")
    } else {
        return None;
    };
    let count = rule.whole * window_s;
    let sentence = format!(
        "{} {} of {} requests; {word} from {}",
        rule.subject,
        words::share(measured),
        words::count(count),
        words::bound(bound)
    );
    Some(Reason {
        status,
        rule: rule.name.into(),
        bound_share: Some(bound),
        measured_share: Some(measured),
        count,
        sentence,
    })
}

fn too_few(count: f64, min_requests: f64) -> Health {
    let noun = if words::count(count) == "1" || count < 1.0 { "request" } else { "requests" };
    let sentence = format!(
        "{} {noun} in this window; judged from {} on",
        words::count(count),
        words::count(min_requests)
    );
    let reason = Reason {
        status: Status::TooFewRequests,
        rule: "too few requests".into(),
        bound_share: None,
        measured_share: None,
        count,
        sentence,
    };
    Health { status: Status::TooFewRequests, reasons: vec![reason] }
}

/// A version in trouble degrades its app, but never fails it, and the reason names it.
pub(crate) fn blame_version(app: &mut Health, version: &str, sentence: &str, count: f64) {
    let reason = Reason {
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
    use crate::figures::Answer;
    use model::Protocol;

    fn judged(protocol: Protocol, counts: &[(Answer, f64)]) -> String {
        let mut sums = RequestSums::default();
        for (answer, count) in counts {
            sums.count(protocol, *answer, count / 600.0);
        }
        let figures = Figures { requests: Some(sums), ..Figures::default() };
        let health = judge(&figures, 600.0, &Tolerances::default());
        let sentences: Vec<&str> = health.reasons.iter().map(|reason| reason.sentence.as_str()).collect();
        format!("{:?}: {}", health.status, sentences.join(" | ")).replace('\u{a0}', " ")
    }

    #[test]
    fn bounds_are_inclusive_and_each_rule_stands_alone() {
        use {Answer as A, Protocol as P};
        assert_eq!(
            judged(P::Http, &[(A::Fine, 901.0), (A::Http5xx, 99.0)]),
            "Degraded: 5xx answers are 9.90 % of 1,000 requests; degraded from 1 %"
        );
        assert_eq!(
            judged(P::Http, &[(A::Fine, 900.0), (A::Http5xx, 100.0)]),
            "Failing: 5xx answers are 10.0 % of 1,000 requests; failing from 10 %"
        );
        assert_eq!(judged(P::Http, &[(A::Fine, 9_901.0), (A::Http5xx, 99.0)]), "Healthy: ");
        assert_eq!(
            judged(P::Http, &[(A::Fine, 90.0), (A::Http4xx, 10.0)]),
            "Degraded: 4xx answers are 10.0 % of 100 requests; degraded from 10 %"
        );
        assert_eq!(
            judged(P::Http, &[(A::Fine, 800.0), (A::Http5xx, 150.0), (A::NoResponse, 50.0)]),
            "Failing: 5xx answers are 15.0 % of 1,000 requests; failing from 10 % | no response came to 5.00 % of 1,000 requests; degraded from 1 %"
        );
        assert_eq!(
            judged(P::Grpc, &[(A::Fine, 98.0), (A::GrpcFailed, 2.0)]),
            "Degraded: gRPC errors are 2.00 % of 100 requests; degraded from 1 %"
        );
    }

    #[test]
    fn few_requests_are_grey_not_red() {
        use {Answer as A, Protocol as P};
        assert_eq!(
            judged(P::Http, &[(A::Http5xx, 9.0)]),
            "TooFewRequests: 9 requests in this window; judged from 10 on"
        );
        assert_eq!(
            judged(P::Http, &[(A::Http5xx, 1.0)]),
            "TooFewRequests: 1 request in this window; judged from 10 on"
        );
        assert_eq!(judged(P::Http, &[(A::Http5xx, 10.0)]).split(':').next(), Some("Failing"));
    }

    #[test]
    fn nothing_measured_is_unknown_and_nothing_moving_is_idle() {
        let tolerances = Tolerances::default();
        assert_eq!(judge(&Figures::default(), 600.0, &tolerances).status, Status::Unknown);
        let still = Figures { requests: Some(RequestSums::default()), ..Figures::default() };
        assert_eq!(judge(&still, 600.0, &tolerances).status, Status::Idle);
    }

    #[test]
    fn a_version_degrades_its_app_and_is_named() {
        let mut app = Health::default();
        blame_version(&mut app, "v2", "v2 is failing", 40.0);
        assert_eq!((app.status, app.reasons[0].rule.as_str()), (Status::Degraded, "version v2"));
        let mut failing = Health { status: Status::Failing, reasons: Vec::new() };
        blame_version(&mut failing, "v2", "v2 is failing", 40.0);
        assert_eq!(failing.status, Status::Failing);
    }
}
