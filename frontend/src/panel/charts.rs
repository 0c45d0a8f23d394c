//! The lines over the window: rate, error share, latency, bytes. What did not come says why.

use crate::state::shared::{Look, Views, memo, part};
use crate::{
    chart::{Cursor, LineChart, lines},
    state::detail::Load,
    widget::Section,
};
use leptos::prelude::*;
use model::{
    VersionRow,
    detail::NamedQuery,
    series::{Metric, SeriesAnswer},
};

pub(crate) const REQUEST_METRICS: &str = "&metrics=rate_rps,error_share,p50_ms,p95_ms,p99_ms";
pub(crate) const TCP_METRICS: &str = "&metrics=sent_bytes_per_s,received_bytes_per_s";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rate,
    Errors,
    Latency,
    Bytes,
}

#[component]
pub(crate) fn Charts(
    #[prop(into)] name: Signal<String>,
    series: RwSignal<Load<SeriesAnswer>>,
    versions: Memo<Vec<VersionRow>>,
    tcp: bool,
) -> impl IntoView {
    let cursor: Cursor = RwSignal::new(None);
    let kinds: &[Kind] = if tcp { &[Kind::Bytes] } else { &[Kind::Rate, Kind::Errors, Kind::Latency] };
    kinds
        .iter()
        .map(|kind| view! { <OneChart kind=*kind name=name series=series versions=versions cursor=cursor/> })
        .views()
}

#[component]
fn OneChart(
    kind: Kind,
    name: Signal<String>,
    series: RwSignal<Load<SeriesAnswer>>,
    versions: Memo<Vec<VersionRow>>,
    cursor: Cursor,
) -> impl IntoView {
    let answer = move || series.look(|load| load.value.clone());
    let drawn =
        memo(move || answer().and_then(|answer| versions.look(|versions| kind.lines(&answer, versions))));
    let queries = memo(move || answer().map(|answer| kind.queries(&answer)).unwrap_or_default());
    let words = move || {
        if drawn.look(Option::is_some) {
            return None;
        }
        let missing = answer().and_then(|answer| kind.missing(&answer));
        let failed = series.look(|load| load.problem.as_ref().map(|problem| problem.detail.clone()));
        let waiting =
            if answer().is_some() { "Nothing was measured in this window." } else { "Asking Prometheus…" };
        Some(missing.or(failed).unwrap_or_else(|| waiting.to_owned()))
    };
    view! {
        <Section title=kind.title() remark=memo(move || kind.remark(versions.look(Vec::len) > 1).to_owned()) queries=queries>
            <LineChart label=memo(move || format!("{} of {}", kind.title(), name.get())) drawn=drawn cursor=cursor/>
            {part(move || words().map(|words| view! { <p class="words">{words}</p> }))}
        </Section>
    }
}

impl Kind {
    fn title(self) -> &'static str {
        match self {
            Self::Rate => "Rate",
            Self::Errors => "Error share",
            Self::Latency => "Latency",
            Self::Bytes => "Bytes",
        }
    }

    fn remark(self, versions: bool) -> &'static str {
        match (self, versions) {
            (Self::Latency, true) => "p95 of each version",
            (Self::Latency, false) => "p50, p95, p99",
            (_, true) => "of each version",
            _ => "",
        }
    }

    fn metrics(self) -> &'static [Metric] {
        match self {
            Self::Rate => &[Metric::RateRps],
            Self::Errors => &[Metric::ErrorShare],
            Self::Latency => &[Metric::P95Ms, Metric::P50Ms, Metric::P99Ms],
            Self::Bytes => &[Metric::SentBytesPerS, Metric::ReceivedBytesPerS],
        }
    }

    fn lines(self, answer: &SeriesAnswer, versions: &[VersionRow]) -> Option<lines::Drawn> {
        match self {
            Self::Rate => lines::by_version(answer, Metric::RateRps, versions),
            Self::Errors => lines::by_version(answer, Metric::ErrorShare, versions),
            Self::Latency if versions.len() > 1 => lines::by_version(answer, Metric::P95Ms, versions),
            Self::Latency => lines::quantiles(answer),
            Self::Bytes => lines::bytes(answer),
        }
    }

    /// Queries are named after their metric, with or without its unit.
    fn queries(self, answer: &SeriesAnswer) -> Vec<NamedQuery> {
        let of_kind = |query: &&NamedQuery| {
            self.metrics().iter().any(|metric| {
                metric.word().starts_with(query.name.as_str()) || query.name.starts_with(metric.word())
            })
        };
        answer.queries.iter().filter(of_kind).cloned().collect()
    }

    fn missing(self, answer: &SeriesAnswer) -> Option<String> {
        answer
            .missing
            .iter()
            .find(|missing| self.metrics().contains(&missing.metric))
            .map(|missing| missing.reason.clone())
    }
}
