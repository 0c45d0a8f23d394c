//! The versions table: who gets how much, and how each does. The worse one is marked, with its reason.

use crate::state::shared::{Look, Views, click, memo, part};
use crate::{
    chart::lines::version_class,
    state::{page, selection::node_of},
    widget::{
        Section,
        icon::{status_class, status_word},
    },
};
use leptos::prelude::*;
use model::{QuantileMs, Status, Subject, VersionRow, detail::NamedQuery, graph::Verdict};
use view::format;

#[component]
pub(crate) fn Versions(
    node: String,
    versions: Memo<Vec<VersionRow>>,
    queries: Memo<Vec<NamedQuery>>,
) -> impl IntoView {
    let any = memo(move || versions.look(|versions| !versions.is_empty()));
    let page = page();
    let own = StoredValue::new(node.clone());
    // None where the card itself is within something folded.
    let folded = memo(move || {
        own.with_value(|id| page.drawn.look(|drawn| Some(node_of(&drawn.as_ref()?.graph, id)?.flags.folded)))
    });
    move || {
        let node = node.clone();
        any.get().then(|| view! {
            <Section title="Versions" queries=queries>
                <div class="wide">
                    <table class="tight">
                        <thead><tr>
                            <th><span class="heard">"Version"</span></th>
                            <th>"Share"</th><th>"Rate"</th><th>"Errors"</th><th>"p50"</th><th>"p95"</th><th>"p99"</th><th>"Count"</th>
                        </tr></thead>
                        <tbody>{part(move || rows(&node, &versions.get()))}</tbody>
                    </table>
                </div>
                {part(move || remarks(&versions.get()))}
                {part(move || folded.get().map(|folded| view! {
                    <button class="link" type="button" on:click=click(move |_| own.with_value(|id| page.fold_rows(id)))>
                        {if folded { "Show them on the card" } else { "Fold them on the card" }}
                    </button>
                }))}
            </Section>
        })
    }
}

fn rows(node: &str, versions: &[VersionRow]) -> impl IntoView + use<> {
    versions.iter().enumerate().map(|(at, version)| row(node, at, version)).views()
}

fn row(node: &str, at: usize, version: &VersionRow) -> impl IntoView + use<> {
    let page = page();
    let subject = Subject::Row { node: node.to_owned(), row: version.key.clone() };
    let mine = subject.clone();
    let chosen = move || page.params.with(|params| params.selection.as_ref() == Some(&mine));
    let trouble = trouble(version);
    let requests = version.requests.as_ref();
    let few = requests.is_some_and(|_| verdict(version) == Some(Verdict::TooFewRequests));
    let latency = version.latency.as_ref();
    let quantile = |value: Option<QuantileMs>| value.map_or_else(|| format::UNKNOWN.into(), format::quantile);
    let rate = requests
        .map(|requests| format::rate(requests.rate_rps))
        .or_else(|| version.tcp.as_ref().and_then(|tcp| tcp.sent_bytes_per_s).map(format::bytes_per_s));
    let errors = if few {
        "too few".into()
    } else {
        dash(requests.and_then(|requests| requests.error_share).map(format::share))
    };
    view! {
        <tr class=trouble class:chosen=chosen on:click=click(move |_| page.select(Some(subject.clone())))>
            <td><span class=format!("swatch {}", version_class(at))></span><b>{version.name.clone()}</b></td>
            <td>{dash(version.share.map(format::share))}</td>
            <td>{dash(rate)}</td>
            <td class=trouble>{errors}</td>
            <td>{quantile(latency.and_then(|latency| latency.p50))}</td>
            <td class=trouble>{quantile(latency.and_then(|latency| latency.p95))}</td>
            <td>{quantile(latency.and_then(|latency| latency.p99))}</td>
            <td>{dash(requests.map(|requests| format::count(requests.count)))}</td>
        </tr>
    }
}

fn dash(figure: Option<String>) -> String {
    figure.unwrap_or_else(|| format::NOT_APPLICABLE.into())
}

fn verdict(version: &VersionRow) -> Option<Verdict> {
    version.comparison.as_ref().map(|comparison| comparison.verdict)
}

fn trouble(version: &VersionRow) -> &'static str {
    let worse = verdict(version) == Some(Verdict::Worse);
    match status_class(version.health.status) {
        "" if worse => "degraded",
        class => class,
    }
}

/// What was intended, who is worse, and who has too few requests to tell.
fn remarks(versions: &[VersionRow]) -> impl IntoView + use<> {
    let intended: Vec<String> = versions
        .iter()
        .filter_map(|version| version.intended_share)
        .map(|share| view::format::fixed(share * 100.0, 0))
        .collect();
    let intended = (intended.len() == versions.len()).then(|| format!("Intended {}.", intended.join(" / ")));
    let verdicts = versions
        .iter()
        .filter_map(|version| {
            let comparison = version.comparison.as_ref()?;
            let (chip, class) = match comparison.verdict {
                Verdict::Baseline => return None,
                Verdict::Worse => (
                    format!("{} worse", version.name),
                    if version.health.status == Status::Failing { "chip failing" } else { "chip degraded" },
                ),
                Verdict::NoDifferenceSeen => (format!("{} no difference seen", version.name), "chip"),
                Verdict::TooFewRequests => (
                    format!("{}: {}", version.name, status_word(Status::TooFewRequests).to_ascii_lowercase()),
                    "chip",
                ),
            };
            // Why it is worse stands at the top of the panel already.
            let sentence = (comparison.verdict != Verdict::Worse).then(|| comparison.sentence.clone());
            Some(view! { <span class="remark"><span class=class>{chip}</span>{sentence}</span> })
        })
        .views();
    view! { <p class="note">{verdicts}{intended}</p> }
}
