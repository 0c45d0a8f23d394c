//! The four or so large figures at the top of a panel.

use crate::state::shared::{Views, part};
use leptos::prelude::*;
use model::{Latency, Requests, Tcp};
use view::format;

/// Name, figure with its unit behind the last no-break space.
pub(crate) type Figure = (&'static str, String);

#[component]
pub(crate) fn Figures(figures: Memo<Vec<Figure>>) -> impl IntoView {
    view! {
        <dl class="figures">
            {part(move || figures.get().into_iter().map(|(name, figure)| {
                let (number, unit) = figure.split_once(format::NBSP).map_or((figure.as_str(), ""), |(number, unit)| (number, unit));
                let unit = (!unit.is_empty()).then(|| format!(" {unit}"));
                view! { <div><dt>{name}</dt><dd>{number.to_owned()}<small>{unit}</small></dd></div> }
            }).views())}
        </dl>
    }
}

pub(crate) fn of(
    requests: Option<&Requests>,
    latency: Option<&Latency>,
    tcp: Option<&Tcp>,
    mtls: Option<f64>,
) -> Vec<Figure> {
    let mut figures = Vec::new();
    if let Some(requests) = requests {
        figures.push(("Requests", format::rate(requests.rate_rps)));
        figures.push((
            "Errors",
            requests.error_share.map_or_else(|| format::NOT_APPLICABLE.into(), format::share),
        ));
        figures.push(typical(latency));
    }
    if let Some(tcp) = tcp {
        let bytes = |value: Option<f64>| value.map_or_else(|| format::UNKNOWN.into(), format::bytes_per_s);
        figures.push(("Sent", bytes(tcp.sent_bytes_per_s)));
        figures.push(("Received", bytes(tcp.received_bytes_per_s)));
    }
    figures.push(("mTLS", mtls.map_or_else(|| format::UNKNOWN.into(), format::share)));
    figures
}

/// p95 where it is known, else the mean, else a question mark.
fn typical(latency: Option<&Latency>) -> Figure {
    let p95 = latency.and_then(|latency| latency.p95);
    let mean = latency.and_then(|latency| latency.mean_ms);
    match (p95, mean) {
        (Some(p95), _) => ("p95", format::quantile(p95)),
        (None, Some(mean)) => ("Mean", format::duration_ms(mean)),
        _ => ("p95", format::UNKNOWN.into()),
    }
}
