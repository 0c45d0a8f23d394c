//! `GET /api/v1/graph/stream`: the graph of a live window, whole and then as differences, for any number of viewers.

mod channel;
mod frame;
mod question;
mod viewer;

use super::ask::GraphAsk;
use crate::app::App;
use crate::collector::NoRoom;
use crate::error::ApiError;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use channel::{Channel, News};
use question::Question;
use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use viewer::{Seat, Viewer};

/// Questions that are kept up to date at once, and what their graphs may weigh together.
const MOST_QUESTIONS: usize = 300;
const MOST_BYTES: usize = 128_000_000;
/// How long a question's graphs are remembered for who comes back.
const KEPT_FOR: Duration = Duration::from_mins(1);
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// All open streams.
#[derive(Debug)]
pub(crate) struct Channels {
    by_question: Mutex<HashMap<String, Arc<Channel>>>,
    places: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

impl Channels {
    pub(crate) fn new(most_streams: usize) -> Self {
        Self {
            by_question: Mutex::default(),
            places: Arc::new(Semaphore::new(most_streams)),
            stopping: watch::Sender::new(false),
        }
    }

    /// Ends all streams in good order, also those that are still to come.
    pub(crate) fn end(&self) {
        self.stopping.send_replace(true);
    }

    /// The channel for this question, with a place in it.
    fn join(&self, app: &App, question: Question) -> Result<(Arc<Channel>, watch::Receiver<News>), ApiError> {
        let mut channels = self.by_question.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = channels.get(&question.name) {
            let news = channel.subscribe();
            channel.bell.notify_one();
            return Ok((channel.clone(), news));
        }
        let bytes: usize = channels.values().map(|channel| channel.bytes()).sum();
        if channels.len() >= MOST_QUESTIONS || bytes >= MOST_BYTES {
            return Err(refused("Too many different graphs are being streamed already."));
        }
        let channel = Arc::new(Channel::new(new_epoch()));
        let news = channel.subscribe();
        channels.insert(question.name.clone(), channel.clone());
        tokio::spawn(drive(app.clone(), question, channel.clone()));
        Ok((channel, news))
    }

    /// Strikes a channel off, unless somebody has come to it meanwhile.
    fn strike_off(&self, name: &str, channel: &Channel, with_viewers: bool) -> bool {
        let mut channels = self.by_question.lock().unwrap_or_else(PoisonError::into_inner);
        let may_go = with_viewers || !channel.has_viewers();
        if may_go {
            channels.remove(name);
        }
        may_go
    }
}

/// Serves a channel for as long as anybody comes to it.
async fn drive(app: App, question: Question, channel: Arc<Channel>) {
    loop {
        if channel.serve(&question).await.is_err() {
            app.0.channels.strike_off(&question.name, &channel, true);
            return;
        }
        tokio::select! {
            () = channel.bell.notified() => {}
            () = tokio::time::sleep(KEPT_FOR) => {
                if app.0.channels.strike_off(&question.name, &channel, false) {
                    return;
                }
            }
        }
    }
}

fn new_epoch() -> String {
    format!("{:012x}", RandomState::new().hash_one(0_u8) >> 16)
}

fn refused(why: &str) -> ApiError {
    let detail = format!("{why} Poll /api/v1/graph instead, or try again later.");
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "no-stream", "No stream can be opened", detail)
        .retry_after(60)
}

fn no_room(full: NoRoom) -> ApiError {
    refused(match full {
        NoRoom::ForWindow => {
            "Four other windows are kept fresh already; a fifth is asked for on demand only."
        }
        NoRoom::ForLabel => {
            "Two other labels are kept fresh as `operations` of this window already; a third is asked for on demand only."
        }
    })
}

/// The service graph, kept up to date
///
/// Server-sent events. `graph` has the whole graph, as `/api/v1/graph` gives it; each `change` has the difference to the
/// graph before it, of parts that changed only the fields that did; `problem` tells why there is none. Ids count the
/// graphs: with `Last-Event-ID` a stream goes on where it broke off, or begins anew with the whole. While Prometheus
/// fails, changes carry `meta.stale`. Comments keep the connection alive. A moment of the past (`at`) has no stream.
/// Where there is no room for another stream, poll `/api/v1/graph`.
#[utoipa::path(
    get,
    path = "/api/v1/graph/stream",
    params(
        super::openapi::GraphQuery,
        ("refresh" = Option<String>, Query, description = "The least time between two graphs, such as `30s`; default: each one there is"),
        ("since" = Option<String>, Query, description = "As `Last-Event-ID`, for who opens a new stream")
    ),
    responses(
        (status = 200, description = "Events; the data of a `change` is described here", body = model::Difference, content_type = "text/event-stream"),
        crate::api::responses::Refusals
    )
)]
pub(super) async fn stream(
    State(app): State<App>,
    asked: GraphAsk,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let since = asked.value("since").map(str::to_owned);
    let question = Question::read(&app, asked)?;
    if app.config().prometheus.is_none() {
        // It says so in its own words.
        question.collector.newest(question.ask.clone()).await?;
    }
    let channels = &app.0.channels;
    let place = channels.places.clone().try_acquire_owned();
    let place = place.map_err(|_| refused("As many streams are open as there may be."))?;
    let seat =
        Seat { stopping: channels.stopping.subscribe(), counted: (app.0.metrics.viewers.streaming(), place) };
    let text =
        |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let gzip = crate::page::accepts(text(&header::ACCEPT_ENCODING), "gzip");
    let (channel, news) = channels.join(&app, question)?;
    let mut viewer = Viewer::new(channel, news, seat, gzip);
    // The browser's own word is the newer one: it comes back with it to the same address.
    let last = text(&LAST_EVENT_ID);
    viewer.resume(if last.is_empty() { since.as_deref().unwrap_or_default() } else { last });
    viewer.settled().await.map_err(|error| (*error).clone())?;
    Ok(answer(viewer, gzip))
}

fn answer(viewer: Viewer, gzip: bool) -> Response {
    let pieces = futures::stream::unfold(viewer, |mut viewer| async move {
        let piece = viewer.next().await?;
        Some((Ok::<_, Infallible>(piece), viewer))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Else nginx keeps events back until it has a few kilobytes.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    if gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}
