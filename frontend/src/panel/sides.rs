//! Traffic in and out, by protocol and class of code, with its percentiles.

use crate::state::shared::{Look, Views, memo, part};
use crate::widget::Section;
use leptos::prelude::*;
use model::{
    Protocol,
    detail::{ClassRate, NamedQuery, Side},
};
use view::format;

#[component]
pub(crate) fn Sides(
    title: &'static str,
    sides: Memo<Vec<Side>>,
    queries: Memo<Vec<NamedQuery>>,
) -> impl IntoView {
    let any = memo(move || sides.look(|sides| !sides.is_empty()));
    move || {
        any.get().then(|| {
            view! {
                <Section title=title queries=queries>
                    {part(move || sides.get().iter().map(side).views())}
                </Section>
            }
        })
    }
}

pub(crate) fn protocol_word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "HTTP",
        Protocol::Grpc => "gRPC",
        Protocol::Tcp => "TCP",
    }
}

fn side(side: &Side) -> impl IntoView + use<> {
    let mut facts: Vec<(String, String)> = Vec::new();
    if let Some(requests) = &side.requests {
        facts.push((protocol_word(side.protocol).to_owned(), format::rate(requests.rate_rps)));
    }
    if let Some(tcp) = &side.tcp {
        let mut fact =
            |name: &str, value: Option<String>| facts.extend(value.map(|value| (name.to_owned(), value)));
        fact("TCP sent", tcp.sent_bytes_per_s.map(format::bytes_per_s));
        fact("TCP received", tcp.received_bytes_per_s.map(format::bytes_per_s));
        fact("Connections opened", tcp.opened_per_s.map(per_second));
        fact("Connections closed", tcp.closed_per_s.map(per_second));
        fact("Ended by a fault", tcp.flagged_per_s.filter(|rate| *rate > 0.0).map(per_second));
    }
    let total: f64 = side.classes.iter().map(|class| class.rate_rps).sum();
    if total > 0.0 {
        facts.extend(side.classes.iter().map(|class| {
            (
                class_words(class),
                format!("{} · {}", format::rate(class.rate_rps), format::share(class.rate_rps / total)),
            )
        }));
    }
    if let Some(latency) = &side.latency {
        let named = [("p50", latency.p50), ("p90", latency.p90), ("p95", latency.p95), ("p99", latency.p99)];
        let mut parts: Vec<String> = named
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}{}{}", format::NBSP, format::quantile(value?))))
            .collect();
        parts
            .extend(latency.mean_ms.map(|mean| format!("mean{}{}", format::NBSP, format::duration_ms(mean))));
        facts.push(("Time to answer".into(), parts.join(" · ")));
    }
    view! {
        {(total > 0.0).then(|| bar(&side.classes, total))}
        <dl class="facts">{facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).views()}</dl>
    }
}

fn per_second(rate: f64) -> String {
    format::rate(rate).replace("rps", "per s")
}

fn class_words(class: &ClassRate) -> String {
    let name = if class.class == "-" { "No response" } else { &class.class };
    if class.error { format!("{name}, failed") } else { name.to_owned() }
}

/// Good, the client's fault, failed: one bar to scale.
fn bar(classes: &[ClassRate], total: f64) -> impl IntoView + use<> {
    let mut x = 0.0;
    let parts = classes
        .iter()
        .map(|class| {
            let width = class.rate_rps / total * 100.0;
            let kind = if class.error {
                "bad"
            } else if class.class == "4xx" {
                "client"
            } else {
                "good"
            };
            let part = view! { <rect class=kind x=format::px(x) y="0" width=format::px(width) height="7"/> };
            x += width;
            part
        })
        .views();
    view! { <div class="codes" aria-hidden="true"><svg viewBox="0 0 100 7" preserveAspectRatio="none">{parts}</svg></div> }
}
