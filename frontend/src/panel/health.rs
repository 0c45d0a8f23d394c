//! How it is and why, in sentences: a verdict never stands without its counts.

use crate::state::shared::Views;
use crate::widget::icon::{status_class, status_glyph, status_word};
use leptos::prelude::*;
use model::{Health, Status, VersionRow, graph::Verdict};
use view::format;

#[component]
pub(crate) fn HealthBlock(
    health: Memo<Health>,
    #[prop(optional)] versions: Option<Memo<Vec<VersionRow>>>,
) -> impl IntoView {
    move || {
        let health = health.get();
        let worse: Vec<_> = versions
            .map(|versions| versions.get())
            .unwrap_or_default()
            .into_iter()
            .filter(is_worse)
            .collect();
        let by = match worse.as_slice() {
            [only] => format!("{} by its version {}", status_word(health.status), only.name),
            _ => status_word(health.status).to_owned(),
        };
        let said = |sentence: &String| {
            let compared = worse.iter().filter_map(|version| version.comparison.as_ref());
            compared.map(|comparison| &comparison.sentence).any(|other| other == sentence)
        };
        let class = format!("why {}", status_class(health.status));
        let sentences: Vec<String> = worse
            .iter()
            .filter_map(|version| version.comparison.as_ref())
            .map(|comparison| {
                let odds =
                    comparison.evidence.map(|evidence| format!(" Evidence {}.", format::evidence(evidence)));
                comparison.sentence.clone() + &odds.unwrap_or_default()
            })
            .chain(
                health
                    .reasons
                    .iter()
                    .map(|reason| reason.sentence.clone())
                    .filter(|sentence| !said(sentence)),
            )
            .collect();
        let calm = sentences.is_empty().then(|| calm(health.status));
        view! {
            <div class=class>
                <div class="verdict">{status_glyph(health.status)}{by}</div>
                {sentences.into_iter().map(|sentence| view! { <p>{sentence}</p> }).views()}
                {calm.map(|words| view! { <p>{words}</p> })}
            </div>
        }
    }
}

fn is_worse(version: &VersionRow) -> bool {
    version.comparison.as_ref().is_some_and(|comparison| comparison.verdict == Verdict::Worse)
}

/// When no rule has anything to say.
fn calm(status: Status) -> &'static str {
    match status {
        Status::Healthy => "No rule was reached in this window.",
        Status::Idle => "No traffic in this window.",
        Status::TooFewRequests => "Too few requests in this window to say more.",
        Status::Unknown => "The telemetry does not say how it is.",
        Status::Degraded | Status::Failing => "The server gave no reason.",
    }
}
