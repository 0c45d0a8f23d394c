//! The honest pictures of when there is no picture: first load, nothing to ask, no traffic, no answer.

use super::{
    empty::{self, Empty},
    stand::Stand,
};
use crate::state::shared::{effect, memo, part};
use crate::{
    api::{self, Answer, Leash},
    frame::strip,
    state::{Page, Standing, page, storage, store},
};
use leptos::prelude::*;
use model::{GraphParams, Problem, status::Waiting};
use view::format;

/// Which of them is shown.
#[derive(Debug, Clone, PartialEq)]
enum State {
    Drawn,
    NotConfigured,
    Asking,
    Failed(Problem),
    NoTraffic(Box<Empty>),
}

#[component]
pub(crate) fn States() -> impl IntoView {
    let page = page();
    let state = memo(move || state_of(page));
    announce(page, state);
    view! {
        {part(move || match state.get() {
            State::Drawn => ().into_any(),
            State::NotConfigured => not_configured().into_any(),
            State::Asking => asking(page),
            State::Failed(problem) => failed(page, &problem).into_any(),
            State::NoTraffic(empty) => empty::message(page, *empty),
        })}
    }
}

fn state_of(page: Page) -> State {
    if page.boot.with_value(|boot| !boot.configured) {
        return State::NotConfigured;
    }
    page.feed.with(|feed| match (&feed.graph, &feed.problem) {
        (Some(graph), _) if graph.nodes.is_empty() => State::NoTraffic(Box::new(Empty {
            asked: GraphParams { percentiles: false, ..feed.asked() },
            at_s: graph.meta.at_s,
            any_series: graph.meta.quality.rows > 0,
            others: !graph.namespaces.is_empty(),
        })),
        (Some(_), _) => State::Drawn,
        (None, Some(problem)) => State::Failed(problem.clone()),
        (None, None) => State::Asking,
    })
}

/// Says each state once, and that it has passed.
fn announce(page: Page, state: Memo<State>) {
    let words = memo(move || match state.get() {
        State::NotConfigured => "No Prometheus is set".into(),
        State::Asking => "Asking Prometheus".into(),
        State::Failed(problem) => format!("{}. {}", problem.title, problem.detail),
        State::NoTraffic(empty) => empty.title(),
        State::Drawn => drawn_words(page),
    });
    effect(move |before: Option<String>| {
        let words = words.get();
        let was_bad = before.is_some_and(|before| before.starts_with(NOT_UP_TO_DATE));
        if !words.is_empty() {
            page.said.set(words.clone());
        } else if was_bad {
            page.said.set("Up to date again".into());
        }
        words
    });
}

const NOT_UP_TO_DATE: &str = "Not up to date";

/// What is wrong with a picture that is there; empty where nothing is.
fn drawn_words(page: Page) -> String {
    page.feed.with(|feed| match (feed.standing(), &feed.graph) {
        (Standing::Lost { reason, .. }, _) => format!("{NOT_UP_TO_DATE}: {reason}"),
        (Standing::Live, Some(graph)) if strip::is_partial(graph) => {
            let why = graph.meta.warnings.first().map_or("", |warning| warning.sentence.as_str());
            format!("Partial: {why}")
        }
        _ => String::new(),
    })
}

const SHAPE_KEY: &str = "portolan.shape";

/// Keeps where the cards stand, for the next first load of the same question.
pub(super) fn remember_shape(question: &str, stand: Stand) {
    let Some(shape) =
        stand.with(|stage| stage.picture.as_ref().map(super::picture::Picture::shape)).flatten()
    else {
        return;
    };
    let kept = format!("{question}|{shape}");
    if storage::get(SHAPE_KEY).as_ref() != Some(&kept) {
        storage::set(SHAPE_KEY, &kept);
    }
}

/// The last known shape in grey, or six blank cards; nothing shimmers.
fn asking(page: Page) -> AnyView {
    let question = store::question_of(page.params.with_untracked(|params| params.graph.clone()));
    let kept = storage::get(SHAPE_KEY).unwrap_or_default();
    let shape = kept.strip_prefix(&question).and_then(|rest| rest.strip_prefix('|'));
    let blanks = match shape.and_then(|shape| shape.split_once('|')) {
        Some((frame, path)) => {
            let width = frame.split(' ').nth(2).unwrap_or_default().to_owned();
            view! { <svg class="shape" width=width viewBox=frame.to_owned() aria-hidden="true"><path d=path.to_owned()/></svg> }.into_any()
        }
        None => view! {
            <div class="blanks" aria-hidden="true"><span></span><span></span><span></span><span></span><span></span><span></span></div>
        }
        .into_any(),
    };
    let counted = counted(page);
    view! { <div class="state over">{blanks}<div class="asking">"Asking Prometheus…"{part(move || counted.get())}</div></div> }
        .into_any()
}

/// From the first second on: how many of the queries have been answered.
fn counted(page: Page) -> RwSignal<String> {
    let words = RwSignal::new(String::new());
    let leash = StoredValue::new_local(None::<Leash>);
    effect(move |before: Option<()>| {
        page.now_ms.track();
        if before.is_none() {
            return;
        }
        let mine = Leash::new();
        let signal = mine.signal();
        leash.set_value(Some(mine));
        let address = untrack(|| page.address_at_source("/api/v1/status"));
        leptos::task::spawn_local(async move {
            let answer = api::fetch(&address, None, signal.as_ref()).await.and_then(api::read::<Waiting>);
            if let Ok(Answer::Fresh { value: Waiting { asking: Some(asking) }, .. }) = answer
                && asking.of > 0
            {
                let about =
                    asking.about_s.map_or_else(String::new, |about_s| format!(", about {about_s} s in all"));
                words.try_set(format!(" {} of {} queries answered{about}", asking.answered, asking.of));
            }
        });
    });
    words
}

fn not_configured() -> impl IntoView {
    view! {
        <div class="state over">
            <div class="message sheet">
                <h2>"No Prometheus is set"</h2>
                <p>"Portolan draws what a Prometheus has scraped from the mesh. Tell it where that is, then reload this page:"</p>
                <pre>"portolan --prometheus http://prometheus.monitoring:9090"</pre>
                <p>"or set " <code>"PORTOLAN_PROMETHEUS"</code> " in its environment. To look round first, start " <code>"portolan demo"</code> "."</p>
            </div>
        </div>
    }
}

fn failed(page: Page, problem: &Problem) -> impl IntoView + use<> {
    let next = move || next_attempt(page, page.feed.with(|feed| feed.next_ms));
    view! {
        <div class="state over">
            <div class="message sheet">
                <h2>{problem.title.clone()}</h2>
                <p>{problem.detail.clone()}</p>
                <p>{next}</p>
            </div>
        </div>
    }
}

/// Below a greyed picture, where it covers nothing of it: why, how old, and when it is tried again.
pub(crate) fn lost(page: Page) -> Option<impl IntoView> {
    let Standing::Lost { reason, seen_ms, next_ms } = page.feed.with(crate::state::Feed::standing) else {
        return None;
    };
    let age = move || format::age((page.now_ms.get() - seen_ms) / 1_000.0);
    Some(view! {
        <div class="lost">
            <b>"Not up to date. "</b>{reason}
            <div class="sub">"What is drawn was measured "{age}". "<span aria-live="off">{part(move || next_attempt(page, next_ms))}</span></div>
        </div>
    })
}

fn next_attempt(page: Page, next_ms: Option<f64>) -> String {
    if page.feed.with(|feed| feed.asking) {
        return "Trying again now…".into();
    }
    if page.params.with(|params| params.paused) {
        return "The refresh is paused; press p to try again.".into();
    }
    let left_s = next_ms.map_or(0.0, |next| (next - page.now_ms.get()) / 1_000.0);
    if left_s < 1.0 {
        "Trying again in a moment.".into()
    } else {
        format!("Trying again in {}{}s.", left_s.round() as i64, format::NBSP)
    }
}
