//! When the graph is asked for: at once when the question changes, and then a stream keeps it up to date while the page is in
//! sight and not paused. Where there is no stream (in a frame, in the past, where the server has no room or something
//! between holds events back) it is asked for every interval. A newer question ends the older one; failures are tried
//! again, later each time.

use super::stream::{Stream, Told};
use super::{Feed, Page, Standing};
use crate::api::{self, Answer, Failure, Leash};
use crate::state::shared::{effect, memo};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use model::{Extras, Graph, GraphParams, Subject};
use std::{sync::Arc, time::Duration};

const RETRY_FIRST_S: f64 = 2.0;
const RETRY_MOST_S: f64 = 60.0;
/// How long a new stream may take to say something until the graph is polled beside it, and then what it may take longer
/// than that. One that is held up on its way never says a word.
const FIRST_WORD_MS: f64 = 2_000.0;
/// How long a broken stream has for coming back; the browser tries after three seconds.
const BACK_MS: f64 = 6_000.0;
/// How long no stream is tried after one was refused; twice as long each time.
const REST_MS: f64 = 60_000.0;
const REST_DOUBLED_MOST: u32 = 4;

/// Timer, open request and open stream of the one conversation about the graph.
#[derive(Debug, Default)]
struct Conversation {
    leash: Option<Leash>,
    timer: Option<TimeoutHandle>,
    stream: Option<Stream>,
    /// Where the answers of the stream could be polled.
    address: String,
    /// What the graph that is held is called by the stream that it came from, so that the next one goes on from there.
    held: Option<String>,
    /// Counts the streams: what an older one says is not heard any more.
    turn: u32,
    /// The open stream has said something.
    flows: bool,
    refusals: u32,
    /// Until then no stream is tried, in milliseconds since 1970.
    rest_until_ms: f64,
}

type Line = StoredValue<Conversation, LocalStorage>;

pub(crate) fn start(page: Page) {
    let line: Line = StoredValue::new_local(Conversation::default());
    let question = memo(move || question(page));
    effect(move |before: Option<GraphParams>| {
        let wanted = question.get();
        // Quantiles that nobody looks at any more are left out of the next answer; that is no reason to ask now.
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
        let unanswered = line.with_value(|line| line.stream.is_some() && !line.flows);
        hang_up(line);
        if running {
            let age_ms = page.feed.with_untracked(|feed| feed.good_ms).map(|good| js_sys::Date::now() - good);
            let due_ms = interval_s as f64 * 1_000.0 - age_ms.unwrap_or(f64::INFINITY);
            schedule(page, line, if may_stream(page, line) { 0.0 } else { due_ms.max(0.0) });
        } else if unanswered {
            poll(page, line);
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
        if params.overlay == "throughput" {
            graph.extras = graph.extras.and(Extras::BYTES);
        }
        graph.percentiles = graph.percentiles || page.near.get() || panel || written || params.table;
        graph
    })
}

pub(crate) fn graph_address(page: Page, params: &GraphParams) -> String {
    format!("{}/api/v1/graph?{}", page.base_path(), params.to_query())
}

/// Ends the stream too; a request that is open still gets its answer.
fn hang_up(line: Line) {
    line.update_value(|line| {
        line.turn += 1;
        line.stream = None;
        if let Some(timer) = line.timer.take() {
            timer.clear();
        }
    });
}

fn later(line: Line, in_ms: f64, act: Box<dyn FnOnce()>) {
    let timer = set_timeout_with_handle(act, Duration::from_secs_f64(in_ms / 1_000.0));
    line.update_value(|line| {
        if let Some(older) = std::mem::replace(&mut line.timer, timer.ok()) {
            older.clear();
        }
    });
}

fn is_running(page: Page) -> bool {
    page.visible.get_untracked() && !page.params.with_untracked(|params| params.paused)
}

fn schedule(page: Page, line: Line, in_ms: f64) {
    page.feed.update(|feed| feed.next_ms = Some(js_sys::Date::now() + in_ms));
    let due = move || {
        if is_running(page) {
            ask(page, line);
        }
    };
    later(line, in_ms, Box::new(due));
}

impl Page {
    /// Whether there is any point in asking.
    fn has_source(self) -> bool {
        self.boot.with_value(|boot| boot.configured)
    }
}

/// The past has no stream. Frames poll, for one page may hold many of them, and a browser opens but six connections to
/// a server. After a failure polling is first, since it gets the words for it.
fn may_stream(page: Page, line: Line) -> bool {
    let rested = line.with_value(|line| line.rest_until_ms <= js_sys::Date::now());
    let live = page.params.with_untracked(|params| params.graph.at_s.is_none());
    let well = page.feed.with_untracked(|feed| feed.problem.is_none());
    rested && live && well && is_running(page) && !page.is_embedded()
}

fn ask(page: Page, line: Line) {
    if !page.has_source() {
        return;
    }
    hang_up(line);
    if !(may_stream(page, line) && listen(page, line)) {
        poll(page, line);
    }
}

/// Opens a stream; false where the browser has none.
fn listen(page: Page, line: Line) -> bool {
    let address = graph_address(page, &untrack(|| question(page)));
    let pace = model::duration::format_s(page.params.with_untracked(|params| params.refresh_s));
    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
    let turn = line.with_value(|line| line.turn);
    let held = line.with_value(|line| line.held.clone().filter(|_| line.address == address));
    let since = held.as_ref().map_or_else(String::new, |id| ["&since=", id].concat());
    let tell = move |told, id: String| {
        leptos::task::spawn_local(async move {
            pause().await;
            if line.try_with_value(|line| line.turn) == Some(turn) {
                if !id.is_empty() {
                    line.update_value(|line| line.held = Some(id));
                }
                hear(page, line, told);
            }
        });
    };
    let stream = Stream::open(&[path, "/stream?", query, "&refresh=", &pace, &since].concat(), tell);
    let opened = stream.is_some();
    line.update_value(|line| {
        (line.stream, line.address, line.flows, line.held) = (stream, address, false, held);
        // An older request is not waited for.
        line.leash = None;
    });
    if opened {
        page.feed.update(|feed| feed.asking = true);
        watch(page, line, FIRST_WORD_MS);
    }
    opened
}

/// Looks after the stream if nothing is heard until then.
fn watch(page: Page, line: Line, in_ms: f64) {
    later(line, in_ms, Box::new(move || unheard(page, line)));
}

fn unheard(page: Page, line: Line) {
    let (flows, polled) = line.with_value(|line| (line.flows, line.leash.is_some()));
    let asking = page.feed.with_untracked(|feed| feed.asking);
    if flows {
        give_up(page, line);
    } else if polled && !asking {
        rest(line);
        let interval_s = page.params.with_untracked(|params| params.refresh_s);
        schedule(page, line, interval_s as f64 * 1_000.0);
    } else {
        // It may be the source that is slow; then either is answered at once.
        if !polled {
            poll(page, line);
        }
        watch(page, line, FIRST_WORD_MS);
    }
}

/// Goes on without a stream for a while.
fn rest(line: Line) {
    hang_up(line);
    line.update_value(|line| {
        let rest_ms = REST_MS * f64::from(1_u32 << line.refusals.min(REST_DOUBLED_MOST));
        line.rest_until_ms = js_sys::Date::now() + rest_ms;
        line.refusals += 1;
    });
}

/// Polls, and then listens again.
fn give_up(page: Page, line: Line) {
    hang_up(line);
    poll(page, line);
}

fn hear(page: Page, line: Line, told: Told) {
    let fits = match told {
        // Who holds the newest graph is told nothing more.
        Told::Open if line.with_value(|line| !line.flows && line.held.is_none()) => return,
        Told::Open => {
            page.feed.update(|feed| feed.asking = false);
            true
        }
        Told::Broken => {
            let flows = line.with_value(|line| line.flows);
            return watch(page, line, if flows { BACK_MS } else { FIRST_WORD_MS });
        }
        Told::Refused => {
            rest(line);
            return poll(page, line);
        }
        Told::Problem(problem) => {
            page.feed.update(|feed| {
                (feed.asking, feed.problem) = (false, Some(problem));
            });
            true
        }
        Told::Whole(graph) => {
            page.feed.try_update(|feed| {
                feed.address = line.with_value(|line| line.address.clone());
                hold(feed, graph)
            }) == Some(true)
        }
        Told::Change(change) => {
            page.feed.try_update(|feed| {
                let next =
                    feed.graph.as_ref().and_then(|held| model::difference::apply(&change, held).ok()?);
                next.is_some_and(|next| hold(feed, Arc::new(next)))
            }) == Some(true)
        }
    };
    // What was polled beside it is not needed any more.
    line.update_value(|line| (line.flows, line.refusals, line.leash) = (true, 0, None));
    let wanted = graph_address(page, &untrack(|| question(page)));
    if fits && line.with_value(|line| line.address == wanted) {
        watch(page, line, silence_ms(page));
    } else {
        line.update_value(|line| line.held = None);
        ask(page, line);
    }
}

/// Always true: it is what a stream had to say.
fn hold(feed: &mut Feed, graph: Arc<Graph>) -> bool {
    (feed.asking, feed.problem, feed.failures) = (false, None, 0);
    (feed.good_ms, feed.next_ms, feed.etag) = (Some(js_sys::Date::now()), None, None);
    feed.graph = Some(graph);
    true
}

/// Longer than a stream that lives is silent: it may hang on a connection that is dead without having broken.
fn silence_ms(page: Page) -> f64 {
    let (refresh_s, window_s) =
        page.params.with_untracked(|params| (params.refresh_s, params.graph.window_s));
    let (scrape_s, retry_s) = page.feed.with_untracked(|feed| {
        let meta = feed.graph.as_ref().map(|graph| &graph.meta);
        let scrape_s = meta.and_then(|meta| meta.scrape_interval_s).unwrap_or_default();
        (scrape_s, meta.and_then(|meta| meta.stale.as_ref()).map_or(0.0, |stale| stale.retry_in_s))
    });
    let between_s = scrape_s.max(refresh_s.max(window_s / 60) as f64).max(retry_s);
    (3.0 * between_s + 15.0) * 1_000.0
}

fn poll(page: Page, line: Line) {
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
            Ok(answer) => {
                take(page, line, address, answer).filter(|_| line.with_value(|line| line.stream.is_none()))
            }
            Err(Failure::Told(problem)) => page.feed.try_update(|feed| {
                // That was why a stream was refused: it may be tried once this is over.
                line.update_value(|line| (line.rest_until_ms, line.refusals) = (0.0, 0));
                feed.asking = false;
                feed.problem = Some(problem);
                feed.failures += 1;
                retry_ms(feed.failures)
            }),
        };
        if let Some(next_ms) = next_ms {
            hang_up(line);
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
fn take(page: Page, line: Line, address: String, answer: Answer<Graph>) -> Option<f64> {
    let interval_ms = page.params.with_untracked(|params| params.refresh_s) as f64 * 1_000.0;
    page.feed.try_update(|feed| {
        feed.asking = false;
        feed.problem = None;
        feed.failures = 0;
        feed.good_ms = Some(js_sys::Date::now());
        if let Answer::Fresh { value, etag } = answer {
            line.update_value(|line| line.held = None);
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
