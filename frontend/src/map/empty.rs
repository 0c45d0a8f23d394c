//! A graph without anything in it: says when there was traffic and leads there, or that there are no metrics at all.

use crate::state::shared::{click, part};
use crate::{
    api::{self, Answer, Failure, Leash},
    nav::Step,
    state::Page,
    widget::icon::logo,
};
use leptos::prelude::*;
use model::{GraphParams, status::LastTraffic};
use view::format;

/// How far is looked back, and the windows that are offered in between.
const LONGER_S: [u64; 3] = [3_600, 21_600, 86_400];

/// What the empty answer was asked for, and what came with it.
#[derive(Debug, Clone)]
pub(super) struct Empty {
    pub(super) asked: GraphParams,
    /// End of the window, unix seconds.
    pub(super) at_s: i64,
    /// Series of requests came, though none of them counted anything.
    pub(super) any_series: bool,
    /// Others than the chosen have traffic.
    pub(super) others: bool,
}

/// When there was some.
#[derive(Debug, Clone, PartialEq)]
enum Last {
    Looking,
    Seen(i64),
    Never,
    /// The question failed.
    Unknown,
}

/// Minutes pass before the message is made anew: it must not change under the hand at each refresh.
impl PartialEq for Empty {
    fn eq(&self, other: &Self) -> bool {
        let told = |one: &Self| (one.at_s / 300, one.any_series, one.others);
        self.asked == other.asked && told(self) == told(other)
    }
}

impl Empty {
    pub(super) fn title(&self) -> String {
        format!("No traffic in the last {}", format::window(self.asked.window_s))
    }

    fn is_narrow(&self) -> bool {
        self.asked.namespaces.is_some() || self.asked.focus.is_some() || self.asked.clusters.is_some()
    }

    /// The shortest of the longer windows that still holds that moment.
    fn window_back_to(&self, seen_s: i64) -> Option<u64> {
        let back_s = (self.at_s - seen_s).unsigned_abs();
        LONGER_S.into_iter().find(|window_s| *window_s > self.asked.window_s && *window_s > back_s)
    }

    fn sentence(&self, last: &Last) -> String {
        match last {
            Last::Looking => "Looking back 24\u{a0}h…".into(),
            Last::Seen(seen_s) => {
                format!("Traffic was last seen {}.", format::since(*seen_s, self.at_s))
            }
            Last::Never => "There was none in the last 24\u{a0}h either.".into(),
            Last::Unknown => "When there was some could not be asked.".into(),
        }
    }
}

pub(super) fn message(page: Page, empty: Empty) -> AnyView {
    let last = look(page, empty.clone());
    view! {
        <div class="state over">
            <div class="message sheet">{part(move || body(page, &empty, &last.get()))}</div>
        </div>
    }
    .into_any()
}

fn body(page: Page, empty: &Empty, last: &Last) -> AnyView {
    if *last == Last::Never && !empty.any_series && !empty.others {
        return no_metrics();
    }
    let narrow = empty.is_narrow();
    let seen_s = if let Last::Seen(seen_s) = last { Some(*seen_s) } else { None };
    let then = seen_s.map(|seen_s| {
        let words = format!("Show {}", format::since(seen_s, empty.at_s).trim_start_matches("at\u{a0}"));
        act(page, "button primary", words, move |params| params.at_s = Some(seen_s))
    });
    let longer = seen_s.and_then(|seen_s| empty.window_back_to(seen_s)).map(|window_s| {
        let words = format!("Show the last {}", format::window(window_s));
        act(page, "button", words, move |params| params.window_s = window_s)
    });
    let whole = (narrow && empty.others).then(|| {
        act(page, "button", "Show everything with traffic".into(), |params| {
            params.namespaces = None;
            params.clusters = None;
            (params.focus, params.to) = (None, None);
        })
    });
    view! {
        <div class="rose">{logo()}</div>
        <h2>{empty.title()}</h2>
        <p>{if narrow { "Nothing was called in what you have chosen. " } else { "Prometheus answers, but nothing was called. " }}{empty.sentence(last)}</p>
        <div class="acts">{then}{longer}{whole}</div>
    }
    .into_any()
}

/// A button that asks for something else.
fn act(
    page: Page,
    class: &'static str,
    words: String,
    change: impl Fn(&mut GraphParams) + Copy + 'static,
) -> AnyView {
    let go = click(move |_| page.change(Step::Push, |params| change(&mut params.graph)));
    view! { <button class=class type="button" on:click=go>{words}</button> }.into_any()
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

/// Asks when these namespaces had traffic; ends with the message.
fn look(page: Page, empty: Empty) -> RwSignal<Last> {
    let found = RwSignal::new(Last::Looking);
    let leash = Leash::new();
    let signal = leash.signal();
    StoredValue::new_local(leash);
    let mut asked = empty.asked.clone();
    (asked.window_s, asked.focus) = (LONGER_S[2], None);
    let address = format!("{}/api/v1/last-traffic?{}", page.base_path(), asked.to_query());
    leptos::task::spawn_local(async move {
        let last = match api::fetch(&address, None, signal.as_ref()).await.and_then(api::read::<LastTraffic>)
        {
            Err(Failure::Aborted) => return,
            Ok(Answer::Fresh { value, .. }) => value.seen_s.map_or(Last::Never, Last::Seen),
            Ok(Answer::NotModified) | Err(Failure::Told(_)) => Last::Unknown,
        };
        page.said.set(empty.sentence(&last));
        found.try_set(last);
    });
    found
}
