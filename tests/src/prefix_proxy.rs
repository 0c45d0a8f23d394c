//! A reverse proxy that keeps the path: what comes under its prefix goes to the product as it came, all else is its own.
//! It may treat streams badly, as some do. Must not know what the product answers, nor change it.

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

const REQUEST_BYTES: usize = 1_000_000;

/// These belong to one connection, not to the message.
const OF_THE_CONNECTION: [HeaderName; 5] =
    [header::CONNECTION, header::TRANSFER_ENCODING, header::TE, header::TRAILER, header::UPGRADE];

/// What becomes of answers that do not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Streams {
    /// They go out as they come in.
    Pass,
    /// As by a server that has no room for one more.
    Refused,
    /// Nothing goes out before all has come in, which it never has.
    HeldBack,
}

/// A site that has the product below one of its folders. Ends when it is dropped.
#[derive(Debug)]
pub struct PrefixProxy {
    addr: SocketAddr,
    prefix: String,
    streams: watch::Sender<Streams>,
    task: JoinHandle<()>,
}

#[derive(Debug, Clone)]
struct Route {
    /// The product's scheme and authority, without its path.
    origin: String,
    prefix: String,
    streams: watch::Receiver<Streams>,
    client: reqwest::Client,
}

impl PrefixProxy {
    /// `product_url` is the product's origin, with or without the prefix that it serves under; `prefix` is like `/x/y`.
    pub async fn start(product_url: &str, prefix: &str) -> Result<Self> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder()
            .no_proxy()
            // What the product packed stays packed, and where it redirects to is for the browser to see.
            .no_gzip()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let origin = product_url.trim_end_matches('/');
        let origin = origin.strip_suffix(prefix).unwrap_or(origin).to_owned();
        let (streams, told) = watch::channel(Streams::Pass);
        let route = Route { origin, prefix: prefix.to_owned(), streams: told, client };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let service = Router::new().fallback(relay).with_state(route);
        let task = tokio::spawn(async move { axum::serve(listener, service).await.unwrap_or_default() });
        Ok(Self { addr, prefix: prefix.to_owned(), streams, task })
    }

    /// How streams that are opened from now on are treated.
    pub fn treat_streams(&self, streams: Streams) {
        self.streams.send_replace(streams);
    }

    /// Where the product is for a browser: with the prefix, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin(), self.prefix)
    }

    /// The site itself, without a slash at the end. Nothing of the product answers there.
    pub fn origin(&self) -> String {
        format!("http://{}", self.addr)
    }
}

impl Drop for PrefixProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn relay(State(route): State<Route>, request: Request) -> Response {
    let path = request.uri().path();
    if path != route.prefix && !path.starts_with(&format!("{}/", route.prefix)) {
        return (StatusCode::NOT_FOUND, "This is another site's page.\n").into_response();
    }
    match ask(&route, request).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}\n")).into_response(),
    }
}

async fn ask(route: &Route, request: Request) -> Result<Response> {
    let streams = *route.streams.borrow();
    let stream = request.uri().path().ends_with("/stream");
    if stream && streams == Streams::Refused {
        return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, REQUEST_BYTES).await?;
    let address = format!("{}{}", route.origin, parts.uri);
    let asked =
        route.client.request(parts.method, address).headers(of_the_message(&parts.headers)).body(body);
    let answer = asked.send().await?;
    let (status, headers) = (answer.status(), of_the_message(answer.headers()));
    let body = if stream && streams == Streams::HeldBack {
        Body::from(answer.bytes().await?)
    } else {
        Body::from_stream(futures::stream::try_unfold(answer, async |mut answer| {
            Ok::<_, reqwest::Error>(answer.chunk().await?.map(|piece| (piece, answer)))
        }))
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn of_the_message(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in OF_THE_CONNECTION {
        kept.remove(name);
    }
    kept
}
