//! How well something does: shares of requests and times against bounds, each rule judged alone, the worst wins.
//! It must not know nodes or edges.

mod rules;

pub use rules::{Bounds, Direction, HealthLine, HealthRules, Measured, Pattern, Quantile};
pub(crate) use rules::{Held, Judging, blame_version};

use crate::{
    figures::{Figures, RequestSums},
    words,
};
use model::{Health, Latency, Protocol, Reason, Status};
use rules::Rule;

/// A rate added up from many has an error in its last digits: 10 % must not miss being failing by that.
const INCLUSIVE: f64 = 1e-9;

/// What is judged: sums, and what is only looked up for rules that ask for it.
pub(crate) struct Evidence<'a> {
    pub(crate) figures: &'a Figures,
    pub(crate) window_s: f64,
    pub(crate) latency: &'a dyn Fn() -> Option<Latency>,
    /// Requests a second of one code of HTTP, or one status of gRPC.
    pub(crate) of_code: &'a dyn Fn(Protocol, &str) -> f64,
}

pub(crate) fn judge(evidence: &Evidence<'_>, held: &Held<'_>) -> Health {
    let figures = evidence.figures;
    let Some(sums) = figures.requests.filter(|sums| sums.rate > 0.0) else {
        // TCP tells nothing about how well it goes; what stands still is idle only where it was counted.
        let measured = figures.requests.is_some() && !figures.moved();
        return Health { status: if measured { Status::Idle } else { Status::Unknown }, reasons: Vec::new() };
    };
    let count = sums.rate * evidence.window_s;
    let fewest = held.0.iter().map(|rule| rule.min_requests).reduce(f64::min).unwrap_or(0.0);
    if sums.told > 0.0 && count < fewest - INCLUSIVE {
        return too_few(count, fewest);
    }
    let mut reasons: Vec<Reason> = held.0.iter().filter_map(|rule| reason(rule, &sums, evidence)).collect();
    reasons.sort_by(|a, b| {
        let share = |reason: &Reason| reason.measured_share.unwrap_or(0.0);
        b.status.cmp(&a.status).then(share(b).total_cmp(&share(a)))
    });
    // Without codes only times can tell of trouble, and nothing that all is well.
    let otherwise = if sums.told > 0.0 { Status::Healthy } else { Status::Unknown };
    Health { status: reasons.first().map_or(otherwise, |reason| reason.status), reasons }
}

/// A part of requests, and of which.
struct Portion<'a> {
    /// Begins the sentence.
    subject: &'static str,
    name: &'static str,
    /// Stands after both.
    code: &'a str,
    part: f64,
    whole: f64,
}

fn portion<'a>(measured: &'a Measured, sums: &RequestSums, evidence: &Evidence<'_>) -> Option<Portion<'a>> {
    let of = |subject, name, part, whole| Some(Portion { subject, name, code: "", part, whole });
    match measured {
        Measured::Http5xx => of("5xx answers are", "5xx of HTTP", sums.http_5xx, sums.http),
        Measured::Http4xx => of("4xx answers are", "4xx of HTTP", sums.http_4xx, sums.http),
        Measured::GrpcStatus => of("gRPC errors are", "gRPC status 1–16", sums.grpc_failed, sums.grpc),
        Measured::NoResponse(Protocol::Grpc) => {
            of("no response came to", "no response to gRPC", sums.grpc_silent, sums.grpc)
        }
        Measured::NoResponse(_) => {
            of("no response came to", "no response to HTTP", sums.http_silent, sums.http)
        }
        Measured::Code(protocol, code) => {
            let part = (evidence.of_code)(*protocol, code);
            let portion = match protocol {
                Protocol::Grpc => of("answered with gRPC status", "gRPC status", part, sums.grpc),
                _ => of("answered with HTTP code", "HTTP code", part, sums.http),
            };
            portion.map(|portion| Portion { code, ..portion })
        }
        Measured::Latency(_) => None,
    }
}

fn reason(rule: &Rule<'_>, sums: &RequestSums, evidence: &Evidence<'_>) -> Option<Reason> {
    if let Measured::Latency(quantile) = rule.measured {
        return too_slow(rule, *quantile, sums.rate * evidence.window_s, evidence);
    }
    if matches!(rule.measured, Measured::Code(..)) && rule.bounds == Bounds::default() {
        return None;
    }
    let Portion { subject, name, code, part, whole } =
        portion(rule.measured, sums, evidence).filter(|portion| portion.whole > 0.0)?;
    let count = whole * evidence.window_s;
    if sums.told <= 0.0 || count < rule.min_requests - INCLUSIVE {
        return None;
    }
    let measured = part / whole;
    let (status, bound) = rule.bounds.reached(measured)?;
    let (subject, name) = match code {
        "" => (subject.to_owned(), name.to_owned()),
        code => (format!("{subject} {code} were"), format!("{name} {code}")),
    };
    let sentence = format!(
        "{subject} {} of {} requests; {} from {}",
        words::share(measured),
        words::count(count),
        status_word(status),
        words::bound(bound)
    );
    Some(Reason {
        status,
        rule: name,
        bound_share: Some(bound),
        measured_share: Some(measured),
        count,
        sentence,
    })
}

fn status_word(status: Status) -> &'static str {
    if status == Status::Failing { "failing" } else { "degraded" }
}

fn too_slow(rule: &Rule<'_>, quantile: Quantile, count: f64, evidence: &Evidence<'_>) -> Option<Reason> {
    if count < rule.min_requests - INCLUSIVE || rule.bounds == Bounds::default() {
        return None;
    }
    let latency = (evidence.latency)()?;
    let of = |quantile: Option<model::QuantileMs>| quantile.map(|quantile| quantile.ms);
    let ms = match quantile {
        Quantile::Mean => latency.mean_ms,
        Quantile::P50 => of(latency.p50),
        Quantile::P90 => of(latency.p90),
        Quantile::P95 => of(latency.p95),
        Quantile::P99 => of(latency.p99),
    }?;
    let (status, bound_ms) = rule.bounds.reached(ms)?;
    let sentence = format!(
        "{} latency is {} of {} requests; {} from {}",
        quantile.word(),
        words::ms(ms),
        words::count(count),
        status_word(status),
        words::ms(bound_ms)
    );
    let rule = format!("{} latency", quantile.word());
    Some(Reason { status, rule, bound_share: None, measured_share: None, count, sentence })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Answer;
    use model::Protocol;

    fn judged_by(figures: &Figures, rules: &HealthRules) -> Health {
        let latency = || figures.latency.model(&crate::histogram::Grid::default());
        let of_code = |_, code: &str| if code == "404" { 0.05 } else { 0.0 };
        let evidence = Evidence { figures, window_s: 600.0, latency: &latency, of_code: &of_code };
        let judging = Judging { namespace: "shop", kind: None, name: "cart", direction: Direction::Inbound };
        judge(&evidence, &rules.held(&judging))
    }

    fn judged(protocol: Protocol, counts: &[(Answer, f64)]) -> String {
        let mut sums = RequestSums::default();
        for (answer, count) in counts {
            sums.count(protocol, *answer, count / 600.0);
        }
        let figures = Figures { requests: Some(sums), ..Figures::default() };
        let health = judged_by(&figures, &HealthRules::default());
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
        let rules = HealthRules::default();
        assert_eq!(judged_by(&Figures::default(), &rules).status, Status::Unknown);
        let still = Figures { requests: Some(RequestSums::default()), ..Figures::default() };
        assert_eq!(judged_by(&still, &rules).status, Status::Idle);
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

    #[test]
    fn codes_and_times_are_judged_where_a_line_says_so() {
        let line = |measured, degraded| HealthLine {
            namespace: Some(Pattern::new("shop")),
            kind: None,
            name: None,
            direction: None,
            measured,
            bounds: Bounds { degraded: Some(degraded), failing: None },
            min_requests: None,
        };
        let mut sums = RequestSums::default();
        sums.count(Protocol::Http, Answer::Fine, 1.0);
        let latency =
            crate::figures::LatencySums { sum: Some(300.0), count: Some(1.0), ..Default::default() };
        let figures = Figures { requests: Some(sums), latency, ..Figures::default() };
        let rules = HealthRules::new(
            vec![
                line(Measured::Code(Protocol::Http, "404".into()), 0.05),
                line(Measured::Latency(Quantile::Mean), 250.0),
            ],
            10.0,
        );
        let health = judged_by(&figures, &rules);
        let sentences: Vec<String> =
            health.reasons.iter().map(|reason| reason.sentence.replace('\u{a0}', " ")).collect();
        assert_eq!(
            sentences,
            [
                "answered with HTTP code 404 were 5.00 % of 600 requests; degraded from 5 %",
                "mean latency is 300 ms of 600 requests; degraded from 250 ms"
            ]
        );
        assert_eq!(judged_by(&figures, &HealthRules::default()).status, Status::Healthy);
    }
}
