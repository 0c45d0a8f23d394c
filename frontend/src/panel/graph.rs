//! The mesh as a whole, when nothing is selected: totals, namespaces, and what hurts most.

use super::{
    figures::{Figure, Figures},
    head::Head,
};
use crate::state::shared::{Look, Views, click, memo, part};
use crate::{
    map::figure,
    nav::Step,
    state::page,
    widget::{
        Section,
        icon::{finding_glyph, status_class, status_glyph},
    },
};
use layout::sorting::Order as _;
use leptos::prelude::*;
use model::{Finding, Graph, detail::NamedQuery, graph::NamespaceSummary};
use view::format;

const WORST_SHOWN: usize = 8;

#[component]
pub(crate) fn GraphPanel() -> impl IntoView {
    let page = page();
    let graph = move || page.feed.with(|feed| feed.graph.clone());
    let sub = memo(move || graph().map(|graph| scope(&graph)).unwrap_or_default());
    let figures = memo(move || graph().map(|graph| totals(&graph)).unwrap_or_default());
    let namespaces = memo(move || {
        let mut shown = graph().map(|graph| graph.namespaces.clone()).unwrap_or_default();
        let system = page.params.with(|params| params.graph.system);
        shown.retain(|namespace| namespace.shown || !namespace.system || system);
        shown.order_by_key(|namespace| {
            (!namespace.shown, std::cmp::Reverse((namespace.failing, namespace.degraded)))
        });
        shown
    });
    let findings = memo(move || graph().map(|graph| graph.findings.clone()).unwrap_or_default());
    let queries = memo(move || {
        let used = graph().map(|graph| graph.meta.queries.clone()).unwrap_or_default();
        used.into_iter()
            .map(|query| NamedQuery { name: query.kind, promql: query.promql, source: query.source })
            .collect::<Vec<_>>()
    });
    view! {
        <Head title="The mesh" sub=sub/>
        <section class="first"><Figures figures=figures/></section>
        <Section title="Namespaces" queries=queries>
            <div class="wide">
                <table>
                    <thead><tr><th>"Namespace"</th><th>"Apps"</th><th>"Rate"</th><th>"Errors"</th><th class="text">"Health"</th></tr></thead>
                    <tbody>{part(move || namespaces.get().iter().map(row).views())}</tbody>
                </table>
            </div>
        </Section>
        {part(move || findings.look(|findings| !findings.is_empty()).then(|| view! {
            <Section title="Worst">
                <ul class="list">{part(move || findings.get().iter().take(WORST_SHOWN).map(worst).views())}</ul>
            </Section>
        }))}
    }
}

/// "3 namespaces · last 10 min".
fn scope(graph: &Graph) -> String {
    let shown = graph.namespaces.iter().filter(|namespace| namespace.shown).count();
    let plural = if shown == 1 { "namespace" } else { "namespaces" };
    format!(
        "{shown} {plural} · {} to {}",
        format::window(graph.meta.window_s),
        format::instant(graph.meta.at_s)
    )
}

fn totals(graph: &Graph) -> Vec<Figure> {
    let unknown = || format::UNKNOWN.to_owned();
    vec![
        ("Requests", graph.totals.rate_rps.map_or_else(unknown, format::rate)),
        ("Errors", graph.totals.error_share.map_or_else(unknown, format::share)),
        ("Nodes", format::count(graph.totals.nodes as f64)),
        ("Edges", format::count(graph.totals.edges as f64)),
    ]
}

fn row(namespace: &NamespaceSummary) -> impl IntoView + use<> {
    let page = page();
    let name = namespace.name.clone();
    let only = move |_| page.change(Step::Push, |params| params.graph.namespaces = Some(vec![name.clone()]));
    let trouble = match (namespace.failing, namespace.degraded) {
        (0, 0) => None,
        (failing, 0) => Some(format!("{failing} failing")),
        (0, degraded) => Some(format!("{degraded} degraded")),
        (failing, degraded) => Some(format!("{failing} failing, {degraded} degraded")),
    };
    let dash = || format::NOT_APPLICABLE.to_owned();
    view! {
        <tr>
            <td><button class="link" type="button" title="Draw only this namespace" on:click=click(only)>{namespace.name.clone()}</button></td>
            <td>{namespace.apps}</td>
            <td>{namespace.rate_rps.map_or_else(dash, format::rate)}</td>
            <td>{namespace.error_share.map_or_else(dash, format::share)}</td>
            <td class=format!("text {}", status_class(namespace.status))>
                <span class="with-glyph">{trouble.is_some().then(|| status_glyph(namespace.status))}{trouble.unwrap_or_else(|| if namespace.shown { "quiet" } else { "not drawn" }.into())}</span>
            </td>
        </tr>
    }
}

fn worst(finding: &Finding) -> impl IntoView + use<> {
    let page = page();
    let subject = finding.subject.clone();
    view! {
        <li>
            <button type="button" title=finding.sentence.clone() on:click=click(move |_| page.select(Some(subject.clone())))>
                {finding_glyph(finding.kind, finding.status)}
                <span class="name">{finding.title.clone()}" "<span class="sub">{finding.remark.clone()}</span></span>
                <span class=format!("figure {}", status_class(finding.status))>{figure(finding.figure)}</span>
            </button>
        </li>
    }
}
