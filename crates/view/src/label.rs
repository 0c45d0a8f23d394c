//! The figures that may be written on edges. One table; the menu, the drawing and the layout's room all read it.

use crate::{
    cards, fold,
    format::{self, NBSP},
    measure::{Font, MeasureText, tabular_width},
    overlay,
    palette::Token,
};
use model::{Edge, Graph, Presence, Protocol, Status};

/// One kind of figure.
#[derive(Debug)]
pub struct Label {
    /// As in the address.
    pub word: &'static str,
    /// As in the menu.
    pub name: &'static str,
    /// What it writes on this edge; none where it has nothing to say.
    pub text: fn(&Edge) -> Option<String>,
}

pub static ALL: [Label; 8] = [
    Label { word: "rate", name: "Rate", text: rate },
    Label { word: "errors", name: "Errors", text: errors },
    Label { word: "p95", name: "p95", text: p95 },
    Label { word: "mean", name: "Mean", text: mean },
    Label { word: "mtls", name: "mTLS", text: mtls },
    Label { word: "throughput", name: "Throughput", text: throughput },
    Label { word: "gap", name: "Gap between both sides", text: gap },
    Label { word: "change", name: "Change", text: change },
];

/// Height kept for a label; its text stands in the middle of it.
pub(crate) const HEIGHT: f64 = 14.0;
pub(crate) const SIZE: f64 = 10.5;
/// The worst of several calls is told where it fails so much more than all of them.
const WORSE: f64 = 1.05;
const BETWEEN: &str = "\u{a0}·\u{a0}";

/// The labels of these words, in the order of the words; unknown ones are left out.
pub fn by_words<S: AsRef<str>>(words: &[S]) -> Vec<&'static Label> {
    words.iter().filter_map(|word| ALL.iter().find(|label| label.word == word.as_ref())).collect()
}

/// Whether it has something to say on any edge; else the menu leaves it out.
pub fn speaks(label: &Label, graph: &Graph) -> bool {
    graph.edges.iter().any(|edge| (label.text)(edge).is_some())
}

/// What one edge says, from the fullest text to the shortest that still says what matters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Written {
    pub(crate) texts: Vec<String>,
    pub(crate) ink: Token,
    pub(crate) font: Font,
    /// Failing: never dropped for want of room.
    pub(crate) must: bool,
}

pub(crate) fn written(edge: &Edge, labels: &[&'static Label]) -> Option<Written> {
    let (ink, trouble) = match edge.health.status {
        Status::Failing => (Token::FailingText, true),
        Status::Degraded => (Token::DegradedText, true),
        _ => (Token::Text2, false),
    };
    let texts = if edge.flags.silent {
        // What is gone says so, if anybody asked.
        labels.iter().filter(|label| label.word == "change").filter_map(|label| (label.text)(edge)).collect()
    } else if trouble {
        trouble_texts(edge, labels)
    } else {
        calm_texts(edge, labels)
    };
    let font = Font::new(SIZE, if trouble { 600 } else { 500 });
    let must = edge.health.status == Status::Failing;
    (!texts.is_empty()).then_some(Written { texts, ink, font, must })
}

/// Errors first and alone if need be; the row or card has the rate.
fn trouble_texts(edge: &Edge, labels: &[&'static Label]) -> Vec<String> {
    let Some(share) = error_share(edge) else { return calm_texts(edge, labels) };
    let mark = if edge.health.status == Status::Failing { "!\u{a0}" } else { "" };
    let errors = format!("{mark}{}", worst_share(edge, share));
    let others = labels.iter().filter(|label| !["errors", "rate"].contains(&label.word));
    let mut full = vec![errors.clone()];
    full.extend(others.filter_map(|label| (label.text)(edge)));
    if full.len() == 1 { full } else { vec![full.join(BETWEEN), errors] }
}

/// Where calls are summed, what troubles is the worst of them, not the share of all.
fn worst_share(edge: &Edge, share: f64) -> String {
    let reason = edge.health.reasons.first().filter(|_| fold::is_sum(edge));
    match reason.and_then(|reason| reason.measured_share).filter(|worst| *worst > WORSE * share) {
        Some(worst) => format!("up to{NBSP}{}", format::share(worst)),
        None => format::share(share),
    }
}

/// All of it; then without the small error share that the row or card tells anyway; then the errors alone.
fn calm_texts(edge: &Edge, labels: &[&'static Label]) -> Vec<String> {
    let parts: Vec<(&str, String)> =
        labels.iter().filter_map(|label| Some((label.word, (label.text)(edge)?))).collect();
    let join = |keep: &dyn Fn(&str) -> bool| {
        let texts: Vec<&str> =
            parts.iter().filter(|(word, _)| keep(word)).map(|(_, text)| text.as_str()).collect();
        texts.join(BETWEEN)
    };
    let mut texts = vec![join(&|_| true), join(&|word| word != "errors"), join(&|word| word == "errors")];
    texts.retain(|text| !text.is_empty());
    texts.dedup();
    texts
}

/// Room to keep for the label, a little more than its text of now needs, as figures change and places do not.
pub(crate) fn room(
    edge: &Edge,
    labels: &[&'static Label],
    measure: &dyn MeasureText,
) -> Option<layout::Size> {
    let written = written(edge, labels)?;
    let text = written.texts.get(1).filter(|_| written.texts.len() > 2).or(written.texts.first())?;
    let width = tabular_width(text, written.font, measure);
    Some(layout::Size::new(width.ceil() + 4.0, HEIGHT))
}

fn rate(edge: &Edge) -> Option<String> {
    match edge.protocol {
        Protocol::Tcp => throughput(edge),
        _ => Some(edge.requests.as_ref().map_or_else(
            || format!("{}{NBSP}rps", format::UNKNOWN),
            |requests| format::rate(requests.rate_rps),
        )),
    }
}

fn error_share(edge: &Edge) -> Option<f64> {
    edge.requests.as_ref()?.error_share
}

/// Nothing where nothing failed: the absence says it.
fn errors(edge: &Edge) -> Option<String> {
    error_share(edge).filter(|share| *share > 0.0).map(format::share)
}

fn p95(edge: &Edge) -> Option<String> {
    if edge.protocol == Protocol::Tcp {
        return None;
    }
    let p95 = edge.latency.as_ref().and_then(|latency| latency.p95);
    Some(p95.map_or_else(|| format!("{}{NBSP}ms", format::UNKNOWN), format::quantile))
}

fn mean(edge: &Edge) -> Option<String> {
    if edge.protocol == Protocol::Tcp {
        return None;
    }
    let mean_ms = edge.latency.as_ref().and_then(|latency| latency.mean_ms);
    Some(mean_ms.map_or_else(
        || format!("{}{NBSP}ms", format::UNKNOWN),
        |ms| format!("mean{NBSP}{}", format::duration_ms(ms)),
    ))
}

/// Nothing on silent edges: there is no traffic whose encryption could be told.
fn mtls(edge: &Edge) -> Option<String> {
    match edge.mtls_share {
        None if edge.flags.silent => None,
        None => Some(format!("mTLS{NBSP}{}", format::UNKNOWN)),
        Some(share) if share <= 0.0 => Some("plaintext".into()),
        Some(share) => Some(format!("mTLS{NBSP}{}", format::share(share))),
    }
}

/// Of requests only where that was asked for.
fn throughput(edge: &Edge) -> Option<String> {
    let bytes = cards::bytes_per_s(edge.tcp.as_ref(), edge.volume.as_ref());
    let unknown = || edge.tcp.as_ref().map(|_| format!("{}{NBSP}B/s", format::UNKNOWN));
    bytes.map(format::bytes_per_s).or_else(unknown)
}

/// The time that only the client sees, and what it counted more than the server where that is much.
fn gap(edge: &Edge) -> Option<String> {
    let gap = overlay::between(edge)?;
    let lost = gap.disagree().then(|| signed(gap.lost_share, &format::share(gap.lost_share.abs())));
    let way = gap.way_ms.map(|ms| signed(ms, &format::duration_ms(ms.abs())));
    lost.or(way)
}

fn signed(value: f64, text: &str) -> String {
    format!("{}{text}", if value < 0.0 { '−' } else { '+' })
}

fn change(edge: &Edge) -> Option<String> {
    let change = edge.change.as_ref()?;
    match change.presence {
        Presence::Came => Some("+\u{a0}new".into()),
        Presence::Went => Some("−\u{a0}gone".into()),
        Presence::Both => {
            let now = cards::flow_rps(edge.requests.as_ref(), edge.tcp.as_ref());
            overlay::ratio(now, change).map(format::ratio)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::ApproximateMeasure;
    use model::{Health, Requests};

    fn edge(status: Status, error_share: Option<f64>) -> Edge {
        serde_json::from_value::<Edge>(serde_json::json!({
            "id": "e", "source": "a", "target": "b", "protocol": "http", "health": { "status": "healthy" },
        }))
        .map(|edge| Edge {
            health: Health { status, reasons: vec![] },
            requests: Some(Requests { rate_rps: 203.0, error_share, ..Requests::default() }),
            ..edge
        })
        .unwrap()
    }

    fn texts(edge: &Edge, words: &[&str]) -> Vec<String> {
        written(edge, &by_words(words))
            .map_or(vec![], |written| written.texts.iter().map(|text| text.replace(NBSP, " ")).collect())
    }

    #[test]
    fn trouble_says_its_errors_first_and_failing_shouts() {
        let both = ["rate", "errors"];
        assert_eq!(texts(&edge(Status::Failing, Some(0.118)), &both), ["! 11.8 %"]);
        assert_eq!(texts(&edge(Status::Degraded, Some(0.0407)), &both), ["4.07 %"]);
        assert_eq!(
            texts(&edge(Status::Degraded, Some(0.0407)), &["rate", "p95"]),
            ["4.07 % · ? ms", "4.07 %"]
        );
        assert_eq!(
            texts(&edge(Status::Healthy, Some(0.005)), &both),
            ["203 rps · 0.50 %", "203 rps", "0.50 %"]
        );
        assert_eq!(texts(&edge(Status::Healthy, Some(0.0)), &both), ["203 rps"]);
        assert_eq!(texts(&edge(Status::Healthy, Some(0.0)), &["errors"]), Vec::<String>::new());
    }

    #[test]
    fn where_calls_are_summed_the_worst_of_them_is_told() {
        let mut sum = edge(Status::Degraded, Some(0.0002));
        let reason = |share| {
            serde_json::json!({
                "status": "degraded", "rule": "5xx of HTTP", "measured_share": share, "count": 900.0, "sentence": "…",
            })
        };
        sum.health.reasons = vec![serde_json::from_value(reason(0.0158)).unwrap()];
        assert_eq!(texts(&sum, &["errors"]), ["0.02 %"], "one call's rule may count more than its errors");
        sum.id = "sum/namespace/shop>app/data/db/http".into();
        assert_eq!(texts(&sum, &["errors"]), ["up to 1.58 %"]);
        sum.health.reasons = vec![serde_json::from_value(reason(0.0002)).unwrap()];
        assert_eq!(texts(&sum, &["errors"]), ["0.02 %"]);
    }

    #[test]
    fn silent_edges_say_nothing() {
        let mut silent = edge(Status::Idle, None);
        silent.flags.silent = true;
        assert_eq!(written(&silent, &by_words(&["rate"])), None);
        assert!(room(&silent, &by_words(&["rate"]), &ApproximateMeasure).is_none());
    }

    #[test]
    fn unknown_words_are_left_out() {
        assert_eq!(by_words(&["rate", "<script>", "mtls"]).len(), 2);
    }
}
