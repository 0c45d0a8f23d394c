//! A Prometheus that can be watched, held up and broken: the simulated mesh behind a proxy, one query kind at a time.
//! Knows the product only as a router; must not know its insides.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use graph::{Origin, QueryKind, Signals, Window};
use http_body_util::BodyExt as _;
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use model::Extras;
use portolan::{App, Config, router};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt as _;

/// What happens to a query instead of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Status500,
    Html,
    Truncated,
    /// No answer at all, until the client gives up.
    Silence,
    /// The answer comes, with a warning beside it.
    Warnings,
}

/// The proxy and what it has seen.
#[derive(Debug, Clone)]
pub(crate) struct Prometheus {
    pub(crate) url: String,
    state: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    upstream: Router,
    seen: Mutex<Vec<QueryKind>>,
    /// All queries, also those over other windows.
    texts: Mutex<Vec<String>>,
    /// The ends of the windows that columns were asked for.
    ends: Mutex<BTreeSet<String>>,
    /// None as a kind: every query.
    fault: Mutex<Option<(Option<QueryKind>, Fault)>>,
    /// Queries of this kind wait until it is None (or another).
    held: watch::Sender<Option<Hold>>,
    seen_count: watch::Sender<usize>,
    /// Its clock against ours.
    ahead_s: AtomicI64,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    All,
    Only(QueryKind),
}

impl Prometheus {
    /// For tests that count what a live window asks: the clock on the wall goes on in a test too, and from a scrape on it is
    /// longest until the next. To be called before anything is under way.
    pub(crate) async fn start_at_a_scrape() -> Self {
        const SCRAPE_MS: i64 = 15_000;
        let into_ms = Timestamp::now().checked_add(moved()).unwrap().as_millisecond().rem_euclid(SCRAPE_MS);
        skip(Duration::from_millis((SCRAPE_MS - into_ms).unsigned_abs())).await;
        Self::start().await
    }

    pub(crate) async fn start() -> Self {
        let mesh = portolan::demo::mesh(None, None).unwrap();
        let state = Arc::new(Shared {
            upstream: portolan::demo::router(mesh),
            seen: Mutex::default(),
            texts: Mutex::default(),
            ends: Mutex::default(),
            fault: Mutex::default(),
            held: watch::Sender::new(None),
            seen_count: watch::Sender::new(0),
            ahead_s: AtomicI64::new(0),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = Router::new().fallback(relay).with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { url, state }
    }

    pub(crate) fn break_kind(&self, kind: QueryKind, fault: Fault) {
        *self.state.fault.lock().unwrap() = Some((Some(kind), fault));
    }

    pub(crate) fn break_all(&self, fault: Fault) {
        *self.state.fault.lock().unwrap() = Some((None, fault));
    }

    /// Puts its clock, as its answers tell it.
    pub(crate) fn set_ahead(&self, seconds: i64) {
        self.state.ahead_s.store(seconds, Ordering::SeqCst);
    }

    pub(crate) fn mend(&self) {
        *self.state.fault.lock().unwrap() = None;
    }

    pub(crate) fn hold(&self, hold: Hold) {
        self.state.held.send_replace(Some(hold));
    }

    pub(crate) fn release(&self) {
        self.state.held.send_replace(None);
    }

    /// How often a kind was asked.
    pub(crate) fn asked(&self, kind: QueryKind) -> usize {
        self.state.seen.lock().unwrap().iter().filter(|seen| **seen == kind).count()
    }

    /// How often requests were asked for over a window of so many seconds.
    pub(crate) fn asked_over(&self, window_s: u64) -> usize {
        let texts = self.state.texts.lock().unwrap();
        let over = |text: &&String| {
            text.starts_with("sum by (reporter")
                && text.contains(&format!("istio_requests_total[{window_s}s]"))
        };
        texts.iter().filter(over).count()
    }

    /// Unix seconds, as they were sent.
    pub(crate) fn ends(&self) -> BTreeSet<String> {
        self.state.ends.lock().unwrap().clone()
    }

    pub(crate) fn asked_in_all(&self) -> usize {
        self.state.seen.lock().unwrap().len()
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.state.most_in_flight.load(Ordering::SeqCst)
    }

    /// Waits until this kind has been asked.
    pub(crate) async fn until_asked(&self, kind: QueryKind) {
        self.until_asked_times(kind, 1).await;
    }

    pub(crate) async fn until_asked_times(&self, kind: QueryKind, times: usize) {
        let mut count = self.state.seen_count.subscribe();
        while self.asked(kind) < times {
            count.changed().await.unwrap();
        }
    }

    /// The product on this Prometheus, as a function from request to response.
    pub(crate) fn product(&self) -> Product {
        self.product_with(|_| {})
    }

    pub(crate) fn product_with(&self, change: impl FnOnce(&mut Config)) -> Product {
        let mut config = Config::for_prometheus(&self.url).unwrap();
        change(&mut config);
        Product::new(config)
    }
}

/// The answer says what time it is, by the clock that tests move.
async fn relay(state: State<Arc<Shared>>, request: Request) -> Response {
    let ahead = SignedDuration::from_secs(state.ahead_s.load(Ordering::SeqCst));
    let mut response = relayed(state, request).await;
    let now = Timestamp::now().checked_add(moved()).unwrap().checked_add(ahead).unwrap();
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap();
    response.headers_mut().insert(header::DATE, HeaderValue::from_str(&date).unwrap());
    response
}

/// Lets time pass at once, for all timers and for both sides' clocks.
pub(crate) async fn pass(seconds: u64) {
    skip(Duration::from_secs(seconds)).await;
}

async fn skip(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// By how much tests have moved the clocks.
fn moved() -> Duration {
    tokio::time::Instant::now().into_std().saturating_duration_since(Instant::now())
}

async fn relayed(State(state): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    let promql = form.iter().find(|(key, _)| key == "query").map(|(_, value)| value.as_str());
    state.texts.lock().unwrap().extend(promql.map(str::to_owned));
    let Some(kind) = promql.and_then(kind_of) else {
        return state.upstream.clone().oneshot(Request::from_parts(parts, Body::from(body))).await.unwrap();
    };
    let _flight = Flight::new(&state);
    state.seen.lock().unwrap().push(kind);
    let ends = form.iter().filter(|(key, _)| key == "time" || key == "end");
    state.ends.lock().unwrap().extend(ends.map(|(_, at_s)| at_s.clone()));
    state.seen_count.send_modify(|count| *count += 1);
    let mut held = state.held.subscribe();
    held.wait_for(|hold| !matches!(hold, Some(Hold::All)) && *hold != Some(Hold::Only(kind))).await.unwrap();
    let fault = *state.fault.lock().unwrap();
    let fault = fault.filter(|(only, _)| only.is_none_or(|only| only == kind)).map(|(_, fault)| fault);
    let answer = || state.upstream.clone().oneshot(Request::from_parts(parts, Body::from(body)));
    match fault {
        None => answer().await.unwrap(),
        Some(Fault::Status500) => (StatusCode::INTERNAL_SERVER_ERROR, "out of luck").into_response(),
        Some(Fault::Html) => {
            ([(header::CONTENT_TYPE, "text/html")], "<!doctype html><h1>Sign in</h1>").into_response()
        }
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::Truncated) => {
            let whole = unpacked(answer().await.unwrap()).await;
            whole[..whole.len() / 2].to_owned().into_response()
        }
        Some(Fault::Warnings) => {
            let whole = unpacked(answer().await.unwrap()).await;
            format!("{{\"warnings\":[\"one store did not answer\"],{}", &whole[1..]).into_response()
        }
    }
}

async fn unpacked(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// Counts queries while they are being answered, also those that the client gave up.
struct Flight(Arc<Shared>);

impl Flight {
    fn new(state: &Arc<Shared>) -> Self {
        let now = state.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_in_flight.fetch_max(now, Ordering::SeqCst);
        Self(state.clone())
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Which column a query fills; None for the preflight's. Only for the default window on a grid of whole seconds, and where
/// requests are told apart by their operation.
fn kind_of(promql: &str) -> Option<QueryKind> {
    static PLAN: LazyLock<Vec<graph::Query>> = LazyLock::new(|| {
        let extras =
            [Extras::BYTES, Extras::MESSAGES, Extras::SIZES, Extras::OPEN, Extras::SUCCESSFUL, Extras::IDLE];
        let extras = extras.into_iter().fold(Extras::NONE, Extras::and);
        let window = Window { at_s: 0, window_s: 600, scrape_interval_s: Some(15.0) };
        let by_label = Origin { operations: Some("request_operation".to_owned()), ..Origin::default() };
        let plan = |origin: &Origin| {
            graph::plan(origin, Signals { percentiles: true, slow_lane: true, extras }, &window)
        };
        [plan(&Origin::default()), plan(&by_label)].concat()
    });
    let planned = PLAN.iter().find(|query| query.promql == promql).map(|query| query.kind);
    // Of buckets it depends on what came before which are asked for.
    planned.or_else(|| {
        let of = |metric: &str| promql.contains(metric);
        let successful = of("response_code!~");
        let kinds = [
            (of("istio_request_duration_milliseconds_bucket") && successful, QueryKind::SuccessfulBucket),
            (of("istio_request_duration_milliseconds_bucket"), QueryKind::DurationBucket),
            (of("istio_request_bytes_sum"), QueryKind::RequestBytes),
            (of("istio_response_bytes_sum"), QueryKind::ResponseBytes),
            (of("istio_request_bytes_bucket"), QueryKind::RequestSize),
            (of("istio_response_bytes_bucket"), QueryKind::ResponseSize),
        ];
        let grouped = promql.starts_with("sum by (");
        kinds.into_iter().find(|(is_it, _)| grouped && *is_it).map(|(_, kind)| kind)
    })
}

/// The product without a socket.
#[derive(Debug, Clone)]
pub(crate) struct Product(Router);

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// A stream that is open.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) headers: HeaderMap,
    body: Body,
    heard: String,
}

/// One event of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) data: Value,
}

impl Stream {
    /// The next piece, as it came; None at the end.
    pub(crate) async fn piece(&mut self) -> Option<Vec<u8>> {
        Some(self.body.frame().await?.unwrap().into_data().unwrap().to_vec())
    }

    /// The next event; comments are passed over.
    pub(crate) async fn event(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.heard.split_once("\n\n") {
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
                    line.unwrap_or_default().to_owned()
                };
                let (name, id, data) = (field("event"), field("id"), field("data"));
                self.heard = rest.to_owned();
                if !name.is_empty() {
                    return Some(Event { name, id, data: serde_json::from_str(&data).unwrap() });
                }
            }
            let piece = self.piece().await?;
            self.heard.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }
}

impl Product {
    /// Opens a stream that is not refused.
    pub(crate) async fn stream(&self, path: &str, headers: &[(&str, &str)]) -> Stream {
        let mut request = Request::get(path).header("host", "127.0.0.1:20001");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.0.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let (parts, body) = response.into_parts();
        Stream { headers: parts.headers, body, heard: String::new() }
    }

    /// One of its own figures.
    pub(crate) async fn figure(&self, name: &str) -> usize {
        let text = self.get("/metrics").await.text();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0, |value| value.parse().unwrap())
    }

    /// Waits until that figure is this.
    pub(crate) async fn until_figure(&self, name: &str, value: usize) {
        while self.figure(name).await != value {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn new(config: Config) -> Self {
        Self(router(App::new(config).unwrap()))
    }

    pub(crate) async fn send(&self, request: Request) -> Answer {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// Without a `host` among the headers it is called by its loopback name.
    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path);
        if headers.iter().all(|(name, _)| *name != "host") {
            request = request.header("host", "127.0.0.1:20001");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks status and form of a problem document, and returns it.
    pub(crate) fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        problem
    }
}
