//! A graph without anything in it: says whether there is traffic elsewhere in time or place, or no metrics at all.

use crate::state::shared::{click, part};
use crate::{
    api::{self, Answer, Failure, Leash},
    nav::Step,
    state::Page,
    widget::icon::logo,
};
use leptos::prelude::*;
use model::{GraphParams, status::Namespaces};
use view::format;

/// Longer windows that are looked at, one after the other.
const LONGER_S: [u64; 3] = [3_600, 21_600, 86_400];

/// What the empty answer was asked for, and what came with it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Empty {
    pub(super) asked: GraphParams,
    /// Series of requests came, though none of them counted anything.
    pub(super) any_series: bool,
    /// Others than the chosen have traffic.
    pub(super) others: bool,
}

/// Where there is some.
#[derive(Debug, Clone, PartialEq)]
enum Elsewhere {
    Looking,
    In {
        window_s: u64,
        whose: String,
    },
    Nowhere,
    /// The question failed.
    Unknown,
}

impl Empty {
    pub(super) fn title(&self) -> String {
        format!("No traffic in the last {}", format::window(self.asked.window_s))
    }

    fn is_narrow(&self) -> bool {
        self.asked.namespaces.is_some() || self.asked.focus.is_some()
    }
}

pub(super) fn message(page: Page, empty: Empty) -> AnyView {
    let elsewhere = look(page, &empty.asked);
    view! {
        <div class="state over">
            <div class="message sheet">{part(move || body(page, &empty, &elsewhere.get()))}</div>
        </div>
    }
    .into_any()
}

fn body(page: Page, empty: &Empty, elsewhere: &Elsewhere) -> AnyView {
    if *elsewhere == Elsewhere::Nowhere && !empty.any_series && !empty.others {
        return no_metrics();
    }
    let narrow = empty.is_narrow();
    let whole = move |_| {
        page.change(Step::Push, |params| {
            params.graph.namespaces = None;
            params.graph.focus = None;
        });
    };
    let longer = match elsewhere {
        Elsewhere::In { window_s, .. } => {
            let window_s = *window_s;
            let go = move |_| page.change(Step::Push, |params| params.graph.window_s = window_s);
            let words = format!("Show the last {}", format::window(window_s));
            Some(view! { <button class="button primary" type="button" on:click=click(go)>{words}</button> })
        }
        _ => None,
    };
    view! {
        <div class="rose">{logo()}</div>
        <h2>{empty.title()}</h2>
        <p>{if narrow { "Nothing was called in what you have chosen. " } else { "Prometheus answers, but nothing was called. " }}{sentence(elsewhere)}</p>
        <div class="acts">
            {longer}
            {(narrow && empty.others).then(|| view! { <button class="button" type="button" on:click=click(whole)>"Show everything with traffic"</button> })}
        </div>
    }
    .into_any()
}

fn sentence(elsewhere: &Elsewhere) -> String {
    match elsewhere {
        Elsewhere::Looking => "Looking at longer windows…".into(),
        Elsewhere::In { window_s, whose } => {
            format!("The last {} has traffic, in {whose}.", format::window(*window_s))
        }
        Elsewhere::Nowhere => "There was none in the last 24\u{a0}h either.".into(),
        Elsewhere::Unknown => "Whether a longer window has some could not be asked.".into(),
    }
}

fn no_metrics() -> AnyView {
    view! {
        <h2>"No Istio metrics"</h2>
        <p>"Prometheus answers, but held no requests or connections of Istio's in the last 24\u{a0}h. Check, in this order:"</p>
        <ol>
            <li>"That it is the right Prometheus: ask it for " <code>"istio_requests_total"</code> "."</li>
            <li>"That it scrapes the sidecars, gateways or ztunnels: their port 15020 or 15090 should be among its targets."</li>
            <li>"That metric names and labels are Istio's own: a relabelling may have renamed or dropped them."</li>
            <li>"That an extra matcher or tenant set for Portolan does not leave everything out."</li>
            <li>"That there is any traffic: a series begins with the first request."</li>
        </ol>
        <p><code>"portolan check"</code> " tries these and says what it finds."</p>
    }
    .into_any()
}

/// Asks for the namespaces of longer windows until one has traffic; ends with the message.
fn look(page: Page, asked: &GraphParams) -> RwSignal<Elsewhere> {
    let found = RwSignal::new(Elsewhere::Looking);
    let leash = Leash::new();
    let signal = leash.signal();
    StoredValue::new_local(leash);
    let base = page.base_path();
    let asked = GraphParams { percentiles: false, focus: None, hops: 1, ..asked.clone() };
    leptos::task::spawn_local(async move {
        let mut outcome = Elsewhere::Nowhere;
        for window_s in LONGER_S.into_iter().filter(|window_s| *window_s > asked.window_s) {
            let query = GraphParams { window_s, ..asked.clone() }.to_query();
            let address = format!("{base}/api/v1/namespaces?{query}");
            match api::fetch(&address, None, signal.as_ref()).await.and_then(api::read::<Namespaces>) {
                Err(Failure::Aborted) => return,
                Ok(Answer::Fresh { value, .. }) => {
                    if let Some(whose) = whose(&value, &asked) {
                        outcome = Elsewhere::In { window_s, whose };
                        break;
                    }
                }
                Ok(Answer::NotModified) | Err(Failure::Told(_)) => {
                    outcome = Elsewhere::Unknown;
                    break;
                }
            }
        }
        page.said.set(sentence(&outcome));
        found.try_set(outcome);
    });
    found
}

/// The namespaces that count here, in words; none where there are none.
fn whose(answer: &Namespaces, asked: &GraphParams) -> Option<String> {
    let counts = |namespace: &&model::graph::NamespaceSummary| {
        let chosen = asked.namespaces.as_ref();
        chosen.map_or(asked.system || !namespace.system, |chosen| chosen.contains(&namespace.name))
            && namespace.apps > 0
    };
    let names: Vec<&str> =
        answer.namespaces.iter().filter(counts).map(|namespace| namespace.name.as_str()).collect();
    match names.as_slice() {
        [] => None,
        [one, two, three, rest @ ..] if !rest.is_empty() => {
            Some(format!("{one}, {two}, {three} and {} more", rest.len()))
        }
        few => Some(few.join(", ")),
    }
}
