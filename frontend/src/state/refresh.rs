//! When the graph is asked for: at once when the question changes, then every interval while the page is in sight and
//! not paused. A newer request ends the older one; failures are tried again, later each time.

use super::{Page, Standing};
use crate::api::{self, Answer, Failure, Leash};
use crate::state::shared::{effect, memo};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use model::{Graph, GraphParams, Subject};
use std::{sync::Arc, time::Duration};

const RETRY_FIRST_S: f64 = 2.0;
const RETRY_MOST_S: f64 = 60.0;

/// Timer and open request of the one conversation about the graph.
#[derive(Debug, Default)]
struct Conversation {
    leash: Option<Leash>,
    timer: Option<TimeoutHandle>,
}

type Line = StoredValue<Conversation, LocalStorage>;

pub(crate) fn start(page: Page) {
    let line: Line = StoredValue::new_local(Conversation::default());
    let question = memo(move || question(page));
    effect(move |before: Option<GraphParams>| {
        let wanted = question.get();
        // Quantiles that nobody looks at any more are left out of the next poll; that is no reason to ask now.
        let same_but_less = before.is_some_and(|mut old| {
            let fewer = old.percentiles && !wanted.percentiles;
            old.percentiles = wanted.percentiles;
            fewer && old == wanted
        });
        if !same_but_less {
            ask(page, line);
        }
        wanted
    });
    let running = memo(move || page.visible.get() && !page.params.with(|params| params.paused));
    let interval_s = memo(move || page.params.with(|params| params.refresh_s));
    effect(move |before: Option<bool>| {
        let running = running.get();
        let interval_s = interval_s.get();
        if before.is_none() {
            return running;
        }
        hang_up(line);
        if running {
            let age_ms = page.feed.with_untracked(|feed| feed.good_ms).map(|good| js_sys::Date::now() - good);
            let due_ms = interval_s as f64 * 1_000.0 - age_ms.unwrap_or(f64::INFINITY);
            schedule(page, line, due_ms.max(0.0));
        }
        running
    });
}

/// What to ask the server for, as the address and the reader's eye have it.
fn question(page: Page) -> GraphParams {
    page.params.with(|params| {
        let mut graph = params.graph.clone();
        let panel = matches!(params.selection, Some(Subject::Node { .. } | Subject::Row { .. }));
        let written = params.overlay == "latency" || params.labels.iter().any(|label| label == "p95");
        graph.percentiles = graph.percentiles || page.near.get() || panel || written || params.table;
        graph
    })
}

pub(crate) fn graph_address(page: Page, params: &GraphParams) -> String {
    format!("{}/api/v1/graph?{}", page.base_path(), params.to_query())
}

fn hang_up(line: Line) {
    line.update_value(|line| {
        if let Some(timer) = line.timer.take() {
            timer.clear();
        }
    });
}

fn schedule(page: Page, line: Line, in_ms: f64) {
    hang_up(line);
    page.feed.update(|feed| feed.next_ms = Some(js_sys::Date::now() + in_ms));
    let timer = set_timeout_with_handle(
        move || {
            let running = page.visible.get_untracked() && !page.params.with_untracked(|params| params.paused);
            if running {
                ask(page, line);
            }
        },
        Duration::from_secs_f64(in_ms / 1_000.0),
    );
    line.update_value(|line| line.timer = timer.ok());
}

impl Page {
    /// Whether there is any point in asking.
    fn has_source(self) -> bool {
        self.boot.with_value(|boot| boot.configured)
    }
}

fn ask(page: Page, line: Line) {
    if !page.has_source() {
        return;
    }
    hang_up(line);
    let leash = Leash::new();
    let signal = leash.signal();
    // Dropping the older leash aborts the older request.
    line.update_value(|line| line.leash = Some(leash));
    let address = graph_address(page, &untrack(|| question(page)));
    let etag =
        page.feed.with_untracked(|feed| (feed.address == address).then(|| feed.etag.clone()).flatten());
    page.feed.update(|feed| feed.asking = true);
    leptos::task::spawn_local(async move {
        let answer = api::fetch(&address, etag.as_deref(), signal.as_ref()).await.and_then(api::read);
        // A large answer takes its time to be read: what it changes is a task of its own, so that neither holds up the hand.
        pause().await;
        let next_ms = match answer {
            Err(Failure::Aborted) => return,
            Ok(answer) => take(page, address, answer),
            Err(Failure::Told(problem)) => page.feed.try_update(|feed| {
                feed.asking = false;
                feed.problem = Some(problem);
                feed.failures += 1;
                retry_ms(feed.failures)
            }),
        };
        if let Some(next_ms) = next_ms {
            schedule(page, line, next_ms);
        }
    });
}

/// Lets the browser see to the reader in between.
async fn pause() {
    let mut soon = |go_on: js_sys::Function, _| {
        // The timer belongs to this window, which is there as long as the page.
        let _ = window().set_timeout_with_callback(&go_on);
    };
    let _ = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut soon)).await;
}

/// Puts an answer in its place; gives the milliseconds until the next question.
fn take(page: Page, address: String, answer: Answer<Graph>) -> Option<f64> {
    let interval_ms = page.params.with_untracked(|params| params.refresh_s) as f64 * 1_000.0;
    page.feed.try_update(|feed| {
        feed.asking = false;
        feed.problem = None;
        feed.failures = 0;
        feed.good_ms = Some(js_sys::Date::now());
        if let Answer::Fresh { value, etag } = answer {
            feed.graph = Some(Arc::new(value));
            feed.etag = etag;
            feed.address = address;
        }
        match feed.graph.as_ref().and_then(|graph| graph.meta.stale.as_ref()) {
            Some(stale) => (stale.retry_in_s * 1_000.0).min(interval_ms).max(1_000.0),
            None => interval_ms,
        }
    })
}

/// Twice as long each time, with some jitter so that many pages do not knock at once.
fn retry_ms(failures: u32) -> f64 {
    let wait_s = (RETRY_FIRST_S * 2_f64.powi(failures.min(6).cast_signed() - 1)).min(RETRY_MOST_S);
    wait_s * (800.0 + 400.0 * js_sys::Math::random())
}

/// Whether the picture is older than it should be, or was never there because nobody answers.
pub(crate) fn is_lost(page: Page) -> bool {
    page.feed.with(|feed| feed.problem.is_some() || feed.standing() != Standing::Live)
}
