//! The small card beside the pointer: what it is over, in short.

use super::stand::Stand;
use crate::state::{page, selection, shared::Look};
use leptos::prelude::*;
use model::{Graph, Latency, Reason, Requests, Subject, Tcp};
use view::format;

/// Wider than it will be: then it opens to the other side.
const ROOM_PX: f64 = 300.0;
const ROOM_BELOW_PX: f64 = 130.0;

#[derive(Debug, Clone, PartialEq)]
struct Words {
    title: String,
    figures: String,
    why: Option<String>,
}

#[component]
pub(crate) fn HoverCard(stand: Stand) -> impl IntoView {
    let page = page();
    move || {
        let hover = page.hover.get()?;
        let words = page.drawn.look(|drawn| words(&drawn.as_ref()?.graph, &hover.subject))?;
        let element = stand.element.get_untracked()?;
        let (width, height) = (f64::from(element.client_width()), f64::from(element.client_height()));
        let left = if hover.x + 16.0 + ROOM_PX > width {
            (hover.x - 16.0 - ROOM_PX).max(4.0)
        } else {
            hover.x + 16.0
        };
        let top = if hover.y + ROOM_BELOW_PX > height {
            (hover.y - ROOM_BELOW_PX + 20.0).max(4.0)
        } else {
            hover.y + 18.0
        };
        Some(view! {
            <div class="hover-card over sheet" aria-hidden="true" style:left=format!("{}px", format::px(left)) style:top=format!("{}px", format::px(top))>
                <b>{words.title}</b>
                <div>{words.figures}</div>
                {words.why.map(|why| view! { <div class="why-line">{why}</div> })}
            </div>
        })
    }
}

fn words(graph: &Graph, subject: &Subject) -> Option<Words> {
    match subject {
        Subject::Node { id } => {
            let node = selection::node_of(graph, id)?;
            let place =
                node.namespace.as_ref().map(|namespace| format!(" in {namespace}")).unwrap_or_default();
            let size = node.version.as_ref().filter(|_| node.flags.folded);
            let size = size.map(|size| [", ", size].concat()).unwrap_or_default();
            Some(Words {
                title: [&*node.name, &place, &size].concat(),
                figures: figures(node.requests.as_ref(), node.latency.as_ref(), node.tcp.as_ref()),
                why: first(&node.health.reasons),
            })
        }
        Subject::Row { node, row } => {
            let node = selection::node_of(graph, node)?;
            let row = node.versions.iter().find(|version| version.key == *row)?;
            let share =
                row.share.map(|share| format!("{} of requests · ", format::share(share))).unwrap_or_default();
            Some(Words {
                title: format!("{} {}", node.name, row.name),
                figures: share + &figures(row.requests.as_ref(), row.latency.as_ref(), row.tcp.as_ref()),
                why: row.comparison.as_ref().map(|comparison| comparison.sentence.clone()),
            })
        }
        Subject::Edge { id } => {
            let edge = selection::edge_of(graph, id)?;
            let name = |id: &str| {
                selection::node_of(graph, id).map_or_else(|| id.to_owned(), |node| node.name.clone())
            };
            Some(Words {
                title: format!("{} → {}", name(&edge.source), name(&edge.target)),
                figures: figures(edge.requests.as_ref(), edge.latency.as_ref(), edge.tcp.as_ref()),
                why: first(&edge.health.reasons),
            })
        }
    }
}

fn first(reasons: &[Reason]) -> Option<String> {
    reasons.first().map(|reason| reason.sentence.clone())
}

fn figures(requests: Option<&Requests>, latency: Option<&Latency>, tcp: Option<&Tcp>) -> String {
    let mut parts = Vec::new();
    if let Some(requests) = requests {
        parts.push(format::rate(requests.rate_rps));
        parts.extend(
            requests
                .error_share
                .filter(|share| *share > 0.0)
                .map(|share| format!("{} fail", format::share(share))),
        );
    }
    if let Some(latency) = latency {
        let p95 = latency.p95.map(|p95| format!("p95 {}", format::quantile(p95)));
        parts.extend(
            p95.or_else(|| latency.mean_ms.map(|mean| format!("mean {}", format::duration_ms(mean)))),
        );
    }
    if let Some(tcp) = tcp {
        parts.extend(tcp.sent_bytes_per_s.map(|sent| format!("{} sent", format::bytes_per_s(sent))));
        parts.extend(
            tcp.received_bytes_per_s.map(|received| format!("{} received", format::bytes_per_s(received))),
        );
    }
    parts.join(" · ")
}
