//! The words and figures of a card, as text and tone; no place, no shape. What is not known reads `?`, never 0.

use crate::{
    cards,
    format::{self, NBSP},
    measure::{Font, MeasureText},
    palette::Token,
};
use model::{Latency, Node, NodeKind, Status, VersionRow};

/// A piece of text and how it is set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figure {
    pub(crate) text: String,
    pub(crate) ink: Token,
    pub(crate) font: Font,
}

impl Figure {
    fn new(text: impl Into<String>, ink: Token) -> Self {
        Self { text: text.into(), ink, font: cards::FIGURES }
    }

    fn strong(text: impl Into<String>, ink: Token) -> Self {
        Self { text: text.into(), ink, font: cards::FIGURES_STRONG }
    }
}

fn unknown(unit: &str) -> String {
    format!("{}{NBSP}{unit}", format::UNKNOWN)
}

/// Lower left of a card: how much.
pub(crate) fn left(node: &Node) -> Figure {
    if node.flags.silent {
        return Figure::new("silent", Token::Text3);
    }
    match node.health.status {
        Status::Idle => return Figure::new("idle", Token::Text2),
        // Beside it stands how many.
        Status::TooFewRequests => return Figure::new("few", Token::Text2),
        _ => {}
    }
    let text = match (&node.requests, &node.tcp) {
        (Some(requests), _) => format::rate(requests.rate_rps),
        (None, Some(tcp)) => cards::tcp_bytes_per_s(tcp).map_or_else(|| unknown("B/s"), format::bytes_per_s),
        (None, None) => unknown("rps"),
    };
    Figure::new(text, Token::Text2)
}

/// Lower right of a card, longest form first: errors if there are any, else how slow.
pub(crate) fn right(node: &Node, now_s: i64) -> Vec<Figure> {
    if node.flags.silent {
        return last_seen(node, now_s);
    }
    if let Some(errors) = errors(node.requests.as_ref(), node.health.status) {
        return vec![errors];
    }
    let quiet = |text: String| vec![Figure::new(text, Token::Text3)];
    match node.health.status {
        Status::Idle => return quiet("no traffic".into()),
        Status::TooFewRequests => return quiet(requests_counted(node)),
        _ => {}
    }
    if node.kind == NodeKind::UnknownCallers {
        return quiet("no sidecar".into());
    }
    if let (true, None, Some(size)) = (node.flags.folded, &node.latency, &node.version) {
        return quiet(size.clone());
    }
    if node.requests.is_none() && node.tcp.is_some() {
        return quiet("TCP".into());
    }
    slowness(node.latency.as_ref())
}

fn requests_counted(node: &Node) -> String {
    let count = node.requests.as_ref().map_or(0.0, |requests| requests.count);
    let word = if count.round() as i64 == 1 { "request" } else { "requests" };
    format!("{}{NBSP}{word}", format::count(count))
}

fn last_seen(node: &Node, now_s: i64) -> Vec<Figure> {
    let Some(then_s) = node.last_seen_s else { return vec![] };
    let since = format::since(then_s, now_s);
    let long = format!("last{NBSP}seen{NBSP}{since}");
    [long, since].map(|text| Figure::new(text, Token::Text3)).to_vec()
}

/// p95; the mean, said to be one, where no buckets came.
pub(crate) fn slowness(latency: Option<&Latency>) -> Vec<Figure> {
    let Some(latency) = latency else { return vec![Figure::new(unknown("ms"), Token::Text3)] };
    if let Some(p95) = latency.p95 {
        return vec![Figure::new(format::quantile(p95), Token::Text3)];
    }
    let Some(mean) = latency.mean_ms.map(format::duration_ms) else {
        return vec![Figure::new(unknown("ms"), Token::Text3)];
    };
    vec![
        Figure::new(format!("mean{NBSP}{mean}"), Token::Text3),
        Figure::new(format!("ø{NBSP}{mean}"), Token::Text3),
    ]
}

/// The error share where it is not zero, in the tone of the status.
pub(crate) fn errors(requests: Option<&model::Requests>, status: Status) -> Option<Figure> {
    let share = requests?.error_share.filter(|share| *share > 0.0)?;
    let text = format::share(share);
    Some(match status {
        Status::Failing => Figure::strong(text, Token::FailingText),
        Status::Degraded => Figure::strong(text, Token::DegradedText),
        _ => Figure::new(text, Token::Text2),
    })
}

/// The errors of a whole card: where one of its rows is to blame, the row shouts and the head stays calm.
pub(crate) fn head_errors(node: &Node) -> Option<Figure> {
    let row_is_to_blame =
        node.versions.iter().any(|row| row.health.status >= Status::Degraded || is_worse(row));
    let status = if row_is_to_blame { Status::Healthy } else { node.health.status };
    errors(node.requests.as_ref(), status)
}

/// The figures of a version's row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RowFigures {
    pub(crate) share: Figure,
    pub(crate) errors: Figure,
    pub(crate) right: Figure,
    /// Ground of a row that does worse.
    pub(crate) tint: Option<Token>,
}

pub(crate) fn row(row: &VersionRow) -> RowFigures {
    let worse = is_worse(row);
    let status = row.health.status;
    let tint = match status {
        Status::Failing => Some(Token::FailingSoft),
        Status::Degraded => Some(Token::DegradedSoft),
        _ if worse => Some(Token::DegradedSoft),
        _ => None,
    };
    let share = row.share.map_or_else(|| format::UNKNOWN.to_owned(), format::share);
    let tone = if worse { status.max(Status::Degraded) } else { status };
    let mut right = row_right(row);
    if worse {
        right = Figure::strong(right.text, Token::Text);
    }
    RowFigures { share: Figure::new(share, Token::Text2), errors: row_errors(row, tone), right, tint }
}

fn row_errors(row: &VersionRow, tone: Status) -> Figure {
    if let Some(errors) = errors(row.requests.as_ref(), tone) {
        return errors;
    }
    let text = match row.requests.as_ref() {
        Some(requests) if requests.error_share.is_some() => format::share(0.0),
        None if row.tcp.is_some() => format::NOT_APPLICABLE.into(),
        Some(_) | None => format::UNKNOWN.into(),
    };
    Figure::new(text, Token::Text3)
}

fn row_right(row: &VersionRow) -> Figure {
    match (&row.requests, &row.tcp) {
        (None, Some(tcp)) => Figure::new(
            cards::tcp_bytes_per_s(tcp).map_or_else(|| unknown("B/s"), format::bytes_per_s),
            Token::Text3,
        ),
        _ => slowness(row.latency.as_ref()).pop().unwrap_or_else(|| Figure::new(unknown("ms"), Token::Text3)),
    }
}

pub(crate) fn is_worse(row: &VersionRow) -> bool {
    row.comparison.as_ref().is_some_and(|comparison| comparison.verdict == model::graph::Verdict::Worse)
}

/// The first form that fits.
pub(crate) fn fitting(mut forms: Vec<Figure>, room: f64, measure: &dyn MeasureText) -> Option<Figure> {
    let fits = |figure: &Figure| crate::measure::tabular_width(&figure.text, figure.font, measure) <= room;
    let at = forms.iter().position(fits)?;
    Some(forms.swap_remove(at))
}
